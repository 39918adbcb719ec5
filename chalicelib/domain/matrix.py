"""What each kind of application asks of each category of applicant: one dated table with articles (B5).

The table is the grid below; what stands at a cross of it follows from the row of the category
(`category_rules`) and the row of the kind (`kind_rules`), and, where somebody acts for another, from the row of
the ground (`representation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES, ApplicantCategory, ApplicationKind
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.kind_rules import KIND_RULES, Condition, Effect, PolicyNeed
from chalicelib.domain.plain_text import within_sentence
from chalicelib.domain.policy_term import TermProfile, TermRule
from chalicelib.domain.representation import RELATIONS, Relation
from chalicelib.domain.supporting_documents import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES_VERSION = "2026-11"
"""Kept with every check and decision, so that it can be explained later (requirement D3)."""

_GRID = """
                     first insurer region replace suspend resume refuse extract
citizen_14_plus        +      +      +       +       +      +      +      +
child_under_14         +      +      +       +       -      -      -      +
foreigner_permanent    +      +      +       +       +      +      +      +
foreigner_temporary    +      +      +       +       +      +      +      +
stateless_permanent    +      +      +       +       +      +      +      +
stateless_temporary    +      +      +       +       +      +      +      +
refugee                +      +      +       +       -      -      +      +
temporary_asylum       +      +      +       +       -      -      +      +
eaeu_worker            +      +      -       +       -      -      +      +
eaeu_official          +      +      -       +       -      -      +      +
student                +      +      +       +       -      -      +      +
"""
"""Who may file what.  A child's policy is not suspended and not given up: children are insured from birth
(326-ФЗ, art. 16, part 3).  Suspension is for those who may serve (art. 49.1).  Who stays for work or powers has no
residence to move (Правила ОМС, cl. 16-17)."""

_COLUMNS = {
    "first": ApplicationKind.FIRST_POLICY,
    "insurer": ApplicationKind.INSURER_CHANGE,
    "region": ApplicationKind.REGION_CHANGE,
    "replace": ApplicationKind.REPLACEMENT,
    "suspend": ApplicationKind.SUSPENSION,
    "resume": ApplicationKind.RESUMPTION,
    "refuse": ApplicationKind.POLICY_REFUSAL,
    "extract": ApplicationKind.PAPER_EXTRACT,
}

EVERYBODY = frozenset(
    {
        "person.family_name",
        "person.given_name",
        "person.sex",
        "person.born_on",
        "person.birthplace",
        "person.citizenship",
        "identity_document.type",
        "identity_document.series",
        "identity_document.number",
        "identity_document.issuer",
        "identity_document.issued_on",
        "registration_address.region",
        "registration_address.city",
        "registration_address.house",
        "contacts.phone",
        "contacts.email",
        "insurer.code",
    }
)
"""Правила ОМС, п. 6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """The demands on one kind of application from one category, in force from ``in_force_from``.

    ``decision_days`` are working days until the decision is due; ``certificate`` tells whether a temporary
    certificate may bridge the wait; ``waits_for`` names the one register that the certificate does not wait for.
    ``caps`` are fields with the last day of what limits the policy.
    """

    category: ApplicantCategory
    kind: ApplicationKind
    title: str
    effect: Effect
    policy: PolicyNeed
    chooses_insurer: bool
    fields: frozenset[str]
    citizenships: frozenset[str]
    identity_documents: frozenset[str]
    status_documents: frozenset[str]
    documents: frozenset[DocumentKind]
    optional_documents: frozenset[DocumentKind]
    conditions: tuple[Condition, ...]
    checks: tuple[CheckKind, ...]
    decision_days: int
    certificate: bool
    term: TermRule
    term_by_rules_2019: TermRule
    caps: tuple[str, ...]
    from_age: int
    below_age: int | None
    needs_representative: bool
    article: str
    in_force_from: date
    waits_for: frozenset[CheckKind] = field(default_factory=frozenset)
    fixed: Mapping[str, str] = field(default_factory=dict)
    relation: Relation | None = None

    def term_rule(self, profile: TermProfile) -> TermRule:
        """How the end of the policy is found, by the profile in force."""
        return self.term_by_rules_2019 if profile is TermProfile.RULES_2019 else self.term

    def demands(self, form: Mapping[str, Mapping[str, str]]) -> tuple[frozenset[str], frozenset[DocumentKind]]:
        """The fields and documents that a form has to bring, those of its conditions included."""
        fields, documents = self.fields, self.documents
        for condition in self.conditions:
            section, name = condition.field.split(".")
            if form.get(section, {}).get(name) in condition.values:
                fields, documents = fields | condition.fields, documents | condition.documents
        return fields, documents


