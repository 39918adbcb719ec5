"""The whole service in one process: moto behind the real adapters, the real app behind the local gateway."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from moto import mock_aws
from moto.backends import get_backend

from chalicelib import bootstrap
from chalicelib.http.blueprint import set_clock
from chalicelib.settings import settings
from chalicelib.use_cases import status_lists
from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions
from infra.local.insurers_sample import INSURERS
from infra.local.persons import PERSONS
from infra.local.stack_settings import table_request
from tests.fakes.notifications import FakeEmailSender, FakeSmsSender
from tests.fakes.registers import FakeRegisters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
REGION = "eu-central-1"
QUEUES = ("verification", "issuance", "documents", "notifications", "outbox_relay")
WITHOUT_DOCUMENTS = tuple(queue for queue in QUEUES if queue != "documents")
ACCOUNT = "123456789012"
SCHEDULE_EVENT = {
    "version": "0",
    "id": "e1",
    "account": ACCOUNT,
    "region": REGION,
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "resources": [],
}

_clients: dict[str, Any] = {}
_verdicts: dict[str, Any] = {}


def cloud(service: str) -> Any:
    """The client by which tests stand in for AWS; making one takes longer than a call."""
    if service not in _clients:
        _clients[service] = boto3.client(service)
    return _clients[service]


def table() -> list[dict[str, Any]]:
    """Everything that the table holds now, as DynamoDB writes it."""
    pages = cloud("dynamodb").get_paginator("scan").paginate(TableName="polis")
    return [item for page in pages for item in page["Items"]]


class RememberingInspector:
    """The real inspection of scans, once for each different file."""

    def __init__(self, inspector: Any) -> None:
        self._inspector = inspector

    def inspect(self, *, data: bytes, declared_media_type: str, max_pages: int) -> Any:
        key = hashlib.sha256(f"{declared_media_type}|{max_pages}|".encode() + data).hexdigest()
        if key not in _verdicts:
            _verdicts[key] = self._inspector.inspect(
                data=data, declared_media_type=declared_media_type, max_pages=max_pages
            )
        return _verdicts[key]


class TestContainer(bootstrap.Container):
    """The real container with a clock, registers and senders that a test holds in its hand."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__(settings=settings())
        self.at = NOW
        self.registers = FakeRegisters()
        self.sms = FakeSmsSender()
        self.email = FakeEmailSender()

    @cached_property
    def inspector(self) -> Any:
        return RememberingInspector(super().inspector)

    def now(self) -> datetime:
        return self.at


def create_resources() -> dict[str, str]:
    """Create what the template would, in the in-process cloud; returns the functions' environment."""
    cloud("dynamodb").create_table(**table_request("polis"))
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


