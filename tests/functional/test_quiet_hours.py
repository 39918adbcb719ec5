"""SMS wait for the morning of the recipient, once; letters, the cabinet and what is urgent do not (A5, M1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys import consented, messages, prepared, problem, signed, submitted, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

ADDRESS = {"index": "683000", "city": "Петропавловск-Камчатский", "street": "ул. Ленинская", "house": "1"}


def state(world: World, kind: str, channel: str) -> str:
    (found,) = [m["delivery"].get(channel, "") for m in messages(world) if m["kind"] == kind]
    return str(found)


def test_an_sms_of_the_night_leaves_in_the_morning_once(world: World) -> None:
    application_id = prepared(world)
    world.sleep(hours=10, minutes=30)  # 22:30 of Moscow
    signed(world, application_id)
    codes = len(world.tools.sms.sent)
    assert codes == 1, "a code comes at any hour"
    world.settle()
    assert len(world.tools.sms.sent) == codes
    assert state(world, "application_submitted", "sms") == "waiting"
    assert state(world, "application_submitted", "email") == "sent"
    world.sleep(hours=9)
    world.run("run_messages")
    world.settle()
    assert len(world.tools.sms.sent) == codes, "7:30 is night still"
    world.sleep(minutes=30)
    world.run("run_messages")
    world.run("run_messages")
    world.settle()
    world.sleep(minutes=20)
    world.run("run_messages")
    world.settle()
    texts = [sms.text for sms in world.tools.sms.sent[codes:]]
    assert len(texts) == len(set(texts)) == 2
    assert {state(world, kind, "sms") for kind in ("application_submitted", "policy_issued")} == {"sent"}


def test_the_night_is_that_of_the_region_of_the_recipient(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"address": {**ADDRESS, "region": "41"}})
    world.sleep(hours=1)  # 13:00 of Moscow, 22:00 of Kamchatka
    submitted(world)
    world.settle()
    assert state(world, "application_submitted", "sms") == "waiting"
    world.sleep(hours=10)
    world.run("run_messages")
    world.settle()
    assert state(world, "application_submitted", "sms") == "sent"


def test_who_wants_no_quiet_hours_has_none_and_who_wants_others_has_those(world: World) -> None:
    consented(world)
    assert world.ok("GET", "/v1/me")["quiet_hours"] == {
        "is_on": True,
        "begins": "22:00",
        "ends": "08:00",
        "is_chosen": False,
    }
    noon = {"begins": "11:00", "ends": "13:30"}
    chosen = world.ok("PATCH", "/v1/me", json={"quiet_hours": noon})["quiet_hours"]
    assert chosen == {"is_on": True, **noon, "is_chosen": True}
    submitted(world)
    world.settle()
    assert state(world, "application_submitted", "sms") == "waiting"
    world.ok("PATCH", "/v1/me", json={"quiet_hours": {"is_on": False}})
    assert not world.ok("GET", "/v1/me")["quiet_hours"]["is_on"]
    # What waits keeps its moment: nobody is disturbed by a change of mind.
    world.sleep(minutes=91)
    world.run("run_messages")
    world.settle()
    assert state(world, "application_submitted", "sms") == "sent"


def test_refuses_what_is_no_time_of_day(world: World) -> None:
    consented(world)
    answer = world.call("PATCH", "/v1/me", json={"quiet_hours": {"begins": "25:00", "ends": "8"}})
    assert set(wrong_fields(problem(answer, 422))) == {"quiet_hours.begins", "quiet_hours.ends"}
