"""What a citizen gets and chooses through the pages: certificates, a clinic, an extract on paper (F8, J2, K1, K3)."""

from __future__ import annotations

import pytest

from tests import applicants, journeys
from tests.browser.looks import looked_at


@pytest.fixture(scope="module")
def child(site):
    """A citizen with a policy and a child who has none; returns the child's id."""

    def lived(world):
        journeys.insured(world)
        return applicants.represent(world, "citizen", applicants.CHILD)

    return site.aside(lived)


def pressed(page, name):
    page.get_by_role("button", name=name).click()


def test_a_certificate_without_scripts(site, open_page, child):
    page = open_page(scripts=False)
    site.sign_in(page, "citizen", to="/cabinet/documents")
    page.get_by_role("link", name="Заказать справку").click()
    pressed(page, "Заказать справку")
    assert "Выберите, за какие дни нужна справка" in page.text_content("#errors")

    page.check('[name=way][value="range"]')
    assert not page.locator("#day").is_visible()
    page.fill("#from_on", "20.02.2026")
    page.fill("#to_on", "31.02.2026")
    pressed(page, "Заказать справку")
    assert page.locator("#to_on-error").is_visible()
    assert page.input_value("#from_on") == "20.02.2026"
    page.fill("#to_on", "16.03.2026")
    page.get_by_role("button", name="Заказать справку").dblclick()
    page.wait_for_selector("h1:text-is('Справка о страховании')")
    assert page.get_by_text("Справка готовится").is_visible()

    site.world.drain()
    page.get_by_role("link", name="Обновить страницу").click()
    assert page.locator("#stated").text_content() == "Застрахован(а) с перерывами"
    assert page.locator(".printed tbody tr").count() == 2
    assert page.locator(".small-qr svg").is_visible()
    file = page.get_by_role("link", name="Скачать PDF").get_attribute("href")
    response = page.request.get(f"{site.url}{file}")
    assert response.body().startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.get_by_role("link", name="Скачать PDF").is_visible()
    assert page.locator(".small-qr svg").is_visible()
    looked_at(page, "certificate", (360, "print"))
    page.emulate_media(media="screen")
    page.get_by_role("link", name="← Справки о страховании").click()
    assert page.locator(".list li").count() == 1


def test_a_refused_certificate_of_a_child_says_what_to_do(site, open_page, child):
    page = open_page(width=1280)
    site.sign_in(page, "citizen", to=f"/cabinet/family/{child}")
    page.get_by_role("link", name="Справки о страховании").click()
    page.get_by_role("link", name="Заказать справку").click()
    assert page.is_checked(f'[name=for][value="{child}"]')
    page.check('[name=way][value="year"]')
    page.fill("#year", "2026")
    page.check('[name=send_by][value="email"]')
    pressed(page, "Заказать справку")
    page.wait_for_selector("h1:text-is('Справка о страховании')")
    site.world.drain()
    page.reload()
    assert page.get_by_role("heading", name="В сервисе нет сведений о полисе этого человека").is_visible()
    assert page.get_by_role("link", name="Подать заявление на первый полис").is_visible()
    page.get_by_role("link", name="← Справки о страховании").click()
    assert page.locator(".list .tag").text_content() == "Отклонено"
    page.get_by_role("link", name="Обо мне").click()
    assert page.get_by_text("Отклонено").count() == 0
