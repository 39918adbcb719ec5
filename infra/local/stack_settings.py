"""Sets what the emulator's CloudFormation ignores, from the same template, and checks the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from infra.local.template import read_template, resolve

if TYPE_CHECKING:
    from infra.local.template import Template

Clients = Callable[[str], Any]

_EXPIRATION = {"ExpirationInDays": "Days", "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker"}


def apply(client: Clients, template: Template, names: Mapping[str, str]) -> None:
    """Set the table's and the buckets' settings and verify the sender of e-mail.

    Args:
        client: Returns the boto3 client of a service.
        template: Where the settings stand.
        names: Physical names and parameters by logical id.
    """
    known = {**names, **_key_arns(client, template, names)}
    for logical, properties in template.of_type("AWS::DynamoDB::Table").items():
        _apply_table(client("dynamodb"), known[logical], resolve(properties, known))
    for logical, properties in template.of_type("AWS::S3::Bucket").items():
        wanted = {key: properties[key] for key in ("BucketEncryption", "LifecycleConfiguration")}
        _apply_bucket(client("s3"), known[logical], resolve(wanted, known))
    for properties in template.of_type("AWS::SES::EmailIdentity").values():
        address = resolve(properties["EmailIdentity"], known)
        client("ses").verify_email_identity(EmailAddress=address)


def problems(client: Clients, template: Template, names: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting that differs from the template."""
    return [
        *_table_problems(client("dynamodb"), template, names),
        *_bucket_problems(client("s3"), template, names),
        *_queue_problems(client("sqs"), template, names),
    ]


def _key_arns(client: Clients, template: Template, names: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{logical}.Arn": client("kms").describe_key(KeyId=names[logical])["KeyMetadata"]["Arn"]
        for logical in template.of_type("AWS::KMS::Key")
    }


def _apply_table(dynamodb: Any, table: str, properties: dict[str, Any]) -> None:
    life = properties["TimeToLiveSpecification"]
    found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") != "ENABLED":
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=life)
    dynamodb.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"],
    )
    encryption = properties["SSESpecification"]
    dynamodb.update_table(
        TableName=table,
        DeletionProtectionEnabled=properties["DeletionProtectionEnabled"],
        SSESpecification={
            "Enabled": encryption["SSEEnabled"],
            "SSEType": encryption["SSEType"],
            "KMSMasterKeyId": encryption["KMSMasterKeyId"],
        },
    )


def _apply_bucket(s3: Any, bucket: str, properties: dict[str, Any]) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule["BucketKeyEnabled"],
        }
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    lifecycle = [_lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": lifecycle})


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Translate a rule of the template into one of S3's own interface."""
    named_otherwise = ("Id", "Prefix", *_EXPIRATION)
    expiration = {name: rule[key] for key, name in _EXPIRATION.items() if key in rule}
    return {
        "ID": rule["Id"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
        **({"Expiration": expiration} if expiration else {}),
        **{key: value for key, value in rule.items() if key not in named_otherwise},
    }


def _table_problems(dynamodb: Any, template: Template, names: Mapping[str, str]) -> Iterator[str]:
    for logical in template.of_type("AWS::DynamoDB::Table"):
        table = names[logical]
        described = dynamodb.describe_table(TableName=table)["Table"]
        life = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        backups = dynamodb.describe_continuous_backups(TableName=table)
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if life.get("TimeToLiveStatus") != "ENABLED":
            yield f"{logical}: expired items are not deleted"
        if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
            yield f"{logical}: no point-in-time recovery"
        if described.get("SSEDescription", {}).get("Status") != "ENABLED":
            yield f"{logical}: not encrypted with the data key"
        if not described.get("DeletionProtectionEnabled"):
            yield f"{logical}: not protected from deletion"


def _bucket_problems(s3: Any, template: Template, names: Mapping[str, str]) -> Iterator[str]:
    for logical, properties in template.of_type("AWS::S3::Bucket").items():
        bucket = names[logical]
        encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        if default["SSEAlgorithm"] != "aws:kms":
            yield f"{logical}: not encrypted with the data key"
        if not s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]:
            yield f"{logical}: no lifecycle"
        if not s3.get_bucket_cors(Bucket=bucket)["CORSRules"]:
            yield f"{logical}: no CORS rules"
        if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            yield f"{logical}: not versioned"
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        if not all(block.values()):
            yield f"{logical}: public access is not blocked"
        notification = s3.get_bucket_notification_configuration(Bucket=bucket)
        if "NotificationConfiguration" in properties and "QueueConfigurations" not in notification:
            yield f"{logical}: uploads are not announced"


def _queue_problems(sqs: Any, template: Template, names: Mapping[str, str]) -> Iterator[str]:
    for logical, properties in template.of_type("AWS::SQS::Queue").items():
        found = sqs.get_queue_attributes(QueueUrl=names[logical], AttributeNames=["All"])
        attributes = found["Attributes"]
        if ("RedrivePolicy" in properties) != ("RedrivePolicy" in attributes):
            yield f"{logical}: no dead-letter queue"
        if attributes.get("MessageRetentionPeriod") != str(properties["MessageRetentionPeriod"]):
            yield f"{logical}: another retention period"


def table_request(name: str, template: Template | None = None) -> dict[str, Any]:
    """Return the CreateTable request of the template's table, for an in-process cloud."""
    properties = next(iter((template or read_template()).of_type("AWS::DynamoDB::Table").values()))
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        **{part: properties[part] for part in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")},
    }
