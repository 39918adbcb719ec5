"""What each category of applicant has to show: one row a category, with its article (requirements B3, B5, F6)."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.countries import EAEU, FOREIGN, RUSSIA, STATELESS
from chalicelib.domain.policy_term import TermRule
from chalicelib.domain.supporting_documents import DocumentKind

_C = ApplicantCategory
_D = DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """The demands on one category, whatever it applies for.

    ``fields`` come on top of those that everybody fills. ``identity_documents`` and ``status_documents`` are codes of
    F011. ``caps`` are fields with the last day of what limits the policy. ``from_age`` and ``below_age`` bound the
    age of the insured person. ``v013`` are the classifier's codes of a working and a non-working one.
    """

    category: ApplicantCategory
    citizenships: frozenset[str]
    identity_documents: frozenset[str]
    checks: tuple[CheckKind, ...]
    term: TermRule
    article: str
    v013: tuple[int, int]
    fields: frozenset[str] = frozenset()
    status_documents: frozenset[str] = frozenset()
    documents: frozenset[DocumentKind] = frozenset()
    optional_documents: frozenset[DocumentKind] = frozenset()
    caps: tuple[str, ...] = ()
    from_age: int = 0
    below_age: int | None = None
    needs_representative: bool = False
    term_by_rules_2019: TermRule = field(default=TermRule.YEAR_END)


_SNILS = frozenset({"person.snils"})
_STATUS_FIELDS = frozenset(
    {f"status_document.{name}" for name in ("type", "series", "number", "issuer", "issued_on", "expires_on")}
)
_BASIS_FIELDS = frozenset({f"basis.{name}" for name in ("number", "organisation", "issued_on", "valid_until")})
_STAY_FIELDS = frozenset({"basis.stay_until"})

_REGISTERS = (CheckKind.SNILS, CheckKind.INN, CheckKind.ADDRESS, CheckKind.INSURED_PERSON)
_CITIZEN_CHECKS = (CheckKind.IDENTITY, CheckKind.PASSPORT, *_REGISTERS)
_CHILD_CHECKS = (CheckKind.BIRTH_RECORD, *_REGISTERS)
_RESIDENT_CHECKS = (CheckKind.IDENTITY, CheckKind.MIGRATION_STATUS, *_REGISTERS)

_FOREIGN_PAPERS = frozenset({"9", "21"})
_OF_FOREIGNERS = frozenset({_D.SNILS_CARD, _D.TRANSLATION, _D.STAY_REGISTRATION, _D.PROOF_OF_RESIDENCE})
_FOREIGN_STATUS = frozenset({_D.IDENTITY_DOCUMENT, _D.STATUS_DOCUMENT})

CATEGORY_RULES = {
    rule.category: rule
    for rule in (
        CategoryRule(
            category=_C.CITIZEN_14_PLUS,
            citizenships=frozenset({RUSSIA}),
            from_age=14,
            fields=_SNILS,
            identity_documents=frozenset({"14", "13"}),
            documents=frozenset({_D.IDENTITY_DOCUMENT}),
            optional_documents=frozenset({_D.SNILS_CARD, _D.PROOF_OF_RESIDENCE}),
            checks=_CITIZEN_CHECKS,
            term=TermRule.INDEFINITE,
            term_by_rules_2019=TermRule.INDEFINITE,
            v013=(1, 6),
            article="326-ФЗ, ст. 10, 45; Правила ОМС, п. 14, 37",
        ),
        CategoryRule(
            category=_C.CHILD_UNDER_14,
            citizenships=frozenset({RUSSIA}),
            below_age=14,
            needs_representative=True,
            identity_documents=frozenset({"3", "24"}),
            documents=frozenset({_D.IDENTITY_DOCUMENT}),
            optional_documents=frozenset({_D.SNILS_CARD, _D.TRANSLATION}),
            checks=_CHILD_CHECKS,
            term=TermRule.INDEFINITE,
            term_by_rules_2019=TermRule.INDEFINITE,
            v013=(6, 6),
            article="326-ФЗ, ст. 16, ч. 3; Правила ОМС, п. 4, 14, 37",
        ),
        CategoryRule(
            category=_C.FOREIGNER_PERMANENT,
            citizenships=FOREIGN,
            fields=_STATUS_FIELDS,
            identity_documents=_FOREIGN_PAPERS,
            status_documents=frozenset({"11"}),
            documents=_FOREIGN_STATUS,
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.INDEFINITE,
            v013=(2, 7),
            article="326-ФЗ, ст. 10; Правила ОМС, п. 14, 38",
        ),
        CategoryRule(
            category=_C.FOREIGNER_TEMPORARY,
            citizenships=FOREIGN,
            fields=_STATUS_FIELDS,
            identity_documents=_FOREIGN_PAPERS,
            status_documents=frozenset({"23"}),
            documents=_FOREIGN_STATUS,
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.YEAR_END,
            caps=("status_document.expires_on",),
            v013=(3, 8),
            article="326-ФЗ, ст. 10; Правила ОМС, п. 14, 40",
        ),
        CategoryRule(
            category=_C.STATELESS_PERMANENT,
            citizenships=frozenset({STATELESS}),
            fields=_STATUS_FIELDS,
            identity_documents=frozenset({"22", "11"}),
            status_documents=frozenset({"11"}),
            documents=_FOREIGN_STATUS,
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.INDEFINITE,
            v013=(4, 9),
            article="326-ФЗ, ст. 10; Правила ОМС, п. 14, 38",
        ),
        CategoryRule(
            category=_C.STATELESS_TEMPORARY,
            citizenships=frozenset({STATELESS}),
            fields=_STATUS_FIELDS,
            identity_documents=frozenset({"22", "23"}),
            status_documents=frozenset({"23"}),
            documents=_FOREIGN_STATUS,
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.YEAR_END,
            caps=("status_document.expires_on",),
            v013=(4, 9),
            article="326-ФЗ, ст. 10; Правила ОМС, п. 14, 40",
        ),
        CategoryRule(
            category=_C.REFUGEE,
            citizenships=FOREIGN | {STATELESS},
            fields=frozenset({"identity_document.expires_on"}),
            identity_documents=frozenset({"12", "10", "27"}),
            documents=frozenset({_D.IDENTITY_DOCUMENT}),
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.YEAR_END,
            caps=("identity_document.expires_on",),
            v013=(5, 10),
            article="326-ФЗ, ст. 10; 4528-I «О беженцах», ст. 8; Правила ОМС, п. 14, 39",
        ),
        CategoryRule(
            category=_C.TEMPORARY_ASYLUM,
            citizenships=FOREIGN | {STATELESS},
            fields=frozenset({"identity_document.expires_on"}),
            identity_documents=frozenset({"25", "28"}),
            documents=frozenset({_D.IDENTITY_DOCUMENT}),
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.YEAR_END,
            caps=("identity_document.expires_on",),
            v013=(5, 10),
            article="326-ФЗ, ст. 10; 4528-I «О беженцах», ст. 12; Правила ОМС, п. 14, 39",
        ),
        CategoryRule(
            category=_C.EAEU_WORKER,
            citizenships=EAEU,
            from_age=14,
            fields=_SNILS | _BASIS_FIELDS | _STAY_FIELDS,
            identity_documents=_FOREIGN_PAPERS,
            documents=frozenset({_D.IDENTITY_DOCUMENT, _D.LABOUR_CONTRACT, _D.STAY_REGISTRATION}),
            optional_documents=frozenset({_D.SNILS_CARD, _D.TRANSLATION}),
            checks=(CheckKind.IDENTITY, *_REGISTERS),
            term=TermRule.YEAR_END,
            caps=("basis.valid_until",),
            v013=(3, 3),
            article="Договор о ЕАЭС, ст. 98; 326-ФЗ, ст. 10; Правила ОМС, п. 16, 17, 41",
        ),
        CategoryRule(
            category=_C.EAEU_OFFICIAL,
            citizenships=EAEU,
            from_age=18,
            fields=_SNILS | _BASIS_FIELDS,
            identity_documents=_FOREIGN_PAPERS,
            documents=frozenset({_D.IDENTITY_DOCUMENT, _D.OFFICIAL_POWERS}),
            optional_documents=frozenset({_D.SNILS_CARD, _D.TRANSLATION}),
            checks=(CheckKind.IDENTITY, *_REGISTERS),
            term=TermRule.YEAR_END,
            caps=("basis.valid_until",),
            v013=(3, 3),
            article="326-ФЗ, ст. 10; Правила ОМС, п. 16, 19, 42",
        ),
        CategoryRule(
            category=_C.STUDENT,
            citizenships=FOREIGN | {STATELESS},
            from_age=14,
            fields=_STATUS_FIELDS | _BASIS_FIELDS,
            identity_documents=_FOREIGN_PAPERS | {"22"},
            status_documents=frozenset({"23"}),
            documents=_FOREIGN_STATUS | {_D.STUDY_CERTIFICATE},
            optional_documents=_OF_FOREIGNERS,
            checks=_RESIDENT_CHECKS,
            term=TermRule.YEAR_END,
            caps=("status_document.expires_on", "basis.valid_until"),
            v013=(3, 8),
            article="115-ФЗ, ст. 6.2; 326-ФЗ, ст. 10; Правила ОМС, п. 14, 40",
        ),
    )
}
"""Category → its demands. V013 has no codes of its own for stateless persons with a temporary permit."""
