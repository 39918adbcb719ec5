"""A registrar's journey in a real browser: a scanned or typed key, a list by file (requirement G3)."""

from __future__ import annotations

import pytest

from tests.browser.looks import check
from tests.journeys import document, insured

SMALL, LARGE = (360, "light"), (1280, "dark")


@pytest.fixture(scope="module")
def desk(site):
    site.aside(lambda world: (insured(world), world.drain()))
    return site


def test_a_registrar_scans_types_and_sends_a_list(desk, open_page, tmp_path):
    for look, scripts in ((SMALL, False), (LARGE, True)):
        page = open_page(width=look[0], scheme=look[1], scripts=scripts)
        desk.sign_in(page, "registrar", to="/clinic")
        page.fill("[name=key]", "900-000-001 82")
        page.keyboard.press("Enter")  # as a scanner ends what it writes
        page.get_by_role("heading", name="Примерова Анна Сергеевна").wait_for()
        assert page.url == f"{desk.url}/clinic"
        if scripts:
            check(page, "clinic-desk", look)
        page.get_by_role("link", name="Проверка списком").click()
        file = tmp_path / "list.csv"
        file.write_text("ref;snils\r\na;900-000-001 82\r\nb;112-233-445 95\r\n", encoding="utf-8")
        page.set_input_files("[name=table]", str(file))
        page.get_by_role("button", name="Показать ответы").click()
        page.get_by_role("heading", name="Ответы: 2").wait_for()
        if scripts:
            check(page, "clinic-batch", look)


def test_the_camera_reads_a_code_at_the_desk_and_on_the_page_for_anyone(desk, open_page, show_to_camera):
    show_to_camera(desk.aside(lambda world: document(world, "policy"))["qr_link"])
    page = open_page(width=SMALL[0], scheme=SMALL[1])
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    desk.sign_in(page, "registrar", to="/clinic")
    page.get_by_role("button", name="Сканировать камерой").click()
    page.get_by_role("heading", name="Примерова Анна Сергеевна").wait_for()
    assert page.url == f"{desk.url}/clinic"
    page.goto(f"{desk.url}/q")
    page.get_by_role("button", name="Сканировать камерой").click()
    page.locator("#verdict[data-reason=valid]").wait_for()
    assert page.locator("[data-scan-view]").is_hidden()
    check(page, "qr-scanned", SMALL)
    assert problems == []


def test_a_long_list_goes_by_parts_and_shows_how_far_it_is(desk, open_page, tmp_path):
    page = open_page(width=SMALL[0], scheme=SMALL[1])
    desk.sign_in(page, "registrar", to="/clinic/batch")
    file = tmp_path / "list.csv"
    rows = ['"q;\n2";112-233-445 95', *(f"r{place};112-233-445 95" for place in range(3, 121)), "last;900-000-001 82"]
    file.write_text("\r\n".join(["ref;snils", *rows]), encoding="utf-8")
    page.set_input_files("[name=table]", str(file))
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.get_by_role("button", name="Показать ответы").click()
    page.get_by_role("heading", name="Ответы: 120").wait_for()
    assert page.locator("[data-told]").text_content() == "Готово: проверено 120"
    assert len(sent) == 2
    numbers = page.locator("[data-answers] tbody tr td:first-child").all_text_contents()
    assert numbers == [str(place) for place in range(1, 121)]
    assert "Примерова" in page.locator("[data-answers] tbody tr").last.text_content()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Скачать ответы CSV").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 122  # one reference has a line break in it
    assert sum(line.startswith("row") for line in lines) == 1


def test_a_clinics_pages_fit_a_phone(desk, open_page):
    page = open_page(width=SMALL[0], scheme=SMALL[1])
    desk.sign_in(page, "registrar", to="/clinic")
    for name, path in {"clinic-desk": "/clinic", "clinic-batch": "/clinic/batch"}.items():
        page.goto(f"{desk.url}{path}")
        check(page, name, SMALL)
