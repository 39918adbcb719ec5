from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.identity_documents import (
    MAX_ISSUER_LENGTH,
    MESSAGES,
    IdentityDocument,
    check_document,
    normalize_document,
    passport_valid_until,
)

ON = date(2026, 11, 22)
BORN_ON = date(1990, 5, 6)
PASSPORT = IdentityDocument(
    type="14",
    series="4510",
    number="123456",
    issued_on=date(2010, 6, 1),
    issuer="ОВД района Хамовники города Москвы",
    issuer_code="770-001",
)
RESIDENCE_PERMIT = IdentityDocument(
    type="11",
    series="82",
    number="1234567",
    issued_on=date(2024, 1, 1),
    issuer="МВД России",
    expires_on=date(2027, 1, 1),
)


def found(document, *, on=ON, born_on=BORN_ON):
    errors = check_document(document=document, on=on, born_on=born_on)
    assert all(error.message and "{" not in error.message for error in errors)
    return [(error.field.removeprefix("identity_document."), error.code) for error in errors]


def test_takes_a_passport():
    assert found(PASSPORT) == []


def test_takes_a_residence_permit_to_its_last_day():
    assert found(RESIDENCE_PERMIT, on=date(2027, 1, 1)) == []
    assert found(RESIDENCE_PERMIT, on=date(2027, 1, 2)) == [("expires_on", "document_expired")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "99"}, [("type", "document_type_unknown")]),
        ({"type": "0"}, [("type", "document_type_unknown")]),
        ({"type": ""}, [("type", "document_type_unknown")]),
        ({"series": "451"}, [("series", "document_series")]),
        ({"series": "АБ 10"}, [("series", "document_series")]),
        ({"number": "12345"}, [("number", "document_number")]),
        ({"number": "١٢٣٤٥٦"}, [("number", "document_number")]),
        ({"issued_on": None}, [("issued_on", "document_issued_on_required")]),
        ({"issued_on": date(2026, 11, 23)}, [("issued_on", "document_issued_in_future")]),
        ({"issuer": " "}, [("issuer", "document_issuer_required")]),
        ({"issuer": "О" * 81}, [("issuer", "document_issuer_length")]),
        ({"issuer_code": "77-001"}, [("issuer_code", "passport_issuer_code")]),
        ({"issuer_code": ""}, [("issuer_code", "passport_issuer_code")]),
        (
            {"issued_on": date(2004, 5, 5)},
            [("issued_on", "passport_issued_early"), ("issued_on", "passport_overdue")],
        ),
        ({"issued_on": date(2010, 5, 5)}, [("issued_on", "passport_overdue")]),
        ({"issued_on": date(2010, 5, 6)}, []),
        (
            {"issued_on": date(1990, 5, 5)},
            [("issued_on", "document_issued_before_birth"), ("issued_on", "passport_overdue")],
        ),
    ],
)
def test_names_the_mistake_of_a_passport(changes, expected):
    assert found(replace(PASSPORT, **changes)) == expected


def test_lists_all_mistakes_at_once():
    document = IdentityDocument(type="11", expires_on=None)
    assert found(document) == [
        ("series", "document_series"),
        ("number", "document_number"),
        ("issued_on", "document_issued_on_required"),
        ("issuer", "document_issuer_required"),
        ("expires_on", "document_expiry_required"),
    ]


def test_refuses_documents_that_applications_do_not_take():
    military = IdentityDocument(
        type="07", series="МА", number="1234567", issued_on=date(2010, 1, 1), issuer="Комиссариат"
    )
    assert found(military) == [("type", "document_type_refused")]


def test_an_expiry_before_the_issue_is_told():
    document = replace(RESIDENCE_PERMIT, expires_on=date(2023, 1, 1))
    assert found(document) == [
        ("expires_on", "document_expiry_before_issue"),
        ("expires_on", "document_expired"),
    ]


def test_an_expiry_without_an_issue_is_checked_alone():
    document = replace(RESIDENCE_PERMIT, issued_on=None)
    assert found(document) == [("issued_on", "document_issued_on_required")]


def test_a_birth_certificate_serves_30_days_after_the_14th_birthday():
    certificate = IdentityDocument(
        type="3", series="IV-АБ", number="123456", issued_on=date(2012, 12, 1), issuer="ЗАГС"
    )
    born_on = date(2012, 10, 23)
    assert found(certificate, born_on=born_on, on=date(2026, 11, 22)) == []
    assert found(certificate, born_on=born_on, on=date(2026, 11, 23)) == [("type", "birth_certificate_age")]


