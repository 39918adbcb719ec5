"""What the FHIR server can do (CapabilityStatement), told from one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

Resource = dict[str, Any]

FHIR_VERSION = "4.0.1"

_SEARCHES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Patient": (
        ("_id", "token", "Идентификатор ресурса"),
        ("identifier", "token", "СНИЛС, ЕНП или номер свидетельства; только POST _search"),
        ("family", "string", "Фамилия, вместе с given и birthdate; только POST _search"),
        ("given", "string", "Имя, затем отчество; только POST _search"),
        ("birthdate", "date", "Дата рождения; только POST _search"),
    ),
    "Coverage": (
        ("beneficiary", "reference", "Пациент"),
        ("patient", "reference", "То же, что beneficiary"),
        ("identifier", "token", "Номер полиса или свидетельства; только POST _search"),
    ),
    "Organization": (
        ("identifier", "token", "Код страховой или медицинской организации"),
        ("name", "string", "Начало слов названия; медицинские организации – своего региона"),
    ),
}
"""Resource → its search parameters: name, type, what it is."""


def capability_statement(*, base: str, on: date) -> Resource:
    """Tell which resources can be read and searched, how, and which operations there are."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": on.isoformat(),
        "kind": "instance",
        "software": {"name": "Polis"},
        "implementation": {"description": "Полисы ОМС: чтение для медицинских организаций", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "description": "Bearer-токен OIDC с ролью регистратора; каждый просмотр записывается в журнал",
                },
                "resource": [*map(_resource, _SEARCHES), _eligibility()],
            }
        ],
    }


def _resource(name: str) -> Resource:
    return {
        "type": name,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": parameter, "type": kind, "documentation": text} for parameter, kind, text in _SEARCHES[name]
        ],
    }


def _eligibility() -> Resource:
    definition = "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit"
    return {
        "type": "CoverageEligibilityRequest",
        "operation": [{"name": "submit", "definition": definition}],
    }
