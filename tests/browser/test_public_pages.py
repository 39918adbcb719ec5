"""Pages for anyone in a real browser: a number checked with its proof of work, insurers, rules (G1, G4, H1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser.looks import check
from tests.journeys import insured, policy

PATHS = {
    "check": "/check",
    "insurers": "/insurers?region=77",
    "insurer": "/insurers/77012",
    "help": "/help?category=foreigner_temporary",
}


@pytest.fixture(scope="module")
def number(site):
    def lived(world):
        insured(world)
        return policy(world)["policy_number"]

    return site.aside(lived)


def test_anyone_checks_a_number(site, number, open_page):
    tools = site.world.tools
    tools.settings = replace(tools.settings, proof_of_work=500)
    page = open_page()
    page.goto(f"{site.url}/check")
    page.fill("[name=number]", number)
    page.fill("[name=family_name]", "Примерова")
    page.check("[name=consent]")
    page.get_by_role("button", name="Проверить").click()
    page.get_by_text("Действует", exact=True).wait_for()
    assert page.url == f"{site.url}/check"
    check(page, "check-answer", (360, "light"))


@pytest.mark.parametrize("look", [(360, "light"), (1280, "dark")], ids=str)
def test_pages_are_accessible_and_fit(site, open_page, look):
    page = open_page(width=look[0], scheme=look[1])
    for name, path in PATHS.items():
        page.goto(f"{site.url}{path}")
        check(page, name, look)


def test_insurers_are_found_without_scripts(site, open_page):
    page = open_page(scripts=False)
    page.goto(f"{site.url}/insurers")
    page.fill("[name=search]", "77012")
    page.get_by_role("button", name="Найти").click()
    page.locator("main .list a").click()
    page.wait_for_url("**/insurers/77012")
