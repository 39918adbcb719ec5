"""Delivery of an extract on paper, by post or at the insurer's office (requirement F8).

It lives apart from the application that ordered it: that one is decided and complete when the paper is ordered, this
one goes on for weeks, in other hands and with terms of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.contacts import PostalAddress
from chalicelib.domain.delivery_states import (
    AWAITED_STATES,
    DELIVERY_STATE_TITLES,
    FINAL_DELIVERY_STATES,
    DeliveryEvent,
    DeliveryMethod,
    DeliveryState,
    Who,
    delivery_rule,
    open_arrows,
)
from chalicelib.domain.errors import FieldError, StateConflict
from chalicelib.domain.pickup_code import Pickup
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

MAX_LIVE_DELIVERIES = 3
"""How many may be under way for one person: a lost parcel can be ordered again; more are a mistake of a program."""

ACTING_HOUR = 10
"""Local hour of what is told to people: nobody wants an SMS at midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTerms:
    """The terms in force from a day.

    Working days until the paper is ready (``office_days``), comes by post at the earliest and at the latest
    (``post_from_days``, ``post_days``), and goes back when nobody came for it (``return_days``); calendar days for
    which an office keeps it (``kept_days``).
    """

    in_force_from: date
    office_days: int
    post_from_days: int
    post_days: int
    kept_days: int
    return_days: int
    source: str


TERMS = (
    DeliveryTerms(
        in_force_from=date(2022, 12, 1),
        office_days=5,
        post_from_days=7,
        post_days=10,
        kept_days=30,
        return_days=5,
        source="F8: 7-10 working days by post; F9: 5 working days; 30 and 5 days are rules of the service",
    ),
)
"""A changed term is a new row: what was ordered before keeps its own."""


def terms_on(on: date) -> DeliveryTerms:
    """The newest terms in force on a day; before the first ones, those."""
    return max((terms for terms in TERMS if terms.in_force_from <= on), default=TERMS[0], key=lambda t: t.in_force_from)


class Recipient(StrEnum):
    """Who receives the paper; the values are those of the form."""

    SELF = "self"
    REPRESENTATIVE = "representative"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStep:
    """One step of the history: what happened, the state reached, when, and by whom."""

    event: DeliveryEvent | None
    state: DeliveryState
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One paper on its way; ``delivery_id`` is the id of the application that ordered it.

    ``account_id`` is who ordered and is told. ``insurer_code`` is the insurer that makes and hands over or sends it.
    ``expected_on`` and ``due_on`` bound the day on which it should be there; ``kept_until`` is the first day on which
    the office does not keep it any more, ``return_on`` the day on which it then goes back.
    """

    delivery_id: str
    person_id: str
    account_id: str
    application_number: str
    document_id: str
    insurer_code: str
    method: DeliveryMethod
    state: DeliveryState
    ordered_at: datetime
    expected_on: date
    due_on: date
    utc_offset_hours: int
    recipient: Recipient
    recipient_name: str
    office: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    tracking_number: str = ""
    powers_number: str = ""
    pickup: Pickup | None = None
    kept_until: date | None = None
    return_on: date | None = None
    is_overdue: bool = False
    history: tuple[DeliveryStep, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_live(self) -> bool:
        """Whether it has not reached its end."""
        return self.state not in FINAL_DELIVERY_STATES

    @property
    def postal_address(self) -> PostalAddress | None:
        """Where the post brings it; None for an office."""
        return PostalAddress(**self.address) if self.address else None

    @property
    def next_step_at(self) -> datetime | None:
        """When a timer has to look at it, or None."""
        day, hour = self._next_day()
        if day is None:
            return None
        return datetime.combine(day, time(hour), tzinfo=UTC) - timedelta(hours=self.utc_offset_hours)

    def _next_day(self) -> tuple[date | None, int]:
        if self.state is DeliveryState.READY:
            return self.kept_until, 0
        if self.state is DeliveryState.UNCLAIMED:
            return self.return_on, ACTING_HOUR
        is_awaited = self.state in AWAITED_STATES and not self.is_overdue
        return (self.due_on + timedelta(days=1) if is_awaited else None), 0

    def local_day(self, at: datetime) -> date:
        """The day of a moment in the applicant's region."""
        return (at.astimezone(UTC) + timedelta(hours=self.utc_offset_hours)).date()

    def may(self, who: Who) -> tuple[DeliveryEvent, ...]:
        """What somebody may do with it now."""
        return tuple(rule.event for rule in open_arrows(state=self.state, method=self.method, who=who))

    def has_just(self, event: DeliveryEvent) -> bool:
        """Whether this was the last thing that happened: a request that comes twice asks for nothing more."""
        return bool(self.history) and self.history[-1].event is event


