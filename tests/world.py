"""The whole service in one process: moto behind the real adapters, the real app behind the local gateway."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import urllib3
from moto.backends import get_backend

from chalicelib import bootstrap
from chalicelib.http.blueprint import set_clock
from chalicelib.settings import settings
from chalicelib.use_cases import status_lists
from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions
from infra.local.api_gateway.routes import RouteTable
from infra.local.insurers_sample import INSURERS
from infra.local.persons import PERSONS
from tests.cloud import ACCOUNT, QUEUES, REGION, cloud, in_process_cloud
from tests.fakes.notifications import FakeEmailSender, FakeSmsSender
from tests.fakes.registers import FakeRegisters
from tests.fakes.webhooks import FakeHookSender
from tests.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
WITHOUT_DOCUMENTS = tuple(queue for queue in QUEUES if queue != "documents")
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

_verdicts: dict[str, Any] = {}
_given: dict[tuple[str, str], str] = {}
_routes = cache(RouteTable)


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
        self.hooks = FakeHookSender()

    @cached_property
    def inspector(self) -> Any:
        return RememberingInspector(super().inspector)

    def now(self) -> datetime:
        return self.at


@dataclass
class World:
    """People, their tokens, the clock, and the queues between the Lambdas."""

    tools: TestContainer
    app: Any
    issuer: str
    tokens: dict[str, str] = field(default_factory=dict)
    delivered: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._asgi = gateway(self.app, options=GatewayOptions(rate_per_second=0), routes=_routes(self.app))

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
            self.tokens[person] = self._given(person)
        return self.tokens[person]

    def _given(self, person: str) -> str:
        """Ask the issuer, once for all worlds: a token is good for longer than the tests take."""
        if (self.issuer, person) not in _given:
            asked = urlencode({"grant_type": "urn:polis:demonstration", "person": person})
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            # Not by httpx: it would read the certificates of all authorities each time.
            answer = urllib3.request("POST", f"{self.issuer}/token", body=asked, headers=form)
            _given[self.issuer, person] = answer.json()["access_token"]
        return _given[self.issuer, person]

    def call(self, method: str, path: str, *, person: str | None = "citizen", **options: Any) -> httpx.Response:
        """Send one HTTP request through the local gateway."""
        headers = dict(options.pop("headers", {}))
        if person is not None:
            headers["Authorization"] = f"Bearer {self.token(person)}"

        with httpx.Client(transport=InProcess(self._asgi), base_url="http://test") as client:
            return client.request(method, path, headers=headers, **options)

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
        """Receive what waits in a queue now; not by a call of AWS, which takes as long as a handler."""
        queues = get_backend("sqs")[ACCOUNT][REGION]
        if not queues.queues[queue]._messages:
            return []
        received = queues.receive_message(queue, 10, 0, queues.get_queue(queue).visibility_timeout)
        return [{"MessageId": m.id, "Body": m.body, "ReceiptHandle": m.receipt_handle} for m in received]

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
        get_backend("sqs")[ACCOUNT][REGION].delete_message(queue, message["ReceiptHandle"])

    def settle(self) -> None:
        """Let everything happen but the drawing of PDFs, which takes longest."""
        self.drain(queues=WITHOUT_DOCUMENTS)

    def run(self, schedule: str) -> None:
        """Call the Lambda of a schedule."""
        modules = {"run_due": "due", "expire_certificates": "expiry", "relay_outbox": "outbox_relay"}
        modules |= {"run_messages": "messages", "run_retention": "retention"}
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
        return next(person for person in PERSONS if person.key == key)


@contextmanager
def open_world(issuer: str, **options: bool) -> Iterator[World]:
    """The whole service over a new, empty cloud."""
    with in_process_cloud(**options) as patch:
        for name, value in {
            "OIDC_ISSUER": issuer,
            "OIDC_AUDIENCE": "polis",
            "OIDC_JWKS_URL": f"{issuer}/jwks.json",
        }.items():
            patch.setenv(name, value)
        from app import app

        yield World.build(app, issuer)
        bootstrap.use_container(None)
