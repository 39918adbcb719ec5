"""What a citizen gets and chooses through the pages: certificates, a clinic, an extract on paper (F8, J2, K1, K3)."""

from __future__ import annotations

import pytest

from tests import applicants, clinics, journeys, papers
from tests.browser.looks import looked_at

OFFICE = {"code": "1", "address": "г. Москва, ул. Примерная, д. 2", "phone": "8-495-2252310", "opens_on": "2020-01-01"}


@pytest.fixture(scope="module")
def child(site):
    """A citizen with a policy and a child who has none; returns the child's id."""

    def lived(world):
        journeys.insured(world)
        return applicants.represent(world, "citizen", applicants.CHILD)

    return site.aside(lived)


def pressed(page, name):
    page.get_by_role("button", name=name).click()


def looked_up_later(route):
    route.abort() if route.request.resource_type == "fetch" else route.continue_()


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
    # The page looks again by itself, but not before everything is done: one thread answers at a time.
    page.route("**/cabinet/certificates/*", looked_up_later)
    page.check('[name=way][value="year"]')
    page.fill("#year", "2026")
    page.check('[name=send_by][value="email"]')
    pressed(page, "Заказать справку")
    page.wait_for_selector("h1:text-is('Справка о страховании')")
    page.wait_for_selector("[data-refresh]")
    site.world.drain()
    page.unroute_all()
    page.wait_for_selector("#refused")
    assert page.get_by_role("heading", name="В сервисе нет сведений о полисе этого человека").is_visible()
    assert page.get_by_role("link", name="Подать заявление на первый полис").is_visible()
    page.get_by_role("link", name="← Справки о страховании").click()
    assert page.locator(".list .tag").text_content() == "Отклонено"
    page.get_by_role("link", name="Обо мне").click()
    assert page.get_by_text("Отклонено").count() == 0


def test_a_clinic_and_a_doctor_without_scripts(site, open_page, child):
    site.aside(clinics.registry)
    page = open_page(scripts=False)
    site.sign_in(page, "citizen")
    page.get_by_role("link", name="Поликлиника", exact=True).click()
    page.get_by_role("link", name="Выбрать поликлинику").click()
    assert page.locator("section", has_text="Вашего участка").get_by_role("link").count() == 1
    page.fill("#name", "№ 2")
    pressed(page, "Найти")
    assert page.locator(".list a").all_text_contents() == ['ГБУЗ "ГП № 2 (ПРИМЕР)"']
    page.fill("#name", "")
    pressed(page, "Найти")
    page.locator("details > summary").click()
    page.fill("#street", "Образцовая улица")
    page.fill("#house", "2")
    pressed(page, "Найти по адресу")
    assert "Образцовая" not in page.url
    near = page.locator("section", has_text="Вашего участка").get_by_role("link")
    assert near.all_text_contents() == ['ГБУЗ "ГП № 2 (ПРИМЕР)"']

    page.get_by_role("link", name='ГБУЗ "ГП № 1 (ПРИМЕР)"').click()
    assert page.get_by_text("Детская Анна").count() == 0
    page.fill('[name="address.index"]', "1")
    pressed(page, "Подать заявление")
    assert page.locator("#errors li").count() == 2
    assert page.input_value('[name="address.index"]') == "1"
    page.check(f'[name=doctor][value="{clinics.THERAPIST}"]')
    page.check('[name=reason][value="by_wish"]')
    pressed(page, "Подать заявление")
    assert page.locator("#address-index-error").is_visible()
    page.fill('[name="address.index"]', "101000")
    page.get_by_role("button", name="Подать заявление").dblclick()
    page.wait_for_selector(".timeline")
    assert page.get_by_text("не позднее 18.03.2026").is_visible()

    pressed(page, "Отозвать заявление")
    assert page.locator(".tag").text_content() == "Отозвано"
    page.get_by_role("link", name="← Поликлиника и врач").click()
    assert page.locator("section", has_text="Раньше").locator("li").count() == 1


def test_the_yearly_rule_and_a_refusal_say_what_to_do(site, open_page, child):
    site.aside(lambda world: (clinics.registry(world), clinics.attached(world)))
    page = open_page(width=1280)
    site.sign_in(page, "citizen", to=f"/cabinet/clinics/{clinics.SECOND}")
    page.check(f'[name=doctor][value="{clinics.OTHER_THERAPIST}"]')
    page.check('[name=reason][value="by_wish"]')
    pressed(page, "Подать заявление")
    assert "следующий раз можно с 16.03.2027, а после переезда — сразу" in page.text_content("#errors")
    page.check('[name=reason][value="moved"]')
    pressed(page, "Подать заявление")
    assert page.locator("#address-error").is_visible()
    page.fill('[name="address.street"]', "ул. Образцовая")
    pressed(page, "Подать заявление")
    page.wait_for_selector(".timeline")
    site.aside(lambda world: clinics.decide(world, clinics.mine(world)[0], "too_far_for_visits"))
    page.reload()
    assert page.get_by_role("heading", name="Адрес слишком далеко для помощи на дому").is_visible()
    page.get_by_role("link", name="Обжаловать отказ").click()
    pressed(page, "Начать жалобу")
    page.wait_for_url("**/cabinet/appeals/*/documents*")
    page.goto(f"{site.url}/cabinet/clinics")
    assert page.locator("section", has_text="Терапевтова Ольга").locator(".tag").text_content() == "Прикреплён"


