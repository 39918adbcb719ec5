"""An employer on pages: the organisation, a list, progress, what to mend, the files, the employee's word (K2)."""

from __future__ import annotations

import pytest

from chalicelib.domain.checks import CheckKind
from tests import employers, journeys
from tests.browser.looks import check

SMALL = (360, "light")
EMPLOYERS = "/cabinet/employers"


@pytest.fixture(scope="module")
def number(site):
    """The number of an insured employee's policy."""
    return site.aside(_insured)


def _insured(world):
    journeys.insured(world)
    world.settle()
    world.tools.registers.confirmed(CheckKind.ORGANISATION, name="ООО «Пример»", basis="head")
    return journeys.policy(world)["policy_number"]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def fill_details(page):
    for name, value in employers.DETAILS.items():
        page.fill(f"[name={'bank_account' if name == 'account' else name}]", value)
    press(page, "Отправить на проверку")


def row(site, number):
    return site.aside(lambda world: employers.staff_row(world, "citizen", number))


def send(page, file):
    page.select_option("[name=media_type]", "text/csv")
    press(page, "Выбрать файл")
    page.set_input_files("input[type=file]", str(file))
    press(page, "Загрузить")
    page.wait_for_url("**?uploaded=*")


def test_a_list_becomes_certificates_without_scripts(site, number, open_page, tmp_path):
    page = open_page(scripts=False)
    site.sign_in(page, "citizen", to=EMPLOYERS)
    page.get_by_role("link", name="Добавить организацию").click()
    press(page, "Отправить на проверку")
    assert page.locator("#inn-error").is_visible()
    fill_details(page)
    assert page.get_by_role("heading", name="Проверяем по реестру").is_visible()
    site.aside(lambda world: world.settle())
    page.reload()
    assert page.get_by_role("heading", name="ООО «Пример»").is_visible()
    page.fill("[name=from_on]", "31.02.2026")
    press(page, "Создать запрос")
    assert "нет в календаре" in page.text_content("#from_on-error")
    page.fill("[name=from_on]", "16.03.2026")
    press(page, "Создать запрос")

    file = tmp_path / "staff.csv"
    file.write_bytes(b"\x00\x01")
    send(page, file)
    assert page.locator("main .error").first.is_visible()
    file.write_bytes(employers.csv(row(site, number), ["Никтошкин", "Лев", "", "01.02.1990", number, ""]))
    send(page, file)
    assert page.get_by_role("heading", name="Строки проверяются").is_visible()
    assert page.get_by_text("Строк: 0 из 2").is_visible()
    site.aside(lambda world: world.settle())
    page.reload()
    assert page.get_by_text("Ждёт согласия сотрудника").is_visible()
    asked = page.url.partition("?")[0]

    page.goto(f"{site.url}/cabinet/employer-consents")
    press(page, "Разрешить")
    assert page.get_by_text("Разрешено", exact=True).is_visible()
    page.goto(asked)
    press(page, "Проверить заново")
    site.aside(lambda world: world.settle())
    page.reload()
    assert page.get_by_text("Застрахован все дни").is_visible()
    for name in ("Справки одним файлом (PDF)", "Строки, которые нужно исправить (XLSX)"):
        link = page.get_by_role("link", name=name).get_attribute("href")
        answer = page.request.get(f"{site.url}{link}")
        assert (answer.status, len(answer.body()) > 500) == (200, True), name


def test_pages_of_employers_are_accessible_fit_and_go_on_by_themselves(site, number, open_page, tmp_path):
    page = open_page(width=SMALL[0], scheme=SMALL[1])
    company = site.aside(employers.employer)
    path = site.aside(lambda world: employers.request(world, company)).rpartition("/")[2]
    asked = f"{EMPLOYERS}/{company}/requests/{path}"
    site.sign_in(page, "citizen", to=EMPLOYERS)
    for name, where in {
        "employers": EMPLOYERS,
        "employer-new": f"{EMPLOYERS}/new?like={company}",
        "employer": f"{EMPLOYERS}/{company}",
        "employer-request": asked,
        "employer-consents": "/cabinet/employer-consents",
    }.items():
        page.goto(f"{site.url}{where}")
        check(page, name, SMALL)
    page.goto(f"{site.url}{asked}")
    file = tmp_path / "staff.csv"
    file.write_bytes(employers.csv(row(site, number)))
    page.set_input_files("#file-list", str(file))
    page.wait_for_url("**?uploaded=*")
    page.get_by_role("heading", name="Строки проверяются").wait_for()
    check(page, "employer-progress", SMALL)
    site.aside(lambda world: world.settle())
    page.get_by_role("heading", name="Скачать").wait_for()
    check(page, "employer-ready", SMALL)
