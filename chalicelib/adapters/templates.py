"""Finds, compiles and fills the templates, wherever the code runs from."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chalicelib.domain.notifications import RULES, Channel, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

_FOLDER: Final = "templates"
_MONTHS: Final = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The parts of a message; ``subject`` and ``html`` are empty where the channel has none."""

    subject: str
    text: str
    html: str


def render(*, kind: NotificationKind, channel: Channel, context: Mapping[str, str | int | date]) -> Rendered:
    """Fill the templates of a notification for one channel.

    Dates in ``context`` are dates or ISO 8601 strings. Raises ValueError when the context has not
    exactly the fields that the kind declares or the kind does not go by the channel.
    """
    rules = RULES[kind]
    if channel not in rules.channels:
        raise ValueError(f"{kind} does not go by {channel}")
    if context.keys() != rules.fields:
        wrong = sorted(context.keys() ^ rules.fields)
        raise ValueError(f"{kind} needs exactly its declared fields, differing: {wrong}")
    if channel is Channel.SMS:
        shown = {name: context[name] for name in rules.sms_fields}
        return Rendered(subject="", text=_filled(kind, "sms.txt", shown), html="")
    html = _filled(kind, "body.html", context) if channel is Channel.EMAIL else ""
    return Rendered(
        subject=_filled(kind, "subject.txt", context),
        text=_filled(kind, "body.txt", context),
        html=html,
    )


def _filled(kind: str, part: str, context: Mapping[str, str | int | date]) -> str:
    template = environment().get_template(f"notifications/{kind}/{part}")
    return template.render(context).strip()


@cache
def environment() -> Environment:
    """Give the one Jinja2 environment over the folder ``templates``; compiled templates stay.

    An undefined name is an error; HTML is escaped. Filters: ``long_date`` («5 мая 2026 года») and
    ``short_date`` («05.05.2026»).
    """
    from jinja2 import (  # noqa: PLC0415 - a Lambda that renders nothing does not pay for it
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )

    made = Environment(
        loader=FileSystemLoader(template_root()),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"long_date": long_date, "short_date": short_date}
    return made


@cache
def template_root() -> Path:
    """Find the folder ``templates``: above this module (checkout, zip), or beside a path (layer).

    Raises FileNotFoundError when the package was made without it.
    """
    places = [*Path(__file__).resolve().parents, *(Path(entry) for entry in sys.path)]
    for place in places:
        if (place / _FOLDER / "notifications").is_dir():
            return place / _FOLDER
    raise FileNotFoundError("templates are not in the package")


def long_date(value: str | date) -> str:
    """Write a date as people say it: «5 мая 2026 года»."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} года"


def short_date(value: str | date) -> str:
    """Write a date as ДД.ММ.ГГГГ."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day:%d.%m.%Y}"
