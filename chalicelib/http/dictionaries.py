"""Dictionaries: everything from which a client builds its forms and words, straight from the tables of the domain."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES
from chalicelib.domain.application_states import EDITABLE_STATES, FINAL_STATES, STATE_TITLES, TRANSITIONS
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.countries import COUNTRIES
from chalicelib.domain.form_sections import (
    DELIVERY_METHODS,
    EMPLOYMENT,
    POLICY_FORMS,
    RECIPIENTS,
    REPLACEMENT_REASONS,
    SECOND_PARENT,
    SUSPENSION_REASONS,
    UNDERSTOOD,
)
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES, MASK_LETTERS, explain_mask
from chalicelib.domain.insurer_change import REASON_TITLES
from chalicelib.domain.kind_rules import KIND_RULES
from chalicelib.domain.matrix import MATRIX, RULES_VERSION
from chalicelib.domain.operator_case import REASON_TEXTS
from chalicelib.domain.policy import POLICY_STATE_TITLES, POLICY_TRANSITIONS
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.representation import RELATIONS
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from chalicelib.http import (
    appeal_dictionaries,
    certificate_dictionaries,
    clinic_dictionaries,
    correction_dictionaries,
    exchange_dictionaries,
    privacy_dictionaries,
    refusal_dictionaries,
)
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Out
from chalicelib.http.schemas.deliveries import delivery_states
from chalicelib.http.schemas.forms import form_sections
from chalicelib.http.schemas.legacy_policies import policy_types
from chalicelib.http.schemas.tickets import ticket_categories, ticket_states
from chalicelib.ports.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from chalicelib.domain.kind_rules import Condition

blueprint = ApiBlueprint(__name__)

TAG = "registry"
Rows = list[dict[str, Any]]


class DictionaryOut(Out):
    """A dictionary: its entries as data."""

    name: str
    version: str
    items: list[dict[str, Any]]


class DictionariesOut(Out):
    """What dictionaries there are, each with the version of its content."""

    items: list[dict[str, Any]]


def _titles(table: Mapping[Any, str]) -> Rows:
    return [{"code": str(code), "title": title} for code, title in table.items()]


def _states() -> Rows:
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": state in FINAL_STATES,
            "is_editable": state in EDITABLE_STATES,
            "transitions": [
                {
                    "event": rule.event.value,
                    "target": rule.target.value,
                    "notification": rule.notification,
                    "silent_because": rule.silent_because,
                }
                for rule in TRANSITIONS
                if state in rule.sources
            ],
        }
        for state, title in STATE_TITLES.items()
    ]


def _policy_states() -> Rows:
    return [
        {"code": state.value, "title": title, "transitions": sorted(POLICY_TRANSITIONS[state])}
        for state, title in POLICY_STATE_TITLES.items()
    ]


def _kinds() -> Rows:
    return [
        {
            "code": kind.value,
            "title": KIND_TITLES[kind],
            "effect": rule.effect.value,
            "needs_policy": rule.policy.value,
            "chooses_insurer": rule.chooses_insurer,
            "decision_days": rule.decision_days,
            "article": rule.article,
            "categories": [row.category.value for row in MATRIX if row.kind is kind],
        }
        for kind, rule in KIND_RULES.items()
    ]


def _categories() -> Rows:
    return [
        {
            "code": category.value,
            "title": CATEGORY_TITLES[category],
            "from_age": rule.from_age,
            "below_age": rule.below_age,
            "needs_representative": rule.needs_representative,
            "citizenships": sorted(rule.citizenships),
            "identity_documents": sorted(rule.identity_documents, key=int),
            "status_documents": sorted(rule.status_documents, key=int),
            "term": rule.term.value,
            "caps": list(rule.caps),
            "v013": list(rule.v013),
            "article": rule.article,
            "kinds": [row.kind.value for row in MATRIX if row.category is category],
        }
        for category, rule in CATEGORY_RULES.items()
    ]


def _relations() -> Rows:
    return [
        {
            "code": relation.value,
            "title": rule.title,
            "from_age": rule.from_age,
            "below_age": rule.below_age,
            "ends_at_age": rule.ends_at_age,
            "fields": sorted(rule.fields),
            "documents": sorted(rule.documents),
            "article": rule.article,
        }
        for relation, rule in RELATIONS.items()
    ]


def _requirements() -> Rows:
    return [
        {
            "category": row.category.value,
            "kind": row.kind.value,
            "title": row.title,
            "fields": sorted(row.fields),
            "identity_documents": sorted(row.identity_documents, key=int),
            "status_documents": sorted(row.status_documents, key=int),
            "documents": sorted(row.documents),
            "optional_documents": sorted(row.optional_documents),
            "conditions": _conditions(row.conditions),
            "checks": [check.value for check in row.checks],
            "decision_days": row.decision_days,
            "temporary_certificate": row.certificate,
            "needs_representative": row.needs_representative,
            "article": row.article,
            "in_force_from": row.in_force_from.isoformat(),
        }
        for row in MATRIX
    ]


def _conditions(conditions: Iterable[Condition]) -> Rows:
    return [
        {
            "field": condition.field,
            "values": sorted(condition.values),
            "fields": sorted(condition.fields),
            "documents": sorted(condition.documents),
        }
        for condition in conditions
    ]


def _identity_documents() -> Rows:
    return [
        {
            "code": code,
            "title": kind.name,
            "series_mask": kind.series_mask,
            "number_mask": kind.number_mask,
            "series_example": explain_mask(kind.series_mask),
            "number_example": explain_mask(kind.number_mask),
            "is_admissible": kind.is_admissible,
            "needs_expiry": kind.needs_expiry,
        }
        for code, kind in IDENTITY_DOCUMENT_TYPES.items()
    ]


DICTIONARIES: Mapping[str, Callable[[], Rows]] = {
    "application-states": _states,
    "policy-states": _policy_states,
    "delivery-states": delivery_states,
    **appeal_dictionaries.DICTIONARIES,
    "ticket-states": ticket_states,
    "ticket-categories": ticket_categories,
    **certificate_dictionaries.DICTIONARIES,
    **exchange_dictionaries.DICTIONARIES,
    "application-kinds": _kinds,
    "applicant-categories": _categories,
    "relations": _relations,
    "requirements": _requirements,
    "form-sections": form_sections,
    "supporting-documents": lambda: _titles(DOCUMENT_TITLES),
    "identity-documents": _identity_documents,
    "mask-letters": lambda: _titles(MASK_LETTERS),
    **refusal_dictionaries.DICTIONARIES,
    "waiting-reasons": lambda: _titles({code: text.title for code, text in REASON_TEXTS.items()}),
    "change-reasons": lambda: _titles(REASON_TITLES),
    "replacement-reasons": lambda: _titles(REPLACEMENT_REASONS),
    "suspension-reasons": lambda: _titles(SUSPENSION_REASONS),
    "second-parent": lambda: _titles(SECOND_PARENT),
    "delivery-methods": lambda: _titles(DELIVERY_METHODS),
    "recipients": lambda: _titles(RECIPIENTS),
    "understood": lambda: _titles(UNDERSTOOD),
    **clinic_dictionaries.DICTIONARIES,
    **privacy_dictionaries.DICTIONARIES,
    "corrections": correction_dictionaries.corrections,
    "correction-states": correction_dictionaries.states,
    "annulments": correction_dictionaries.annulments,
    "duplicate-signals": correction_dictionaries.signals,
    "regions": lambda: [
        {"code": code, "title": region.name, "okato": region.okato, "utc_offset_hours": region.utc_offset_hours}
        for code, region in REGIONS.items()
    ],
    "countries": lambda: _titles(COUNTRIES),
    "sexes": lambda: _titles({"male": "Мужской", "female": "Женский"}),
    "yes-no": lambda: _titles({"yes": "Да", "no": "Нет"}),
    "employment": lambda: _titles(EMPLOYMENT),
    "policy-forms": lambda: _titles(POLICY_FORMS),
    "policy-types": policy_types,
}
"""Name → what makes its rows."""


@cache
def _made(name: str) -> tuple[Rows, int]:
    """The rows of a dictionary and a number that changes with them."""
    rows = DICTIONARIES[name]()
    digest = hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).digest()
    return rows, int.from_bytes(digest[:6], "big")


@blueprint.route(
    "GET",
    "/v1/dictionaries",
    auth=False,
    summary="Какие справочники есть",
    tag=TAG,
    cache="public, max-age=300",
)
def dictionaries(call: Call) -> DictionariesOut:
    """Имена справочников; content меняется вместе с содержимым."""
    rows = [{"name": name, "version": RULES_VERSION, "content": _made(name)[1]} for name in sorted(DICTIONARIES)]
    return DictionariesOut(items=rows)


@blueprint.route(
    "GET",
    "/v1/dictionaries/{name}",
    auth=False,
    summary="Справочник",
    tag=TAG,
    etag=True,
    cache="public, max-age=300",
    errors=(404,),
)
def dictionary(call: Call, name: str) -> Reply[DictionaryOut]:
    """Состояния и переходы, виды заявлений, категории, требования, поля формы, документы с масками, страны и другие."""
    if name not in DICTIONARIES:
        known = ", ".join(sorted(DICTIONARIES))
        raise NotFound(f"Такого справочника нет. Есть: {known}")
    rows, content = _made(name)
    return Reply(DictionaryOut(name=name, version=RULES_VERSION, items=rows), version=content)
