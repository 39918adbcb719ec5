"""Appeals against a clinic's refusal, and against that of a certificate of insurance (requirement L1)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from chalicelib.use_cases import refused_requests
from tests import clinics, journeys
from tests.appeals import appeal, filed, judged, work
from tests.applicants import CHILD, represent
from tests.cases import FUND
from tests.corrections import person_id
from tests.journeys import actions, document, problem

if TYPE_CHECKING:
    from tests.world import World

CERTIFICATES = "/v1/me/insurance-certificates"


def effect(decision: dict[str, Any]) -> str:
    """What the last decision did."""
    return str(decision["decisions"][-1]["effect"])


def refused_by_clinic(world: World, *, doctor: str = clinics.THERAPIST) -> dict[str, Any]:
    """A request for attachment that its clinic refused."""
    found = clinics.asked(world, clinics.wish(doctor=doctor))
    assert clinics.decide(world, found, "wrong_data").is_success
    world.settle()
    return found


def begin(world: World, subject: str, subject_id: str, *, person: str = "citizen") -> Any:
    """Try to begin an appeal."""
    return world.call("POST", "/v1/appeals", person=person, json={"subject": subject, "subject_id": subject_id})


def test_a_clinic_that_refused_decides_anew_with_a_new_term_and_the_place_is_held(world: World) -> None:
    clinics.insured(world)
    waiting = clinics.asked(world)
    problem(begin(world, "attachment", waiting["id"]), 409, "state_conflict")
    free = clinics.places(world, clinics.THERAPIST)
    assert clinics.decide(world, waiting, "wrong_data").is_success
    problem(begin(world, "attachment", waiting["id"], person="insured"), 404)
    problem(begin(world, "attachment", "0" * 26), 404)

    world.sleep(days=7)
    made = filed(world, waiting["id"], subject="attachment", reasons=["rule_misapplied"])
    assert (made["topic"]["code"] if isinstance(made["topic"], dict) else made["topic"]) == "1.2"
    assert effect(judged(world, made["id"], uphold=True)) == "checked_anew"
    again = clinics.mine(world)[0]
    assert (again["state"], again["due_on"], again["refusal"]) == ("requested", "2026-03-25", None)
    assert clinics.places(world, clinics.THERAPIST) == free
    assert "attachment_reopened" in {entry["action"] for entry in actions(world)}
    letters = [sent.subject for sent in world.tools.email.sent]
    assert clinics.decide(world, again).json()["state"] == "attached"
    assert len(letters) == len([subject for subject in letters if subject])
    assert clinics.mine(world)[0]["state"] == "attached"


def test_a_place_that_went_to_another_meanwhile_leaves_the_appeal_open(world: World) -> None:
    clinics.insured(world)
    found = refused_by_clinic(world, doctor=clinics.NARROW)
    for person in ("insured", "later"):
        journeys.insured(world, person=person)
        clinics.asked(world, clinics.wish(doctor=clinics.NARROW), person=person)
    made = filed(world, found["id"], subject="attachment")
    assert work(world, made["id"], "lease").is_success
    answer = work(world, made["id"], "decision", uphold=True, explanation="Отказ был неверным, сведения верны")
    problem(answer, 422, "rule_refused", "no_places")
    assert appeal(world, made["id"])["state"] == "filed"


def test_who_chose_another_clinic_meanwhile_stays_there(world: World) -> None:
    clinics.insured(world)
    found = refused_by_clinic(world)
    first, second = filed(world, found["id"], subject="attachment"), refused_by_clinic(world)
    again = filed(world, second["id"], subject="attachment")
    clinics.attached(world, clinics.wish(clinics.SECOND, clinics.OTHER_THERAPIST))
    assert effect(judged(world, first["id"], uphold=True)) == "another_under_way"
    assert effect(judged(world, again["id"], uphold=True)) == "another_under_way"


def test_a_refusal_that_was_undone_by_its_first_appeal_is_left_alone(world: World) -> None:
    clinics.insured(world)
    found = refused_by_clinic(world)
    made = filed(world, found["id"], subject="attachment")
    work(world, made["id"], "lease")
    earlier = filed(world, refused_by_clinic(world)["id"], subject="attachment")
    assert effect(judged(world, earlier["id"], uphold=True)) == "checked_anew"
    assert effect(judged(world, made["id"], uphold=True)) == "another_under_way"


def test_a_certificate_is_decided_by_what_is_known_now(world: World) -> None:
    journeys.consented(world)
    asked = world.ok("POST", CERTIFICATES, json={"year": 2026})
    problem(begin(world, "insurance_certificate", asked["id"]), 409, "state_conflict")
    world.drain()
    refused = world.ok("GET", f"{CERTIFICATES}/{asked['id']}/details")
    assert refused["refusal"]["code"] == "no_policy"
    problem(begin(world, "insurance_certificate", asked["id"], person="insured"), 404)
    made = filed(world, asked["id"], subject="insurance_certificate", reasons=["register_error"])
    journeys.submitted(world)
    world.settle()
    assert effect(judged(world, made["id"], uphold=True, person=FUND)) == "checked_anew"
    world.drain()
    ready = world.ok("GET", f"{CERTIFICATES}/{asked['id']}/details")
    assert (ready["state"], ready["refusal"], bool(ready["number"])) == ("ready", None, True)
    states = [step["state"] for step in ready["history"]]
    assert states == ["processing", "refused", "processing", "approved", "ready"]
    assert document(world, "insurance_certificate")["made_at"]
    problem(begin(world, "insurance_certificate", asked["id"]), 409, "state_conflict")


def test_about_a_represented_person_the_one_who_asked_appeals(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    path = f"/v1/represented-persons/{child}/insurance-certificates"
    asked = world.ok("POST", path, json={"year": 2026})
    world.drain()
    made = filed(world, asked["id"], subject="insurance_certificate", reasons=["register_error"])
    world.sleep(minutes=1)
    assert effect(judged(world, made["id"], uphold=True, person=FUND)) == "checked_anew"
    world.drain()
    again = world.ok("GET", f"{path}/{asked['id']}/details")
    assert again["refusal"]["code"] == "no_policy"
    assert begin(world, "insurance_certificate", asked["id"]).status_code == 201


def test_what_stands_no_more_is_left_alone_and_a_doctor_who_left_takes_nobody(world: World) -> None:
    clinics.insured(world)
    found = refused_by_clinic(world)
    refused, about = refused_requests.refused_attachment(
        world.tools, SimpleNamespace(account_id=person_id(world)), found["id"]
    )
    for name, undo in (("gone", refused_requests.ask_clinic_again), ("0", refused_requests.decide_certificate_again)):
        other = SimpleNamespace(refused=replace(refused, subject_id=name), person_id=about)
        assert undo(SimpleNamespace(tools=world.tools, work=None, appeal=other, at=world.tools.at)) == "already_undone"
    world.tools.store.clinic_file = lambda **_: None
    made = filed(world, found["id"], subject="attachment")
    assert work(world, made["id"], "lease").is_success
    answer = work(world, made["id"], "decision", uphold=True, explanation="Отказ был неверным, сведения верны")
    problem(answer, 422, "rule_refused", "doctor_not_available")
