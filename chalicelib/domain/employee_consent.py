"""What an employee lets an employer know: whether and by whom the employee is insured (K2; 152-ФЗ, art. 9)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConsentState(StrEnum):
    """What the employee said."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    REVOKED = "revoked"


CONSENT_STATE_TITLES: Final[Mapping[ConsentState, str]] = MappingProxyType(
    {
        ConsentState.ASKED: "Ждёт вашего ответа",
        ConsentState.GIVEN: "Разрешено",
        ConsentState.REFUSED: "Отказано",
        ConsentState.REVOKED: "Отозвано",
    }
)

CONSENT_TRANSITIONS: Final[Mapping[ConsentState, frozenset[ConsentState]]] = MappingProxyType(
    {
        ConsentState.ASKED: frozenset({ConsentState.GIVEN, ConsentState.REFUSED}),
        ConsentState.GIVEN: frozenset({ConsentState.REVOKED}),
        ConsentState.REFUSED: frozenset({ConsentState.GIVEN}),
        ConsentState.REVOKED: frozenset({ConsentState.GIVEN}),
    }
)
"""From → to. The employee may change the mind at any time; what was certified before stays certified."""

CONSENT_TEXT: Final = (
    "Я разрешаю работодателю получать справки о том, в какие дни я застрахован по ОМС и какой страховой организацией. "
    "Диагнозы, обращения к врачам и другие сведения работодателю не передаются. Разрешение действует до отзыва."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeConsent:
    """What one person lets one organisation know; ``organisation_name`` is that of the register."""

    person_id: str
    organisation_id: str
    organisation_name: str
    asked_at: datetime
    state: ConsentState = ConsentState.ASKED
    decided_at: datetime | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)


def decide_consent(*, consent: EmployeeConsent, state: ConsentState, at: datetime) -> EmployeeConsent:
    """Let the employee decide.

    Raises:
        StateConflict: nothing leads there from where the consent is.
    """
    if state not in CONSENT_TRANSITIONS[consent.state]:
        title = CONSENT_STATE_TITLES[consent.state].lower()
        raise StateConflict(f"Действие невозможно: сейчас «{title}»")
    return replace(consent, state=state, decided_at=at)
