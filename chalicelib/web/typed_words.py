"""Own words of a form, and its mistakes as a page lists them and as they stand beside the fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, RuleRefused, ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.web.visits import Visit


def words_of(visit: Visit, name: str, *, longest: int) -> str:
    """What was typed into a field, with line ends as the service keeps them.

    Raises:
        ValidationFailed: it is longer than allowed.
    """
    text = visit.form.get(name, "").replace("\r\n", "\n").strip()
    if len(text) > longest:
        message = f"Сократите до {longest} знаков: сейчас {len(text)}"
        raise ValidationFailed([FieldError(field=name, code="too_long", message=message)])
    return text


def line_of(visit: Visit, name: str, *, longest: int = 300) -> str:
    """One line that was typed into a field; raises ValidationFailed if it is longer than allowed."""
    return " ".join(words_of(visit, name, longest=longest).split())


def refusal_text(refusal: ValidationFailed | RuleRefused) -> str:
    """All that a refusal says, as one line."""
    if isinstance(refusal, ValidationFailed):
        return "; ".join(error.message for error in refusal.errors)
    return refusal.detail


def named(errors: Iterable[FieldError], names: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Mistakes with the names that the fields have on the page, where these are others than a use case has."""
    return tuple(replace(error, field=names.get(error.field, error.field)) for error in errors)


def listed(errors: Iterable[FieldError], titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Mistakes for the list at the top of a page, each with a link to its field where the page has one."""
    return [
        {
            "title": titles.get(name, ""),
            "message": error.message,
            "anchor": f"#{name.replace('.', '-')}" if name in titles else "",
        }
        for error in errors
        for name in (_field(error, titles),)
    ]


def beside(errors: Iterable[FieldError], titles: Mapping[str, str]) -> dict[str, str]:
    """Field of the page → what is wrong in it."""
    return {_field(error, titles): error.message for error in errors}


def _field(error: FieldError, titles: Mapping[str, str]) -> str:
    """The field of the page: of a list that is one field, the list."""
    return error.field if error.field in titles else error.field.partition(".")[0]
