"""The second provider of text messages brings its receipts, signed, as often and in what order it likes (M2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.bootstrap import Container
from chalicelib.domain.webhook_signature import signed_headers
from chalicelib.ports.notifications import Taken
from chalicelib.settings import settings
from tests.cloud import cloud
from tests.fakes.notifications import FakeSmsSender
from tests.functional.test_receipts import mail, told
from tests.journeys import messages, problem
from tests.world import table

if TYPE_CHECKING:
    import httpx

    from tests.world import World

ADDRESS = "/v1/sms-receipts"
SECRET, FORMER = "whsec_c2VjcmV0IG9mIHRoZSBzZWNvbmQgcHJvdmlkZXI=", "Zm9ybWVyIHNlY3JldCBvZiB0aGUgcHJvdmlkZXI="


class Aggregator(FakeSmsSender):
    """Numbers its messages as an aggregator does."""

    def send(self, **message: Any) -> Taken:
        super().send(**message)
        return Taken(provider="aggregator", provider_id=f"agg-{len(self.sent)}")


@pytest.fixture
def texted(world: World) -> World:
    """Somebody was told by a text message of the second provider."""
    world.tools.sms = Aggregator()
    world.tools.sms_receipt_secrets = (SECRET, FORMER)
    told(world)
    mail(world, "complaint")
    world.settle()
    return world


def receipt(world: World, status: str, **others: str) -> dict[str, str]:
    return {"id": f"agg-{len(world.tools.sms.sent)}", "status": status, "at": world.tools.at.isoformat(), **others}


def brought(world: World, *receipts: Any, secret: str = SECRET, late: timedelta = timedelta(0)) -> httpx.Response:
    body = json.dumps({"receipts": receipts}).encode()
    signed = signed_headers(secrets=[secret], event_id="r-1", at=world.tools.at - late, body=body)
    headers = {**signed, "Content-Type": "application/json"}
    return world.call("POST", ADDRESS, person=None, content=body, headers=headers)


def state(world: World) -> str:
    (found,) = [m["delivery"]["sms"] for m in messages(world) if m["kind"] == "email_unreachable"]
    return str(found)


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        ("delivered", "delivered"),
        ("delayed", "sent"),
        ("unreachable", "waiting"),
        ("rejected", "rejected"),
        ("no_such_number", "bounced"),
        ("blocked", "bounced"),
    ],
)
def test_each_status_leads_to_the_state_that_the_first_provider_has(texted: World, status: str, ends: str) -> None:
    assert state(texted) == "sent"
    answer = brought(texted, receipt(texted, status))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1})
    texted.settle()
    assert state(texted) == ends
    stopped = texted.ok("GET", "/v1/me")["phone"]["is_stopped"]
    assert stopped is (ends == "bounced")


def test_neither_order_nor_repetition_changes_the_end_and_either_live_secret_signs(texted: World) -> None:
    late = receipt(texted, "delayed", at=(texted.tools.at - timedelta(minutes=1)).isoformat())
    for secret, given in (
        (FORMER, receipt(texted, "delivered")),
        (SECRET, receipt(texted, "delivered")),
        (SECRET, late),
    ):
        assert brought(texted, given, secret=secret).status_code == 202
        texted.settle()
    assert state(texted) == "delivered"
    kept = [json.loads(item["data"]["S"]) for item in table() if item.get("type") == {"S": "Dispatch"}]
    assert [[heard["outcome"] for heard in one["heard"]] for one in kept if one["channel"] == "sms"] == [
        ["delivered", "delayed"]
    ]


def test_a_message_whose_answer_got_lost_is_known_by_its_reference(texted: World) -> None:
    reference = texted.tools.sms.sent[-1].reference
    given = {**receipt(texted, "delivered", reference=reference), "id": "agg-that-nobody-was-told"}
    ahead = (texted.tools.at + timedelta(hours=3)).isoformat()
    assert brought(texted, {**given, "at": ahead}).status_code == 202
    texted.settle()
    assert state(texted) == "delivered"
    assert texted.tools.sms.sent[-1].to not in json.dumps(texted.delivered)


def test_what_is_not_signed_so_changes_nothing(texted: World) -> None:
    given = receipt(texted, "no_such_number")
    for answer in (
        brought(texted, given, secret="YW5vdGhlciBzZWNyZXQgb2Ygc29tZWJvZHkgZWxzZQ=="),
        brought(texted, given, late=timedelta(minutes=6)),
        brought(texted, given, late=-timedelta(minutes=6)),
        texted.call("POST", ADDRESS, person=None, json={"receipts": [given]}),
        texted.call("POST", ADDRESS, person="operator", json={"receipts": [given]}),
    ):
        assert "webhook-signature" in problem(answer, 401, "unauthorized")["detail"]
    texted.settle()
    assert state(texted) == "sent"


def test_every_mistake_is_named_and_none_is_taken_then(texted: World) -> None:
    wrong = {"id": "", "status": "lost", "at": "2026-03-16T09:00:00"}
    found = problem(brought(texted, receipt(texted, "delivered"), wrong), 422, "validation_failed")
    assert {error["field"] for error in found["errors"]} == {f"receipts.1.{name}" for name in wrong}
    assert len(problem(brought(texted), 422, "validation_failed")["errors"]) == 1
    texted.settle()
    assert state(texted) == "sent"


def test_receipts_that_the_queue_does_not_take_come_again(texted: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(texted.tools.queues, "send", lambda *, entries: entries[1:])
        answer = brought(texted, receipt(texted, "delivered"))
    assert "Retry-After" in answer.headers
    problem(answer, 503, "unavailable")


def test_the_secret_is_read_where_a_second_provider_is_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    problem(brought(world, receipt(world, "delivered")), 404, "not_found")
    secrets = cloud("secretsmanager")
    monkeypatch.setenv("SMS_SECOND_URL", "http://127.0.0.1:9/v1")
    for name, text in (
        ("both", f"{SECRET} {FORMER}"),
        ("short", "c2hvcnQ="),
        ("none", " "),
        ("not_base64", "whsec_" + "ы" * 44),
    ):
        kept = secrets.create_secret(Name=name, SecretString=text)["ARN"]
        monkeypatch.setenv("SMS_SECOND_RECEIPTS_SECRET_ID", kept)
        tools = Container(settings=settings())
        if name == "both":
            assert tools.sms_receipt_secrets == (SECRET, FORMER)
            continue
        monkeypatch.setattr(
            type(world.tools), "sms_receipt_secrets", property(lambda _, t=tools: t.sms_receipt_secrets)
        )
        problem(brought(world, receipt(world, "delivered")), 503, "unavailable")