def test_a_paper_is_ordered_and_picked_up_without_scripts(site, open_page, child):
    path = f"/v1/insurers/{journeys.FIRST_INSURER}/issue-points"
    site.aside(lambda world: world.ok("PUT", path, person="operator", json={"points": [OFFICE]}))
    site.world.sleep(minutes=2)
    page = open_page(scripts=False)
    site.sign_in(page, "citizen", to="/cabinet/documents")
    page.get_by_role("link", name="Выписки на бумаге").click()
    page.get_by_role("link", name="Заказать выписку").click()
    pressed(page, "Начать заявление")
    while page.locator("h1").text_content() != "Подробности":
        pressed(page, "Сохранить и продолжить")
    assert page.locator('[name="delivery.index"]').is_visible()
    page.select_option('[name="delivery.method"]', "office")
    assert not page.locator('[name="delivery.index"]').is_visible()
    page.select_option('[name="delivery.office"]', label=OFFICE["address"])
    page.select_option('[name="delivery.recipient"]', "representative")
    looked_at(page, "step-delivery", (360, "light"))
    page.fill('[name="delivery.recipient_name"]', "Примеров Алексей Ильич")
    pressed(page, "Сохранить и продолжить")
    draft = page.url.split("/")[-2]
    site.aside(lambda world: world.upload(draft, journeys.scan()))
    page.goto(f"{site.url}/cabinet/applications/{draft}/sign")
    pressed(page, "Получить код в СМС")
    site.world.settle()
    page.fill("#code", site.world.code())
    pressed(page, "Подписать и подать")
    site.world.settle()
    page.reload()
    page.get_by_role("link", name="Где она и когда придёт").click()
    assert page.get_by_text("Примеров Алексей Ильич").is_visible()
    assert page.get_by_text(OFFICE["address"]).is_visible()

    order = page.url.rpartition("/")[2].partition("?")[0]
    site.aside(lambda world: papers.done(world, order, "readiness"))
    page.reload()
    assert "представителю нужна доверенность" in page.text_content("main")
    pressed(page, "Прислать новый код")
    assert "новый можно запросить через минуту" in page.text_content("[role=alert]")
    before = papers.pickup_code(site.world)
    site.world.sleep(minutes=2)
    pressed(page, "Прислать новый код")
    site.world.settle()
    assert page.get_by_text("Отправлен новый код получения").is_visible()
    assert papers.pickup_code(site.world) != before
    pressed(page, "Отменить доставку")
    page.get_by_role("link", name="← Выписки на бумаге").click()
    assert page.locator(".list .tag").text_content() == "Доставка отменена"


def test_a_parcel_goes_elsewhere_by_a_code_and_is_followed(site, open_page, child):
    order = site.aside(lambda world: papers.ordered(world, papers.BY_POST))["id"]
    page = open_page(width=1280)
    site.sign_in(page, "citizen", to=f"/cabinet/papers/{order}")
    page.get_by_text("Доставить по другому адресу").click()
    page.fill('[name="address.index"]', "19")
    pressed(page, "Получить код в СМС")
    assert page.locator("#address-index-error").is_visible()
    page.fill('[name="address.index"]', "190000")
    page.fill('[name="address.street"]', "ул. Образцовая")
    pressed(page, "Получить код в СМС")
    site.world.settle()
    page.fill("#code", papers.another(site.world.code())[-6:])
    pressed(page, "Изменить адрес")
    assert "Осталось попыток" in page.text_content("#code-error")
    page.fill("#code", site.world.code())
    pressed(page, "Изменить адрес")
    assert page.get_by_text("190000, Москва, ул. Образцовая").is_visible()

    site.aside(lambda world: papers.done(world, order, "parcel"))
    page.reload()
    assert page.get_by_role("button", name="Отменить доставку").count() == 0
    site.aside(lambda world: papers.done(world, order, "dispatch", tracking_number=papers.TRACKING_NUMBER))
    page.reload()
    assert page.locator("#track + p").text_content() == papers.TRACKING_NUMBER


def test_an_appointment_is_asked_for_and_answered_without_scripts(site, open_page, child):
    site.aside(lambda world: (clinics.registry(world), world.drain()))
    page = open_page(scripts=False)
    site.sign_in(page, "citizen", to=f"/cabinet/clinics/{clinics.FIRST}")
    page.get_by_role("link", name="Попросить о приёме").click()
    pressed(page, "Отправить заявку")
    assert page.locator("#errors li").count() == 3
    page.get_by_label("Кардиологов Илья Примерович").check()
    page.fill("#wished_from", "20.03.2026")
    page.fill("#wished_until", "18.03.2026")
    pressed(page, "Отправить заявку")
    assert "Последний день раньше первого" in page.text_content("#wished_until-error")
    page.fill("#wished_until", "25.03.2026")
    page.get_by_role("button", name="Отправить заявку").dblclick()
    page.wait_for_selector("h1:text-is('Заявки на приём')")
    assert page.locator("main .tag").all_text_contents() == ["Передано в медицинскую организацию"]
    (asked,) = site.aside(lambda world: world.ok("GET", clinics.OWN_APPOINTMENTS)["items"])
    starts = "2026-03-21T10:30:00+03:00"
    site.aside(lambda world: clinics.answered(world, asked, acknowledged=True, starts_at=starts, answer="Кабинет 12"))
    page.reload()
    assert page.get_by_role("heading", name="21.03.2026, 10:30").is_visible()
    assert page.get_by_text("Кабинет 12").is_visible()
    assert page.get_by_role("button", name="Отозвать заявку").count() == 0
