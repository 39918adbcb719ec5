"""Webhooks, broken at every call: subscribing, an event on its way, a receiver that fails, the timer, a new secret."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.dispatch import LATE, PAUSES
from chalicelib.domain.webhook import HookSubscription
from chalicelib.domain.webhook_progress import HookProgress
from chalicelib.ports.webhooks import HookAnswer
from tests.faults.correction_scenarios import signed_in
from tests.faults.rig import VISIBILITY
from tests.faults.scenarios import CLIENT_WAITS, Scenario, fire, submit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.invariants import Facts
    from tests.faults.rig import Rig

HOOKS = "/v1/webhooks"
URL = "https://insurer.example.org/polis"
NEXT_RUN = timedelta(minutes=1)


def _call(method: str, path: str = "", body: Any = None) -> Callable[[Rig], None]:
    """Let an operator of the insurer call the routes of webhooks, with a key where something is made."""

    def act(rig: Rig) -> None:
        found = rig.items("HookProgress")
        named = {"webhook_id": found[0]["SK"].partition("#")[2]} if path and found else {}
        if path and not named:
            return  # A deletion whose answer got lost.
        with signed_in(rig, "operator"):
            rig.api(method, HOOKS + path, body, key=f"hook{path}" if body else None, **named)

    return act


_subscribe = _call("POST", body={"url": URL})


def _told(rig: Rig) -> None:
    submit(rig)
    rig.step()
    rig.waiting = [message for message in rig.waiting if message.queue == "webhooks"]


def _handled(rig: Rig) -> None:
    """Deliver what waits, and once more, as SQS may."""
    rig.pull()
    (message,) = [message for message in rig.waiting if message.queue == "webhooks"]
    rig.deliver(message)
    rig.sleep(VISIBILITY)
    rig.deliver(message)
    rig.waiting.remove(message)


def _failing(rig: Rig) -> None:
    rig.hooks.answers = lambda _: HookAnswer.FAILED
    try:
        _handled(rig)
    finally:
        rig.hooks.answers = lambda _: HookAnswer.TAKEN


def _gone(rig: Rig) -> None:
    """The receiver is gone: the subscription stops, and its organisation gets one letter of that."""
    rig.hooks.answers = lambda _: HookAnswer.GONE
    try:
        _handled(rig)
    finally:
        rig.hooks.answers = lambda _: HookAnswer.TAKEN


def _failed_long_ago(rig: Rig) -> None:
    _failing(rig)
    rig.waiting.clear()
    rig.sleep(PAUSES[1] + LATE)


WEBHOOK_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "webhook_subscribed": ("drafted", _subscribe),
    "webhook_told": ("webhook_subscribed", _told),
    "webhook_failed": ("webhook_told", _failed_long_ago),
}

WEBHOOK_SCENARIOS = (
    Scenario(name="webhook_subscribed", begins="", act=_subscribe, pause=CLIENT_WAITS),
    Scenario(name="change_that_is_told", begins="webhook_subscribed", act=submit, pause=CLIENT_WAITS),
    Scenario(name="webhook_sent", begins="webhook_told", act=_handled),
    Scenario(name="webhook_refused", begins="webhook_told", act=_failing),
    Scenario(name="webhook_gone", begins="webhook_told", act=_gone),
    Scenario(name="webhook_timer", begins="webhook_failed", act=fire("messages", "run_messages"), pause=NEXT_RUN),
    *(
        Scenario(name=name, begins="webhook_failed", act=act, pause=CLIENT_WAITS)
        for name, act in (
            ("webhook_rotated", _call("POST", "/{webhook_id}/secrets", {"both_days": 7})),
            ("webhook_replayed", _call("POST", "/{webhook_id}/replays", {"after": 0})),
            ("webhook_ended", _call("DELETE", "/{webhook_id}")),
        )
    ),
)


def hooks_of(facts: Facts) -> list[Any]:
    """How the subscriptions ended, and what their receivers know."""
    known: list[HookProgress] = facts.all(HookProgress)
    subscriptions: list[HookSubscription] = facts.all(HookSubscription)
    received = sorted({one.headers["webhook-id"] for one in facts.rig.hooks.taken})
    return [
        sorted((one.state.value, one.through, len(one.aside), len(one.given_up)) for one in known),
        sorted(one.generation for one in subscriptions),
        len(received),
    ]


def check_webhooks(facts: Facts) -> None:
    """The feed has no gaps, a case is told in its order, and what counts as delivered was taken."""
    feeds: dict[str, list[int]] = {row["organisation"]: [] for row in facts.of_type("HookFeed")}
    for row in facts.of_type("FeedEvent"):
        feeds[row["event"]["organisation"]].append(row["number"])
    for feed in facts.of_type("HookFeed"):
        assert sorted(feeds[feed["organisation"]]) == list(range(1, feed["last"] + 1)), "a feed has a gap"
    if facts.rig.hooks is None:
        return  # of a running service only the table is read back
    taken = [one.json["data"] for one in facts.rig.hooks.taken]
    firsts: dict[str, list[int]] = {}
    for told in taken:
        places = firsts.setdefault(told["case"]["id"], [])
        if told["case"]["place"] not in places:
            places.append(told["case"]["place"])
    assert all(places == sorted(places) for places in firsts.values()), "a case overtook itself"
    for progress in facts.all(HookProgress):
        waiting = {number for one in progress.aside for number in one.numbers}
        settled = set(range(1, progress.through + 1)) - waiting
        assert settled <= {told["cursor"] for told in taken}, "what counts as delivered never arrived"
        assert not facts.of_type("CaseEvent"), "an event never came into the feed"
