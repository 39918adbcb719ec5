"""Attachment (прикрепление) to a clinic and a doctor: once a year or on moving, decided within a term (J2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.areas import AreaType, street_key
from chalicelib.domain.attachment_states import (
    FINAL_ATTACHMENT_STATES,
    AttachmentEvent,
    AttachmentState,
    attachment_rule,
)
from chalicelib.domain.audit import Actor, ChainHead
from chalicelib.domain.birth_date import anniversary
from chalicelib.domain.errors import FieldError, RuleRefused, ValidationFailed
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

if TYPE_CHECKING:
    from collections.abc import Iterable


class AttachmentMethod(IntEnum):
    """How a person came to be attached (DOMAIN 6.10; OID 1.2.643.2.40.6.5.2.21)."""

    UNKNOWN = 0
    BY_REGISTRATION = 1
    PERSONAL_APPLICATION = 2
    ELECTRONIC_APPLICATION = 3


class AttachmentReason(StrEnum):
    """Why a person chooses a clinic."""

    BY_WISH = "by_wish"
    MOVED = "moved"


ATTACHMENT_REASON_TITLES = {
    AttachmentReason.BY_WISH: "По желанию, один раз в год",
    AttachmentReason.MOVED: "Сменилось место жительства или пребывания",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentTerms:
    """The terms in force from a day: working days for a decision, years between choices by wish."""

    in_force_from: date
    decision_days: int
    years_between: int
    free_reasons: frozenset[AttachmentReason]
    source: str


ATTACHMENT_TERMS = (
    AttachmentTerms(
        in_force_from=date(2011, 11, 22),
        decision_days=2,
        years_between=1,
        free_reasons=frozenset({AttachmentReason.MOVED}),
        source="323-ФЗ, ст. 21, ч. 2: once a year but for a change of residence; 2 working days: J2",
    ),
)
"""A changed term is a new row: what was requested before keeps its own."""

ONCE_A_YEAR = "323-ФЗ, ст. 21, ч. 2"


def attachment_terms_on(on: date) -> AttachmentTerms:
    """The newest terms in force on a day; before the first ones, those."""
    in_force = (terms for terms in ATTACHMENT_TERMS if terms.in_force_from <= on)
    return max(in_force, default=ATTACHMENT_TERMS[0], key=lambda terms: terms.in_force_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentStep:
    """One step of the history: what happened, the state reached, when, and by whom."""

    event: AttachmentEvent | None
    state: AttachmentState
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One choice of a clinic and a doctor; ``account_id`` is who asked and is told.

    ``attached_on`` is the first day, ``detached_on`` the first day on which it does not stand any more (half-open).
    ``former_id`` and ``former_clinic`` name the attachment that this one ended, or is to end. ``address`` is where
    the person lives, by which a move shows.
    """

    attachment_id: str
    person_id: str
    account_id: str
    clinic_code: str
    region: str
    doctor_id: str
    area: AreaType
    reason: AttachmentReason
    state: AttachmentState
    requested_at: datetime
    due_on: date
    utc_offset_hours: int
    method: AttachmentMethod = AttachmentMethod.ELECTRONIC_APPLICATION
    address: Mapping[str, str] = field(default_factory=dict, repr=False)
    attached_on: date | None = None
    detached_on: date | None = None
    former_id: str = ""
    former_clinic: str = ""
    refusal: str = ""
    comment: str = ""
    is_overdue: bool = False
    history: tuple[AttachmentStep, ...] = ()
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def is_live(self) -> bool:
        """Whether it has not reached its end."""
        return self.state not in FINAL_ATTACHMENT_STATES

    @property
    def next_step_at(self) -> datetime | None:
        """When a timer has to look at it, or None: the moment at which the term of the decision has passed."""
        if self.state is not AttachmentState.REQUESTED or self.is_overdue:
            return None
        passed = datetime.combine(self.due_on + timedelta(days=1), time(), tzinfo=UTC)
        return passed - timedelta(hours=self.utc_offset_hours)

    def local_day(self, at: datetime) -> date:
        """The day of a moment in the clinic's region."""
        return (at.astimezone(UTC) + timedelta(hours=self.utc_offset_hours)).date()

    def stands_on(self, on: date) -> bool:
        """Tell whether the person is, or on a past day was, attached by it."""
        begun = self.attached_on is not None and self.attached_on <= on
        return begun and (self.detached_on is None or on < self.detached_on)

    def has_just(self, event: AttachmentEvent) -> bool:
        """Whether this was the last thing that happened: a request that comes twice asks for nothing more."""
        return bool(self.history) and self.history[-1].event is event


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentBook:
    """Which attachment of a person to an area stands and which is asked for; "" for none.

    Every change of one of them also changes the book in the same transaction, so that two requests of a person can
    never pass the yearly rule together.
    """

    person_id: str
    area: AreaType
    live_id: str = ""
    standing_id: str = ""
    version: int = 1


