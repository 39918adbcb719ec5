"""Change of insurer: when the rules allow it, and what it leaves behind (requirements I1, I2)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from infra.local.person_numbers import policy_number_of
from tests.journeys import (
    FIRST_INSURER,
    INSURER_CHANGE,
    OTHER_INSURER,
    THIRD_INSURER,
    application,
    asked_to_sign,
    document,
    insurance,
    insured,
    messages,
    policy,
    prepared,
    problem,
    submitted,
)

if TYPE_CHECKING:
    from tests.world import World

PERSONAL = ("Примеров", "Анна", "Сергеевн", "1990", "+7900", "citizen@", "900001")


def changed(world: World, *, insurer: str = OTHER_INSURER) -> str:
    """Change the insurer and let the day come on which it takes effect."""
    application_id = submitted(world, kind=INSURER_CHANGE, insurer=insurer)
    world.settle()
    assert application(world, application_id)["state"] == "approved"
    world.sleep(days=7)
    world.run("run_due")
    world.settle()
    assert application(world, application_id)["state"] == "ready"
    return application_id


def at_day(world: World, year: int, month: int, day: int) -> None:
    world.tools.at = datetime(year, month, day, 9, tzinfo=UTC)


def test_is_possible_within_thirty_days_of_the_first_policy(world: World) -> None:
    insured(world)
    world.sleep(days=10)
    application_id = submitted(world, kind=INSURER_CHANGE)
    world.settle()
    approved = application(world, application_id)
    assert (approved["state"], approved["effective_on"]) == ("approved", "2026-03-31")
    assert [p["basis"] for p in policy(world)["periods"]] == ["first_choice", "first_policy_window"]


def test_takes_effect_on_its_day_and_keeps_both_periods(world: World) -> None:
    insured(world)
    before = policy(world)
    world.sleep(days=10)
    application_id = submitted(world, kind=INSURER_CHANGE)
    world.settle()
    world.sleep(days=4)
    world.run("run_due")
    assert application(world, application_id)["state"] == "approved"

    world.sleep(days=1)
    world.run("run_due")
    world.settle()

    assert application(world, application_id)["state"] == "ready"
    after = policy(world)
    assert (after["policy_number"], after["state"]) == (before["policy_number"], "active")
    assert [(p["insurer_code"], p["insured_from"], p["insured_until"]) for p in after["periods"]] == [
        (FIRST_INSURER, "2026-03-16", "2026-03-31"),
        (OTHER_INSURER, "2026-03-31", None),
    ]
    assert "insurer_changed" in {m["kind"] for m in messages(world)}


def test_lookups_tell_the_insurer_of_the_day(world: World) -> None:
    insured(world)
    world.sleep(days=10)
    changed(world)
    enp = policy(world)["policy_number"]
    for on, insurer in (("2026-03-30", FIRST_INSURER), ("2026-03-31", OTHER_INSURER)):
        question = {"policy_number": enp, "on": on}
        shown = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=question)
        assert (shown["is_insured"], shown["insurer_code"]) == (True, insurer)
        public = {**question, "born_on": "1990-05-14", "consent": True}
        told = world.ok("POST", "/v1/validity-checks", person=None, json=public)
        assert (told["status"], told["insurer_code"]) == ("valid", insurer)


def test_gives_new_documents_and_replaces_the_old_code(world: World) -> None:
    insured(world)
    old = document(world, "policy")
    before = world.ok("GET", "/v1/status-lists/0", person=None)["status_list"]
    world.sleep(days=10)
    changed(world)
    world.drain()
    new = document(world, "policy")
    assert (new["is_ready"], new["is_superseded"]) == (True, False)
    states = {d["id"]: d["is_superseded"] for d in insurance(world)["documents"]}
    assert states[old["id"]] is True
    assert new["qr_link"] != old["qr_link"]
    after = world.ok("GET", "/v1/status-lists/0", person=None)["status_list"]
    assert base64.urlsafe_b64decode(after + "==") != base64.urlsafe_b64decode(before + "==")
    work = world.tools.store.revocations(status_list=0)
    assert list(work.values()) == ["replaced"]


def test_tells_both_insurers_without_a_word_about_the_person(world: World) -> None:
    insured(world)
    world.sleep(days=10)
    world.tools.email.sent.clear()
    submitted(world, kind=INSURER_CHANGE)
    world.settle()
    letters = {letter.to: letter for letter in world.tools.email.sent if letter.to.startswith("smo-")}
    assert letters.keys() == {f"smo-{FIRST_INSURER}@example.org", f"smo-{OTHER_INSURER}@example.org"}
    for letter in letters.values():
        assert not any(text in letter.subject + letter.text + letter.html for text in PERSONAL)
        assert policy(world)["policy_number"] not in letter.text
    assert not {"insurer_notified_of_departure", "insurer_notified_of_arrival"} & {m["kind"] for m in messages(world)}


def test_is_possible_once_a_year(world: World) -> None:
    insured(world)
    world.sleep(days=10)
    changed(world)
    world.sleep(days=60)
    draft = prepared(world, kind=INSURER_CHANGE, insurer=THIRD_INSURER)
    body = problem(asked_to_sign(world, draft), 422, "rule_refused", "once_a_year")
    assert body["possible_on"] == "2027-01-01"
    assert "326-ФЗ" in body["rule"]
    at_day(world, 2027, 1, 1)
    world.sleep(hours=1)
    assert asked_to_sign(world, draft).status_code == 201


def test_is_not_possible_in_the_year_of_the_first_choice_after_thirty_days(world: World) -> None:
    insured(world)
    world.sleep(days=31)
    draft = prepared(world, kind=INSURER_CHANGE)
    body = problem(asked_to_sign(world, draft), 422, "rule_refused", "once_a_year")
    assert body["possible_on"] == "2027-01-01"


@pytest.mark.parametrize(("day", "is_possible"), [((2027, 11, 1), True), ((2027, 11, 2), False)])
def test_is_possible_until_the_first_of_november(world: World, day: tuple[int, int, int], is_possible: bool) -> None:
    insured(world)
    at_day(world, *day)
    draft = prepared(world, kind=INSURER_CHANGE)
    answer = asked_to_sign(world, draft)
    if is_possible:
        assert answer.status_code == 201
    else:
        body = problem(answer, 422, "rule_refused", "after_november_1")
        assert body["possible_on"] == "2028-01-01"


def test_to_the_same_insurer_is_no_change(world: World) -> None:
    insured(world)
    draft = prepared(world, kind=INSURER_CHANGE, insurer=FIRST_INSURER)
    problem(asked_to_sign(world, draft), 422, "rule_refused", "same_insurer")


@pytest.mark.parametrize(
    ("reason", "refusal"), [("moved", "moved_within_region"), ("insurer_left", "insurer_still_works")]
)
def test_reasons_out_of_turn_are_checked(world: World, reason: str, refusal: str) -> None:
    insured(world)
    world.sleep(days=40)
    draft = prepared(world, kind=INSURER_CHANGE, reason=reason)
    body = problem(asked_to_sign(world, draft), 422, "rule_refused", refusal)
    assert body["possible_on"] == "2027-01-01"


def test_needs_a_reason_from_the_list(world: World) -> None:
    insured(world)
    draft = prepared(world, kind=INSURER_CHANGE)
    world.ok("PATCH", f"/v1/applications/{draft}", json={"insurer": {"code": OTHER_INSURER}})
    problem(asked_to_sign(world, draft), 422, "validation_failed")


def test_a_second_change_waits_for_the_first(world: World) -> None:
    insured(world)
    submitted(world, kind=INSURER_CHANGE)
    world.settle()
    draft = prepared(world, kind=INSURER_CHANGE, insurer=THIRD_INSURER)
    problem(asked_to_sign(world, draft), 422, "rule_refused", "change_pending")


def test_cannot_be_withdrawn_once_it_is_carried_out(world: World) -> None:
    insured(world)
    application_id = submitted(world, kind=INSURER_CHANGE)
    world.settle()
    problem(world.call("POST", f"/v1/applications/{application_id}/withdrawal"), 409, "state_conflict")


def test_who_has_no_policy_is_told_to_get_one_first(world: World) -> None:
    application_id = submitted(world, kind=INSURER_CHANGE)
    world.settle()
    refused = application(world, application_id)
    assert refused["state"] == "refused"
    assert [r["code"] for r in refused["refusals"]] == ["not_insured_yet"]


class TestInsuredBefore:
    """Who was insured before this service existed: the register knows the number and the insurer."""

    @staticmethod
    def registered(world: World, **data: str) -> str:
        enp = policy_number_of(region="77", born_on="1990-05-14", sex="female", serial=90001)
        known = {"enp": enp, "insurer_code": "77012", "insured_from": "2019-03-01", **data}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **known)
        return enp

    def test_keeps_the_number_and_gets_both_periods(self, world: World) -> None:
        enp = self.registered(world)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        approved = application(world, application_id)
        assert (approved["state"], approved["effective_on"]) == ("approved", "2026-03-19")
        known = policy(world)
        assert (known["policy_number"], known["state"], known["valid_from"]) == (enp, "active", "2019-03-01")
        assert [(p["insurer_code"], p["insured_until"], p["basis"]) for p in known["periods"]] == [
            ("77012", "2026-03-19", "register"),
            (OTHER_INSURER, None, "by_wish"),
        ]
        world.sleep(days=3)
        world.run("run_due")
        world.drain()
        assert application(world, application_id)["state"] == "ready"
        assert {d["document_type"] for d in insurance(world)["documents"] if d["is_ready"]} >= {"policy", "extract"}

    def test_is_refused_when_the_register_says_this_year(self, world: World) -> None:
        self.registered(world, insured_from="2026-01-15")
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        refused = application(world, application_id)
        assert refused["state"] == "refused"
        (reason,) = refused["refusals"]
        assert (reason["code"], reason["possible_on"]) == ("once_a_year", "2027-01-01")
        assert "326-ФЗ" in reason["rule"]

    def test_is_refused_for_the_insurer_that_the_register_names(self, world: World) -> None:
        self.registered(world, insurer_code=OTHER_INSURER)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        assert [r["code"] for r in application(world, application_id)["refusals"]] == ["same_insurer"]

    @pytest.mark.parametrize("number", ["", "1", "7856130840000017"])
    def test_comes_to_an_operator_when_the_registers_number_is_not_the_persons(self, world: World, number: str) -> None:
        self.registered(world, enp=number)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        left = application(world, application_id)
        assert (left["state"], left["needs_operator"]) == ("approved", True)
        assert insurance(world)["policies"] == []
