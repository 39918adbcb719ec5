"""Submission: signed by a code, once, by whom may do it (requirements A1, A3, B6, B7, B11, B12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.journeys import (
    actions,
    application,
    asked_to_sign,
    coded,
    drafted,
    messages,
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

PASSPORT = {"type": "14", "series": "00 20", "number": "900001", "issuer": "МВД", "issuer_code": "000-001"}


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_gives_a_number_a_date_and_a_due_day(world: World) -> None:
    draft = prepared(world)
    taken = signed(world, draft)
    assert taken["state"] == "in_processing"
    assert taken["number"].startswith("2026-")
    assert taken["submitted_at"].startswith("2026-03-16T09:00:00")
    assert taken["due_on"] == "2026-04-27"
    assert taken["expires_at"] is None
    assert [m["state"] for m in taken["history"]] == ["draft", "awaiting_signature", "in_processing"]


def test_tells_the_person_by_sms_letter_and_cabinet_and_orders_the_receipt(world: World) -> None:
    draft = prepared(world)
    number = signed(world, draft)["number"]
    world.settle()
    assert any(number in sms.text for sms in world.tools.sms.sent)
    assert any(number in letter.text for letter in world.tools.email.sent)
    assert "application_submitted" in {m["kind"] for m in messages(world)}
    documents = world.ok("GET", "/v1/me/insurance")["documents"]
    assert "receipt" in {d["document_type"] for d in documents}
    assert "application_submitted" in {a["action"] for a in actions(world)}


def test_spends_the_code_after_five_wrong_tries(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    left = [
        problem(sign(world, draft, another(code)), 422, "code_not_accepted", "wrong_code").get("tries_left")
        for _ in range(5)
    ]
    assert left == [4, 3, 2, 1, 0]
    problem(sign(world, draft, code), 422, "code_not_accepted", "tries_spent")
    assert application(world, draft)["state"] == "awaiting_signature"
    world.sleep(minutes=1)
    assert sign(world, draft, coded(world, draft)).status_code == 201


def test_refuses_an_expired_code(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    world.sleep(minutes=5)
    problem(sign(world, draft, code), 422, "code_not_accepted", "code_expired")


def test_accepts_a_code_in_its_last_second(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    world.sleep(minutes=4, seconds=59)
    assert sign(world, draft, code).status_code == 201


def test_refuses_a_code_that_nobody_asked_for(world: World) -> None:
    draft = prepared(world)
    problem(sign(world, draft, "123456"), 422, "code_not_accepted", "code_not_requested")


def test_sends_the_next_code_only_after_a_minute(world: World) -> None:
    draft = prepared(world)
    first = coded(world, draft)
    world.sleep(seconds=20)
    answer = asked_to_sign(world, draft)
    problem(answer, 429, "too_many_requests")
    assert answer.headers["Retry-After"] == "40"
    world.sleep(seconds=40)
    second = coded(world, draft)
    if first != second:
        problem(sign(world, draft, first), 422, "code_not_accepted", "wrong_code")
    assert sign(world, draft, second).status_code == 201


def test_a_code_is_good_for_one_application_only(world: World) -> None:
    one, other = prepared(world), prepared(world)
    code = coded(world, one)
    problem(sign(world, other, code), 422, "code_not_accepted", "code_not_requested")


def test_a_code_is_good_once(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    assert sign(world, draft, code).status_code == 201
    body = problem(sign(world, draft, code), 409, "state_conflict")
    assert application(world, draft)["number"] in body["detail"]


def test_a_repeated_key_answers_as_the_first_time(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    headers = {"Idempotency-Key": "submit-1"}
    first = sign(world, draft, code, headers=headers)
    again = sign(world, draft, code, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]
    world.settle()
    assert sum(m["kind"] == "application_submitted" for m in messages(world)) == 1
    later = sign(world, draft, code, headers=headers)
    assert (later.status_code, later.json()["number"]) == (201, first.json()["number"])


def test_the_same_key_for_another_application_is_refused(world: World) -> None:
    draft = prepared(world)
    headers = {"Idempotency-Key": "submit-1"}
    assert sign(world, draft, coded(world, draft), headers=headers).status_code == 201
    other = prepared(world, kind="insurer_change")
    answer = sign(world, other, coded(world, other), headers=headers)
    problem(answer, 422, "rule_refused", "idempotency_key_reused")
    assert application(world, other)["number"] is None


@pytest.mark.parametrize("key", ["", "two words", "k" * 129, "ключ".encode().decode("latin-1")])
def test_refuses_odd_keys(world: World, key: str) -> None:
    draft = prepared(world)
    headers = {"Idempotency-Key": key.encode("latin-1")}
    problem(sign(world, draft, "123456", headers=headers), 400, "malformed_request")


def test_two_live_applications_of_a_kind_are_impossible(world: World) -> None:
    first = submitted(world)
    second = prepared(world)
    problem(sign(world, second, coded(world, second)), 409, "already_exists")
    assert application(world, second)["number"] is None
    world.ok("POST", f"/v1/applications/{first}/withdrawal")
    world.sleep(minutes=1)
    assert sign(world, second, coded(world, second)).status_code == 201


def test_needs_the_consent_still_to_stand(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    world.ok("POST", "/v1/me/consents/revocation")
    problem(sign(world, draft, code), 422, "rule_refused", "consent_required")
    world.sleep(minutes=1)
    problem(asked_to_sign(world, draft), 422, "rule_refused", "consent_required")
    assert application(world, draft)["number"] is None


def test_needs_the_insurer_still_to_have_its_licence(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    work = world.tools.store.work(at=world.tools.at)
    insurer = world.tools.store.insurer(code="77012")
    work.put(replace(insurer, licence_until=world.tools.at.date()))
    work.commit()
    problem(sign(world, draft, code), 422, "rule_refused", "insurer_not_available")


@pytest.mark.parametrize("code", ["77999", "74057", "99999"])
def test_refuses_an_insurer_that_cannot_be_chosen(world: World, code: str) -> None:
    draft = drafted(world)
    world.ok("PATCH", f"/v1/applications/{draft}", json={"insurer": {"code": code}})
    world.upload(draft, scan())
    fields = wrong_fields(problem(asked_to_sign(world, draft), 422, "validation_failed"))
    assert fields == {"insurer.code": "insurer_not_available"}


def test_names_everything_that_is_missing_before_it_sends_a_code(world: World) -> None:
    draft = drafted(world)
    world.ok("PATCH", f"/v1/applications/{draft}", json={"person": {"family_name": "Примерова"}})
    fields = wrong_fields(problem(asked_to_sign(world, draft), 422, "validation_failed"))
    assert {"person.given_name", "person.born_on", "person.snils", "insurer.code"} <= fields.keys()
    assert fields["scans.identity_document"] == "scan_required"
    world.settle()
    assert world.tools.sms.sent == []


def test_refuses_another_persons_name(world: World) -> None:
    draft = prepared(world)
    form = application(world, draft)["form"]["person"]
    world.ok("PATCH", f"/v1/applications/{draft}", json={"person": {**form, "family_name": "Иванова"}})
    fields = wrong_fields(problem(asked_to_sign(world, draft), 422, "validation_failed"))
    assert fields == {"person.family_name": "differs_from_account"}


@pytest.mark.parametrize(
    ("born_on", "issued_on", "fails"),
    [
        ("2006-03-01", "2020-05-01", False),  # 20 a fortnight ago: within the grace
        ("2005-11-01", "2020-05-01", True),  # 20 four months ago
        ("1981-03-01", "2001-05-01", False),  # 45 a fortnight ago
        ("1980-06-01", "2001-05-01", True),  # 45 long ago
        ("1980-06-01", "2025-07-01", False),  # replaced at 45
    ],
)
def test_blocks_an_overdue_passport_with_its_reason(world: World, born_on: str, issued_on: str, fails: bool) -> None:
    draft = drafted(world)
    person = {**application(world, draft)["form"]["person"], "born_on": born_on}
    document = {**PASSPORT, "issued_on": issued_on}
    sections = {"person": person, "identity_document": document, "insurer": {"code": "77012"}}
    saved = world.ok("PATCH", f"/v1/applications/{draft}", json=sections)
    found = wrong_fields(saved)
    assert (found.get("identity_document.issued_on") == "passport_overdue") is fails
    world.upload(draft, scan())
    refused = wrong_fields(problem(asked_to_sign(world, draft), 422, "validation_failed"))
    assert ("identity_document.issued_on" in refused) is fails


def test_leaves_children_to_their_parents(world: World) -> None:
    draft = prepared(world)
    person = {**application(world, draft)["form"]["person"], "born_on": "2013-01-01"}
    world.ok("PATCH", f"/v1/applications/{draft}", json={"person": person})
    fields = wrong_fields(problem(asked_to_sign(world, draft), 422, "validation_failed"))
    assert fields["person.born_on"] in {"under_age", "differs_from_account"}
    checked = world.ok(
        "POST", "/v1/form-checks", json={"kind": "first_policy", "form": {"person": {"born_on": "2013-01-01"}}}
    )
    assert wrong_fields(checked) == {"person.born_on": "under_age"}


def test_refuses_a_second_policy(world: World) -> None:
    submitted(world)
    world.settle()
    second = prepared(world)
    problem(asked_to_sign(world, second), 422, "rule_refused", "already_insured")


def test_withdraws_a_draft_and_a_submitted_application_but_no_policy(world: World) -> None:
    draft = drafted(world)
    gone = world.ok("POST", f"/v1/applications/{draft}/withdrawal")
    assert (gone["state"], gone["is_final"]) == ("withdrawn", True)
    problem(world.call("POST", f"/v1/applications/{draft}/withdrawal"), 409, "state_conflict")

    live = submitted(world)
    assert world.ok("POST", f"/v1/applications/{live}/withdrawal")["state"] == "withdrawn"
    world.settle()
    assert application(world, live)["state"] == "withdrawn"
    assert "application_withdrawn" in {m["kind"] for m in messages(world)}
    assert world.ok("GET", "/v1/me/insurance")["policies"] == []

    issued = submitted(world)
    world.settle()
    problem(world.call("POST", f"/v1/applications/{issued}/withdrawal"), 409, "state_conflict")


def test_shows_nothing_of_an_application_to_others(world: World) -> None:
    draft = prepared(world)
    world.token("insured")
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"insurer": {"code": "77012"}}),
        ("POST", "/signing-codes", None),
        ("POST", "/submission", {"code": "123456"}),
        ("POST", "/withdrawal", None),
    ):
        answer = world.call(method, f"/v1/applications/{draft}{path}", person="insured", json=body)
        problem(answer, 404, "not_found")
    assert application(world, draft)["state"] == "draft"
