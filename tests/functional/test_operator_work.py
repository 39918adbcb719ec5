"""What an operator does with a case that was taken: asks, decides, sends back (requirements B9, B10, D2, D4, O2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.records import Pointer
from chalicelib.ports.errors import Rejected
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
    actions,
    application,
    asked_to_sign,
    coded,
    insurance,
    messages,
    policy,
    prepared,
    problem,
    scan,
    sign,
    signed,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    from tests.world import World

TWO_DOCUMENTS = {"fields": [], "documents": ["identity_document", "proof_of_residence"]}


def reasons(world: World, application_id: str) -> list[str]:
    return [refusal["code"] for refusal in application(world, application_id)["refusals"]]


def told(world: World, *, person: str = "citizen") -> list[str]:
    return [message["kind"] for message in messages(world, person=person)]


class TestNothingWithoutTheLease:
    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("decision", {"approve": True}),
            ("clarification", {"fields": ["person.born_on"], "message": "Уточните"}),
            ("verification", {}),
        ],
    )
    def test_a_case_is_taken_first(self, world: World, name: str, body: dict[str, Any]) -> None:
        application_id = left_to_operator(world)
        refused = problem(step(world, application_id, name, json=body), 409, "state_conflict")
        assert "Сначала возьмите заявление" in refused["detail"]
        taken(world, application_id)
        assert step(world, application_id, name, json=body).is_success

    def test_a_case_that_the_registers_decide_is_left_to_them(self, world: World) -> None:
        application_id = submitted(world)
        problem(step(world, application_id, "lease"), 409, "state_conflict")
        problem(step(world, application_id, "verification", json={}), 409, "state_conflict")


class TestAsking:
    """Fields and documents are named; the answer comes back to an operator."""

    def test_the_person_learns_what_is_asked_and_until_when(self, world: World) -> None:
        application_id = left_to_operator(world)
        asked(world, application_id, documents=["snils_card"])
        waiting = application(world, application_id)
        assert (waiting["state"], waiting["needs_operator"]) == ("clarification_required", False)
        assert waiting["clarification"] == {
            "fields": ["person.birthplace"],
            "documents": ["snils_card"],
            "message": "Уточните место рождения",
            "until_on": "2026-03-23",
        }
        assert waiting["missing_documents"] == ["snils_card"]
        world.settle()
        assert "clarification_required" in told(world)
        last = waiting["history"][-1]
        assert (last["by"], last["reason"]) == ("operator", "operator_asks")
        entry = next(a for a in actions(world) if a["action"] == "clarification_asked")
        assert (entry["by"], entry["details"]["documents"]) == ("operator", "snils_card")

    def test_the_case_leaves_the_queue_until_it_is_answered(self, world: World) -> None:
        application_id = left_to_operator(world)
        asked(world, application_id)
        assert queue(world) == []
        problem(step(world, application_id, "lease"), 409, "state_conflict")

    def test_documents_are_uploaded_before_the_answer_can_be_signed(self, world: World) -> None:
        application_id = left_to_operator(world)
        world.sleep(minutes=5)
        asked(world, application_id, **TWO_DOCUMENTS)
        world.sleep(minutes=5)
        refused = problem(asked_to_sign(world, application_id), 422, "validation_failed")
        # The passport that was uploaded before the question does not answer it.
        assert wrong_fields(refused) == {
            "scans.identity_document": "scan_required",
            "scans.proof_of_residence": "scan_required",
        }
        world.upload(application_id, scan())
        refused = problem(asked_to_sign(world, application_id), 422, "validation_failed")
        assert wrong_fields(refused) == {"scans.proof_of_residence": "scan_required"}
        assert application(world, application_id)["missing_documents"] == ["proof_of_residence"]
        world.upload(application_id, scan(), document="proof_of_residence")
        assert application(world, application_id)["missing_documents"] == []
        assert signed(world, application_id)["state"] == "in_processing"

    def test_there_is_room_for_the_documents_that_are_asked_for(self, world: World) -> None:
        draft = prepared(world)
        for _ in range(19):
            order = {"document": "snils_card", "media_type": "image/png"}
            world.ok("POST", f"/v1/applications/{draft}/scans", json=order)
        world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
        signed(world, draft)
        world.settle()
        asked(world, draft, **TWO_DOCUMENTS)
        assert world.upload(draft, scan())["state"] == "accepted"

    def test_the_answer_returns_to_verification_and_then_to_an_operator(self, world: World) -> None:
        application_id = left_to_operator(world)
        before = {request.request_id for request in world.tools.registers.requests}
        asked(world, application_id)
        world.sleep(minutes=2)
        assert signed(world, application_id)["state"] == "in_processing"
        assert queue(world) == []
        world.settle()
        (row,) = queue(world)
        assert (row["id"], row["reason"]["code"]) == (application_id, "clarification_answered")
        # The registers were asked anew, not for the answers that they gave before.
        again = {request.request_id for request in world.tools.registers.requests} - before
        assert len(again) == len(before)
        case = viewed(world, application_id)
        assert {c["status"] for c in case["checks"] if c["is_current"]} == {"confirmed", "not_found"}
        assert "mismatch" in {c["status"] for c in case["checks"] if not c["is_current"]}
        decided(world, application_id)
        world.settle()
        assert application(world, application_id)["state"] == "ready"

    def test_a_mismatch_after_the_answer_is_asked_about_without_an_operator_and_comes_back_too(
        self, world: World
    ) -> None:
        application_id = left_to_operator(world)
        asked(world, application_id)
        world.tools.registers.not_found(CheckKind.SNILS)
        world.sleep(minutes=2)
        signed(world, application_id)
        world.settle()
        assert application(world, application_id)["clarification"]["fields"] == ["person.snils"]
        world.tools.registers.confirmed(CheckKind.SNILS)
        world.sleep(minutes=2)
        signed(world, application_id)
        world.settle()
        assert [row["reason"]["code"] for row in queue(world)] == ["clarification_answered"]

    def test_lapses_with_notice(self, world: World) -> None:
        application_id = left_to_operator(world)
        asked(world, application_id)
        world.sleep(days=8)
        world.run("run_due")
        world.settle()
        assert application(world, application_id)["state"] == "expired"
        assert "application_lapsed" in told(world)
        assert queue(world) == []

    def test_an_approved_case_that_cannot_be_carried_out_is_asked_about_too(self, world: World) -> None:
        register = {"enp": "7856130840000017", "insurer_code": "77012", "insured_from": "2019-03-01"}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **register)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        asked(world, application_id, person=FUND, fields=["person.born_on"])
        assert application(world, application_id)["state"] == "clarification_required"

    @pytest.mark.parametrize(
        ("question", "errors"),
        [
            ({"fields": []}, {"fields": "required"}),
            ({"message": " "}, {"message": "required"}),
            ({"fields": ["person.born_on", "person.height"]}, {"fields.1": "unknown_field"}),
            ({"fields": ["height", "x.born_on"]}, {"fields.0": "unknown_field", "fields.1": "unknown_field"}),
            ({"documents": ["diary"]}, {"documents.0": "not_allowed"}),
            ({"message": "я" * 1001}, {"message": "too_long"}),
        ],
    )
    def test_refuses_a_question_that_cannot_be_answered(
        self, world: World, question: dict[str, Any], errors: dict[str, str]
    ) -> None:
        application_id = taken(world, left_to_operator(world))
        body = {"fields": ["person.birthplace"], "message": "Уточните", **question}
        refused = problem(step(world, application_id, "clarification", json=body), 422, "validation_failed")
        assert wrong_fields(refused) == errors
        assert application(world, application_id)["state"] == "in_processing"

    def test_the_same_request_twice_asks_once(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        body = {"fields": ["person.birthplace"], "message": "Уточните"}
        for _ in range(2):
            answer = step(world, application_id, "clarification", json=body, headers={"Idempotency-Key": "k"})
            assert answer.json()["state"] == "clarification_required"
        world.settle()
        assert told(world).count("clarification_required") == 1


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


class TestRefusing:
    """With every reason, from the catalogue or in words, each with its mend."""

    def test_with_several_reasons_at_once(self, world: World) -> None:
        application_id = left_to_operator(world)
        decided(
            world,
            application_id,
            approve=False,
            reasons=[
                {"code": "missing_document", "message": "Не хватает справки о регистрации"},
                {"code": "wrong_personal_data"},
                {"message": "Подпись на заявлении не ваша", "mend": "Приходите лично"},
                {"code": "debt", "rule": "326-ФЗ, ст. 18", "mend": "Погасите долг"},
            ],
        )
        refused = application(world, application_id)
        assert (refused["state"], refused["is_final"], refused["needs_operator"]) == ("refused", True, False)
        by_code = {refusal["code"]: refusal for refusal in refused["refusals"]}
        assert list(by_code) == ["missing_document", "wrong_personal_data", "operator_refused", "debt"]
        assert by_code["missing_document"]["message"] == "Не хватает справки о регистрации"
        assert "подайте заявление снова" in by_code["missing_document"]["mend"]
        assert by_code["wrong_personal_data"]["message"].startswith("Персональные данные")
        assert by_code["operator_refused"]["mend"] == "Приходите лично"
        assert (by_code["debt"]["rule"], by_code["debt"]["mend"]) == ("326-ФЗ, ст. 18", "Погасите долг")
        world.settle()
        assert "application_refused" in told(world)
        entry = next(a for a in actions(world) if a["action"] == "operator_decided")
        assert entry["details"]["reasons"] == "missing_document wrong_personal_data operator_refused debt"
        assert refused["history"][-1]["reason"] == "operator_refused"

    def test_frees_the_place_and_revokes_the_certificate(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        application_id = submitted(world)
        world.settle()
        world.sleep(days=50)
        world.run("run_due")
        decided(world, application_id, approve=False, reasons=[{"code": "technical_failure"}])
        assert {c["state"] for c in insurance(world)["certificates"]} <= {"revoked", "expired"}
        again = world.ok("POST", f"/v1/applications/{application_id}/resubmission")
        assert again["previous_id"] == application_id

    @pytest.mark.parametrize(
        ("decision", "errors"),
        [
            ({}, {"reasons.0.message": "required"}),
            ({"reasons": [{"code": "bad_mood"}]}, {"reasons.0.code": "not_in_list"}),
            ({"reasons": [{"code": "debt"}]}, {"reasons.0.rule": "required"}),
            ({"reasons": [{}]}, {"reasons.0.message": "required"}),
            (
                {"reasons": [{"code": "x"}, {"code": "debt"}, {"code": "missing_document"}], "reason": " "},
                {"reasons.0.code": "not_in_list", "reasons.1.rule": "required", "reasons.3.message": "required"},
            ),
            ({"reasons": [{"code": "missing_document"}] * 11}, {"reasons": "too_many"}),
            ({"reasons": [{"code": "missing_document"}] * 10, "reason": "Ещё"}, {"reasons": "too_many"}),
        ],
    )
    def test_refuses_reasons_that_tell_the_person_nothing(
        self, world: World, decision: dict[str, Any], errors: dict[str, str]
    ) -> None:
        application_id = taken(world, left_to_operator(world))
        answer = step(world, application_id, "decision", json={"approve": False, **decision})
        assert wrong_fields(problem(answer, 422, "validation_failed")) == errors
        assert application(world, application_id)["needs_operator"] is True

    def test_the_catalogue_is_a_dictionary(self, world: World) -> None:
        rows = world.ok("GET", "/v1/dictionaries/refusal-reasons", person=None)["items"]
        assert {"missing_document", "insurer_code_mismatch", "technical_failure"} <= {row["code"] for row in rows}
        assert all(row["title"] and row["mend"] for row in rows)
        waits = world.ok("GET", "/v1/dictionaries/waiting-reasons", person=None)["items"]
        assert {"identity_clash", "overdue"} <= {row["code"] for row in waits}


class TestSendingBack:
    """After a technical failure the registers are asked anew, under other request ids."""

    def test_asks_every_register_again(self, world: World) -> None:
        world.tools.registers.failing(CheckKind.SNILS, Rejected("Реестр отклонил вопрос."))
        application_id = submitted(world)
        world.settle()
        before = {request.request_id for request in world.tools.registers.requests}
        world.tools.registers.working(CheckKind.SNILS)
        taken(world, application_id)
        sent = world.ok("POST", path(application_id, "verification"), person=OPERATOR, json={"note": "Реестр починили"})
        assert (sent["state"], sent["needs_operator"], sent["checks"]) == ("in_processing", False, [])
        assert queue(world) == []
        world.settle()
        assert application(world, application_id)["state"] == "ready"
        assert len({request.request_id for request in world.tools.registers.requests} - before) == 6
        history = viewed(world, application_id)["history"]
        assert ("checked_anew", "Реестр починили") in {(m["reason"], m["note"]) for m in history}
        entry = next(a for a in actions(world) if a["action"] == "sent_back_to_verification")
        assert (entry["by"], entry["details"]["reason"]) == ("operator", "question_refused")

    def test_comes_back_if_the_register_says_the_same(self, world: World) -> None:
        world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
        application_id = submitted(world)
        world.settle()
        taken(world, application_id)
        world.ok("POST", path(application_id, "verification"), person=OPERATOR, json={})
        world.settle()
        assert [row["reason"]["code"] for row in queue(world)] == ["register_contradiction"]
        assert queue(world)[0]["lease"] is None


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
