"""What an operator does with a case that was taken: asks, decides, sends back (requirements B9, B10, D2, D4, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.ports.errors import Rejected
from tests.cases import (
    FUND,
    OPERATOR,
    asked,
    decided,
    left_to_operator,
    path,
    queue,
    step,
    taken,
    viewed,
)
from tests.journeys import (
    INSURER_CHANGE,
    actions,
    application,
    asked_to_sign,
    insurance,
    messages,
    prepared,
    problem,
    scan,
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
