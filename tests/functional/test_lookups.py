"""Lookups by anyone and by clinics (requirements A7, F4, G1-G5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.checks import CheckKind
from tests.journeys import (
    actions,
    application,
    document,
    insured,
    policy,
    problem,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    import httpx

    from tests.world import World

ANNA = {"family_name": "Примерова", "given_name": "Анна", "middle_name": "Сергеевна", "born_on": "1990-05-14"}
PASSPORT = {"type": "14", "series": "00 20", "number": "900001"}
PERSONAL = ("Примеров", "Анна", "1990-05-14", "900001", "citizen@", "+7900")
UNKNOWN_NUMBER = "7856130840000017"


def public(world: World, **question: object) -> httpx.Response:
    body = {"consent": True, **question}
    return world.call("POST", "/v1/validity-checks", person=None, json=body)


def clinic(world: World, asker: str | None = "registrar", /, **question: object) -> httpx.Response:
    return world.call("POST", "/v1/clinic/validity-checks", person=asker, json=question)


@pytest.fixture(scope="class")
def enp(shared_world: World) -> str:
    insured(shared_world)
    shared_world.drain()
    return str(policy(shared_world)["policy_number"])


@pytest.fixture
def patient(shared_world: World) -> World:
    """The world an hour later: the limits of the tests before are over."""
    shared_world.sleep(hours=2)
    return shared_world


class TestPublicLookup:
    """What anyone may ask."""

    @pytest.mark.parametrize(
        "factor",
        [
            {"born_on": "1990-05-14"},
            {"family_name": "Примерова"},
            {"family_name": "ПРИМЕРОВА"},
            {"born_on": "1990-05-14", "family_name": " примерова "},
        ],
    )
    def test_tells_that_a_policy_is_valid_and_nothing_of_its_holder(
        self, patient: World, enp: str, factor: dict[str, str]
    ) -> None:
        answer = public(patient, policy_number=enp, **factor)
        body = answer.json()
        assert (body["status"], body["kind"], body["insurer_code"]) == ("valid", "policy", "77012")
        assert body["insurer_name"]
        assert (body["valid_from"], body["valid_until"], body["reason"]) == ("2026-03-16", None, "")
        assert not any(text in answer.text for text in PERSONAL)

    @pytest.mark.parametrize("factor", [{"born_on": "1990-05-14"}, {"family_name": "Примерова"}])
    def test_answers_alike_for_unknown_and_for_wrong(self, patient: World, enp: str, factor: dict[str, str]) -> None:
        unknown = public(patient, policy_number=UNKNOWN_NUMBER, **factor)
        wrong = [
            public(patient, policy_number=enp, born_on="1990-05-15"),
            public(patient, policy_number=enp, family_name="Иванова"),
            public(patient, policy_number=enp, born_on="1990-05-14", family_name="Иванова"),
            public(patient, policy_number=enp, born_on="1990-05-15", family_name="Примерова"),
        ]
        assert unknown.json()["status"] == "not_found"
        assert {answer.text for answer in wrong} == {unknown.text}
        assert {answer.status_code for answer in wrong} == {200}

    def test_judges_by_the_day_that_is_asked_for(self, patient: World, enp: str) -> None:
        before = public(patient, policy_number=enp, born_on="1990-05-14", on="2026-03-15").json()
        assert (before["status"], before["reason"], before["insurer_code"]) == ("not_valid", "not_yet", None)

    def test_needs_the_asker_to_agree(self, patient: World, enp: str) -> None:
        answer = public(patient, policy_number=enp, born_on="1990-05-14", consent=False)
        problem(answer, 422, "rule_refused", "consent_required")

    @pytest.mark.parametrize(
        ("question", "fields"),
        [
            ({}, {"policy_number", "born_on"}),
            ({"policy_number": "123", "born_on": "1990-05-14"}, {"policy_number"}),
            ({"policy_number": UNKNOWN_NUMBER[:-1] + "8", "born_on": "1990-05-14"}, {"policy_number"}),
            ({"policy_number": UNKNOWN_NUMBER}, {"born_on"}),
            ({"policy_number": UNKNOWN_NUMBER, "family_name": ""}, {"born_on"}),
            ({"certificate_number": "12"}, {"certificate_number"}),
            ({"certificate_number": "１２３４５６７８９"}, {"certificate_number"}),
            ({"policy_number": UNKNOWN_NUMBER, "born_on": "1990-02-30"}, {"born_on"}),
            ({"policy_number": UNKNOWN_NUMBER, "born_on": 5}, {"born_on"}),
        ],
    )
    def test_names_what_is_wrong_with_a_question(
        self, patient: World, question: dict[str, Any], fields: set[str]
    ) -> None:
        assert wrong_fields(problem(public(patient, **question), 422, "validation_failed")).keys() == fields

    def test_leaves_no_trace_of_a_public_question_in_the_persons_journal(self, patient: World, enp: str) -> None:
        before = actions(patient)
        public(patient, policy_number=enp, born_on="1990-05-14")
        assert actions(patient) == before

    def test_limits_the_questions_about_one_number(self, patient: World, enp: str) -> None:
        for _ in range(20):
            assert public(patient, policy_number=enp, born_on="1990-05-15").status_code == 200
        refused = public(patient, policy_number=enp, born_on="1990-05-14")
        problem(refused, 429, "too_many_requests")
        assert refused.headers["Retry-After"] == "3600"
        patient.sleep(hours=1)
        assert public(patient, policy_number=enp, born_on="1990-05-14").json()["status"] == "valid"

    def test_limits_the_questions_of_one_client(self, patient: World) -> None:
        statuses = [public(patient, certificate_number=f"{serial:09d}").status_code for serial in range(61)]
        assert statuses == [200] * 60 + [429]
        patient.sleep(seconds=60)
        assert public(patient, certificate_number="000000000").status_code == 200


class TestReadiness:
    """How far an application is, by its number."""

    def test_tells_the_state_by_the_number_of_an_application(self, patient: World, enp: str) -> None:
        number = patient.ok("GET", "/v1/applications")["items"][0]["number"]
        for text in (number, number.replace("-", ""), f" {number} "):
            answer = patient.call("POST", "/v1/readiness-checks", person=None, json={"number": text})
            assert answer.json() == {
                "state": "ready",
                "title": "Готово к использованию",
                "is_ready": True,
                "is_delayed": False,
                "due_on": "2026-04-27",
            }

    def test_does_not_know_what_was_never_submitted(self, patient: World) -> None:
        answer = patient.call("POST", "/v1/readiness-checks", person=None, json={"number": "123456789"})
        problem(answer, 404, "not_found")
        mistyped = patient.call("POST", "/v1/readiness-checks", person=None, json={"number": "2026-12345678-0"})
        assert mistyped.status_code in {404, 422}

    @pytest.mark.parametrize("number", ["", "0", "x" * 40, "2026-1234567-8", "２０２６-12345678-9"])
    def test_says_what_is_wrong_with_a_number(self, patient: World, number: str) -> None:
        answer = patient.call("POST", "/v1/readiness-checks", person=None, json={"number": number})
        assert wrong_fields(problem(answer, 422)).keys() == {"number"}


class TestClinicLookup:
    """What a clinic may ask, and what remains of it."""

    @pytest.mark.parametrize("key", ["policy_number", "snils", "document", "person", "qr", "token"])
    def test_answers_by_every_key(self, patient: World, enp: str, key: str) -> None:
        link = document(patient, "policy")["qr_link"]
        keys: dict[str, dict[str, object]] = {
            "policy_number": {"policy_number": enp},
            "snils": {"snils": patient.ok("GET", "/v1/me")["snils"]},
            "document": {"document": PASSPORT},
            "person": {"person": {**ANNA, "family_name": "ПРИМЕРОВА"}},
            "qr": {"qr": link},
            "token": {"qr": link.rpartition("#")[2]},
        }
        body = clinic(patient, **keys[key]).json()
        assert body["is_insured"] is True
        assert (body["family_name"], body["policy_number"], body["insurer_code"]) == ("Примерова", enp, "77012")
        assert body["kind"] == "policy"
        assert (body["qr"] or {}).get("reason") == ("valid" if key in {"qr", "token"} else None)

    @pytest.mark.parametrize(("on", "is_insured"), [("2026-03-15", False), ("2026-03-16", True), ("2030-01-01", True)])
    def test_answers_for_the_day_of_treatment(self, patient: World, enp: str, on: str, is_insured: bool) -> None:
        body = clinic(patient, policy_number=enp, on=on).json()
        assert (body["is_insured"], body["on"]) == (is_insured, on)

    def test_chains_every_view_to_the_persons_journal(self, patient: World, enp: str) -> None:
        clinic(patient, policy_number=enp)
        clinic(patient, document=PASSPORT)
        by_document, by_number = actions(patient)[:2]
        assert by_number["action"] == by_document["action"] == "insurance_viewed"
        assert (by_number["details"], by_document["details"]) == ({"by": "policy_number"}, {"by": "document"})
        assert (by_number["by"], by_number["organisation"]) == ("clinic", "770001")

    @pytest.mark.parametrize(
        "question",
        [
            {"snils": "112-233-445 95"},
            {"policy_number": UNKNOWN_NUMBER},
            {"certificate_number": "123456789"},
            {"document": {**PASSPORT, "number": "900099"}},
            {"person": {**ANNA, "born_on": "1990-05-15"}},
        ],
    )
    def test_knows_nobody_else(self, patient: World, enp: str, question: dict[str, object]) -> None:
        body = clinic(patient, **question).json()
        assert body["is_insured"] is False
        assert body["family_name"] is body["policy_number"] is None

    @pytest.mark.parametrize(
        "token", ["", "garbage", "https://polis.example.org/Q#AAAA", "HTTPS://X/Q#" + "A" * 900, "#"]
    )
    def test_says_why_a_code_cannot_be_read(self, patient: World, enp: str, token: str) -> None:
        body = clinic(patient, qr=token).json()
        assert body["is_insured"] is False
        assert body["qr"]["reason"] in {"unreadable", "unsupported"}

    def test_does_not_trust_a_changed_code(self, patient: World, enp: str) -> None:
        link = document(patient, "policy")["qr_link"]
        changed = link[:-12] + ("A" if link[-12] != "A" else "B") + link[-11:]
        body = clinic(patient, qr=changed).json()
        assert body["is_insured"] is False
        assert body["qr"]["reason"] in {"bad_signature", "unreadable"}

    @pytest.mark.parametrize(
        ("question", "field", "code"),
        [
            ({}, "key", "one_key_required"),
            ({"snils": "1", "qr": "x"}, "key", "one_key_required"),
            ({"policy_number": "1"}, "policy_number", None),
            ({"snils": "112-233-445 96"}, "snils", None),
            ({"on": "tomorrow", "snils": "112-233-445 95"}, "on", "not_a_date"),
        ],
    )
    def test_says_what_is_wrong_with_a_question(
        self, patient: World, question: dict[str, object], field: str, code: str | None
    ) -> None:
        fields = wrong_fields(problem(clinic(patient, **question), 422, "validation_failed"))
        assert fields.keys() == {field}
        assert code in {None, fields[field]}

    @pytest.mark.parametrize("person", ["citizen", "insured", "operator", "fund", "auditor", "administrator"])
    def test_answers_clinics_only(self, patient: World, enp: str, person: str) -> None:
        problem(clinic(patient, person, policy_number=enp), 403, "not_permitted")
        problem(clinic(patient, None, policy_number=enp), 401)


def test_a_certificate_counts_as_a_policy_in_every_lookup(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.drain(rounds=6)
    number = application(world, application_id)["certificate_number"]

    shown = public(world, certificate_number=number)
    assert (shown.json()["status"], shown.json()["kind"]) == ("valid", "temporary_certificate")
    assert shown.json()["valid_until"] == "2026-04-15"
    assert not any(text in shown.text for text in PERSONAL)
    ready = world.call("POST", "/v1/readiness-checks", person=None, json={"number": number})
    assert (ready.json()["is_ready"], ready.json()["is_delayed"]) == (False, True)
    link = document(world, "temporary_certificate")["qr_link"]
    for key in ({"certificate_number": number}, {"qr": link}, {"document": PASSPORT}, {"person": ANNA}):
        body = clinic(world, **key).json()
        assert (body["is_insured"], body["kind"], body["certificate_number"]) == (True, "temporary_certificate", number)
    assert clinic(world, qr=link, on="2026-04-15").json()["is_insured"] is False

    world.tools.registers.release()
    world.sleep(minutes=16)
    world.settle()
    revoked = public(world, certificate_number=number).json()
    assert (revoked["status"], revoked["reason"]) == ("not_valid", "revoked")
    assert clinic(world, certificate_number=number).json()["kind"] == "policy"


def test_namesakes_of_one_birthday_are_not_mixed_up(world: World) -> None:
    insured(world)
    insured(world, person="insured")
    for person in ("citizen", "insured"):
        enp = policy(world, person=person)["policy_number"]
        surname = world.ok("GET", "/v1/me", person=person)["family_name"]
        assert clinic(world, policy_number=enp).json()["family_name"] == surname
    assert policy(world)["policy_number"] != policy(world, person="insured")["policy_number"]
