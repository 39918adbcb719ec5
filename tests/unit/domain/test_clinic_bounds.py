"""Clinics at their bounds: days, places, houses and rows of registries (requirement J1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import isclose
from typing import Any

import pytest

from chalicelib.domain.areas import AREA_TITLES, AreaType, street_key
from chalicelib.domain.clinic import AGES_TITLES, Ages, Clinic, Houses, leading_number, nearest_first
from chalicelib.domain.clinic_rows import LONGEST, RowReader, read_area, read_clinic, read_department, read_doctor
from infra.local.clinics_sample import clinics_rows

ROWS = clinics_rows()
DAY = timedelta(days=1)
FULL = {
    "mcod": "770001",
    "idmo": "I1",
    "oid_mo": "O1",
    "nam_mok": "Краткое",
    "nam_mop": "Полное наименование",
    "inn": ROWS["clinics"][0]["inn"],
    "kpp": "770001001",
    "ogrn": ROWS["clinics"][0]["ogrn"],
    "okopf": "75203",
    "okfs": "13",
    "oktmo": "45382000",
    "addr_j": "Г. МОСКВА",
    "addr_j_gar": "gar",
    "phone": "+74950000000",
    "fax": "+74950000001",
    "email": "a@example.org",
    "licence": "Л-1",
    "profile": "общий",
    "datebeg": "2020-01-01",
    "dateend": "2030-12-31",
    "programmes": "базовая; территориальная;",
    "latitude": "90",
    "longitude": "-180",
}


def clinic(**changed: Any) -> Clinic:
    reader = RowReader(FULL)
    read = read_clinic(reader, departments=(), source="F031")
    assert reader.errors == []
    return replace(read, **changed)


def wrong(reading: Any, row: dict[str, str]) -> dict[str, str]:
    reader = RowReader(row)
    reading(reader)
    return {error.field: error.code for error in reader.errors}


def test_every_column_of_a_clinic_comes_to_its_place() -> None:
    found = clinic()
    assert (found.code, found.region, found.name, found.full_name) == ("770001", "77", "Краткое", "Полное наименование")
    assert (found.idmo, found.oid, found.kpp, found.okopf, found.okfs) == ("I1", "O1", "770001001", "75203", "13")
    assert (found.oktmo, found.address, found.address_gar) == ("45382000", "Г. МОСКВА", "gar")
    assert (found.phone, found.fax, found.email) == ("+74950000000", "+74950000001", "a@example.org")
    assert (found.licence, found.profile, found.source) == ("Л-1", "общий", "F031")
    assert found.programmes == ("базовая", "территориальная")
    assert (found.latitude, found.longitude) == (90, -180)
    assert (found.included_on, found.excluded_on) == (date(2020, 1, 1), date(2031, 1, 1))
    assert read_clinic(RowReader({**FULL, "nam_mop": ""}), departments=(), source="").full_name == "Краткое"


def test_a_clinic_works_from_its_first_day_to_its_last() -> None:
    for open_end in (None, date(2031, 1, 1)):
        found = clinic(excluded_on=open_end)
        assert [found.works_on(date(2020, 1, 1) + days * DAY) for days in (-1, 0, 1)] == [False, True, True]
    assert [found.works_on(date(2031, 1, 1) + days * DAY) for days in (-1, 0)] == [True, False]


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((0.0, 0.0), (0.0, 90.0), 10_007.5),
        ((0.0, 0.0), (90.0, 0.0), 10_007.5),
        ((55.7558, 37.6173), (59.9386, 30.3141), 634.0),
        ((55.7558, 37.6173), (55.7558, 37.6173), 0.0),
        ((60.0, 0.0), (60.0, 180.0), 6_671.7),
    ],
    ids=["a quarter of the equator", "of a meridian", "Moscow to Petersburg", "nowhere", "over the pole"],
)
def test_distances_on_the_globe(here: tuple[float, float], there: tuple[float, float], km: float) -> None:
    found = clinic(latitude=there[0], longitude=there[1]).distance_km(latitude=here[0], longitude=here[1])
    assert found is not None
    assert isclose(found, km, rel_tol=0.003, abs_tol=0.001)


@pytest.mark.parametrize("unknown", [{"latitude": None}, {"longitude": None}])
def test_a_place_that_is_known_by_half_is_not_known(unknown: dict[str, None]) -> None:
    assert clinic(**unknown).distance_km(latitude=0, longitude=0) is None


def test_the_nearest_comes_first_then_by_name_and_unknown_places_last() -> None:
    near, far = clinic(latitude=1, longitude=0), clinic(latitude=2, longitude=0)
    named = [replace(found, name=name) for found, name in ((far, "А"), (near, "Я"), (near, "Б"))]
    here = clinic(latitude=0, longitude=0, name="Ы")
    unknown = [clinic(latitude=None, name="Г"), clinic(latitude=None, name="В")]
    found = nearest_first(clinics=[*unknown, *named, here], latitude=0, longitude=0)
    assert [(one.name, distance is None) for one, distance in found] == [
        ("Ы", False),
        ("Б", False),
        ("Я", False),
        ("А", False),
        ("В", True),
        ("Г", True),
    ]


@pytest.mark.parametrize(
    "word",
    [
        "ул",
        "улица",
        "пр",
        "пр-кт",
        "пр-т",
        "проспект",
        "пер",
        "переулок",
        "б-р",
        "бульвар",
        "ш",
        "шоссе",
        "пл",
        "площадь",
        "наб",
        "набережная",
        "им",
        "имени",
    ],
)
def test_what_kind_of_street_it_is_says_nothing(word: str) -> None:
    plain = street_key(city="Клин", street="Мира")
    for street in (f"{word} Мира", f"Мира {word}.", f"{word.upper()}. Мира,", f"{word}.Мира", f"{word},Мира"):
        assert street_key(city="г. Клин", street=street) == street_key(city="город Клин", street=street) == plain
    assert street_key(city="Клин", street="Мира малая") != street_key(city="Клин", street="Мирамалая") != plain


@pytest.mark.parametrize(
    ("house", "number"),
    [("12к3", 12), (" 7", 7), ("99999", 99_999), ("100000", None), ("к3", None), ("", None), ("3/5", 3), ("²4", None)],
)
def test_the_leading_number_of_a_house(house: str, number: int | None) -> None:
    assert leading_number(house) == number


def test_every_kind_of_area_and_of_age_has_its_word() -> None:
    assert (set(AREA_TITLES), set(AGES_TITLES)) == (set(AreaType), set(Ages))
    reader = RowReader({**ROWS["doctors"][0], "ages": "nobody"})
    read_doctor(reader)
    assert ", ".join(ages.value for ages in Ages) in reader.errors[0].message


@pytest.mark.parametrize(("name", "limit"), sorted({**LONGEST, "speciality": 500}.items()))
def test_a_text_fills_its_column_and_no_more(name: str, limit: int) -> None:
    reader = RowReader({name: "я" * limit})
    assert len(reader.text(name)) == limit
    assert reader.errors == []
    longer = RowReader({name: "я" * (limit + 1)})
    longer.text(name)
    assert [(error.field, error.code, str(limit) in error.message) for error in longer.errors] == [
        (name, "too_long", True)
    ]


def test_the_columns_are_as_long_as_the_registries_say() -> None:
    assert LONGEST == {"nam_mop": 2500, "nam_mok": 250, "addr_j": 300, "name": 200, "street": 120, "city": 120}


@pytest.mark.parametrize(
    ("text", "value", "mistakes"),
    [("", 5, []), ("0", 0, []), ("999999999", 999_999_999, []), ("1000000000", 5, ["n"]), ("-1", 5, ["n"])],
)
def test_whole_numbers_have_nine_digits_at_most(text: str, value: int, mistakes: list[str]) -> None:
    reader = RowReader({"n": text})
    assert (reader.number("n", 5), [error.field for error in reader.errors]) == (value, mistakes)


@pytest.mark.parametrize(
    ("text", "value"), [("90", 90.0), ("-90", -90.0), ("90.01", None), ("-90,01", None), ("", None), ("x", None)]
)
def test_degrees_reach_to_the_poles(text: str, value: float | None) -> None:
    reader = RowReader({"latitude": text})
    assert reader.degrees("latitude", 90) == value
    assert bool(reader.errors) is (value is None and text != "")


def test_the_last_day_of_a_clinic_may_be_its_first() -> None:
    def read(row: dict[str, str]) -> dict[str, str]:
        return wrong(lambda reader: read_clinic(reader, departments=(), source=""), row)

    assert read({**FULL, "dateend": FULL["datebeg"]}) == {}
    assert read({**FULL, "dateend": "2019-12-31"}) == {"dateend": "ends_before_it_begins"}


@pytest.mark.parametrize("code", ["7700011", "77000a", "990001", "77000"])
def test_a_code_of_a_clinic_is_six_digits_of_a_region(code: str) -> None:
    assert wrong(lambda reader: reader.code("mcod"), {"mcod": code}) == {"mcod": "clinic_code_format"}


@pytest.mark.parametrize(
    ("reading", "needed"),
    [
        (read_department, {"mcod", "code", "name", "address"}),
        (read_doctor, {"mcod", "id", "name", "speciality", "speciality_title"}),
        (read_area, {"mcod", "id", "doctor", "city", "street"}),
    ],
)
def test_an_empty_row_names_every_column_that_is_needed(reading: Any, needed: set[str]) -> None:
    assert wrong(reading, {}) == dict.fromkeys(needed, "required")


def test_rows_of_departments_doctors_and_areas_come_to_their_places() -> None:
    code, department = read_department(
        RowReader({"mcod": "770001", "code": "D1", "name": "Детское", "address": "Москва", "phone": "1"})
    )
    told = (department.code, department.name, department.address, department.phone)
    assert (code, told) == ("770001", ("D1", "Детское", "Москва", "1"))
    row = {"mcod": "770001", "id": "d1", "name": "Н", "speciality": "27", "speciality_title": "Терапевт"}
    doctor = read_doctor(RowReader({**row, "department": "D1", "area": "1", "ages": "adults", "limit": "9"}))
    assert (doctor.clinic_code, doctor.region, doctor.department) == ("770001", "77", "D1")
    assert (doctor.area, doctor.ages, doctor.limit) == (AreaType.THERAPIST, Ages.ADULTS, 9)
    reader = RowReader({**row, "area": ""})
    assert (read_doctor(reader).area, reader.errors) == (None, [])
    place = {"mcod": "770001", "id": "a1", "doctor": "d1", "city": "Клин", "street": "Мира"}
    area = read_area(RowReader({**place, "houses": "odd", "from": "3", "until": "9"}))
    assert (area.region, area.houses, area.house_from, area.house_until) == ("77", Houses.ODD, 3, 9)
    whole = read_area(RowReader(place))
    assert (whole.houses, whole.house_from, whole.house_until) == (Houses.ALL, 1, 0)
