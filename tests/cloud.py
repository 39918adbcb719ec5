"""The in-process cloud with all that the service needs of AWS: tables in memory, and moto for everything else."""

from __future__ import annotations

import json
from contextlib import contextmanager
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import backend_index, mock_aws
from moto.backends import get_backend

from chalicelib.adapters import aws
from infra.local.stack_settings import table_request
from tests.memory.clients import answered_in_memory
from tests.memory.compared import ComparedDynamoDB
from tests.memory.dynamodb import MemoryDynamoDB
from tests.memory.quick_moto import quicken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.memory.table import MemoryTable

REGION = "eu-central-1"
ACCOUNT = "123456789012"
QUEUES = (
    "verification",
    "issuance",
    "documents",
    "notifications",
    "receipts",
    "employer_lists",
    "exchange",
    "webhooks",
    "outbox_relay",
)


class Calls(Enum):
    """How the calls of AWS are answered."""

    IN_MEMORY = "without requests and answers: forty times faster"
    WIRED = "written, signed, answered by moto and parsed, as over a network"
    COMPARED = "those of the table in both ways, which must agree"


class _Clients:
    """The clients of one way; making one takes longer than a test, so they serve all clouds."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.of_tests: dict[str, Any] = {}
        self.of_adapters: dict[str, Any] = {}
        self.database = ComparedDynamoDB(_by_wire) if calls is Calls.COMPARED else MemoryDynamoDB()

    def answered(self, client: Any, seam: Any = None) -> Any:
        return client if self.calls is Calls.WIRED else answered_in_memory(client, self.database, seam)


def _by_wire(operation: str, request: dict[str, Any]) -> Any:
    return _wired("dynamodb")._make_api_call(operation, request)


_table = cache(table_request)
_wired = cache(boto3.client)
_made_by_adapters = aws._made
_all = {calls: _Clients(calls) for calls in Calls}
_now = {"clients": _all[Calls.IN_MEMORY]}


@contextmanager
def in_process_cloud(*, wire: bool = False, compared: bool = False) -> Iterator[pytest.MonkeyPatch]:
    """A new, empty cloud; its resources are in the environment.

    Args:
        wire: Let every call be written, signed, answered by moto and parsed, as on AWS: forty times slower.
        compared: Let moto answer all requests to the table too, and fail where it answers otherwise.
    """
    clients = _all[Calls.WIRED if wire else Calls.COMPARED if compared else Calls.IN_MEMORY]
    with _mocked(), pytest.MonkeyPatch.context() as patch:
        quicken(patch)
        patch.setitem(_now, "clients", clients)
        patch.setattr(aws, "_clients", clients.of_adapters)
        patch.setattr(aws, "_made", lambda name: clients.answered(_made_by_adapters(name), aws))
        clients.database.tables.clear()
        for name, value in _resources().items():
            patch.setenv(name, value)
        yield patch


@contextmanager
def _mocked() -> Iterator[None]:
    """Start moto for botocore only: to intercept all that `requests` might send takes as long as a test."""
    mock = mock_aws()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend_index, "backend_url_patterns", [])
        mock.start()
    try:
        yield
    finally:
        mock.stop()


def cloud(service: str) -> Any:
    """The client by which tests stand in for AWS."""
    clients = _now["clients"]
    if service not in clients.of_tests:
        clients.of_tests[service] = clients.answered(boto3.client(service))
    return clients.of_tests[service]


def database() -> MemoryDynamoDB:
    """All tables, unless they are moto's."""
    return _now["clients"].database


def memory_table() -> MemoryTable:
    """The table of the service, past all calls; any moment of it can be kept and restored."""
    return database().tables["polis"]


def _resources() -> dict[str, str]:
    """Create what the template would, past all calls but the table's; returns the functions' environment."""
    cloud("dynamodb").create_table(**_table("polis"))
    s3 = get_backend("s3")[ACCOUNT]["aws"]
    for bucket in ("polis-scans", "polis-documents"):
        s3.create_bucket(bucket, REGION)
    s3.put_bucket_versioning("polis-scans", "Enabled")
    sqs = get_backend("sqs")[ACCOUNT][REGION]
    urls = {name: sqs.create_queue(name).physical_resource_id for name in QUEUES}
    key = get_backend("kms")[ACCOUNT][REGION].create_key(None, "SIGN_VERIFY", "ECC_NIST_P256", "", [])
    secrets = get_backend("secretsmanager")[ACCOUNT][REGION]
    secret = json.loads(secrets.create_secret("lookup", "x" * 64, None, None, [], None, None, [], False))
    return {
        "TABLE_NAME": "polis",
        "SCANS_BUCKET": "polis-scans",
        "DOCUMENTS_BUCKET": "polis-documents",
        **{f"{name.upper()}_QUEUE_URL": url for name, url in urls.items()},
        "SIGNING_KEY_ID": key.id,
        "LOOKUP_SECRET_ID": secret["ARN"],
        "REGISTERS_URL": "http://127.0.0.1:9",
        "PUBLIC_BASE_URL": "https://polis.example.org",
        "MAIL_FROM": "polis@example.org",
        "MAIL_REPLIES_DOMAIN": "answers.example.org",
        "WEB_ORIGIN": "https://polis.example.org",
    }
