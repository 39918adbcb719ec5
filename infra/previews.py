"""`make previews`: every notification by every channel as people see it, with made-up numbers, on one page."""

from __future__ import annotations

import html
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.adapters import templates
from chalicelib.domain.notifications import RULES, Channel

if TYPE_CHECKING:
    from chalicelib.domain.notifications import NotificationKind

FOLDER = Path("previews")
_DAY = date(2026, 9, 30)
_VALUES: dict[str, str | int | date] = {
    "number": "2026-00000001-8",
    "link": "https://polis.example.org/status#2026-00000001-8",
    "code": "123456",
    "valid_minutes": 5,
    "tracking_number": "10100010000018",
    "days_left": 7,
    "version": "2026-11",
}


def main() -> int:
    """Write the letters and the page that leads to them; returns 0."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    write(folder)
    print(f"{len(RULES)} notifications: {folder / 'index.html'}")
    return 0


def write(folder: Path) -> None:
    """Write every letter, and a page with all texts and links to the letters."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for kind in RULES:
        parts.append(f"<h2>{kind.value}</h2>")
        parts += [_shown(folder, kind, channel) for channel in sorted(RULES[kind].channels)]
    page = "\n".join(['<!DOCTYPE html><html lang="ru"><meta charset="utf-8"><title>Уведомления</title>', *parts])
    (folder / "index.html").write_text(page + "\n", encoding="utf-8")


def _shown(folder: Path, kind: NotificationKind, channel: Channel) -> str:
    context = {name: _VALUES.get(name, _DAY) for name in RULES[kind].fields}
    rendered = templates.render(kind=kind, channel=channel, context=context)
    text = html.escape(f"{rendered.subject}\n\n{rendered.text}".strip())
    shown = f"<h3>{channel.value}</h3><pre style='white-space:pre-wrap'>{text}</pre>"
    if channel is not Channel.EMAIL:
        return shown
    (folder / f"{kind.value}.html").write_text(rendered.html, encoding="utf-8")
    return f"{shown}<p><a href='{kind.value}.html'>{kind.value}.html</a></p>"


if __name__ == "__main__":
    sys.exit(main())
