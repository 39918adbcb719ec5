"""Who may act for another person, on what ground and how long (requirement A6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.birth_date import age_on, anniversary
from chalicelib.domain.errors import FieldError
from chalicelib.domain.supporting_documents import DocumentKind

FULL_AGE = 18
PASSPORT_AGE = 14


class Relation(StrEnum):
    """The ground of a representation."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    ADULT_GUARDIAN = "adult_guardian"
    ATTORNEY = "attorney"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRule:
    """What one ground asks for and when it ends by itself.

    ``from_age`` and ``below_age`` bound the age of the represented; ``default_days`` is the term of a paper that
    names none; ``ends_at_age`` the birthday that ends it.
    """

    relation: Relation
    title: str
    fields: frozenset[str]
    documents: frozenset[DocumentKind]
    article: str
    from_age: int = 0
    below_age: int | None = None
    ends_at_age: int | None = None
    default_days: int | None = None


REPRESENTATIVE_FIELDS = frozenset(
    {
        "representative.family_name",
        "representative.given_name",
        "representative.document_type",
        "representative.document_series",
        "representative.document_number",
    }
)
"""Правила ОМС, п. 6: relation, name and document of the representative."""

_POWERS = frozenset(
    {
        "representative.powers_number",
        "representative.powers_issuer",
        "representative.powers_issued_on",
    }
)

RELATIONS = {
    rule.relation: rule
    for rule in (
        RelationRule(
            relation=Relation.PARENT,
            title="Родитель или усыновитель",
            fields=REPRESENTATIVE_FIELDS | {"representative.second_parent"},
            documents=frozenset({DocumentKind.REPRESENTATIVE_IDENTITY}),
            article="326-ФЗ, ст. 16, ч. 3; СК РФ, ст. 64; Правила ОМС, п. 4",
            below_age=FULL_AGE,
            ends_at_age=FULL_AGE,
        ),
        RelationRule(
            relation=Relation.GUARDIAN,
            title="Опекун или попечитель несовершеннолетнего",
            fields=REPRESENTATIVE_FIELDS | _POWERS,
            documents=frozenset({DocumentKind.REPRESENTATIVE_IDENTITY, DocumentKind.POWERS_DOCUMENT}),
            article="48-ФЗ, ст. 15; Правила ОМС, п. 14",
            below_age=FULL_AGE,
            ends_at_age=FULL_AGE,
        ),
        RelationRule(
            relation=Relation.ADULT_GUARDIAN,
            title="Опекун совершеннолетнего",
            fields=REPRESENTATIVE_FIELDS | _POWERS,
            documents=frozenset({DocumentKind.REPRESENTATIVE_IDENTITY, DocumentKind.POWERS_DOCUMENT}),
            article="ГК РФ, ст. 32; Правила ОМС, п. 14",
            from_age=FULL_AGE,
        ),
        RelationRule(
            relation=Relation.ATTORNEY,
            title="Представитель по доверенности",
            fields=REPRESENTATIVE_FIELDS | _POWERS,
            documents=frozenset({DocumentKind.REPRESENTATIVE_IDENTITY, DocumentKind.POWERS_DOCUMENT}),
            article="ГК РФ, ст. 185, 186; Правила ОМС, п. 14",
            from_age=FULL_AGE,
            default_days=365,
        ),
    )
}
"""Every ground with its rule. A power of attorney that names no term serves a year (Civil Code, art. 186)."""


class RepresentationState(StrEnum):
    """Whether the powers stand."""

    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One person's right to act for another; ``until_on`` is the first day without it (None: no term).

    ``next_step_at`` is when a timer has to look at it: the 14th birthday of a child, or its end.
    """

    representative_id: str
    person_id: str
    relation: Relation
    since_on: date
    born_on: date
    utc_offset_hours: int
    until_on: date | None = None
    powers_number: str = ""
    powers_issuer: str = ""
    powers_issued_on: date | None = None
    state: RepresentationState = RepresentationState.ACTIVE
    next_step_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    erased_at: datetime | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    def stands_on(self, on: date) -> bool:
        """Whether the representative may act on the day."""
        return self.state is RepresentationState.ACTIVE and (self.until_on is None or on < self.until_on)


def next_look(representation: Representation, *, on: date) -> datetime | None:
    """When a timer has to look at a representation again after a day: the 14th birthday, then the end."""
    passport_on = anniversary(born_on=representation.born_on, years=PASSPORT_AGE)
    days = [day for day in (passport_on, representation.until_on) if day is not None and day > on]
    if not days or representation.state is RepresentationState.ENDED:
        return None
    return datetime.combine(min(days), time(), tzinfo=UTC) - timedelta(hours=representation.utc_offset_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What proves the right to act: a power of attorney or an act of guardianship; ``valid_until`` is its last day."""

    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


def end_of_powers(*, rule: RelationRule, born_on: date, powers: Powers) -> date | None:
    """The first day on which the representative may not act any more, or None."""
    ends = []
    if rule.ends_at_age is not None:
        ends.append(anniversary(born_on=born_on, years=rule.ends_at_age))
    if powers.valid_until is not None:
        ends.append(powers.valid_until + timedelta(days=1))
    elif rule.default_days is not None and powers.issued_on is not None:
        ends.append(powers.issued_on + timedelta(days=rule.default_days))
    return min(ends, default=None)


def check_powers(*, rule: RelationRule, born_on: date, powers: Powers, on: date) -> tuple[FieldError, ...]:
    """Find every mistake in the ground of a representation."""
    found = [*_age_mistakes(rule, born_on, on), *_paper_mistakes(rule, powers, on)]
    end = end_of_powers(rule=rule, born_on=born_on, powers=powers)
    if not found and end is not None and end <= on:
        found.append(("powers.valid_until", "powers_expired", "Срок полномочий истёк: укажите действующий документ"))
    return tuple(FieldError(field=name, code=code, message=message) for name, code, message in found)


def _age_mistakes(rule: RelationRule, born_on: date, on: date) -> list[tuple[str, str, str]]:
    if born_on > on:
        return [("born_on", "date_in_future", "Дата рождения ещё не наступила: исправьте её")]
    age = age_on(born_on=born_on, on=on)
    if rule.below_age is not None and age >= rule.below_age:
        message = f"С {rule.below_age} лет человек действует сам или по доверенности"
        return [("born_on", "over_age", message)]
    if age < rule.from_age:
        message = f"До {rule.from_age} лет действует родитель или опекун: выберите другое основание"
        return [("born_on", "under_age", message)]
    return []


def _paper_mistakes(rule: RelationRule, powers: Powers, on: date) -> list[tuple[str, str, str]]:
    if DocumentKind.POWERS_DOCUMENT not in rule.documents:
        return []
    found = []
    if not powers.number.strip():
        found.append(("powers.number", "required", "Укажите номер документа о полномочиях"))
    if not powers.issuer.strip():
        found.append(("powers.issuer", "required", "Укажите, кто выдал документ о полномочиях"))
    if powers.issued_on is None:
        found.append(("powers.issued_on", "required", "Укажите дату выдачи документа о полномочиях"))
    elif powers.issued_on > on:
        found.append(("powers.issued_on", "date_in_future", "Дата выдачи ещё не наступила: сверьте её с документом"))
    if powers.valid_until and powers.issued_on and powers.valid_until < powers.issued_on:
        found.append(("powers.valid_until", "before_issue", "Срок полномочий раньше даты выдачи: сверьте обе даты"))
    return found
