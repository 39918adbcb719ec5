"""Clinics: who is served where, how far it is, and how rows of the registries are read (requirement J1)."""

from __future__ import annotations

from datetime import date
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.areas import AreaType, street_key
from chalicelib.domain.clinic import Ages, Doctor, Houses, ServedArea, leading_number, nearest_first, places_left
from chalicelib.domain.clinic_rows import RowReader, read_area, read_clinic, read_department, read_doctor
from infra.local.clinics_sample import clinics_rows

ROWS = clinics_rows()


def clinic(number: int = 0, **changed: str):
    reader = RowReader({**ROWS["clinics"][number], **changed})
    return read_clinic(reader, departments=(), source="F031"), {error.field: error.code for error in reader.errors}


def test_every_row_of_the_sample_is_good() -> None:
    read = {"departments": read_department, "doctors": read_doctor, "areas": read_area}
    for table, reading in read.items():
        for row in ROWS[table]:
            reader = RowReader(row)
            reading(reader)
            assert reader.errors == []
    for number in range(len(ROWS["clinics"])):
        assert clinic(number)[1] == {}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"mcod": "77001"}, {"mcod": "clinic_code_format"}),
        ({"mcod": "990001"}, {"mcod": "clinic_code_format"}),
        ({"mcod": ""}, {"mcod": "required"}),
        ({"inn": "7700000001"}, {"inn": "inn_check_digits"}),
        ({"nam_mok": " "}, {"nam_mok": "required"}),
        ({"datebeg": "2026-02-30"}, {"datebeg": "date_calendar"}),
        ({"dateend": "31.12.2021"}, {"dateend": "ends_before_it_begins"}),
        ({"latitude": "91"}, {"latitude": "coordinate_format"}),
        ({"longitude": "east"}, {"longitude": "coordinate_format"}),
        ({"addr_j": "я" * 301}, {"addr_j": "too_long"}),
        ({"addr_j": "", "ogrn": "1"}, {"addr_j": "required", "ogrn": "ogrn_length"}),
        ({"inn": "500100732259", "ogrn": "304500116000157", "kpp": "000000000"}, {}),
        ({"latitude": "55,75", "dateend": "31.12.2089"}, {}),
        ({"latitude": "nan"}, {"latitude": "coordinate_format"}),
    ],
)
def test_every_mistake_of_a_row_is_named(changed: dict[str, str], wrong: dict[str, str]) -> None:
    assert clinic(**changed)[1] == wrong


def test_a_clinic_works_while_it_is_in_the_registry() -> None:
    read, _ = clinic(datebeg="01.01.2026", dateend="31.12.2026", nam_mop="")
    assert [read.works_on(day) for day in (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1))] == [
        False,
        True,
        False,
    ]
    assert (read.region, read.full_name) == ("77", read.name)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"area": "9"}, {"area": "choice"}),
        ({"ages": "old"}, {"ages": "choice"}),
        ({"limit": "-1"}, {"limit": "number_format"}),
        ({"limit": "1" * 10}, {"limit": "number_format"}),
        ({"name": ""}, {"name": "required"}),
    ],
)
def test_rows_of_doctors_are_judged_too(row: dict[str, str], wrong: dict[str, str]) -> None:
    reader = RowReader({**ROWS["doctors"][0], **row})
    read_doctor(reader)
    assert {error.field: error.code for error in reader.errors} == wrong


def area(**changed: object) -> ServedArea:
    values = {"houses": Houses.ALL, "house_from": 1, "house_until": 0, **changed}
    return ServedArea(
        area_id="1", clinic_code="770001", region="77", doctor_id="d", city="Москва", street="ул. Мира", **values
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "house", "is_served"),
    [
        ({}, "1", True),
        ({}, "12к3", True),
        ({}, "12/4", True),
        ({}, "без номера", False),
        ({}, "", False),
        ({}, "123456", False),
        ({"houses": Houses.ODD}, "7", True),
        ({"houses": Houses.ODD}, "8", False),
        ({"houses": Houses.EVEN}, "8", True),
        ({"house_from": 5, "house_until": 9}, "4", False),
        ({"house_from": 5, "house_until": 9}, "9", True),
        ({"house_from": 5, "house_until": 9}, "10", False),
    ],
)
def test_a_house_lies_in_an_area_by_its_number(changed: dict[str, object], house: str, is_served: bool) -> None:
    assert area(**changed).has_house(house) is is_served


@given(st.integers(1, 99999), st.text(alphabet="абвк/- ", max_size=4))
def test_the_number_leads_the_house(number: int, tail: str) -> None:
    assert leading_number(f" {number}{tail}") == number


@given(st.permutations(["ул.", "Мира"]))
def test_a_street_is_one_however_it_is_written(words: list[str]) -> None:
    assert street_key(city="г. Москва", street=" ".join(words)) == area().street_key
    assert street_key(city="Москва", street="МИРА") == area().street_key
    assert street_key(city="Москва", street="Мирная") != area().street_key


def test_ages_and_places() -> None:
    doctor = Doctor(
        doctor_id="d",
        clinic_code="770001",
        region="77",
        name="Д",
        speciality="76",
        speciality_title="Терапия",
        area=AreaType.THERAPIST,
        ages=Ages.ADULTS,
        limit=2,
    )
    assert [doctor.serves(age=age) for age in (17, 18)] == [False, True]
    assert [places_left(doctor=doctor, taken=taken) for taken in ({}, {"d": 1}, {"d": 5})] == [2, 1, 0]
    child = Doctor(
        doctor_id="d", clinic_code="1", region="77", name="", speciality="", speciality_title="", ages=Ages.CHILDREN
    )
    assert [child.serves(age=age) for age in (0, 17, 18)] == [True, True, False]


def test_nearest_first_and_unknown_places_last() -> None:
    all_of_them = [clinic(number)[0] for number in range(5)]
    found = nearest_first(clinics=all_of_them, latitude=55.7402, longitude=37.6256)
    assert [one.code for one, _ in found] == ["770002", "770001", "770003", "160001", "540001"]
    assert [km is None for _, km in found] == [False, False, False, False, True]
    kazan = next(km for one, km in found if one.code == "160001")
    assert kazan is not None
    assert isclose(kazan, 719, rel_tol=0.01)
