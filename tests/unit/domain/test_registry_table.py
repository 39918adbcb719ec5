"""Tables about insurers are read whatever types a spreadsheet gives its cells (H1, H2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import registry_table
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.registry_job import Registry
from chalicelib.domain.registry_table import is_sheet, rows_of_sheet, rows_of_tree
from chalicelib.domain.registry_table_check import insurer_code_of

HEADER = ["№ п/п", "Адрес пункта выдачи", "Код СМО", "Код ПВП", "Действует с", "Закрыт", "Телефон"]
CELLS = st.none() | st.booleans() | st.floats(allow_nan=False) | st.dates() | st.datetimes() | st.text(max_size=5)


def test_cells_of_any_type_become_the_text_that_the_register_has() -> None:
    row: list[Any] = [1.0, "  г. Москва,\n ул. А ", 6050.0, 1, datetime(2020, 2, 1, 12), date(2021, 3, 31), None]
    (read,) = rows_of_sheet(registry=Registry.ISSUE_POINTS, rows=[["Пункты выдачи"], HEADER, [], row])
    assert read.number == 4
    assert dict(read.cells) == {
        "ADDRESS": "г. Москва, ул. А",
        "SMOCOD": "6050",
        "CODPVP": "1",
        "DATEBEG": "2020-02-01",
        "DATEEND": "2021-03-31",
        "PHONE": "",
    }
    assert insurer_code_of(read.cells["SMOCOD"]) == "06050"


@given(st.lists(st.lists(CELLS, max_size=9), min_size=1, max_size=5))
def test_whatever_stands_below_a_header_is_read_or_refused_by_name(rows: list[list[Any]]) -> None:
    filled = [*rows, ["1"]]
    found = rows_of_sheet(registry=Registry.ISSUE_POINTS, rows=[HEADER, *filled])
    assert found[-1].number == 1 + len(filled)
    assert all(isinstance(text, str) for row in found for text in row.cells.values())


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_table, "MAX_ROWS", 2)
    with pytest.raises(InvalidValue) as refusal:
        rows_of_tree(registry=Registry.RATINGS, data=b"<p>" + b"<r><SMOCOD>77012</SMOCOD></r>" * 3 + b"</p>")
    assert refusal.value.reason == "too_many_rows"


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"\xef\xbb\xbf  <a/>", False), (b'\n{"list": []}', False), (b"[", False), (b"PK\x03\x04", True), (b"a;b", True)],
)
def test_sheets_are_told_from_trees_by_their_first_signs(data: bytes, *, expected: bool) -> None:
    assert is_sheet(data=data) is expected


def test_values_of_other_kinds_in_json_are_no_text() -> None:
    page = b'{"list": [[{"column": "smocod", "value": 77012.0}, {"column": "PHONE", "value": {"a": 1}}]]}'
    (row,) = rows_of_tree(registry=Registry.ISSUE_POINTS, data=page)
    assert dict(row.cells) == {"SMOCOD": "77012", "PHONE": ""}
