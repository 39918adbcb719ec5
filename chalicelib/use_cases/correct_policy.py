"""Corrections of a policy: insurer, term, category, rests, its end and its return (requirements F2, F6, F7, I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.changes import Change, changed
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.policy import STANDING
from chalicelib.domain.policy_corrections import (
    annulled,
    boundary_moved,
    insurer_from,
    rest_dated,
    resting_again,
    revived,
    term_set,
    without_last_rest,
)
from chalicelib.domain.regions import find_region
from chalicelib.domain.temporary_certificate import CertificateState, reinstated
from chalicelib.use_cases.correct_application import discontinued
from chalicelib.use_cases.correct_person import legacy_superseded, present_documents, reissued

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import StoredDocument
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws


def correct_insurer(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another insurer from a day until the end of the period."""
    policy, from_on = case.policy(), case.day("from_on")
    insurer = _insurer(tools, case.values["insurer_code"], from_on)
    return reissued(case, draws, policy, insurer_from(policy=policy, insurer_code=insurer.code, from_on=from_on))


def correct_boundary(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another day on which one insurer followed another, or the first one began."""
    policy = case.policy()
    from_on, new_from_on = case.day("from_on"), case.day("new_from_on")
    moved = boundary_moved(policy=policy, from_on=from_on, new_from_on=new_from_on, on=case.on)
    return reissued(case, draws, policy, moved)


def correct_region(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another region: its insurer from a day, its hours; the ЕНП keeps the territory that computed it."""
    policy, from_on, region = case.policy(), case.day("from_on"), case.values["region"]
    insurer = _insurer(tools, case.values["insurer_code"], from_on)
    if insurer.region != region:
        raise RuleRefused("insurer_of_other_region", "Эта страховая организация работает в другом регионе")
    moved = insurer_from(policy=policy, insurer_code=insurer.code, from_on=from_on)
    moved = replace(moved, utc_offset_hours=find_region(code=region).utc_offset_hours)
    address = {**case.person.address, "region": region}
    person = replace(case.person, address=address, updated_at=case.at)
    return [*changed(before=case.person, after=person), *reissued(case, draws, policy, moved)]


def _insurer(tools: Toolbox, code: str, on: date) -> Insurer:
    insurer = tools.store.insurer(code=code)
    if insurer is None or not insurer.may_be_chosen_on(on):
        detail = "В этот день такой страховой организации с лицензией не было: проверьте код и день"
        raise RuleRefused("insurer_not_available", detail, rule="326-ФЗ, ст. 14")
    return insurer


def correct_term(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another end of the policy that stands, or none."""
    policy = _standing(case)
    return reissued(case, draws, policy, term_set(policy=policy, valid_until=_end(case), on=case.on))


def correct_category(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another category, and its term if it is named."""
    policy = _standing(case)
    if policy.category == case.values["category"]:
        raise RuleRefused("nothing_to_correct", "Категория уже такая")
    right = replace(policy, category=case.values["category"])
    if "valid_until" not in case.values:
        return [*changed(before=policy, after=right)]
    return reissued(case, draws, policy, term_set(policy=right, valid_until=_end(case), on=case.on))


def annul(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """End a policy from a day; what was to happen to it will not (requirement F7)."""
    policy = case.policy()
    ended = annulled(policy=policy, from_on=case.day("from_on"), reason=case.values["annulment"])
    documents, registration = present_documents(case, policy), case.file.live_legacy_policy
    return [
        *changed(before=policy, after=ended),
        *(legacy_superseded(case) if registration and registration.policy_id == policy.policy_id else ()),
        *(Change(before=document, after=replace(document, superseded=True)) for document in documents),
        *(
            Change(before=application, after=discontinued(case, application, "policy_annulled"))
            for application in case.applications
            if _changes(application, policy)
        ),
    ]


def _changes(application: Application, policy: Policy) -> bool:
    """Whether an approved application waits for its day to change the policy."""
    return application.state is ApplicationState.APPROVED and application.policy_id == policy.policy_id


def revive(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Let an ended policy stand again; its code and its last documents count again."""
    policy = case.policy()
    if case.file.standing_policy is not None and policy.state not in STANDING:
        raise RuleRefused("other_policy_stands", "Действует другой полис: второй восстановить нельзя")
    if case.file.active_certificate is not None:
        raise RuleRefused("certificate_stands", "Действует временное свидетельство: дождитесь решения по заявлению")
    right = policy
    if "valid_until" in case.values:
        right = replace(policy, valid_until=_end(case), warned_days=())
    again = revived(policy=right, on=case.on)
    documents = _last_documents(case, policy)
    return [
        *changed(before=policy, after=again),
        *(Change(before=document, after=replace(document, superseded=False)) for document in documents),
    ]


def _last_documents(case: Case, policy: Policy) -> list[StoredDocument]:
    """The newest document of each kind that the end of a policy superseded."""
    of_policy = [document for document in case.file.documents if document.subject_id == policy.policy_id]
    newest = {
        (document.document_type, document.bilingual): document
        for document in sorted(of_policy, key=lambda document: document.document_id)
    }
    return [document for document in newest.values() if document.superseded]


def lift_suspension(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Take back the last suspension."""
    policy = _standing(case)
    return [*changed(before=policy, after=without_last_rest(policy=policy, on=case.on))]


def correct_suspension(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Give the last suspension its right days; they may lie ahead."""
    policy = _standing(case)
    from_on, until_on = date.fromisoformat(case.values["from_on"]), case.day_or_none("until_on")
    return [*changed(before=policy, after=rest_dated(policy=policy, from_on=from_on, until_on=until_on, on=case.on))]


def take_back_resumption(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Let the last suspension go on."""
    policy = _standing(case)
    resting = resting_again(policy=policy, until_on=case.day_or_none("until_on"), on=case.on)
    return [*changed(before=policy, after=resting)]


def reinstate_certificate(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Let a revoked certificate count to the end of its term."""
    wanted = case.values["application_id"]
    found = next((c for c in case.file.certificates if c.application_id == wanted), None)
    if found is None or found.state is not CertificateState.REVOKED:
        raise RuleRefused("certificate_not_revoked", "У этого человека нет такого отозванного свидетельства")
    if case.file.standing_policy is not None or case.file.active_certificate is not None:
        raise RuleRefused("already_covered", "Действует полис или другое свидетельство: восстанавливать не нужно")
    return [*changed(before=found, after=reinstated(certificate=found, unit=tools.certificate_term.unit, at=case.at))]


def _standing(case: Case) -> Policy:
    policy = case.policy()
    if policy.state not in STANDING:
        raise RuleRefused("policy_ended", "Полис уже прекращён")
    return policy


def _end(case: Case) -> date | None:
    return case.day_or_none("valid_until")
