"""Scenarios at a clinic: people are attached to it, and its desk and systems look them up (J1-J3, G3, P4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt

from infra.local.scenarios.stage import today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

CLINIC, OTHER_CLINIC = "770001", "770002"
_HOME = {"index": "101000", "region": "77", "city": "Москва", "street": "ул. Примерная", "house": "1", "flat": "10"}
_NEW_HOME = {**_HOME, "index": "115035", "street": "ул. Образцовая", "house": "2"}
_DESK = "/v1/clinic/attachments"
_FHIR, _SNILS = "/fhir/r4", "http://fhir.ru/core/systems/snils"


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


def desk(stage: Stage) -> None:
    """A clinic's desk: many lookups at once, a signed list for a day without network, FHIR, an appointment."""
    journey = stage.journey
    journey.sign_in("registrar")
    person = stage.someone("Очередина Лада Игоревна", born_on="1991-07-23", sex="female")
    number = stage.insured(person)["policy_number"]
    snils = journey.ok("GET", "/v1/me", person=person)["snils"]
    table = f"ref;policy_number;snils\r\n1;{number};\r\n2;;{snils}\r\n3;;112-233-445 95\r\n4;77;"
    rows = journey.ok("POST", "/v1/clinic/validity-batches", person="registrar", json={"csv": table})["items"]
    statuses = [row["status"] for row in rows]
    journey.expect(statuses == ["insured", "insured", "not_found", "mistake"], f"the batch says {statuses}")
    journey.step("a table of questions answered, each for itself", rows=len(rows))
    wish = {"clinic": CLINIC, "doctor": "d001", "reason": "by_wish", "address": _HOME}
    _decide(stage, journey.ok("POST", "/v1/me/attachments", person=person, json=wish), "registrar")
    _snapshot(stage, number)
    _fhir(stage, snils)
    stage.all_documents(person)
    _appointment(stage, person)


def _snapshot(stage: Stage, number: str) -> None:
    journey = stage.journey
    text = journey.text("GET", "/v1/clinic/snapshot", person="registrar")
    keys = jwt.PyJWKSet.from_dict(journey.ok("GET", "/.well-known/jwks.json"))
    key = keys[jwt.get_unverified_header(text)["kid"]]
    told = jwt.decode(text, key, algorithms=["ES256"], leeway=60)
    journey.expect(number in {person["policy_number"] for person in told["people"]}, "the list lacks who is attached")
    journey.step("who is attached, signed for a day without network", people=len(told["people"]))


def _fhir(stage: Stage, snils: str) -> None:
    journey = stage.journey
    journey.expect(journey.ok("GET", f"{_FHIR}/metadata")["fhirVersion"] == "4.0.1", "no FHIR R4")
    found = journey.ok("POST", f"{_FHIR}/Patient/_search", person="registrar", data={"identifier": f"{_SNILS}|{snils}"})
    journey.expect(found["total"] == 1, "the patient is not found")
    reference = f"Patient/{found['entry'][0]['resource']['id']}"
    request = {
        "resourceType": "CoverageEligibilityRequest",
        "status": "active",
        "purpose": ["validation"],
        "created": str(today()),
        "insurer": {"display": "ТФОМС"},
        "patient": {"reference": reference},
    }
    path = f"{_FHIR}/CoverageEligibilityRequest/$submit"
    answer = journey.ok(
        "POST", path, person="registrar", json=request, headers={"Content-Type": "application/fhir+json"}
    )
    journey.expect(answer["insurance"][0]["inforce"], "the patient is not insured")
    journey.step("a clinic's system asked by FHIR", disposition=answer["disposition"])


def _appointment(stage: Stage, person: str) -> None:
    journey = stage.journey
    day = today() + timedelta(days=2)
    wish = {"clinic": CLINIC, "doctor": "d005", "wished_from": str(day), "wished_until": str(day)}
    asked = journey.ok("POST", "/v1/me/appointments", person=person, json=wish)
    path = f"/v1/clinic/appointments/{asked['person_id']}/{asked['id']}"
    journey.expect(journey.ok("GET", f"{path}/document", person="registrar")["url"], "no proof of insurance")
    answer = {"acknowledged": True, "starts_at": f"{day}T10:30:00+03:00", "answer": "Кабинет 12"}
    journey.ok("POST", f"{path}/answer", person="registrar", json=answer)
    stage.told(person, "appointment_acknowledged")
    journey.step("an appointment asked for, with the extract attached, and acknowledged")


def _decide(stage: Stage, asked: dict[str, Any], registrar: str) -> None:
    path = f"{_DESK}/{asked['person_id']}/{asked['id']}"
    case = stage.journey.ok("GET", f"{path}/details", person=registrar)
    stage.journey.expect(case["attachment"]["state"] == "requested", "nothing is asked for")
    stage.journey.ok("POST", f"{path}/decision", person=registrar, json={})
