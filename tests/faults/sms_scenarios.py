"""The switch to the second provider of text messages, and its receipts, broken at every call (M1, M2)."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.sms_route import LEAST_SENDS, SmsProvider
from chalicelib.domain.webhook_signature import signed_headers
from chalicelib.ports.errors import Unavailable
from infra.local.text_aggregator import receipt_request
from tests.faults.rig import RECEIPTS_SECRET, Crashed
from tests.faults.scenarios import CLIENT_WAITS, Scenario
from tests.faults.seam import SecondProvider

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig, Waiting

FIRST_FAILS = 60
A_MINUTE = timedelta(minutes=1)
RECEIPTS = "/v1/sms-receipts"


def first_is_failing(rig: Rig) -> None:
    """Whoever fails next leaves the first provider."""
    rig.pull()
    for _ in range(LEAST_SENDS):
        rig.tools.store.count_sms(provider=SmsProvider.FIRST, bad=True, at=rig.at)


def notify_by_second(rig: Rig) -> None:
    """Deliver what tells by a text message, twice as SQS may, and its planned tries: the first provider takes none."""
    rig.sms.failures = [Unavailable("")] * FIRST_FAILS
    message = _with_text(rig)
    rig.deliver(message)
    rig.sleep(A_MINUTE)
    rig.deliver(message)
    _tried_when_due(rig, json.loads(message.body)["id"])


def _tried_when_due(rig: Rig, order_id: str) -> None:
    """Let each planned try come at its moment, not before: the counts of the route are of the last minutes."""
    for _ in range(8):
        rig.step()
        rig.sleep(max(A_MINUTE, _next_try(rig, order_id) - rig.at))
        for message in [m for m in rig.waiting if json.loads(m.body).get("body", {}).get("order_id") == order_id]:
            with suppress(Crashed):
                rig.deliver(message)
                rig.waiting.remove(message)


def _next_try(rig: Rig, order_id: str) -> datetime:
    kept = [json.loads(row["data"]) for row in rig.items("Dispatch") if row["SK"] == "sms"]
    (due,) = [one["not_before"] for one in kept if one["order_id"] == order_id] or [None]
    return datetime.fromisoformat(due) if due else rig.at


def _with_text(rig: Rig) -> Waiting:
    rig.pull()
    return next(m for m in rig.waiting if m.queue == "notifications")


def bring_receipts(rig: Rig) -> None:
    """Let the provider tell of what it took, as often as nobody confirms, and the queue bring it on."""
    assert rig.second is not None
    told = [
        {"id": f"agg-{one.reference}", "reference": one.reference, "to": one.to} for one in rig.second.taken.values()
    ]
    if not told:
        return
    body = receipt_request(told, at=rig.at)
    signed = signed_headers(secrets=[RECEIPTS_SECRET], event_id="receipts-1", at=rig.at, body=body)
    answer: dict[str, Any] = rig.answer("POST", RECEIPTS, body.decode(), signed=signed)
    if answer["statusCode"] >= 500:
        raise Crashed(answer["body"])
    assert answer["statusCode"] == 202, answer["body"]
    rig.pull()
    for message in [m for m in rig.waiting if m.queue == "receipts"]:
        rig.deliver(message)
        rig.waiting.remove(message)


def _sent_by_second(rig: Rig) -> None:
    rig.second = SecondProvider()
    rig.restart()
    notify_by_second(rig)


def _told_again(rig: Rig) -> None:
    """Bring the receipts of what left before this moment, and once more."""
    assert rig.second is not None
    for row in rig.items("SentPointer"):
        found = json.loads(row["data"])
        if found["provider"] == "aggregator":
            named = found["reference"]
            reference = f"{named['order_id']}-{named['channel']}-{named['attempt']}"
            rig.second.taken.setdefault(reference, _nameless(reference))
    for _ in range(2):
        bring_receipts(rig)


def _nameless(reference: str) -> Any:
    from tests.fakes.notifications import SentSms

    return SentSms(to="", text="", reference=reference)


SMS_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "first_provider_failing": ("relayed", first_is_failing),
    "text_sent_by_second": ("first_provider_failing", _sent_by_second),
}

SMS_SCENARIOS = (
    Scenario(
        name="text_while_the_provider_changes",
        begins="first_provider_failing",
        act=notify_by_second,
        pause=A_MINUTE,
        second_sender=True,
    ),
    Scenario(
        name="receipt_of_second_provider",
        begins="text_sent_by_second",
        act=_told_again,
        pause=CLIENT_WAITS,
        second_sender=True,
    ),
)
