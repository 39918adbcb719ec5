"""Every notification can be looked at without sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.notifications import RULES, Channel
from infra.previews import write

if TYPE_CHECKING:
    from pathlib import Path


def test_every_notification_has_its_preview(tmp_path: Path) -> None:
    write(tmp_path)

    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(f"<h2>{kind.value}</h2>" in page for kind in RULES)
    letters = {path.name for path in tmp_path.glob("*.html")} - {"index.html"}
    assert letters == {f"{kind.value}.html" for kind, rules in RULES.items() if Channel.EMAIL in rules.channels}
