"""The in-process cloud with all that the service needs of AWS: a table in memory, and moto for the rest."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.core import responses
from moto.core.serialize import XFormedAttributePicker
from moto.sqs import models as sqs_models

from chalicelib.adapters import aws
from infra.local.stack_settings import table_request
from tests.memory.dynamodb import MemoryDynamoDB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.memory.dynamodb import MemoryTable

REGION = "eu-central-1"
ACCOUNT = "123456789012"
QUEUES = ("verification", "issuance", "documents", "notifications", "receipts", "outbox_relay")

_clients: dict[str, Any] = {}
_clients_of_adapters: dict[str, Any] = {}
_table = cache(table_request)
_possible_keys = XFormedAttributePicker.get_possible_keys
_keys: dict[tuple[str, ...], tuple[str, ...]] = {}


@contextmanager
def in_process_cloud(*, wire: bool = False) -> Iterator[pytest.MonkeyPatch]:
    """A new, empty cloud; its resources are in the environment. With ``wire`` DynamoDB, too, is asked by requests."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        _quicken(patch)
        # Making a client takes longer than a test: these are kept for the next cloud, apart from those of other tests.
        patch.setattr(aws, "_clients", _clients_of_adapters)
        _choose_table(wire=wire)
        for name, value in _resources().items():
            patch.setenv(name, value)
        yield patch


def _choose_table(*, wire: bool) -> None:
    for clients in (_clients, _clients_of_adapters):
        clients.pop("dynamodb", None)
    if not wire:
        _clients["dynamodb"] = _clients_of_adapters["dynamodb"] = MemoryDynamoDB()


def memory_table() -> MemoryTable:
    """The table of the present cloud."""
    table: MemoryTable = _clients["dynamodb"].tables["polis"]
    return table


def cloud(service: str) -> Any:
    """The client by which tests stand in for AWS; making one takes longer than a call."""
    if service not in _clients:
        _clients[service] = boto3.client(service)
    return _clients[service]


def _quicken(patch: pytest.MonkeyPatch) -> None:
    """Let moto remember what it would find out anew for each call."""
    patch.setattr(XFormedAttributePicker, "get_possible_keys", _remembered_keys)
    patch.setattr(responses, "method_names_from_class", cache(responses.method_names_from_class))
    for module in (responses, sqs_models):
        patch.setattr(module, "camelcase_to_underscores", cache(module.camelcase_to_underscores))


def _resources() -> dict[str, str]:
    """Create what the template would; returns the functions' environment."""
    cloud("dynamodb").create_table(**_table("polis"))
    s3 = cloud("s3")
    for bucket in ("polis-scans", "polis-documents"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="polis-scans", VersioningConfiguration={"Status": "Enabled"})
    sqs = cloud("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    key = cloud("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    secret = cloud("secretsmanager").create_secret(Name="lookup", SecretString="x" * 64)
    return {
        "TABLE_NAME": "polis",
        "SCANS_BUCKET": "polis-scans",
        "DOCUMENTS_BUCKET": "polis-documents",
        **{f"{name.upper()}_QUEUE_URL": url for name, url in urls.items()},
        "SIGNING_KEY_ID": key["KeyMetadata"]["KeyId"],
        "LOOKUP_SECRET_ID": secret["ARN"],
        "REGISTERS_URL": "http://127.0.0.1:9",
        "PUBLIC_BASE_URL": "https://polis.example.org",
        "MAIL_FROM": "polis@example.org",
        "WEB_ORIGIN": "https://polis.example.org",
    }


def _remembered_keys(picker: Any, context: Any) -> Any:
    """Tell under which names a member of an answer may be found: they follow from the description of the service."""
    if hasattr(context.obj, "Meta"):  # it may name them itself
        return _possible_keys(picker, context)
    parent = getattr(context.shape, "parent", context.shape)
    kind = type(context.obj).__name__
    place = (context.service_model.service_name, parent.name, context.shape.name, context.key, kind)
    if place not in _keys:
        _keys[place] = tuple(_possible_keys(picker, context))
    return _keys[place]
