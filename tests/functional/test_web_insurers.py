"""Insurers side by side: where one is chosen, in the registry, and on the page of each (requirements H1, H2)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.insurer import InsuredNotice
from infra.local.insurers_sample import sample_ratings
from tests import journeys
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def rated(world: World) -> World:
    work = world.tools.store.work(at=world.tools.at)
    for rating in sample_ratings(year=2025):
        work.create(rating)
    work.commit()
    return world


def blocks(text):
    """Criterion → [(insurer, figure, is the best)] in the order of the page."""
    found = {}
    for title, body in re.findall(r"<h3>(.*?)</h3>(.*?)</ul>", text, re.DOTALL):
        lines = re.findall(r'<li( class="best")?><span>(.*?)</span><strong class="number">([\d,]+)', body)
        found[title] = [(unescape(name), figure, bool(best)) for best, name, figure in lines]
    return found


def test_ratings_stand_side_by_side_where_one_chooses_an_insurer(rated):
    draft = journeys.drafted(rated)
    citizen = Visitor(rated)
    citizen.sign_in("citizen")
    text = citizen.open(f"/cabinet/applications/{draft}/insurer").text
    assert "Сравнить рейтинги за 2025 год" in text
    surveys = blocks(text)["Удовлетворённость по опросам"]
    assert surveys[0] == ('ОАО "СТРАХОВАЯ КОМПАНИЯ "СОГАЗ-МЕД"', "91,4", True)
    assert [figure for _, figure, _ in surveys] == ["91,4", "90,3", "89,2", "87", "84,5"]
    violations = blocks(text)["Нарушения по проверкам фонда"]
    assert [figure for _, figure, _ in violations] == ["1,7", "2,1", "2,4", "2,9", "3,4"]
    assert violations[0][2]
    assert "Лучшая в регионе по показателям: 4 из 6" in text


def test_without_ratings_one_chooses_by_the_registry(world):
    draft = journeys.drafted(world)
    citizen = Visitor(world)
    citizen.sign_in("citizen")
    text = citizen.open(f"/cabinet/applications/{draft}/insurer").text
    assert "Сравнить рейтинги" not in text
    assert 'value="77012"' in text


def test_the_registry_compares_a_region_and_draws_how_many_are_insured(rated):
    anyone = Visitor(rated)
    assert "Выберите регион" in anyone.open("/insurers").text
    store = rated.tools.store
    work = store.work(at=rated.tools.at)
    for code, number in (("77012", 4_200_000), ("77004", 2_600_000)):
        notice = InsuredNotice(year=2026, told_on=date(2026, 1, 10), insured=number)
        work.put(replace(store.insurer(code=code), notices=(notice,)))
    work.commit()
    text = anyone.open("/insurers?region=77&sort=insured").text
    assert len(blocks(text)) == 6
    assert re.findall(r'href="/insurers/(\d{5})"', text)[:2] == ["77012", "77004"]
    assert "Сколько человек застраховано" in text
    assert anyone.open("/insurers?region=79").text.count("<h3>") == 0


def test_the_page_of_an_insurer_tells_its_ratings_by_year(rated):
    text = Visitor(rated).open("/insurers/77012").text
    assert re.findall(r'<th scope="col">(\d{4})</th>', text) == ["2025", "2024"]
    assert "91,4" in text
    assert "Рейтинги по годам" not in Visitor(rated).open("/insurers/78006").text
