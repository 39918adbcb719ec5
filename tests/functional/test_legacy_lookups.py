"""Lookups by what is printed on policies of earlier samples (requirements F5, G1, G3, G4)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bench.calls import Counter
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.paper_barcode import encode_barcode
from tests.journeys import (
    FIRST_INSURER,
    INSURER_CHANGE,
    OTHER_INSURER,
    actions,
    application,
    insurance,
    insured,
    messages,
    policy,
    problem,
    submitted,
    wrong_fields,
)
from tests.legacy import ANNA, BLANK, ENP, OLD, OTHER_ENP, PAPER, PETRS_ENP, barcode, confirmed, known_to_register

if TYPE_CHECKING:
    import httpx

    from tests.world import World

BORN = {"born_on": "1990-05-14"}
SURNAME = {"family_name": "Примерова"}
OLD_KEY = {"old_policy": {"series": "77МУ", "number": "123456"}}
BLANK_KEY = {"blank_number": BLANK}
PERSONAL = ("Примеров", "Анна", "1990-05-14", "900001", ENP, BLANK, "123456")
LOOKUP, CLINIC = "/v1/validity-checks", "/v1/clinic/validity-checks"


def public(world: World, **question: object) -> httpx.Response:
    return world.call("POST", LOOKUP, person=None, json={"consent": True, **question})


def clinic(world: World, **question: object) -> dict[str, Any]:
    return dict(world.ok("POST", CLINIC, person="registrar", json=question))


@pytest.fixture(scope="class")
def paper(shared_world: World) -> World:
    """The citizen has a paper policy."""
    confirmed(shared_world)
    return shared_world


@pytest.fixture(scope="class")
def old(shared_world: World) -> World:
    """The citizen has a policy of the old sample."""
    confirmed(shared_world, OLD)
    return shared_world


@pytest.fixture(autouse=True)
def _later(request: pytest.FixtureRequest) -> None:
    """The limits of the tests before are over."""
    for name in ("paper", "old"):
        if name in request.fixturenames:
            request.getfixturevalue(name).sleep(hours=2)


class TestPublicByBlank:
    """Eleven digits with birth date or surname."""

    @pytest.mark.parametrize("factor", [BORN, SURNAME, {**BORN, "family_name": " ПРИМЕРОВА "}])
    @pytest.mark.parametrize(
        "key",
        [
            BLANK_KEY,
            {"blank_number": "123 456 789-01"},
            {**BLANK_KEY, "policy_type": "paper"},
            {"policy_number": ENP},
            {"policy_number": ENP, "policy_type": "paper"},
        ],
    )
    def test_tells_that_it_is_valid_and_nothing_of_its_holder(
        self, paper: World, key: dict[str, str], factor: dict[str, str]
    ) -> None:
        answer = public(paper, **key, **factor)
        body = answer.json()
        assert (body["status"], body["kind"], body["insurer_code"]) == ("valid", "policy", FIRST_INSURER)
        assert (body["valid_from"], body["valid_until"], body["reason"]) == ("2019-03-01", None, "")
        assert not any(text in answer.text for text in PERSONAL)

    @pytest.mark.parametrize(
        ("unknown", "wrong"),
        [
            ({"blank_number": "10987654321", **BORN}, {**BLANK_KEY, "born_on": "1990-05-15"}),
            ({"blank_number": "10987654321", **SURNAME}, {**BLANK_KEY, "family_name": "Иванова"}),
            ({"blank_number": "1" * 14, **BORN}, {**BLANK_KEY, **BORN, "family_name": "Иванова"}),
            (
                {"blank_number": "10987654321", "policy_type": "paper", **BORN},
                {**BLANK_KEY, "policy_type": "plastic", **BORN},
            ),
            (
                {"policy_number": OTHER_ENP, "policy_type": "paper", **BORN},
                {"policy_number": ENP, "policy_type": "digital", **BORN},
            ),
            ({"policy_number": OTHER_ENP, **BORN}, {"policy_number": ENP, "policy_type": "temporary_paper", **BORN}),
        ],
    )
    def test_answers_alike_for_unknown_and_for_wrong(
        self, paper: World, unknown: dict[str, str], wrong: dict[str, str]
    ) -> None:
        counter = Counter()
        with counter.measuring("unknown", limit=2):
            first = public(paper, **unknown)
        with counter.measuring("wrong", limit=2):
            second = public(paper, **wrong)

        assert (first.json()["status"], first.status_code) == ("not_found", 200)
        assert second.text == first.text
        assert [budget.calls for budget in counter.found] == [
            ("dynamodb.TransactWriteItems", "dynamodb.GetItem"),
        ] * 2

    def test_judges_by_the_day_that_is_asked_for(self, paper: World) -> None:
        before = public(paper, **BLANK_KEY, **BORN, on="2019-02-28").json()
        assert (before["status"], before["reason"]) == ("not_valid", "not_yet")

    def test_limits_the_questions_about_one_blank(self, paper: World) -> None:
        for _ in range(20):
            assert public(paper, **BLANK_KEY, born_on="1990-05-15").status_code == 200
        problem(public(paper, **BLANK_KEY, **BORN), 429, "too_many_requests")

    def test_leaves_no_trace_in_the_persons_journal(self, paper: World) -> None:
        before = actions(paper)
        public(paper, **BLANK_KEY, **BORN)
        assert actions(paper) == before


class TestPublicByOldPolicy:
    """Series and number with birth date or surname."""

    @pytest.mark.parametrize("factor", [BORN, SURNAME])
    @pytest.mark.parametrize(
        "key",
        [
            OLD_KEY,
            {**OLD_KEY, "policy_type": "old_sample"},
            {"old_policy": {"number": "77му № 123-456"}},
            {"policy_number": ENP, "policy_type": "old_sample"},
        ],
    )
    def test_tells_that_it_is_valid_and_nothing_of_its_holder(
        self, old: World, key: dict[str, Any], factor: dict[str, str]
    ) -> None:
        answer = public(old, **key, **factor)
        body = answer.json()
        assert (body["status"], body["kind"], body["insurer_code"]) == ("valid", "policy", FIRST_INSURER)
        assert not any(text in answer.text for text in PERSONAL)

    @pytest.mark.parametrize(
        ("unknown", "wrong"),
        [
            ({"old_policy": {"number": "77МУ1234567"}, **BORN}, {**OLD_KEY, "born_on": "1990-05-15"}),
            ({"old_policy": {"number": "123456"}, **SURNAME}, {**OLD_KEY, "family_name": "Иванова"}),
            (
                {"old_policy": {"number": "1"}, "policy_type": "old_sample", **BORN},
                {**OLD_KEY, "policy_type": "paper", **BORN},
            ),
        ],
    )
    def test_answers_alike_for_unknown_and_for_wrong(
        self, old: World, unknown: dict[str, Any], wrong: dict[str, Any]
    ) -> None:
        counter = Counter()
        with counter.measuring("unknown", limit=2):
            first = public(old, **unknown)
        with counter.measuring("wrong", limit=2):
            second = public(old, **wrong)

        assert (first.json()["status"], first.status_code) == ("not_found", 200)
        assert second.text == first.text
        assert [budget.calls for budget in counter.found] == [("dynamodb.TransactWriteItems", "dynamodb.Query")] * 2


class TestPublicMistakes:
    """What is wrong with a question."""

    @pytest.mark.parametrize(
        ("question", "mistakes"),
        [
            (BLANK_KEY, {"born_on": "second_factor_required"}),
            ({"blank_number": "1", **BORN}, {"blank_number": "blank_number_length"}),
            ({"blank_number": ""}, {"blank_number": "blank_number_required", "born_on": "second_factor_required"}),
            ({"blank_number": "１２３４５６７８９０１", **BORN}, {"blank_number": "blank_number_digits"}),
            ({"old_policy": {"number": ""}, **BORN}, {"old_policy.number": "old_number_required"}),
            (
                {"old_policy": {"series": "😀", "number": "1" * 21}, **BORN},
                {"old_policy.series": "old_sign", "old_policy.number": "old_number_length"},
            ),
            ({"old_policy": {}, **BORN}, {"old_policy.number": "required"}),
            ({"old_policy": "77 123", **BORN}, {"old_policy": "not_an_object"}),
            ({**BLANK_KEY, **OLD_KEY, **BORN}, {"old_policy": "one_number_required"}),
            ({"policy_number": ENP, **BLANK_KEY, **BORN}, {"blank_number": "one_number_required"}),
            ({**BLANK_KEY, "policy_type": "parchment", **BORN}, {"policy_type": "not_allowed"}),
        ],
    )
    def test_is_named(self, shared_world: World, question: dict[str, Any], mistakes: dict[str, str]) -> None:
        shared_world.sleep(minutes=2)
        assert wrong_fields(problem(public(shared_world, **question), 422, "validation_failed")) == mistakes

    def test_the_asker_agrees(self, shared_world: World) -> None:
        problem(public(shared_world, **BLANK_KEY, **BORN, consent=False), 422, "rule_refused", "consent_required")


class TestClinicByPaperPolicy:
    """By the blank and by the scanned barcode; the answer names the form."""

    @pytest.mark.parametrize(
        "key",
        [
            BLANK_KEY,
            {"policy_number": ENP},
            {"barcode": barcode()},
            {"barcode": barcode(version=1).upper()},
            {"barcode": base64.encodebytes(bytes.fromhex(barcode())).decode()},
            {"barcode": base64.urlsafe_b64encode(bytes.fromhex(barcode())).decode().rstrip("=")},
        ],
    )
    def test_answers_who_it_is_and_in_which_form(self, paper: World, key: dict[str, str]) -> None:
        counter = Counter()
        clinic(paper, **key)
        with counter.measuring("clinic", limit=3):
            body = clinic(paper, **key)
        assert counter.found[0].kept, counter.found[0].calls
        assert (body["is_insured"], body["family_name"], body["insurer_code"]) == (True, "Примерова", FIRST_INSURER)
        assert (body["policy_number"], body["policy_type"], body["policy_type_code"]) == (ENP, "paper", "3")
        assert (body["policy_series"], body["policy_blank"], body["policy_region"]) == (None, BLANK, None)
        assert (body["barcode"] or {}).get("reason") == ("matches" if "barcode" in key else None)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"family_name": "Образцова"}, "differs"),
            ({"expires_on": date(2026, 3, 1)}, "expired"),
            ({"expires_on": date(2027, 1, 1)}, "matches"),
        ],
    )
    def test_compares_the_barcode_with_the_register(self, paper: World, changes: dict[str, Any], reason: str) -> None:
        body = clinic(paper, barcode=barcode(**changes))
        assert body["is_insured"] is True
        assert body["barcode"]["reason"] == reason
        assert body["barcode"]["text"]
        expires_on = changes.get("expires_on")
        assert body["barcode"]["expires_on"] == (expires_on.isoformat() if expires_on else None)

    def test_chains_the_view_to_the_journal(self, paper: World) -> None:
        clinic(paper, **BLANK_KEY)
        assert (actions(paper)[0]["action"], actions(paper)[0]["details"]) == (
            "insurance_viewed",
            {"by": "blank_number"},
        )

    def test_knows_nobody_else(self, paper: World) -> None:
        for key in ({"blank_number": "10987654321"}, OLD_KEY):
            body = clinic(paper, **key)
            assert (body["is_insured"], body["family_name"], body["barcode"]) == (False, None, None)
        stranger = encode_barcode(barcode=replace(ANNA, policy_number=OTHER_ENP)).hex()
        body = clinic(paper, barcode=stranger)
        assert (body["is_insured"], body["family_name"], body["barcode"]["reason"]) == (False, None, "unknown")

    @pytest.mark.parametrize(
        ("key", "mistakes"),
        [
            ({"barcode": ""}, {"barcode": "barcode_empty"}),
            ({"barcode": "не код"}, {"barcode": "barcode_encoding"}),
            ({"barcode": "00" * 130}, {"barcode": "barcode_version"}),
            ({"barcode": "02" * 129}, {"barcode": "barcode_length"}),
            ({"barcode": "02" * 130}, {"barcode": "barcode_number"}),
            ({"barcode": barcode()[:120] + "01" + barcode()[122:]}, {"barcode": "barcode_contradiction"}),
            ({"barcode": "A" * 1001}, {"barcode": "too_long"}),
            ({"blank_number": "5"}, {"blank_number": "blank_number_length"}),
            ({"old_policy": {"number": "  "}}, {"old_policy.number": "old_number_required"}),
            ({**BLANK_KEY, "barcode": barcode()}, {"key": "one_key_required"}),
            ({**BLANK_KEY, **OLD_KEY}, {"key": "one_key_required"}),
        ],
    )
    def test_says_what_is_wrong(self, paper: World, key: dict[str, Any], mistakes: dict[str, str]) -> None:
        answer = paper.call("POST", CLINIC, person="registrar", json=key)
        assert wrong_fields(problem(answer, 422, "validation_failed")) == mistakes


class TestClinicByOldPolicy:
    """By series and number."""

    def test_answers_who_it_is_and_what_a_bill_needs(self, old: World) -> None:
        counter = Counter()
        clinic(old, **OLD_KEY)
        with counter.measuring("clinic", limit=3):
            body = clinic(old, **OLD_KEY)
        assert counter.found[0].kept, counter.found[0].calls
        assert (body["is_insured"], body["family_name"]) == (True, "Примерова")
        assert (body["policy_type"], body["policy_type_code"]) == ("old_sample", "1")
        assert (body["policy_series"], body["policy_blank"], body["policy_region"]) == ("77МУ", "123456", "77")


def test_one_number_of_two_territories_leads_to_the_right_person(world: World) -> None:
    """Series and number of the old sample may repeat: the second factor tells which, a clinic is asked for more."""
    confirmed(world, OLD)
    known_to_register(world, PETRS_ENP, insurer_code=OTHER_INSURER)
    world.ok("POST", "/v1/me/consents", person="insured", json={"version": "2026-11"})
    world.ok("POST", "/v1/me/legacy-policies", person="insured", json={**OLD, "region": "50"})
    world.settle()

    hers, his = (public(world, **OLD_KEY, born_on=day).json() for day in ("1990-05-14", "1985-11-30"))
    assert (hers["status"], hers["insurer_code"]) == ("valid", FIRST_INSURER)
    assert (his["status"], his["insurer_code"]) == ("valid", OTHER_INSURER)
    assert public(world, **OLD_KEY, born_on="1990-05-14", family_name="Образцов").json()["status"] == "not_found"
    answer = world.call("POST", CLINIC, person="registrar", json=OLD_KEY)
    assert wrong_fields(problem(answer, 422, "validation_failed")) == {"old_policy": "several_found"}


def test_a_temporary_certificate_is_of_its_type(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    draft = submitted(world)
    world.drain(rounds=6)
    number = application(world, draft)["certificate_number"]

    told = {
        kind: public(world, certificate_number=number, policy_type=kind).json()["status"]
        for kind in ("temporary_paper", "temporary_electronic", "digital", "paper")
    }
    assert told == {
        "temporary_paper": "valid",
        "temporary_electronic": "valid",
        "digital": "not_found",
        "paper": "not_found",
    }
    assert clinic(world, certificate_number=number)["policy_type"] == "temporary_electronic"
    unknown = {"certificate_number": "123456789", "policy_type": "temporary_paper"}
    assert public(world, **unknown).json()["status"] == "not_found"


def test_a_digital_policy_is_of_its_type(world: World) -> None:
    insured(world)
    number = policy(world)["policy_number"]
    assert public(world, policy_number=number, policy_type="digital", **BORN).json()["status"] == "valid"
    for other in ("paper", "old_sample", "temporary_electronic"):
        assert public(world, policy_number=number, policy_type=other, **BORN).json()["status"] == "not_found"
    assert clinic(world, policy_number=number)["policy_type"] == "digital"


def test_the_number_of_a_replaced_policy_says_so_and_still_finds_its_holder(world: World) -> None:
    confirmed(world)
    submitted(world, kind=INSURER_CHANGE)
    world.settle()
    later = public(world, **BLANK_KEY, **BORN, on="2026-03-19").json()
    assert (later["status"], later["insurer_code"]) == ("valid", OTHER_INSURER)
    world.sleep(days=3)
    world.run("run_due")
    world.settle()

    blank = public(world, **BLANK_KEY, **BORN).json()
    assert (blank["status"], blank["reason"]) == ("not_valid", "replaced")
    assert public(world, **BLANK_KEY, **BORN, policy_type="paper").json()["reason"] == "replaced"
    enp = public(world, policy_number=ENP, **BORN).json()
    assert (enp["status"], enp["insurer_code"]) == ("valid", OTHER_INSURER)
    assert public(world, policy_number=ENP, policy_type="paper", **BORN).json()["status"] == "not_found"
    for key in (BLANK_KEY, {"barcode": barcode()}):
        body = clinic(world, **key)
        assert (body["is_insured"], body["policy_type"], body["policy_blank"]) == (True, "digital", None)


def test_what_was_refused_is_found_by_nobody(world: World) -> None:
    world.ok("POST", "/v1/me/consents", json={"version": "2026-11"})
    world.ok("POST", "/v1/me/legacy-policies", json=PAPER)
    for _ in ("pending", "refused"):
        assert public(world, **BLANK_KEY, **BORN).json()["status"] == "not_found"
        assert clinic(world, **BLANK_KEY)["is_insured"] is False
        world.settle()
    assert insurance(world)["legacy_policies"][0]["state"] == "refused"
    assert messages(world)[0]["kind"] == "legacy_policy_refused"
