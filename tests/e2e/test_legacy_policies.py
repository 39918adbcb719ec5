"""Policies of earlier samples on the whole service: the registers' simulator knows what the two persons hold."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.paper_barcode import PaperBarcode, encode_barcode
from chalicelib.domain.policy_number import PolicyNumber
from chalicelib.domain.sex import Sex
from infra.local.persons import PERSONS

HELD = {person.key: person for person in PERSONS}
WRONG_BLANK = "99999999999"


def barcode(person):
    known = PaperBarcode(
        version=2,
        policy_number=PolicyNumber(person.insured.enp),
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        sex=Sex(person.sex),
        born_on=date.fromisoformat(person.born_on),
    )
    return encode_barcode(barcode=known).hex()


def settled(journey, person):
    """Wait until the newest registration is decided."""

    def look():
        newest = journey.ok("GET", "/v1/me/insurance", person=person)["legacy_policies"][-1]
        return newest if newest["state"] != "pending" else None

    return journey.wait("the word of the register", look)


@pytest.fixture
def holder(journey):
    def enter(key):
        journey.sign_in(key)
        journey.consent(key)
        return HELD[key]

    journey.sign_in("registrar")
    return enter


def test_a_paper_policy_is_mended_registered_by_its_barcode_and_found(journey, holder):
    person = holder("paper_policy")
    wrong = {"barcode": barcode(person), "blank_number": WRONG_BLANK}
    journey.ok("POST", "/v1/me/legacy-policies", person=person.key, json=wrong)
    refused = settled(journey, person.key)
    assert [reason["code"] for reason in refused["refusals"]] == ["policy_number_differs"]

    claim = {"barcode": barcode(person), "blank_number": person.insured.policy["blank_number"]}
    made = journey.ok("POST", "/v1/me/legacy-policies", person=person.key, json=claim)
    assert settled(journey, person.key)["state"] == "confirmed"
    again = journey.call("POST", "/v1/me/legacy-policies", person=person.key, json=claim)
    assert (again.status_code, again.json()["id"]) == (200, made["id"])

    _, pdf = journey.document(person.key, "extract", "")
    assert pdf.startswith(b"%PDF")
    question = {"blank_number": claim["blank_number"], "born_on": person.born_on, "consent": True}
    assert journey.ok("POST", "/v1/validity-checks", json=question)["status"] == "valid"
    found = journey.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"barcode": claim["barcode"]})
    assert (found["is_insured"], found["policy_type"], found["barcode"]["reason"]) == (True, "paper", "matches")


def test_a_policy_of_the_old_sample_waits_for_its_register(journey, holder):
    person = holder("old_policy")
    journey.registers(kind="insured_person", behaviour="down", seconds=0)
    claim = {"policy_type": "old_sample", "series": "77-00", "number": "900015", "region": "77"}
    journey.ok("POST", "/v1/me/legacy-policies", person=person.key, json=claim)

    def delayed():
        (waiting,) = journey.ok("GET", "/v1/me/insurance", person=person.key)["legacy_policies"]
        return waiting["delay"]

    assert journey.wait("the delay", delayed)["waiting_for"] == ["insured_person"]
    journey.registers()

    assert settled(journey, person.key)["state"] == "confirmed"
    key = {"old_policy": {"number": "77 00 № 900015"}}
    assert (
        journey.ok("POST", "/v1/validity-checks", json={**key, "family_name": "СТАРОВ", "consent": True})["status"]
        == "valid"
    )
    found = journey.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=key)
    assert (found["family_name"], found["policy_type_code"]) == ("Старов", "1")
