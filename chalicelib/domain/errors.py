"""Refusals of the rules.

::

    DomainError                      code, safe Russian detail
    ├─ InvalidValue (ValueError)     one value is not what it should be            422
    ├─ ValidationFailed              several fields, all their errors at once      422
    ├─ RuleRefused                   a rule of insurance forbids it                422
    ├─ StateConflict                 the entity is in another state                409
    └─ NotPermitted                  the principal may not do it                   403

``detail`` is shown to people: it never carries personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One mistake in one field: ``field`` is a dotted path, ``message`` tells how to mend it."""

    field: str
    code: str
    message: str


class DomainError(Exception):
    """A refusal with a stable ``code`` and a Russian ``detail`` that is safe to show."""

    code: ClassVar[str] = "domain_error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidValue(DomainError, ValueError):
    """A single value breaks its format or check digits; ``reason`` is the stable code of the rule."""

    code = "invalid_value"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ValidationFailed(DomainError):
    """Fields of a form are wrong; carries every error found (requirement B4)."""

    code = "validation_failed"

    def __init__(self, errors: Iterable[FieldError], detail: str = "Исправьте отмеченные поля") -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class RuleRefused(DomainError):
    """A rule of insurance forbids the act.

    ``rule`` cites the article; ``possible_on`` is the first date when it becomes possible, if any.
    """

    code = "rule_refused"

    def __init__(self, reason: str, detail: str, *, rule: str | None = None, possible_on: date | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.rule = rule
        self.possible_on = possible_on


class StateConflict(DomainError):
    """The entity's state does not allow the act."""

    code = "state_conflict"


class NotPermitted(DomainError):
    """The principal may not do this."""

    code = "not_permitted"
