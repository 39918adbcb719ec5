"""Insuring a newborn without an application, by the record of its birth (N1; 326-ФЗ, art. 16, part 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.civil_record import CaseReason
from chalicelib.domain.insurer_change import last_day_of_mothers_insurer, parents_choice_from
from chalicelib.domain.newborn import OPERATORS_BASIS, Cover
from chalicelib.domain.policy import InsurerPeriod, Policy
from chalicelib.domain.records import ActivePolicyMarker
from chalicelib.use_cases.certificates import POLICY_ISSUED, STATUS_COUNTER, revoke_certificate
from chalicelib.use_cases.identity import claim_identity
from chalicelib.use_cases.issued_policy import (
    Issue,
    claim_number,
    drawn_number,
    new_policy,
    number_fits,
    order_documents,
)
from chalicelib.use_cases.journal import record as recorded
from chalicelib.use_cases.newborn_scene import (
    granted_by,
    keep_profile,
    leave_to_operator,
    profile_of,
    rights_given,
    settled,
    stand_in,
    tell_parents,
)
from chalicelib.use_cases.policy_cards import put_policy_card

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.domain.civil_record import CivilRecord
    from chalicelib.domain.insurer import Insurer
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.newborn_scene import Scene


def insure_newborn(tools: Toolbox, scene: Scene) -> CivilRecord:
    """Insure the child from its birth with the mother's insurer, or leave the record to an operator."""
    cover = scene.family.cover(scene.child.born_on)
    if scene.record.chosen_insurer:
        cover = Cover(insurer_code=scene.record.chosen_insurer, basis=OPERATORS_BASIS)
    if cover is None:
        is_known = bool(scene.family.parents)
        return leave_to_operator(
            tools, scene, CaseReason.PARENTS_NOT_INSURED if is_known else CaseReason.PARENTS_UNKNOWN
        )
    insurer = tools.store.insurer(code=cover.insurer_code)
    if insurer is None or not insurer.may_be_chosen_on(scene.day):
        return leave_to_operator(tools, scene, CaseReason.INSURER_CLOSED)
    return _commit(tools, scene, insurer, cover)


def _commit(tools: Toolbox, scene: Scene, insurer: Insurer, cover: Cover) -> CivilRecord:
    work = tools.store.work(at=scene.at)
    application = stand_in(scene, region=insurer.region)
    policy = _put_policy(tools, work, scene, application, cover)
    person = profile_of(scene, region=insurer.region)
    keep_profile(work, scene, replace(person, policy_number=policy.policy_number))
    certificate = scene.known.file.active_certificate
    if certificate is not None:
        revoke_certificate(work=work, tools=tools, certificate=certificate, reason=POLICY_ISSUED, at=scene.at)
    order_documents(tools, work, application, policy, scene.at)
    new = rights_given(tools, work, scene)
    registered_on = scene.record.message.registered_on
    dates = {
        "stands_until": str(last_day_of_mothers_insurer(registered_on=registered_on)),
        "choose_from_on": str(parents_choice_from(registered_on=registered_on)),
    }
    tell_parents(tools, work, scene, "newborn_insured", new, dates)
    record = replace(
        scene.record,
        person_id=scene.known.person_id,
        applied=scene.child,
        policy_id=policy.policy_id,
        is_policy_ours=True,
        granted=granted_by(scene.record, new),
    )
    record = replace(record, state=record.settled_state)
    insured = settled(tools, work, record, "newborn_insured", scene.at, policy_id=policy.policy_id, basis=cover.basis)
    work.commit()
    return insured


def _put_policy(tools: Toolbox, work: UnitOfWork, scene: Scene, application: Application, cover: Cover) -> Policy:
    period = InsurerPeriod(insurer_code=cover.insurer_code, insured_from=scene.child.born_on, basis=cover.basis)
    issue = Issue(
        number=_number_for_life(scene, application) or drawn_number(tools, application),
        periods=(period,),
        status_index=tools.store.next_serial(counter=STATUS_COUNTER),
        day=scene.day,
    )
    policy = new_policy(tools, application, issue, scene.at)
    policy = replace(policy, birth_registered_on=scene.record.message.registered_on)
    details = {"record_id": scene.record.record_id, "policy_id": policy.policy_id}
    policy = recorded(policy, work=work, tools=tools, name="policy_issued", at=scene.at, actor=SYSTEM, details=details)
    work.create(policy)
    work.create(ActivePolicyMarker(person_id=policy.person_id, policy_id=policy.policy_id))
    claim_number(tools, work, policy)
    claim_identity(work=work, tools=tools, application=application)
    put_policy_card(work=work, tools=tools, policy=policy, person=application.section("person"))
    return policy


def _number_for_life(scene: Scene, application: Application) -> str | None:
    """The ЕНП of an annulled policy of the child, if the record is back with the same sex and birth date."""
    number = scene.known.file.person.policy_number if scene.known.file.person else None
    return number if number is not None and number_fits(number, application, on=scene.day) else None
