"""Help made of the very tables that decide: kinds, terms, categories, documents (requirement B5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES, ApplicantCategory, ApplicationKind
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.kind_rules import KIND_RULES
from chalicelib.domain.matrix import MATRIX, RULES_VERSION
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from chalicelib.use_cases.clarifications import CLARIFICATION_DAYS
from chalicelib.web.answers import Answer, Page
from chalicelib.web.blueprint import WebBlueprint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.category_rules import CategoryRule
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.supporting_documents import DocumentKind
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)


@blueprint.page("GET", "/help")
def rules(visit: Visit) -> Answer:
    """What may be filed, by whom, with which documents, and by when it is decided; the address may name a category."""
    wanted = visit.query.get("category", "")
    chosen = ApplicantCategory(wanted) if wanted in set(ApplicantCategory) else None
    context = {
        "version": RULES_VERSION,
        "answer_days": CLARIFICATION_DAYS,
        "kinds": [_kind(kind) for kind in KIND_RULES],
        "categories": [{"code": c.value, "title": CATEGORY_TITLES[c]} for c in CATEGORY_RULES],
        "chosen": _category(CATEGORY_RULES[chosen]) if chosen else None,
    }
    return Page(template="pages/help.html", context=context)


def _kind(kind: ApplicationKind) -> dict[str, Any]:
    rule = KIND_RULES[kind]
    return {"code": kind.value, "title": KIND_TITLES[kind], "days": rule.decision_days, "article": rule.article}


def _category(rule: CategoryRule) -> dict[str, Any]:
    return {
        "code": rule.category.value,
        "title": CATEGORY_TITLES[rule.category],
        "age": _age(rule),
        "needs_representative": rule.needs_representative,
        "identity": _types(rule.identity_documents),
        "status": _types(rule.status_documents),
        "article": rule.article,
        "rows": [_row(row) for row in MATRIX if row.category is rule.category],
    }


def _age(rule: CategoryRule) -> str:
    ends = [f"с {rule.from_age} лет" if rule.from_age else "", f"до {rule.below_age} лет" if rule.below_age else ""]
    return " ".join(filter(None, ends))


def _types(codes: Iterable[str]) -> list[str]:
    return [IDENTITY_DOCUMENT_TYPES[code].name for code in sorted(codes, key=int)]


def _row(row: MatrixRow) -> dict[str, Any]:
    return {
        "title": KIND_TITLES[row.kind],
        "days": row.decision_days,
        "documents": _documents(row.documents),
        "optional": _documents(row.optional_documents - row.documents),
        "certificate": row.certificate,
        "since": row.in_force_from,
        "article": row.article,
    }


def _documents(documents: Iterable[DocumentKind]) -> list[str]:
    return [DOCUMENT_TITLES[document] for document in sorted(documents)]
