"""The fields of a correction's form, made of the rule of its kind and of what is kept of the person (O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES
from chalicelib.domain.correction_values import VALUES
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.regions import REGIONS
from chalicelib.web.form_fields import Field, rows
from chalicelib.web.rendering import day, policy_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.corrections import CorrectionRule
    from chalicelib.use_cases.correction_case import Case

Options = tuple[dict[str, str], ...]

_CHOICES: dict[str, Callable[[Case], Options]] = {
    "sex": lambda _: _of_dictionary("sexes"),
    "region": lambda _: tuple({"code": code, "title": found.name} for code, found in REGIONS.items()),
    "document_type": lambda _: tuple(
        {"code": code, "title": kind.name} for code, kind in IDENTITY_DOCUMENT_TYPES.items()
    ),
    "category": lambda _: tuple({"code": code.value, "title": title} for code, title in CATEGORY_TITLES.items()),
    "annulment": lambda _: _of_dictionary("annulments"),
    "contact": lambda _: ({"code": "phone", "title": "Телефон"}, {"code": "email", "title": "Электронная почта"}),
    "policy_id": lambda case: tuple(
        {"code": policy.policy_id, "title": f"{policy_number(policy.policy_number)} с {day(policy.valid_from)}"}
        for policy in case.file.policies
    ),
    "application_id": lambda case: tuple(
        {"code": found.application_id, "title": f"{KIND_TITLES[found.kind]}, № {found.number or 'черновик'}"}
        for found in case.applications
    ),
}
"""Value → the choice that a form offers; the others are typed."""


def _of_dictionary(name: str) -> Options:
    return tuple({"code": str(row["code"]), "title": str(row["title"])} for row in rows(name))


def value_titles() -> dict[str, str]:
    """What each value is called."""
    return {name: rule.title for name, rule in VALUES.items()}


def value_fields(rule: CorrectionRule, case: Case, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    """Make the fields of a kind, with what was typed and what is wrong in it."""
    return [
        _field(name, case, typed.get(name, ""), errors.get(name, ""), required=name in rule.needs)
        for name in (*rule.needs, *rule.optional)
    ]


def _field(name: str, case: Case, value: str, error: str, *, required: bool) -> Field:
    is_date = name.endswith(("_on", "_until"))
    told: dict[str, Any] = {}
    if is_date:
        told = {"mask": "date", "inputmode": "numeric", "short": True, "hint": "Например, 05.09.2020"}
    options = _CHOICES[name](case) if name in _CHOICES else ()
    return Field(
        path=name,
        title=VALUES[name].title,
        type="choice" if name in _CHOICES else "text",
        value=day(value) if is_date else value,
        error=error,
        required=required and not VALUES[name].may_be_empty,
        options=options,
        **told,
    )
