"""AWS calls of messages on their way: a delivery, receipts, a stopped contact, the timer, and looking at them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from infra.local.cloud import receipts
from tests import journeys
from tests.corrections import FUND, person_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.calls import Counter
    from tests.world import World


def count_messages(world: World, counter: Counter, step: Callable[..., None]) -> None:
    """Revoke a consent: the letter about it bounces for a time, then for good."""
    world.run("run_messages")
    world.settle()
    world.ok("POST", "/v1/me/consents/revocation")
    step(world, counter, "notifications", "deliver a notification by e-mail and in the cabinet", limit=4)
    letter = world.tools.email.sent[-1].reference
    _receipt(world, counter, "a receipt that is tried again", letter, "soft_bounce", limit=3)
    world.tools.at += timedelta(hours=2)
    with counter.measuring("queue a message whose moment has come", limit=10):
        world.run("run_messages")
    step(world, counter, "notifications", "another try by e-mail", limit=4)
    _receipt(world, counter, "a receipt that stops a contact", letter, "hard_bounce", limit=4)
    _receipt(world, counter, "a receipt that is known", letter, "hard_bounce", limit=1)
    with counter.measuring("my messages", limit=2):
        world.ok("GET", "/v1/me/messages")
    with counter.measuring("messages to a person, as an operator", limit=8):
        world.ok("GET", f"/v1/operator/persons/{person_id(world)}/messages", person=FUND)
    world.settle()
    journeys.consented(world)


def _receipt(world: World, counter: Counter, use_case: str, reference: str, outcome: str, *, limit: int) -> None:
    event = receipts.mail_event(outcome=outcome, reference=reference, at=world.tools.at)
    with counter.measuring(use_case, limit=limit):
        world.invoke("receipts", json.dumps(event))
