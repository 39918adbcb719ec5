"""One field of a clinic's desk: what was typed or scanned is told apart by its shape."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.errors import ValidationFailed
from chalicelib.use_cases.clinic_key import ClinicQuestion, DocumentKey, NameKey
from chalicelib.web.typed_keys import BLANK, question_of

ON = date(2026, 3, 16)
BORN = date(1990, 5, 14)
BARCODE = "ab01" * 40


@pytest.mark.parametrize(
    ("typed", "kind", "key"),
    [
        ("7754 9008 8500 0012", "", {"policy_number": "7754900885000012"}),
        (" 900-000-001 82 ", "", {"snils": "90000000182"}),
        ("90000000182", BLANK, {"blank_number": "90000000182"}),
        ("00 20 900001", "", {"document": DocumentKey(type="14", series="0020", number="900001")}),
        ("123456789", "", {"certificate_number": "123456789"}),
        ("https://polis.example.org/Q#aa.bb.cc", "", {"qr": "aa.bb.cc"}),
        ("aa.bb.cc", "", {"qr": "aa.bb.cc"}),
        (BARCODE, "", {"barcode": BARCODE}),
        (
            "Примерова Анна Сергеевна 14.05.1990",
            "",
            {"person": NameKey(family_name="Примерова", given_name="Анна", middle_name="Сергеевна", born_on=BORN)},
        ),
        ("Ли, Нам, 1990-05-14", "", {"person": NameKey(family_name="Ли", given_name="Нам", born_on=BORN)}),
    ],
)
def test_reads_a_key_by_its_shape(typed, kind, key):
    assert question_of(typed, kind=kind, on=ON) == ClinicQuestion(on=ON, **key)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Введите ЕНП"),
        ("12345", "Введите ЕНП"),
        ("12345678901234567", "Введите ЕНП"),
        ("Примерова Анна", "Введите ЕНП"),
        ("Примерова 14.05.1990", "Назовите фамилию, имя"),
        ("Примерова Анна 32.05.1990", "Дата рождения"),
    ],
)
def test_says_what_may_be_typed(typed, told):
    with pytest.raises(ValidationFailed) as refusal:
        question_of(typed, kind="", on=ON)
    assert told in refusal.value.errors[0].message