def test_the_prefix_opens_the_path():
    errors = check_document(
        document=replace(PASSPORT, number=""), on=ON, born_on=BORN_ON, prefix="representative.document"
    )
    assert [error.field for error in errors] == ["representative.document.number"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            IdentityDocument(
                type=" 014 ", series="45-10", number="№ 123 456", issuer=" ОВД  № 1 ", issuer_code="770001"
            ),
            IdentityDocument(type="14", series="45 10", number="123456", issuer="ОВД № 1", issuer_code="770-001"),
        ),
        (
            IdentityDocument(type="03", series="ХI – aб", number="123456"),
            IdentityDocument(type="3", series="XI-АБ", number="123456"),
        ),
        (
            IdentityDocument(type="9", series=" ab  1 ", number="12"),
            IdentityDocument(type="9", series="ab 1", number="12"),
        ),
        (IdentityDocument(type="xx", series=" a "), IdentityDocument(type="xx", series="a")),
    ],
)
def test_series_and_numbers_are_brought_to_one_writing(document, expected):
    assert normalize_document(document) == expected


@given(st.text("0123456789АБXIabхс -–№", max_size=8), st.sampled_from(["14", "3", "4", "9", "25", "77"]))
def test_normalizing_twice_changes_nothing(text, code):
    once = normalize_document(IdentityDocument(type=code, series=text, number=text, issuer_code=text))
    assert normalize_document(once) == once


@pytest.mark.parametrize(
    ("issued_on", "valid_until"),
    [
        (date(2004, 6, 1), date(2010, 6, 6)),
        (date(2010, 5, 5), date(2010, 6, 6)),
        (date(2010, 5, 6), date(2035, 8, 5)),
        (date(2035, 5, 5), date(2035, 8, 5)),
        (date(2035, 5, 6), None),
    ],
)
def test_a_passport_serves_to_20_and_45_and_the_days_of_grace(issued_on, valid_until):
    assert passport_valid_until(issued_on=issued_on, born_on=BORN_ON) == valid_until


def test_the_old_passport_serves_through_the_90th_day_after_the_birthday():
    born_on = date(2006, 8, 24)
    passport = replace(PASSPORT, issued_on=date(2020, 9, 1))
    last = date(2026, 8, 24) + timedelta(days=90)
    assert last == ON
    assert found(passport, born_on=born_on, on=last) == []
    assert found(passport, born_on=born_on, on=last + timedelta(days=1)) == [("issued_on", "passport_overdue")]


def test_a_passport_of_a_person_born_on_29_february_ages_on_1_march():
    assert passport_valid_until(issued_on=date(2030, 1, 1), born_on=date(1992, 2, 29)) == date(2037, 5, 31)


def test_every_message_tells_something():
    assert all(message.strip() for message in MESSAGES.values())


@pytest.mark.parametrize(
    ("document", "born_on", "expected"),
    [
        (replace(RESIDENCE_PERMIT, issued_on=ON), BORN_ON, []),
        (replace(RESIDENCE_PERMIT, issued_on=ON, expires_on=ON), BORN_ON, []),
        (RESIDENCE_PERMIT, date(2024, 1, 1), []),
        (RESIDENCE_PERMIT, date(2024, 1, 2), [("issued_on", "document_issued_before_birth")]),
        (replace(RESIDENCE_PERMIT, issuer="Ж" * MAX_ISSUER_LENGTH), BORN_ON, []),
        (
            replace(RESIDENCE_PERMIT, issuer="Ж" * (MAX_ISSUER_LENGTH + 1)),
            BORN_ON,
            [("issuer", "document_issuer_length")],
        ),
        (replace(PASSPORT, issued_on=date(2026, 5, 6)), date(1981, 5, 6), []),
        (replace(PASSPORT, issued_on=date(2026, 5, 6)), date(2012, 5, 6), []),
        (replace(PASSPORT, issued_on=date(2026, 5, 5)), date(2012, 5, 6), [("issued_on", "passport_issued_early")]),
        (replace(PASSPORT, issued_on=date(2026, 5, 6)), date(2026, 5, 6), [("issued_on", "passport_issued_early")]),
    ],
)
def test_the_days_of_a_document_count_from_the_first_to_the_last(document, born_on, expected):
    assert found(document, born_on=born_on) == expected


@pytest.mark.parametrize("typed", ["45 1", "451012", "45AB", "45 10 1"])
def test_a_series_that_is_no_series_stays_as_it_was_typed(typed):
    assert normalize_document(replace(PASSPORT, series=typed)).series == typed


@pytest.mark.parametrize("typed", ["77000", "7700011", "77A001"])
def test_a_code_of_an_issuer_that_is_none_stays_as_it_was_typed(typed):
    assert normalize_document(replace(PASSPORT, issuer_code=typed)).issuer_code == typed
