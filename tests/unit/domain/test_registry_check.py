"""Each mistake of a registry row is told in its federal code, and no row with a code is lost (H1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insurer import Inclusion, Licence
from chalicelib.domain.registry_check import CheckedRow, check_row
from chalicelib.domain.registry_file import read_registry
from chalicelib.domain.registry_import import checked_rows
from chalicelib.domain.registry_job import Grade
from chalicelib.domain.registry_messages import texts
from infra.local.registry_sample import clean_row, dirty_rows, json_pages, sample_rows, xml_file

ON = date(2026, 3, 16)
HEAD = {"N_DOC": "ОС 3230-01", "D_START": "2009-02-10"}


def _id(value: Any) -> str:
    """The same in every process: a set has no order."""
    return " ".join(sorted(value)) if isinstance(value, set) else str(value)


def checked(*rows: dict[str, Any]) -> list[CheckedRow]:
    file = read_registry(data=xml_file(rows))
    return checked_rows(rows=file.rows, on=ON, source="F002")


def one(**cells: Any) -> CheckedRow:
    (row,) = checked(clean_row(**cells))
    return row


def codes(row: CheckedRow) -> set[str]:
    return {found.code.removeprefix("F002-") for found in row.findings}


def test_a_clean_row_comes_in_without_a_word():
    row = one()

    assert row.findings == ()
    assert row.insurer is not None
    assert row.insurer.head == "Примеров Пётр Петрович"
    assert row.insurer.licences == (Licence(number="ОС 3230-01", issued_on=date(2009, 2, 10)),)
    assert row.insurer.inclusions == (Inclusion(begins_on=date(2012, 1, 1)),)
    assert row.insurer.may_be_chosen_on(ON)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"SMOCOD": ""}, {"01"}),
        ({"SMOCOD": "770"}, {"02"}),
        ({"SMOCOD": "00012"}, {"35"}),
    ],
    ids=_id,
)
def test_a_row_without_a_usable_code_is_reported_with_its_reason(cells, told):
    row = one(**cells)

    assert (row.insurer, codes(row)) == (None, told)
    assert {found.grade for found in row.findings} == {Grade.ERROR}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"NAM_SMOK": ""}, {"03"}),
        ({"NAM_SMOP": ""}, {"04"}),
        ({"NAM_SMOP": "", "NAM_SMOK": ""}, {"03", "04"}),
        ({"INN": ""}, {"05"}),
        ({"INN": "7728170420"}, {"06"}),
        ({"OGRN": "НЕТ"}, {"07"}),
        ({"OGRN": "1027739008441"}, {"08"}),
        ({"OGRN": "304500116000157", "KPP": "775001001", "INN": "500100732259"}, {"09"}),
        ({"OGRN": "304500116000157", "KPP": "", "INN": "500100732259"}, set()),
        ({"KPP": ""}, {"10"}),
        ({"KPP": "НЕТ"}, {"10"}),
        ({"KPP": "775001001 770101001"}, {"11"}),
        ({"ADDR_J": ""}, {"12"}),
        ({"ADDR_F": ""}, {"13"}),
        ({"INDEX_J": "29501"}, {"14"}),
        ({"INDEX_F": "29501"}, {"15"}),
        ({"FAM_RUK": ""}, {"17"}),
        ({"IM_RUK": ""}, {"18"}),
        ({"PHONE": []}, {"19"}),
        ({"E_MAIL": []}, {"21"}),
        ({"ORG": ""}, {"22"}),
        ({"ORG": "3"}, {"23"}),
        ({"D_EDIT": ""}, {"24"}),
        ({"D_EDIT": "2010-12-31"}, {"24"}),
        ({"TF_OKATO": ""}, {"31"}),
        ({"OKOPF": "x"}, {"33"}),
        ({"INSINCLUDE": [{"D_END": ""}]}, {"41"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2009-01-01", "D_END": "2010-01-01", "NAME_E": "5", "NAL_P": "0"}]}, {"42", "70"}),
        ({"INSINCLUDE": [{"D_END": "2020-01-01", "NAME_E": "5", "NAL_P": "0"}]}, {"43", "70"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2012-01-01", "D_END": "2020-01-01", "NAL_P": "0"}]}, {"44", "70"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2020-01-01", "D_END": "2012-01-01", "NAME_E": "5", "NAL_P": "0"}]}, {"45", "70"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2012-01-01", "D_END": "2020-01-01", "NAME_E": "9", "NAL_P": "0"}]}, {"46", "70"}),
        ({"LICENZIY": [{"N_DOC": "1"}]}, {"51"}),
        ({"LICENZIY": [{"D_START": "2009-02-10"}]}, {"52"}),
        ({"LICENZIY": [HEAD | {"DATE_E": "2009-02-10"}]}, {"53"}),
        ({"LICENZIY": [HEAD | {"D_START": "1990-12-31"}]}, {"54"}),
        ({"INSADVICE": [{"YEAR_WORK": "2026", "KOL_ZL": "1"}]}, {"61"}),
        ({"INSADVICE": [{"YEAR_WORK": "2026", "DUVED": "2025-08-20"}]}, {"62"}),
        ({"INSADVICE": [{"DUVED": "2025-08-20", "KOL_ZL": "1"}]}, {"63"}),
        ({"INSADVICE": [{"YEAR_WORK": "2027", "DUVED": "2025-08-20", "KOL_ZL": "1"}]}, {"64"}),
        ({"LICENZIY": [HEAD | {"D_TERM": "2020-01-01"}]}, {"69"}),
        ({"FAM_RUK": "Cидоров"}, {"72"}),
        ({"IM_RUK": "Иvан"}, {"73"}),
        ({"OT_RUK": "Ивановиx"}, {"74"}),
        ({"PHONE": ["(495)225-23-10"]}, {"75"}),
        ({"FAX": "225"}, {"76"}),
        ({"FAX": "НЕТ"}, set()),
        ({"E_MAIL": ["info@@example"]}, {"77"}),
        ({"WWW": "сайта пока нет!"}, {"78"}),
        ({"WWW": ""}, set()),
        ({"TF_OKATO": "20000"}, {"79"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2012-01-01", "D_END": "2020-01-01", "NAME_E": "5"}]}, {"80", "70"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2012-01-01", "NAL_P": "1"}]}, {"81"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2012-01-01", "NAME_E": "5"}]}, {"82"}),
        ({"INSINCLUDE": [{"D_BEGIN": "2012-01-01"}, {"D_BEGIN": "2014-01-01"}]}, {"83"}),
        (
            {
                "INSINCLUDE": [
                    {"D_BEGIN": "2012-01-01", "D_END": "2015-01-01", "NAME_E": "5", "NAL_P": "0"},
                    {"D_BEGIN": "2014-01-01"},
                ]
            },
            {"84"},
        ),
        (
            {
                "INSINCLUDE": [
                    {"D_BEGIN": "2012-01-01", "D_END": "2013-01-01", "NAME_E": "5", "NAL_P": "0"},
                    {"D_BEGIN": "2014-01-01"},
                ]
            },
            set(),
        ),
        ({"LICENZIY": [HEAD | {"DATE_E": "2100-01-01"}]}, {"85"}),
        ({"LICENZIY": [HEAD, HEAD | {"N_DOC": "С 3230 01"}]}, {"86"}),
        ({"INSADVICE": [{"YEAR_WORK": "2027", "DUVED": "2026-08-20", "KOL_ZL": "1"}]}, {"88"}),
        ({"INSINCLUDE": []}, {"90"}),
        ({"LICENZIY": []}, {"91"}),
        ({"INSADVICE": []}, {"92"}),
    ],
    ids=_id,
)
def test_a_row_with_a_mistake_comes_in_with_a_warning(cells, told):
    row = one(**cells)

    assert codes(row) == told
    assert row.insurer is not None
    assert {found.grade for found in row.findings} <= {Grade.WARNING}
    for found in row.findings:
        assert all(texts()[found.code])


@pytest.mark.parametrize(
    ("cells", "field", "kept"),
    [
        ({"KPP": "775001001/770101001"}, "kpp", "775001001"),
        ({"KPP": "775OО1001"}, "kpp", "775001001"),
        ({"KPP": "не присвоен"}, "kpp", "не присвоен"),
        ({"NAM_SMOP": "", "NAM_SMOK": ""}, "name", "77012"),
        ({"INDEX_J": ""}, "address", "г. Москва, ул. Намёткина, д. 16"),
        ({"ADDR_J": "117997, г. Москва"}, "address", "117997, г. Москва"),
        ({"ADDR_F": "НЕТ"}, "postal_address", "117997, г. Москва, ул. Намёткина, д. 16"),
        ({"FAM_RUK": "Cидоров", "IM_RUK": "-"}, "head", "Сидоров Петрович"),
        ({"PHONE": ["НЕТ", "(495)276-00-10ДОБ.9 (495)951-35-61"]}, "phones", ("8(495)276-00-10:9", "8(495)951-35-61")),
        ({"FAX": "(495)276-00-10"}, "fax", "8(495)276-00-10"),
        ({"E_MAIL": ["bad", "OMS@EXAMPLE.ORG"]}, "email", "oms@example.org"),
        ({"LICENZIY": [HEAD | {"DATE_E": "31.12.2027"}]}, "licence_until", date(2028, 1, 1)),
        ({"LICENZIY": []}, "licence_from", None),
        ({"ORG": "2"}, "organisation", "branch"),
        ({"SMOCOD": "77a12"}, "code", "77A12"),
    ],
    ids=_id,
)
def test_what_a_dirty_cell_means_is_kept(cells, field, kept):
    assert getattr(one(**cells).insurer, field) == kept


def test_a_licence_of_another_head_office_is_told_and_a_code_that_repeats_is_not_taken_twice():
    other = {"OGRN": "1027806865481", "INN": "7813171100"}
    first, second, third, branch = checked(
        clean_row(), clean_row("77015", **other), clean_row(KPP="770101001"), clean_row("34002", ORG="2")
    )

    assert [codes(row) for row in (first, second, third, branch)] == [{"87"}, {"87"}, {"99"}, set()]
    assert [row.insurer is None for row in (first, second, third)] == [False, False, True]


def test_the_demonstration_files_lose_no_row_in_either_form():
    for rows in (sample_rows(), dirty_rows(300)):
        for data in (xml_file(rows), json_pages(rows, size=100)):
            found = checked_rows(rows=read_registry(data=data).rows, on=ON, source="F002")
            assert [row.code for row in found] == [row["SMOCOD"] for row in rows]
            assert all(row.insurer for row in found)


CELLS = st.dictionaries(
    st.sampled_from(["KPP", "INN", "OGRN", "PHONE", "FAX", "WWW", "E_MAIL", "D_EDIT", "ADDR_J", "INDEX_J", "FAM_RUK"]),
    st.text(max_size=30),
)


@given(CELLS)
def test_no_text_in_a_cell_loses_a_row_or_fails(cells):
    file = read_registry(data=json_pages([clean_row(PHONE="", E_MAIL="") | cells]))

    assert check_row(raw=file.rows[0], on=ON, source="").insurer is not None
