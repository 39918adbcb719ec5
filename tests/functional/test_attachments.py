"""Choosing a clinic and a doctor, and what the clinic decides (requirement J2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import clinics, journeys
from tests.clinics import DESK, FIRST, HOME, NARROW, NEW_HOME, OTHER_THERAPIST, SECOND, THERAPIST, wish
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.journeys import problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World


def told(world: World, *, person: str = "citizen") -> list[str]:
    """The kinds of messages in the cabinet, oldest first."""
    return [message["kind"] for message in reversed(journeys.messages(world, person=person))]


def letters(world: World, clinic: str) -> list[str]:
    """The subjects of the letters to a clinic."""
    return [letter.subject for letter in world.tools.email.sent if letter.to == f"clinic{clinic}@example.org"]


def test_a_person_chooses_a_clinic_and_a_year_later_another(world: World) -> None:
    clinics.insured(world)
    before = clinics.places(world, THERAPIST)

    asked = clinics.asked(world)
    assert (asked["state"], asked["due_on"], asked["may"]) == ("requested", "2026-03-18", ["withdraw"])
    assert clinics.places(world, THERAPIST) == before - 1
    assert letters(world, FIRST) == ["Новое заявление о прикреплении"]

    (row,) = world.ok("GET", DESK, person="registrar")["items"]
    assert (row["id"], row["may"]) == (asked["id"], ["attach", "refuse"])
    case = world.ok("GET", f"{DESK}/{row['person_id']}/{row['id']}/details", person="registrar")
    assert (case["person"]["family_name"], case["attachment"]["address"]) == ("Примерова", HOME)
    for _ in range(2):
        decided = clinics.decide(world, row)
        assert (decided.status_code, decided.json()["state"]) == (200, "attached")
    world.settle()
    assert told(world)[-2:] == ["attachment_requested", "attachment_made"]

    problem(clinics.ask(world, wish()), 422, "rule_refused", "same_attachment")
    other = wish(SECOND, OTHER_THERAPIST)
    refused = problem(clinics.ask(world, other), 422, "rule_refused", "attached_this_year")
    assert (refused["rule"], refused["possible_on"]) == ("323-ФЗ, ст. 21, ч. 2", "2027-03-16")

    world.sleep(days=365)
    second = clinics.attached(world, other)
    assert (second["former_clinic"], second["attached_on"]) == (FIRST, "2027-03-16")
    newest, oldest = clinics.mine(world)
    assert (newest["state"], oldest["state"], oldest["detached_on"]) == ("attached", "ended", "2027-03-16")
    assert letters(world, FIRST)[-1] == "Пациент откреплён от вашей организации"
    assert letters(world, SECOND)[-1] == "Пациент прикреплён к вашей организации"
    assert clinics.places(world, THERAPIST) == before
    names = [action["action"] for action in journeys.actions(world)]
    assert names[:4] == ["attachment_ended", "attachment_made", "attachment_requested", "attachment_made"]
    assert names.count("attachment_viewed") == 1

    policy = journeys.policy(world)["policy_number"]
    seen = {
        day: world.ok(
            "POST", "/v1/clinic/validity-checks", person="registrar", json={"policy_number": policy, "on": day}
        )["attachment"]
        for day in ("2026-03-15", "2026-03-16", "2027-03-15", "2027-03-16")
    }
    assert [found and found["clinic_code"] for found in seen.values()] == [None, FIRST, FIRST, SECOND]


def test_moving_frees_from_the_year_but_only_with_another_address(world: World) -> None:
    clinics.insured(world)
    clinics.attached(world)

    stayed = wish(SECOND, OTHER_THERAPIST, reason="moved", address={**HOME, "street": "Примерная улица"})
    assert wrong_fields(problem(clinics.ask(world, stayed), 422, "validation_failed")) == {
        "address": "address_not_changed"
    }
    moved = clinics.attached(world, wish(SECOND, OTHER_THERAPIST, reason="moved", address=NEW_HOME))
    assert (moved["state"], moved["former_clinic"]) == ("attached", FIRST)
    before = letters(world, SECOND)
    again = clinics.attached(world, wish(SECOND, "d011", reason="moved"))
    assert (again["state"], again["former_clinic"]) == ("attached", SECOND)
    assert set(letters(world, SECOND)[len(before) :]) == {
        "Новое заявление о прикреплении",
        "Пациент прикреплён к вашей организации",
    }


def test_what_is_refused_or_withdrawn_frees_the_place_and_may_be_asked_again(world: World) -> None:
    clinics.insured(world)
    asked = clinics.asked(world)
    again = clinics.ask(world, wish(SECOND, OTHER_THERAPIST))
    problem(again, 409, "state_conflict")
    problem(clinics.decide(world, asked, "nobody_likes_you"), 422, "validation_failed")
    problem(clinics.decide(world, asked, person="second_registrar"), 404)

    assert clinics.decide(world, asked, "too_far_for_visits").json()["refusal_mend"]
    problem(clinics.decide(world, asked), 409, "state_conflict")
    world.settle()
    assert told(world)[-1] == "attachment_refused"

    world.sleep(minutes=2)
    other = clinics.asked(world, wish(SECOND, OTHER_THERAPIST))
    for _ in range(2):
        taken = world.ok("POST", f"{clinics.OWN}/{other['id']}/withdrawal")
        assert (taken["state"], taken["may"]) == ("withdrawn", [])
    problem(clinics.decide(world, other), 409, "state_conflict")
    assert [clinics.places(world, THERAPIST), clinics.places(world, OTHER_THERAPIST, SECOND)] == [1700, 1700]
    world.sleep(minutes=2)
    key = {"Idempotency-Key": "again"}
    first, copy = (clinics.ask(world, wish(), headers=key).json() for _ in range(2))
    assert first == copy
    problem(world.call("POST", f"{clinics.OWN}/{UNKNOWN_ID}/withdrawal"), 404)
    assert clinics.decide(world, first).json()["state"] == "attached"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (wish("999999"), "clinic", "clinic_not_available"),
        (wish(doctor="d005"), "doctor", "doctor_not_available"),
        (wish(doctor="d999"), "doctor", "doctor_not_available"),
        (wish(address={**HOME, "house": "", "index": "1"}), "address.house", "address_required"),
    ],
)
def test_mistakes_are_named(registered: World, body: dict[str, object], field: str, code: str) -> None:
    wrong = wrong_fields(problem(clinics.ask(registered, body), 422, "validation_failed"))
    assert wrong[field] == code


class TestWho:
    """Who may be attached to whom."""

    def test_a_doctor_of_children_takes_no_adults(self, registered: World) -> None:
        refused = problem(clinics.ask(registered, wish(doctor="d003")), 422, "rule_refused", "wrong_age")
        assert "детей до 18 лет" in refused["detail"]

    def test_nobody_without_insurance_is_attached(self, registered: World) -> None:
        journeys.consented(registered, person="later")
        problem(clinics.ask(registered, wish(), person="later"), 422, "rule_refused", "not_insured")

    def test_nor_without_consent(self, registered: World) -> None:
        problem(clinics.ask(registered, wish(), person="insured"), 422, "rule_refused", "consent_required")


def test_a_late_request_is_seen_by_the_clinic_and_the_fund(world: World) -> None:
    clinics.insured(world)
    asked = clinics.asked(world)
    world.sleep(days=2)
    world.run("run_due")
    assert world.ok("GET", "/v1/fund/late-attachments", person="fund")["items"] == []

    world.sleep(days=1)
    for _ in range(2):
        world.run("run_due")
    (late,) = world.ok("GET", "/v1/fund/late-attachments", person="fund")["items"]
    assert (late["attachment_id"], late["clinic_code"], late["due_on"]) == (asked["id"], FIRST, "2026-03-18")
    assert world.ok("GET", "/v1/fund/late-attachments", person="neighbour_fund")["items"] == []
    (row,) = world.ok("GET", DESK, person="registrar")["items"]
    assert row["is_overdue"] is True
    assert clinics.decide(world, row).status_code == 200
    assert world.ok("GET", "/v1/fund/late-attachments", person="fund")["items"] == []


def test_a_doctor_takes_as_many_as_the_limit_says(world: World) -> None:
    clinics.insured(world)
    work = world.tools.store.work(at=world.tools.at)
    work.take_place(clinic_code=FIRST, doctor_id=NARROW, limit=2)
    work.commit()
    last = clinics.asked(world, wish(doctor=NARROW))
    assert clinics.places(world, NARROW) == 0

    world.ok("POST", f"{clinics.OWN}/{last['id']}/withdrawal")
    work = world.tools.store.work(at=world.tools.at)
    work.take_place(clinic_code=FIRST, doctor_id=NARROW, limit=2)
    work.commit()
    problem(clinics.ask(world, wish(doctor=NARROW)), 422, "rule_refused", "no_places")


@pytest.fixture(scope="class")
def registered_class(shared_world: World) -> World:
    """The insured citizen and the registry."""
    clinics.insured(shared_world)
    return shared_world


@pytest.fixture
def registered(registered_class: World) -> World:
    return registered_class
