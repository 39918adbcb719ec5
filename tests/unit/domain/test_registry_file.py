"""Registry files of both kinds say the same, and what is no registry file says why (H1)."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain import registry_file
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.registry_file import read_registry
from infra.local.registry_sample import clean_row, json_pages, xml_file

TWO = [{"N_DOC": "1", "D_START": "2009-02-10"}, {"N_DOC": "2", "D_START": "2012-02-10"}]
PAGE = {"list": [[{"column": "SMOCOD", "value": "77012"}]], "total": 1}


def reason(data: bytes) -> str:
    with pytest.raises(InvalidValue) as caught:
        read_registry(data=data)
    return caught.value.reason


def test_pages_join_what_the_flat_interface_repeats():
    rows = [clean_row(LICENZIY=TWO), clean_row("77015")]

    file = read_registry(data=json_pages(rows, size=1))
    from_xml = read_registry(data=xml_file(rows))

    assert [row.cells["SMOCOD"] for row in file.rows] == ["77012", "77015"]
    assert [row.licences for row in file.rows] == [row.licences for row in from_xml.rows]
    assert (file.total, from_xml.total, from_xml.release) == (3, None, "2.0 от 2026-03-01")


def test_rows_of_one_code_that_differ_stay_two():
    file = read_registry(data=json_pages([clean_row(), clean_row(KPP="770101001")]))

    assert len(file.rows) == 2


def test_a_page_alone_is_enough_and_odd_cells_are_empty():
    odd = {
        "list": [
            [
                {"column": " smocod ", "value": 77012},
                {"column": "KPP", "value": None},
                {"column": "INN", "value": {"a": 1}},
                {"column": "VERSION", "value": "1.5"},
                {"value": "nameless"},
                "text",
            ],
            "no row",
        ],
        "total": True,
    }
    file = read_registry(data=json.dumps(odd).encode())

    assert file.rows[0].cells == {"SMOCOD": "77012", "KPP": "", "INN": "", "VERSION": "1.5"}
    assert (file.rows[1].cells, file.total, file.release) == ({}, None, "1.5")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"rows": []}', "not_pages"),
        (b"[1]", "not_pages"),
        (b'{"list": []}', "no_rows"),
        (b"<packet/>", "no_rows"),
        (b"<other/>", "not_f002"),
        (b"PK\x03\x04", "not_xml"),
    ],
)
def test_what_is_no_registry_is_refused_with_its_reason(data, why):
    assert reason(data) == why


def test_files_are_bounded(monkeypatch):
    monkeypatch.setattr(registry_file, "MAX_FILE_BYTES", 20)
    assert reason(json.dumps(PAGE).encode()) == "file_too_large"
    monkeypatch.setattr(registry_file, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(registry_file, "MAX_ROWS", 0)
    assert reason(json.dumps(PAGE).encode()) == "too_many_rows"
