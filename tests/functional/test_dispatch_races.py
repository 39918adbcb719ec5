"""Messages, receipts and timers that meet: one message leaves, and what is known is never lost (M1, M2)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.adapters.dynamodb.unit_of_work import DynamoDBUnitOfWork
from chalicelib.ports.errors import StaleWrite, Throttled, Unavailable
from chalicelib.ports.folders import PersonFile
from infra.local.cloud import receipts as provider
from tests.journeys import consented, insured, messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World


def during(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[str], Any]) -> None:
    """Let something happen while the next letter is on its way to the provider."""
    send = world.tools.email.send

    def sends(**letter: Any) -> Any:
        monkeypatch.setattr(world.tools.email, "send", send)
        taken = send(**letter)
        act(letter["reference"])
        return taken

    monkeypatch.setattr(world.tools.email, "send", sends)


def receipt(world: World, outcome: str, reference: str) -> None:
    world.invoke("receipts", json.dumps(provider.mail_event(outcome=outcome, reference=reference, at=world.tools.at)))


def stale(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever reads a message see it as it was before its last change."""
    read = world.tools.store.dispatch

    def reads(**key: Any) -> Any:
        found = read(**key)
        return found and replace(found, version=found.version - 1)

    monkeypatch.setattr(world.tools.store, "dispatch", reads)


def state(world: World) -> str:
    (message,) = messages(world)
    return str(message["delivery"]["email"])


def order(world: World) -> str:
    """The first notification, as its queue had it."""
    return next(body for queue, body in world.delivered if queue == "notifications")


@pytest.mark.parametrize(("outcome", "expected"), [("delayed", "sent"), ("delivered", "delivered")])
def test_a_receipt_is_faster_than_the_note(world: World, monkeypatch, outcome, expected) -> None:
    consented(world)
    during(world, monkeypatch, lambda reference: receipt(world, outcome, reference))
    world.settle()
    assert state(world) == expected


def test_the_same_order_comes_while_its_letter_is_on_the_way(world: World, monkeypatch) -> None:
    consented(world)

    def comes_again(_: str) -> None:
        with pytest.raises(Throttled):
            world.invoke("notifications", order(world))

    during(world, monkeypatch, comes_again)
    world.settle()
    assert len(world.tools.email.sent) == 1
    assert state(world) == "sent"


def test_what_could_not_be_noted_is_sent_again_after_its_lease(world: World, monkeypatch) -> None:
    consented(world)
    commit = DynamoDBUnitOfWork.commit

    def fails(_: Any) -> None:
        raise Unavailable("Таблица не отвечает")

    during(world, monkeypatch, lambda _: monkeypatch.setattr(DynamoDBUnitOfWork, "commit", fails))
    with pytest.raises(Unavailable):
        world.settle()
    monkeypatch.setattr(DynamoDBUnitOfWork, "commit", commit)
    world.sleep(minutes=4)
    world.settle()
    assert [letter.reference for letter in world.tools.email.sent] == [world.tools.email.sent[0].reference] * 2
    assert state(world) == "sent"


def another_try(world: World, **more: str) -> str:
    found = json.loads(order(world))
    body = {**found["body"], "order_id": found["id"], "ordered_at": found["at"], "channel": "email", **more}
    return json.dumps({**found, "id": "01KKTXZ8M0J77M3GB40726KZTZ", "body": body})


def test_a_try_that_nobody_planned_changes_nothing_and_one_that_was_lost_is_made(world: World) -> None:
    consented(world)
    world.settle()
    again = another_try(world)
    world.invoke("notifications", again)
    world.ok("PATCH", "/v1/me", json={"preferences": {"consent_given.email": False}})
    world.invoke("notifications", again)
    assert (len(world.tools.email.sent), state(world)) == (1, "sent")
    world.ok("PATCH", "/v1/me", json={"preferences": {"consent_given.email": True}})
    world.invoke("notifications", another_try(world, order_id="01KKTXZ8M0J77M3GB40726KZTY"))
    assert len(world.tools.email.sent) == 2


def test_of_two_that_begin_a_try_only_one_does(world: World, monkeypatch) -> None:
    consented(world)
    world.tools.email.failures.append(Unavailable("Почта не отвечает"))
    world.settle()
    first = order(world)
    world.sleep(minutes=1)
    stale(world, monkeypatch)
    with pytest.raises(Throttled):
        world.invoke("notifications", first)
    assert world.tools.email.sent == []


def test_a_timer_leaves_what_changes_meanwhile_to_its_next_run(world: World, monkeypatch) -> None:
    consented(world)
    world.settle()
    world.sleep(hours=73)
    due = world.tools.store.due_dispatches
    old = [[replace(found, version=found.version - 1) for found in page] for page in due(until=world.tools.at, page=9)]
    monkeypatch.setattr(world.tools.store, "due_dispatches", lambda **_: iter(old))
    world.run("run_messages")
    assert state(world) == "sent"


def test_a_receipt_that_meets_changes_each_time_comes_again(world: World, monkeypatch) -> None:
    consented(world)
    world.settle()
    stale(world, monkeypatch)
    with pytest.raises(StaleWrite):
        receipt(world, "delivered", world.tools.email.sent[-1].reference)


def test_two_letters_that_bounce_stop_the_address_once_and_nobodys_address_not_at_all(
    world: World, monkeypatch
) -> None:
    insured(world)
    first, second, third = (letter.reference for letter in world.tools.email.sent)
    receipt(world, "hard_bounce", first)
    receipt(world, "hard_bounce", second)
    assert len(world.ok("GET", "/v1/me")["tasks"]) == 1
    monkeypatch.setattr(world.tools.store, "person_file", lambda **_: PersonFile())
    receipt(world, "hard_bounce", third)
