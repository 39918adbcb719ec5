"""Pages of corrections: one operator proposes, another decides; two records become one (requirements D4, O1, O2)."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import CorrectionKind
from tests import journeys
from tests.corrections import FUND, OPERATOR, REASON, SECOND_FUND, person_id
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World

PERSONS, CORRECTIONS = "/operator/persons", "/operator/corrections"


def come(world: World, person: str) -> Visitor:
    made = Visitor(world)
    made.sign_in(person, to="/operator")
    return made


@pytest.fixture
def about(world: World) -> str:
    journeys.insured(world)
    world.drain()
    return person_id(world)


def proposed(operator, about, kind, **values):
    form = operator.open(f"{PERSONS}/{about}/correction?kind={kind}")
    return operator.send(f"{PERSONS}/{about}/correction", {"kind": kind, "reason": REASON, **values}, seen=form)


def test_a_birth_date_is_corrected_by_two_and_undone_by_two(world, about):
    first, second = come(world, FUND), come(world, SECOND_FUND)
    found = first.send(PERSONS, {"key": "900-000-001 82"}, seen=first.open(PERSONS))
    assert f'href="{PERSONS}/{about}"' in found.text
    assert "Действует" in first.open(f"{PERSONS}/{about}").text
    made = proposed(first, about, "wrong_birth_date", born_on="15.05.1990")
    assert made.status_code == 303, made.text
    address = made.headers["location"].partition("?")[0].removeprefix("https://polis.example.org")
    mine = first.open(address)
    assert "Решает второй оператор" in mine.text
    assert "<strong>15.05.1990</strong>" in mine.text
    refused = first.send(f"{address}/approval", {}, seen=mine)
    assert (refused.status_code, "второй оператор" in refused.text) == (422, True)

    assert f'href="{address}"' in second.open(CORRECTIONS).text
    done = second.send(f"{address}/approval", {}, seen=second.open(address))
    assert done.headers["location"].endswith("?done=carried-out")
    assert "15.05.1990" in second.open(f"{PERSONS}/{about}").text
    again = second.send(f"{address}/rejection", {"reason": "поздно"}, seen=second.open(address))
    assert (again.status_code, "Действие невозможно" in again.text) == (422, True)

    undone = second.send(f"{address}/reversal", {"reason": REASON}, seen=second.open(address))
    undoing = undone.headers["location"].partition("?")[0].removeprefix("https://polis.example.org")
    first.send(f"{undoing}/approval", {}, seen=first.open(undoing))
    assert "14.05.1990" in first.open(f"{PERSONS}/{about}").text
    assert f'href="{undoing}"' in first.open(f"{CORRECTIONS}?state=carried_out").text
    assert f'href="{undoing}"' in first.open(address).text


def test_two_records_are_found_alike_and_merged(world, about):
    journeys.insured(world, person="later")
    world.drain()
    other = person_id(world, "later")
    first, second = come(world, FUND), come(world, SECOND_FUND)
    link = f"{PERSONS}/{about}/correction?kind=persons_merged&other_person_id={other}"
    form = first.open(link)
    assert f'value="{other}"' in form.text
    typed = {"kind": "persons_merged", "other_person_id": other, "reason": REASON}
    made = first.send(f"{PERSONS}/{about}/correction", typed, seen=form)
    assert made.status_code == 303, made.text
    address = made.headers["location"].partition("?")[0].removeprefix("https://polis.example.org")
    second.send(f"{address}/approval", {}, seen=second.open(address))
    assert "Объединена с другой" in first.open(f"{PERSONS}/{other}").text
    assert first.open(f"{PERSONS}/{about}/duplicates").status_code == 200


def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(world, about):
    operator = come(world, OPERATOR)
    refused = proposed(operator, about, "wrong_birth_date", born_on="99.99.1990")
    assert (refused.status_code, 'id="born_on-error"' in refused.text) == (422, True)
    assert re.search(r'value="99.99.1990"', refused.text)
    assert REASON in refused.text
    nobody = operator.send(PERSONS, {"key": "1"}, seen=operator.open(PERSONS))
    assert (nobody.status_code, 'id="key-error"' in nobody.text) == (422, True)
    for kind, rule in CORRECTION_RULES.items():
        if kind is not CorrectionKind.REVERSAL:
            text = operator.open(f"{PERSONS}/{about}/correction?kind={kind.value}").text
            assert all(f'name="{name}"' in text for name in (*rule.needs, *rule.optional)), kind
    titles = unescape(operator.open(f"{PERSONS}/{about}/correction").text)
    assert CORRECTION_RULES[CorrectionKind.WRONG_NAME].title in titles
    assert CORRECTION_RULES[CorrectionKind.PERSONS_MERGED].title not in titles


@pytest.mark.parametrize("person", ["citizen", "registrar", "auditor"])
def test_others_see_neither_people_nor_corrections(world, about, person):
    visitor = Visitor(world)
    visitor.sign_in(person, to="/")
    for path in (PERSONS, CORRECTIONS, f"{PERSONS}/{about}", f"{PERSONS}/{about}/correction"):
        assert visitor.call("GET", path).status_code == 403, path
