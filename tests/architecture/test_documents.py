"""Documents that are made from data are current, and links between documents lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infra.states import DOCUMENT, current_document

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "infra").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


def test_the_states_and_the_matrix_are_those_of_the_domain() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == current_document(), "run `python -m infra.states`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    decisions = {path.name for path in (ROOT / "docs/adr").glob("0*.md")}
    assert decisions == set(LINK.findall(index))
