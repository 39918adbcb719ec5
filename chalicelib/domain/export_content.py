"""What an export of one's own data says: things as plain values, and an index that people read (requirement P2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_OURS = frozenset(
    {
        "chain",
        "version",
        "lease",
        "note",
        "attention",
        "awaited_message",
        "fingerprint",
        "view_id",
        "view_pages",
        "object_key",
        "object_version",
        "preview_key",
        "status_index",
        "actor_id",
        "proposed_by",
        "decided_by",
        "assignee",
        "operator_id",
        "decision_reason",
        "seen",
        "files_id",
        "work_id",
        "parents",
        "granted",
        "looked_at",
        "next_look_at",
        "decision_note",
    }
)
"""What is the service's own: places, counters, colleagues and their notes, and what is about other people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A kind of thing in the export: its title and the things as plain values."""

    name: str
    title: str
    things: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file of the export: its name in the archive, and what it is."""

    name: str
    title: str


def plain(value: object) -> Any:
    """Write a value as JSON would: what is empty or the service's own is left out."""
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value) if field.name not in _OURS)
        return {name: plain(one) for name, one in named if not _is_empty(one)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value


def _is_empty(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, Mapping | tuple) and not value)


def readable_index(
    *, made_at: datetime, sections: Sequence[Section], files: Sequence[ExportedFile], terms: Iterable[tuple[str, str]]
) -> str:
    """Write the index of an export as a page: what is in it, how long each thing is kept, and the things themselves."""
    contents = [(section.title, str(len(section.things))) for section in sections]
    shown = "".join(
        f"<h2>{escape(section.title)}</h2>" + "".join(_listed(thing) for thing in section.things)
        for section in sections
    )
    linked = "".join(f'<li><a href="{escape(file.name)}">{escape(file.title)}</a></li>' for file in files)
    return (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>Мои данные в сервисе полисов ОМС</title>'
        "<style>body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
        "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;text-align:left;"
        "vertical-align:top}</style></head><body><h1>Мои данные</h1>"
        f"<p>Выгрузка составлена {made_at:%d.%m.%Y в %H:%M} (UTC). То же для программ — в файле data.json.</p>"
        f"<h2>Что внутри</h2>{_table(contents)}<h2>Файлы</h2><ul>{linked}</ul>"
        f"<h2>Сколько хранится</h2>{_table(terms)}{shown}</body></html>"
    )


def _listed(value: object) -> str:
    if isinstance(value, Mapping):
        rows = "".join(f"<tr><th>{escape(str(key))}</th><td>{_listed(one)}</td></tr>" for key, one in value.items())
        return f"<table>{rows}</table>"
    if isinstance(value, list):
        return "".join(f"<div>{_listed(one)}</div>" for one in value)
    return escape(str(value))


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows) + "</table>"
