"""FHIR R4 resources as other systems read them: every element, and none that is empty (P4; DOMAIN 7.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest

from chalicelib.domain.fhir import (
    CoverageFacts,
    bundle,
    clinic_organization,
    coverage,
    eligibility_response,
    insurer_organization,
    outcome,
    patient,
    policy_identifier,
)
from chalicelib.domain.insurer import Insurer
from chalicelib.domain.person import Death, Merger, Person
from chalicelib.domain.policy_types import POLICY_TYPES, PolicyType
from tests.unit.domain.test_attachment import STOOD
from tests.unit.domain.test_clinic_bounds import clinic

AT = datetime(2026, 3, 16, 9, 30, 15, 999, tzinfo=UTC)
ANNA = Person(
    person_id="p1",
    account_id="a1",
    family_name="Примерова",
    given_name="Анна",
    middle_name="Сергеевна",
    born_on="1990-05-14",
    sex="female",
    snils="90000000100",
)
FACTS = CoverageFacts(
    coverage_id="c1",
    person_id="p1",
    number="7754900885000012",
    policy_type=PolicyType.DIGITAL,
    status="active",
    insurer_code="77012",
    insurer_name="Пример-Мед",
    valid_from=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
)
INSURER = Insurer(
    code="77012",
    region="77",
    name="Пример-Мед",
    full_name="",
    inn="",
    ogrn="",
    kpp="",
    address="Москва",
    phones=("1", "2"),
    email="a@example.org",
    site="https://example.org",
    head="",
    licence_number="",
    licence_from=None,
    included_on=date(2020, 1, 1),
)
CODING = {"system": "urn:oid:1.2.643.5.1.13.13.99.2.245", "code": "3", "display": "Цифровой полис"}
SB = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "SB"}
POLICY_NUMBER = {
    "use": "official",
    "type": {"coding": [SB, CODING]},
    "system": "https://fhir.ru/ig/core/systems/oms",
    "value": "7754900885000012",
}
INSURERS = "https://fhir.ru/ig/semd/systems/ffoms_smo"


def told(person: Person, **more: Any) -> dict[str, Any]:
    return patient(person, **{"policy_number": None, "attachment": None, **more})


class TestPatient:
    def test_tells_who_it_is(self) -> None:
        assert told(ANNA, policy_number=FACTS.number, attachment=STOOD) == {
            "resourceType": "Patient",
            "id": "p1",
            "identifier": [
                {"use": "official", "system": "http://fhir.ru/core/systems/snils", "value": "90000000100"},
                POLICY_NUMBER,
            ],
            "active": True,
            "name": [
                {
                    "use": "official",
                    "text": "Примерова Анна Сергеевна",
                    "family": "Примерова",
                    "given": ["Анна", "Сергеевна"],
                }
            ],
            "gender": "female",
            "birthDate": "1990-05-14",
            "managingOrganization": {"reference": "Organization/mo-770001"},
        }

    def test_leaves_out_what_is_not_known(self) -> None:
        unknown = replace(ANNA, snils="", family_name="", given_name="", middle_name="", sex="")
        assert told(unknown) == {
            "resourceType": "Patient",
            "id": "p1",
            "active": True,
            "gender": "unknown",
            "birthDate": "1990-05-14",
        }

    @pytest.mark.parametrize(("middle", "given"), [("", ["Анна"]), ("Сергеевна", ["Анна", "Сергеевна"])])
    def test_given_names_stand_in_their_order(self, middle: str, given: list[str]) -> None:
        assert told(replace(ANNA, middle_name=middle))["name"][0]["given"] == given

    @pytest.mark.parametrize("sex", ["male", "female"])
    def test_the_sex_is_that_of_the_document(self, sex: str) -> None:
        assert told(replace(ANNA, sex=sex))["gender"] == sex

    @pytest.mark.parametrize("born_on", ["1990", "1990-05", "1990-05-14"])
    def test_a_birth_date_is_told_as_far_as_it_is_known(self, born_on: str) -> None:
        assert told(replace(ANNA, born_on=born_on))["birthDate"] == born_on

    def test_the_dead_and_the_merged_are_not_active(self) -> None:
        dead = told(replace(ANNA, death=Death(died_on=date(2026, 3, 1), correction_id="c")))
        assert (dead["active"], dead["deceasedDateTime"]) == (False, "2026-03-01")
        merged = told(replace(ANNA, merged=Merger(into="p2", correction_id="c")))
        assert (merged["active"], "deceasedDateTime" in merged) == (False, False)


class TestCoverage:
    WHOLE: ClassVar[dict[str, Any]] = {
        "resourceType": "Coverage",
        "id": "c1",
        "identifier": [POLICY_NUMBER],
        "status": "active",
        "type": {"coding": [CODING], "text": "Цифровой полис"},
        "subscriber": {"reference": "Patient/p1"},
        "beneficiary": {"reference": "Patient/p1"},
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "payor": [
            {
                "reference": "Organization/smo-77012",
                "type": "Organization",
                "identifier": {"system": INSURERS, "value": "77012"},
                "display": "Пример-Мед",
            }
        ],
    }

    def test_tells_of_whom_by_whom_and_when(self) -> None:
        assert coverage(FACTS) == self.WHOLE

    def test_without_a_term_has_no_end(self) -> None:
        assert coverage(replace(FACTS, last_day=None)) == {**self.WHOLE, "period": {"start": "2026-01-01"}}

    @pytest.mark.parametrize("policy_type", PolicyType)
    def test_the_number_says_what_it_is_a_number_of(self, policy_type: PolicyType) -> None:
        temporary = policy_type in {PolicyType.TEMPORARY_PAPER, PolicyType.TEMPORARY_ELECTRONIC}
        named = policy_identifier("1", policy_type)
        assert named["system"] == (
            "urn:oid:1.2.643.5.1.13.2.7.1.62" if temporary else "https://fhir.ru/ig/core/systems/oms"
        )
        row = POLICY_TYPES[policy_type]
        coding = {"system": CODING["system"], "code": row.f008, "display": row.title}
        assert (named["use"], named["value"], named["type"]) == ("official", "1", {"coding": [SB, coding]})


class TestOrganization:
    def test_an_insurer(self) -> None:
        assert insurer_organization(INSURER, is_active=False, okato="45000") == {
            "resourceType": "Organization",
            "id": "smo-77012",
            "identifier": [{"use": "official", "system": INSURERS, "value": "77012"}],
            "active": False,
            "type": [
                {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/organization-type",
                            "code": "ins",
                            "display": "Insurance Company",
                        }
                    ]
                }
            ],
            "name": "Пример-Мед",
            "telecom": [
                {"system": "phone", "value": "1"},
                {"system": "phone", "value": "2"},
                {"system": "email", "value": "a@example.org"},
                {"system": "url", "value": "https://example.org"},
            ],
            "address": [{"use": "work", "text": "Москва", "state": "45000", "country": "RU"}],
        }

    def test_of_which_little_is_known(self) -> None:
        bare = insurer_organization(
            replace(INSURER, address="", phones=(), email="", site=""), is_active=True, okato="45000"
        )
        assert bare.keys() == {"resourceType", "id", "identifier", "active", "type", "name"}
        site = insurer_organization(replace(INSURER, phones=("",), email=""), is_active=True, okato="1")
        assert site["telecom"] == [{"system": "url", "value": "https://example.org"}]

    def test_a_clinic(self) -> None:
        found = clinic_organization(clinic(oid="1.2.3"), is_active=True, okato="45000")
        assert found["id"] == "mo-770001"
        assert found["active"] is True
        assert found["identifier"] == [
            {"use": "official", "system": "urn:oid:1.2.643.5.1.13.13.12.2", "value": "770001"},
            {"use": "secondary", "system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"},
        ]
        (kind,) = found["type"][0]["coding"]
        assert (kind["code"], kind["display"]) == ("prov", "Healthcare Provider")
        assert [row["system"] for row in found["telecom"]] == ["phone", "email"]
        assert found["address"][0]["text"] == "Г. МОСКВА"
        assert len(clinic_organization(clinic(oid=""), is_active=True, okato="1")["identifier"]) == 1


class TestAnswers:
    def test_a_bundle_counts_and_names_what_was_found(self) -> None:
        found = {"resourceType": "Patient", "id": "p1"}
        assert bundle([found], base="https://x/fhir", self_link="Patient") == {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": 1,
            "link": [{"relation": "self", "url": "https://x/fhir/Patient"}],
            "entry": [
                {"fullUrl": "https://x/fhir/Patient/p1", "resource": found, "search": {"mode": "match"}},
            ],
        }
        empty = bundle([], base="https://x/fhir", self_link="Patient")
        assert (empty["total"], "entry" in empty) == (0, False)

    def test_an_error_names_its_places_or_itself(self) -> None:
        assert outcome(code="not-found", text="Нет") == {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": "not-found", "details": {"text": "Нет"}}],
        }
        assert outcome(code="x", text="y", details=[("Patient.id", "а"), ("", "б")])["issue"] == [
            {"severity": "error", "code": "invalid", "details": {"text": "а"}, "expression": ["Patient.id"]},
            {"severity": "error", "code": "invalid", "details": {"text": "б"}, "expression": ["body"]},
        ]


class TestEligibility:
    REQUEST: ClassVar[dict[str, Any]] = {
        "purpose": ("validation",),
        "patient": {"identifier": {"value": "x"}},
        "insurer": {"reference": "Organization/unknown"},
    }

    def answered(self, *, person_id: str | None = "p1", found: CoverageFacts | None = FACTS) -> dict[str, Any]:
        return eligibility_response(
            response_id="r1",
            request=self.REQUEST,
            person_id=person_id,
            found=found,
            on=date(2026, 3, 16),
            at=AT,
        )

    def test_says_who_insures_on_the_day(self) -> None:
        assert self.answered() == {
            "resourceType": "CoverageEligibilityResponse",
            "id": "r1",
            "status": "active",
            "purpose": ["validation"],
            "patient": {"reference": "Patient/p1"},
            "servicedDate": "2026-03-16",
            "created": "2026-03-16T09:30:15+00:00",
            "request": {"type": "CoverageEligibilityRequest", "display": "Запрос из $submit"},
            "outcome": "complete",
            "disposition": "Застрахован на дату",
            "insurer": {"identifier": {"system": INSURERS, "value": "77012"}},
            "insurance": [
                {
                    "coverage": {"reference": "Coverage/c1"},
                    "inforce": True,
                    "benefitPeriod": {"start": "2026-01-01", "end": "2026-12-31"},
                }
            ],
        }

    def test_a_policy_that_rests_is_named_and_does_not_insure(self) -> None:
        rests = self.answered(found=replace(FACTS, status="cancelled", last_day=None))
        assert rests["disposition"] == "На дату не застрахован"
        (named,) = rests["insurance"]
        assert (named["inforce"], named["benefitPeriod"]) == (False, {"start": "2026-01-01"})

    def test_who_is_not_insured_or_not_found_gets_back_what_was_asked(self) -> None:
        known, unknown = self.answered(found=None), self.answered(person_id=None, found=None)
        assert [one["disposition"] for one in (known, unknown)] == ["На дату не застрахован", "Не найден"]
        assert [one["patient"] for one in (known, unknown)] == [{"reference": "Patient/p1"}, self.REQUEST["patient"]]
        for one in (known, unknown):
            assert (one["insurer"], "insurance" in one) == (self.REQUEST["insurer"], False)