def decision_due_on(*, on: date) -> date:
    """The last day of the term for the decision on a request made on a day (working days)."""
    return RUSSIAN_CALENDAR.add_working_days(start=on, days=attachment_terms_on(on).decision_days)


def attachment_on(*, attachments: Iterable[Attachment], on: date, area: AreaType | None = None) -> Attachment | None:
    """The attachment that stands on a day; that to a therapist's area before others where no area is asked for."""
    standing = [found for found in attachments if found.stands_on(on) and area in {None, found.area}]
    return min(standing, key=lambda found: (found.area, found.attachment_id), default=None)


def check_choice(
    *, former: Attachment | None, reason: AttachmentReason, address: Mapping[str, str], clinic_doctor: tuple[str, str]
) -> None:
    """Check what does not change while a request waits: another clinic or doctor, and an address that did move.

    Raises:
        RuleRefused: ``same_attachment``.
        ValidationFailed: the address is the same as at the choice before.
    """
    if former is None:
        return
    if (former.clinic_code, former.doctor_id) == clinic_doctor:
        raise RuleRefused("same_attachment", "Вы уже прикреплены к этому врачу этой медицинской организации")
    if reason is AttachmentReason.MOVED and _place(former.address) == _place(address):
        message = "Адрес тот же, что при прошлом выборе: укажите новый адрес или выберите причину «по желанию»"
        raise ValidationFailed([FieldError(field="address", code="address_not_changed", message=message)])


def check_year(*, former: Attachment | None, reason: AttachmentReason, on: date) -> None:
    """Check that a year has passed since the last choice, unless the reason frees from it.

    Raises:
        RuleRefused: ``attached_this_year``, with the first day on which it is possible.
    """
    terms = attachment_terms_on(on)
    if former is None or former.attached_on is None or reason in terms.free_reasons:
        return
    free_from = anniversary(born_on=former.attached_on, years=terms.years_between)
    if on < free_from:
        detail = (
            "Медицинскую организацию и врача выбирают не чаще раза в год: "
            f"следующий раз можно с {free_from:%d.%m.%Y}, а после переезда — сразу"
        )
        raise RuleRefused("attached_this_year", detail, rule=ONCE_A_YEAR, possible_on=free_from)


def move_attachment(*, attachment: Attachment, event: AttachmentEvent, at: datetime, actor: Actor) -> Attachment:
    """Follow one arrow of the machine and remember the step; days are those of the clinic's region.

    Raises:
        StateConflict: there is no such arrow from the present state.
    """
    rule = attachment_rule(state=attachment.state, event=event)
    step = AttachmentStep(event=event, state=rule.target, at=at, actor=actor)
    moved = replace(attachment, state=rule.target, history=(*attachment.history, step))
    if event is AttachmentEvent.ATTACH:
        return replace(moved, attached_on=attachment.local_day(at))
    return replace(moved, detached_on=attachment.local_day(at)) if event is AttachmentEvent.END else moved


def ended_by_death(*, attachment: Attachment, died_on: date, at: datetime, actor: Actor) -> Attachment:
    """End an attachment with the day of death, or a request for one; what has ended stays as it is."""
    if attachment.state is AttachmentState.ATTACHED:
        ended = move_attachment(attachment=attachment, event=AttachmentEvent.DIE, at=at, actor=actor)
        return replace(ended, detached_on=died_on + timedelta(days=1))
    if attachment.state is AttachmentState.REQUESTED:
        return move_attachment(attachment=attachment, event=AttachmentEvent.LAPSE, at=at, actor=actor)
    return attachment


def reopened_attachment(*, attachment: Attachment, at: datetime, actor: Actor) -> Attachment:
    """Ask the clinic anew after an appeal was upheld, with a new term (requirement L1).

    Raises:
        StateConflict: it is not refused.
    """
    again = move_attachment(attachment=attachment, event=AttachmentEvent.REOPEN, at=at, actor=actor)
    due_on = decision_due_on(on=attachment.local_day(at))
    return replace(again, refusal="", comment="", due_on=due_on, is_overdue=False)


def _place(address: Mapping[str, str]) -> tuple[str, ...]:
    street = street_key(city=address.get("city", ""), street=address.get("street", ""))
    return (address.get("region", ""), street, *(address.get(part, "").casefold() for part in ("house", "flat")))
