"""The whole service without a network: messages wait in a list, time is told, any moment can be kept and restored."""

from __future__ import annotations

import importlib
import json
import pickle
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from ulid import ULID

from chalicelib import bootstrap
from chalicelib.adapters import aws
from chalicelib.adapters.notifications.ses import SesEmailSender
from chalicelib.adapters.notifications.sns import SnsSmsSender
from chalicelib.adapters.notifications.switching import with_second
from chalicelib.http.blueprint import set_clock
from chalicelib.http.tokens import account_id_of
from infra.local.insurers_sample import INSURERS
from infra.local.lambda_context import new_context
from infra.local.persons import PERSONS
from tests.cloud import ACCOUNT, QUEUES, REGION, cloud, memory_table
from tests.fakes.notifications import FakeEmailSender, FakeSmsSender
from tests.fakes.registers import FakeRegisters
from tests.fakes.webhooks import FakeHookSender
from tests.faults.seam import BreakableProvider, BreakableRegisters, FaultSeam, Killed, SecondProvider
from tests.memory.s3 import put_back, stored_files
from tests.world import NOW, TestContainer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.seam import Fault

INSURERS_USED = ("77012", "77004")
REFUSALS, SERVER_ERRORS = 400, 500
RECEIPTS_SECRET = "c2VjcmV0IG9mIHRoZSBzZWNvbmQgcHJvdmlkZXI="
VISIBILITY = timedelta(minutes=6)
"""After this a queue shows a message again whose handler failed."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A message that a queue holds."""

    queue: str
    message_id: str
    body: str


class SeededIds:
    """Ids and draws that are the same in every run, so that the same calls follow."""

    def __init__(self) -> None:
        self.random = Random(20)

    def new_id(self, *, at: datetime) -> str:
        moment = int(at.timestamp() * 1000).to_bytes(6, "big")
        return str(ULID(moment + self.random.randbytes(10)))

    def below(self, limit: int) -> int:
        return self.random.randrange(limit)


@dataclass(kw_only=True)
class Moment:
    """Everything that outlives a process, as it was."""

    items: Any
    waiting: list[Waiting]
    at: datetime
    registers: bytes
    sms: list[Any]
    chance: Any
    files: Mapping[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)


def _citizen() -> dict[str, Any]:
    return next(person for person in PERSONS if person.key == "citizen").claims()


class Crashed(Exception):
    """The handler did not come to its end: it failed, or its process was killed."""


