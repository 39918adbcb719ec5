"""Small checks that the sections of a form share: values from a list, dates, what a library parses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.birth_date import parse_birth_date, read_date
from chalicelib.domain.errors import FieldError, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from chalicelib.domain.birth_date import BirthDate

T = TypeVar("T")


def mistake(field: str, code: str, message: str) -> FieldError:
    """Write down one mistake."""
    return FieldError(field=field, code=code, message=message)


def parsed(section: Mapping[str, str], prefix: str, name: str, parse: Callable[[str], object]) -> Iterator[FieldError]:
    """Report what a parser refuses; an empty field is left to the check for missing ones."""
    if not section.get(name):
        return
    try:
        parse(section[name])
    except InvalidValue as refusal:
        yield mistake(f"{prefix}.{name}", refusal.reason, refusal.detail)


def one_of(section: Mapping[str, str], prefix: str, name: str, allowed: AbstractSet[str]) -> Iterator[FieldError]:
    """Report a value that is not in a short list."""
    if section.get(name) and section[name] not in allowed:
        message = f"Выберите одно из значений: {', '.join(sorted(allowed))}"
        yield mistake(f"{prefix}.{name}", "not_in_list", message)


def day_of(section: Mapping[str, str], prefix: str, name: str) -> tuple[date | None, tuple[FieldError, ...]]:
    """Read a date; returns it, or None with the mistake, or None alone when the field is empty."""
    return _read(section, prefix, name, lambda text: read_date(text=text))


def birth_date_of(
    section: Mapping[str, str], prefix: str, name: str
) -> tuple[BirthDate | None, tuple[FieldError, ...]]:
    """Read a birth date of which perhaps only the year, or year and month, is known; as ``day_of``."""
    return _read(section, prefix, name, lambda text: parse_birth_date(text=text))


def _read(
    section: Mapping[str, str], prefix: str, name: str, read: Callable[[str], T]
) -> tuple[T | None, tuple[FieldError, ...]]:
    if not section.get(name):
        return None, ()
    try:
        return read(section[name]), ()
    except InvalidValue as refusal:
        return None, (mistake(f"{prefix}.{name}".lstrip("."), refusal.reason, refusal.detail),)


def known_day(section: Mapping[str, str], name: str) -> date | None:
    """Read a date that may be wrong: None then; its own check reports it."""
    return day_of(section, "", name)[0]
