"""Corrections, and the persons whom operators correct, as JSON (requirements D4, O2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.application import ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import CORRECTION_STATE_TITLES, CorrectionKind, CorrectionState
from chalicelib.domain.duplicates import LIKENESS_TITLES, Likeness
from chalicelib.domain.representation import Relation, RepresentationState
from chalicelib.http.models import In, IsoDate, Out, PageQuery, Query
from chalicelib.http.schemas.insurance import InsuranceOut, insurance_out
from chalicelib.http.schemas.people import ProfileOut, profile_out
from chalicelib.http.schemas.validity import DocumentKeyIn, NameKeyIn

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.domain.corrections import Correction
    from chalicelib.domain.representation import Representation
    from chalicelib.use_cases.correction_case import Case
    from chalicelib.use_cases.duplicates import Candidate

_REASON = "Что неверно и чем это подтверждено; читает второй оператор"


class CorrectionIn(In):
    """A correction to propose; which values a kind needs, the dictionary ``corrections`` tells."""

    kind: CorrectionKind = Field(strict=False, description="Вид исправления", examples=["wrong_birth_date"])
    person_id: str = Field(max_length=26, description="О ком")
    reason: str = Field(max_length=1000, description=_REASON)
    values: dict[str, str] = Field(default_factory=dict, max_length=20, examples=[{"born_on": "1990-05-15"}])


class ReversalIn(In):
    """Why a correction is to be undone."""

    reason: str = Field(max_length=1000, description=_REASON)


class RejectionIn(In):
    """Why a proposal is rejected."""

    reason: str = Field(max_length=1000, description="Почему исправление не нужно; читает предложивший")


class CorrectionsQuery(PageQuery):
    """Which corrections to list."""

    state: CorrectionState = Field(default=CorrectionState.PROPOSED, description="В каком состоянии")


class DifferenceOut(Out):
    """One field that the correction changes."""

    of: str
    field: str
    before: str
    after: str


class CorrectionOut(Out):
    """A correction in a list: nothing personal in it."""

    id: str
    kind: CorrectionKind
    title: str
    changes: str
    article: str
    state: CorrectionState
    state_title: str
    person_id: str
    proposed_at: datetime
    is_mine: bool
    decided_at: datetime | None
    reverses: str | None
    reversed_by: str | None


class WholeCorrectionOut(CorrectionOut):
    """A correction with its reason and everything that it changes."""

    reason: str
    decision_reason: str
    values: dict[str, str]
    differences: list[DifferenceOut]


def correction_out(correction: Correction, *, by: str) -> CorrectionOut:
    """Present a correction in a list; ``by`` is who asks."""
    rule = CORRECTION_RULES[correction.kind]
    return CorrectionOut(
        id=correction.correction_id,
        kind=correction.kind,
        title=rule.title,
        changes=rule.changes,
        article=rule.article,
        state=correction.state,
        state_title=CORRECTION_STATE_TITLES[correction.state],
        person_id=correction.person_id,
        proposed_at=correction.proposed_at,
        is_mine=correction.proposed_by == by,
        decided_at=correction.decided_at,
        reverses=correction.reverses,
        reversed_by=correction.reversed_by,
    )


def whole_correction_out(correction: Correction, *, by: str) -> WholeCorrectionOut:
    """Present a correction with everything that the second operator judges."""
    return WholeCorrectionOut(
        **correction_out(correction, by=by).model_dump(),
        reason=correction.reason,
        decision_reason=correction.decision_reason,
        values=dict(correction.values),
        differences=[
            DifferenceOut(of=found.of, field=found.field, before=found.before, after=found.after)
            for found in correction.differences
        ],
    )


class PersonSearchIn(In):
    """Exactly one identifier."""

    policy_number: str | None = Field(default=None, max_length=40, description="ЕНП, 16 цифр")
    snils: str | None = Field(default=None, max_length=40)
    document: DocumentKeyIn | None = None
    person: NameKeyIn | None = None


class FoundPersonOut(Out):
    """A person found, enough to choose the right one."""

    person_id: str
    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    policy_number: str | None
    merged_into: str | None
    died_on: date | None


class FoundPersonsOut(Out):
    """The persons to whom the identifier leads."""

    items: list[FoundPersonOut]


class KnownApplicationOut(Out):
    """An application of the person, in short."""

    id: str
    number: str | None
    kind: ApplicationKind
    state: ApplicationState
    needs_operator: bool
    submitted_at: datetime | None


class KnownRepresentationOut(Out):
    """Who acts for the person."""

    representative_id: str
    relation: Relation
    state: RepresentationState
    until_on: date | None


class PersonCardOut(Out):
    """Everything that is kept of a person."""

    person_id: str
    profile: ProfileOut
    insurance: InsuranceOut
    applications: list[KnownApplicationOut]
    representation: KnownRepresentationOut | None
    region: str
    insurer_code: str
    died_on: date | None
    merged_into: str | None
    merged_from: list[str]


def found_person_out(case: Case) -> FoundPersonOut:
    """Present a person in the answer of a search."""
    person = case.person
    return FoundPersonOut(
        person_id=person.person_id,
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on,
        policy_number=person.policy_number,
        merged_into=person.merged.into if person.merged else None,
        died_on=person.death.died_on if person.death else None,
    )


def person_card_out(case: Case) -> PersonCardOut:
    """Present a person to an operator."""
    person, found = case.person, case.representation
    return PersonCardOut(
        person_id=person.person_id,
        profile=profile_out(person),
        insurance=insurance_out(case.file),
        applications=[_application(application) for application in case.applications],
        representation=_representation(found) if found is not None else None,
        region=case.place.region,
        insurer_code=case.place.insurer_code,
        died_on=person.death.died_on if person.death else None,
        merged_into=person.merged.into if person.merged else None,
        merged_from=list(person.merged_from),
    )


def _application(application: Application) -> KnownApplicationOut:
    return KnownApplicationOut(
        id=application.application_id,
        number=application.number,
        kind=application.kind,
        state=application.state,
        needs_operator=application.needs_operator,
        submitted_at=application.submitted_at,
    )


def _representation(found: Representation) -> KnownRepresentationOut:
    return KnownRepresentationOut(
        representative_id=found.representative_id,
        relation=found.relation,
        state=found.state,
        until_on=found.until_on,
    )


class SignalOut(Out):
    """One thing that speaks for one person, or against."""

    code: str
    title: str
    weight: int


class CandidateOut(Out):
    """A record that may be of the same person, with everything that speaks for it and against."""

    person_id: str
    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    policy_number: str | None
    likeness: Likeness
    likeness_title: str
    score: int
    signals: list[SignalOut]


class CandidatesOut(Out):
    """The likeliest first."""

    items: list[CandidateOut]


def candidate_out(candidate: Candidate) -> CandidateOut:
    """Present a candidate."""
    person, comparison = candidate.person, candidate.comparison
    return CandidateOut(
        person_id=person.person_id,
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on,
        policy_number=person.policy_number,
        likeness=comparison.likeness,
        likeness_title=LIKENESS_TITLES[comparison.likeness],
        score=comparison.score,
        signals=[SignalOut(code=found.code, title=found.title, weight=found.weight) for found in comparison.signals],
    )


class InsuredOnQuery(Query):
    """The day that is asked about, and the day whose knowledge answers."""

    on: IsoDate | None = Field(default=None, description="На какой день; без него — на сегодня")
    known_on: IsoDate | None = Field(default=None, description="Как было известно в этот день; без него — как сейчас")
