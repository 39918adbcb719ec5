"""The life of an attachment to a clinic as data: who moves it along, and what each step tells whom (requirement J2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import StateConflict


class AttachmentState(StrEnum):
    """Where an attachment is in its life."""

    REQUESTED = "requested"
    ATTACHED = "attached"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class AttachmentEvent(StrEnum):
    """What may happen to an attachment."""

    ATTACH = "attach"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    END = "end"
    REOPEN = "reopen"
    DIE = "die"
    LAPSE = "lapse"


class AttachmentWho(StrEnum):
    """Who lets an event happen: the person (or a representative), a registrar, another clinic, an appeal, the fund."""

    PERSON = "person"
    CLINIC = "clinic"
    NEW_CLINIC = "new_clinic"
    APPEAL = "appeal"
    FUND = "fund"


ATTACHMENT_STATE_TITLES = {
    AttachmentState.REQUESTED: "На рассмотрении",
    AttachmentState.ATTACHED: "Прикреплён",
    AttachmentState.REFUSED: "Отказано",
    AttachmentState.WITHDRAWN: "Отозвано",
    AttachmentState.ENDED: "Откреплён",
}

FINAL_ATTACHMENT_STATES = frozenset({AttachmentState.REFUSED, AttachmentState.WITHDRAWN, AttachmentState.ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRule:
    """One arrow of the machine.

    ``entry`` names it in the journal, ``notification`` tells the person and ``clinic_notification`` the clinic that
    the attachment is to. ``silent_because`` says why an arrow without a message to the person has none.
    """

    event: AttachmentEvent
    source: AttachmentState
    target: AttachmentState
    by: AttachmentWho
    entry: str
    notification: str | None = None
    clinic_notification: str | None = None
    silent_because: str | None = None


_DEATH = "the message on the correction tells those who are left"

ATTACHMENT_TRANSITIONS: tuple[AttachmentRule, ...] = (
    AttachmentRule(
        event=AttachmentEvent.ATTACH,
        source=AttachmentState.REQUESTED,
        target=AttachmentState.ATTACHED,
        by=AttachmentWho.CLINIC,
        entry="attachment_made",
        notification="attachment_made",
        clinic_notification="clinic_notified_of_arrival",
    ),
    AttachmentRule(
        event=AttachmentEvent.REFUSE,
        source=AttachmentState.REQUESTED,
        target=AttachmentState.REFUSED,
        by=AttachmentWho.CLINIC,
        entry="attachment_refused",
        notification="attachment_refused",
    ),
    AttachmentRule(
        event=AttachmentEvent.WITHDRAW,
        source=AttachmentState.REQUESTED,
        target=AttachmentState.WITHDRAWN,
        by=AttachmentWho.PERSON,
        entry="attachment_withdrawn",
        silent_because="the person does it on the screen",
    ),
    AttachmentRule(
        event=AttachmentEvent.END,
        source=AttachmentState.ATTACHED,
        target=AttachmentState.ENDED,
        by=AttachmentWho.NEW_CLINIC,
        entry="attachment_ended",
        clinic_notification="clinic_notified_of_departure",
        silent_because="the message on the new attachment tells it",
    ),
    AttachmentRule(
        event=AttachmentEvent.REOPEN,
        source=AttachmentState.REFUSED,
        target=AttachmentState.REQUESTED,
        by=AttachmentWho.APPEAL,
        entry="attachment_reopened",
        clinic_notification="clinic_asked_to_attach",
        silent_because="the decision on the appeal tells it",
    ),
    AttachmentRule(
        event=AttachmentEvent.DIE,
        source=AttachmentState.ATTACHED,
        target=AttachmentState.ENDED,
        by=AttachmentWho.FUND,
        entry="corrected",
        clinic_notification="clinic_notified_of_departure",
        silent_because=_DEATH,
    ),
    AttachmentRule(
        event=AttachmentEvent.LAPSE,
        source=AttachmentState.REQUESTED,
        target=AttachmentState.WITHDRAWN,
        by=AttachmentWho.FUND,
        entry="corrected",
        silent_because=_DEATH,
    ),
)
"""Only these arrows exist: an attachment ends when another one begins, or with its person.

Undoing the correction that recorded a death puts back what it ended.
"""


def open_attachment_events(*, state: AttachmentState, who: AttachmentWho) -> tuple[AttachmentEvent, ...]:
    """What somebody may do with an attachment now."""
    return tuple(rule.event for rule in ATTACHMENT_TRANSITIONS if rule.source is state and rule.by is who)


def attachment_rule(*, state: AttachmentState, event: AttachmentEvent) -> AttachmentRule:
    """Return the arrow that ``event`` follows; each event has one.

    Raises:
        StateConflict: it does not begin at this state.
    """
    rule = next(rule for rule in ATTACHMENT_TRANSITIONS if rule.event is event)
    if rule.source is not state:
        raise StateConflict(f"Действие невозможно: прикрепление в состоянии «{ATTACHMENT_STATE_TITLES[state]}»")
    return rule


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRefusal:
    """Why a clinic may refuse, and what the person can do then."""

    title: str
    mend: str
    source: str


ATTACHMENT_REFUSALS = {
    "wrong_data": AttachmentRefusal(
        title="Сведения в заявлении не подтвердились",
        mend="Проверьте личные данные и адрес, исправьте их и подайте заявление снова",
        source="323-ФЗ, ст. 21, ч. 1: по заявлению с верными сведениями",
    ),
    "wrong_age": AttachmentRefusal(
        title="Врач не принимает пациентов этого возраста",
        mend="Выберите врача, который принимает пациентов вашего возраста",
        source="323-ФЗ, ст. 54",
    ),
    "doctor_left": AttachmentRefusal(
        title="Выбранный врач больше не ведёт приём",
        mend="Выберите другого врача этой или другой медицинской организации",
        source="323-ФЗ, ст. 21, ч. 1",
    ),
    "too_far_for_visits": AttachmentRefusal(
        title="Адрес слишком далеко для помощи на дому",
        mend="Выберите медицинскую организацию ближе к месту, где вы живёте",
        source="323-ФЗ, ст. 33, ч. 2: участковый принцип",
    ),
    "attached_elsewhere_this_year": AttachmentRefusal(
        title="В течение года уже выбрана другая медицинская организация",
        mend="Дождитесь конца года со дня прошлого выбора или укажите переезд, если сменился адрес",
        source="323-ФЗ, ст. 21, ч. 2",
    ),
}
"""The only reasons: a clinic refuses nobody at will, and each says what to do next."""
