"""Which notifications there are, by which channels they go, and what they may say (A5, M1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.notification_kinds import Channel as Channel  # noqa: PLC0414 — part of the rules
from chalicelib.domain.notification_kinds import NotificationKind as NotificationKind  # noqa: PLC0414 — as above

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """How one kind is delivered.

    ``fields`` are the names that its templates need, all of them required; ``sms_fields`` those
    that its SMS may show: a number, a code, a date, never anything personal (M1). What is ``urgent`` comes in quiet
    hours too.
    """

    channels: frozenset[Channel]
    fields: frozenset[str]
    sms_fields: frozenset[str] = frozenset()
    may_be_switched_off: bool = True
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person does not want: pairs of kind and channel (A5)."""

    switched_off: frozenset[tuple[NotificationKind, Channel]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Where a person can be reached; ``None`` when not given or stopped by a hard bounce (M2)."""

    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    reply_to: str = field(default="", repr=False)


_ALL: Final = frozenset(Channel)
_QUIET: Final = frozenset({Channel.EMAIL, Channel.CABINET})
_LINK: Final = "link"


def _about_application(day: str, *more: str, forced: bool = False, urgent: bool = False) -> KindRules:
    return KindRules(
        channels=_ALL,
        fields=frozenset({"number", day, _LINK, *more}),
        sms_fields=frozenset({"number", day}),
        may_be_switched_off=not forced,
        urgent=urgent,
    )


def _about_day(day: str, *, forced: bool = False, urgent: bool = False) -> KindRules:
    return KindRules(
        channels=_ALL,
        fields=frozenset({day, _LINK}),
        sms_fields=frozenset({day}),
        may_be_switched_off=not forced,
        urgent=urgent,
    )


def _countdown() -> KindRules:
    # A warning may come late: it tells the days that are left then, not those that were planned.
    fields = frozenset({"number", "valid_until", "days_left"})
    return KindRules(channels=_ALL, fields=fields | {_LINK}, sms_fields=fields)


def _without_sms(*fields: str) -> KindRules:
    return KindRules(channels=_QUIET, fields=frozenset({*fields, _LINK}))


def _about_appeal(day: str, *more: str, forced: bool = False) -> KindRules:
    return KindRules(
        channels=_ALL,
        fields=frozenset({"appeal_number", day, _LINK, *more}),
        sms_fields=frozenset({"appeal_number", day}),
        may_be_switched_off=not forced,
    )


_CODE: Final = frozenset({"code", "valid_minutes"})
_PICKUP: Final = frozenset({"code", "number", "kept_until"})
_KIND: Final = NotificationKind

RULES: Final[Mapping[NotificationKind, KindRules]] = MappingProxyType(
    {
        _KIND.APPLICATION_SUBMITTED: _about_application("submitted_on", "due_on"),
        _KIND.VERIFICATION_DELAYED: _without_sms("number", "due_on"),
        # The application lapses without an answer: the person must learn of it (B9).
        _KIND.CLARIFICATION_REQUIRED: _about_application("answer_until", forced=True),
        _KIND.CERTIFICATE_ISSUED: _about_application("valid_until"),
        _KIND.CERTIFICATE_EXPIRES_IN_7_DAYS: _countdown(),
        _KIND.CERTIFICATE_EXPIRES_IN_1_DAY: _about_application("valid_until"),
        _KIND.CERTIFICATE_EXPIRES_IN_10_WORKING_DAYS: _countdown(),
        _KIND.CERTIFICATE_EXPIRES_IN_3_WORKING_DAYS: _countdown(),
        _KIND.CERTIFICATE_EXPIRES_IN_1_WORKING_DAY: _about_application("valid_until"),
        _KIND.CERTIFICATE_EXPIRED: _about_application("expired_on"),
        _KIND.CERTIFICATE_REVOKED: _about_application("revoked_on", urgent=True),
        _KIND.POLICY_ISSUED: _about_application("issued_on"),
        _KIND.APPLICATION_REFUSED: _about_application("decided_on", forced=True),
        _KIND.APPLICATION_WITHDRAWN: _about_application("withdrawn_on"),
        _KIND.APPLICATION_LAPSED: _about_application("lapsed_on", forced=True),
        _KIND.DRAFT_EXPIRED: _without_sms("expired_on"),
        _KIND.DRAFT_EXPIRES_SOON: _without_sms("expires_on"),
        _KIND.POLICY_REPLACED: _about_application("replaced_on"),
        _KIND.POLICY_SUSPENDED: _about_day("suspended_on"),
        _KIND.POLICY_RESUMED: _about_day("resumed_on"),
        _KIND.POLICY_GIVEN_UP: _about_application("ended_on"),
        # Without a new application the person is left without insurance (F6).
        _KIND.POLICY_EXPIRES_SOON: _about_day("valid_until", forced=True),
        _KIND.POLICY_EXPIRED: _about_day("expired_on", forced=True),
        _KIND.CHILD_TURNED_14: _without_sms("turned_on"),
        _KIND.REPRESENTATION_ENDED: _without_sms("ended_on"),
        _KIND.EXTRACT_ORDERED: _about_application("ordered_on"),
        # The SMS with the code tells of it too; a letter and the cabinet keep no code.
        _KIND.EXTRACT_READY_FOR_PICKUP: _without_sms("number", "kept_until"),
        _KIND.EXTRACT_PICKUP_CODE: KindRules(
            channels=frozenset({Channel.SMS}),
            fields=_PICKUP,
            sms_fields=_PICKUP,
            may_be_switched_off=False,
            urgent=True,
        ),
        _KIND.EXTRACT_SENT: _about_application("sent_on", "tracking_number"),
        _KIND.EXTRACT_DELIVERED: _about_application("delivered_on"),
        _KIND.EXTRACT_RETURNED: _about_application("returned_on"),
        _KIND.EXTRACT_DELIVERY_CANCELLED: _about_application("cancelled_on"),
        _KIND.INSURER_CHANGE_APPROVED: _about_application("effective_on"),
        _KIND.INSURER_CHANGED: _about_application("effective_on"),
        # Who does not choose in time is allotted to another insurer: each must learn of it (108н, p. 24).
        _KIND.INSURER_LEAVES: KindRules(
            channels=_ALL,
            fields=frozenset({"leaves_on", "choose_until", _LINK}),
            sms_fields=frozenset({"leaves_on", "choose_until"}),
            may_be_switched_off=False,
        ),
        # Who was told to choose another one has to learn that nothing is to be done.
        _KIND.INSURER_STAYS: _about_day("leaves_on", forced=True),
        # It has no number that an SMS may show: the day is enough to find it in the cabinet.
        _KIND.LEGACY_POLICY_CONFIRMED: _about_day("confirmed_on"),
        _KIND.LEGACY_POLICY_REFUSED: _about_day("decided_on", forced=True),
        _KIND.LEGACY_POLICY_SUPERSEDED: _without_sms("superseded_on"),
        _KIND.INSURER_NOTIFIED_OF_DEPARTURE: _without_sms("number", "effective_on"),
        _KIND.INSURER_NOTIFIED_OF_ARRIVAL: _without_sms("number", "effective_on"),
        _KIND.ONE_TIME_CODE: KindRules(
            channels=frozenset({Channel.SMS}),
            fields=_CODE,
            sms_fields=_CODE,
            may_be_switched_off=False,
            urgent=True,
        ),
        _KIND.CONTACT_VERIFICATION_CODE: KindRules(
            channels=frozenset({Channel.SMS, Channel.EMAIL}),
            fields=_CODE,
            sms_fields=_CODE,
            may_be_switched_off=False,
            urgent=True,
        ),
        _KIND.NEWBORN_INSURED: KindRules(
            channels=_ALL,
            fields=frozenset({"issued_on", "stands_until", "choose_from_on", _LINK}),
            sms_fields=frozenset({"choose_from_on"}),
        ),
        _KIND.NEWBORN_WAITS: _without_sms("received_on"),
        # Nobody insures the child unless the parents apply: they must learn of it.
        _KIND.NEWBORN_NOT_INSURED: _about_day("decided_on", forced=True),
        _KIND.NEWBORN_LINKED: _without_sms("linked_on"),
        _KIND.NEWBORN_CHANGED: _about_day("changed_on"),
        # The child is left without insurance: the parents must learn of it (F7).
        _KIND.NEWBORN_ANNULLED: KindRules(
            channels=_QUIET, fields=frozenset({"annulled_on", _LINK}), may_be_switched_off=False
        ),
        _KIND.CONSENT_GIVEN: _without_sms("version", "given_on"),
        _KIND.CONSENT_REVOKED: _without_sms("version", "revoked_on"),
        _KIND.PERSONAL_DATA_CORRECTED: _about_day("corrected_on"),
        _KIND.POLICY_CORRECTED: _about_day("corrected_on"),
        # Whoever loses the insurance, or has it again, must learn of it (F7).
        _KIND.POLICY_ANNULLED: _about_day("annulled_on", forced=True, urgent=True),
        _KIND.POLICY_RESTORED: _about_day("restored_on", forced=True),
        _KIND.CONTACT_REMOVED: _without_sms("removed_on"),
        # Told by the ways that still work: without a new contact, later messages reach nobody (M2).
        _KIND.PHONE_UNREACHABLE: _about_day("stopped_on", forced=True),
        _KIND.EMAIL_UNREACHABLE: _about_day("stopped_on", forced=True),
        _KIND.CERTIFICATE_RESTORED: _about_day("restored_on"),
        _KIND.APPLICATION_REOPENED: _about_application("reopened_on"),
        _KIND.DRAFT_REOPENED: _without_sms("reopened_on"),
        _KIND.REPRESENTATION_RESTORED: _without_sms("restored_on"),
        _KIND.RECORDS_MERGED: _about_day("merged_on"),
        _KIND.RECORDS_SEPARATED: _about_day("separated_on"),
        _KIND.DEATH_RECORDED: _without_sms("recorded_on"),
        _KIND.DEATH_CANCELLED: _about_day("cancelled_on", forced=True),
        _KIND.CORRECTION_REVERSED: _about_day("reversed_on"),
        _KIND.INSURER_NOTIFIED_OF_CORRECTION: _without_sms("corrected_on"),
        _KIND.APPEAL_FILED: _about_appeal("filed_on", "due_on"),
        # The clock stands still until the answer, and a decision has terms of its own: the person must learn (L1).
        _KIND.APPEAL_QUESTION: _about_appeal("answer_until", forced=True),
        _KIND.APPEAL_UPHELD: _about_appeal("decided_on", forced=True),
        _KIND.APPEAL_REJECTED: _about_appeal("decided_on", "appeal_until", forced=True),
        _KIND.APPEAL_REJECTED_BY_FUND: _about_appeal("decided_on", forced=True),
        _KIND.APPEAL_ESCALATED: _about_appeal("escalated_on", "due_on"),
        _KIND.APPEAL_WITHDRAWN: _about_appeal("withdrawn_on"),
        _KIND.TICKET_OPENED: _without_sms("ticket_number", "opened_on", "due_on"),
        _KIND.TICKET_ANSWERED: _without_sms("ticket_number", "answered_on"),
        _KIND.TICKET_CLOSED: _without_sms("ticket_number", "closed_on"),
        _KIND.ATTACHMENT_REQUESTED: _without_sms("requested_on", "due_on"),
        _KIND.ATTACHMENT_MADE: _about_day("attached_on"),
        # Whoever is not attached has to choose anew: the person must learn of it (J2).
        _KIND.ATTACHMENT_REFUSED: _about_day("decided_on", forced=True),
        # The day of an appointment that nobody knows of passes in vain.
        _KIND.APPOINTMENT_ACKNOWLEDGED: _about_day("starts_on", forced=True),
        _KIND.APPOINTMENT_DECLINED: _about_day("declined_on", forced=True),
        _KIND.CLINIC_ASKED_FOR_APPOINTMENT: _without_sms("requested_on"),
        _KIND.CLINIC_ASKED_TO_ATTACH: _without_sms("requested_on", "due_on"),
        _KIND.CLINIC_NOTIFIED_OF_ARRIVAL: _without_sms("attached_on"),
        _KIND.CLINIC_NOTIFIED_OF_DEPARTURE: _without_sms("detached_on"),
        _KIND.INSURER_WEBHOOK_STOPPED: _without_sms("stopped_on"),
        _KIND.CLINIC_WEBHOOK_STOPPED: _without_sms("stopped_on"),
        # Who wanted to download it needs no letter; who wanted a letter gets it, with a link behind the sign-in (K1).
        _KIND.INSURANCE_CERTIFICATE_READY: KindRules(
            channels=frozenset({Channel.CABINET}), fields=frozenset({"made_on", _LINK})
        ),
        _KIND.INSURANCE_CERTIFICATE_SENT: KindRules(
            channels=_QUIET, fields=frozenset({"made_on", _LINK}), may_be_switched_off=False
        ),
        _KIND.INSURANCE_CERTIFICATE_REFUSED: _without_sms("decided_on"),
        # Whoever showed it to somebody has to show another one.
        _KIND.INSURANCE_CERTIFICATE_REVOKED: KindRules(
            channels=_QUIET, fields=frozenset({"revoked_on", _LINK}), may_be_switched_off=False
        ),
        _KIND.EMPLOYER_CONFIRMED: _without_sms("decided_on"),
        _KIND.EMPLOYER_REFUSED: _without_sms("decided_on"),
        _KIND.EMPLOYER_LIST_REFUSED: _without_sms("number", "refused_on"),
        _KIND.EMPLOYER_REQUEST_READY: _without_sms("number", "made_on"),
        # Which organisation asks is seen behind the sign-in alone.
        _KIND.EMPLOYER_ASKS_CONSENT: _about_day("asked_on"),
        # Who did not order an export learns by this letter that somebody else did (P2).
        _KIND.EXPORT_READY: KindRules(channels=_QUIET, fields=frozenset({"made_on", _LINK}), may_be_switched_off=False),
        # Contacts are gone by then: the answer waits in the cabinet.
        _KIND.ERASURE_ANSWERED: KindRules(
            channels=frozenset({Channel.CABINET}), fields=frozenset({"answered_on", _LINK})
        ),
    }
)
"""Kind → its rules. Fields named ``*_on`` and ``*_until`` are dates."""


def channels_for(*, kind: NotificationKind, preferences: Preferences, contacts: Contacts) -> frozenset[Channel]:
    """Give the channels by which this notification goes to this person (A5, M1).

    The message in the cabinet always stays: a person who wants no letters can still find what
    happened. To verify a new contact, pass only that contact.
    """
    rules = RULES[kind]
    reachable = {Channel.CABINET}
    if contacts.phone:
        reachable.add(Channel.SMS)
    if contacts.email:
        reachable.add(Channel.EMAIL)
    refused = {channel for switched, channel in preferences.switched_off if switched == kind}
    if not rules.may_be_switched_off:
        refused = set()
    return (rules.channels & reachable) - (refused - {Channel.CABINET})
