"""How the tests of pages look at one: accessible, of the screen's width, and kept as a picture."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH

SHOTS = Path(__file__).resolve().parents[2] / "screenshots"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")


def violations(page):
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", list(RULES))
    return [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in found["violations"]]


def looked_at(page, name, look):
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{look[0]}-{look[1]}.png", full_page=True)


def check(page, name, look):
    looked_at(page, name, look)
    assert violations(page) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is wider than the screen by {wide}"
