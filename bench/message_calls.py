"""AWS calls of messages on their way: a delivery, receipts, a stopped contact, the timer, and looking at them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.webhook_signature import signed_headers
from infra.local.cloud import receipts
from infra.local.text_aggregator import receipt_request
from tests import journeys
from tests.corrections import FUND, person_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.calls import Counter
    from tests.world import World


KEY = "c2VjcmV0IG9mIHRoZSBzZWNvbmQgcHJvdmlkZXI="


def count_messages(world: World, counter: Counter, step: Callable[..., None]) -> None:
    """Revoke a consent: the letter about it bounces for a time, then for good."""
    world.run("run_messages")
    world.settle()
    world.ok("POST", "/v1/me/consents/revocation")
    step(world, counter, "notifications", "deliver a notification by e-mail and in the cabinet", limit=4)
    letter = world.tools.email.sent[-1].reference
    _receipt(world, counter, "a receipt that is tried again", letter, "soft_bounce", limit=3)
    world.tools.at += timedelta(hours=2)
    with counter.measuring("queue a message whose moment has come", limit=11):
        world.run("run_messages")
    step(world, counter, "notifications", "another try by e-mail", limit=4)
    _receipt(world, counter, "a receipt that stops a contact", letter, "hard_bounce", limit=4)
    _receipt(world, counter, "a receipt that is known", letter, "hard_bounce", limit=1)
    _receipts_of_second_provider(world, counter)
    with counter.measuring("my messages", limit=2):
        world.ok("GET", "/v1/me/messages")
    with counter.measuring("messages to a person, as an operator", limit=8):
        world.ok("GET", f"/v1/operator/persons/{person_id(world)}/messages", person=FUND)
    world.settle()
    journeys.consented(world)


def _receipts_of_second_provider(world: World, counter: Counter) -> None:
    world.tools.sms_receipt_secrets = (KEY,)
    told = [{"id": f"agg-{number}", "reference": "", "to": ""} for number in range(100)]
    body = receipt_request(told, at=world.tools.at)
    signed = signed_headers(secrets=[KEY], event_id="r-1", at=world.tools.at, body=body)
    headers = {**signed, "Content-Type": "application/json"}
    with counter.measuring("take 100 receipts of the second provider", limit=10):
        world.ok("POST", "/v1/sms-receipts", person=None, content=body, headers=headers)
    world.tools.at += timedelta(hours=1)
    world.settle()


def _receipt(world: World, counter: Counter, use_case: str, reference: str, outcome: str, *, limit: int) -> None:
    event = receipts.mail_event(outcome=outcome, reference=reference, at=world.tools.at)
    with counter.measuring(use_case, limit=limit):
        world.invoke("receipts", json.dumps(event))