@dataclass
class World:
    """People, their tokens, the clock, and the queues between the Lambdas."""

    tools: TestContainer
    app: Any
    issuer: str
    tokens: dict[str, str] = field(default_factory=dict)
    delivered: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._asgi = gateway(self.app, options=GatewayOptions(rate_per_second=0))

    @classmethod
    def build(cls, app: Any, issuer: str) -> World:
        status_lists._made.clear()
        tools = TestContainer()
        bootstrap.use_container(tools)
        world = cls(tools=tools, app=app, issuer=issuer)
        set_clock(lambda: world.tools.at)
        work = tools.store.work(at=NOW)
        for insurer in INSURERS:
            work.create(insurer)
        work.commit()
        return world

    def token(self, person: str) -> str:
        if person not in self.tokens:
            answer = httpx.post(
                f"{self.issuer}/token",
                data={"grant_type": "urn:polis:demonstration", "person": person},
            )
            self.tokens[person] = answer.json()["access_token"]
        return self.tokens[person]

    def call(self, method: str, path: str, *, person: str | None = "citizen", **options: Any) -> httpx.Response:
        """Send one HTTP request through the local gateway."""
        headers = dict(options.pop("headers", {}))
        if person is not None:
            headers["Authorization"] = f"Bearer {self.token(person)}"

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._asgi)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(send())

    def ok(self, method: str, path: str, **options: Any) -> Any:
        """Send a request that must succeed and return its JSON."""
        answer = self.call(method, path, **options)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def sleep(self, **duration: float) -> None:
        """Let time pass, for the messages that wait in queues too."""
        passed = timedelta(**duration)
        self.tools.at += passed
        for queue in get_backend("sqs")[ACCOUNT][REGION].queues.values():
            for message in queue._messages:
                message.delayed_until -= passed.total_seconds() * 1000
                message.visible_at -= passed.total_seconds() * 1000

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Receive what waits in a queue now."""
        if not get_backend("sqs")[ACCOUNT][REGION].queues[queue].messages:
            return []  # asking would only take time
        url = getattr(self.tools.settings, f"{queue}_queue_url")
        answer = cloud("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        return list(answer.get("Messages", []))

    def drain(self, *, rounds: int = 30, queues: tuple[str, ...] = QUEUES) -> None:
        """Let the queues run dry, delivering messages as Lambda would."""
        for _ in range(rounds):
            busy = False
            for queue in queues:
                for message in self.messages(queue):
                    busy = True
                    self.deliver(queue, message)
            if not busy:
                return

    def deliver(self, queue: str, message: Mapping[str, Any]) -> None:
        """Deliver one message and delete it, unless the handler fails."""
        self.invoke(queue, message["Body"], message["MessageId"])
        url = getattr(self.tools.settings, f"{queue}_queue_url")
        cloud("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def settle(self) -> None:
        """Let everything happen but the drawing of PDFs, which takes longest."""
        self.drain(queues=WITHOUT_DOCUMENTS)

    def run(self, schedule: str) -> None:
        """Call the Lambda of a schedule."""
        modules = {"run_due": "due", "expire_certificates": "expiry", "relay_outbox": "outbox_relay"}
        module = importlib.import_module(f"chalicelib.events.{modules[schedule]}")
        getattr(module, schedule)({**SCHEDULE_EVENT, "time": f"{self.tools.at:%Y-%m-%dT%H:%M:%SZ}"}, None)

    def invoke(self, queue: str, body: str, message_id: str = "m1") -> Any:
        """Call the Lambda of a queue with one record."""
        self.delivered.append((queue, body))
        module = importlib.import_module(f"chalicelib.events.{queue}")
        record = {"messageId": message_id, "body": body, "receiptHandle": "r", "attributes": {}}
        return getattr(module, queue)({"Records": [record]}, None)

    def upload(
        self,
        application_id: str,
        data: bytes,
        *,
        media_type: str = "image/png",
        person: str = "citizen",
        document: str = "identity_document",
    ) -> Any:
        """Order an upload, put the file where the form says, and deliver the event of S3."""
        ordered = self.ok(
            "POST",
            f"/v1/applications/{application_id}/scans",
            person=person,
            json={"document": document, "media_type": media_type},
        )
        self.invoke("scan_uploads", self.arrived(ordered["upload"]["fields"]["key"], data))
        scan_id = ordered["scan"]["id"]
        return self.ok("GET", f"/v1/applications/{application_id}/scans/{scan_id}", person=person)

    def arrived(self, key: str, data: bytes) -> str:
        """Put a file into the storage of scans and return the event that S3 sends."""
        put = cloud("s3").put_object(Bucket="polis-scans", Key=key, Body=data)
        return json.dumps({"Records": [{"s3": {"object": {"key": key, "versionId": put["VersionId"]}}}]})

    def code(self) -> str:
        """Read the code of the last SMS that brought one."""
        codes = (re.findall(r"\b[0-9]{6}\b", sms.text) for sms in reversed(self.tools.sms.sent))
        return next(found[0] for found in codes if found)

    def person(self, key: str) -> Any:
        """The demonstration person of a key."""
        return PERSONS[key]


@contextmanager
def open_world(issuer: str) -> Iterator[World]:
    """The whole service over a new, empty cloud."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        identity = {
            "OIDC_ISSUER": issuer,
            "OIDC_AUDIENCE": "polis",
            "OIDC_JWKS_URL": f"{issuer}/jwks.json",
        }
        for name, value in {**create_resources(), **identity}.items():
            patch.setenv(name, value)
        from app import app

        yield World.build(app, issuer)
        bootstrap.use_container(None)
