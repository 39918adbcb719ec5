"""What documents print: whole names, countries, days without a hole (requirements F2, K1)."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.countries import COUNTRIES, EAEU, FOREIGN, RUSSIA, STATELESS
from chalicelib.domain.documents import HolderView, InsuranceCertificateDocument, StretchView

DAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("family", "given", "middle", "whole"),
    [
        ("Примерова", "Анна", "Сергеевна", "Примерова Анна Сергеевна"),
        ("Примерова", "Анна", "", "Примерова Анна"),
        ("", "Анна", "Сергеевна", "Анна Сергеевна"),
        ("Примерова", "", "Сергеевна", "Примерова Сергеевна"),
        ("", "", "", ""),
    ],
)
def test_a_name_has_no_blanks_where_a_part_is_missing(family: str, given: str, middle: str, whole: str) -> None:
    holder = HolderView(family_name=family, given_name=given, middle_name=middle, born_on=DAY)
    assert holder.full_name == whole


@pytest.mark.parametrize(
    ("insurers", "is_continuous"), [(("77012",), True), (("77012", ""), False), (("", "77012"), False), ((), True)]
)
def test_insurance_is_continuous_if_somebody_insured_on_every_day(
    insurers: tuple[str, ...], is_continuous: bool
) -> None:
    stretches = tuple(StretchView(from_on=DAY, to_on=DAY, insurer="", insurer_code=code) for code in insurers)
    document = InsuranceCertificateDocument(
        number="1",
        holder=HolderView(family_name="А", given_name="Б", born_on=DAY),
        policy_number="",
        stretches=stretches,
        issued_on=DAY,
        qr_link="",
        legal_reference="",
    )
    assert (document.is_continuous, document.bilingual) == (is_continuous, False)


def test_citizenships_are_russian_none_or_foreign() -> None:
    assert frozenset(COUNTRIES) == FOREIGN | {RUSSIA, STATELESS}
    assert not FOREIGN & {RUSSIA, STATELESS}
    assert frozenset({"ARM", "BLR", "KAZ", "KGZ"}) == EAEU < FOREIGN
    assert (RUSSIA, STATELESS) == ("RUS", "XXA")
    assert all(len(code) == 3 and code.isupper() and name for code, name in COUNTRIES.items())
    assert 240 < len(FOREIGN) < 260
