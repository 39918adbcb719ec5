"""The rules that end objects, as the template says them, in the local home: translated, and acted on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from infra.local.lifecycle import expire
from infra.local.stack_settings import _apply_bucket
from infra.local.template import read_template

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/data"


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3")
        location = {"LocationConstraint": "eu-central-1"}
        for bucket in ("ScansBucket", "DocumentsBucket"):
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            properties = dict(read_template().of_type("AWS::S3::Bucket")[bucket])
            encryption = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
            encryption[0]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] = KEY_ARN
            _apply_bucket(client, bucket, properties)
        yield client


def rules(s3: Any, bucket: str) -> dict[str, Any]:
    return {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}


def test_each_rule_keeps_to_its_prefix(s3: Any) -> None:
    scans = rules(s3, "ScansBucket")
    assert scans["forget-what-was-shown"]["Filter"] == {"Prefix": "shown/"}
    assert scans["forget-what-was-shown"]["Expiration"]["Days"] == 1
    assert scans["drop-markers-of-what-was-shown"]["Filter"] == {"Prefix": "shown/"}
    assert scans["drop-markers-of-what-was-shown"]["Expiration"]["ExpiredObjectDeleteMarker"] is True
    for bucket in ("ScansBucket", "DocumentsBucket"):
        general = rules(s3, bucket)["drop-what-was-replaced"]
        assert "Expiration" not in general
        assert general["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90


def test_ends_what_was_shown_a_day_ago_with_all_versions_and_nothing_else(s3: Any) -> None:
    for key in ("shown/a.jpg", "shown/a.jpg", "shown/b.jpg", "views/c/1.jpg", "scans/d/e", "previews/d/e"):
        s3.put_object(Bucket="ScansBucket", Key=key, Body=b"x")
    s3.delete_object(Bucket="ScansBucket", Key="shown/b.jpg")
    now = datetime.now(UTC)
    assert expire(s3=s3, bucket="ScansBucket", at=now + timedelta(hours=23)) == 0
    assert expire(s3=s3, bucket="ScansBucket", at=now + timedelta(hours=25)) == 4
    left = s3.list_object_versions(Bucket="ScansBucket")
    assert {version["Key"] for version in left["Versions"]} == {"views/c/1.jpg", "scans/d/e", "previews/d/e"}
    assert not left.get("DeleteMarkers")
    assert expire(s3=s3, bucket="DocumentsBucket", at=now + timedelta(days=365)) == 0
