"""Two processes at one feed or one subscription: nothing is lost, doubled or out of order (M3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.webhook_events import CaseEvent, EventKind
from chalicelib.ports.errors import Throttled
from chalicelib.ports.webhooks import HookAnswer
from chalicelib.use_cases.deliver_webhooks import PAGE, tell_of_case
from chalicelib.use_cases.run_webhooks import run_webhooks
from chalicelib.use_cases.webhooks import organisation_of

if TYPE_CHECKING:
    from tests.fakes.webhooks import Received
    from tests.world import World

INSURER = "insurer:77012"
HOOKS = "/v1/webhooks"
URL = "https://insurer.example.org/polis"


def subscribed(world: World) -> dict[str, Any]:
    return dict(world.ok("POST", HOOKS, person="operator", json={"url": URL}))


def happen(world: World, *cases: str, place: int = 1, ago: timedelta = timedelta(0)) -> None:
    """Keep events as the transactions of changes do."""
    work = world.tools.store.work(at=world.tools.at)
    for case in cases:
        work.put(
            CaseEvent(
                organisation=INSURER,
                case=case,
                place=place,
                kind=EventKind.POLICY_ISSUED,
                state="active",
                at=world.tools.at - ago,
            )
        )
    work.commit()


def tell(world: World, case: str) -> int:
    return tell_of_case(tools=world.tools, organisation=INSURER, case=case, at=world.tools.at)


def cursors(world: World) -> list[int]:
    return [one.json["data"]["cursor"] for one in world.tools.hooks.taken]


def test_more_than_one_run_sends_is_sent_by_the_next(world: World) -> None:
    made = subscribed(world)
    count = 2 * PAGE + 3
    world.tools.hooks.answers = lambda _: HookAnswer.GONE
    for number in range(count):
        happen(world, f"policy:{number}")
        tell(world, f"policy:{number}")
    world.tools.hooks.answers = lambda _: HookAnswer.TAKEN
    world.ok("POST", f"{HOOKS}/{made['id']}/replays", person="operator", json={"after": 0})
    world.settle()
    assert cursors(world) == list(range(1, count + 1))


def test_a_repeated_message_finds_nothing_and_what_is_older_than_the_subscription_is_told_to_nobody(
    world: World,
) -> None:
    subscribed(world)
    happen(world, "policy:a")
    assert [tell(world, "policy:a"), tell(world, "policy:a")] == [1, 0]
    happen(world, "policy:b", ago=timedelta(seconds=1))
    assert tell(world, "policy:b") == 0
    assert world.tools.store.untold_events(organisation=INSURER, case="policy:b") == []
    assert len(world.ok("GET", "/v1/webhook-events", person="operator")["items"]) == 1


def test_of_two_that_feed_at_once_one_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(world)
    before = world.tools.store.hook_folder(organisation=INSURER)
    happen(world, "policy:a")
    tell(world, "policy:a")
    for place, seen in ((2, before), (3, replace(before, feed=replace(_feed(world), version=1)))):
        happen(world, "policy:a", place=place)
        with monkeypatch.context() as patched:
            patched.setattr(world.tools.store, "hook_folder", lambda seen=seen, **_: seen)
            with pytest.raises(Throttled):
                tell(world, "policy:a")
        tell(world, "policy:a")
    assert cursors(world) == [1, 2, 3]


def _feed(world: World) -> Any:
    return world.tools.store.hook_folder(organisation=INSURER).feed


def test_of_two_that_deliver_at_once_one_leaves_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(world)
    happen(world, "policy:a")
    tell(world, "policy:a")
    before = world.tools.store.hook_folder(organisation=INSURER)
    happen(world, "policy:b")
    tell(world, "policy:b")
    late = replace(before, feed=_feed(world))
    monkeypatch.setattr(world.tools.store, "hook_folder", lambda **_: late)
    assert tell(world, "policy:b") == 0
    assert cursors(world) == [1, 2]


def test_what_comes_while_others_are_sent_follows(world: World) -> None:
    subscribed(world)
    happen(world, "policy:a")
    nested: list[int] = []

    def answer(_: Received) -> HookAnswer:
        if not nested:
            nested.append(0)
            happen(world, "policy:b")
            nested.append(tell(world, "policy:b"))
        return HookAnswer.TAKEN

    world.tools.hooks.answers = answer
    tell(world, "policy:a")
    assert nested == [0, 0], "the second one found the first at it"
    world.settle()
    assert cursors(world) == [1, 2]


def test_a_cursor_that_is_moved_while_messages_leave_stands(world: World) -> None:
    made = subscribed(world)
    happen(world, "policy:a")
    moved: list[Any] = []

    def answer(_: Received) -> HookAnswer:
        if not moved:
            path = f"{HOOKS}/{made['id']}/replays"
            moved.append(world.ok("POST", path, person="operator", json={"after": 0}))
        return HookAnswer.TAKEN

    world.tools.hooks.answers = answer
    tell(world, "policy:a")
    world.settle()
    world.sleep(minutes=2)
    world.settle()
    assert cursors(world) == [1, 1]


def test_a_subscription_that_ends_while_messages_leave_is_ended(world: World) -> None:
    made = subscribed(world)
    happen(world, "policy:a")

    def answer(_: Received) -> HookAnswer:
        world.call("DELETE", f"{HOOKS}/{made['id']}", person="operator")
        return HookAnswer.TAKEN

    world.tools.hooks.answers = answer
    tell(world, "policy:a")
    assert world.ok("GET", HOOKS, person="operator")["items"] == []


def test_the_timer_leaves_what_changes_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(world)
    world.tools.hooks.answers = lambda _: HookAnswer.FAILED
    happen(world, "policy:a")
    tell(world, "policy:a")
    world.sleep(minutes=10)
    (page,) = list(world.tools.store.due_hooks(until=world.tools.at, page=9))
    monkeypatch.setattr(world.tools.store, "due_hooks", lambda **_: [page, page])
    assert run_webhooks(tools=world.tools, at=world.tools.at) == {"queued": 1, "skipped": 1, "stopped": 0}


def test_an_operator_of_nowhere_subscribes_nobody() -> None:
    nobody = Principal(
        subject="s", account_id="a", roles=frozenset({Role.INSURER_OPERATOR}), assurance=Assurance.CONFIRMED
    )
    with pytest.raises(NotPermitted):
        organisation_of(nobody)
