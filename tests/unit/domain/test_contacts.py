from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contacts import MESSAGES, PostalAddress, check_address
from chalicelib.domain.errors import InvalidValue

ADDRESS = PostalAddress(
    index="630099",
    region="54",
    city="Новосибирск",
    street="Красный пр-т",
    house="18/2",
    flat="5",
)


def found(**changes):
    errors = check_address(address=replace(ADDRESS, **changes), prefix="residence")
    return [(error.field.removeprefix("residence."), error.code) for error in errors]


def test_takes_an_address():
    assert found() == []


def test_street_and_flat_may_be_absent():
    assert found(street="", flat="") == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"index": "29501"}, [("index", "address_index")]),
        ({"index": "٦٣٠٠٩٩"}, [("index", "address_index")]),
        ({"index": "000000"}, [("index", "address_index")]),
        ({"region": "87"}, [("region", "address_region")]),
        ({"city": ""}, [("city", "address_required")]),
        ({"house": " "}, [("house", "address_required")]),
        ({"street": "Ленина🙂"}, [("street", "address_sign")]),
        ({"street": "Лени\u200bна"}, [("street", "address_sign")]),
        ({"street": "--"}, [("street", "address_meaningless")]),
        ({"house": "1" * 21}, [("house", "address_length")]),
        ({"flat": "1234567!"}, [("flat", "address_length"), ("flat", "address_sign")]),
    ],
)
def test_names_every_mistake(changes, expected):
    assert found(**changes) == expected


def test_lists_all_mistakes_at_once():
    address = PostalAddress(index="", region="", city="", house="")
    errors = check_address(address=address, prefix="registration")
    assert [error.field for error in errors] == [
        "registration.index",
        "registration.region",
        "registration.city",
        "registration.house",
    ]


def test_an_address_is_written_in_one_line():
    assert ADDRESS.line() == "630099, Новосибирская область, Новосибирск, Красный пр-т, 18/2, кв. 5"
    moscow = PostalAddress(index="119019", region="77", city="Москва", house="1")
    assert moscow.line() == "119019, Москва, 1"


def test_an_address_of_no_region_has_no_line():
    with pytest.raises(InvalidValue):
        replace(ADDRESS, region="99").line()


@given(st.text("абЯZ09 .,-/()№!\t\n٣🙂\u0301\u200b\ud800漢", max_size=130))
def test_any_text_is_either_taken_or_explained(text):
    errors = check_address(address=replace(ADDRESS, city=text), prefix="residence")
    assert all(error.code in MESSAGES and "{" not in error.message for error in errors)
