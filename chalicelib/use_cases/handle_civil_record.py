"""Handling a birth record from the queue: who is in it, and what follows for the child (requirement N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.civil_record import CASE_RULES, CaseReason, RecordKind, RecordState
from chalicelib.domain.matrix import matrix_row
from chalicelib.domain.newborn import Findings, obstacle
from chalicelib.domain.regions import local_date
from chalicelib.ports.errors import ANOTHER_PERSON, AlreadyExists, NotFound
from chalicelib.use_cases.correct_newborn import close_record, correct_newborn, drop_former_parents, link_newborn
from chalicelib.use_cases.insure_newborn import insure_newborn
from chalicelib.use_cases.newborn_family import find_child, find_family
from chalicelib.use_cases.newborn_scene import CATEGORY, KIND, Scene, leave_to_operator

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.civil_record import Child, CivilRecord
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.policy import Policy
    from chalicelib.ports.toolbox import Toolbox

_CLOSING = frozenset({RecordKind.ANNULMENT, RecordKind.STILLBIRTH})
_SOMEBODY_ELSES = frozenset({f"{ANOTHER_PERSON}{kind}" for kind in ("snils", "document")})


def handle_civil_record(*, tools: Toolbox, record_id: str, at: datetime) -> CivilRecord:
    """Handle the newest version of a record; one that is handled is left alone, however often its message comes.

    Raises:
        NotFound: there is no such record.
        StaleWrite: something changed meanwhile; the message will come again.
        AlreadyExists: so it is with a number or policy that somebody was first to take.
    """
    record = tools.store.civil_record(record_id=record_id)
    if record is None:
        raise NotFound("Запись не найдена")
    if record.state is not RecordState.RECEIVED:
        return record
    if record.message.kind in _CLOSING:
        return close_record(tools, record, at)
    scene = _scene(tools, record, at)
    try:
        return _register(tools, scene)
    except AlreadyExists as clash:
        if clash.marker not in _SOMEBODY_ELSES:
            raise
        return leave_to_operator(tools, scene, CaseReason.CHILD_DIFFERS)


def _scene(tools: Toolbox, record: CivilRecord, at: datetime) -> Scene:
    child = record.message.insured_child
    family = find_family(tools=tools, message=record.message)
    return Scene(
        record=record,
        child=child,
        family=family,
        known=find_child(tools=tools, record=record, child=child, family=family),
        day=local_date(at=at, region=record.message.region),
        at=at,
    )


def _register(tools: Toolbox, scene: Scene) -> CivilRecord:
    policy = scene.known.file.standing_policy
    row = matrix_row(category=CATEGORY, kind=KIND, on=scene.day)
    findings = Findings(
        parent_differs=scene.family.differs,
        child_differs=scene.known.differs,
        is_like_another=scene.known.is_like_another,
        citizenship_differs=not _is_for(policy, scene.child, row),
        is_insured=policy is not None,
    )
    reason = obstacle(record=scene.record, child=scene.child, findings=findings, row=row, on=scene.day)
    if reason is None or CASE_RULES[reason].shows_child:
        scene = drop_former_parents(tools, scene)
    if reason is not None:
        return leave_to_operator(tools, scene, reason)
    if policy is None:
        return insure_newborn(tools, scene)
    if scene.record.applied is None:
        return link_newborn(tools, scene, policy)
    return correct_newborn(tools, scene, policy, scene.record.applied)


def _is_for(policy: Policy | None, child: Child, row: MatrixRow) -> bool:
    """Whether a policy that stands is one for a citizen, if the child is a citizen by the record."""
    if policy is None or not policy.category or child.citizenship not in row.citizenships:
        return True
    return child.citizenship in CATEGORY_RULES[ApplicantCategory(policy.category)].citizenships
