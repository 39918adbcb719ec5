"""Requests for appointments: handed over with proof of insurance, acknowledged or declined (requirement J3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.checks import CheckKind
from tests import clinics, journeys
from tests.clinics import APPOINTMENT, OWN_APPOINTMENTS, QUEUE
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.journeys import problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

STARTS_AT = "2026-03-19T10:30:00+03:00"


def path_of(found: dict[str, Any], what: str) -> str:
    return f"{QUEUE}/{found['person_id']}/{found['id']}/{what}"


def mine(world: World) -> list[dict[str, Any]]:
    return list(world.ok("GET", OWN_APPOINTMENTS)["items"])


def test_is_handed_over_with_the_extract_and_acknowledged(world: World) -> None:
    clinics.insured(world)
    asked = clinics.appointed(world)
    assert (asked["state"], asked["document_type"]) == ("requested", "extract")
    assert [letter.subject for letter in world.tools.email.sent if "clinic770001" in letter.to] == [
        "Новая заявка на приём"
    ]

    (row,) = world.ok("GET", QUEUE, person="registrar")["items"]
    assert row["id"] == asked["id"]
    assert world.ok("GET", QUEUE, person="second_registrar")["items"] == []
    case = world.ok("GET", path_of(row, "details"), person="registrar")
    assert (case["person"]["family_name"], case["appointment"]["wished_until"]) == ("Примерова", "2026-03-25")
    link = world.ok("GET", path_of(row, "document"), person="registrar")
    assert "vypiska-oms.pdf" in link["url"]
    for _ in range(2):
        given = clinics.answered(world, row, acknowledged=True, starts_at=STARTS_AT, answer="Кабинет 12")
        assert (given.status_code, given.json()["state"]) == (200, "acknowledged")
    world.settle()
    (found,) = mine(world)
    assert (found["answer"], found["starts_at"]) == ("Кабинет 12", "2026-03-19T07:30:00Z")
    assert next(message["kind"] for message in journeys.messages(world)) == "appointment_acknowledged"
    names = [action["action"] for action in journeys.actions(world)][:4]
    assert names == [
        "appointment_acknowledged",
        "appointment_document_opened",
        "appointment_viewed",
        "appointment_requested",
    ]
    problem(clinics.answered(world, row, acknowledged=False, answer="Нет"), 409, "state_conflict")
    problem(world.call("POST", f"{OWN_APPOINTMENTS}/{row['id']}/withdrawal"), 409, "state_conflict")
    assert world.ok("GET", QUEUE, person="registrar")["items"] == []


def test_is_declined_with_a_reason_or_withdrawn_and_then_shows_nothing(world: World) -> None:
    clinics.insured(world)
    first, second = clinics.appointed(world), clinics.appointed(world, doctor="d005")
    rows = world.ok("GET", f"{QUEUE}?limit=1", person="registrar")
    (row,) = rows["items"]
    (other,) = world.ok("GET", f"{QUEUE}?limit=1&cursor={rows['next_cursor']}", person="registrar")["items"]
    assert (row["id"], other["id"]) == (first["id"], second["id"])
    bad = world.call("GET", f"{QUEUE}?cursor=eyJhZnRlciI6IngifQ", person="registrar")
    assert wrong_fields(problem(bad, 422)) == {"cursor": "invalid_cursor"}

    problem(world.call("POST", f"{OWN_APPOINTMENTS}/{UNKNOWN_ID}/withdrawal"), 404)
    problem(clinics.answered(world, row, person="second_registrar", acknowledged=False, answer="Нет"), 404)
    wrong = problem(clinics.answered(world, row, acknowledged=False), 422)
    assert wrong_fields(wrong) == {"answer": "required"}
    for starts_at, code in ((None, "required"), ("2026-03-16T08:00:00Z", "out_of_range")):
        refused = clinics.answered(world, row, acknowledged=True, starts_at=starts_at)
        assert wrong_fields(problem(refused, 422)) == {"starts_at": code}
    assert clinics.answered(world, row, acknowledged=False, answer="Запишитесь к терапевту").status_code == 200
    world.settle()
    assert journeys.messages(world)[0]["kind"] == "appointment_declined"

    for _ in range(2):
        taken = world.ok("POST", f"{OWN_APPOINTMENTS}/{second['id']}/withdrawal")
        assert taken["state"] == "withdrawn"
    problem(world.call("GET", path_of(other, "document"), person="registrar"), 404)
    pages = world.ok("GET", f"{OWN_APPOINTMENTS}?limit=1")
    assert pages["items"][0]["state"] == "withdrawn"
    rest = world.ok("GET", f"{OWN_APPOINTMENTS}?limit=1&cursor={pages['next_cursor']}")
    assert rest["items"][0]["answer"] == "Запишитесь к терапевту"

    for _ in range(5):
        world.ok("POST", OWN_APPOINTMENTS, json={**APPOINTMENT, "wished_from": "2026-03-17"})
    refused = world.call("POST", OWN_APPOINTMENTS, json=APPOINTMENT)
    problem(refused, 422, "rule_refused", "too_many_appointments")


def test_a_temporary_certificate_proves_the_insurance_too(world: World) -> None:
    clinics.registry(world)
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    journeys.submitted(world)
    world.settle()
    refused = world.call("POST", OWN_APPOINTMENTS, json=APPOINTMENT)
    problem(refused, 422, "rule_refused", "no_proof_of_insurance")
    assert clinics.appointed(world)["document_type"] == "temporary_certificate"


class TestMistakes:
    """Every mistake is named."""

    @pytest.mark.parametrize(
        ("changed", "wrong"),
        [
            ({"clinic": "999999"}, {"clinic": "clinic_not_available"}),
            ({"doctor": "x"}, {"doctor": "doctor_not_available"}),
            ({"wished_from": "2026-03-15"}, {"wished_from": "in_the_past"}),
            (
                {"wished_from": "2026-06-01", "wished_until": "2026-05-31", "doctor": "x"},
                {"wished_until": "too_far", "doctor": "doctor_not_available"},
            ),
            ({"wished_until": "2026-03-17"}, {"wished_until": "before_first"}),
        ],
    )
    def test_are_named(self, registered: World, changed: dict[str, str], wrong: dict[str, str]) -> None:
        answer = registered.call("POST", OWN_APPOINTMENTS, json={**APPOINTMENT, **changed})
        assert wrong_fields(problem(answer, 422, "validation_failed")) == wrong

    def test_nobody_without_consent_asks(self, registered: World) -> None:
        answer = registered.call("POST", OWN_APPOINTMENTS, person="insured", json=APPOINTMENT)
        problem(answer, 422, "rule_refused", "consent_required")
        assert registered.ok("GET", OWN_APPOINTMENTS, person="insured")["items"] == []


@pytest.fixture(scope="class")
def registered(shared_world: World) -> World:
    """The citizen with consent, and the registry."""
    clinics.registry(shared_world)
    journeys.consented(shared_world)
    return shared_world
