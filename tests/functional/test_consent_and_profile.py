"""Consent and profile: given, revoked, changed by a code (requirements A1, A4, A5, A7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys import actions, consented, messages, problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

NEW_PHONE = "+7 900 000-99-01"
ADDRESS = {"index": "101000", "region": "77", "city": "Москва", "street": "ул. Новая", "house": "3", "flat": "4"}


def code_in_letter(world: World) -> str:
    return re.findall(r"\b[0-9]{6}\b", world.tools.email.sent[-1].text)[0]


def test_shows_the_account_before_the_first_consent(world: World) -> None:
    profile = world.ok("GET", "/v1/me")
    assert profile["family_name"] == "Примерова"
    assert profile["phone"] == {"value": "+79000000001", "is_verified": True, "pending": None, "is_stopped": False}
    assert profile["has_consent"] is False
    problem(world.call("PATCH", "/v1/me", json={"phone": NEW_PHONE}), 404)


def test_gives_a_consent_once_however_often_it_is_sent(world: World) -> None:
    consented(world)
    consented(world)
    profile = world.ok("GET", "/v1/me")
    assert profile["has_consent"] is True
    assert len(profile["consents"]) == 1
    assert [a["action"] for a in actions(world)] == ["consent_given"]


def test_keeps_the_history_of_consents(world: World) -> None:
    consented(world)
    world.sleep(days=1)
    revoked = world.ok("POST", "/v1/me/consents/revocation")
    assert revoked["has_consent"] is False
    problem(world.call("POST", "/v1/me/consents/revocation"), 404)
    world.sleep(days=1)
    consented(world)
    consents = world.ok("GET", "/v1/me")["consents"]
    assert [bool(c["revoked_at"]) for c in consents] == [True, False]
    world.settle()
    assert {m["kind"] for m in messages(world)} == {"consent_given", "consent_revoked"}


def test_refuses_the_consent_to_an_older_text(world: World) -> None:
    answer = world.call("POST", "/v1/me/consents", json={"version": "2019-01"})
    problem(answer, 422, "rule_refused", "consent_outdated")


@pytest.mark.parametrize("person", ["unconfirmed"])
def test_tells_an_unconfirmed_account_how_to_confirm_it(world: World, person: str) -> None:
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    refused = [
        world.call("POST", "/v1/me/consents", person=person, json={"version": version}),
        world.call("POST", "/v1/applications", person=person, json={"kind": "first_policy"}),
        world.call("PATCH", "/v1/me", person=person, json={"phone": NEW_PHONE}),
    ]
    for answer in refused:
        body = problem(answer, 403, "account_not_confirmed")
        assert "МФЦ" in body["detail"]


def test_takes_over_a_new_phone_after_its_code(world: World) -> None:
    consented(world)
    pending = world.ok("PATCH", "/v1/me", json={"phone": NEW_PHONE})
    stays = {"value": "+79000000001", "is_verified": True, "is_stopped": False}
    assert pending["phone"] == {**stays, "pending": "+79000009901"}
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.settle()
    assert world.tools.sms.sent[-1].to == "+79000009901"

    confirmed = world.ok("POST", "/v1/me/contacts/phone/confirmation", json={"code": world.code()})

    assert confirmed["phone"] == {"value": "+79000009901", "is_verified": True, "pending": None, "is_stopped": False}
    assert actions(world)[0]["action"] == "contact_confirmed"
    again = world.call("POST", "/v1/me/contacts/phone/confirmation", json={"code": world.code()})
    problem(again, 422, "rule_refused", "nothing_to_confirm")


def test_the_present_phone_in_the_place_of_a_new_one_takes_the_wish_back(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": NEW_PHONE})
    kept = world.ok("PATCH", "/v1/me", json={"phone": "8 900 000-00-01"})["phone"]
    assert (kept["value"], kept["is_verified"], kept["pending"]) == ("+79000000001", True, None)
    problem(world.call("POST", "/v1/me/contacts/phone/codes"), 422, "rule_refused", "nothing_to_confirm")


def test_takes_over_a_new_address_of_mail_after_its_code(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"email": "new.box@example.org"})
    world.ok("POST", "/v1/me/contacts/email/codes")
    world.settle()
    assert world.tools.email.sent[-1].to == "new.box@example.org"
    confirmed = world.ok("POST", "/v1/me/contacts/email/confirmation", json={"code": code_in_letter(world)})
    assert confirmed["email"]["value"] == "new.box@example.org"
    assert world.tools.sms.sent == []


def test_counts_wrong_codes_and_keeps_the_old_phone(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": NEW_PHONE})
    path = "/v1/me/contacts/phone/confirmation"
    problem(world.call("POST", path, json={"code": "000000"}), 422, "code_not_accepted", "code_not_requested")
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.settle()
    wrong = "000000" if world.code() != "000000" else "111111"
    left = [
        problem(world.call("POST", path, json={"code": wrong}), 422, reason="wrong_code").get("tries_left")
        for _ in range(5)
    ]
    assert left == [4, 3, 2, 1, 0]
    problem(world.call("POST", path, json={"code": world.code()}), 422, "code_not_accepted", "tries_spent")
    assert world.ok("GET", "/v1/me")["phone"]["value"] == "+79000000001"


def test_lets_a_code_of_a_contact_expire_and_another_be_sent_after_a_minute(world: World) -> None:
    consented(world)
    problem(world.call("POST", "/v1/me/contacts/phone/codes"), 422, "rule_refused", "nothing_to_confirm")
    world.ok("PATCH", "/v1/me", json={"phone": NEW_PHONE})
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.sleep(seconds=20)
    too_soon = world.call("POST", "/v1/me/contacts/phone/codes")
    problem(too_soon, 429)
    assert too_soon.headers["Retry-After"] == "40"
    world.settle()
    first = world.code()
    world.sleep(minutes=5)
    old = world.call("POST", "/v1/me/contacts/phone/confirmation", json={"code": first})
    problem(old, 422, "code_not_accepted", "code_expired")
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.settle()
    world.ok("POST", "/v1/me/contacts/phone/confirmation", json={"code": world.code()})


def test_does_not_accept_the_code_of_one_phone_for_another(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": NEW_PHONE})
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.settle()
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-02"})
    answer = world.call("POST", "/v1/me/contacts/phone/confirmation", json={"code": world.code()})
    problem(answer, 422, "code_not_accepted", "content_changed")


def test_limits_the_codes_of_a_day(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": NEW_PHONE})
    for _ in range(10):
        world.ok("POST", "/v1/me/contacts/phone/codes")
        world.sleep(minutes=2)
    answer = world.call("POST", "/v1/me/contacts/phone/codes")
    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 60


def test_names_every_mistake_of_a_profile_at_once(world: World) -> None:
    consented(world)
    answer = world.call(
        "PATCH",
        "/v1/me",
        json={
            "phone": "12",
            "email": "not an address",
            "address": {**ADDRESS, "index": "1", "region": "00", "city": ""},
            "preferences": {"no_such_kind.sms": False, "one_time_code.sms": False},
        },
    )
    fields = wrong_fields(problem(answer, 422, "validation_failed"))
    assert {"phone", "email", "address.index", "address.region", "address.city"} <= fields.keys()
    assert fields["preferences.no_such_kind.sms"] == "unknown_preference"
    assert fields["preferences.one_time_code.sms"] == "required"
    assert world.ok("GET", "/v1/me")["address"]["street"] == "ул. Примерная"


def test_keeps_an_address_and_the_preferences(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"address": ADDRESS, "preferences": {"application_submitted.sms": False}})
    profile = world.ok("GET", "/v1/me")
    assert profile["address"] == ADDRESS
    assert profile["preferences"] == {"application_submitted.sms": False}
    world.ok("PATCH", "/v1/me", json={"preferences": {"application_submitted.sms": True}})
    assert world.ok("GET", "/v1/me")["preferences"] == {"application_submitted.sms": True}


def test_refuses_a_change_over_another_window(world: World) -> None:
    consented(world)
    seen = world.call("GET", "/v1/me").headers["ETag"]
    world.ok("PATCH", "/v1/me", json={"address": ADDRESS}, headers={"If-Match": seen})
    answer = world.call("PATCH", "/v1/me", json={"address": ADDRESS}, headers={"If-Match": seen})
    problem(answer, 412, "precondition_failed")


def test_answers_not_modified_to_who_has_the_present_profile(world: World) -> None:
    consented(world)
    tag = world.call("GET", "/v1/me").headers["ETag"]
    same = world.call("GET", "/v1/me", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")


def test_pages_through_the_journal_without_gaps(world: World) -> None:
    consented(world)
    for house in range(4):
        world.sleep(minutes=1)
        world.ok("PATCH", "/v1/me", json={"address": {**ADDRESS, "house": str(house + 1)}})
    seen: list[str] = []
    cursor = ""
    for _ in range(5):
        page = world.ok("GET", f"/v1/me/activity?limit=2{cursor}")
        seen += [entry["id"] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
