"""From the name of a correction to what it would change (requirement D4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import CorrectionKind
from chalicelib.domain.errors import RuleRefused
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import correct_application, correct_person, correct_policy
from chalicelib.use_cases.correction_case import read_case
from chalicelib.use_cases.merge_persons import merge_persons
from chalicelib.use_cases.record_death import record_death
from chalicelib.use_cases.undo_changes import undo
from chalicelib.use_cases.untrue_certificates import with_untrue_certificates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalicelib.domain.audit import Actor
    from chalicelib.domain.changes import Change
    from chalicelib.domain.corrections import Correction
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws

_K = CorrectionKind

PLANS: Mapping[CorrectionKind, Callable[[Toolbox, Case, Draws], list[Change]]] = {
    _K.WRONG_BIRTH_DATE: correct_person.correct_birth_date,
    _K.WRONG_SEX: correct_person.correct_sex,
    _K.WRONG_NAME: correct_person.correct_name,
    _K.WRONG_SNILS: correct_person.correct_snils,
    _K.WRONG_DOCUMENT: correct_person.correct_document,
    _K.CONTACT_OF_ANOTHER: correct_person.remove_contact,
    _K.DUPLICATE_NUMBER: correct_person.retire_number,
    _K.WRONG_INSURER: correct_policy.correct_insurer,
    _K.WRONG_PERIOD_BOUNDARY: correct_policy.correct_boundary,
    _K.WRONG_REGION: correct_policy.correct_region,
    _K.WRONG_TERM: correct_policy.correct_term,
    _K.WRONG_CATEGORY: correct_policy.correct_category,
    _K.POLICY_ANNULLED: correct_policy.annul,
    _K.POLICY_ENDED_BY_MISTAKE: correct_policy.revive,
    _K.SUSPENDED_BY_MISTAKE: correct_policy.lift_suspension,
    _K.WRONG_SUSPENSION_DATES: correct_policy.correct_suspension,
    _K.RESUMED_BY_MISTAKE: correct_policy.take_back_resumption,
    _K.CERTIFICATE_REVOKED_BY_MISTAKE: correct_policy.reinstate_certificate,
    _K.APPLICATION_REFUSED_BY_MISTAKE: correct_application.reopen_refused,
    _K.APPLICATION_CLOSED_BY_MISTAKE: correct_application.reopen_closed,
    _K.REPRESENTATION_ENDED_BY_MISTAKE: correct_application.restore_representation,
    _K.REPRESENTATION_WRONG: correct_application.end_representation,
    _K.PERSONS_MERGED: merge_persons,
    _K.PERSONS_SEPARATED: undo,
    _K.DEATH_RECORDED: record_death,
    _K.DEATH_CANCELLED: undo,
    _K.REVERSAL: undo,
}
"""Kind → what makes its changes."""


def planned(tools: Toolbox, correction: Correction, case: Case, draws: Draws) -> list[Change]:
    """Everything that a correction would change, with the certificates of insurance that it makes untrue.

    Raises:
        RuleRefused, StateConflict: it cannot be made.
    """
    changes = PLANS[correction.kind](tools, case, draws)
    return with_untrue_certificates(tools, case, changes)


_UNDOING = frozenset({_K.PERSONS_SEPARATED, _K.DEATH_CANCELLED, _K.REVERSAL})


def case_of(*, tools: Toolbox, correction: Correction, actor: Actor, at: datetime) -> Case:
    """Read what a correction is decided on.

    Raises:
        NotFound: there is no such person.
        RuleRefused: the record cannot be corrected like this.
    """
    case = read_case(tools=tools, person_id=correction.person_id, at=at)
    case = replace(case, values=correction.values, correction_id=correction.correction_id, actor=actor)
    other_id = correction.values.get("other_person_id")
    if other_id is not None:
        case = replace(case, other=_other(tools, other_id, at))
    _check_served(correction, case)
    origin = _origin(correction, case)
    if origin is None:
        return case
    changes = tools.store.correction_file(correction_id=origin).changes
    return replace(case, origin=changes)


def _other(tools: Toolbox, person_id: str, at: datetime) -> Case:
    try:
        return read_case(tools=tools, person_id=person_id, at=at)
    except NotFound:
        raise RuleRefused("no_such_record", "Второй записи нет: проверьте её идентификатор") from None


def _check_served(correction: Correction, case: Case) -> None:
    if correction.kind in _UNDOING:
        return
    if case.person.merged is not None:
        raise RuleRefused("record_merged", "Запись объединена с другой: исправляйте главную")
    if case.person.death is not None and CORRECTION_RULES[correction.kind].living_only:
        raise RuleRefused("person_died", "Записана смерть этого человека: сначала отмените эту запись")


def _origin(correction: Correction, case: Case) -> str | None:
    """The correction that this one takes back, if it is of that sort."""
    if correction.kind is _K.REVERSAL:
        return correction.reverses
    if correction.kind is _K.DEATH_CANCELLED:
        if case.person.death is None:
            raise RuleRefused("no_death", "Смерть этого человека не записана")
        return case.person.death.correction_id
    if correction.kind is _K.PERSONS_SEPARATED:
        merged = case.other.person.merged if case.other is not None else None
        if merged is None or merged.into != case.person.person_id:
            raise RuleRefused("not_merged", "Эти записи не объединены")
        return merged.correction_id
    return None
