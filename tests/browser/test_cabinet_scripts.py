"""What scripts add to the pages, and what survives a double click, a lost session and a lost network."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import journeys
from tests.journeys import scan


@pytest.fixture
def draft(site):
    return site.aside(lambda world: journeys.drafted(world, person="later"))


def test_mistakes_show_as_one_types_and_a_file_goes_up_with_its_verdict(site, open_page, draft, tmp_path):
    page = open_page(width=1280, scheme="dark")
    site.sign_in(page, "later", to=f"/cabinet/applications/{draft}/person")
    page.fill('[name="person.snils"]', "")
    page.locator('[name="person.snils"]').press_sequentially("90000000183")
    assert page.input_value('[name="person.snils"]') == "900-000-001 83"
    with page.expect_response("**/person"):
        page.locator('[name="person.inn"]').focus()
    page.wait_for_selector("#person-snils-error:not([hidden])")
    with page.expect_response("**/person"):
        page.fill('[name="person.birthplace"]', "г. Тверь")
    page.wait_for_selector("[data-saved]:has-text('Сохранено')")
    assert (
        site.world.tools.store.application_file(application_id=draft).application.section("person")["birthplace"]
        == "г. Тверь"
    )

    page.goto(f"{site.url}/cabinet/applications/{draft}/scans")
    file = tmp_path / "passport.png"
    file.write_bytes(scan())
    page.set_input_files("#file-identity_document", str(file))
    page.wait_for_selector("#scans-identity_document .tag.good")
    assert page.locator("#scans-identity_document img").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )


def test_a_double_click_makes_one_draft_and_the_way_back_works(site, open_page):
    page = open_page(scripts=False)
    site.sign_in(page, "insured", to="/cabinet/applications/new")
    if page.locator("[name=agree]").count():
        page.check("[name=agree]")
        page.get_by_role("button", name="Продолжить").click()
    page.check('[name=kind][value="insurer_change"]')
    page.get_by_role("button", name="Начать заявление").dblclick()
    page.wait_for_selector("h1:text-is('О человеке')")
    page.go_back()
    assert page.locator('[name=kind][value="insurer_change"]').is_visible()
    page.goto(f"{site.url}/cabinet/applications")
    assert page.get_by_role("link", name="Смена страховой медицинской организации").count() == 1


def test_the_end_of_a_session_loses_nothing_that_was_typed(site, open_page, draft):
    page = open_page(scripts=False)
    site.sign_in(page, "later", to=f"/cabinet/applications/{draft}/person")
    page.fill('[name="person.birthplace"]', "г. Псков")
    site.world.tools.at += timedelta(hours=2)
    page.get_by_role("button", name="Сохранить и продолжить").click()
    assert page.get_by_role("heading", name="Сеанс закончился").is_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Войдите снова").click()
    opened.value.locator('button[value="later"]').click()
    opened.value.wait_for_selector("h1:text-is('Вы вошли')")
    page.get_by_role("button", name="Отправить введённое").click()
    page.wait_for_selector("h1:text-is('Документ')")
    saved = site.world.tools.store.application_file(application_id=draft).application
    assert saved.section("person")["birthplace"] == "г. Псков"


def test_the_card_opens_without_a_network_until_one_signs_out(site, browser):
    site.aside(lambda world: (journeys.insured(world), world.drain()))
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="ru-RU")
    try:
        context.set_default_timeout(10_000)
        page = context.new_page()
        site.sign_in(page, "citizen")
        # Seen is what the worker has noted to the end, once it stands between the pages and the network.
        page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
        page.wait_for_function(
            "async () => { const kept = await caches.open('polis-card-1');"
            " return Boolean(await kept.match('/cabinet/card')) && (await kept.keys()).length > 1 }"
        )
        context.set_offline(True)
        page.goto(f"{site.url}/cabinet")
        assert page.locator(".big-qr svg").is_visible()
        kept = page.evaluate(
            "async () => (await Promise.all((await caches.keys()).map(async name => "
            "(await (await caches.open(name)).keys()).map(r => new URL(r.url).pathname)))).flat()"
        )
        assert {path for path in kept if not path.startswith("/static/")} <= {
            "/cabinet/card",
            "/static/whose",
            "/whose",
        }
        context.set_offline(False)
        page.goto(f"{site.url}/cabinet")
        page.get_by_role("button", name="Выйти").click()
        page.wait_for_selector("h1:text-is('Вы вышли')")
        page.wait_for_function("async () => !(await caches.has('polis-card-1'))")
    finally:
        context.close()
