"""What the merged template promises: queues, encryption, limits, and one narrow role for each function."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from chalicelib.settings import IdentitySettings, Settings
from infra.local.template import NOT_LOCAL, output_name
from infra.packaging.interpreter import MINORS
from infra.packaging.template import TemplateRefused, transformed
from infra.rehearsal.deployment import located

ROOT = Path(__file__).parents[2]
TIMES_THE_TIMEOUT = 6

# Statements that name more than one resource, each with its reason.
WIDE = {
    ("NotificationsRole", "SendTextMessages"): "a telephone number is no resource; OnlyToPhones denies every topic",
    (
        "ApiHandlerRole",
        "ReadRetiredSigningKeys",
    ): "public halves of keys with the tag; retired keys are not in the stack",
    ("DocumentsRole", "ReadRetiredSigningKeys"): "as above",
    ("EmployerListsRole", "ReadRetiredSigningKeys"): "as above",
}
PROBLEM = {"title", "code", "detail", "request_id"}


def _of_type(resources, kind):
    return {name: found.get("Properties", {}) for name, found in resources.items() if found["Type"] == kind}


def _statements(resources):
    for name, role in _of_type(resources, "AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def _sqs_sources(functions):
    for name, function in functions.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                yield name, function, event["Properties"]


def _logical(reference):
    return reference["Fn::GetAtt"][0]


def test_every_queue_consumer_reports_partial_failures(functions):
    sources = list(_sqs_sources(functions))

    assert len(sources) == 11
    assert all(source["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for _, _, source in sources)


def test_every_queue_hides_a_message_long_enough(functions, resources):
    queues = _of_type(resources, "AWS::SQS::Queue")

    for name, function, source in _sqs_sources(functions):
        queue = queues[_logical(source["Queue"])]
        assert queue["VisibilityTimeout"] >= TIMES_THE_TIMEOUT * function["Timeout"], name


def test_every_queue_has_a_dead_letter_queue_with_an_alarm(resources):
    queues = _of_type(resources, "AWS::SQS::Queue")
    watched = {
        _logical(dimension["Value"])
        for alarm in _of_type(resources, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if alarm["AlarmActions"] and dimension["Name"] == "QueueName"
    }

    for name, queue in queues.items():
        if name.endswith("DeadLetterQueue"):
            assert name in watched
            assert queue["MessageRetentionPeriod"] == 14 * 86_400
        else:
            assert queue["RedrivePolicy"]["maxReceiveCount"] == 5, name
            assert _logical(queue["RedrivePolicy"]["deadLetterTargetArn"]) == name.replace("Queue", "DeadLetterQueue")


def test_everything_that_holds_data_is_encrypted_with_the_data_key(resources):
    key = {"Fn::GetAtt": ["DataKey", "Arn"]}
    for table in _of_type(resources, "AWS::DynamoDB::Table").values():
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    for bucket in _of_type(resources, "AWS::S3::Bucket").values():
        rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    for queue in _of_type(resources, "AWS::SQS::Queue").values():
        assert queue["KmsMasterKeyId"] == {"Ref": "DataKey"}
    for secret in _of_type(resources, "AWS::SecretsManager::Secret").values():
        assert secret["KmsKeyId"] == {"Ref": "DataKey"}


def test_data_outlives_the_stack(resources):
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::SecretsManager::Secret")
    kept = [found for found in resources.values() if found["Type"] in kinds]

    assert len(kept) == 8
    assert all(found["DeletionPolicy"] == found["UpdateReplacePolicy"] == "Retain" for found in kept)


def test_the_table_can_be_restored_to_any_moment(resources):
    (table,) = _of_type(resources, "AWS::DynamoDB::Table").values()

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_epoch", "Enabled": True}


def test_buckets_are_closed_to_the_public(resources):
    for bucket in _of_type(resources, "AWS::S3::Bucket").values():
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert all(bucket["PublicAccessBlockConfiguration"].values())


def test_the_api_is_throttled_and_its_log_names_nobody(resources):
    api = resources["RestAPI"]["Properties"]
    (settings,) = api["MethodSettings"]

    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] >= settings["ThrottlingRateLimit"]
    told = set(re.findall(r"\$context\.([\w.]+)", api["AccessLogSetting"]["Format"]))
    assert told.isdisjoint({"path", "identity.sourceIp", "identity.userAgent", "authorizer.principalId"})
    assert {"requestId", "resourcePath", "status"} <= told


def test_every_answer_of_the_gateway_itself_is_a_problem_or_a_page(resources):
    answers = resources["RestAPI"]["Properties"]["GatewayResponses"]

    assert {"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED"} <= set(answers)
    for name, answer in answers.items():
        body = json.loads(answer["ResponseTemplates"]["application/json"])
        assert set(body) >= PROBLEM, name
        page = answer["ResponseTemplates"]["text/html"]["Fn::Sub"]
        assert f"<h1>{body['title']}</h1>" in page
        assert "$context.requestId" in page
        assert set(re.findall(r"\$\{(\w+)\}", page)) == {"PublicBaseUrl"}


def test_the_browser_of_the_stacks_own_origin_may_ask(resources):
    text = json.dumps(resources["RestAPI"]["Properties"]["DefinitionBody"])

    assert "'${WebOrigin}'" in text
    assert ".invalid" not in text


def test_every_function_has_a_role_of_its_own(functions):
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]

    assert len(set(roles)) == len(roles) == 19


def test_no_role_reaches_further_than_it_must(resources):
    wide = set()
    for role, statement in _statements(resources):
        if statement["Effect"] == "Allow":
            text = json.dumps(statement["Resource"])
            assert not any(action.endswith("*") for action in statement["Action"]), (role, statement["Sid"])
            if text == '"*"' or text.endswith('key/*"}'):
                wide.add((role, statement["Sid"]))

    assert wide == set(WIDE)


def test_text_messages_go_to_phones_only(resources):
    denied = [s for role, s in _statements(resources) if s["Effect"] == "Deny"]

    assert [statement["Action"] for statement in denied] == [["sns:Publish"]]
    assert denied[0]["Resource"]["Fn::Sub"].endswith(":sns:*:*:*")


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("kms:Sign", {"ApiHandlerRole", "DocumentsRole", "EmployerListsRole"}),
        ("sns:Publish", {"NotificationsRole"}),
        ("ses:SendEmail", {"NotificationsRole"}),
        ("dynamodb:Scan", set()),
        ("s3:DeleteObject", {"RunRetentionRole"}),
        ("s3:DeleteObjectVersion", {"RunRetentionRole"}),
        ("s3:ListBucketVersions", {"RunRetentionRole"}),
        ("s3:GetObjectTagging", {"ApiHandlerRole", "EmployerListsRole", "ScanUploadsRole"}),
        ("s3:GetObjectVersion", {"EmployerListsRole", "ExchangeRole", "ScanUploadsRole"}),
    ],
)
def test_only_who_needs_it_may(resources, action, roles):
    assert {role for role, s in _statements(resources) if s["Effect"] == "Allow" and action in s["Action"]} == roles


def test_the_api_reads_no_original_of_a_scan(resources):
    readable = set()
    for role, statement in _statements(resources):
        if role == "ApiHandlerRole" and "s3:GetObject" in statement["Action"]:
            places = statement["Resource"]
            readable |= {place["Fn::Sub"] for place in (places if isinstance(places, list) else [places])}

    assert readable == {
        "${DocumentsBucket.Arn}/exchange/*",
        "${ScansBucket.Arn}/previews/*",
        "${ScansBucket.Arn}/views/*",
        "${ScansBucket.Arn}/shown/*",
        "${DocumentsBucket.Arn}/documents/*",
        "${DocumentsBucket.Arn}/employers/*",
        "${DocumentsBucket.Arn}/exports/*",
    }


def test_what_was_drawn_for_one_view_is_gone_after_a_day_letters_after_thirty_registry_files_after_ninety(resources):
    rules = resources["ScansBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    ended = {rule["Prefix"]: rule for rule in rules if "ExpirationInDays" in rule}

    assert set(ended) == {"shown/", "exchange/", "mail/"}
    assert ended["shown/"]["ExpirationInDays"] == ended["shown/"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1
    assert ended["exchange/"]["ExpirationInDays"] == 90
    assert ended["mail/"]["ExpirationInDays"] == 30
    assert all(rule["Status"] == "Enabled" for rule in rules)


def test_exports_are_gone_after_a_week_and_files_to_the_fund_after_a_year(resources):
    rules = resources["DocumentsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    ended = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}

    assert ended == {"exports/": 8, "exchange/": 365}


def test_the_authorizer_may_only_log(resources):
    allowed = {action for role, s in _statements(resources) if role == "AuthorizerRole" for action in s["Action"]}

    assert allowed == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_every_consumer_may_read_its_own_queue_and_no_other(functions, resources):
    readable = {}
    for role, statement in _statements(resources):
        if "sqs:ReceiveMessage" in statement["Action"]:
            readable.setdefault(role, set()).add(_logical(statement["Resource"]))

    assert readable == {
        function["Role"]["Fn::GetAtt"][0]: {_logical(source["Queue"])}
        for _, function, source in _sqs_sources(functions)
    }


def test_variables_settings_and_outputs_are_the_same(template):
    variables = set(template["Globals"]["Function"]["Environment"]["Variables"])
    fields = {field.name.upper() for field in dataclasses.fields(Settings)}
    identity = {f"OIDC_{field.name.upper()}" for field in dataclasses.fields(IdentitySettings)}

    assert variables == fields | identity | {"LOG_LEVEL", "MAINTENANCE_UNTIL"}
    assert {output_name(name) for name in variables} <= set(template["Outputs"])


def test_every_function_keeps_its_log_for_a_limited_time(functions, resources):
    groups = _of_type(resources, "AWS::Logs::LogGroup")
    named = {group["LogGroupName"]["Fn::Sub"] for group in groups.values() if "LogGroupName" in group}

    texts = "sns/${AWS::Region}/${AWS::AccountId}/DirectPublishToPhoneNumber"  # SNS names its logs itself
    assert named == {f"/aws/lambda/${{{name}}}" for name in functions} | {texts, f"{texts}/Failure"}
    assert all(0 < group["RetentionInDays"] <= 90 for group in groups.values())


def test_functions_run_on_the_python_that_packaged_them(functions, made):
    assert made.python.version in MINORS
    assert {function["Runtime"] for function in functions.values()} == {made.python.runtime}


def test_the_api_answers_within_the_patience_of_the_gateway(functions):
    assert functions["APIHandler"]["Timeout"] <= 29


def test_aws_would_make_what_is_meant_of_the_template(template):
    made = transformed(template)["Resources"]
    kinds = [found["Type"] for found in made.values()]

    assert kinds.count("AWS::Lambda::Function") == 19
    assert kinds.count("AWS::Lambda::EventSourceMapping") == 11
    assert kinds.count("AWS::Events::Rule") == 5
    assert kinds.count("AWS::Logs::SubscriptionFilter") == 2
    assert "AWS::ApiGateway::Stage" in kinds


def test_a_template_that_aws_would_not_understand_is_refused(template):
    broken = json.loads(json.dumps(template))
    broken["Resources"]["Documents"]["Properties"]["Events"]["DocumentsSqsEventSource"]["Type"] = "Sqs"

    with pytest.raises(TemplateRefused):
        transformed(broken)


def test_the_rehearsal_leaves_out_letters_and_changes_only_the_place_of_the_code_and_two_rights(template):
    deployed = located(template)["Resources"]
    original = template["Resources"]
    for name, resource in deployed.items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = original[name]["Properties"]["CodeUri"]
    changed = [
        (role, before["Sid"])
        for (role, before), (_, after) in zip(_statements(original), _statements(deployed), strict=True)
        if before != after
    ]

    assert {sid for _, sid in changed} == {"SendToQueues", "SendMail"}
    assert [role for role, sid in changed if sid == "SendMail"] == ["NotificationsRole"]
    left_out = {name for name, found in original.items() if found["Type"] in NOT_LOCAL}
    assert original.keys() - deployed.keys() == left_out == {"MailRule", "MailRules"}
    assert all(found == original[name] for name, found in deployed.items() if found["Type"] != "AWS::IAM::Role")
