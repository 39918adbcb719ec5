"""Corrections of those who hold a policy of an earlier sample (requirements D4, F5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from tests.applicants import begun, carried_out
from tests.corrections import check_invariants, corrected, person_id, reversed_, state, statuses
from tests.journeys import insurance, insured, policy
from tests.legacy import BLANK, OLD, PAPER, PETRS_ENP, confirmed, known_to_register, legacy, registered

if TYPE_CHECKING:
    from tests.world import World

CITIZEN = ApplicantCategory.CITIZEN_14_PLUS
OLD_KEY = {"series": OLD["series"], "number": OLD["number"]}


def clinic(world: World, **key: Any) -> dict[str, Any]:
    return dict(world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=key))


def public(world: World, born_on: str, **key: Any) -> str:
    question = {**key, "born_on": born_on, "consent": True}
    return str(world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"])


def test_a_new_number_ends_the_paper_policy_and_its_registration(world: World) -> None:
    confirmed(world, PAPER)
    world.drain()
    before = state()
    made = corrected(world, "wrong_birth_date", person_id(world), born_on="1990-05-15")

    old, new = insurance(world)["policies"]
    assert (old["state"], new["form"], legacy(world)["state"]) == ("replaced", "digital", "superseded")
    assert public(world, "1990-05-15", blank_number=BLANK) == "not_valid"
    check_invariants(world)
    reversed_(world, made["id"])
    assert state() == before
    assert public(world, "1990-05-14", blank_number=BLANK) == "valid"


def test_a_replacement_that_makes_a_new_number_tells_of_the_paper_policy_once(world: World) -> None:
    """The same by an application: the number of the blank is one card, which the successor writes."""
    confirmed(world, PAPER)
    person = {**begun(world, CITIZEN, "replacement")["form"]["person"], "sex": "male"}
    sections = {"replacement": {"reason": "error_found", "comment": "Неверный пол"}, "person": person}
    assert carried_out(world, CITIZEN, "replacement", sections=sections)["state"] == "ready"

    old, new = insurance(world)["policies"]
    assert (old["state"], new["form"], legacy(world)["state"]) == ("replaced", "digital", "superseded")
    assert public(world, "1990-05-14", blank_number=BLANK) == "not_valid"
    check_invariants(world)


def test_a_policy_of_the_old_sample_moves_with_all_that_leads_to_it(world: World) -> None:
    insured(world)
    known_to_register(world, PETRS_ENP)
    registered(world, OLD, person="insured")
    world.settle()
    assert legacy(world, person="insured")["state"] == "confirmed"
    before, revoked = state(), statuses()
    made = corrected(world, "persons_merged", person_id(world), other_person_id=person_id(world, "insured"))

    assert clinic(world, old_policy=OLD_KEY)["family_name"] == "Примерова"
    assert public(world, "1990-05-14", old_policy=OLD_KEY) == "not_valid"
    assert [legacy(world, person=person)["state"] for person in ("citizen", "insured")] == ["superseded"] * 2
    check_invariants(world)
    reversed_(world, made["id"])
    assert (state(), statuses()) == (before, revoked)
    assert clinic(world, old_policy=OLD_KEY)["family_name"] == "Образцов"


def test_a_registration_under_way_ends_with_a_death_and_goes_on_after_its_cancelling(world: World) -> None:
    world.tools.registers.unavailable(CheckKind.INSURED_PERSON)
    registered(world, PAPER)
    world.settle()
    before = state()
    corrected(world, "death_recorded", person_id(world), died_on="2026-03-16")
    assert legacy(world)["state"] == "superseded"
    check_invariants(world)
    corrected(world, "death_cancelled", person_id(world))
    assert state() == before
    world.tools.registers.working(CheckKind.INSURED_PERSON)
    known_to_register(world)
    world.settle()
    assert legacy(world)["state"] == "confirmed"
    check_invariants(world)


def test_an_annulled_paper_policy_leaves_its_holder_free_to_register_another(world: World) -> None:
    confirmed(world, PAPER)
    before = state()
    day = policy(world)["valid_from"]
    made = corrected(world, "policy_annulled", person_id(world), annulment="issued_unlawfully", from_on=day)
    assert legacy(world)["state"] == "superseded"
    check_invariants(world)
    reversed_(world, made["id"])
    assert state() == before
