"""What is at hand when a birth record is handled, and the steps that every outcome shares (requirement N1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.civil_record import CASE_RULES, CaseReason, Child, CivilRecord, RecordState
from chalicelib.domain.person import Person
from chalicelib.domain.regions import find_region
from chalicelib.use_cases.journal import notify
from chalicelib.use_cases.journal import record as recorded
from chalicelib.use_cases.newborn_family import Family, Grant, KnownChild, KnownParent, give_rights, told_parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.domain.audit import Actor
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

CATEGORY, KIND = ApplicantCategory.CHILD_UNDER_14, ApplicationKind.FIRST_POLICY
"""The row of the matrix by which a newborn is insured: who may be, and until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A record with its child, the family and the child's folder as they are found; ``day`` is the local day."""

    record: CivilRecord
    child: Child
    family: Family
    known: KnownChild
    day: date
    at: datetime

    @property
    def region(self) -> str:
        """Where the birth was registered."""
        return self.record.message.region

    @property
    def snils(self) -> str:
        """The child's СНИЛС; the registry may know none where a parent has told it."""
        person = self.known.file.person
        return self.child.snils or (person.snils if person is not None else "")

    @property
    def account_id(self) -> str:
        """Whom messages about the policy reach: as before, else the first known parent, else nobody yet."""
        person = self.known.file.person
        if person is not None:
            return person.account_id
        return next((parent.person_id for parent in self.family.parents), self.known.person_id)


def stand_in(
    scene: Scene, *, region: str, category: ApplicantCategory = CATEGORY, **sections: Mapping[str, str]
) -> Application:
    """What an application about the child would say, had anybody to file one; it is not stored.

    So a newborn is insured by the same steps, the same row of the matrix and the same numbers as everybody.
    """
    child, paper = scene.child, scene.child.certificate
    return Application(
        application_id="",
        person_id=scene.known.person_id,
        account_id=scene.account_id,
        kind=KIND,
        category=category,
        state=ApplicationState.APPROVED,
        created_at=scene.at,
        updated_at=scene.at,
        form={
            "person": {
                "family_name": child.family_name,
                "given_name": child.given_name,
                "middle_name": child.middle_name,
                "sex": child.sex.value,
                "born_on": child.born_on.isoformat(),
                "snils": scene.snils,
            },
            "identity_document": {"type": paper.type, "series": paper.series, "number": paper.number} if paper else {},
            "registration_address": {"region": region},
            **sections,
        },
    )


def profile_of(scene: Scene, *, region: str) -> Person:
    """The child's profile as the record has it."""
    child = scene.child
    known = scene.known.file.person or Person(
        person_id=scene.known.person_id,
        account_id=scene.account_id,
        family_name="",
        given_name="",
        middle_name="",
        born_on="",
        sex="",
        snils="",
    )
    return replace(
        known,
        family_name=child.family_name,
        given_name=child.given_name,
        middle_name=child.middle_name,
        born_on=child.born_on.isoformat(),
        sex=child.sex.value,
        snils=scene.snils,
        address=known.address or {"region": region},
        awaits_name=not child.given_name,
        updated_at=scene.at,
    )


def keep_profile(work: UnitOfWork, scene: Scene, person: Person) -> None:
    """Store the profile, a new one or the next version of the one that is there."""
    if scene.known.file.person is None:
        work.create(person)
    else:
        work.update(person)


def rights_given(tools: Toolbox, work: UnitOfWork, scene: Scene) -> tuple[KnownParent, ...]:
    """Let the known parents act for the child; returns those who could not before."""
    grant = Grant(
        child=scene.child,
        person_id=scene.known.person_id,
        utc_offset_hours=find_region(code=scene.region).utc_offset_hours,
        day=scene.day,
    )
    return give_rights(work=work, tools=tools, family=scene.family, grant=grant, at=scene.at)


def granted_by(record: CivilRecord, new: Iterable[KnownParent]) -> dict[str, str]:
    """Who may act for the child because of the record, with their roles."""
    return {**record.granted, **{known.person_id: known.parent.role.value for known in new}}


def tell_parents(
    tools: Toolbox,
    work: UnitOfWork,
    scene: Scene,
    kind: str,
    new: tuple[KnownParent, ...],
    context: Mapping[str, str] | None = None,
) -> None:
    """Write to every known parent who may act for the child."""
    told = told_parents(family=scene.family, person_id=scene.known.person_id, new=new, on=scene.day)
    write_to(tools, work, told, kind, scene, context)


def write_to(
    tools: Toolbox,
    work: UnitOfWork,
    person_ids: Iterable[str],
    kind: str,
    scene: Scene,
    context: Mapping[str, str] | None = None,
) -> None:
    """Queue one message for each person."""
    given = {"number": "", "day": str(scene.day), **(context or {})}
    for person_id in person_ids:
        notify(work=work, tools=tools, kind=kind, person_id=person_id, at=scene.at, context=given)


def settled(
    tools: Toolbox,
    work: UnitOfWork,
    record: CivilRecord,
    name: str,
    at: datetime,
    *,
    actor: Actor = SYSTEM,
    **details: str,
) -> CivilRecord:
    """Write down what became of a record, with its journal entry, in the unit of work."""
    told = {"record_id": record.record_id, "record_version": str(record.message.version), **details}
    noted = recorded(record, work=work, tools=tools, name=name, at=at, actor=actor, details=told)
    work.update(noted)
    return replace(noted, version=noted.version + 1)


def leave_to_operator(tools: Toolbox, scene: Scene, reason: CaseReason) -> CivilRecord:
    """Leave a record to an operator; where the parents are certain, the child appears to them all the same."""
    work = tools.store.work(at=scene.at)
    record = as_case(scene.record, reason)
    if CASE_RULES[reason].shows_child and scene.known.file.standing_policy is None:
        keep_profile(work, scene, profile_of(scene, region=scene.region))
        new = rights_given(tools, work, scene)
        write_to(tools, work, [known.person_id for known in new], "newborn_waits", scene)
        record = replace(record, person_id=scene.known.person_id, applied=scene.child, granted=granted_by(record, new))
    left = settled(tools, work, record, "operator_needed", scene.at, reason=reason.value)
    work.commit()
    return left


def as_case(record: CivilRecord, reason: CaseReason) -> CivilRecord:
    """The record as an operator's case."""
    return replace(record, state=RecordState.NEEDS_OPERATOR, reason=reason)
