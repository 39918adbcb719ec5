"""Those who run the service see by whom text messages go; a code whose sender died is not sent twice (M1)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bench.calls import Counter
from chalicelib.adapters.dynamodb.unit_of_work import DynamoDBUnitOfWork
from chalicelib.adapters.notifications.aggregator import AggregatorSmsSender
from chalicelib.adapters.notifications.switching import SwitchingSmsSender
from chalicelib.bootstrap import Container
from chalicelib.domain.sms_route import LEAST_SENDS, SmsProvider
from chalicelib.ports.errors import Unavailable
from chalicelib.settings import settings
from tests.fakes.notifications import FakeSmsSender
from tests.journeys import consented, problem

if TYPE_CHECKING:
    from tests.world import World

ROUTE = "/v1/operator/sms-route"


def switching(world: World) -> tuple[FakeSmsSender, FakeSmsSender]:
    """Put a sender over two others in place."""
    first, second = FakeSmsSender(), FakeSmsSender()
    senders = {SmsProvider.FIRST: first, SmsProvider.SECOND: second}
    world.tools.sms = SwitchingSmsSender(senders=senders, routes=world.tools.store, now=lambda: world.tools.at)
    return first, second


def code_asked(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-01"})
    world.ok("POST", "/v1/me/contacts/phone/codes")


def dispatches(world: World) -> list[dict[str, Any]]:
    found = [json.loads(body) for queue, body in world.delivered if queue == "notifications"]
    orders = list({one["id"]: 0 for one in found if one["body"]["kind"] == "contact_verification_code"})
    kept = world.tools.store.dispatches(order_ids=orders)
    return [{"state": one.state.value} for order in orders for one in kept[order]]


def test_shows_who_is_in_use_and_why(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = switching(world)
    for _ in range(LEAST_SENDS):
        first.failures.append(Unavailable(""))
        with pytest.raises(Unavailable):
            world.tools.sms.send(to="+79000009901", text="Код 123456", reference="r")
    found = world.ok("GET", ROUTE, person="fund")
    assert (found["in_use"], found["reason"], found["has_second"]) == ("second", "other_fails", False)
    assert found["providers"] == [
        {"provider": "first", "sent": LEAST_SENDS, "bad": LEAST_SENDS},
        {"provider": "second", "sent": 0, "bad": 0},
    ]
    code_asked(world)
    world.settle()
    assert (len(first.sent), len(second.sent)) == (0, 1)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [one["Provider"] for one in told] == ["first"] * LEAST_SENDS + ["second"]
    assert "9901" not in json.dumps(told)
    problem(world.call("GET", ROUTE, person="operator"), 403, "not_permitted")


def test_a_text_message_costs_one_call_more_and_two_in_a_new_process(world: World) -> None:
    switching(world)
    counter = Counter()
    for name in ("cold", "warm"):
        with counter.measuring(name, limit=2):
            world.tools.sms.send(to="+79000009901", text="Код", reference="r")
    assert [budget.calls for budget in counter.found] == [
        ("dynamodb.BatchGetItem", "dynamodb.UpdateItem"),
        ("dynamodb.UpdateItem",),
    ]


def test_a_code_whose_sender_died_is_not_sent_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    code_asked(world)
    send, commit = world.tools.sms.send, DynamoDBUnitOfWork.commit

    def dies(_: Any) -> None:
        raise Unavailable("")

    def sends(**message: Any) -> Any:
        taken = send(**message)
        monkeypatch.setattr(DynamoDBUnitOfWork, "commit", dies)
        return taken

    monkeypatch.setattr(world.tools.sms, "send", sends)
    with pytest.raises(Unavailable):
        world.settle()
    monkeypatch.setattr(DynamoDBUnitOfWork, "commit", commit)
    world.sleep(seconds=timedelta(minutes=4).total_seconds())
    world.settle()
    assert len(world.tools.sms.sent) == 1
    assert [one["state"] for one in dispatches(world)] == ["unconfirmed"]


def test_the_second_provider_is_there_where_it_is_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_SECOND_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SMS_SECOND_SECRET_ID", world.tools.settings.lookup_secret_id)
    tools = Container(settings=settings())
    assert isinstance(tools.sms, SwitchingSmsSender)
    assert isinstance(tools.sms._senders[SmsProvider.SECOND], AggregatorSmsSender)
    assert tools._sms_token() == "x" * 64
