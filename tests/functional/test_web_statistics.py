"""The page of statistics: the same figures as the API's, drawn and as tables, of a period (requirement O3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cases import decided, left_to_operator
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World


def come(world: World, person: str) -> Visitor:
    made = Visitor(world)
    made.sign_in(person, to="/operator/statistics")
    return made


@pytest.mark.parametrize("person", ["operator", "fund"])
def test_every_chart_tells_what_its_table_tells(world, person):
    decided(world, left_to_operator(world), approve=False, reasons=[{"code": "debt", "rule": "ст. 1"}])
    left_to_operator(world, person="later")
    text = come(world, person).open("/operator/statistics").text
    drawings = re.findall(r'<svg class="chart".*?<desc id="[^"]+">([^<]*)</desc>.*?</svg>', text, re.DOTALL)
    tables = re.findall(r"<table><caption.*?</table>", text, re.DOTALL)
    assert len(drawings) == len(tables) == 7
    for told, table in zip(drawings, tables, strict=True):
        rows = re.findall(r'class="plain">([^<]+)</th><td class="number">(\d+)<', table)
        assert "; ".join(f"{title}: {count}" for title, count in rows) == told
    assert "Есть задолженность" in text
    assert "До часа: 1" in drawings
    by_day = re.search(r'<svg class="columns".*?<desc[^>]*>([^<]*)</desc>', text, re.DOTALL)[1]
    assert by_day == "16.03: 2"
    assert re.search(r'16\.03\.2026</th>(<td class="number">\d</td>)+', text)[0].endswith('"number">2</td>')
    assert "половина — до 0,0 ч" in text


def test_a_period_is_asked_in_days_and_a_wrong_one_is_told(world):
    left_to_operator(world)
    operator = come(world, "operator")
    assert "За этот период — ничего" in operator.open("/operator/statistics?from=01.01.2026&to=31.01.2026").text
    one_day = operator.open("/operator/statistics?from=16.03.2026&to=16.03.2026").text
    assert "16.03.2026 — 16.03.2026" in one_day
    assert "<svg" in one_day
    for query, told in {
        "from=32.01.2026": "Первый день: укажите",
        "to=01.01.1900": "Последний день: укажите",
        "from=01.01.2026&to=31.12.2026": "не длиннее 92 дней",
        "from=02.01.2026&to=31.12.2025": "не длиннее 92 дней",
    }.items():
        refused = operator.call("GET", f"/operator/statistics?{query}")
        assert (refused.status_code, told in refused.text) == (422, True), query


def test_an_auditor_names_the_region_and_a_citizen_sees_none(world):
    left_to_operator(world)
    auditor = come(world, "auditor")
    assert "Укажите либо код" in auditor.open("/operator/statistics").text
    assert "<svg" in auditor.open("/operator/statistics?region=77").text
    assert come(world, "citizen").call("GET", "/operator/statistics").status_code == 403
