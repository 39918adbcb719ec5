"""Deletes what a bucket's lifecycle rules end: the local cloud keeps the rules, but does not act on them."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_SECONDS = 3600.0
_BUCKETS = ("SCANS_BUCKET", "DOCUMENTS_BUCKET")


def in_background() -> None:
    """Act on the rules now and every hour while the process lives; what fails is done the next time."""

    def run() -> None:
        import boto3

        while True:
            with contextlib.suppress(Exception):
                client = boto3.client("s3")
                for bucket in filter(None, map(os.environ.get, _BUCKETS)):
                    expire(s3=client, bucket=bucket, at=datetime.now(UTC))
            time.sleep(EVERY_SECONDS)

    threading.Thread(target=run, daemon=True, name="lifecycle").start()


def expire(*, s3: Any, bucket: str, at: datetime) -> int:
    """Delete every version of the objects that a rule with an expiration has ended; return how many versions.

    AWS deletes in two steps a day apart, first by a marker: here what is over is gone at once.
    """
    deleted = 0
    for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]:
        days = rule.get("Expiration", {}).get("Days")
        # A rule without a prefix would end everything: none is meant to.
        prefix = rule.get("Filter", {}).get("Prefix")
        if rule["Status"] != "Enabled" or not days or not prefix:
            continue
        for version in _versions(s3, bucket, prefix):
            if version["LastModified"] <= at - timedelta(days=days):
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
                deleted += 1
    return deleted


def _versions(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        yield from page.get("Versions", [])
        yield from page.get("DeleteMarkers", [])
