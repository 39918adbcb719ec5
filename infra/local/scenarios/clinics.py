"""Scenarios at a clinic: people are attached to it, and its desk and systems look them up (J1-J3, G3, P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

CLINIC, OTHER_CLINIC = "770001", "770002"
_HOME = {"index": "101000", "region": "77", "city": "Москва", "street": "ул. Примерная", "house": "1", "flat": "10"}
_NEW_HOME = {**_HOME, "index": "115035", "street": "ул. Образцовая", "house": "2"}
_DESK = "/v1/clinic/attachments"


def attachment(stage: Stage) -> None:
    """A clinic found by the address, attachment asked for and decided; a move to another; the monthly file."""
    journey = stage.journey
    for registrar in ("registrar", "second_registrar"):
        journey.sign_in(registrar)
    person = stage.someone("Поликлиникин Марк Львович", born_on="1985-02-11", sex="male")
    stage.insured(person)
    search = {"region": "77", "city": "Москва", "street": "Примерная улица", "house": "1"}
    (found,) = journey.ok("POST", "/v1/clinic-searches", json=search)["items"]
    clinic, doctor = found["clinic"]["code"], found["area"]["doctor_id"]
    journey.step("the clinic that serves the address", clinic=clinic, doctor=doctor)
    wish = {"clinic": clinic, "doctor": doctor, "reason": "by_wish", "address": _HOME}
    asked = journey.ok("POST", "/v1/me/attachments", person=person, json=wish)
    journey.step("attachment asked for; a place is held", due_on=asked["due_on"])
    _decide(stage, asked, "registrar")
    stage.told(person, "attachment_made")
    journey.step("the clinic has attached the person, who is told")
    other = {**wish, "clinic": OTHER_CLINIC, "doctor": "d006"}
    journey.refused(422, "POST", "/v1/me/attachments", person=person, json=other)
    moved = {**other, "reason": "moved", "address": _NEW_HOME}
    asked = journey.ok("POST", "/v1/me/attachments", person=person, json=moved)
    _decide(stage, asked, "second_registrar")
    newest, former = journey.ok("GET", "/v1/me/attachments", person=person)["items"]
    journey.expect((newest["state"], former["state"]) == ("attached", "ended"), "the first attachment stands")
    journey.step("not twice a year by wish, but at once after a move", former=former["clinic_name"])
    month = newest["attached_on"][:7]
    text = journey.text("GET", f"/v1/clinic/attachment-files/{month}", person="second_registrar")
    number = stage.policies(person)[-1]["policy_number"]
    journey.expect(number in text, "the monthly file does not name who is attached")
    journey.step("the monthly file for the register", lines=text.count("\r\n") - 1)


def _decide(stage: Stage, asked: dict[str, Any], registrar: str) -> None:
    path = f"{_DESK}/{asked['person_id']}/{asked['id']}"
    case = stage.journey.ok("GET", f"{path}/details", person=registrar)
    stage.journey.expect(case["attachment"]["state"] == "requested", "nothing is asked for")
    stage.journey.ok("POST", f"{path}/decision", person=registrar, json={})
