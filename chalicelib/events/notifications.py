"""Lambda: delivers notifications by SMS, e-mail and in the cabinet (requirement M1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.domain.notifications import Channel, NotificationKind
from chalicelib.events.runtime import PoisonMessage, message, run_batch, text_field
from chalicelib.use_cases.deliver_notification import Order, deliver_notification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)

CONTEXT_PREFIX = "context."


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["NotificationsQueue", "Arn"]}, batch_size=1, name="notifications")
def notifications(event: Any) -> dict[str, list[dict[str, str]]]:
    """Deliver each notification that the queue names."""
    return run_batch(event, _deliver)


def _deliver(tools: Container, record: Mapping[str, Any]) -> None:
    deliver_notification(tools=tools, order=_order(message(record)), at=tools.now())


def _order(found: Mapping[str, Any]) -> Order:
    body = found["body"]
    try:
        kind = NotificationKind(text_field(body, "kind"))
        # Another try by one channel names the order that it belongs to.
        ordered_at = datetime.fromisoformat(body.get("ordered_at") or text_field(found, "at"))
        channel = Channel(body["channel"]) if "channel" in body else None
    except ValueError:
        raise PoisonMessage("unknown kind, channel or moment") from None
    context = {
        name.removeprefix(CONTEXT_PREFIX): value for name, value in body.items() if name.startswith(CONTEXT_PREFIX)
    }
    return Order(
        order_id=body.get("order_id") or found["id"],
        kind=kind,
        person_id=text_field(body, "person_id"),
        context=context,
        ordered_at=ordered_at,
        channel=channel,
    )
