"""What every step of a delivery has in common: one transaction with journal, message and code (requirement F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.delivery import MAX_LIVE_DELIVERIES, move
from chalicelib.domain.delivery_states import DeliveryEvent, delivery_rule
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.notifications import RULES, NotificationKind
from chalicelib.domain.pickup_code import Pickup
from chalicelib.use_cases.journal import notify, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.delivery import Delivery
    from chalicelib.domain.delivery_states import Who
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

_SENDS_CODE = frozenset({DeliveryEvent.PREPARE, DeliveryEvent.RENEW_CODE})
_LOOKED_BACK = 100
"""Older ones have long ended."""


def carry_out(
    *,
    tools: Toolbox,
    delivery: Delivery,
    event: DeliveryEvent,
    who: Who,
    actor: Actor,
    at: datetime,
    also: Callable[[UnitOfWork], None] | None = None,
) -> Delivery:
    """Move a delivery along one arrow: journal it and tell the person (2 AWS calls, 1 where nobody is told).

    What the step changes beside the state is set on ``delivery`` already; ``also`` adds to the transaction.

    Raises:
        StateConflict: the delivery is in another state.
        StaleWrite: it changed meanwhile.
    """
    rule = delivery_rule(state=delivery.state, method=delivery.method, event=event, who=who)
    moved = move(delivery=delivery, event=event, who=who, at=at, actor=actor)
    work = tools.store.work(at=at)
    moved = record(moved, work=work, tools=tools, name=rule.entry, at=at, actor=actor, details=entry_details(delivery))
    if rule.notification is not None:
        _tell(tools, work, moved, NotificationKind(rule.notification), at)
    if event in _SENDS_CODE:
        _tell(tools, work, moved, NotificationKind.EXTRACT_PICKUP_CODE, at)
    if also is not None:
        also(work)
    return keep(work=work, delivery=moved)


def keep(*, work: UnitOfWork, delivery: Delivery) -> Delivery:
    """Commit the next version of a delivery; returns it as it is stored."""
    work.update(delivery)
    work.commit()
    return replace(delivery, version=delivery.version + 1)


def entry_details(delivery: Delivery) -> dict[str, str]:
    """What the journal says of a delivery: ids and numbers, nothing personal."""
    return {"delivery_id": delivery.delivery_id, "number": delivery.application_number}


def new_pickup(tools: Toolbox, *, at: datetime) -> Pickup:
    """Make a code; the one before it, if any, is void once this is stored."""
    return Pickup(pickup_id=tools.ids.new_id(at=at), sent_at=at)


def _tell(tools: Toolbox, work: UnitOfWork, delivery: Delivery, kind: NotificationKind, at: datetime) -> None:
    """Queue a notification with the numbers and dates that it names; a code is named by its id."""
    known = {"number": delivery.application_number, "tracking_number": delivery.tracking_number}
    if delivery.kept_until is not None:
        known["kept_until"] = str(delivery.kept_until - timedelta(days=1))
    context = {name: value for name, value in known.items() if name in RULES[kind].fields}
    if delivery.pickup is not None and "code" in RULES[kind].fields:
        context["pickup_id"] = delivery.pickup.pickup_id
    context["day"] = str(delivery.local_day(at))
    notify(work=work, tools=tools, kind=kind.value, person_id=delivery.account_id, at=at, context=context)


def check_live_deliveries(*, tools: Toolbox, person_id: str) -> None:
    """Refuse another order while as many are under way as may be (1 AWS call).

    Raises:
        RuleRefused: ``too_many_deliveries``.
    """
    newest = tools.store.deliveries_of(person_id=person_id, limit=_LOOKED_BACK, after=None).items
    if sum(delivery.is_live for delivery in newest) >= MAX_LIVE_DELIVERIES:
        detail = f"Уже доставляются {MAX_LIVE_DELIVERIES} выписки: дождитесь одной из них или отмените её"
        raise RuleRefused("too_many_deliveries", detail)
