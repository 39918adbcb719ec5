"""The whole service in one process: moto behind the real adapters, the real app behind the local gateway."""

from __future__ import annotations

import asyncio
import importlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from chalicelib import bootstrap
from chalicelib.adapters import aws
from chalicelib.http.blueprint import set_clock
from chalicelib.settings import settings
from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions
from infra.local.persons import PERSONS
from infra.local.stack_settings import table_request
from tests.fakes.notifications import FakeEmailSender, FakeSmsSender
from tests.fakes.registers import FakeRegisters
from infra.local.insurers_sample import INSURERS

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
REGION = "eu-central-1"
QUEUES = ("verification", "issuance", "documents", "notifications", "outbox_relay")


class TestContainer(bootstrap.Container):
    """The real container with a clock, registers and senders that a test holds in its hand."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__(settings=settings())
        self.at = NOW
        self.registers = FakeRegisters()
        self.sms = FakeSmsSender()
        self.email = FakeEmailSender()

    def now(self) -> datetime:
        return self.at


def create_resources() -> dict[str, str]:
    """Create what the template would, in the in-process cloud; returns the functions' environment."""
    boto3.client("dynamodb").create_table(**table_request("polis"))
    s3 = boto3.client("s3")
    for bucket in ("polis-scans", "polis-documents"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(
        Bucket="polis-scans", VersioningConfiguration={"Status": "Enabled"}
    )
    sqs = boto3.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    key = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    secret = boto3.client("secretsmanager").create_secret(Name="lookup", SecretString="x" * 64)
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

    def __post_init__(self) -> None:
        self._asgi = gateway(self.app, options=GatewayOptions(rate_per_second=0))

    @classmethod
    def build(cls, app: Any, issuer: str) -> World:
        aws.forget_clients()
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

    def call(
        self, method: str, path: str, *, person: str | None = "citizen", **options: Any
    ) -> httpx.Response:
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
        """Let time pass."""
        self.tools.at += timedelta(**duration)

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Receive what waits in a queue now."""
        url = getattr(self.tools.settings, f"{queue}_queue_url")
        answer = boto3.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        return list(answer.get("Messages", []))

    def drain(self, *, rounds: int = 30) -> None:
        """Let every queue run dry, delivering messages as Lambda would."""
        for _ in range(rounds):
            busy = False
            for queue in QUEUES:
                for message in self.messages(queue):
                    busy = True
                    self.deliver(queue, message)
            if not busy:
                return

    def deliver(self, queue: str, message: Mapping[str, Any]) -> None:
        """Deliver one message and delete it, unless the handler fails."""
        self.invoke(queue, message["Body"], message["MessageId"])
        url = getattr(self.tools.settings, f"{queue}_queue_url")
        boto3.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def invoke(self, queue: str, body: str, message_id: str = "m1") -> Any:
        """Call the Lambda of a queue with one record."""
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
    ) -> Any:
        """Order an upload, put the file where the form says, and deliver the event of S3."""
        ordered = self.ok(
            "POST",
            f"/v1/applications/{application_id}/scans",
            person=person,
            json={"document": "identity_document", "media_type": media_type},
        )
        key = ordered["upload"]["fields"]["key"]
        put = boto3.client("s3").put_object(Bucket="polis-scans", Key=key, Body=data)
        event = {"Records": [{"s3": {"object": {"key": key, "versionId": put["VersionId"]}}}]}
        self.invoke("scan_uploads", json.dumps(event))
        scan_id = ordered["scan"]["id"]
        return self.ok("GET", f"/v1/applications/{application_id}/scans/{scan_id}", person=person)

    def code(self) -> str:
        """Read the code of the last SMS."""
        return re.findall(r"\b[0-9]{6}\b", self.tools.sms.sent[-1].text)[0]

    def person(self, key: str) -> Any:
        """The demonstration person of a key."""
        return PERSONS[key]
