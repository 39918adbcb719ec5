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


def flat(**cells):
    return [{"column": name, "value": value} for name, value in cells.items()]


def pages(*rows, **more):
    return read_registry(data=json.dumps({"list": [flat(**row) for row in rows], **more}).encode())


OWN = {"smocod": "77012", "namsmok": "Пример", "version": "7", "sys_recordid": "1"}


@pytest.mark.parametrize(
    "more",
    [
        {"phone": "2"},
        {"email": "b@x"},
        {"version": "8"},
        {"sys_recordid": "2"},
        {"n_doc": "Л-2", "d_start": "2021-01-01"},
        {"data_e": "2022-01-01"},
        {"d_term": "2023-01-01"},
        {"d_begin": "2020-01-01"},
        {"d_end": "2024-01-01"},
        {"name_e": "причина"},
        {"nal_p": "1"},
        {"year_work": "2025"},
        {"duved": "2025-01-01"},
        {"kol_zl": "100"},
        {"okopf": ""},
    ],
)
def test_what_an_insurer_has_several_of_makes_no_second_insurer(more):
    first = {**OWN, "phone": "1", "email": "a@x"}
    found = pages(first, {**first, **more})
    assert [row.number for row in found.rows] == [1]
    (row,) = found.rows
    assert row.phones == ("1", *_values(more, "phone"))
    assert row.emails == ("a@x", *_values(more, "email"))
    others = {"phone", "email", "version", "sys_recordid", "okopf"}
    groups = {{"data_e": "DATE_E"}.get(name, name.upper()): value for name, value in more.items() if name not in others}
    told = [cells for group in (row.licences, row.inclusions, row.notices) for cells in group]
    assert told == ([groups] if groups else [])


def _values(more, name):
    return [more[name]] if name in more else []


@pytest.mark.parametrize("more", [{"namsmok": "Другой"}, {"okopf": "1"}, {"smocod": "77004"}])
def test_another_insurer_is_another_row(more):
    assert [row.number for row in pages(OWN, {**OWN, **more}).rows] == [1, 2]


def test_rows_without_a_code_stay_apart_and_the_same_is_told_once():
    nameless = {name: value for name, value in OWN.items() if name != "smocod"}
    assert len(pages(nameless, nameless).rows) == 2
    doubled = pages({**OWN, "phone": "1", "n_doc": "Л-1"}, {**OWN, "phone": "1", "n_doc": "Л-1"})
    assert (doubled.rows[0].phones, len(doubled.rows[0].licences)) == (("1",), 1)


def test_the_release_and_the_total_are_those_of_the_source():
    found = pages({**OWN, "version": f"  7.1   от {'я' * 60}"}, total=500)
    assert (found.release, found.total) == (f"7.1 от {'я' * 33}", 500)
    assert pages(OWN, total=True).total is None
    two = json.dumps([{"list": [flat(**OWN)], "total": 3}, {"list": [], "total": 5}]).encode()
    assert read_registry(data=two).total == 5
    with pytest.raises(InvalidValue):
        read_registry(data=json.dumps([{"list": [flat(**OWN)]}, {"rows": []}]).encode())


def test_names_of_other_releases_are_read_as_one():
    (row,) = pages({**OWN, "site": "https://x", "namsmop": "Полное"}).rows
    assert (row.cells["WWW"], row.cells["NAM_SMOP"], row.cells["NAM_SMOK"]) == ("https://x", "Полное", "Пример")


def test_a_file_may_be_as_large_as_its_bounds(monkeypatch):
    assert (registry_file.MAX_FILE_BYTES, registry_file.MAX_ROWS) == (10 * 1024 * 1024, 20_000)
    data = json.dumps({"list": [flat(**OWN), flat(**{**OWN, "smocod": "77004"})]}).encode()
    monkeypatch.setattr(registry_file, "MAX_FILE_BYTES", len(data))
    monkeypatch.setattr(registry_file, "MAX_ROWS", 2)
    assert len(read_registry(data=data).rows) == 2
    with pytest.raises(InvalidValue):
        read_registry(data=data + b" ")
