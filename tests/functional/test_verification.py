"""Verification: mismatches are mended, refusals explained, a register that is down only delays (D1-D3, E1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckAnswer, CheckKind, CheckStatus
from chalicelib.ports.errors import Rejected, Throttled, Unavailable
from tests.cases import left_to_operator, path, step
from tests.journeys import (
    actions,
    application,
    coded,
    insurance,
    messages,
    policy,
    prepared,
    problem,
    sign,
    signed,
    submitted,
)

if TYPE_CHECKING:
    import httpx

    from chalicelib.ports.errors import DependencyFailed
    from tests.world import World

NAMED = {
    "surname_differs": (CheckKind.IDENTITY, "person.family_name"),
    "given_name_differs": (CheckKind.IDENTITY, "person.given_name"),
    "middle_name_differs": (CheckKind.IDENTITY, "person.middle_name"),
    "birth_date_differs": (CheckKind.IDENTITY, "person.born_on"),
    "sex_differs": (CheckKind.IDENTITY, "person.sex"),
    "document_not_found": (CheckKind.PASSPORT, "identity_document.number"),
    "snils_differs": (CheckKind.SNILS, "person.snils"),
    "snils_not_found": (CheckKind.SNILS, "person.snils"),
    "inn_differs": (CheckKind.INN, "person.inn"),
    "inn_not_found": (CheckKind.INN, "person.inn"),
    "address_region_differs": (CheckKind.ADDRESS, "registration_address.region"),
}
REGISTERED = {"enp": "7756110829000052", "insurer_code": "77012", "insured_from": "2019-03-01"}


def later(world: World, **duration: float) -> None:
    world.sleep(**(duration or {"minutes": 16}))
    world.settle()


@pytest.mark.parametrize("reason", NAMED)
def test_a_mismatch_names_its_field(world: World, reason: str) -> None:
    kind, field = NAMED[reason]
    world.tools.registers.mismatch(kind, reason)
    application_id = submitted(world)
    world.settle()
    asked = application(world, application_id)
    assert asked["state"] == "clarification_required"
    assert asked["clarification"]["fields"] == [field]
    assert asked["clarification"]["until_on"] == "2026-03-23"
    assert "не совпадает" in asked["clarification"]["message"]
    assert "clarification_required" in {m["kind"] for m in messages(world)}


@pytest.mark.parametrize(
    ("reason", "section", "mend"),
    [
        ("middle_name_differs", "person", {"middle_name": "Сергевна"}),
        ("document_not_found", "identity_document", {"number": "900002"}),
        ("address_region_differs", "registration_address", {"house": "2"}),
    ],
)
def test_a_mended_field_signed_again_leads_to_the_policy(
    world: World, reason: str, section: str, mend: dict[str, str]
) -> None:
    kind, _ = NAMED[reason]
    world.tools.registers.mismatch(kind, reason)
    application_id = submitted(world)
    world.settle()
    asked = application(world, application_id)
    world.tools.registers.confirmed(kind)
    sections = {section: {**asked["form"][section], **mend}}
    assert world.ok("PATCH", f"/v1/applications/{application_id}", json=sections)["errors"] == []
    world.sleep(minutes=2)
    again = signed(world, application_id)
    assert (again["state"], again["clarification"], again["number"]) == ("in_processing", None, asked["number"])
    world.settle()
    ready = application(world, application_id)
    assert (ready["state"], ready["due_on"]) == ("ready", asked["due_on"])


def test_an_answer_that_is_not_signed_changes_nothing(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
    application_id = submitted(world)
    world.settle()
    world.tools.registers.confirmed(CheckKind.IDENTITY)
    world.ok("PATCH", f"/v1/applications/{application_id}", json={"options": {"name_in_qr": "yes"}})
    later(world)
    assert application(world, application_id)["state"] == "clarification_required"
    problem(sign(world, application_id, "123456"), 422, "code_not_accepted", "code_not_requested")


def test_names_all_mismatches_of_all_registers_together(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs", "sex_differs")
    world.tools.registers.not_found(CheckKind.SNILS)
    world.tools.registers.not_found(CheckKind.ADDRESS)
    application_id = submitted(world)
    world.settle()
    asked = application(world, application_id)["clarification"]
    assert set(asked["fields"]) == {
        "person.family_name",
        "person.sex",
        "person.snils",
        "registration_address.region",
    }


def test_lapses_when_nobody_answers_in_five_working_days(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
    application_id = submitted(world)
    world.settle()
    world.sleep(days=7)
    world.run("run_due")
    assert application(world, application_id)["state"] == "clarification_required"
    world.sleep(days=1)
    world.run("run_due")
    world.settle()
    lapsed = application(world, application_id)
    assert lapsed["state"] == "expired"
    assert "application_lapsed" in {m["kind"] for m in messages(world)}
    assert submitted(world)


def test_saving_an_answer_does_not_move_the_last_day_of_a_clarification(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
    application_id = submitted(world)
    world.settle()
    world.ok("PATCH", f"/v1/applications/{application_id}", json={"insurer": {"code": "77012"}})
    world.sleep(days=8)
    world.run("run_due")
    assert application(world, application_id)["state"] == "expired"


def test_refuses_an_invalid_document_and_says_what_to_do(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.PASSPORT, "document_invalid")
    application_id = submitted(world)
    world.settle()
    refused = application(world, application_id)
    assert (refused["state"], refused["is_final"]) == ("refused", True)
    (reason,) = refused["refusals"]
    assert reason["code"] == "document_invalid"
    assert reason["mend"].startswith("Получите новый документ")
    assert "application_refused" in {m["kind"] for m in messages(world)}
    assert insurance(world)["policies"] == []
    world.tools.registers.confirmed(CheckKind.PASSPORT)
    again = submitted(world)
    world.settle()
    assert application(world, again)["state"] == "ready"


def test_refuses_who_is_insured_already(world: World) -> None:
    world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **REGISTERED)
    application_id = submitted(world)
    world.settle()
    refused = application(world, application_id)
    assert refused["state"] == "refused"
    assert [r["code"] for r in refused["refusals"]] == ["already_insured"]


@pytest.mark.parametrize(
    "failure",
    [
        Unavailable("Реестр не ответил вовремя."),
        Throttled("Реестр просит подождать.", retry_after=7),
    ],
    ids=["down", "throttled"],
)
def test_a_register_that_is_down_delays_and_never_refuses(world: World, failure: DependencyFailed) -> None:
    kind = CheckKind.IDENTITY
    world.tools.registers.failing(kind, failure)
    application_id = submitted(world)
    world.settle()
    for _ in range(2):
        waiting = application(world, application_id)
        assert waiting["state"] == "in_processing"
        assert waiting["refusals"] == []
        assert waiting["delay"]["waiting_for"] == [kind.value]
        assert waiting["delay"]["since"].startswith("2026-03-16T09:00")
        assert "не отклонено" in waiting["delay"]["message"]
        assert waiting["certificate_number"] is None
        later(world)
    world.tools.registers.working(kind)
    later(world)
    assert application(world, application_id)["state"] == "ready"
    assert application(world, application_id)["delay"] is None
    assert sum(m["kind"] == "verification_delayed" for m in messages(world)) == 1


def test_a_question_that_a_register_refuses_comes_to_an_operator(world: World) -> None:
    world.tools.registers.failing(CheckKind.IDENTITY, Rejected("Реестр отклонил вопрос."))
    application_id = submitted(world)
    world.settle()
    left = application(world, application_id)
    assert (left["state"], left["needs_operator"]) == ("in_processing", True)


def test_all_registers_down_for_days_are_only_a_delay(world: World) -> None:
    for kind in CheckKind:
        world.tools.registers.unavailable(kind)
    application_id = submitted(world)
    world.settle()
    for _ in range(4):
        later(world, hours=24)
    waiting = application(world, application_id)
    assert (waiting["state"], len(waiting["delay"]["waiting_for"])) == ("in_processing", 6)
    for kind in CheckKind:
        world.tools.registers.working(kind)
    later(world)
    assert application(world, application_id)["state"] == "ready"


def test_an_overdue_decision_shows_and_the_application_goes_on(world: World) -> None:
    world.tools.registers.unavailable(CheckKind.IDENTITY)
    application_id = submitted(world)
    world.settle()
    world.sleep(days=50)
    world.run("run_due")
    assert application(world, application_id)["is_overdue"] is True
    world.tools.registers.working(CheckKind.IDENTITY)
    later(world)
    assert application(world, application_id)["state"] == "ready"


def test_a_late_register_of_insured_persons_gives_a_certificate_at_once_and_the_policy_later(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.settle()
    number = application(world, application_id)["certificate_number"]
    (certificate,) = insurance(world)["certificates"]
    assert certificate["number"] == number
    assert (certificate["state"], certificate["issued_on"], certificate["valid_until"]) == (
        "active",
        "2026-03-16",
        "2026-04-15",
    )
    assert "certificate_issued" in {m["kind"] for m in messages(world)}
    later(world)
    assert len(insurance(world)["certificates"]) == 1

    world.tools.registers.release()
    later(world)

    assert application(world, application_id)["state"] == "ready"
    assert policy(world)["state"] == "active"
    assert [c["state"] for c in insurance(world)["certificates"]] == ["revoked"]
    assert len(world.tools.registers.requests) == len({r.request_id for r in world.tools.registers.requests})


def test_a_late_register_that_knows_a_policy_refuses_and_revokes_the_certificate(world: World) -> None:
    answer = CheckAnswer(status=CheckStatus.CONFIRMED, data=REGISTERED)
    world.tools.registers.pending(CheckKind.INSURED_PERSON, then=answer)
    application_id = submitted(world)
    world.settle()
    assert application(world, application_id)["certificate_number"]
    world.tools.registers.release()
    later(world)
    assert application(world, application_id)["state"] == "refused"
    assert [c["state"] for c in insurance(world)["certificates"]] == ["revoked"]


def test_withdrawing_revokes_the_certificate(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.settle()
    world.ok("POST", f"/v1/applications/{application_id}/withdrawal")
    assert [c["state"] for c in insurance(world)["certificates"]] == ["revoked"]
    world.tools.registers.release()
    later(world)
    assert application(world, application_id)["state"] == "withdrawn"


def test_keeps_each_check_with_its_time_and_answer(world: World) -> None:
    application_id = submitted(world)
    world.settle()
    checks = application(world, application_id)["checks"]
    assert {c["kind"]: c["status"] for c in checks} == {
        "identity": "confirmed",
        "passport": "confirmed",
        "snils": "confirmed",
        "inn": "confirmed",
        "address": "confirmed",
        "insured_person": "not_found",
    }
    assert all(c["asked_at"] and c["answered_at"] for c in checks)
    verified = next(a for a in actions(world) if a["action"] == "application_verified")
    assert verified["details"]["check.insured_person"] == "not_found"


def test_does_not_ask_for_a_number_that_was_not_given(world: World) -> None:
    draft = prepared(world)
    person = {k: v for k, v in application(world, draft)["form"]["person"].items() if k != "inn"}
    world.ok("PATCH", f"/v1/applications/{draft}", json={"person": person})
    signed(world, draft)
    world.settle()
    assert CheckKind.INN not in {request.kind for request in world.tools.registers.requests}
    assert application(world, draft)["state"] == "ready"


def decide(world: World, application_id: str, person: str | None, **decision: object) -> httpx.Response:
    world.call("POST", path(application_id, "lease"), person=person)
    body = {"approve": True, "reason": "Проверено", **decision}
    return step(world, application_id, "decision", person=person, json=body)


@pytest.mark.parametrize("operator", ["operator", "fund"])
def test_an_operator_approves_what_registers_could_not_decide(world: World, operator: str) -> None:
    application_id = left_to_operator(world)
    assert decide(world, application_id, operator).status_code == 200
    world.settle()
    assert application(world, application_id)["state"] == "ready"
    decided = next(a for a in actions(world) if a["action"] == "operator_decided")
    assert decided["by"] == "operator"
    problem(decide(world, application_id, operator), 409, "state_conflict")


def test_an_operator_refuses_with_a_reason_that_the_person_sees(world: World) -> None:
    application_id = left_to_operator(world)
    answer = decide(
        world, application_id, "operator", approve=False, reason="Сведения не подтвердились", mend="Обратитесь в ЗАГС"
    )
    assert answer.status_code == 200
    world.settle()
    refused = application(world, application_id)
    assert refused["state"] == "refused"
    assert refused["refusals"][0] == {
        "code": "operator_refused",
        "message": "Сведения не подтвердились",
        "mend": "Обратитесь в ЗАГС",
        "rule": None,
        "possible_on": None,
    }
    assert "application_refused" in {m["kind"] for m in messages(world)}


def test_a_refusal_by_an_operator_needs_its_reason(world: World) -> None:
    application_id = left_to_operator(world)
    problem(decide(world, application_id, "operator", approve=False, reason=""), 422, "validation_failed")
    assert application(world, application_id)["needs_operator"] is True


def test_an_operator_sees_the_applications_of_the_own_insurer_only(world: World) -> None:
    application_id = left_to_operator(world, insurer="77015")
    problem(decide(world, application_id, "operator"), 404, "not_found")
    assert decide(world, application_id, "fund").status_code == 200


@pytest.mark.parametrize("person", ["citizen", "insured", "registrar", "administrator", "auditor"])
def test_nobody_else_decides(world: World, person: str) -> None:
    application_id = left_to_operator(world)
    problem(decide(world, application_id, person), 403, "not_permitted")
    assert application(world, application_id)["needs_operator"] is True


def test_an_operator_decides_nothing_that_registers_can(world: World) -> None:
    application_id = submitted(world)
    problem(decide(world, application_id, "operator"), 409, "state_conflict")


def test_one_person_under_two_accounts_comes_to_an_operator(world: World) -> None:
    submitted(world)
    world.settle()
    draft = prepared(world, person="insured")
    same = world.ok("GET", "/v1/applications")["items"][0]["form"]["identity_document"]
    world.ok("PATCH", f"/v1/applications/{draft}", person="insured", json={"identity_document": same})
    answer = sign(world, draft, coded(world, draft, person="insured"), person="insured")
    assert answer.status_code == 201
    world.settle()
    left = application(world, draft, person="insured")
    assert (left["state"], left["needs_operator"]) == ("approved", True)
    assert insurance(world, person="insured")["policies"] == []
