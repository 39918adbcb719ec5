"""What each kind of application asks of each category of applicant: one dated table with articles (B5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import RuleRefused

RULES_VERSION = "2026-11"
"""Kept with every check and decision, so that it can be explained later (requirement D3)."""


class DocumentKind(StrEnum):
    """The supporting documents whose scans are asked for."""

    IDENTITY_DOCUMENT = "identity_document"
    SNILS_CARD = "snils_card"
    PROOF_OF_RESIDENCE = "proof_of_residence"


DOCUMENT_TITLES = {
    DocumentKind.IDENTITY_DOCUMENT: "Документ, удостоверяющий личность",
    DocumentKind.SNILS_CARD: "Документ со СНИЛС",
    DocumentKind.PROOF_OF_RESIDENCE: "Подтверждение места жительства",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """The demands on one kind of application from one category, in force from ``in_force_from``.

    ``decision_days`` are working days until the decision is due; ``certificate`` tells whether a temporary
    certificate may bridge the wait; ``waits_for`` names the one register that the certificate does not wait for.
    """

    category: ApplicantCategory
    kind: ApplicationKind
    title: str
    fields: frozenset[str]
    identity_documents: frozenset[str]
    documents: frozenset[DocumentKind]
    optional_documents: frozenset[DocumentKind]
    checks: tuple[CheckKind, ...]
    decision_days: int
    certificate: bool
    article: str
    in_force_from: date
    waits_for: frozenset[CheckKind] = field(default_factory=frozenset)


_CITIZEN_FIELDS = frozenset(
    {
        "person.family_name",
        "person.given_name",
        "person.sex",
        "person.born_on",
        "person.birthplace",
        "person.citizenship",
        "person.snils",
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

_CITIZEN_CHECKS = (
    CheckKind.IDENTITY,
    CheckKind.PASSPORT,
    CheckKind.SNILS,
    CheckKind.INN,
    CheckKind.ADDRESS,
    CheckKind.INSURED_PERSON,
)

MATRIX: tuple[MatrixRow, ...] = (
    MatrixRow(
        category=ApplicantCategory.CITIZEN_14_PLUS,
        kind=ApplicationKind.FIRST_POLICY,
        title="Первый полис гражданина старше 14 лет",
        fields=_CITIZEN_FIELDS,
        identity_documents=frozenset({"14", "13"}),
        documents=frozenset({DocumentKind.IDENTITY_DOCUMENT}),
        optional_documents=frozenset({DocumentKind.SNILS_CARD, DocumentKind.PROOF_OF_RESIDENCE}),
        checks=_CITIZEN_CHECKS,
        decision_days=30,
        certificate=True,
        waits_for=frozenset({CheckKind.INSURED_PERSON}),
        article="326-ФЗ, ст. 45-46; Правила ОМС, п. 6, 14; срок — не более 30 рабочих дней",
        in_force_from=date(2022, 12, 1),
    ),
    MatrixRow(
        category=ApplicantCategory.CITIZEN_14_PLUS,
        kind=ApplicationKind.INSURER_CHANGE,
        title="Смена страховой медицинской организации гражданином старше 14 лет",
        fields=_CITIZEN_FIELDS | {"insurer.change_reason"},
        identity_documents=frozenset({"14", "13"}),
        documents=frozenset({DocumentKind.IDENTITY_DOCUMENT}),
        optional_documents=frozenset({DocumentKind.PROOF_OF_RESIDENCE}),
        checks=_CITIZEN_CHECKS,
        decision_days=3,
        certificate=False,
        article="326-ФЗ, ст. 16, ч. 1, п. 3; срок — 3 рабочих дня",
        in_force_from=date(2022, 12, 1),
    ),
)


def matrix_row(*, category: ApplicantCategory, kind: ApplicationKind, on: date) -> MatrixRow:
    """Return the row in force on a day.

    Raises:
        RuleRefused: this category cannot file this kind of application.
    """
    rows = [r for r in MATRIX if r.category is category and r.kind is kind and r.in_force_from <= on]
    if not rows:
        raise RuleRefused("kind_not_available", "Такое заявление для этой категории заявителей не предусмотрено")
    return max(rows, key=lambda row: row.in_force_from)
