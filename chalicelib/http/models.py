"""Base classes of what comes in and goes out over HTTP."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.errors import InvalidValue

T = TypeVar("T")

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _only_iso(value: Any) -> Any:
    # pydantic reads a string of digits as seconds since 1970, which is never meant here.
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value if _ISO_DATE.fullmatch(value) else "")
    except ValueError:
        raise PydanticCustomError("date_parsing", "not a date") from None


#: A calendar date, written only as ``YYYY-MM-DD``.
IsoDate = Annotated[date, BeforeValidator(_only_iso)]


def _birth_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return earliest_day(text=value)
    except InvalidValue:
        raise PydanticCustomError("birth_date", "not a birth date") from None


#: A birth date that somebody asks by: of one known in part the first day, as lookups have it.
BirthDay = Annotated[
    date,
    BeforeValidator(_birth_day),
    WithJsonSchema({"type": "string", "maxLength": 20, "examples": ["1984-03-05", "03.1984", "1984"]}),
]


class In(BaseModel):
    """A request body: unknown fields are refused, JSON types are not coerced."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


class Query(BaseModel):
    """Query parameters: unknown ones are refused, strings become the declared types."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


class PageQuery(Query):
    """Query parameters of a list."""

    limit: int = Field(default=20, ge=1, le=100, description="Сколько записей вернуть")
    cursor: str | None = Field(default=None, max_length=2048, description="Значение next_cursor предыдущей страницы")


class Out(BaseModel):
    """An answer; may be built from the attributes of a domain object."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        from_attributes=True,
        hide_input_in_errors=True,
    )


class Page(Out, Generic[T]):
    """One page of a list; ``next_cursor`` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None
