"""AWS calls of webhooks: subscribing, an event with and without a subscriber, reading the feed, sending again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.records import OutboxEntry, Queue
from chalicelib.domain.webhook_events import CaseEvent, EventKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.calls import Counter
    from tests.world import World

OPERATOR = "operator"
HOOKS = "/v1/webhooks"
ADDRESS = {"url": "https://insurer.example.org/polis"}


def count_webhooks(world: World, counter: Counter, step: Callable[..., None]) -> None:
    """A policy changes before anybody subscribed, and another one afterwards."""
    world.settle()
    _happen(world, "policy:01A")
    step(world, counter, "webhooks", "an event of a case, nobody subscribed", limit=1)
    world.settle()
    with counter.measuring("subscribe to webhooks", limit=2):
        made = world.ok("POST", HOOKS, person=OPERATOR, json=ADDRESS)
    _happen(world, "policy:01B")
    step(world, counter, "webhooks", "an event of a case reaches its organisation", limit=7)
    assert world.tools.hooks.taken
    with counter.measuring("subscriptions of an organisation", limit=1):
        world.ok("GET", HOOKS, person=OPERATOR)
    with counter.measuring("subscriptions that have stopped", limit=1):
        world.ok("GET", "/v1/operator/stopped-webhooks", person="fund")
    with counter.measuring("feed of an organisation", limit=1):
        world.ok("GET", "/v1/webhook-events", person=OPERATOR)
    with counter.measuring("another secret of a subscription", limit=2):
        world.ok("POST", f"{HOOKS}/{made['id']}/secrets", person=OPERATOR, json={})
    with counter.measuring("send events again from a cursor", limit=3):
        world.ok("POST", f"{HOOKS}/{made['id']}/replays", person=OPERATOR, json={"after": 0})
    step(world, counter, "webhooks", "go on with a subscription", limit=6)
    with counter.measuring("end a subscription", limit=2):
        world.call("DELETE", f"{HOOKS}/{made['id']}", person=OPERATOR)
    world.settle()


def _happen(world: World, case: str) -> None:
    """Keep an event as the transaction of a change does."""
    tools, at = world.tools, world.tools.at
    name = "insurer:77012"
    work = tools.store.work(at=at)
    work.put(CaseEvent(organisation=name, case=case, place=1, kind=EventKind.POLICY_CHANGED, state="suspended", at=at))
    body = {"step": "told", "organisation": name, "case": case}
    work.send(OutboxEntry(entry_id=tools.ids.new_id(at=at), queue=Queue.WEBHOOKS, body=body, created_at=at))
    work.commit()
