"""Charts of counts: nothing is lost, longer bars are more, and each is told in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.charts import COLUMNS_HEIGHT, COLUMNS_WIDTH, WIDTH, chart, columns

COUNTS = st.dictionaries(st.text(min_size=1, max_size=5), st.integers(1, 10**6), max_size=12)


@given(COUNTS)
def test_bars_stand_longest_first_within_the_drawing_and_lose_nothing(counts):
    made = chart("x", "X", counts, {})
    assert sum(bar.count for bar in made.bars) == sum(counts.values())
    widths = [bar.width for bar in made.bars]
    assert widths == sorted(widths, reverse=True)
    assert all(0 < width < WIDTH for width in widths)
    assert all(bar.y < made.height for bar in made.bars)


def test_a_chart_is_told_in_words():
    made = chart("x", "X", {"a": 1, "b": 3}, {"a": "Первый", "b": "Второй"})
    assert made.told == "Второй: 3; Первый: 1"
    assert [bar.share for bar in made.bars] == ["75 %", "25 %"]
    assert chart("x", "X", {}, {}).told == "Нет данных"
    assert chart("x", "X", {"a": 0, "b": 1}, {}).bars[1].width == 0


GROUPS = ("a", "b", "c")
DAYS = [date(2026, 3, 1) + timedelta(days=place) for place in range(40)]
BY_DAY = st.dictionaries(st.sampled_from(DAYS), st.dictionaries(st.sampled_from(GROUPS), st.integers(1, 1000)))


@given(BY_DAY)
def test_columns_stack_their_parts_within_the_drawing_and_lose_nothing(counts):
    made = columns("x", "X", DAYS, counts, GROUPS)
    assert [column.day for column in made.columns] == DAYS
    for column in made.columns:
        assert column.total == sum(column.counts) == sum(counts.get(column.day, {}).values())
        assert sum(part.count for part in column.parts) == column.total
        assert all(part.y >= -1 and part.y + part.height <= COLUMNS_HEIGHT + 1 for part in column.parts)
        assert column.x + made.bar <= COLUMNS_WIDTH
    tall = [sum(part.height for part in column.parts) for column in made.columns]
    assert max(tall) == pytest.approx(COLUMNS_HEIGHT if counts and made.most else 0, abs=1)
    assert 0 < sum(bool(column.label) for column in made.columns) <= 12


def test_columns_are_told_in_words():
    made = columns("x", "X", DAYS[:3], {DAYS[1]: {"a": 2, "b": 1}}, GROUPS)
    assert made.told == "02.03: 3"
    assert columns("x", "X", [], {}, GROUPS).told == "Нет данных"


def test_a_chart_may_keep_the_order_that_it_is_given():
    assert [bar.title for bar in chart("x", "X", {"b": 1, "a": 3}, {}, as_given=True).bars] == ["b", "a"]
