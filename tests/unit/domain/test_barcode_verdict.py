"""A scanned barcode beside the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.barcode_verdict import BARCODE_TEXTS, BarcodeReason, judge_barcode
from chalicelib.domain.paper_barcode import PaperBarcode
from chalicelib.domain.person import Person
from chalicelib.domain.policy_number import PolicyNumber
from chalicelib.domain.sex import Sex

LAST = date(2026, 12, 31)
BARCODE = PaperBarcode(
    version=1,
    policy_number=PolicyNumber("7856130840000017"),
    family_name="СМИРНОВ",
    given_name="АЛЕКСЕЙ",
    sex=Sex.MALE,
    born_on=date(1968, 3, 9),
    expires_on=LAST,
)
PERSON = Person(
    person_id="p",
    account_id="p",
    family_name="Смирнов",
    given_name="Алексей",
    middle_name="",
    born_on="1968-03-09",
    sex="male",
    snils="",
)


@pytest.mark.parametrize(
    ("person", "on", "reason"),
    [
        (PERSON, LAST, BarcodeReason.MATCHES),
        (PERSON, date(2027, 1, 1), BarcodeReason.EXPIRED),
        (replace(PERSON, family_name="Смирнова"), LAST, BarcodeReason.DIFFERS),
        (replace(PERSON, sex="female"), date(2027, 1, 1), BarcodeReason.DIFFERS),
        (None, LAST, BarcodeReason.UNKNOWN),
    ],
)
def test_compares_what_is_scanned_with_what_is_known(person, on, reason):
    verdict = judge_barcode(barcode=BARCODE, person=person, on=on)
    assert (verdict.reason, verdict.expires_on) == (reason, LAST)
    assert verdict.text == BARCODE_TEXTS[reason]


def test_without_a_term_nothing_expires():
    verdict = judge_barcode(barcode=replace(BARCODE, expires_on=None), person=PERSON, on=date(2099, 1, 1))
    assert verdict.reason is BarcodeReason.MATCHES


def test_has_a_sentence_for_every_reason():
    assert BARCODE_TEXTS.keys() == set(BarcodeReason)
