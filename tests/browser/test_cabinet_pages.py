"""Every page of the cabinet, on a phone and a desktop, light and dark: accessible, of one width, within its budget."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest

from tests import applicants, clinics, journeys, papers
from tests.browser.looks import check

CERTIFICATES = "/v1/me/insurance-certificates"
BUDGET = 100 * 1024
LOOKS = ((360, "light"), (1280, "dark"))
ALL_LOOKS = ((360, "light"), (360, "dark"), (1280, "light"), (1280, "dark"))
PUBLIC = ("/", "/ui", "/signed-out", "/sign-in/callback?state=x")
PAGES = (
    "/cabinet",
    "/cabinet/card",
    "/cabinet/applications",
    "/cabinet/applications/new",
    "/cabinet/documents",
    "/cabinet/certificates",
    "/cabinet/certificates/new",
    "/cabinet/appointments",
    "/cabinet/clinics",
    "/cabinet/clinics/search",
    "/cabinet/family",
    "/cabinet/family/new",
    "/cabinet/messages",
    "/cabinet/papers",
    "/cabinet/profile",
    "/cabinet/profile/notifications",
    "/cabinet/activity",
    "/cabinet/code",
    "/cabinet/old-policy",
)


def name_of(path):
    return urlsplit(path).path.strip("/").replace("/", "-") or "first"


@pytest.fixture(scope="module")
def addresses(site):
    """A citizen with a policy, a represented child, an application that is over, and a draft at each of its steps."""
    over, draft, child, services = site.aside(_lived)
    steps = ("person", "document", "address", "insurer", "scans", "sign")
    mine = [f"/cabinet/applications/{draft}/{step}" for step in steps]
    return {
        **{name_of(path): path for path in PAGES},
        "application": f"/cabinet/applications/{over}",
        "family-one": f"/cabinet/family/{child}",
        **{f"step-{path.rpartition('/')[2]}": path for path in mine},
        "step-wrong": f"/cabinet/applications/{draft}/insurer?check=1",
        "not-found": "/cabinet/applications/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        **services,
    }


def _lived(world):
    over = journeys.insured(world)
    world.drain()
    child = applicants.represent(world, "citizen", applicants.CHILD)
    services = _served(world)
    return over, journeys.drafted(world, kind="insurer_change"), child, services


def _served(world):
    """What a citizen ordered and chose; returns the pages of it by name."""
    ready, refused = [world.ok("POST", CERTIFICATES, json={"year": year})["id"] for year in (2026, 2025)]
    world.drain()
    clinics.registry(world)
    clinics.attached(world)
    women = clinics.asked(world, clinics.wish(doctor="d004"))
    world.sleep(minutes=2)
    paper = papers.ordered(world, papers.BY_POST)["id"]
    clinics.appointed(world)
    return {
        "appointment-new": f"/cabinet/appointments/{clinics.FIRST}",
        "paper": f"/cabinet/papers/{paper}",
        "clinic": f"/cabinet/clinics/{clinics.FIRST}",
        "attachment": f"/cabinet/attachments/{women['id']}",
        "certificate": f"/cabinet/certificates/{ready}",
        "certificate-refused": f"/cabinet/certificates/{refused}",
    }


@pytest.mark.parametrize("look", ALL_LOOKS if os.environ.get("ALL_LOOKS") else LOOKS, ids=str)
def test_pages_are_accessible_and_fit(site, addresses, open_page, look):
    page = open_page(width=look[0], scheme=look[1])
    for path in PUBLIC:
        page.goto(f"{site.url}{path}")
        check(page, name_of(path), look)
    site.sign_in(page, "citizen")
    for name, path in addresses.items():
        page.goto(f"{site.url}{path}")
        check(page, name, look)


def test_the_first_page_keeps_its_budget_and_asks_nobody_else(site, open_page):
    page = open_page()
    size, hosts = [], set()

    def received(response):
        hosts.add(urlsplit(response.url).netloc)
        size.append(len(response.body()) + len(str(response.headers)))

    page.on("response", received)
    page.goto(f"{site.url}/", wait_until="networkidle")
    assert hosts == {urlsplit(site.url).netloc}
    assert 0 < sum(size) <= BUDGET, sum(size)
