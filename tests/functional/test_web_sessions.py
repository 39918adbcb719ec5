"""Signing in to the pages and out, and what protects a session and its forms (requirement A1)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.journeys import consented
from tests.visitors import Visitor
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World

SESSION = "__Host-polis_session"
KINDS = {"kind": "first_policy", "person": "", "category": "citizen_14_plus"}


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world)


def in_cabinet(visitor: Visitor) -> bool:
    return visitor.call("GET", "/cabinet").status_code == 200


def test_signs_in_by_the_code_flow_and_comes_back_to_the_page_asked_for(visitor):
    asked = visitor.begin(to="/cabinet/documents")
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", "polis")
    back = visitor.call("GET", visitor.way_back("citizen", asked))
    assert (back.status_code, back.headers["location"]) == (303, "/cabinet/documents")
    line = next(v for v in back.headers.get_list("set-cookie") if v.startswith(SESSION))
    assert line.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert "Анна Сергеевна" in visitor.open("/cabinet").text


def test_only_a_digest_of_the_secret_is_kept(visitor):
    visitor.sign_in("citizen")
    kept = json.dumps(table(), ensure_ascii=False, default=str)
    assert "SESSION#" in kept
    assert visitor.cookies[SESSION] not in kept


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb"])
def test_leads_nobody_elsewhere(visitor, to):
    assert visitor.sign_in("citizen", to=to).headers["location"] == "/sign-in"
    assert visitor.call("GET", "/sign-in").headers["location"] == "/cabinet"


def test_an_answer_for_another_browser_signs_nobody_in(world, visitor):
    stranger = Visitor(world)
    answer = visitor.call("GET", stranger.way_back("citizen", stranger.begin()))
    assert answer.status_code == 400
    assert not in_cabinet(visitor)


def test_a_code_works_once_and_only_for_its_own_question(visitor):
    first = visitor.begin()
    way = visitor.way_back("citizen", first)
    visitor.begin()
    assert visitor.call("GET", way).status_code == 400
    way = visitor.way_back("citizen", visitor.begin())
    held = dict(visitor.cookies)
    assert visitor.call("GET", way).status_code == 303
    visitor.cookies = held
    assert visitor.call("GET", way).status_code == 502


def test_a_refusal_of_the_issuer_is_told(visitor):
    asked = visitor.begin()
    answer = visitor.call("GET", f"/sign-in/callback?state={asked['state']}&error=access_denied")
    assert answer.status_code == 400
    assert "Вход отменён" in answer.text


def test_an_issuer_that_is_away_is_told_as_that(visitor, world):
    world.tools.sign_in._issuer = "http://127.0.0.1:9"
    assert visitor.call("GET", "/sign-in").status_code == 503


def test_signing_out_ends_the_session_on_the_server_too(visitor):
    visitor.sign_in("citizen")
    held = dict(visitor.cookies)
    page = visitor.open("/cabinet")
    assert visitor.send("/sign-out", {}, seen=page).headers["location"] == "/signed-out"
    assert SESSION not in visitor.cookies
    visitor.cookies = held
    assert not in_cabinet(visitor)
    assert "Выйти из сервиса входа" in visitor.open("/signed-out").text


def test_a_session_lives_while_it_is_used_and_no_longer_than_half_a_day(visitor, world):
    visitor.sign_in("citizen")
    for _ in range(12):
        world.sleep(minutes=58)
        assert in_cabinet(visitor)
    world.sleep(minutes=58)
    assert not in_cabinet(visitor)
    visitor.sign_in("citizen")
    world.sleep(minutes=61)
    assert not in_cabinet(visitor)


def test_signing_in_as_somebody_else_ends_the_session_before(visitor, world):
    visitor.sign_in("citizen")
    before = visitor.cookies.pop(SESSION)
    asked = visitor.begin()
    visitor.cookies[SESSION] = before
    visitor.call("GET", visitor.way_back("insured", asked))
    assert visitor.cookies[SESSION] != before
    stale = Visitor(world)
    stale.cookies = {SESSION: before}
    assert not in_cabinet(stale)


def test_a_form_from_elsewhere_changes_nothing(visitor, world):
    consented(world)
    visitor.sign_in("citizen")
    page = visitor.open("/cabinet/applications/new")
    path = "/cabinet/applications"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert visitor.send(path, KINDS, seen=page, headers=headers).status_code == 403
    assert visitor.post(path, KINDS).status_code == 403
    stranger = Visitor(world)
    stranger.sign_in("insured")
    other = stranger.open("/cabinet/profile")
    assert visitor.send(path, KINDS, seen=other).status_code == 403
    assert world.ok("GET", "/v1/applications")["items"] == []
    own = {"Origin": "https://polis.example.org", "Sec-Fetch-Site": "same-origin"}
    assert visitor.send(path, KINDS, seen=page, headers=own).status_code == 303


def test_a_form_that_is_sent_twice_creates_once(visitor, world):
    consented(world)
    visitor.sign_in("citizen")
    page = visitor.open("/cabinet/applications/new")
    made = {visitor.send("/cabinet/applications", KINDS, seen=page).headers["location"] for _ in range(2)}
    assert len(made) == 1
    assert len(world.ok("GET", "/v1/applications")["items"]) == 1


def test_what_was_typed_outlives_the_session_but_not_the_account(visitor, world):
    consented(world)
    visitor.sign_in("citizen")
    page = visitor.open("/cabinet/applications/new")
    world.sleep(hours=2)
    ended = visitor.send("/cabinet/applications", KINDS, seen=page)
    assert ended.status_code == 401
    assert 'name="kind" value="first_policy"' in ended.text
    visitor.sign_in("insured")
    assert visitor.send("/cabinet/applications", KINDS, seen=ended).status_code == 403
    visitor.cookies.pop(SESSION)
    visitor.sign_in("citizen")
    assert visitor.send("/cabinet/applications", KINDS, seen=ended).status_code == 303


def test_pages_say_what_a_browser_may_do_with_them(visitor):
    visitor.sign_in("citizen")
    headers = visitor.open("/cabinet").headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'; style-src 'self'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"\xff\xfe", 400), (b"a=1&" * 400, 400), (b"a=" + b"x" * 70_000, 413), (b"csrf=%FF", 400)],
)
def test_a_form_that_cannot_be_read_is_refused_as_a_page(visitor, body, status):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = visitor.call("POST", "/cabinet/applications", content=body, headers=headers)
    assert answer.status_code == status


def test_notes_the_use_of_a_session_at_most_every_five_minutes(visitor, world):
    visitor.sign_in("citizen")
    versions = []
    for minutes in (1, 5, 1):
        world.sleep(minutes=minutes)
        visitor.open("/cabinet/documents")
        versions.append([item["version"]["N"] for item in table() if item["type"]["S"] == "Session"])
    assert versions == [["1"], ["2"], ["2"]]


def test_two_pages_that_note_the_use_at_once_both_open(visitor, world, monkeypatch):
    from chalicelib.ports.errors import StaleWrite
    from chalicelib.use_cases.sessions import current_session

    visitor.sign_in("citizen")
    at = world.tools.at + timedelta(minutes=10)
    work = world.tools.store.work(at=at)
    monkeypatch.setattr(type(work), "commit", lambda _: (_ for _ in ()).throw(StaleWrite()))
    found = current_session(tools=world.tools, secret=visitor.cookies[SESSION], at=at)
    assert found is not None
    assert found.seen_at == at
