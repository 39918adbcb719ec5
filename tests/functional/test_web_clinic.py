"""A clinic's desk without a browser: the answer by every key, lists by file, and nothing personal in addresses (G3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests import clinics, journeys
from tests.visitors import Visitor
from tests.world import open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

BOUNDARY = "----polis"


@pytest.fixture(scope="module")
def desk(issuer: str) -> Iterator[World]:
    """The citizen, insured and attached."""
    with open_world(issuer) as made:
        clinics.insured(made)
        clinics.attached(made)
        made.drain()
        yield made


@pytest.fixture
def registrar(desk: World) -> Visitor:
    made = Visitor(desk)
    made.sign_in("registrar", to="/clinic")
    return made


def asked(registrar, key, **fields):
    return registrar.send("/clinic", {"key": key, **fields}, seen=registrar.open("/clinic"))


def sent(registrar, table, encoding="utf-8", **fields):
    hidden = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', registrar.open("/clinic/batch").text)
    parts = [*hidden, *fields.items()]
    lines = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="table"; filename="t.csv"\r\nContent-Type: text/csv\r\n'
    )
    body = f"{''.join(lines)}{head}\r\n".encode() + table.encode(encoding) + f"\r\n--{BOUNDARY}--\r\n".encode()
    return raw(registrar, body)


def raw(registrar, body):
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return registrar.call("POST", "/clinic/batch", content=body, headers=headers)


def test_a_registrar_lands_at_the_desk(desk):
    visitor = Visitor(desk)
    visitor.sign_in("registrar", to="")
    assert visitor.call("GET", "/sign-in").headers["location"] == "/clinic"
    assert "autofocus" in visitor.open("/clinic").text
    citizen = Visitor(desk)
    citizen.sign_in("citizen")
    assert {citizen.call("GET", path).status_code for path in ("/clinic", "/clinic/batch")} == {403}


def test_every_key_leads_to_one_answer(desk, registrar):
    number = journeys.policy(desk)["policy_number"]
    qr = journeys.document(desk, "policy")["qr_link"]
    for key in (number, "900-000-001 82", "0020 900001", "Примерова Анна Сергеевна 14.05.1990", qr):
        answer = asked(registrar, key)
        assert answer.status_code == 200, key
        for told in ("Застрахован на 16.03.2026", "Примерова Анна", clinics.FIRST, "код 77012", "Откуда сведения"):
            assert told in answer.text, (key, told)
        assert 'value="900' not in answer.text


def test_a_day_before_the_policy_and_a_stranger_are_told_apart(desk, registrar):
    before = asked(registrar, "900-000-001 82", on="01.01.2020")
    assert "Не застрахован на 01.01.2020" in before.text
    assert "Нет сведений" in asked(registrar, "112-233-445 95").text


@pytest.mark.parametrize(
    ("key", "on", "place"),
    [("900-000-001 83", "", "key-error"), ("x", "", "key-error"), ("900-000-001 82", "99", "on-error")],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(registrar, key, on, place):
    refused = asked(registrar, key, on=on)
    assert (refused.status_code, f'id="{place}"' in refused.text) == (422, True)
    assert f'value="{key}"' in refused.text


def test_a_table_is_answered_on_the_page_and_as_a_table(desk, registrar):
    number = journeys.policy(desk)["policy_number"]
    table = f"ref;policy_number;snils\r\na;{number};\r\nb;;112-233-445 95\r\nc;;1"
    page = sent(registrar, table, **{"as": "page"})
    assert page.status_code == 200
    assert "Ответы: 3" in page.text
    for told in ("Застрахован на эту дату", "Не найден", "Ошибка в строке", number):
        assert told in page.text
    kept = sent(registrar, f"\ufeff{table}", **{"as": "csv"})
    assert kept.headers["content-disposition"] == 'attachment; filename="polis-answers.csv"'
    assert [line.split(",")[2] for line in kept.text.splitlines()[1:]] == ["insured", "not_found", "mistake"]


def test_a_table_as_a_spreadsheet_of_a_registrar_saves_it(desk, registrar):
    number = journeys.policy(desk)["policy_number"]
    table = f"№ п/п;ЕНП;Фамилия;Имя;Отчество;Дата рождения\r\n7;{number};;;;\r\n8;;Нетакого;Пётр;;01.02.1980\r\n"
    page = sent(registrar, table, encoding="cp1251")
    assert page.status_code == 200
    assert "Ответы: 2" in page.text
    assert "Застрахован на эту дату" in page.text


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "Выберите файл"),
        ("unknown\r\n1", "Назовите столбцы"),
        ("ref\r\n", "от 1 до 1000 строк"),
        ("ref\r\n" + "1\r\n" * 1001, "от 1 до 1000 строк"),
        ("ref;family_name\r\n1;\ufffd\ufffd", "UTF-8"),
    ],
)
def test_what_is_no_table_is_told(registrar, table, told):
    refused = sent(registrar, table)
    assert (refused.status_code, told in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [("", 400), ("x", 400), (f"--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--", 400), ("x" * (512 * 1024 + 1), 413)],
)
def test_what_is_no_form_is_refused(registrar, body, status):
    assert raw(registrar, body).status_code == status
