"""What later versions of a birth record do to a child that is insured: corrected, linked, annulled (requirement N1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.civil_record import CaseReason, ParentRole, RecordKind, RecordState
from chalicelib.domain.newborn import needs_new_policy
from chalicelib.domain.policy import PolicyState, end
from chalicelib.domain.regions import local_date
from chalicelib.domain.representation import RepresentationState
from chalicelib.ports.folders import PersonFile
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.journal import notify
from chalicelib.use_cases.journal import record as recorded
from chalicelib.use_cases.newborn_scene import (
    CATEGORY,
    as_case,
    granted_by,
    keep_profile,
    profile_of,
    rights_given,
    settled,
    stand_in,
    tell_parents,
    write_to,
)
from chalicelib.use_cases.ordered_documents import supersede
from chalicelib.use_cases.policy_acts import show_policy
from chalicelib.use_cases.registered_policy import free_place_of
from chalicelib.use_cases.replace_policy import put_successor
from chalicelib.use_cases.run_representations import end_representation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from chalicelib.domain.civil_record import Child, CivilRecord
    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.newborn_family import KnownParent
    from chalicelib.use_cases.newborn_scene import Scene

CORRECTED, ANNULLED = "record_corrected", "record_annulled"


def link_newborn(tools: Toolbox, scene: Scene, policy: Policy) -> CivilRecord:
    """A child whom a parent has insured already: no second policy; the other parent may act for it too."""
    work = tools.store.work(at=scene.at)
    new = rights_given(tools, work, scene)
    write_to(tools, work, [known.person_id for known in new], "newborn_linked", scene)
    record = replace(scene.record, person_id=scene.known.person_id)
    return _insured_by(tools, work, scene, record, policy, new, name="newborn_linked")


def _insured_by(
    tools: Toolbox,
    work: UnitOfWork,
    scene: Scene,
    record: CivilRecord,
    policy: Policy,
    new: tuple[KnownParent, ...],
    *,
    name: str,
) -> CivilRecord:
    record = replace(
        record,
        state=record.settled_state,
        applied=scene.child,
        policy_id=policy.policy_id,
        granted=granted_by(record, new),
    )
    kept = settled(tools, work, record, name, scene.at, policy_id=policy.policy_id)
    work.commit()
    return kept


def correct_newborn(tools: Toolbox, scene: Scene, policy: Policy, applied: Child) -> CivilRecord:
    """Take over what the record changes of what was ``applied`` before; what it leaves alone stays as it is here.

    A policy is made anew where its own data change, with another ЕНП if sex or birth date do.
    """
    work = tools.store.work(at=scene.at)
    new = rights_given(tools, work, scene)
    standing = policy
    if needs_new_policy(old=applied, new=scene.child):
        standing = _put_successor(tools, work, scene, policy)
        tell_parents(tools, work, scene, "newborn_changed", new)
    elif applied != scene.child:
        application = stand_in(scene, region=scene.region)
        keep_profile(work, scene, profile_of(scene, region=scene.region))
        claim_identity(work=work, tools=tools, application=application)
    return _insured_by(tools, work, scene, scene.record, standing, new, name="newborn_corrected")


def drop_former_parents(tools: Toolbox, scene: Scene) -> Scene:
    """Who is no parent by this version any more may not act for the child any more, and is told."""
    gone = _gone(scene)
    end_rights(tools, scene.known.person_id, gone, scene.at, reason=CORRECTED, tells=True)
    granted = {person_id: role for person_id, role in scene.record.granted.items() if person_id not in gone}
    return replace(scene, record=replace(scene.record, granted=granted))


def _gone(scene: Scene) -> frozenset[str]:
    """Who had the right by an earlier version and is no parent by this one; who is only not found keeps it."""
    message, present = scene.record.message, {known.person_id for known in scene.family.parents}
    found = {known.parent.role.value for known in scene.family.parents}
    return frozenset(
        person_id
        for person_id, role in scene.record.granted.items()
        if person_id not in present and (message.parent(ParentRole(role)) is None or role in found)
    )


def end_rights(
    tools: Toolbox, person_id: str, parent_ids: Iterable[str], at: datetime, *, reason: str, tells: bool
) -> None:
    """End the right of parents to act for the child, one transaction each; repeating it changes nothing."""
    for parent_id in parent_ids:
        represented = tools.store.person_file(person_id=parent_id).represented
        for right in represented:
            if right.person_id == person_id and right.state is RepresentationState.ACTIVE:
                end_representation(tools=tools, representation=right, reason=reason, at=at, tells=tells)


def _put_successor(tools: Toolbox, work: UnitOfWork, scene: Scene, policy: Policy) -> Policy:
    period = policy.insurer_on(scene.day) or policy.periods[-1]
    insurer = tools.store.insurer(code=period.insurer_code)
    region = insurer.region if insurer is not None else scene.region
    application = stand_in(
        scene,
        region=region,
        category=ApplicantCategory(policy.category or CATEGORY),
        replacement={"reason": CORRECTED},
    )
    known = replace(scene.known.file, person=profile_of(scene, region=region))
    base = replace(policy, birth_registered_on=scene.record.message.registered_on)
    if scene.record.is_policy_ours:
        first, *later = base.periods
        born_on = scene.child.born_on
        base = replace(base, valid_from=born_on, periods=(replace(first, insured_from=born_on), *later))
    return put_successor(tools, work, application, known, scene.at, base=base)


_FINAL = {RecordKind.ANNULMENT: RecordState.ANNULLED, RecordKind.STILLBIRTH: RecordState.NOTED}
"""What is left of a record that insures nobody."""


def close_record(tools: Toolbox, record: CivilRecord, at: datetime) -> CivilRecord:
    """A record that is annulled, or tells of a stillborn child: its policy and the rights by it end.

    Of an annulment the parents are told. Of a stillbirth nobody is written to: there is nothing to do, and no letter
    of an insurance service has a place there.
    """
    file = tools.store.person_file(person_id=record.person_id) if record.applied is not None else PersonFile()
    policy = file.standing_policy
    if policy is not None and not record.is_policy_ours:
        work = tools.store.work(at=at)
        reason = CaseReason.OTHER_POLICY
        left = settled(tools, work, as_case(record, reason), "operator_needed", at, reason=reason.value)
        work.commit()
        return left
    end_rights(tools, record.person_id, record.granted, at, reason=ANNULLED, tells=False)
    day = local_date(at=at, region=record.message.region)
    work = tools.store.work(at=at)
    if policy is not None and file.person is not None:
        _annul(tools, work, file.person, policy, day, at)
        supersede(work=work, file=file, subject_id=policy.policy_id)
        _tell_annulment(tools, work, record, day, at)
    closed = replace(record, state=_FINAL[record.message.kind], granted={})
    closed = settled(tools, work, closed, "civil_record_closed", at, kind=record.message.kind.value)
    work.commit()
    return closed


def _annul(tools: Toolbox, work: UnitOfWork, person: Person, policy: Policy, day: date, at: datetime) -> None:
    ended = end(policy=policy, state=PolicyState.ANNULLED, on=day, reason=ANNULLED)
    details = {"policy_id": policy.policy_id, "reason": ANNULLED}
    ended = recorded(ended, work=work, tools=tools, name="policy_annulled", at=at, actor=SYSTEM, details=details)
    work.update(ended)
    free_place_of(work=work, policy=ended)
    known = {"born_on": person.born_on, "family_name": person.family_name}
    show_policy(work=work, tools=tools, policy=ended, person=known, at=at)


def _tell_annulment(tools: Toolbox, work: UnitOfWork, record: CivilRecord, day: date, at: datetime) -> None:
    if record.message.kind is not RecordKind.ANNULMENT:
        return
    context = {"number": "", "day": str(day)}
    for person_id in record.granted:
        notify(work=work, tools=tools, kind="newborn_annulled", person_id=person_id, at=at, context=context)
