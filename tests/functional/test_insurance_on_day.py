"""What was true on a day, as known on another (requirement D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.checks import CheckKind
from tests.corrections import FUND, corrected, person_id, reversed_
from tests.journeys import OTHER_INSURER, actions, insured, problem, submitted

if TYPE_CHECKING:
    from tests.world import World

ISSUED, WRONG_FROM, CORRECTED, UNDONE = "2026-03-16", "2026-03-20", "2026-04-05", "2026-04-15"


@pytest.fixture
def about(world: World) -> str:
    """Insured on 16 March; on 5 April another insurer was written in from 20 March; undone on 15 April."""
    insured(world)
    world.sleep(days=20)
    about = person_id(world)
    made = corrected(world, "wrong_insurer", about, insurer_code=OTHER_INSURER, from_on=WRONG_FROM)
    world.sleep(days=10)
    reversed_(world, made["id"])
    return about


def known(world: World, about: str, on: str, known_on: str | None = None) -> dict[str, Any]:
    query = f"on={on}" + (f"&known_on={known_on}" if known_on else "")
    return dict(world.ok("GET", f"/v1/operator/persons/{about}/insurance?{query}", person=FUND))


def test_answers_by_what_was_known_then(world: World, about: str) -> None:
    told = {
        known_on: known(world, about, "2026-03-25", known_on)["insurer_code"]
        for known_on in (ISSUED, "2026-04-04", CORRECTED, "2026-04-14", UNDONE)
    }
    assert told == {
        ISSUED: "77012",
        "2026-04-04": "77012",
        CORRECTED: OTHER_INSURER,
        "2026-04-14": OTHER_INSURER,
        UNDONE: "77012",
    }
    assert known(world, about, "2026-03-18", CORRECTED)["insurer_code"] == "77012"
    assert known(world, about, "2026-03-18", "2026-03-15")["is_insured"] is False
    assert known(world, about, "2026-03-15", UNDONE)["is_insured"] is False


@pytest.mark.parametrize("on", [ISSUED, "2026-03-25", UNDONE, "2030-01-01"])
def test_known_today_is_the_present_answer(world: World, about: str, on: str) -> None:
    now = known(world, about, on)
    assert {**known(world, about, on, UNDONE), "known_on": None} == now
    own = world.ok("GET", f"/v1/me/insurance?on={on}")["on_day"]
    assert own == now
    assert own["insurer_code"] == "77012"


def test_a_certificate_counts_as_a_policy(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    submitted(world)
    world.settle()
    about = person_id(world)
    found = known(world, about, ISSUED)
    assert (found["is_insured"], found["kind"], found["insurer_code"]) == (True, "temporary_certificate", "77012")
    assert known(world, about, ISSUED, ISSUED) == {**found, "known_on": ISSUED}


def test_what_left_with_a_merger_is_known_there_and_not_here_any_more(world: World) -> None:
    insured(world)
    insured(world, person="later")
    main, other = person_id(world), person_id(world, "later")
    world.sleep(days=5)
    corrected(world, "persons_merged", main, other_person_id=other)
    assert known(world, other, ISSUED, ISSUED)["is_insured"] is True
    assert known(world, other, ISSUED, "2026-03-21")["is_insured"] is False
    assert known(world, main, ISSUED, "2026-03-21")["is_insured"] is True


def test_nobody_knows_what_will_be_known(world: World, about: str) -> None:
    path = f"/v1/operator/persons/{about}/insurance?on={ISSUED}&known_on=2026-04-16"
    body = problem(world.call("GET", path, person=FUND), 422, "validation_failed")
    assert body["errors"][0]["code"] == "date_in_future"


def test_a_look_is_noted_and_strangers_find_nobody(world: World, about: str) -> None:
    known(world, about, ISSUED)
    assert actions(world)[0]["details"] == {"by": "insurance"}
    path = f"/v1/operator/persons/{about}/insurance?on={ISSUED}"
    problem(world.call("GET", path, person="neighbour_fund"), 404, "not_found")
    assert world.ok("GET", "/v1/me/insurance")["on_day"] is None
