"""A person of whose birth only the year, or the year and month, is known (requirements B3, D1, F1, G1, G3)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from chalicelib.domain.policy_number import facet
from chalicelib.domain.sex import Sex
from infra.local.person_numbers import policy_number_of
from tests import journeys
from tests.applicants import paper, represent, saved, scanned
from tests.cloud import cloud
from tests.corrections import asked as proposed_to
from tests.corrections import corrected, person_id
from tests.legacy import BLANK, PAPER, barcode, known_to_register, legacy, register, registered

if TYPE_CHECKING:
    from tests.world import World

REFUGEE = "refugee"
SECTIONS = {"insurer": {"code": "77012"}, "identity_document": {**paper("12"), "number": "9000018"}}
NEW_YEAR = "1984-01-01"


def begun(world: World, born_on: str = "1984") -> dict[str, Any]:
    """A draft of the refugee with a birth date typed in."""
    journeys.consented(world, person=REFUGEE)
    wish = {"kind": "first_policy", "category": "refugee"}
    draft = world.ok("POST", "/v1/applications", person=REFUGEE, json=wish)
    typed = {**draft["form"]["person"], "citizenship": "AFG", "birthplace": "Кабул", "born_on": born_on}
    return saved(world, draft, {**SECTIONS, "person": typed}, person=REFUGEE)


def insured(world: World) -> str:
    """Bring the refugee to a policy; returns its number."""
    draft = begun(world)
    scanned(world, draft["id"], person=REFUGEE)
    journeys.signed(world, draft["id"], person=REFUGEE)
    world.settle()
    return str(journeys.policy(world, person=REFUGEE)["policy_number"])


def asked(world: World, number: str, born_on: str) -> str:
    """Ask publicly whether a policy is valid."""
    body = {"policy_number": number, "consent": True, "born_on": born_on}
    return str(world.ok("POST", "/v1/validity-checks", person=None, json=body)["status"])


def found_by_clinic(world: World, born_on: str) -> str:
    names = {"family_name": "Хамидов", "given_name": "Фарид", "middle_name": "Азимович", "born_on": born_on}
    answer = world.call("POST", "/v1/clinic/validity-checks", person="registrar", json={"person": names})
    return str(answer.json().get("born_on", answer.status_code))


def pdf(world: World, document_type: str) -> bytes:
    """The newest document of a type, as it lies in the storage."""
    world.drain()
    key = f"documents/{journeys.document(world, document_type, person=REFUGEE)['id']}.pdf"
    return bytes(cloud("s3").get_object(Bucket="polis-documents", Key=key)["Body"].read())


def text_of(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


class TestWhoHasOnlyAYear:
    """From the account to the policy, and to everybody who asks."""

    def test_is_insured_as_registers_reckon(self, world: World) -> None:
        number = insured(world)

        assert number[2:10] == facet(born_on=date(1984, 1, 1), sex=Sex.MALE)
        assert world.ok("GET", "/v1/me", person=REFUGEE)["born_on"] == "1984"

    def test_registers_are_told_01_and_that_it_is_not_known(self, world: World) -> None:
        insured(world)

        told = [request.subject for request in world.tools.registers.requests if "born_on" in request.subject]
        assert told
        assert {(subject["born_on"], subject["dost"]) for subject in told} == {(NEW_YEAR, "5")}

    def test_documents_show_what_is_known(self, world: World) -> None:
        insured(world)

        for document_type in ("policy", "extract", "receipt"):
            data = pdf(world, document_type)
            assert "01.01.1984" not in text_of(data), document_type
        policy = pdf(world, "policy")
        holder = json.loads(bytes(pypdfium2.PdfDocument(policy).get_attachment(0).get_data()))["holder"]
        assert (holder["born_on"], holder["known_to"]) == (NEW_YEAR, "year")
        assert "1984" in text_of(policy)

    @pytest.mark.parametrize(("born_on", "status"), [("1984", "valid"), (NEW_YEAR, "valid"), ("01.01.1984", "valid")])
    def test_is_found_by_either_writing(self, world: World, born_on: str, status: str) -> None:
        number = insured(world)

        assert asked(world, number, born_on) == status
        assert found_by_clinic(world, born_on) == "1984"

    def test_is_not_found_by_another_year_or_month(self, world: World) -> None:
        number = insured(world)

        assert [asked(world, number, other) for other in ("1985", "1984-02", "1984-05-14")] == ["not_found"] * 3
        assert found_by_clinic(world, "1985") == "None"

    def test_is_reckoned_as_known_when_the_day_comes_to_light(self, world: World) -> None:
        number = insured(world)
        about = person_id(world, REFUGEE)

        corrected(world, "wrong_birth_date", about, born_on="01.01.1984")
        assert world.ok("GET", "/v1/me", person=REFUGEE)["born_on"] == NEW_YEAR
        assert journeys.policy(world, person=REFUGEE)["policy_number"] == number
        assert "01.01.1984" in text_of(pdf(world, "policy"))

        corrected(world, "wrong_birth_date", about, born_on="1984-05")
        *_, policy = journeys.insurance(world, person=REFUGEE)["policies"]
        assert policy["policy_number"][2:10] == facet(born_on=date(1984, 5, 1), sex=Sex.MALE)
        assert "05.1984" in text_of(pdf(world, "policy"))
        assert asked(world, policy["policy_number"], "05.1984") == "valid"

    def test_registers_a_paper_policy(self, world: World) -> None:
        number = policy_number_of(region="77", born_on=NEW_YEAR, sex="male", serial=90018)
        known_to_register(world, number)

        registered(world, {**PAPER, "policy_number": number}, person=REFUGEE)
        world.settle()

        assert legacy(world, person=REFUGEE)["state"] == "confirmed"
        assert asked(world, number, "1984") == "valid"
        told = [request.subject for request in world.tools.registers.requests]
        assert [(subject["born_on"], subject["dost"]) for subject in told] == [(NEW_YEAR, "5")]

    def test_a_barcode_tells_01(self, world: World) -> None:
        number = policy_number_of(region="77", born_on=NEW_YEAR, sex="male", serial=90018)
        names = {"family_name": "Хамидов", "given_name": "Фарид", "middle_name": "Азимович"}
        told = {**names, "policy_number": number, "born_on": date(1984, 1, 1), "sex": Sex.MALE}
        journeys.consented(world, person=REFUGEE)

        answer = register(world, {"barcode": barcode(**told), "blank_number": BLANK}, person=REFUGEE)

        assert answer.status_code == 201, answer.text

    def test_a_death_before_the_birth_is_refused(self, world: World) -> None:
        insured(world)
        answer = proposed_to(world, "death_recorded", person_id(world, REFUGEE), died_on="1983-12-31")
        journeys.problem(answer, 422, "rule_refused", "death_before_birth")


class TestWhatIsTyped:
    """Forms take what the document has, and name what they cannot read."""

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            (" 1984 ", "1984"),
            ("00.00.1984", "1984"),
            ("01.1984", "1984-01"),
            ("1984-01", "1984-01"),
            ("01.01.1984", NEW_YEAR),
        ],
    )
    def test_is_kept_as_it_is_known(self, shared_world: World, typed: str, kept: str) -> None:
        draft = begun(shared_world, typed)
        assert draft["form"]["person"]["born_on"] == kept
        assert draft["errors"] == []

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("84", "birth_date_format"),
            ("1984-1", "birth_date_format"),
            ("13.1984", "date_calendar"),
            ("1899", "date_range"),
            ("2027", "date_in_future"),
        ],
    )
    def test_is_refused_with_its_reason(self, shared_world: World, typed: str, code: str) -> None:
        errors = begun(shared_world, typed)["errors"]
        assert ("person.born_on", code) in {(error["field"], error["code"]) for error in errors}

    def test_has_to_be_what_the_account_says(self, shared_world: World) -> None:
        draft = begun(shared_world, "1985")
        answer = journeys.asked_to_sign(shared_world, draft["id"], person=REFUGEE)
        wrong = journeys.wrong_fields(journeys.problem(answer, 422, "validation_failed"))
        assert wrong["person.born_on"] == "differs_from_account"

    @pytest.mark.parametrize("born_on", ["19840", "1984-13", 1984, "1984-02-30", ""])
    def test_a_question_names_its_mistake(self, shared_world: World, born_on: object) -> None:
        body = {"policy_number": "7756130840000017", "consent": True, "born_on": born_on}
        answer = shared_world.call("POST", "/v1/validity-checks", person=None, json=body)
        assert journeys.wrong_fields(journeys.problem(answer, 422))["born_on"] == "not_a_date"

    def test_of_whom_one_acts_for(self, shared_world: World) -> None:
        powers = {"number": "77 АВ 1234567", "issuer": "Нотариус", "issued_on": "2026-02-01"}
        about = {"relation": "attorney", "family_name": "Старшая", "given_name": "Вера", "sex": "female"}
        wanted = {**about, "powers": powers}

        represent(shared_world, "citizen", {**wanted, "born_on": "1931"})

        (found,) = shared_world.ok("GET", "/v1/represented-persons", person="citizen")["items"]
        assert found["born_on"] == "1931"
        body = {**wanted, "born_on": "31", "consent_version": "2026-11"}
        answer = shared_world.call("POST", "/v1/represented-persons", person="citizen", json=body)
        assert journeys.wrong_fields(journeys.problem(answer, 422)) == {"born_on": "birth_date_format"}
