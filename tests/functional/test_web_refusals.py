"""What people see where the pages themselves are not reached: an address that is none, a wrong method, works."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests import journeys

if TYPE_CHECKING:
    from tests.world import World

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nowhere", "/cabinet/nowhere/at/all", "/v1/nowhere", "/%D1%8F", "/insurers/77012/x"])
def test_an_address_that_is_none_is_a_page_for_people_and_a_problem_for_programs(world: World, path):
    page = world.call("GET", path, person=None, headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Не найдено</h1>" in page.text
    assert "[[" not in page.text
    problem = world.call("GET", path, person=None)
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


def test_a_form_of_a_wrong_kind_is_refused_with_a_page(world: World):
    headers = {**BROWSER, "Content-Type": "text/plain"}
    page = world.call("POST", "/check", person=None, content="x", headers=headers)
    assert (page.status_code, "<h1>Тип содержимого не поддерживается</h1>" in page.text) == (415, True)
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"


def test_works_close_the_service_with_a_page_and_it_opens_by_itself(world: World, monkeypatch):
    journeys.insured(world)
    until = world.tools.at + timedelta(hours=2)
    monkeypatch.setenv("MAINTENANCE_UNTIL", until.isoformat())
    page = world.call("GET", "/cabinet", person=None, headers=BROWSER)
    assert (page.status_code, page.headers["retry-after"]) == (503, "600")
    assert "Сервис откроется в 14:00 16.03.2026 по московскому времени" in page.text
    assert "https://polis.example.org/" in page.text
    problem = world.call("GET", "/v1/me")
    assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")
    for path in ("/q", "/Q", "/static/qr.js", "/.well-known/jwks.json", "/v1/status-lists/1"):
        assert world.call("GET", path, person=None).status_code == 200, path
    world.tools.at = until
    assert world.call("GET", "/", person=None, headers=BROWSER).status_code == 200
