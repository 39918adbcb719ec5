"""A refusal is appealed against, asked about, rejected, and upheld by the fund: both sides' pages (requirement L1)."""

from __future__ import annotations

import pytest

from tests import appeals, journeys
from tests.browser.looks import check
from tests.journeys import scan

SMALL, LARGE = (360, "light"), (1280, "dark")


@pytest.fixture(scope="module")
def refused(site):
    return site.aside(appeals.refused)


@pytest.fixture(scope="module")
def lived(site):
    """A draft, an appeal that is asked about, and a refusal, all of one person's."""
    return site.aside(_lived)


def _lived(world):
    subject, other = (appeals.refused(world, person="later") for _ in range(2))
    asked = appeals.filed(world, subject, person="later")["id"]
    appeals.work(world, asked, "lease")
    appeals.work(world, asked, "question", text="Приложите, пожалуйста, ответ ведомства")
    return appeals.begun(world, other, person="later"), asked, subject


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_refusal_is_appealed_against_up_to_the_fund(site, refused, open_page, tmp_path):
    page, desk = open_page(scripts=False), open_page(width=LARGE[0], scheme=LARGE[1])
    site.sign_in(page, "citizen", to=f"/cabinet/applications/{refused}")
    page.get_by_role("link", name="Обжаловать отказ").click()
    press(page, "Начать жалобу")
    file = tmp_path / "letter.png"
    file.write_bytes(scan())
    page.select_option("[name=media_type]", "image/png")
    press(page, "Выбрать файл")
    page.set_input_files("input[type=file]", str(file))
    press(page, "Загрузить")
    page.wait_for_url("**/documents?uploaded=*")
    assert page.locator(".scan .tag.good").is_visible()
    page.get_by_role("link", name="Продолжить").click()
    press(page, "Подать жалобу")
    assert "хотя бы одну причину" in page.text_content("#errors")
    page.get_by_label("Причина отказа уже устранена").check()
    page.fill("[name=text]", appeals.WORDS)
    press(page, "Подать жалобу")
    assert page.get_by_text("Решение не позднее 30.03.2026").first.is_visible()
    address = page.url.partition("?")[0]
    appeal = address.rpartition("/")[2]

    site.sign_in(desk, "operator", to=f"/operator/appeals/{appeal}")
    assert desk.get_by_text("её решит другой оператор").is_visible()
    assert not desk.get_by_role("button", name="Взять в работу").is_visible()
    desk = open_page(width=LARGE[0], scheme=LARGE[1])
    site.sign_in(desk, "second_operator", to="/operator/appeals")
    check(desk, "operator-appeals", LARGE)
    desk.locator("main .list a").first.click()
    press(desk, "Взять в работу")
    desk.locator("[data-scan]").first.click()
    desk.locator(".sheet img").wait_for()
    press(desk, "Задать вопрос")
    assert "Напишите, что уточнить" in desk.text_content("#errors")
    desk.fill("[name=question]", "Приложите ответ ведомства")
    press(desk, "Задать вопрос")
    assert desk.get_by_role("heading", name="Срок решения остановлен").is_visible()

    page.goto(address)
    assert page.get_by_text("Приложите ответ ведомства").first.is_visible()
    page.fill("[name=text]", "Ответ ведомства приложен")
    press(page, "Ответить")
    assert page.get_by_text("Осталось рабочих дней: 10").is_visible()

    desk.reload()
    press(desk, "Взять в работу")
    press(desk, "Отказать в жалобе")
    assert desk.locator("#explanation-error").is_visible()
    check(desk, "operator-appeal", LARGE)
    desk.fill("[name=explanation]", "Справка выдана после отказа")
    press(desk, "Отказать в жалобе")
    desk.get_by_text("Жалоба решена").wait_for()

    page.goto(address)
    assert page.get_by_text("Справка выдана после отказа").is_visible()
    page.fill("[name=text]", "Справку отказались принять при подаче")
    press(page, "Передать в фонд")
    assert page.get_by_text("Решает: Территориальный фонд").is_visible()
    fund = open_page(scripts=False)
    site.sign_in(fund, "fund", to=f"/operator/appeals/{appeal}")
    press(fund, "Взять в работу")
    fund.fill("[name=explanation]", appeals.EXPLANATION)
    press(fund, "Удовлетворить")
    assert fund.get_by_text("Жалоба решена").is_visible()
    page.reload()
    assert page.get_by_text("Отказ отменён: сведения проверяются снова").is_visible()
    page.goto(f"{site.url}/cabinet/appeals")
    assert page.get_by_text("Жалоба удовлетворена").is_visible()
    assert site.aside(lambda world: journeys.application(world, refused))["state"] == "in_processing"


def test_pages_of_appeals_are_accessible_and_fit(site, lived, open_page):
    page = open_page(width=SMALL[0], scheme=SMALL[1])
    draft, filed, subject = lived
    site.sign_in(page, "later")
    for name, path in {
        "appeals": "/cabinet/appeals",
        "appeal-new": f"/cabinet/appeals/new?subject=application&of={subject}",
        "appeal-documents": f"/cabinet/appeals/{draft}/documents",
        "appeal-draft": f"/cabinet/appeals/{draft}",
        "appeal-asked": f"/cabinet/appeals/{filed}",
    }.items():
        page.goto(f"{site.url}{path}")
        check(page, name, SMALL)
    page.goto(f"{site.url}/cabinet/appeals/{draft}")
    press(page, "Подать жалобу")
    page.locator("#errors").wait_for()
    check(page, "appeal-wrong", SMALL)
