"""Tables and words of docs/states.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.notifications import RULES, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Iterable


def told(notification: str | None, silent_because: str | None) -> str:
    """Whether and how a transition tells the person."""
    if notification is None:
        return f"no: {silent_because}"
    channels = ", ".join(sorted(RULES[NotificationKind(notification)].channels))
    return f"`{notification}` ({channels})"


def codes(values: Iterable[str]) -> str:
    """Values as code."""
    return ", ".join(f"`{value}`" for value in values) or "none"


def yes(holds: bool) -> str:  # noqa: FBT001 — a word for a truth value
    """A word for a truth value."""
    return "yes" if holds else ""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