@dataclass(kw_only=True)
class Rig:
    """One service, its clients and its clock."""

    app: Any
    registers: FakeRegisters = field(default_factory=FakeRegisters)
    sms: FakeSmsSender = field(default_factory=FakeSmsSender)
    email: FakeEmailSender = field(default_factory=FakeEmailSender)
    hooks: FakeHookSender = field(default_factory=FakeHookSender)
    waiting: list[Waiting] = field(default_factory=list)
    handled: list[Waiting] = field(default_factory=list)
    seam: FaultSeam = field(default_factory=FaultSeam)
    real_senders: bool = False
    second: SecondProvider | None = None
    answering: bool = False
    ids: SeededIds = field(default_factory=SeededIds)
    at: datetime = NOW
    claims: dict[str, Any] = field(default_factory=_citizen)

    def __post_init__(self) -> None:
        self.restart()
        cloud("ses").verify_email_identity(EmailAddress="polis@example.org")
        work = self.tools.store.work(at=NOW)
        for insurer in INSURERS:
            if insurer.code in INSURERS_USED:
                work.create(insurer)
        work.commit()

    def restart(self) -> None:
        """Begin a new process: nothing that the old one had in memory is left."""
        self.tools = TestContainer()
        self.tools.registers = BreakableRegisters(inner=self.registers, seam=self.seam)
        self.tools.ids = self.ids
        self.tools.sms, self.tools.email, self.tools.hooks = self.sms, self.email, self.hooks
        if self.real_senders:
            self.tools.sms = SnsSmsSender(client=self.tools.client("sns"))
            self.tools.email = SesEmailSender(client=self.tools.client("sesv2"), sender="polis@example.org")
        if self.second is not None:
            second = BreakableProvider(inner=self.second, seam=self.seam)
            self.tools.sms = with_second(first=self.sms, second=second, routes=self.tools.store, now=self.tools.now)
            self.tools.sms_receipt_secrets = (RECEIPTS_SECRET,)
        self.tools.at = self.at
        bootstrap.use_container(self.tools)
        set_clock(lambda: self.at)

    def sleep(self, duration: timedelta) -> None:
        """Let time pass."""
        self.at += duration
        self.tools.at = self.at

    @contextmanager
    def broken(self, index: int | None, fault: Fault) -> Iterator[FaultSeam]:
        """Let a fault happen at one of the calls made inside."""
        self.seam.index, self.seam.fault = index, fault
        self.seam.calls.clear()
        self.seam.fired = False
        aws.add_seam(self.seam)
        try:
            yield self.seam
        finally:
            aws.remove_seam(self.seam)
            self.seam.index = None

    def answer(
        self,
        method: str,
        resource: str,
        body: Any = None,
        *,
        key: str | None = None,
        signed: Mapping[str, str] | None = None,
        **path: str,
    ) -> dict[str, Any]:
        """Send the API's Lambda an event; returns its answer, raises Crashed if the process dies."""
        context = {
            "claims": json.dumps(self.claims),
            "account_id": account_id_of(issuer="https://id.test", subject=self.claims["sub"]),
        }
        headers = {"content-type": "application/json", **({"idempotency-key": key} if key else {}), **(signed or {})}
        event = {
            "resource": resource,
            "path": resource.format(**path),
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "multiValueQueryStringParameters": None,
            "pathParameters": path or None,
            "stageVariables": None,
            "body": body if body is None or isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "requestId": "r-1",
                "identity": {"sourceIp": "127.0.0.1"},
                "authorizer": context,
            },
        }
        try:
            answer: dict[str, Any] = self.app(event, new_context(function_name="api", timeout=30))
        except Killed:
            self.restart()
            raise Crashed from None
        return answer

    def api(self, method: str, resource: str, body: Any = None, *, key: str | None = None, **path: str) -> Any:
        """Call the API; raises Crashed if the process dies, or answers with a server's error."""
        answer = self.answer(method, resource, body, key=key, **path)
        if answer["statusCode"] >= SERVER_ERRORS:
            raise Crashed(answer["body"])
        assert answer["statusCode"] < REFUSALS, answer["body"]
        is_json = "json" in answer["headers"].get("Content-Type", "")
        return json.loads(answer["body"]) if answer["body"] and is_json else answer["body"] or None

    def deliver(self, message: Waiting) -> None:
        """Let the Lambda of a queue handle a message; raises Crashed if the message will come again."""
        record = {"messageId": message.message_id, "body": message.body, "receiptHandle": "r", "attributes": {}}
        self._run(message.queue, message.queue, {"Records": [record]})
        self.handled.append(message)

    def schedule(self, module: str, name: str) -> None:
        """Let a schedule fire; raises Crashed."""
        event = {
            "version": "0",
            "account": ACCOUNT,
            "region": REGION,
            "detail": {},
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "time": self.at.isoformat(),
            "id": "e",
            "resources": [],
        }
        self._run(module, name, event)

    def _run(self, module: str, name: str, event: Any) -> None:
        handler = getattr(importlib.import_module(f"chalicelib.events.{module}"), name)
        try:
            answer = handler(event, None)
        except Killed:
            self.restart()
            raise Crashed from None
        except Exception as failure:
            raise Crashed from failure
        if answer and answer["batchItemFailures"]:
            raise Crashed

    def pull(self) -> None:
        """Take what the queues hold; delays and time-outs of SQS are kept by the clock that is told."""
        for queue in QUEUES:
            held = sqs_backends[ACCOUNT][REGION].queues[queue]
            self.waiting += [Waiting(queue=queue, message_id=m.id, body=m.body) for m in held._messages]
            held._messages = []
            held._pending_messages = set()

    def take(self, queue: str) -> Waiting:
        """Take the one message that waits for a queue's Lambda."""
        self.pull()
        (message,) = [message for message in self.waiting if message.queue == queue]
        self.waiting.remove(message)
        return message

    def step(self, *queues: str) -> None:
        """Deliver until nothing waits for these queues, relaying hints on the way."""
        for _ in range(40):
            if self.answering:
                self.registers.release()
            self.pull()
            ready = [m for m in self.waiting if m.queue in {*queues, "outbox_relay"}]
            if not ready:
                return
            self._deliver_or_keep(ready[0])
        raise AssertionError("the queues never run dry")

    def settle(self) -> None:
        """Let everything come to its end, as hours of AWS would: redeliveries, relay, answers of registers."""
        self.answering = True
        told = ("webhooks",) if self.items("HookSubscription") else ()
        for _ in range(20):
            self.step("verification", "issuance", *told)
            if not self.items("OutboxEntry"):
                return
            self.sleep(timedelta(seconds=61))
            self.schedule("outbox_relay", "relay_outbox")
        raise AssertionError("the outbox never runs dry")

    def _deliver_or_keep(self, message: Waiting) -> None:
        self.waiting.remove(message)
        try:
            self.deliver(message)
        except Crashed:
            self.waiting.append(message)
            self.sleep(VISIBILITY)

    def items(self, kind: str = "") -> list[dict[str, Any]]:
        """What the table holds, by type."""
        items = [row.item for row in memory_table().everything()]
        wanted = [item for item in items if not kind or item.get("type") == {"S": kind}]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in wanted]

    def sent(self) -> list[tuple[str, str]]:
        """What left by the real providers: channel and text."""
        sms = [("sms", text) for _, text in sns_backends[ACCOUNT][REGION].sms_messages.values()]
        letters = [("email", letter.subject) for letter in ses_backends[ACCOUNT][REGION].sent_messages]
        by_second = [("second", message.text) for message in self.second.taken.values()] if self.second else []
        return [*sms, *letters, *by_second]

    def keep(self) -> Moment:
        """Remember everything that outlives a process."""
        self.pull()
        return Moment(
            items=memory_table().copy(),
            waiting=list(self.waiting),
            at=self.at,
            registers=pickle.dumps(self.registers),
            sms=list(self.sms.sent),
            chance=self.ids.random.getstate(),
            files=stored_files(),
        )

    def restore(self, moment: Moment) -> None:
        """Go back to a moment, in a new process."""
        memory_table().restore(moment.items)
        put_back(moment.files)
        self.pull()
        self.waiting, self.handled, self.answering = list(moment.waiting), [], False
        self.at = moment.at
        self.registers = pickle.loads(moment.registers)  # noqa: S301 — it was written here
        self.sms, self.email = FakeSmsSender(sent=list(moment.sms)), FakeEmailSender()
        self.hooks = FakeHookSender()
        if self.second is not None:
            self.second = SecondProvider()
        self.ids.random.setstate(moment.chance)
        sns_backends[ACCOUNT][REGION].sms_messages.clear()
        ses_backends[ACCOUNT][REGION].sent_messages.clear()
        self.restart()
