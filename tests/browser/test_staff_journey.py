"""Journeys of operators through their pages, in a real browser: with keys and without scripts (requirements O1-O3)."""

from __future__ import annotations

import pytest

from tests.browser.looks import check
from tests.cases import left_to_operator
from tests.corrections import person_id, proposed
from tests.journeys import application

SMALL, LARGE = (360, "light"), (1280, "dark")


def mistake(world, person):
    return proposed(world, "wrong_birth_date", person, by="second_fund", born_on="1990-05-15")["id"]


@pytest.fixture(scope="module")
def cases(site):
    return site.aside(lambda world: [left_to_operator(world), left_to_operator(world, person="later")])


def test_operators_pages_fit_a_phone(site, cases, open_page):
    page = open_page(width=SMALL[0], scheme=SMALL[1])
    site.sign_in(page, "fund", to="/operator")
    person = site.aside(person_id)
    pages = {
        "operator-queue": "/operator",
        "operator-case": f"/operator/applications/{cases[0]}",
        "statistics": "/operator/statistics",
        "persons": "/operator/persons",
        "corrections": "/operator/corrections",
        "person": f"/operator/persons/{person}",
        "duplicates": f"/operator/persons/{person}/duplicates",
        "correction-kinds": f"/operator/persons/{person}/correction",
        "correction-new": f"/operator/persons/{person}/correction?kind=wrong_document",
        "correction": site.aside(lambda world: f"/operator/corrections/{mistake(world, person)}"),
    }
    for name, path in pages.items():
        page.goto(f"{site.url}{path}")
        check(page, name, SMALL)


def test_an_operator_works_on_a_case_with_keys(site, cases, open_page):
    page = open_page(width=LARGE[0], scheme=LARGE[1])
    site.sign_in(page, "operator", to="/operator")
    check(page, "operator-queue", LARGE)
    keys = page.get_by_label("Клавиши включены")
    keys.uncheck()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.type") == "checkbox"
    keys.check()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/operator/applications/*")
    keys.wait_for()
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.textContent").strip() == "Взять в работу"
    page.keyboard.press("Enter")
    page.get_by_text("Заявление у вас в работе").wait_for()
    page.keyboard.press("s")
    page.locator(".sheet img").wait_for()
    page.keyboard.press("]")
    page.wait_for_url("**turn=90*")
    assert page.evaluate("document.querySelector('.sheet img').decode().then(() => true)")
    page.keyboard.press("x")
    page.get_by_label("Скан-копия документа не читается").check()
    check(page, "operator-case", LARGE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Отказать").click()
    page.get_by_text("В заявлении отказано, заявителю").wait_for()
    page.get_by_role("link", name="Статистика").click()
    assert page.get_by_role("img", name="Отказы по причинам").is_visible()
    check(page, "statistics", LARGE)


def test_an_operator_works_without_scripts_on_a_phone(site, cases, open_page):
    page = open_page(scripts=False)
    site.sign_in(page, "second_operator", to="/operator?reason=register_contradiction")
    page.locator("[data-queue] a").first.click()
    address = page.url
    page.get_by_role("button", name="Взять в работу").click()
    page.locator("summary", has_text="Спросить заявителя").click()
    page.get_by_role("button", name="Отправить вопрос").click()
    assert "хотя бы одно поле" in page.text_content("#errors")
    page.fill("[name=question]", "Пришлите карточку СНИЛС")
    page.locator("summary", has_text="Документы").click()
    page.check('[name=documents][value="snils_card"]')
    page.get_by_role("button", name="Отправить вопрос").click()
    assert page.get_by_text("Уточнение запрошено").is_visible()
    case = address.partition("?")[0].rpartition("/")[2]
    person = ["citizen", "later"][cases.index(case)]
    assert site.aside(lambda world: application(world, case, person=person))["state"] == "clarification_required"
