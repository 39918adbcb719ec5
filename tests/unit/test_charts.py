"""Charts of counts: nothing is lost, longer bars are more, and each is told in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web.charts import WIDTH, chart

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
