"""The death of an insured person: what ends with it (requirements D4, F7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import FINAL_STATES
from chalicelib.domain.attachment import ended_by_death
from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.changes import Change, changed
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.person import Death
from chalicelib.domain.policy_corrections import DEATH
from chalicelib.domain.policy_corrections import ended_by_death as policy_ended
from chalicelib.domain.representation import RepresentationState
from chalicelib.domain.temporary_certificate import CertificateState
from chalicelib.use_cases.correct_application import discontinued, ended_representation, without_representative
from chalicelib.use_cases.correct_person import legacy_superseded, present_documents
from chalicelib.use_cases.correction_case import offset_of, read_applications
from chalicelib.use_cases.merged_records import followed

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws


def record_death(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """End policies and certificates after the day of death, close applications, end the right to act for others.

    The day itself is insured: help that was given on it is paid for.
    """
    died_on = case.day("died_on")
    if case.person.born_on and died_on < earliest_day(text=case.person.born_on):
        raise RuleRefused("death_before_birth", "День смерти раньше дня рождения: проверьте обе даты")
    death = Death(died_on=died_on, correction_id=case.correction_id)
    return [
        Change(before=case.person, after=replace(case.person, death=death, updated_at=case.at)),
        *_policies_ended(case, died_on),
        *_certificates_ended(case, died_on),
        *legacy_superseded(case),
        *(
            Change(before=application, after=discontinued(case, application, DEATH))
            for application in case.applications
            if application.state not in FINAL_STATES
        ),
        *_powers_ended(tools, case),
        *_attachments_ended(case, died_on),
    ]


def _attachments_ended(case: Case, died_on: date) -> list[Change]:
    """No clinic is paid for the dead; a request waits for nobody, and a doctor's place is free."""
    changes: list[Change] = []
    for found in case.file.attachments:
        ended = ended_by_death(attachment=found, died_on=died_on, at=case.at, actor=case.actor)
        changes += changed(before=found, after=ended)
    for book in case.file.attachment_books:
        changes += changed(before=book, after=replace(book, live_id="", standing_id=""))
    return changes


def _policies_ended(case: Case, died_on: date) -> list[Change]:
    changes: list[Change] = []
    for policy in case.file.policies:
        changes += changed(before=policy, after=policy_ended(policy=policy, died_on=died_on))
    standing = case.file.standing_policy
    documents = present_documents(case, standing) if standing is not None else []
    return [*changes, *(Change(before=found, after=replace(found, superseded=True)) for found in documents)]


def _certificates_ended(case: Case, died_on: date) -> list[Change]:
    return [
        Change(before=found, after=_revoked(found, died_on, offset_of(case.place)))
        for found in case.file.certificates
        if found.state is CertificateState.ACTIVE
    ]


def _revoked(certificate: TemporaryCertificate, died_on: date, hours: int) -> TemporaryCertificate:
    day_after = datetime.combine(died_on + timedelta(days=1), time(), tzinfo=UTC) - timedelta(hours=hours)
    return replace(certificate, state=CertificateState.REVOKED, next_step=None, ended_at=day_after)


def _powers_ended(tools: Toolbox, case: Case) -> list[Change]:
    """For whom the dead acted somebody else has to act now; what was begun is not lost."""
    changes: list[Change] = []
    for found in case.file.represented:
        if found.state is RepresentationState.ACTIVE:
            changes.append(Change(before=found, after=ended_representation(found, case.at, DEATH)))
            applications = read_applications(tools=tools, person_id=_main_id(tools, found.person_id))
            changes += without_representative(case, applications, found.representative_id, DEATH)
    return changes


def _main_id(tools: Toolbox, person_id: str) -> str:
    """Where the applications about a represented person are, also if the record was merged."""
    main = followed(tools=tools, file=tools.store.person_file(person_id=person_id)).person
    return main.person_id if main is not None else person_id