def _row(category: ApplicantCategory, kind: ApplicationKind) -> MatrixRow:
    who, what = CATEGORY_RULES[category], KIND_RULES[kind]
    asked = tuple(check for check in who.checks if what.checks is None or check in what.checks)
    return MatrixRow(
        category=category,
        kind=kind,
        title=f"{KIND_TITLES[kind]}: {within_sentence(CATEGORY_TITLES[category])}",
        effect=what.effect,
        policy=what.policy,
        chooses_insurer=what.chooses_insurer,
        fields=EVERYBODY | who.fields | what.fields,
        citizenships=who.citizenships,
        identity_documents=who.identity_documents,
        status_documents=who.status_documents,
        documents=who.documents,
        optional_documents=(who.optional_documents | what.optional_documents) - who.documents,
        conditions=what.conditions,
        checks=asked,
        decision_days=what.decision_days,
        certificate=what.certificate,
        term=who.term,
        term_by_rules_2019=who.term_by_rules_2019,
        caps=who.caps,
        from_age=who.from_age,
        below_age=who.below_age,
        needs_representative=who.needs_representative,
        article=f"{what.article}; {who.article}",
        in_force_from=what.in_force_from,
        waits_for=what.waits_for,
        fixed=what.fixed,
    )


def _rows() -> Iterator[MatrixRow]:
    head, *lines = _GRID.strip("\n").splitlines()
    kinds = [_COLUMNS[name] for name in head.split()]
    for line in lines:
        category, *marks = line.split()
        yield from (
            _row(ApplicantCategory(category), kind) for kind, mark in zip(kinds, marks, strict=True) if mark == "+"
        )


MATRIX: tuple[MatrixRow, ...] = tuple(_rows())
"""Every pair that may be filed."""

_SECOND_PARENT = Condition(
    field="representative.second_parent",
    values=frozenset({"consents"}),
    fields=frozenset({"representative.second_parent_name"}),
    documents=frozenset({DocumentKind.SECOND_PARENT_CONSENT}),
)
"""Requirement B5: the consent of both parents if both apply."""

_CHECKED_POWERS = frozenset({Relation.GUARDIAN, Relation.ADULT_GUARDIAN, Relation.ATTORNEY})


def matrix_row(*, category: ApplicantCategory, kind: ApplicationKind, on: date) -> MatrixRow:
    """Return the row in force on a day.

    Raises:
        RuleRefused: this category cannot file this kind of application.
    """
    rows = [r for r in MATRIX if r.category is category and r.kind is kind and r.in_force_from <= on]
    if not rows:
        raise RuleRefused("kind_not_available", "Такое заявление для этой категории заявителей не предусмотрено")
    return max(rows, key=lambda row: row.in_force_from)


def represented(row: MatrixRow, *, relation: Relation) -> MatrixRow:
    """The row for a representative: what the ground of the representation asks for on top (requirement A6)."""
    rule = RELATIONS[relation]
    powers = (CheckKind.POWERS,) if relation in _CHECKED_POWERS else ()
    return replace(
        row,
        fields=row.fields | rule.fields,
        documents=row.documents | rule.documents,
        optional_documents=row.optional_documents - rule.documents,
        conditions=(*row.conditions, _SECOND_PARENT),
        checks=(*row.checks, *powers),
        article=f"{row.article}; {rule.article}",
        relation=relation,
    )
