"""What organisations are told of their cases by webhook: ids, states and moments, nothing about a person (M3).

An event is told when a change of a case is noted in the journal: the table says which entries, and to whom. The place
of an entry in the chain of its case orders the events of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.kind_rules import KIND_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.application import Application
    from chalicelib.domain.appointment import Appointment
    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.policy import Policy


class OrganisationKind(StrEnum):
    """Who can subscribe."""

    INSURER = "insurer"
    CLINIC = "clinic"


class EventKind(StrEnum):
    """What may be subscribed to."""

    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_NEEDS_OPERATOR = "application.needs_operator"
    APPLICATION_CLARIFICATION = "application.clarification_required"
    APPLICATION_DECIDED = "application.decided"
    APPLICATION_REFUSED = "application.refused"
    APPLICATION_COMPLETED = "application.completed"
    APPLICATION_CLOSED = "application.closed"
    POLICY_ISSUED = "policy.issued"
    POLICY_CHANGED = "policy.changed"
    POLICY_INSURER_CHANGED = "policy.insurer_changed"
    POLICY_ENDED = "policy.ended"
    DELIVERY_ORDERED = "delivery.ordered"
    DELIVERY_CANCELLED = "delivery.cancelled"
    ATTACHMENT_REQUESTED = "attachment.requested"
    ATTACHMENT_DECIDED = "attachment.decided"
    ATTACHMENT_WITHDRAWN = "attachment.withdrawn"
    ATTACHMENT_ENDED = "attachment.ended"
    APPOINTMENT_REQUESTED = "appointment.requested"
    APPOINTMENT_ANSWERED = "appointment.answered"
    APPOINTMENT_WITHDRAWN = "appointment.withdrawn"


_K = EventKind
KIND_TITLES: Final[Mapping[EventKind, str]] = {
    _K.APPLICATION_SUBMITTED: "Заявление подано",
    _K.APPLICATION_NEEDS_OPERATOR: "Заявление ждёт решения оператора",
    _K.APPLICATION_CLARIFICATION: "По заявлению запрошено уточнение",
    _K.APPLICATION_DECIDED: "Оператор принял решение по заявлению",
    _K.APPLICATION_REFUSED: "По заявлению отказано",
    _K.APPLICATION_COMPLETED: "Заявление исполнено",
    _K.APPLICATION_CLOSED: "Заявление отозвано или прекращено",
    _K.POLICY_ISSUED: "Полис оформлен",
    _K.POLICY_CHANGED: "Полис приостановлен, возобновлён или заменён",
    _K.POLICY_INSURER_CHANGED: "Назначена смена страховой организации",
    _K.POLICY_ENDED: "Полис прекращён",
    _K.DELIVERY_ORDERED: "Заказана выписка на бумаге",
    _K.DELIVERY_CANCELLED: "Доставка выписки отменена",
    _K.ATTACHMENT_REQUESTED: "Подано заявление о прикреплении",
    _K.ATTACHMENT_DECIDED: "По заявлению о прикреплении принято решение",
    _K.ATTACHMENT_WITHDRAWN: "Заявление о прикреплении отозвано",
    _K.ATTACHMENT_ENDED: "Прикрепление прекращено",
    _K.APPOINTMENT_REQUESTED: "Подана заявка на приём",
    _K.APPOINTMENT_ANSWERED: "На заявку на приём ответили",
    _K.APPOINTMENT_WITHDRAWN: "Заявка на приём отозвана",
}

_CLINICS: Final = ("attachment.", "appointment.")


def kinds_of(organisation: OrganisationKind) -> tuple[EventKind, ...]:
    """The kinds that an organisation can subscribe to."""
    is_clinic = organisation is OrganisationKind.CLINIC
    return tuple(kind for kind in EventKind if kind.value.startswith(_CLINICS) == is_clinic)


TOLD: Final[Mapping[str, Mapping[str, EventKind]]] = {
    "Application": {
        "application_submitted": _K.APPLICATION_SUBMITTED,
        "operator_needed": _K.APPLICATION_NEEDS_OPERATOR,
        "clarification_asked": _K.APPLICATION_CLARIFICATION,
        "operator_decided": _K.APPLICATION_DECIDED,
        "application_refused": _K.APPLICATION_REFUSED,
        "insurer_change_approved": _K.APPLICATION_DECIDED,
        **{rule.tells: _K.APPLICATION_COMPLETED for rule in KIND_RULES.values()},
        "application_withdrawn": _K.APPLICATION_CLOSED,
        "application_lapsed": _K.APPLICATION_CLOSED,
    },
    "Policy": {
        "policy_issued": _K.POLICY_ISSUED,
        "policy_registered": _K.POLICY_ISSUED,
        "policy_suspended": _K.POLICY_CHANGED,
        "policy_resumed": _K.POLICY_CHANGED,
        "policy_active": _K.POLICY_CHANGED,
        "policy_replaced": _K.POLICY_CHANGED,
        "insurer_change_scheduled": _K.POLICY_INSURER_CHANGED,
        "policy_retired": _K.POLICY_ENDED,
        "policy_expired": _K.POLICY_ENDED,
        "policy_annulled": _K.POLICY_ENDED,
    },
    "Delivery": {"delivery_ordered": _K.DELIVERY_ORDERED, "delivery_cancelled": _K.DELIVERY_CANCELLED},
    "Attachment": {
        "attachment_requested": _K.ATTACHMENT_REQUESTED,
        "attachment_made": _K.ATTACHMENT_DECIDED,
        "attachment_refused": _K.ATTACHMENT_DECIDED,
        "attachment_withdrawn": _K.ATTACHMENT_WITHDRAWN,
        "attachment_ended": _K.ATTACHMENT_ENDED,
    },
    "Appointment": {
        "appointment_requested": _K.APPOINTMENT_REQUESTED,
        "appointment_acknowledged": _K.APPOINTMENT_ANSWERED,
        "appointment_declined": _K.APPOINTMENT_ANSWERED,
        "appointment_withdrawn": _K.APPOINTMENT_WITHDRAWN,
    },
}
"""Which entry of the journal of which case is told as what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """A change of a case that one organisation is to be told of.

    ``organisation`` is kind and code, as ``insurer:77012``; ``case`` the name of the case's chain in the journal, as
    ``application:01…``; ``place`` that of the entry in the chain.
    """

    organisation: str
    case: str
    place: int
    kind: EventKind
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """An event in the feed of its organisation; ``number`` counts from 1 without gaps."""

    number: int
    event: CaseEvent

    @property
    def event_id(self) -> str:
        """The name of the event, the same however often it is sent: letters, digits and hyphens."""
        return f"{self.event.case.replace(':', '-')}-{self.event.place}"


