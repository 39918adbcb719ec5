"""Finding a newborn's parents and the child itself among those who are known here, and giving parents the right to act.

Nobody becomes a parent by a mistake in a digit: who holds a СНИЛС or document must also have the name and birth date
that the record gives to the parent (requirements A6, D4, N1).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.civil_record import CaseReason, Child, CivilRecord, Parent, ParentRole
from chalicelib.domain.newborn import Cover, insurer_on, is_another, is_like, is_same_child
from chalicelib.domain.representation import (
    RELATIONS,
    Relation,
    Representation,
    RepresentationState,
    end_of_powers,
    next_look,
)
from chalicelib.ports.folders import PersonFile
from chalicelib.use_cases.identity import document_value
from chalicelib.use_cases.journal import record as recorded
from chalicelib.use_cases.merged_records import followed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.domain.civil_record import CivilMessage, Paper
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

RELATION_OF = {
    ParentRole.MOTHER: Relation.PARENT,
    ParentRole.FATHER: Relation.PARENT,
    ParentRole.REPRESENTATIVE: Relation.GUARDIAN,
}

BY_RECORD = frozenset({"record_annulled", "record_corrected"})
"""Why a right to act ended that the record may give again; one that a parent gave up stays given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParent:
    """A parent who is known here."""

    parent: Parent
    person_id: str
    file: PersonFile

    def right_to(self, person_id: str) -> Representation | None:
        """The right to act for a child that this parent has or had."""
        return next((found for found in self.file.represented if found.person_id == person_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The parents who are known here; ``differs`` says that an identifier of one leads to somebody else."""

    parents: tuple[KnownParent, ...] = ()
    differs: bool = False

    def cover(self, on: date) -> Cover | None:
        """Who insures the child born on the day: as its mother, else as its father or representative."""
        for known in self.parents:
            file = known.file
            code = insurer_on(policies=file.policies, certificates=file.certificates, on=on)
            if code is not None:
                return Cover(insurer_code=code, basis=known.parent.role.value)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChild:
    """The child's folder, empty if it is new.

    ``differs``: its certificate or СНИЛС leads to somebody else. ``is_like_another``: a parent has insured a child
    that is just like it.
    """

    person_id: str
    file: PersonFile = field(default_factory=PersonFile)
    differs: bool = False
    is_like_another: bool = False


def find_family(*, tools: Toolbox, message: CivilMessage) -> Family:
    """Find the parents by СНИЛС, else by document (at most 3 AWS calls each)."""
    found: dict[str, KnownParent] = {}
    differs = False
    for parent in message.parents:
        person_id = _leads_to(tools, "snils", parent.snils) or _leads_to(tools, "document", _value(parent.document))
        file = tools.store.person_file(person_id=person_id) if person_id else None
        if person_id is None or file is None or file.person is None:
            continue
        if is_another(parent=parent, person=file.person):
            differs = True
            continue
        found.setdefault(person_id, KnownParent(parent=parent, person_id=person_id, file=file))
    return Family(parents=tuple(found.values()), differs=differs)


def find_child(*, tools: Toolbox, record: CivilRecord, child: Child, family: Family) -> KnownChild:
    """Find the child: by this record, by its certificate or СНИЛС, or among those whom its parents declared.

    Twins are never one: each has a certificate of its own, and a child without a name is like nobody. A child that is
    only like another is one of its own once an operator has said so.
    """
    if record.applied is not None:
        file = followed(tools=tools, file=tools.store.person_file(person_id=record.person_id))
        return KnownChild(person_id=file.person.person_id if file.person else record.person_id, file=file)
    by_paper = _leads_to(tools, "document", _value(child.certificate))
    by_snils = _leads_to(tools, "snils", child.snils)
    named = by_paper or by_snils
    if named is not None:
        return _named_child(tools, named, child, is_one=by_snils in {None, named})
    like = list(_declared_like(tools, family, child))
    if not like or CaseReason.CHILD_KNOWN in record.released:
        return KnownChild(person_id=record.person_id)
    person_id, file = like[0]
    return KnownChild(person_id=person_id, file=file, is_like_another=len(like) > 1 or file.standing_policy is not None)


def _named_child(tools: Toolbox, person_id: str, child: Child, *, is_one: bool) -> KnownChild:
    file = tools.store.person_file(person_id=person_id)
    fits = is_one and file.person is not None and is_like(child=child, person=file.person)
    return KnownChild(person_id=person_id, file=file, differs=not fits)


def _declared_like(tools: Toolbox, family: Family, child: Child) -> Iterator[tuple[str, PersonFile]]:
    declared = {
        right.person_id
        for known in family.parents
        for right in known.file.represented
        if right.born_on == child.born_on and right.state is RepresentationState.ACTIVE
    }
    for person_id in sorted(declared):
        file = tools.store.person_file(person_id=person_id)
        if file.person is not None and is_same_child(child=child, person=file.person):
            yield person_id, file


def _value(paper: Paper | None) -> str:
    if paper is None:
        return ""
    return document_value(document_type=paper.type, series=paper.series, number=paper.number)


def _leads_to(tools: Toolbox, kind: str, value: str) -> str | None:
    if not value:
        return None
    pointers = tools.store.pointers(kind=kind, value_hash=tools.secrets.lookup_hash(kind=kind, value=value))
    return pointers[0].target if pointers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """For whom parents get the right to act, and by whose clock: ``day`` is the local day."""

    child: Child
    person_id: str
    utc_offset_hours: int
    day: date


def give_rights(
    *, work: UnitOfWork, tools: Toolbox, family: Family, grant: Grant, at: datetime
) -> tuple[KnownParent, ...]:
    """Let each known parent act for the child; returns those who had no such right before."""
    new = []
    for known in family.parents:
        right = _right(known, grant)
        earlier = known.right_to(grant.person_id)
        if earlier is None:
            work.create(_noted(work, tools, right, at))
        elif earlier.end_reason in BY_RECORD:
            work.update(_noted(work, tools, replace(right, version=earlier.version, chain=earlier.chain), at))
        else:
            _keep_dates_right(work, earlier, right)
            continue
        new.append(known)
    return tuple(new)


def _keep_dates_right(work: UnitOfWork, earlier: Representation, right: Representation) -> None:
    """A corrected birth date moves the birthdays that end a right or change it."""
    if earlier.state is RepresentationState.ACTIVE and earlier.born_on != right.born_on:
        work.update(replace(earlier, born_on=right.born_on, until_on=right.until_on, next_step_at=right.next_step_at))


def _right(known: KnownParent, grant: Grant) -> Representation:
    relation, powers = RELATION_OF[known.parent.role], known.parent.powers
    found = Representation(
        representative_id=known.person_id,
        person_id=grant.person_id,
        relation=relation,
        since_on=grant.day,
        born_on=grant.child.born_on,
        utc_offset_hours=grant.utc_offset_hours,
        until_on=end_of_powers(rule=RELATIONS[relation], born_on=grant.child.born_on, powers=powers),
        powers_number=powers.number,
        powers_issuer=powers.issuer,
        powers_issued_on=powers.issued_on,
    )
    return replace(found, next_step_at=next_look(found, on=grant.day))


def _noted(work: UnitOfWork, tools: Toolbox, right: Representation, at: datetime) -> Representation:
    details = {"relation": right.relation.value, "reason": "civil_record"}
    return recorded(right, work=work, tools=tools, name="representation_given", at=at, actor=SYSTEM, details=details)


def told_parents(*, family: Family, person_id: str, new: tuple[KnownParent, ...], on: date) -> tuple[str, ...]:
    """The known parents who may act for the child now: those are written to."""
    return tuple(
        known.person_id
        for known in family.parents
        if known in new or ((right := known.right_to(person_id)) is not None and right.stands_on(on))
    )
