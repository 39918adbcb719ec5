"""The death of an insured person, and the mistake of recording one (requirement D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from tests.applicants import CHILD, carried_out, represent
from tests.corrections import asked, check_invariants, corrected, person_id, state
from tests.journeys import (
    application,
    consented,
    drafted,
    insurance,
    insured,
    messages,
    policy,
    problem,
    submitted,
)

if TYPE_CHECKING:
    from tests.world import World

DIED = "2026-03-20"


@pytest.fixture
def about(world: World) -> str:
    insured(world)
    world.drain()
    world.sleep(days=20)
    return person_id(world)


def clinic(world: World, number: str, on: str) -> dict[str, Any]:
    question = {"policy_number": number, "on": on}
    return dict(world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=question))


def test_the_day_of_death_is_insured_and_the_next_is_not(world: World, about: str) -> None:
    number = policy(world)["policy_number"]
    corrected(world, "death_recorded", about, died_on=DIED)

    ended = policy(world)
    assert (ended["state"], ended["end_reason"], ended["ended_on"]) == ("annulled", "death", "2026-03-21")
    assert clinic(world, number, DIED)["is_insured"] is True
    assert clinic(world, number, "2026-03-21")["is_insured"] is False
    question = {"policy_number": number, "born_on": "1990-05-14", "consent": True}
    assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == "not_valid"
    check_invariants(world)


def test_nobody_writes_to_the_dead_and_who_acted_for_them_is_told(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child)
    world.drain()
    corrected(world, "death_recorded", child, died_on="2026-03-16")
    world.drain()
    assert messages(world)[0]["kind"] == "death_recorded"

    insured(world)
    world.drain()
    before, sms, letters = messages(world), len(world.tools.sms.sent), len(world.tools.email.sent)
    corrected(world, "death_recorded", person_id(world), died_on="2026-03-16")
    corrected(world, "wrong_name", person_id(world), given_name="Анфиса")
    world.drain()
    assert messages(world) == before
    assert (len(world.tools.sms.sent), len(world.tools.email.sent)) == (sms, letters)

    corrected(world, "death_cancelled", person_id(world))
    world.drain()
    assert messages(world)[0]["kind"] == "death_cancelled"
    assert len(world.tools.sms.sent) == sms + 1


def test_everything_under_way_ends_and_nothing_new_begins(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    waiting = submitted(world)
    world.settle()
    draft = drafted(world)
    about = person_id(world)
    before = state()
    corrected(world, "death_recorded", about, died_on="2026-03-16")

    for application_id in (waiting, draft):
        assert application(world, application_id)["state"] == "withdrawn"
    (certificate,) = insurance(world)["certificates"]
    assert certificate["state"] == "revoked"
    world.tools.registers.release()
    world.sleep(minutes=20)
    world.settle()
    assert insurance(world)["policies"] == []

    problem(world.call("POST", "/v1/applications", json={"kind": "first_policy"}), 422, reason="person_died")
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    problem(world.call("POST", "/v1/me/consents", json={"version": version}), 422, reason="person_died")
    check_invariants(world)

    corrected(world, "death_cancelled", about)
    assert state() == before
    world.sleep(minutes=20)
    world.settle()
    assert application(world, waiting)["state"] == "ready", "it goes on where it was"
    consented(world)


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("death_recorded", {"died_on": DIED}, "person_died"),
        ("policy_ended_by_mistake", {"policy_id": "01KKTXZ8M0J77M3GB40726KZTJ"}, "person_died"),
        ("application_closed_by_mistake", {"application_id": "01KKTXZ8M0J77M3GB40726KZTJ"}, "person_died"),
    ],
)
def test_the_dead_get_nothing_that_only_the_living_have(
    world: World, about: str, kind: str, values: dict[str, str], reason: str
) -> None:
    corrected(world, "death_recorded", about, died_on=DIED)
    problem(asked(world, kind, about, **values), 422, "rule_refused", reason)


def test_a_death_has_a_day_that_can_be(world: World, about: str) -> None:
    problem(asked(world, "death_recorded", about, died_on="1990-05-13"), 422, reason="death_before_birth")
    problem(asked(world, "death_recorded", about, died_on="2026-05-13"), 422, reason="day_in_future")


def test_a_policy_that_ended_later_ends_with_its_holder(world: World, about: str) -> None:
    corrected(world, "policy_annulled", about, annulment="lost_right", from_on="2026-04-01")
    corrected(world, "death_recorded", about, died_on=DIED)
    ended = policy(world)
    assert (ended["ended_on"], ended["end_reason"]) == ("2026-03-21", "lost_right")
    corrected(world, "death_cancelled", about)
    assert policy(world)["ended_on"] == "2026-04-01"
    check_invariants(world)
