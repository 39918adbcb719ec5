"""Two records of one person become one: what the second one has leads to the main one (requirement D4).

Nothing is deleted: the second record stays and names the main one, ended policies stay as history, and what moved is
kept by the correction, so that the records of different people are separated exactly. Who acts for the second record
acts for the main one by following it (``merged_records``), as its account and its documents do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Refusal, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.changes import Change
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.person import Merger
from chalicelib.domain.policy import STANDING, PolicyState, end
from chalicelib.domain.policy_corrections import MERGED
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate, revoke
from chalicelib.use_cases.correct_application import discontinued
from chalicelib.use_cases.correct_person import legacy_superseded, present_documents

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import Pointer
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws

SAME_APPLICATION = Refusal(
    code="duplicate_application",
    message="По этому человеку уже рассматривается такое же заявление из другой записи",
    mend="Ничего делать не нужно: решение придёт по первому заявлению",
)
_DECIDABLE = frozenset({ApplicationState.IN_PROCESSING, ApplicationState.APPROVED})


def merge_persons(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Let the record of ``case`` be the main one.

    Raises:
        RuleRefused: the records cannot be merged this way.
    """
    other = _mergeable(case)
    return [
        *_persons(case, other),
        *_policies(case, other),
        *_certificates(case, other),
        *_applications(case, other),
        *legacy_superseded(other),
        *_pointers(tools, case, other),
    ]


def _mergeable(main: Case) -> Case:
    other = main.other
    if other is None or other.person.person_id == main.person.person_id:
        raise RuleRefused("same_record", "Укажите две разные записи")
    if other.person.merged is not None:
        raise RuleRefused("record_merged", "Вторая запись уже объединена с другой")
    if other.person.death is not None:
        raise RuleRefused("person_died", "По второй записи человек умер: отмените сначала эту запись")
    if main.person.account_id == other.person.person_id or other.person.account_id == main.person.person_id:
        raise RuleRefused("represents_the_other", "Одна запись представляет другую: это разные люди")
    if _signs_in(other.person) and not _signs_in(main.person):
        raise RuleRefused("main_has_no_account", "Главной сделайте запись, под которой человек входит сам")
    return other


def _signs_in(person: Person) -> bool:
    return person.person_id == person.account_id


def _persons(main: Case, other: Case) -> list[Change]:
    kept, led = main.person, other.person
    joined = replace(
        kept,
        snils=kept.snils or led.snils,
        policy_number=kept.policy_number or led.policy_number,
        merged_from=(*kept.merged_from, led.person_id, *led.merged_from),
        updated_at=main.at,
    )
    merger = Merger(into=kept.person_id, correction_id=main.correction_id)
    return [
        Change(before=kept, after=joined),
        Change(before=led, after=replace(led, merged=merger, updated_at=main.at)),
    ]


def _policies(main: Case, other: Case) -> list[Change]:
    """Of two policies that stand the main one's stays; the other's is history, with its documents."""
    kept = main.file.standing_policy
    changes: list[Change] = []
    for policy in other.file.policies:
        moved = replace(policy, person_id=main.person.person_id)
        if kept is not None and policy.state in STANDING:
            changes += _superseded(other, policy)
            moved = end(
                policy=moved, state=PolicyState.REPLACED, on=main.on, reason=MERGED, successor_id=kept.policy_id
            )
        changes.append(Change(before=policy, after=moved))
    return changes


def _superseded(other: Case, policy: Policy) -> list[Change]:
    documents = present_documents(other, policy)
    return [Change(before=document, after=replace(document, superseded=True)) for document in documents]


def _certificates(main: Case, other: Case) -> list[Change]:
    """A certificate bridges the wait for a policy: beside a policy, or a second one, it ends."""
    own = main.file.active_certificate
    has_policy = main.file.standing_policy is not None or other.file.standing_policy is not None
    changes: list[Change] = []
    if own is not None and has_policy:
        changes.append(Change(before=own, after=revoke(certificate=own, at=main.at)))
    for certificate in other.file.certificates:
        moved = replace(certificate, person_id=main.person.person_id)
        changes.append(Change(before=certificate, after=_ended(moved, main, spare=has_policy or own is not None)))
    return changes


def _ended(certificate: TemporaryCertificate, main: Case, *, spare: bool) -> TemporaryCertificate:
    is_active = certificate.state is CertificateState.ACTIVE
    return revoke(certificate=certificate, at=main.at) if is_active and spare else certificate


def _applications(main: Case, other: Case) -> list[Change]:
    """What waited because there were two records goes on by itself; of two alike one is enough."""
    live = {application.kind for application in main.applications if application.is_live}
    changes = [
        Change(before=application, after=replace(application, needs_operator=False))
        for application in main.applications
        if application.needs_operator and application.is_live
    ]
    for application in other.applications:
        moved = replace(application, person_id=main.person.person_id)
        if moved.is_live:
            doubled = moved.kind in live
            moved = _closed(main, moved) if doubled else replace(moved, needs_operator=False)
        changes.append(Change(before=application, after=moved))
    return changes


def _closed(main: Case, application: Application) -> Application:
    if application.state not in _DECIDABLE:
        return discontinued(main, application, MERGED)
    event = ApplicationEvent.REFUSE
    refused = advance(application=application, event=event, at=main.at, actor=main.actor, reason=MERGED)
    return replace(refused, refusals=(SAME_APPLICATION,), needs_operator=False, delay=None, next_look_at=None)


def _pointers(tools: Toolbox, main: Case, other: Case) -> list[Change]:
    """Everything that leads to the second record, of whatever kind, leads to the main one."""
    own = {(pointer.kind, pointer.value_hash) for pointer in tools.store.pointers_of(person_id=main.person.person_id)}
    changes: list[Change] = []
    for pointer in tools.store.pointers_of(person_id=other.person.person_id):
        is_known = (pointer.kind, pointer.value_hash) in own
        changes.append(Change(before=pointer, after=None if is_known else _led(pointer, main, other)))
    return changes


def _led(pointer: Pointer, main: Case, other: Case) -> Pointer:
    to_person = pointer.target == other.person.person_id
    target = main.person.person_id if to_person else pointer.target
    return replace(pointer, target=target, person_id=main.person.person_id)
