"""What an upheld appeal does by itself: the case goes on from where it was refused (requirement L1).

Each act adds to the unit of work of the decision; a refusal that stands no more is left alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import Effect
from chalicelib.domain.application import Application, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.case_steps import check_anew
from chalicelib.domain.changes import Change
from chalicelib.domain.delivery import move, ordered_again
from chalicelib.domain.delivery_states import DeliveryEvent, DeliveryState, Who, delivery_rule
from chalicelib.domain.errors import RuleRefused, StateConflict
from chalicelib.domain.legacy_registration import LegacyEvent, LegacyState, advance_legacy
from chalicelib.domain.regions import end_of_day
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate, reinstated
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.use_cases.correction_case import read_applications
from chalicelib.use_cases.delivery_steps import entry_details
from chalicelib.use_cases.demands import local_day, region_of
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.write_changes import Pen, write_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.ports.folders import PersonFile
    from chalicelib.use_cases.appeal_subjects import Undoing

REOPENED = "reopened_by_appeal"
UPHELD = "appeal_upheld"
ENTRY = "refusal_undone"


def reopen_application(undoing: Undoing) -> Effect:
    """A refused application is verified anew, or approved and carried out; its certificate counts again (5 AWS calls).

    Raises:
        RuleRefused: it has changed the policy already.
    """
    tools, refused = undoing.tools, undoing.appeal.refused
    application = tools.store.application_file(application_id=refused.subject_id).application
    last = application.history[-1]
    if application.state is not ApplicationState.REFUSED or last.at != refused.refused_at:
        return Effect.ALREADY_UNDONE
    if application.policy_id is not None:
        raise RuleRefused("application_had_effect", "Заявление уже изменило полис: исправьте сам полис")
    others = read_applications(tools=tools, person_id=application.person_id)
    if any(other.is_live and other.kind is application.kind for other in others):
        return Effect.ANOTHER_UNDER_WAY
    again = _reopened(application, undoing)
    known = tools.store.person_file(person_id=application.person_id)
    _write(undoing, [Change(before=application, after=again), *_certificate_again(undoing, known, application)])
    return Effect.CARRIED_OUT if undoing.carry_out else Effect.CHECKED_ANEW


def _reopened(application: Application, undoing: Undoing) -> Application:
    at, actor = undoing.at, undoing.actor
    again = advance(application=application, event=ApplicationEvent.REOPEN, at=at, actor=actor, reason=REOPENED)
    due_on = _due_on(application, at)
    again = replace(
        again,
        refusals=(),
        clarification=None,
        delay=None,
        due_on=due_on,
        is_overdue=False,
        next_look_at=end_of_day(due_on, region_of(application.form)),
    )
    if not undoing.carry_out:
        return check_anew(again)
    return advance(application=again, event=ApplicationEvent.APPROVE, at=at, actor=actor, reason=UPHELD)


def _due_on(application: Application, at: datetime) -> date:
    """The clock goes on with the working days that were left when it was refused, one at least."""
    refused_on = local_day(application, at=application.history[-1].at)
    due_on = application.due_on or refused_on
    left = max(1, RUSSIAN_CALENDAR.working_days_between(start=refused_on, end=due_on))
    return RUSSIAN_CALENDAR.add_working_days(start=local_day(application, at=at), days=left)


def _certificate_again(undoing: Undoing, known: PersonFile, application: Application) -> list[Change]:
    """The certificate that was revoked with the refusal counts to the end of its term, where nothing else does."""
    found = next((c for c in known.certificates if c.application_id == application.application_id), None)
    if found is None or known.standing_policy is not None or known.active_certificate is not None:
        return []
    try:
        return [_reinstated(undoing, found)]
    except StateConflict:
        return []


def _reinstated(undoing: Undoing, found: TemporaryCertificate) -> Change:
    unit = undoing.tools.certificate_term.unit
    return Change(before=found, after=reinstated(certificate=found, unit=unit, at=undoing.at))


def restore_certificate(undoing: Undoing) -> Effect:
    """A revoked certificate counts to the end of its term (1 AWS call).

    Raises:
        StateConflict: its term is over.
    """
    refused = undoing.appeal.refused
    known = undoing.tools.store.person_file(person_id=undoing.appeal.person_id)
    found = next((c for c in known.certificates if c.application_id == refused.subject_id), None)
    if found is None or found.state is not CertificateState.REVOKED or found.ended_at != refused.refused_at:
        return Effect.ALREADY_UNDONE
    if known.standing_policy is not None or known.active_certificate is not None:
        return Effect.ALREADY_UNDONE
    _write(undoing, [_reinstated(undoing, found)])
    return Effect.RESTORED


def check_legacy_again(undoing: Undoing) -> Effect:
    """The register is asked anew about a policy of an earlier sample (1 AWS call)."""
    refused = undoing.appeal.refused
    known = undoing.tools.store.person_file(person_id=undoing.appeal.person_id)
    found = next((r for r in known.legacy_policies if r.registration_id == refused.subject_id), None)
    if found is None or found.state is not LegacyState.REFUSED or found.history[-1].at != refused.refused_at:
        return Effect.ALREADY_UNDONE
    if known.live_legacy_policy is not None:
        return Effect.ANOTHER_UNDER_WAY
    again = advance_legacy(registration=found, event=LegacyEvent.REOPEN, at=undoing.at, actor=undoing.actor)
    again = replace(again, refusals=(), check=None, check_round=found.check_round + 1)
    _write(undoing, [Change(before=found, after=again)])
    return Effect.CHECKED_ANEW


def deliver_again(undoing: Undoing) -> Effect:
    """A paper that went back is ordered anew, where it was to go (1 AWS call)."""
    refused, at = undoing.appeal.refused, undoing.at
    store, person_id = undoing.tools.store, undoing.appeal.person_id
    found = store.delivery(person_id=person_id, delivery_id=refused.subject_id)
    if found is None or found.state is not DeliveryState.RETURNED or found.history[-1].at != refused.refused_at:
        return Effect.ALREADY_UNDONE
    event, who = DeliveryEvent.REOPEN, Who.APPEAL
    rule = delivery_rule(state=found.state, method=found.method, event=event, who=who)
    again = move(delivery=ordered_again(found, at=at), event=event, who=who, at=at, actor=undoing.actor)
    details = {**entry_details(found), "appeal_id": undoing.appeal.appeal_id}
    again = record(
        again, work=undoing.work, tools=undoing.tools, name=rule.entry, at=at, actor=undoing.actor, details=details
    )
    undoing.work.update(again)
    return Effect.RESTORED


def _write(undoing: Undoing, changes: Sequence[Change]) -> None:
    details = {"appeal_id": undoing.appeal.appeal_id, "number": undoing.appeal.number}
    pen = Pen(tools=undoing.tools, work=undoing.work, actor=undoing.actor, at=undoing.at, details=details, name=ENTRY)
    write_changes(pen, changes)
