"""FHIR R4 for clinics' systems: accepted by two independent validators, every view in the journal (P4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhirclient.models import (
    bundle,
    capabilitystatement,
    coverage,
    coverageeligibilityresponse,
    operationoutcome,
    organization,
    patient,
)

from chalicelib.domain import fhir
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.person import Death, Merger
from chalicelib.domain.records import Pointer
from chalicelib.use_cases import fhir_read
from chalicelib.use_cases.identity import name_value
from tests import clinics, journeys
from tests.applicants import CHILD, represent
from tests.corrections import person_id
from tests.functional.test_bad_input import ROLE_PERSONS, UNKNOWN_ID

if TYPE_CHECKING:
    import httpx

    from tests.world import World

BASE = "/fhir/r4"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FHIR_JSON = {"Content-Type": "application/fhir+json"}
SECOND_OPINION = {
    "Bundle": bundle.Bundle,
    "CapabilityStatement": capabilitystatement.CapabilityStatement,
    "Coverage": coverage.Coverage,
    "CoverageEligibilityResponse": coverageeligibilityresponse.CoverageEligibilityResponse,
    "OperationOutcome": operationoutcome.OperationOutcome,
    "Organization": organization.Organization,
    "Patient": patient.Patient,
}
ELIGIBILITY = f"{BASE}/CoverageEligibilityRequest/$submit"


def accepted(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Check an answer by both validators; returns the resource."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    found = dict(answer.json())
    kind = found["resourceType"]
    assert get_fhir_model_class(kind).model_validate(found)
    assert SECOND_OPINION[kind](found, strict=True).as_json() == found
    for entry in found.get("entry", []):
        assert SECOND_OPINION[entry["resource"]["resourceType"]](entry["resource"], strict=True)
    return found


def get(world: World, path: str, *, person: str | None = "registrar") -> httpx.Response:
    return world.call("GET", f"{BASE}/{path}", person=person)


def search(world: World, resource: str, **form: Any) -> httpx.Response:
    return world.call("POST", f"{BASE}/{resource}/_search", person="registrar", data=form)


def request(**changed: Any) -> dict[str, Any]:
    return {
        "resourceType": "CoverageEligibilityRequest",
        "status": "active",
        "purpose": ["validation"],
        "created": "2026-03-16T09:00:00Z",
        "insurer": {"display": "ТФОМС"},
        "priority": {"text": "обычный"},
        **changed,
    }


def submit(world: World, body: Any, **options: Any) -> httpx.Response:
    return world.call("POST", ELIGIBILITY, person="registrar", json=body, headers=FHIR_JSON, **options)


def views_noted(world: World) -> int:
    return [action["action"] for action in journeys.actions(world)].count("fhir_read")


@pytest.fixture(scope="class")
def known(shared_world: World) -> World:
    """The citizen, insured and attached."""
    clinics.insured(shared_world)
    clinics.attached(shared_world)
    return shared_world


class TestReading:
    """Patient, Coverage, Organization, $submit."""

    def test_says_what_it_can_do_to_everybody(self, known: World) -> None:
        found = accepted(get(known, "metadata", person=None))
        resources = {resource["type"]: resource for resource in found["rest"][0]["resource"]}
        assert (found["fhirVersion"], set(resources)) == (
            "4.0.1",
            {"Patient", "Coverage", "Organization", "CoverageEligibilityRequest"},
        )

    def test_finds_a_patient_by_every_key_and_notes_each_view(self, known: World) -> None:
        me, number = known.ok("GET", "/v1/me"), journeys.policy(known)["policy_number"]
        by_name = {"family": me["family_name"], "given": [me["given_name"], me["middle_name"]]}
        before = views_noted(known)
        for form in (
            {"identifier": f"{fhir.SNILS}|{me['snils']}"},
            {"identifier": f"{fhir.OMS}|{number}", "_format": "json"},
            {**by_name, "birthdate": me["born_on"]},
        ):
            found = accepted(search(known, "Patient", **form))
            assert (found["total"], found["type"]) == (1, "searchset")
        assert views_noted(known) - before == 3
        (entry,) = found["entry"]
        read = accepted(get(known, f"Patient/{entry['resource']['id']}"))
        assert read == entry["resource"]
        assert accepted(get(known, f"Patient?_id={read['id']}"))["entry"][0]["resource"] == read
        assert accepted(search(known, "Patient", _id=read["id"]))["total"] == 1
        systems = {identifier["system"]: identifier["value"] for identifier in read["identifier"]}
        assert systems == {fhir.SNILS: me["snils"], fhir.OMS: number}
        assert read["managingOrganization"] == {"reference": "Organization/mo-770001"}
        assert "Примерова" not in found["link"][0]["url"]

    def test_shows_the_coverage_of_a_patient(self, known: World) -> None:
        number = journeys.policy(known)["policy_number"]
        found = accepted(search(known, "Coverage", identifier=f"{fhir.OMS}|{number}"))
        (policy,) = [entry["resource"] for entry in found["entry"]]
        assert (policy["status"], policy["payor"][0]["identifier"]["value"]) == ("active", "77012")
        assert policy["identifier"][0]["type"]["coding"] == [
            {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "SB"},
            {"system": "urn:oid:1.2.643.5.1.13.13.99.2.245", "code": "3", "display": "Цифровой полис"},
        ]
        reference = policy["beneficiary"]["reference"]
        assert accepted(get(known, f"Coverage?beneficiary={reference}"))["entry"] == found["entry"]
        assert accepted(search(known, "Coverage", patient=reference))["total"] == 1
        assert accepted(get(known, f"Coverage/{policy['id']}")) == policy

    @pytest.mark.parametrize(
        ("system", "code", "kind"), [(fhir.INSURERS, "77012", "ins"), (fhir.CLINICS, "770001", "prov")]
    )
    def test_shows_organisations(self, known: World, system: str, code: str, kind: str) -> None:
        found = accepted(get(known, f"Organization?identifier={system}|{code}"))
        (only,) = [entry["resource"] for entry in found["entry"]]
        assert (only["type"][0]["coding"][0]["code"], only["active"]) == (kind, True)
        assert accepted(get(known, f"Organization/{only['id']}")) == only
        assert accepted(get(known, f"Organization?identifier={system}|0"))["total"] == 0

    def test_finds_organisations_by_name(self, known: World) -> None:
        def ids(found: Any) -> list[str]:
            return [entry["resource"]["id"] for entry in found.get("entry", [])]

        assert ids(accepted(get(known, "Organization?name=согас"))) == ["smo-77012"]
        clinic = accepted(get(known, "Organization/mo-770001"))
        name = clinic["name"].split()[-1].strip('«»№"')
        assert "mo-770001" in ids(accepted(search(known, "Organization", name=name)))
        assert len(ids(accepted(get(known, "Organization?name=мед&_count=2")))) == 2
        assert accepted(get(known, "Organization?name=нетакойорганизации"))["total"] == 0

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ({"servicedDate": "2026-03-16"}, "Застрахован на дату"),
            ({}, "Застрахован на дату"),
            ({"servicedPeriod": {"start": "2020-01-01"}}, "На дату не застрахован"),
        ],
    )
    def test_answers_whether_somebody_is_insured(self, known: World, day: dict[str, Any], said: str) -> None:
        identifier = {"system": fhir.SNILS, "value": known.ok("GET", "/v1/me")["snils"]}
        answer = accepted(submit(known, request(patient={"identifier": identifier}, **day)))
        assert (answer["disposition"], answer["outcome"]) == (said, "complete")
        assert [cover["inforce"] for cover in answer["insurance"]] == [said == "Застрахован на дату"]
        assert answer["insurer"]["identifier"] == {"system": fhir.INSURERS, "value": "77012"}
        by_id = request(patient={"reference": answer["patient"]["reference"]}, **day)
        assert accepted(submit(known, by_id))["disposition"] == said

    def test_nobody_is_no_error(self, known: World) -> None:
        identifier = {"system": fhir.SNILS, "value": "112-233-445 95"}
        answer = accepted(submit(known, request(patient={"identifier": identifier})))
        assert (answer["disposition"], "insurance" in answer) == ("Не найден", False)
        assert accepted(search(known, "Patient", identifier=f"{fhir.SNILS}|112-233-445 95"))["total"] == 0


class TestRefusals:
    """Every error is an OperationOutcome that names the place."""

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            (f"Patient/{UNKNOWN_ID}", 404, "not-found"),
            ("Patient/a%2Fb", 404, "not-found"),
            ("Patient/a%20b", 404, "not-found"),
            ("Patient/" + "a" * 65, 404, "not-found"),
            (f"Coverage/{UNKNOWN_ID}.{UNKNOWN_ID}", 404, "not-found"),
            ("Organization/smo-", 404, "not-found"),
            ("Organization/mo-999999", 404, "not-found"),
            ("Organization/other", 404, "not-found"),
            ("Organization?identifier=x|1", 422, "invalid"),
            ("Organization", 422, "invalid"),
            ("Organization?identifier=x|1&name=x", 422, "invalid"),
            ("Organization?name=x&_count=51", 422, "invalid"),
            ("Organization?identifier=77012", 422, "invalid"),
            ("Patient?identifier=x", 422, "invalid"),
            ("Coverage", 422, "invalid"),
            ("Coverage?beneficiary=Organization/1", 422, "invalid"),
            ("metadata?_format=xml", 422, "invalid"),
        ],
    )
    def test_of_what_is_read(self, shared_world: World, path: str, status: int, code: str) -> None:
        assert accepted(get(shared_world, path), status)["issue"][0]["code"] == code

    @pytest.mark.parametrize(
        "form",
        [
            {},
            {"identifier": "x|1"},
            {"identifier": f"{fhir.SNILS}|112-233-445 96"},
            {"family": "Примерова", "birthdate": "1990-05-14"},
            {"family": "Примерова", "given": "Анна", "birthdate": "14.05.1990"},
            {"unknown": "1"},
            {"_id": "a\x00"},
        ],
    )
    def test_of_searches(self, shared_world: World, form: dict[str, str]) -> None:
        answer = shared_world.call(
            "POST", f"{BASE}/Patient/_search", person="registrar", data=form or {"_format": "json"}
        )
        assert accepted(answer, 422)["issue"][0]["expression"]

    @pytest.mark.parametrize(
        ("body", "places"),
        [
            ({}, {"resourceType", "status", "purpose", "patient", "created", "insurer"}),
            (request(), {"patient"}),
            (request(patient={}), {"patient"}),
            (request(patient={"reference": "Patient/a b"}), {"patient.reference"}),
            (request(patient={"reference": "a"}, servicedDate="16.03.2026"), {"servicedDate"}),
            (request(patient={"identifier": {"value": "1"}}, status="?"), {"status", "patient.identifier.system"}),
            (request(patient={"identifier": {"system": "x", "value": "1"}}), {"identifier"}),
        ],
    )
    def test_of_requests(self, shared_world: World, body: dict[str, Any], places: set[str]) -> None:
        found = accepted(submit(shared_world, body), 422)
        assert {place for issue in found["issue"] for place in issue["expression"]} == places

    @pytest.mark.parametrize(
        ("content", "headers", "status"),
        [
            (b"{", FHIR_JSON, 400),
            (b"", FHIR_JSON, 400),
            (b"{}{}", FHIR_JSON, 400),
            (b"a" * 300_000, FHIR_JSON, 413),
            (b"a=1", FORM, 415),
        ],
    )
    def test_of_broken_bodies(self, shared_world: World, content: bytes, headers: Any, status: int) -> None:
        answer = shared_world.call("POST", ELIGIBILITY, person="registrar", content=content, headers=headers)
        accepted(answer, status)

    @pytest.mark.parametrize(
        ("content", "headers", "status"),
        [
            (b"identifier=%ff", FORM, 400),
            (b"&&", FORM, 400),
            (b"a=1&" * 60, FORM, 400),
            (b"a=" + b"a" * 300_000, FORM, 413),
            (b"{}", FHIR_JSON, 415),
        ],
    )
    def test_of_broken_forms(self, shared_world: World, content: bytes, headers: Any, status: int) -> None:
        path = f"{BASE}/Coverage/_search"
        answer = shared_world.call("POST", path, person="registrar", content=content, headers=headers)
        accepted(answer, status)

    def test_of_another_operation(self, shared_world: World) -> None:
        path = f"{BASE}/CoverageEligibilityRequest/$other"
        body = request(patient={"reference": "a"})
        accepted(shared_world.call("POST", path, person="registrar", json=body), 404)

    @pytest.mark.parametrize("role", [role for role in ROLE_PERSONS if role != "clinic_registrar"])
    def test_of_other_roles(self, shared_world: World, role: str) -> None:
        person = ROLE_PERSONS[role]
        for path in ("Patient/a", "Patient?_id=a", "Coverage/a.b", "Coverage?patient=a", "Organization/mo-1"):
            accepted(get(shared_world, path, person=person), 403)
        accepted(get(shared_world, f"Organization?identifier={fhir.INSURERS}|1", person=person), 403)
        for resource in ("Patient", "Coverage"):
            sought = {"identifier": f"{fhir.OMS}|7754900885000012"}
            path = f"{BASE}/{resource}/_search"
            accepted(shared_world.call("POST", path, person=person, data=sought), 403)
        body = request(patient={"reference": "a"})
        accepted(shared_world.call("POST", ELIGIBILITY, person=person, json=body), 403)


def test_a_temporary_certificate_covers_too(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    journeys.submitted(world)
    world.settle()
    (certificate,) = journeys.insurance(world)["certificates"]
    number = certificate["number"]
    found = accepted(search(world, "Coverage", identifier=f"{fhir.TEMPORARY_CERTIFICATE}|{number}"))
    (cover,) = [entry["resource"] for entry in found["entry"]]
    assert (cover["status"], cover["type"]["coding"][0]["code"]) == ("active", "2")
    assert cover["period"] == {"start": "2026-03-16", "end": "2026-04-14"}
    who = cover["beneficiary"]["reference"]
    assert accepted(submit(world, request(patient={"reference": who})))["insurance"][0]["inforce"] is True


def test_a_child_that_is_not_insured_has_no_coverage(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    assert accepted(get(world, f"Patient/{child}"))["birthDate"] == CHILD["born_on"]
    assert accepted(get(world, f"Coverage?patient={child}"))["total"] == 0


def test_the_dead_are_shown_as_such_and_a_merged_record_leads_to_the_main_one(world: World) -> None:
    journeys.consented(world)
    who, other = person_id(world), "a" * 26
    person = world.tools.store.person_file(person_id=who).person
    assert person is not None
    work = world.tools.store.work(at=world.tools.at)
    work.update(replace(person, death=Death(died_on=date(2026, 3, 1), correction_id="c")))
    work.create(replace(person, person_id=other, merged=Merger(into=who, correction_id="c"), version=1))
    work.commit()
    found = accepted(get(world, f"Patient/{other}"))
    assert (found["id"], found["active"], found["deceasedDateTime"]) == (who, False, "2026-03-01")


def test_namesakes_are_asked_apart(world: World) -> None:
    journeys.insured(world)
    me = world.ok("GET", "/v1/me")
    value = name_value(**{name: me[name] for name in ("family_name", "given_name", "middle_name", "born_on")})
    value_hash = world.tools.secrets.lookup_hash(kind="person", value=value)
    work = world.tools.store.work(at=world.tools.at)
    work.create(Pointer(kind="person", value_hash=value_hash, target="b", person_id="b", shared=True))
    work.commit()
    names = {"family": me["family_name"], "given": [me["given_name"], me["middle_name"]], "birthdate": me["born_on"]}
    accepted(search(world, "Patient", **names), 422)
    name = {key: me[key] for key in ("family_name", "given_name", "middle_name", "born_on")}
    asked = {"questions": [{"person": name}, {"snils": me["snils"]}]}
    rows = world.ok("POST", "/v1/clinic/validity-batches", person="registrar", json=asked)["items"]
    assert [row["status"] for row in rows] == ["mistake", "insured"]
    assert rows[0]["errors"][0]["code"] == "several_found"


def test_who_is_in_use_is_not_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    journeys.consented(world)
    monkeypatch.setattr(fhir_read, "note_views", lambda **_: {})
    assert accepted(get(world, f"Patient/{person_id(world)}"), 409)["issue"][0]["code"] == "conflict"