def due_days(*, method: DeliveryMethod, on: date) -> tuple[date, date]:
    """The first and the last day on which a paper ordered on a day should be there (working days)."""
    terms = terms_on(on)
    first, last = {
        DeliveryMethod.OFFICE: (0, terms.office_days),
        DeliveryMethod.POST: (terms.post_from_days, terms.post_days),
    }[method]
    add = RUSSIAN_CALENDAR.add_working_days
    return add(start=on, days=first), add(start=on, days=last)


def move(*, delivery: Delivery, event: DeliveryEvent, who: Who, at: datetime, actor: Actor) -> Delivery:
    """Follow one arrow of the machine and remember the step.

    Raises:
        StateConflict: there is no such arrow from the present state.
    """
    rule = delivery_rule(state=delivery.state, method=delivery.method, event=event, who=who)
    step = DeliveryStep(event=event, state=rule.target, at=at, actor=actor)
    pickup = delivery.pickup if rule.target is DeliveryState.READY else None
    return replace(delivery, state=rule.target, pickup=pickup, history=(*delivery.history, step))


def open_pickup(delivery: Delivery) -> Pickup:
    """Return the code under which the paper waits in the office.

    Raises:
        StateConflict: it does not wait there.
    """
    if delivery.pickup is None:
        title = DELIVERY_STATE_TITLES[delivery.state]
        raise StateConflict(f"Выписка не ждёт в пункте выдачи: доставка в состоянии «{title}»")
    return delivery.pickup


def stored_from(delivery: Delivery, *, at: datetime, pickup: Pickup) -> Delivery:
    """Let the office keep the paper from today; the day itself does not count (Civil Code, art. 191)."""
    day = delivery.local_day(at)
    kept_until = day + timedelta(days=terms_on(day).kept_days + 1)
    return replace(delivery, pickup=pickup, kept_until=kept_until)


def storage_ended(delivery: Delivery, *, at: datetime) -> Delivery:
    """Nobody came: the day is set on which the paper goes back."""
    day = delivery.local_day(at)
    return_on = RUSSIAN_CALENDAR.add_working_days(start=day, days=terms_on(day).return_days)
    return replace(delivery, return_on=return_on)


def ordered_again(delivery: Delivery, *, at: datetime) -> Delivery:
    """A paper that came back is on its way anew, with new days and nothing of the first attempt."""
    expected_on, due_on = due_days(method=delivery.method, on=delivery.local_day(at))
    return replace(
        delivery,
        expected_on=expected_on,
        due_on=due_on,
        is_overdue=False,
        tracking_number="",
        powers_number="",
        kept_until=None,
        return_on=None,
    )


def powers_mistakes(delivery: Delivery, *, powers_number: str) -> tuple[FieldError, ...]:
    """Find what is wrong with the power of attorney that was shown: a representative needs one, nobody else does."""
    field, is_given = "powers_number", bool(powers_number.strip())
    if delivery.recipient is Recipient.REPRESENTATIVE and not is_given:
        message = "Выписку получает представитель: впишите номер его доверенности"
        return (FieldError(field=field, code="required", message=message),)
    if delivery.recipient is Recipient.SELF and is_given:
        message = "По заявлению выписку получает сам заявитель: по доверенности её не выдают"
        return (FieldError(field=field, code="not_for_recipient", message=message),)
    return ()
