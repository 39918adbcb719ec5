"""Pages from templates: the environment of Jinja2 with what every page needs, and the addresses of static files."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.adapters.templates import environment, template_root
from chalicelib.bootstrap import container

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

MOSCOW = timedelta(hours=3)
"""The clock of what the pages show: Moscow's, as the state's services have it, and named so."""

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}


@cache
def static_files() -> dict[str, tuple[str, str, str]]:
    """The static files by name, with their type and the mark of their content; no other file can be asked for."""
    folder = template_root() / "web" / "static"
    found = {}
    for path in folder.iterdir():
        if path.suffix in TYPES:
            text = path.read_text(encoding="utf-8")
            found[path.name] = (text, TYPES[path.suffix], hashlib.sha256(text.encode()).hexdigest()[:10])
    return found


def address(path: str) -> str:
    """The address of a page as a browser needs it: below the base of the service."""
    return f"{urlsplit(container().public_base_url).path}{path}"


def static(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for ever."""
    return address(f"/static/{name}?v={static_files()[name][2]}")


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill a page's template."""
    return str(_environment().get_template(f"web/{template}").render(context))


@cache
def _environment() -> Environment:
    made = environment().overlay()
    made.filters |= {"day": day, "moment": moment, "snils": snils, "policy_number": policy_number}
    made.globals |= {"url": address, "static": static}
    return made


def day(value: date | str | None) -> str:
    """Write a date as ДД.ММ.ГГГГ; what is no date stays as it is."""
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    return f"{value:%d.%m.%Y}"


def moment(value: datetime) -> str:
    """Write a moment by Moscow's clock."""
    return f"{value.astimezone(UTC) + MOSCOW:%d.%m.%Y, %H:%M}"


def snils(value: str) -> str:
    """Write СНИЛС as it stands in papers: 123-456-789 00."""
    digits = "".join(filter(str.isdigit, value))
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}" if len(digits) == 11 else value  # noqa: PLR2004


def policy_number(value: str) -> str:
    """Write a policy's number in groups of four, as it is read aloud."""
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
