"""Messages on their way, broken at every call: tries, receipts, bounces that stop a contact, the timer of messages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from infra.local.cloud import receipts
from tests.faults.rig import VISIBILITY, Crashed, Waiting
from tests.faults.scenarios import Scenario, fire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

NEXT_RUN = timedelta(minutes=1)


def notify_twice(rig: Rig) -> None:
    """Deliver a notification, and once more, as SQS may, and its planned tries: only one message goes out."""
    rig.pull()
    message = next(m for m in rig.waiting if m.queue == "notifications")
    rig.deliver(message)
    rig.sleep(VISIBILITY)
    rig.deliver(message)
    rig.waiting.remove(message)
    retried(rig, json.loads(message.body)["id"])


def retried(rig: Rig, order_id: str) -> None:
    """Let the planned tries of one order come, as the queue and the timer would bring them."""
    for _ in range(6):
        rig.step()
        again = [m for m in rig.waiting if json.loads(m.body).get("body", {}).get("order_id") == order_id]
        for message in again:
            _delivered(rig, message)
        rig.sleep(VISIBILITY)


def _delivered(rig: Rig, message: Waiting) -> None:
    try:
        rig.deliver(message)
    except Crashed:
        return
    rig.waiting.remove(message)


def _letter_sent(rig: Rig) -> None:
    rig.pull()
    message = next(m for m in rig.waiting if m.queue == "notifications")
    rig.deliver(message)
    rig.waiting.clear()


def _receipt(outcome: str) -> Callable[[Rig], None]:
    """Let a receipt of the last letter come, and once more, and then one that was faster on the way."""

    def act(rig: Rig) -> None:
        order_id = max(row["PK"] for row in rig.items("Dispatch")).partition("#")[2]
        for number, each in enumerate((outcome, outcome, "delayed")):
            event = receipts.mail_event(outcome=each, reference=f"{order_id}-email-1", at=rig.at)
            rig.deliver(Waiting(queue="receipts", message_id=f"r{number}", body=json.dumps(event)))

    return act


def _letter_bounced(rig: Rig) -> None:
    _receipt("soft_bounce")(rig)
    rig.sleep(timedelta(hours=2))


def _unconfirmed(rig: Rig) -> None:
    rig.sleep(timedelta(days=4))


MESSAGE_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "letter_sent": ("relayed", _letter_sent),
    "letter_bounced": ("letter_sent", _letter_bounced),
    "letter_unconfirmed": ("letter_sent", _unconfirmed),
}

MESSAGE_SCENARIOS = (
    Scenario(name="notification", begins="relayed", act=notify_twice, real_senders=True),
    Scenario(name="receipt_of_delivery", begins="letter_sent", act=_receipt("delivered")),
    Scenario(name="receipt_of_soft_bounce", begins="letter_sent", act=_receipt("soft_bounce")),
    Scenario(name="receipt_of_hard_bounce", begins="letter_sent", act=_receipt("hard_bounce")),
    Scenario(name="planned_tries", begins="letter_bounced", act=fire("messages", "run_messages"), pause=NEXT_RUN),
    Scenario(name="no_receipt", begins="letter_unconfirmed", act=fire("messages", "run_messages"), pause=NEXT_RUN),
)
