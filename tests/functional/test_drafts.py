"""Drafts: prefilled, saved at any step, checked as one types, expiring unused (requirements B1-B4, B8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys import (
    application,
    asked_to_sign,
    coded,
    consented,
    drafted,
    messages,
    prepared,
    problem,
    sign,
    wrong_fields,
)

if TYPE_CHECKING:
    from tests.world import World

PERSON = {
    "family_name": "Примерова",
    "given_name": "Анна",
    "middle_name": "Сергеевна",
    "sex": "female",
    "born_on": "14.05.1990",
    "birthplace": "г. Москва",
    "citizenship": "RUS",
    "snils": "900-000-001 00",
}


def save(world: World, draft: str, **sections: dict[str, str]) -> dict[str, object]:
    return dict(world.ok("PATCH", f"/v1/applications/{draft}", json=sections))


def test_needs_a_consent_first(world: World) -> None:
    answer = world.call("POST", "/v1/applications", json={"kind": "first_policy"})
    problem(answer, 422, "rule_refused", "consent_required")


def test_is_prefilled_from_the_account(world: World) -> None:
    form = application(world, drafted(world))["form"]
    assert form["person"]["family_name"] == "Примерова"
    assert form["person"]["born_on"] == "1990-05-14"
    assert len(form["person"]["snils"]) == 11
    assert form["identity_document"]["series"] == "00 20"
    assert form["contacts"] == {"phone": "+79000000001", "email": "citizen@example.org"}
    assert form["registration_address"]["region"] == "77"


def test_tells_where_the_draft_is_and_until_when_it_is_kept(world: World) -> None:
    consented(world)
    answer = world.call("POST", "/v1/applications", json={"kind": "first_policy"})
    draft = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/applications/{draft['id']}"
    assert answer.headers["ETag"] == '"v1"'
    assert (draft["state"], draft["state_title"], draft["number"]) == ("draft", "Черновик", None)
    assert draft["expires_at"].startswith("2026-04-15")


def test_replaces_the_sections_that_are_sent_and_no_others(world: World) -> None:
    draft = drafted(world)
    save(world, draft, options={"policy_form": "digital", "name_in_qr": "yes"})
    saved = save(world, draft, options={"policy_form": "digital"}, insurer={"code": "77012"})
    assert saved["form"]["options"] == {"policy_form": "digital"}
    assert saved["form"]["insurer"] == {"code": "77012"}
    assert saved["form"]["person"]["family_name"] == "Примерова"


def test_saves_nothing_when_no_section_is_sent(world: World) -> None:
    draft = drafted(world)
    before = application(world, draft)
    assert save(world, draft)["form"] == before["form"]


def test_keeps_a_draft_with_mistakes_and_names_them(world: World) -> None:
    draft = drafted(world)
    saved = save(world, draft, person={**PERSON, "snils": "123", "family_name": "Smith"})
    assert wrong_fields(saved).keys() >= {"person.snils", "person.family_name"}
    assert application(world, draft)["form"]["person"]["snils"] == "123"


def test_accepts_dates_as_people_write_them(world: World) -> None:
    draft = drafted(world)
    saved = save(world, draft, person={**PERSON, "snils": ""})
    assert saved["form"]["person"]["born_on"] == "1990-05-14"
    assert "person.born_on" not in wrong_fields(saved)


@pytest.mark.parametrize("text", ["31.02.1990", "1990-13-01", "14/05/1990", "завтра", "14.05.90"])
def test_refuses_dates_that_do_not_exist(world: World, text: str) -> None:
    consented(world)
    checked = world.ok("POST", "/v1/form-checks", json={"kind": "first_policy", "form": {"person": {"born_on": text}}})
    assert "person.born_on" in wrong_fields(checked)


def test_names_all_mistakes_of_a_form_at_once(world: World) -> None:
    form = {
        "person": {"family_name": "Smith", "sex": "x", "born_on": "2030-01-01", "snils": "1", "inn": "2"},
        "identity_document": {"type": "9"},
        "registration_address": {"region": "00"},
        "contacts": {"phone": "5", "email": "@"},
        "insurer": {"code": "?"},
        "options": {"policy_form": "stone", "existing_policy_number": "1"},
    }
    partial = world.ok("POST", "/v1/form-checks", json={"kind": "first_policy", "form": form})
    whole = world.ok("POST", "/v1/form-checks", json={"kind": "first_policy", "form": form, "complete": True})
    assert partial["valid"] is whole["valid"] is False
    expected = {
        "person.family_name",
        "person.sex",
        "person.born_on",
        "person.snils",
        "person.inn",
        "identity_document.type",
        "registration_address.region",
        "contacts.phone",
        "contacts.email",
        "insurer.code",
        "options.policy_form",
        "options.existing_policy_number",
    }
    assert expected <= wrong_fields(partial).keys()
    assert wrong_fields(partial).items() <= wrong_fields(whole).items()
    assert wrong_fields(whole)["person.given_name"] == "required"
    assert all(error["message"] for error in whole["errors"])


def test_demands_only_what_is_filled_until_the_form_is_to_be_complete(world: World) -> None:
    empty = world.ok("POST", "/v1/form-checks", json={"kind": "first_policy", "form": {}})
    assert empty == {"valid": True, "errors": []}
    change = world.ok("POST", "/v1/form-checks", json={"kind": "insurer_change", "form": {}, "complete": True})
    assert wrong_fields(change)["insurer.change_reason"] == "required"


def test_refuses_fields_and_sections_that_do_not_exist(world: World) -> None:
    draft = drafted(world)
    for body in ({"persn": {}}, {"person": {"nickname": "x"}}):
        answer = world.call("PATCH", f"/v1/applications/{draft}", json=body)
        assert set(wrong_fields(problem(answer, 422)).values()) == {"unknown_field"}


def test_refuses_to_save_over_another_window(world: World) -> None:
    draft = drafted(world)
    path = f"/v1/applications/{draft}"
    seen = world.call("GET", path).headers["ETag"]
    body = {"insurer": {"code": "77012"}}
    saved = world.call("PATCH", path, json=body, headers={"If-Match": seen})
    assert saved.status_code == 200
    assert saved.headers["ETag"] != seen
    problem(world.call("PATCH", path, json=body, headers={"If-Match": seen}), 412, "precondition_failed")
    problem(world.call("PATCH", path, json=body, headers={"If-Match": "7"}), 400, "malformed_request")


def test_refuses_to_save_over_another_window_while_it_waits_for_the_signature(world: World) -> None:
    draft = prepared(world)
    seen = world.call("GET", f"/v1/applications/{draft}").headers["ETag"]
    coded(world, draft)
    body = {"insurer": {"code": "77012"}}
    answer = world.call("PATCH", f"/v1/applications/{draft}", json=body, headers={"If-Match": seen})
    problem(answer, 412, "precondition_failed")


def test_voids_the_code_when_the_draft_is_saved_after_it_was_asked_for(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    assert application(world, draft)["state"] == "awaiting_signature"
    save(world, draft, options={"name_in_qr": "yes"})
    assert application(world, draft)["state"] == "draft"
    problem(sign(world, draft, code), 422, "code_not_accepted", "content_changed")
    world.sleep(minutes=1)
    assert sign(world, draft, coded(world, draft)).status_code == 201


def test_cannot_be_saved_after_its_submission(world: World) -> None:
    draft = prepared(world)
    sign(world, draft, coded(world, draft))
    answer = world.call("PATCH", f"/v1/applications/{draft}", json={"insurer": {"code": "77012"}})
    problem(answer, 409, "state_conflict")


def test_expires_a_draft_that_nobody_touches(world: World) -> None:
    draft = drafted(world)
    world.sleep(days=29)
    world.run("run_due")
    assert application(world, draft)["state"] == "draft"
    world.sleep(days=2)
    world.run("run_due")
    world.settle()
    expired = application(world, draft)
    assert (expired["state"], expired["is_final"]) == ("expired", True)
    assert [moment["by"] for moment in expired["history"]] == ["person", "system"]
    assert "draft_expired" in {m["kind"] for m in messages(world)}
    problem(asked_to_sign(world, draft), 409, "state_conflict")


def test_warns_once_a_week_before_a_draft_expires_and_anew_after_it_is_saved(world: World) -> None:
    draft = drafted(world)
    for _ in range(2):
        world.sleep(days=24)
        for _ in range(2):
            world.run("run_due")
        world.settle()
        save(world, draft, insurer={"code": "77012"})

    assert [m["kind"] for m in messages(world)].count("draft_expires_soon") == 2


def test_lists_what_is_still_missing(world: World) -> None:
    draft = drafted(world)

    assert application(world, draft)["missing"] == ["insurer.code"]


def test_keeps_a_draft_that_is_touched(world: World) -> None:
    draft = drafted(world)
    world.sleep(days=20)
    save(world, draft, insurer={"code": "77012"})
    world.sleep(days=20)
    world.run("run_due")
    assert application(world, draft)["state"] == "draft"


def test_expires_what_waits_for_a_signature_too(world: World) -> None:
    draft = prepared(world)
    coded(world, draft)
    world.sleep(days=31)
    world.run("run_due")
    assert application(world, draft)["state"] == "expired"


def test_does_not_create_a_second_draft_for_a_repeated_key(world: World) -> None:
    consented(world)
    headers = {"Idempotency-Key": "key-1"}
    first = world.ok("POST", "/v1/applications", json={"kind": "first_policy"}, headers=headers)
    again = world.ok("POST", "/v1/applications", json={"kind": "first_policy"}, headers=headers)
    assert first["id"] == again["id"]
    other = world.call("POST", "/v1/applications", json={"kind": "insurer_change"}, headers=headers)
    problem(other, 422, "rule_refused", "idempotency_key_reused")
    assert len(world.ok("GET", "/v1/applications")["items"]) == 1


def test_lists_applications_newest_first_page_by_page(world: World) -> None:
    created = []
    for _ in range(5):
        world.sleep(minutes=1)
        created.append(drafted(world))
    found: list[str] = []
    cursor = ""
    for _ in range(4):
        page = world.ok("GET", f"/v1/applications?limit=2{cursor}")
        found += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
        if page["next_cursor"] is None:
            break
    assert found == created[::-1]


def test_filters_the_list_by_state_and_number(world: World) -> None:
    other = drafted(world)
    draft = prepared(world)
    number = sign(world, draft, coded(world, draft)).json()["number"]
    by_state = world.ok("GET", "/v1/applications?state=draft")["items"]
    by_number = world.ok("GET", f"/v1/applications?number={number.replace('-', '')}")["items"]
    assert [item["id"] for item in by_state] == [other]
    assert [item["id"] for item in by_number] == [draft]
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)
    problem(world.call("GET", f"/v1/applications?number={mistyped}"), 422, "validation_failed")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1000", "limit=x", "state=flying", "cursor=!!!", "colour=red", "limit=1&limit=2"]
)
def test_refuses_odd_queries_of_the_list(world: World, query: str) -> None:
    problem(world.call("GET", f"/v1/applications?{query}"), 422, "validation_failed")


@pytest.mark.parametrize("cursor", ["eyJhIjoiYiJ9", "eyJhZnRlciI6Ii4uLyJ9", "eyJhZnRlciI6MX0", "W10"])
def test_refuses_cursors_that_it_did_not_make(world: World, cursor: str) -> None:
    body = problem(world.call("GET", f"/v1/applications?cursor={cursor}"), 422, "validation_failed")
    assert wrong_fields(body) == {"cursor": "invalid_cursor"}
