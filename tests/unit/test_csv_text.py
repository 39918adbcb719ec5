from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.http.csv_text import csv_text, neutral, wants_csv

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", '=HYPERLINK("x")']
)
def test_a_formula_becomes_plain_text(cell):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "10", "Отказано", "77012", "a=b", "'=1"])
def test_what_is_no_formula_stays_as_it_is(cell):
    assert neutral(cell) == cell


@given(st.lists(st.lists(CELLS, min_size=1), min_size=1))
def test_what_is_written_can_be_read_back_and_nothing_in_it_computes(rows):
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))

    assert [row or [""] for row in read] == [[neutral(cell) for cell in row] for row in rows]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for row in read for cell in row)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, False),
        ("", False),
        ("text/csv", True),
        ("TEXT/CSV; q=0.9", True),
        ("text/csv, application/json;q=0.9", True),
        ("text/csv;q=0.5, application/json", False),
        ("text/csv;q=0", False),
        ("application/*, text/csv;q=0.1", False),
        ("*/*", False),
        ("text/csv;q=x", False),
        (";;,,=", False),
    ],
)
def test_csv_goes_to_who_asks_for_it(accept, wanted):
    assert wants_csv(accept) is wanted
