"""Support and extracts on paper: a question up to its rating, a paper up to the hand that takes it (L2, F8)."""

from __future__ import annotations

import pytest

from tests import papers
from tests.browser.looks import check
from tests.journeys import scan

SMALL, LARGE = (360, "light"), (1280, "dark")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def desk(site, open_page):
    """An operator's page as a desktop, dark; another for each who is asked for."""

    def opened(person, path):
        page = open_page(width=LARGE[0], scheme=LARGE[1])
        page.on("dialog", lambda dialog: dialog.accept())
        site.sign_in(page, person, to=path)
        return page

    return opened


def test_a_question_is_answered_handed_over_and_rated(site, open_page, desk, tmp_path):
    page = open_page(scripts=False)
    site.sign_in(page, "citizen", to="/cabinet/support")
    page.get_by_role("link", name="Задать вопрос").click()
    press(page, "Отправить")
    assert {page.locator(f"#{name}-error").is_visible() for name in ("category", "subject", "text")} == {True}
    page.select_option("[name=category]", "account")
    page.fill("[name=subject]", "Не приходит код")
    page.fill("[name=text]", "Третий день жду СМС с кодом")
    page.get_by_role("button", name="Отправить").dblclick()
    page.get_by_text("Обращение отправлено").wait_for()
    address = page.url.partition("?")[0]
    page.get_by_role("link", name="Приложить").click()
    file = tmp_path / "screen.png"
    file.write_bytes(scan())
    page.select_option("[name=media_type]", "image/png")
    press(page, "Выбрать файл")
    page.set_input_files("input[type=file]", str(file))
    press(page, "Загрузить")
    page.wait_for_url("**/attachments?uploaded=*")
    assert page.locator(".scan .tag.good").is_visible()
    page.goto(f"{site.url}/cabinet/support")
    assert page.locator("main .list a", has_text="Не приходит код").count() == 1

    fund = desk("fund", "/operator/tickets")
    check(fund, "operator-tickets", LARGE)
    fund.locator("main .list a").first.click()
    press(fund, "Взять обращение")
    fund.locator("[data-scan]").click()
    fund.locator(".sheet img").wait_for()
    fund.fill("[name=text]", "Проверить у оператора связи")
    press(fund, "Оставить заметку коллегам")
    fund.get_by_text("Заметка сохранена").wait_for()
    press(fund, "Передать")
    fund.locator("#note-error").wait_for()
    check(fund, "operator-ticket", LARGE)
    fund.fill("[name=note]", "Ушёл на обед")
    press(fund, "Передать")
    fund.get_by_text("Обращение передано").wait_for()
    second = desk("second_fund", fund.url.partition("?")[0].removeprefix(site.url))
    second.locator("main .list a").first.click()
    press(second, "Взять обращение")
    second.fill("[name=text]", "Код отправлен снова, проверьте телефон")
    press(second, "Ответить заявителю")
    second.get_by_text("Ответ отправлен").wait_for()

    page.goto(address)
    assert page.get_by_text("Код отправлен снова").is_visible()
    assert not page.get_by_text("Проверить у оператора связи").is_visible()
    press(page, "Вопрос решён")
    press(page, "Оценить")
    assert page.locator("#rating-error").is_visible()
    page.get_by_label("5 — Помогли").check()
    press(page, "Оценить")
    assert page.get_by_text("Спасибо за оценку").is_visible()
    second.goto(f"{site.url}/operator/tickets?state=closed")
    second.locator("main .list a").first.click()
    assert second.get_by_text("5 — Помогли").is_visible()

    small = open_page(width=SMALL[0], scheme=SMALL[1])
    site.sign_in(small, "citizen", to="/cabinet/support")
    for name, path in {
        "support": "/cabinet/support",
        "ticket-new": "/cabinet/support/new",
        "ticket": address.removeprefix(site.url),
    }.items():
        small.goto(f"{site.url}{path}")
        check(small, name, SMALL)


def test_papers_are_printed_sent_and_handed_over(site, open_page, desk):
    by_post = site.aside(lambda world: papers.ordered(world, papers.BY_POST))
    at_office = site.aside(lambda world: papers.ordered(world, papers.AT_OFFICE))
    site.aside(lambda world: world.drain())
    page = desk("operator", "/operator/deliveries")
    check(page, "operator-deliveries", LARGE)
    page.fill("[name=number]", "2026-1")
    press(page, "Найти")
    page.locator("#number-error").wait_for()
    page.fill("[name=number]", by_post["application_number"])
    press(page, "Найти")
    assert page.get_by_text("101000").is_visible()
    press(page, "Сформировать отправление")
    page.fill("[name=tracking_number]", "10100010000019")
    press(page, "Отправлено почтой")
    page.locator("#tracking_number-error").wait_for()
    check(page, "operator-delivery", LARGE)
    page.fill("[name=tracking_number]", papers.TRACKING_NUMBER)
    press(page, "Отправлено почтой")
    page.get_by_text("Отправлено: трек-номер").wait_for()
    press(page, "Не получена на почте")
    press(page, "Вернулась")
    assert page.get_by_text("Возвращена").first.is_visible()

    phone = open_page(scripts=False)
    site.sign_in(phone, "operator", to=f"/operator/deliveries/{at_office['id']}")
    link = phone.get_by_role("link", name="Открыть выписку для печати").get_attribute("href")
    assert phone.request.get(f"{site.url}{link}").body().startswith(b"%PDF")
    press(phone, "Готова к выдаче")
    site.aside(lambda world: world.settle())
    code = site.aside(papers.pickup_code)
    phone.fill("[name=code]", "123")
    press(phone, "Выдать")
    assert "восемь цифр" in phone.text_content("#code-error")
    phone.fill("[name=code]", papers.another(code))
    press(phone, "Выдать")
    assert "Осталось попыток: 4" in phone.text_content("#code-error")
    phone.fill("[name=code]", f"{code[:4]} {code[4:]}")
    press(phone, "Выдать")
    assert phone.get_by_text("Выписка выдана").is_visible()

    small = open_page(width=SMALL[0], scheme=SMALL[1])
    site.sign_in(small, "operator", to="/operator/deliveries?state=handed_over")
    check(small, "operator-deliveries", SMALL)
    small.locator("main .list a").first.click()
    check(small, "operator-delivery", SMALL)
