"""Notifications: one event, one message; the person's wishes; nothing personal (requirements M1, P3)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from chalicelib.ports.errors import Rejected, Unavailable
from chalicelib.ports.notifications import OutcomeUnknown
from tests.journeys import application, consented, insured, messages, submitted

if TYPE_CHECKING:
    from tests.world import World

PERSONAL = ("Примеров", "Анна", "Сергеевн", "14.05.1990", "1990-05-14", "900001", "+7900")


def kinds(world: World) -> Counter[str]:
    return Counter(m["kind"] for m in messages(world))


def test_tells_each_event_of_the_journey_once_by_each_channel(world: World) -> None:
    application_id = insured(world)
    assert kinds(world) == {"consent_given": 1, "application_submitted": 1, "policy_issued": 1}
    number = application(world, application_id)["number"]
    assert sum(number in sms.text for sms in world.tools.sms.sent) == 2
    assert sum(number in letter.text for letter in world.tools.email.sent) == 2
    assert len({sms.reference for sms in world.tools.sms.sent}) == len(world.tools.sms.sent) == 3
    assert len({letter.reference for letter in world.tools.email.sent}) == len(world.tools.email.sent) == 3


def test_says_nothing_personal_beyond_number_and_state(world: World) -> None:
    insured(world)
    sent = [sms.text for sms in world.tools.sms.sent]
    sent += [letter.subject + letter.text + letter.html for letter in world.tools.email.sent]
    enp = world.ok("GET", "/v1/me/insurance")["policies"][0]["policy_number"]
    for text in sent:
        assert not any(word in text for word in (*PERSONAL, enp))


def test_keeps_personal_data_out_of_the_queues(world: World) -> None:
    insured(world)
    enp = world.ok("GET", "/v1/me/insurance")["policies"][0]["policy_number"]
    snils = world.ok("GET", "/v1/me")["snils"]
    assert world.delivered
    for _, body in world.delivered:
        assert not any(word in body for word in (*PERSONAL, enp, snils, "citizen@"))


def test_respects_what_the_person_does_not_want(world: World) -> None:
    consented(world)
    unwanted = {
        "application_submitted.sms": False,
        "application_submitted.email": False,
        "policy_issued.email": False,
    }
    world.ok("PATCH", "/v1/me", json={"preferences": unwanted})
    world.settle()
    world.tools.sms.sent.clear()
    world.tools.email.sent.clear()
    application_id = insured(world)
    number = application(world, application_id)["number"]
    assert [number in sms.text for sms in world.tools.sms.sent] == [False, True]
    assert world.tools.email.sent == []
    assert kinds(world)["application_submitted"] == kinds(world)["policy_issued"] == 1


@pytest.mark.parametrize("failure", [Unavailable("СМС не уходит"), OutcomeUnknown("Ответа нет")])
def test_a_channel_that_fails_is_tried_again_and_the_others_are_not_repeated(world: World, failure: Exception) -> None:
    submitted(world)
    world.tools.sms.failures.append(failure)
    world.settle()
    assert [m["delivery"]["sms"] for m in messages(world) if "sms" in m["delivery"]].count("waiting") == 1
    letters = len(world.tools.email.sent)
    world.sleep(minutes=1)
    world.settle()
    assert kinds(world)["application_submitted"] == 1
    assert {m["delivery"].get("sms", "sent") for m in messages(world)} == {"sent"}
    references = [sent.reference for sent in (*world.tools.sms.sent, *world.tools.email.sent)]
    assert len(references) == len(set(references))
    assert len(world.tools.email.sent) == letters
    submitted_sms = [sms for sms in world.tools.sms.sent if "2026-" in sms.text]
    assert len(submitted_sms) == 2


def test_a_number_that_cannot_be_reached_is_shown_and_stops_nothing(world: World) -> None:
    submitted(world)
    world.tools.sms.failures.append(Rejected("Нет такого номера"))
    world.settle()
    delivered = {m["kind"]: m["delivery"] for m in messages(world)}
    outcomes = sorted(delivered[kind].get("sms", "") for kind in ("application_submitted", "policy_issued"))
    assert outcomes == ["rejected", "sent"]
    assert all(d.get("email") == "sent" for d in delivered.values())


def test_pages_through_the_messages_newest_first(world: World) -> None:
    insured(world)
    first = world.ok("GET", "/v1/me/messages?limit=2")
    rest = world.ok("GET", f"/v1/me/messages?limit=2&cursor={first['next_cursor']}")
    ids = [m["id"] for m in (*first["items"], *rest["items"])]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert rest["next_cursor"] is None
