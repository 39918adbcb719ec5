"""Insurers and clinics are told of their cases: signed, in the order of each case, again after failures (M3)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.dispatch import PAUSES
from chalicelib.domain.webhook_signature import is_signed
from chalicelib.ports.webhooks import HookAnswer
from tests import clinics, journeys
from tests.journeys import problem

if TYPE_CHECKING:
    from tests.fakes.webhooks import Received
    from tests.world import World

HOOKS, FEED, STOPPED = "/v1/webhooks", "/v1/webhook-events", "/v1/operator/stopped-webhooks"
URL = "https://insurer.example.org/polis"
SENT = ["application.submitted", "policy.issued", "application.completed"]


def subscribed(world: World, *, person: str = "operator", **body: Any) -> dict[str, Any]:
    return dict(world.ok("POST", HOOKS, person=person, json={"url": URL, **body}))


def seen(world: World, made: dict[str, Any], *, person: str = "operator") -> dict[str, Any]:
    return dict(world.ok("GET", f"{HOOKS}/{made['id']}", person=person))


def kinds(received: list[Received]) -> list[str]:
    return [one.json["type"] for one in received]


def feed(world: World, person: str = "operator", after: int = 0) -> list[dict[str, Any]]:
    return list(world.ok("GET", f"{FEED}?after={after}", person=person)["items"])


def down(_: Received) -> HookAnswer:
    return HookAnswer.FAILED


def next_try(world: World, made: dict[str, Any], *, by_timer: bool = False) -> None:
    """Let the moment of the next try come, by its own message, or by the timer if it got lost or lies far."""
    moment = seen(world, made)["next_try_at"]
    assert moment is not None
    passed = timedelta(minutes=5) if by_timer else timedelta(0)
    until = type(world.tools.at).fromisoformat(moment) + passed - world.tools.at
    world.sleep(seconds=max(1.0, until.total_seconds()))
    if by_timer:
        world.run("run_messages")
    world.settle()


def test_an_insurer_is_told_of_its_applications_and_policies(world: World) -> None:
    made = subscribed(world)
    application_id = journeys.insured(world)
    world.settle()

    taken = world.tools.hooks.taken
    assert sorted(kinds(taken)) == sorted(SENT)
    of_case = [one.json["data"] for one in taken if one.json["data"]["case"]["id"] == application_id]
    assert [one["state"] for one in of_case] == ["in_processing", "ready"]
    assert all(is_signed(secret=made["secret"], headers=one.headers, body=one.body, at=world.tools.at) for one in taken)
    assert feed(world) == [one.json for one in taken]
    assert [one["data"]["cursor"] for one in feed(world)] == [1, 2, 3]
    assert feed(world, after=2) == feed(world)[2:]
    found = seen(world, made)
    assert (found["state"], found["sent_through"], found["last"], found["secret"]) == ("active", 3, 3, None)
    person = world.ok("GET", "/v1/me")
    told = json.dumps([one.json for one in taken], ensure_ascii=False)
    assert not any(person[name] in told for name in ("family_name", "snils", "born_on"))


def test_a_clinic_is_told_of_its_requests_and_each_organisation_of_its_own(world: World) -> None:
    clinics.registry(world)
    clinic = subscribed(world, person="registrar")
    subscribed(world, person="second_registrar", url=f"{URL}/2")
    clinics.insured(world)
    asked = clinics.asked(world)
    world.settle()
    decided = clinics.decide(world, asked)
    assert decided.is_success, decided.text
    appointment = clinics.appointed(world)
    world.call("POST", f"{clinics.OWN_APPOINTMENTS}/{appointment['id']}/withdrawal")
    world.settle()

    taken = world.tools.hooks.taken
    assert {one.url for one in taken} == {URL}
    assert kinds(taken) == [
        "attachment.requested",
        "attachment.decided",
        "appointment.requested",
        "appointment.withdrawn",
    ]
    assert feed(world, "second_registrar") == []
    problem(world.call("GET", f"{HOOKS}/{clinic['id']}", person="second_registrar"), 404, "not_found")
    problem(world.call("GET", f"{HOOKS}/{clinic['id']}", person="operator"), 404, "not_found")


def test_only_the_kinds_that_were_wanted_are_sent(world: World) -> None:
    made = subscribed(world, kinds=["policy.issued", "policy.issued"])
    journeys.insured(world)
    world.settle()

    assert made["kinds"] == ["policy.issued"]
    assert kinds(world.tools.hooks.taken) == ["policy.issued"]
    assert len(feed(world)) == len(SENT)
    assert seen(world, made)["sent_through"] == len(SENT)


def test_nothing_is_kept_for_whom_nobody_subscribed_nor_told_of_before(world: World) -> None:
    journeys.insured(world)
    world.settle()
    assert feed(world) == []
    world.sleep(days=1)
    subscribed(world)
    person = "later"
    journeys.insured(world, person=person)
    world.settle()
    assert len(feed(world)) == len(SENT)


def test_a_case_that_fails_is_tried_again_in_its_order_and_holds_up_no_other(world: World) -> None:
    made = subscribed(world)
    first = journeys.submitted(world)
    refused = {first}
    world.tools.hooks.answers = lambda one: (
        HookAnswer.FAILED if one.json["data"]["case"]["id"] in refused else HookAnswer.TAKEN
    )
    world.settle()
    assert kinds(world.tools.hooks.taken) == ["policy.issued"]
    (waiting,) = seen(world, made)["waiting"]
    assert (waiting["case"], waiting["messages"], waiting["tries"]) == (f"application:{first}", 2, 1)

    next_try(world, made)
    assert seen(world, made)["waiting"][0]["tries"] == 2
    refused.clear()
    next_try(world, made, by_timer=True)
    assert kinds(world.tools.hooks.taken) == ["policy.issued", "application.submitted", "application.completed"]
    assert seen(world, made)["waiting"] == []
    ids = [one.headers["webhook-id"] for one in world.tools.hooks.tried]
    assert len(set(ids)) == len(SENT), "a message keeps its id however often it is sent"


def letters(world: World) -> list[str]:
    """What was written to organisations about their webhooks."""
    return [one.subject for one in world.tools.email.sent if "событий вашей организации" in one.subject]


def alarmed(world: World, capsys: pytest.CaptureFixture[str]) -> int:
    """What the timer tells CloudWatch of stopped subscriptions."""
    capsys.readouterr()
    world.run("run_messages")
    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "StoppedWebhooks" in line]
    return int(figures[-1]["StoppedWebhooks"])


def test_a_receiver_that_is_down_is_probed_then_stopped_by_name_and_goes_on_from_a_cursor(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = subscribed(world)
    world.tools.hooks.answers = down
    journeys.insured(world)
    journeys.insured(world, person="later")
    world.settle()
    assert seen(world, made)["state"] == "waiting"
    for _ in PAUSES:
        next_try(world, made, by_timer=True)
    stopped = seen(world, made)
    assert (stopped["state"], stopped["next_try_at"], stopped["given_up"]) == ("stopped", None, [])
    (known,) = world.ok("GET", STOPPED, person="fund")["items"]
    assert (known["id"], known["organisation_kind"], known["organisation_code"]) == (made["id"], "insurer", "77012")
    assert (known["state"], known["stopped_at"]) == ("stopped", stopped["failed_at"])
    assert known["waiting_messages"] == sum(one["messages"] for one in stopped["waiting"]) > 0
    assert letters(world) == ["Отправка событий вашей организации остановлена"]
    tried = len(world.tools.hooks.tried)
    world.sleep(days=1)
    assert alarmed(world, capsys) == 1
    world.settle()
    assert len(world.tools.hooks.tried) == tried
    assert len(letters(world)) == 1

    world.tools.hooks.answers = lambda _: HookAnswer.TAKEN
    path = f"{HOOKS}/{made['id']}/replays"
    problem(world.call("POST", path, person="operator", json={"after": 99}), 422, "rule_refused", "cursor_ahead")
    assert world.ok("POST", path, person="operator", json={"after": 0})["state"] == "active"
    assert world.ok("GET", STOPPED, person="administrator") == {"items": []}
    assert alarmed(world, capsys) == 0
    world.settle()
    assert [one.json for one in world.tools.hooks.taken] == feed(world)
    assert len(feed(world)) == 2 * len(SENT)
    world.ok("POST", path, person="operator", json={"after": 4})
    world.settle()
    assert [one.json["data"]["cursor"] for one in world.tools.hooks.taken[6:]] == [5, 6]


def test_an_address_that_is_gone_stops_at_once(world: World) -> None:
    made = subscribed(world)
    world.tools.hooks.answers = lambda _: HookAnswer.GONE
    journeys.insured(world)
    world.settle()
    assert seen(world, made)["state"] == "gone"
    assert len(world.tools.hooks.tried) == 1
    assert len(letters(world)) == 1
    assert [one["state"] for one in world.ok("GET", STOPPED, person="auditor")["items"]] == ["gone"]
    assert world.call("DELETE", f"{HOOKS}/{made['id']}", person="operator").status_code == 204
    assert world.ok("GET", STOPPED, person="auditor") == {"items": []}


def test_two_secrets_sign_while_one_is_rotated_and_others_subscribe_beside(world: World) -> None:
    first = subscribed(world)
    second = subscribed(world, url=f"{URL}/2", person="second_operator")
    rotated = world.ok("POST", f"{HOOKS}/{first['id']}/secrets", person="operator", json={"both_days": 3})
    journeys.insured(world)
    world.settle()
    for one in world.tools.hooks.taken:
        secrets = (first["secret"], rotated["secret"]) if one.url == URL else (second["secret"],)
        assert all(is_signed(secret=s, headers=one.headers, body=one.body, at=world.tools.at) for s in secrets)
    assert {one.url for one in world.tools.hooks.taken} == {URL, f"{URL}/2"}
    world.sleep(days=3)
    world.ok("POST", f"{HOOKS}/{first['id']}/replays", person="operator", json={"after": 2})
    world.settle()
    last = world.tools.hooks.taken[-1]
    assert len(last.headers["webhook-signature"].split()) == 1
    assert is_signed(secret=rotated["secret"], headers=last.headers, body=last.body, at=world.tools.at)
    assert world.call("DELETE", f"{HOOKS}/{first['id']}", person="operator").status_code == 204
    assert [one["id"] for one in world.ok("GET", HOOKS, person="operator")["items"]] == [second["id"]]


def test_names_all_mistakes_at_once(world: World) -> None:
    world.tools.hooks.refused = {f"{URL}/inside": "not_public", f"{URL}/nowhere": "unresolved"}
    for url, code in (
        ("http://insurer.example.org", "https_only"),
        (f"{URL}/inside", "not_public"),
        (f"{URL}/nowhere", "unresolved"),
    ):
        body = {"url": url, "kinds": ["policy.issued", "attachment.requested", "x"]}
        answer = problem(world.call("POST", HOOKS, person="operator", json=body), 422, "validation_failed")
        assert [(one["field"], one["code"]) for one in answer["errors"]] == [
            ("url", code),
            ("kinds.1", "unknown_kind"),
            ("kinds.2", "unknown_kind"),
        ]
    for _ in range(5):
        subscribed(world)
    many = world.call("POST", HOOKS, person="operator", json={"url": URL})
    problem(many, 422, "rule_refused", "too_many_subscriptions")


@pytest.mark.parametrize("person", ["citizen", "fund", "auditor"])
def test_is_for_insurers_and_clinics(world: World, person: str) -> None:
    problem(world.call("GET", HOOKS, person=person), 403, "not_permitted")