def organisation_name(kind: OrganisationKind, code: str) -> str:
    """Write an organisation as one text."""
    return f"{kind.value}:{code}"


def split_name(name: str) -> tuple[OrganisationKind, str]:
    """Read what `organisation_name` wrote."""
    kind, _, code = name.partition(":")
    return OrganisationKind(kind), code


def _of_application(application: Application) -> tuple[str, ...]:
    code = application.section("insurer").get("code")
    return (organisation_name(OrganisationKind.INSURER, code),) if code and application.submitted_at else ()


def _of_policy(policy: Policy) -> tuple[str, ...]:
    """Who insures, and who did before: both are told of a change."""
    codes = dict.fromkeys(period.insurer_code for period in policy.periods[-2:])
    return tuple(organisation_name(OrganisationKind.INSURER, code) for code in codes if code)


def _of_clinics_case(case: Attachment | Appointment) -> tuple[str, ...]:
    return (organisation_name(OrganisationKind.CLINIC, case.clinic_code),)


_WHO: Final[Mapping[str, Callable[[Any], tuple[str, ...]]]] = {
    "Application": _of_application,
    "Policy": _of_policy,
    "Delivery": lambda e: (organisation_name(OrganisationKind.INSURER, e.insurer_code),),
    "Attachment": _of_clinics_case,
    "Appointment": _of_clinics_case,
}


def events_of(*, entity: Any, entry: str, case: str, place: int, at: datetime) -> tuple[CaseEvent, ...]:
    """What organisations are told of a change that is noted under ``entry``; mostly nothing."""
    kind = TOLD.get(type(entity).__name__, {}).get(entry)
    if kind is None:
        return ()
    return tuple(
        CaseEvent(organisation=name, case=case, place=place, kind=kind, state=entity.state.value, at=at)
        for name in _WHO[type(entity).__name__](entity)
    )
