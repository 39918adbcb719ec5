"""The offices of an insurer where its papers are handed over, as a choice in the form of an application (F8, H2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.web.form_fields import Field, Section

_OFFICE = "delivery.office"


def with_offices(section: Section, *, insurer_code: str, on: date) -> Section:
    """Let one choose among the offices that are open on the day (1 AWS call where the section asks for one).

    An insurer that keeps none here names them itself: then the code is typed.
    """
    if not any(field.path == _OFFICE for field in section.fields):
        return section
    kept = container().store.insurer_offices(insurer_code=insurer_code)
    options = tuple({"code": point.code, "title": point.address} for point in kept.points if point.is_open_on(on))
    if not options:
        return section
    return replace(section, fields=tuple(_choice(field, options) for field in section.fields))


def _choice(field: Field, options: tuple[dict[str, str], ...]) -> Field:
    return replace(field, type="choice", options=options, hint="") if field.path == _OFFICE else field
