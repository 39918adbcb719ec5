"""Bad input of each category: every mistake at once, with its field and the mend, and nothing written (B3-B6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from tests.applicants import APPLICANTS, BASIS, BIRTH_CERTIFICATE, CHILD, PERMIT, begun, paper, represent, scanned
from tests.journeys import application, asked_to_sign, problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

C = ApplicantCategory


def without(section: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in section.items() if name not in names}


CASES: list[tuple[ApplicantCategory, dict[str, dict[str, str]], dict[str, str]]] = [
    (
        C.CHILD_UNDER_14,
        {"identity_document": {**BIRTH_CERTIFICATE, "series": "1-AA", "number": "12"}},
        {"identity_document.series": "document_series", "identity_document.number": "document_number"},
    ),
    (
        C.CHILD_UNDER_14,
        {"identity_document": {**BIRTH_CERTIFICATE, "type": "14"}},
        {"identity_document.type": "document_type_not_for_category"},
    ),
    (
        C.CHILD_UNDER_14,
        {"representative": {"document_type": "4", "powers_valid_until": "2026-01-01", "second_parent": "maybe"}},
        {
            "representative.document_type": "document_type_refused",
            "representative.powers_valid_until": "powers_expired",
            "representative.second_parent": "not_in_list",
        },
    ),
    (
        C.CHILD_UNDER_14,
        {
            "representative": {
                "document_type": "14",
                "document_series": "1",
                "document_number": "x",
                "powers_issued_on": "2026-12-12",
            }
        },
        {
            "representative.document_series": "document_series",
            "representative.document_number": "document_number",
            "representative.powers_issued_on": "date_in_future",
        },
    ),
    (
        C.CITIZEN_14_PLUS,
        {"representative": {"family_name": "Примерова"}, "status_document": PERMIT},
        {"representative": "not_for_category", "status_document": "not_for_category"},
    ),
    (
        C.FOREIGNER_PERMANENT,
        {"status_document": without(PERMIT, "expires_on")},
        {"status_document.expires_on": "document_expiry_required"},
    ),
    (
        C.FOREIGNER_PERMANENT,
        {"status_document": {**PERMIT, "type": "23", "number": "x"}},
        {"status_document.type": "document_type_not_for_category"},
    ),
    (
        C.FOREIGNER_TEMPORARY,
        {"status_document": {**PERMIT, "type": "23", "series": "", "number": "x", "expires_on": "2026-03-15"}},
        {
            "status_document.series": "document_series",
            "status_document.number": "document_number",
            "status_document.expires_on": "document_expired",
        },
    ),
    (
        C.STATELESS_PERMANENT,
        {"identity_document": {**paper("22", "АА"), "issued_on": "2027-01-01"}},
        {"identity_document.issued_on": "document_issued_in_future"},
    ),
    (
        C.REFUGEE,
        {"identity_document": without(paper("12"), "expires_on")},
        {"identity_document.expires_on": "document_expiry_required"},
    ),
    (
        C.REFUGEE,
        {"identity_document": {**paper("12"), "expires_on": "2026-03-01"}},
        {"identity_document.expires_on": "document_expired"},
    ),
    (
        C.TEMPORARY_ASYLUM,
        {"identity_document": paper("25", "АА")},
        {"identity_document.series": "document_series"},
    ),
    (
        C.EAEU_WORKER,
        {"basis": {**BASIS, "issued_on": "2026-05-01", "valid_until": "2026-03-01", "stay_until": "2026-03-02"}},
        {
            "basis.issued_on": "date_in_future",
            "basis.valid_until": "term_over",
            "basis.stay_until": "term_over",
        },
    ),
    (
        C.EAEU_OFFICIAL,
        {"basis": {**BASIS, "issued_on": "2026-03-16", "valid_until": "2026-03-15", "stay_until": "x"}},
        {"basis.valid_until": "term_over", "basis.stay_until": "date_format"},
    ),
    (
        C.EAEU_WORKER,
        {"basis": {**BASIS, "issued_on": "2026-03-10", "stay_until": "2026-03-16", "valid_until": "31.02.2027"}},
        {"basis.valid_until": "date_calendar"},
    ),
]


@pytest.mark.parametrize(("category", "sections", "expected"), CASES)
class TestForms:
    """One call names everything that is wrong in a form."""

    def test_names_every_mistake(
        self,
        shared_world: World,
        category: ApplicantCategory,
        sections: dict[str, dict[str, str]],
        expected: dict[str, str],
    ) -> None:
        about = None
        if APPLICANTS[category].represented is not None:
            known = shared_world.ok("GET", "/v1/represented-persons", person="citizen")["items"]
            about = known[0]["person_id"] if known else represent(shared_world, "citizen", CHILD)
        draft = begun(shared_world, category, "first_policy", about=about, sections=sections)

        assert wrong_fields(draft) == expected
        assert all(len(error["message"]) > len("Ошибка") for error in draft["errors"])


PERSONS: list[tuple[ApplicantCategory, dict[str, str], dict[str, str]]] = [
    (C.CITIZEN_14_PLUS, {"citizenship": "UZB"}, {"person.citizenship": "citizenship_not_for_category"}),
    (C.FOREIGNER_PERMANENT, {"citizenship": "RUS"}, {"person.citizenship": "citizenship_not_for_category"}),
    (C.STATELESS_PERMANENT, {"citizenship": "UZB"}, {"person.citizenship": "citizenship_not_for_category"}),
    (C.EAEU_WORKER, {"citizenship": "UZB"}, {"person.citizenship": "citizenship_not_for_category"}),
    (C.EAEU_WORKER, {"citizenship": "XYZ"}, {"person.citizenship": "not_in_list"}),
    (C.EAEU_WORKER, {"born_on": "2015-01-01"}, {"person.born_on": "under_age"}),
    (C.FOREIGNER_TEMPORARY, {"born_on": "2026-03-17"}, {"person.born_on": "date_in_future"}),
    (C.CHILD_UNDER_14, {"born_on": "2012-03-16"}, {"person.born_on": "over_age"}),
    (C.CHILD_UNDER_14, {"born_on": "2010-03-16"}, {"person.born_on": "over_age"}),
    (
        C.REFUGEE,
        {"family_name": "Karimov", "given_name": "Рустам,", "snils": "900-000-014 00"},
        {
            "person.family_name": "name_latin",
            "person.given_name": "name_sign",
            "person.snils": "snils_check_digits",
        },
    ),
]


class TestPersons:
    """What is said of the insured person fits the category."""

    @pytest.mark.parametrize(("category", "changed", "expected"), PERSONS)
    def test_names_every_mistake(
        self, shared_world: World, category: ApplicantCategory, changed: dict[str, str], expected: dict[str, str]
    ) -> None:
        person = {
            "family_name": "Каримов",
            "given_name": "Рустам",
            "sex": "male",
            "born_on": "1988-04-17",
            "birthplace": "г. Пример",
            "citizenship": APPLICANTS[category].citizenship,
        }
        body = {"kind": "first_policy", "category": category.value, "form": {"person": {**person, **changed}}}
        answer = shared_world.ok("POST", "/v1/form-checks", person="foreigner", json=body)

        assert wrong_fields(answer) == expected

    def test_latin_look_alikes_are_taken_as_the_letters_they_look_like(self, shared_world: World) -> None:
        person = {"family_name": "Kaримoв", "given_name": "Pуcтaм"}
        body = {"kind": "first_policy", "category": "refugee", "form": {"person": person}}
        answer = shared_world.ok("POST", "/v1/form-checks", person="foreigner", json=body)

        assert set(wrong_fields(answer)) <= {"person.family_name", "person.given_name"}
        assert all(error["code"] == "name_latin" for error in answer["errors"])


KINDS: list[tuple[str, dict[str, dict[str, str]], dict[str, str]]] = [
    ("replacement", {"replacement": {"reason": "boredom"}}, {"replacement.reason": "not_in_list"}),
    (
        "suspension",
        {"suspension": {"reason": "x", "from_on": "2026-02-01", "until_on": "2026-01-01"}},
        {
            "suspension.reason": "not_in_list",
            "suspension.from_on": "too_long_ago",
            "suspension.until_on": None,
        },
    ),
    ("resumption", {"resumption": {"from_on": "2026-03-17"}}, {"resumption.from_on": "date_in_future"}),
    ("resumption", {"resumption": {"from_on": "2025-03-17"}}, {"resumption.from_on": "too_long_ago"}),
    ("policy_refusal", {"refusal": {"understood": "maybe"}}, {"refusal.understood": "not_in_list"}),
    ("policy_refusal", {"hobby": {"kind": "x"}}, {"hobby": None}),
]


class TestKinds:
    """What a kind asks for is checked as one types."""

    @pytest.mark.parametrize(("kind", "form", "expected"), KINDS)
    def test_names_every_mistake(
        self, shared_world: World, kind: str, form: dict[str, Any], expected: dict[str, str | None]
    ) -> None:
        answer = shared_world.call("POST", "/v1/form-checks", json={"kind": kind, "form": form})
        found = {field.removeprefix("form."): code for field, code in wrong_fields(answer.json()).items()}

        assert set(found) == set(expected)
        assert all(code in (None, found[field]) for field, code in expected.items())


def test_a_form_of_a_representative_is_checked_by_its_ground(world: World) -> None:
    body = {"kind": "first_policy", "category": "child_under_14", "complete": True, "form": {}}
    alone = world.ok("POST", "/v1/form-checks", json=body)
    by_parent = world.ok("POST", "/v1/form-checks", json={**body, "relation": "parent"})

    added = set(wrong_fields(by_parent)) - set(wrong_fields(alone))
    assert "representative.second_parent" in added
    assert all(field.startswith("representative.") for field in added)


def test_a_whole_check_of_an_empty_form_lists_everything_that_is_missing(world: World) -> None:
    draft = begun(world, C.EAEU_WORKER, "first_policy", sections={"basis": {}, "insurer": {}})
    shown = application(world, draft["id"], person="worker")
    assert set(shown["missing"]) == {
        "basis.issued_on",
        "basis.number",
        "basis.organisation",
        "basis.stay_until",
        "basis.valid_until",
        "insurer.code",
    }
    assert shown["missing_documents"] == ["identity_document", "labour_contract", "stay_registration"]
    assert 0 < shown["completeness"] < 100

    scanned(world, draft["id"], person="worker")
    refused = problem(asked_to_sign(world, draft["id"], person="worker"), 422, "validation_failed")
    assert set(wrong_fields(refused)) == set(shown["missing"])
    assert application(world, draft["id"], person="worker")["state"] == "draft"
