"""How an operator decides a case: approves, meets what forbids it, is overtaken (requirements B9, B10, D2, D4, O2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.records import Pointer
from chalicelib.use_cases.identity import identity_values
from chalicelib.use_cases.lease_case import take_case
from chalicelib.use_cases.view_case import view_case
from tests.applicants import CHILD, begun, represent, scanned
from tests.cases import (
    FUND,
    OPERATOR,
    asked,
    decided,
    left_to_operator,
    listed,
    meanwhile,
    overdue,
    path,
    queue,
    step,
    taken,
    viewed,
)
from tests.journeys import (
    FIRST_INSURER,
    INSURER_CHANGE,
    application,
    coded,
    insurance,
    policy,
    prepared,
    problem,
    sign,
    signed,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    from tests.world import World


class TestTheClockOfTheDecision:
    """It stands still while the person is asked; the history tells by how much."""

    @pytest.mark.parametrize(
        ("days", "paused", "due_on"),
        [(0, 0, "2026-04-27"), (1, 1, "2026-04-28"), (4, 4, "2026-05-04"), (5, 4, "2026-05-04"), (7, 5, "2026-05-05")],
    )
    def test_moves_the_due_date_by_the_working_days_waited(
        self, world: World, days: int, paused: int, due_on: str
    ) -> None:
        application_id = left_to_operator(world)
        assert application(world, application_id)["due_on"] == "2026-04-27"
        asked(world, application_id)
        world.sleep(days=days, minutes=2)
        answered = signed(world, application_id)
        assert answered["due_on"] == due_on
        last = answered["history"][-1]
        assert (last["reason"], last["paused_days"], last["due_on"]) == ("answered", paused, due_on)

    def test_holds_for_what_the_registers_ask_too(self, world: World) -> None:
        world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
        application_id = submitted(world)
        world.settle()
        world.sleep(days=2)
        answered = signed(world, application_id)
        assert (answered["due_on"], answered["history"][-1]["paused_days"]) == ("2026-04-29", 2)

    def test_a_late_case_is_in_time_again_if_the_pause_makes_it_so(self, world: World) -> None:
        application_id = left_to_operator(world)
        world.sleep(days=42)
        asked(world, application_id)
        world.sleep(days=2)
        world.run("run_due")
        assert application(world, application_id)["is_overdue"] is False
        assert signed(world, application_id)["due_on"] == "2026-04-29"
        world.sleep(hours=23)
        world.run("run_due")
        assert application(world, application_id)["is_overdue"] is True

    def test_a_late_case_stays_late_if_it_was_late_before(self, world: World) -> None:
        application_id = left_to_operator(world)
        world.sleep(days=50)
        world.run("run_due")
        asked(world, application_id)
        world.sleep(days=1)
        assert signed(world, application_id)["is_overdue"] is True


class TestApproving:
    @pytest.mark.parametrize("operator", [OPERATOR, FUND])
    def test_leads_to_the_policy(self, world: World, operator: str) -> None:
        application_id = left_to_operator(world)
        approved = decided(world, application_id, person=operator, reason="Живого человека видели")
        assert (approved["state"], approved["needs_operator"]) == ("approved", False)
        assert approved["history"][-1]["reason"] == "operator_approved"
        assert "Живого" not in str(approved)
        world.settle()
        assert policy(world)["state"] == "active"
        notes = {m["note"] for m in viewed(world, application_id, person=operator)["history"]}
        assert notes == {"", "Живого человека видели"}

    def test_names_no_reasons_of_a_refusal(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        body = {"approve": True, "reasons": [{"code": "missing_document"}]}
        answer = step(world, application_id, "decision", json=body)
        assert wrong_fields(problem(answer, 422, "validation_failed")) == {"reasons": "not_allowed"}
        assert application(world, application_id)["state"] == "in_processing"

    def test_of_a_late_case_does_not_wait_for_the_register(self, world: World) -> None:
        application_id = overdue(world)
        decided(world, application_id)
        world.settle()
        assert application(world, application_id)["state"] == "ready"
        assert queue(world) == []

    def test_the_same_request_twice_decides_once(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        first, again = (
            step(world, application_id, "decision", json={"approve": True}, headers={"Idempotency-Key": "k"})
            for _ in range(2)
        )
        assert first.json() == again.json()
        other = {"approve": False, "reason": "Нет"}
        refused = step(world, application_id, "decision", json=other, headers={"Idempotency-Key": "k"})
        problem(refused, 422, "rule_refused", "idempotency_key_reused")
        problem(step(world, application_id, "decision", json={"approve": True}), 409, "state_conflict")

    def test_a_key_that_was_used_for_another_case_is_refused(self, world: World) -> None:
        first, second = left_to_operator(world), left_to_operator(world, person="insured")
        headers = {"Idempotency-Key": "k"}
        for application_id in (first, second):
            taken(world, application_id)
        assert step(world, first, "decision", json={"approve": True}, headers=headers).is_success
        refused = step(world, second, "decision", json={"approve": True}, headers=headers)
        problem(refused, 422, "rule_refused", "idempotency_key_reused")
        assert listed(world) == [second]


def clashing(world: World) -> str:
    """Bring one person under two accounts to an operator; returns the second application."""
    submitted(world)
    world.settle()
    same = world.ok("GET", "/v1/applications")["items"][0]["form"]["identity_document"]
    draft = prepared(world, person="insured")
    world.ok("PATCH", f"/v1/applications/{draft}", person="insured", json={"identity_document": same})
    assert sign(world, draft, coded(world, draft, person="insured"), person="insured").is_success
    world.settle()
    return draft


class TestWhatCannotBeApprovedYet:
    """An approval that would meet the same obstacle again is refused with what to do first."""

    def test_an_identity_clash_before_the_records_are_merged(self, world: World) -> None:
        draft = clashing(world)
        taken(world, draft)
        refused = problem(step(world, draft, "decision", json={"approve": True}), 422, "rule_refused", "identity_clash")
        assert "сначала объедините записи" in refused["detail"]
        world.settle()
        left = application(world, draft, person="insured")
        assert (left["state"], left["needs_operator"]) == ("approved", True)
        assert listed(world, "lease=mine") == [draft]

    def test_an_identity_clash_once_they_are_merged(self, world: World) -> None:
        draft = clashing(world)
        let_go_of_the_document(world, draft)
        approved = decided(world, draft)
        assert [m["reason"] for m in approved["history"]][-2:] == ["registers_confirm", "operator_approved"]
        world.settle()
        assert application(world, draft, person="insured")["state"] == "ready"

    def test_an_identity_clash_can_be_refused_or_asked_about(self, world: World) -> None:
        draft = clashing(world)
        decided(world, draft, approve=False, reasons=[{"code": "identity_not_proved"}])
        assert application(world, draft, person="insured")["state"] == "refused"
        assert insurance(world, person="insured")["policies"] == []

    def test_a_number_of_the_register_that_is_not_the_persons(self, world: World) -> None:
        register = {"enp": "7856130840000017", "insurer_code": "77012", "insured_from": "2019-03-01"}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **register)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        taken(world, application_id, person=FUND)
        answer = step(world, application_id, "decision", person=FUND, json={"approve": True})
        refused = problem(answer, 422, "rule_refused", "register_number_wrong")
        assert "повторную проверку" in refused["detail"]

    def test_the_register_is_mended_and_the_case_sent_back(self, world: World) -> None:
        wrong = {"enp": "7856130840000017", "insurer_code": "77012", "insured_from": "2019-03-01"}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **wrong)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **{**wrong, "enp": "7754900885000012"})
        taken(world, application_id, person=FUND)
        sent = world.ok("POST", path(application_id, "verification"), person=FUND, json={"note": "Фонд исправил"})
        assert (sent["state"], sent["needs_operator"]) == ("in_processing", False)
        world.settle()
        approved = application(world, application_id)
        assert (approved["state"], approved["effective_on"] is not None) == ("approved", True)


def let_go_of_the_document(world: World, application_id: str) -> None:
    """Point the document of an application at its own person, as merging the records does."""
    mine = world.tools.store.application_file(application_id=application_id).application
    value_hash = world.tools.secrets.lookup_hash(kind="document", value=identity_values(mine.form)["document"])
    (pointer,) = world.tools.store.pointers(kind="document", value_hash=value_hash)
    work = world.tools.store.work(at=world.tools.at)
    work.put(replace(pointer, target=mine.person_id, person_id=mine.person_id))
    work.commit()


class TestAfterARepresentationEnds:
    """Whoever acted is gone: what was submitted is decided by an operator, never lost (requirement A6)."""

    @pytest.fixture
    def child(self, world: World) -> str:
        return represent(world, "citizen", CHILD)

    def submitted(self, world: World, child: str) -> str:
        draft = begun(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child)
        scanned(world, draft["id"], person="citizen")
        signed(world, draft["id"])
        world.settle()
        return str(draft["id"])

    def test_a_case_that_waited_for_a_register(self, world: World, child: str) -> None:
        world.tools.registers.unavailable(CheckKind.SNILS)
        world.tools.registers.unavailable(CheckKind.BIRTH_RECORD)
        application_id = self.submitted(world, child)
        world.ok("POST", f"/v1/represented-persons/{child}/termination")
        (row,) = queue(world)
        assert (row["id"], row["reason"]["code"]) == (application_id, "representation_ended")
        assert viewed(world, application_id)["delay"] is None

    def test_a_case_that_waited_for_the_representatives_answer(self, world: World, child: str) -> None:
        world.tools.registers.mismatch(CheckKind.BIRTH_RECORD, "birth_record_not_found")
        application_id = self.submitted(world, child)
        asked_on = application(world, application_id)
        assert asked_on["state"] == "clarification_required"
        world.sleep(days=2)
        world.ok("POST", f"/v1/represented-persons/{child}/termination")
        case = viewed(world, application_id)
        assert (case["state"], case["clarification"], case["reason"]["code"]) == (
            "in_processing",
            None,
            "representation_ended",
        )
        # The decision is due later by the two days, and no earlier than that is it late.
        assert (asked_on["due_on"], case["due_on"]) == ("2026-04-27", "2026-04-29")
        world.sleep(days=7)
        world.run("run_due")
        assert viewed(world, application_id)["is_overdue"] is False

    def test_who_acted_for_another_sees_the_case_as_a_person_only(self, world: World, child: str) -> None:
        world.tools.registers.unavailable(CheckKind.BIRTH_RECORD)
        application_id = self.submitted(world, child)
        mother = world.tools.store.application_file(application_id=application_id).application.account_id
        world.ok("POST", f"/v1/represented-persons/{child}/termination")
        operator = Principal(
            subject="s",
            account_id=mother,
            roles=frozenset({Role.INSURER_OPERATOR}),
            assurance=Assurance.CONFIRMED,
            insurer="77012",
        )
        with pytest.raises(NotPermitted, match="собственным заявлением"):
            view_case(tools=world.tools, principal=operator, application_id=application_id, at=world.tools.at)
        with pytest.raises(NotPermitted, match="собственным заявлением"):
            take_case(tools=world.tools, principal=operator, application_id=application_id, at=world.tools.at)


class TestOthersAtTheSameMoment:
    def test_a_decision_about_what_has_changed_is_not_made(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        withdraw = f"/v1/applications/{application_id}/withdrawal"
        with meanwhile(lambda: world.ok("POST", withdraw)):
            answer = step(world, application_id, "decision", json={"approve": True})
        problem(answer, 409, "stale_write")
        assert application(world, application_id)["state"] == "withdrawn"

    def test_two_copies_of_one_request_are_one_decision(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        headers = {"Idempotency-Key": "k"}

        def send() -> Any:
            return step(world, application_id, "decision", json={"approve": True}, headers=headers)

        with meanwhile(send):
            assert send().json()["state"] == "approved"
        world.settle()
        assert len(insurance(world)["policies"]) == 1


def test_a_number_that_is_taken_already_is_drawn_again_without_an_operator(world: World) -> None:
    number = "7754900885000012"
    work = world.tools.store.work(at=world.tools.at)
    value_hash = world.tools.secrets.lookup_hash(kind="policy_number", value=number)
    work.put(Pointer(kind="policy_number", value_hash=value_hash, target="A" * 26, person_id="A" * 26))
    work.commit()
    application_id = submitted(world, insurer=FIRST_INSURER)
    world.settle()
    assert application(world, application_id)["state"] == "ready"
    assert policy(world)["policy_number"] == "7754900885000020"
