"""A citizen's journey through the pages, in a real browser, without any script (requirements A, B, C, F)."""

from __future__ import annotations

import pytest

from tests.journeys import scan


def filled(page, path, value):
    page.fill(f'[name="{path}"]', value)


def proceed(page, name="Сохранить и продолжить"):
    page.get_by_role("button", name=name).click()


def uploaded(page, folder):
    file = folder / "passport.png"
    file.write_bytes(scan())
    page.locator("#scans-identity_document select").select_option("image/png")
    page.locator("#scans-identity_document").get_by_role("button", name="Выбрать файл").click()
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Загрузить").click()
    page.wait_for_url("**/scans?uploaded=*")


def test_a_first_policy_without_scripts(site, open_page, tmp_path):
    page = open_page(scripts=False)
    site.sign_in(page, "citizen")
    assert page.get_by_role("heading", name="Здравствуйте, Анна Сергеевна").is_visible()
    page.get_by_role("link", name="Оформить полис").click()
    page.check("[name=agree]")
    proceed(page, "Продолжить")
    page.check('[name=kind][value="first_policy"]')
    page.check('[name=person][value=""]')
    proceed(page, "Начать заявление")

    assert page.input_value('[name="person.family_name"]') == "Примерова"
    filled(page, "person.snils", "900-000-001 83")
    proceed(page)
    assert "СНИЛС" in page.text_content("#errors")
    assert page.get_attribute('[name="person.snils"]', "aria-invalid") == "true"
    filled(page, "person.snils", "90000000182")
    for heading in ("Документ", "Адрес и связь", "Страховая", "Подробности"):
        proceed(page)
        page.wait_for_selector(f"h1:text-is('{heading}')")
        if heading == "Страховая":
            page.check('[name="insurer.code"][value="77012"]')
    proceed(page)
    uploaded(page, tmp_path)
    assert page.locator("#scans-identity_document .tag.good").first.is_visible()
    page.get_by_role("link", name="Продолжить").click()

    proceed(page, "Получить код в СМС")
    site.world.drain(queues=("outbox_relay", "notifications"))
    filled(page, "code", "000000")
    proceed(page, "Подписать и подать")
    assert page.locator("#code-error").is_visible()
    filled(page, "code", site.world.code())
    proceed(page, "Подписать и подать")
    assert page.get_by_text("Заявление подано").is_visible()
    site.world.drain()
    page.reload()
    assert page.locator(".timeline").get_by_text("Готово к использованию").is_visible()

    page.goto(f"{site.url}/cabinet")
    assert page.locator(".policy .qr svg").is_visible()
    assert page.locator(".policy-number").text_content().replace(" ", "").isdigit()


@pytest.mark.parametrize("path", ["/cabinet", "/cabinet/applications", "/cabinet/documents"])
def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(site, open_page, path):
    page = open_page()
    page.goto(f"{site.url}{path}")
    page.locator('button[value="insured"]').click()
    page.wait_for_url(f"{site.url}{path}")
