"""Temporary certificates: warned of, expired on time, by the schedule (requirements E1-E3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.terms import Term, TermUnit
from tests.journeys import application, insurance, messages, submitted

if TYPE_CHECKING:
    from tests.world import World

WARNED_7 = "certificate_expires_in_7_days"
WARNED_1 = "certificate_expires_in_1_day"
EXPIRED = "certificate_expired"


WARNED_10_WORKING = "certificate_expires_in_10_working_days"
WARNED_3_WORKING = "certificate_expires_in_3_working_days"
WARNED_1_WORKING = "certificate_expires_in_1_working_day"
SWEPT = {WARNED_7, WARNED_1, WARNED_10_WORKING, WARNED_3_WORKING, WARNED_1_WORKING, EXPIRED}


def held_for_45_working_days(world: World) -> str:
    """Bring a person to a temporary certificate of 12 January 2026 that is valid for 45 working days."""
    world.tools.settings = replace(world.tools.settings, certificate_term=Term(days=45, unit=TermUnit.WORKING))
    world.tools.at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    return held(world)


def held(world: World) -> str:
    """Bring a person to a temporary certificate; by default it runs from 16 March until 15 April."""
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.drain(rounds=6, queues=("verification", "outbox_relay", "notifications"))
    return str(application(world, application_id)["certificate_number"])


def run_at(world: World, day: int, hour: int = 9, month: int = 4) -> None:
    world.tools.at = datetime(2026, month, day, hour, tzinfo=UTC)
    world.run("expire_certificates")
    world.drain(queues=("outbox_relay", "notifications"))


def told(world: World) -> Counter[str]:
    return Counter(m["kind"] for m in messages(world) if m["kind"] in SWEPT)


def test_warns_seven_days_and_one_day_before_and_then_expires(world: World) -> None:
    number = held(world)
    run_at(world, 7)
    assert told(world) == {}
    run_at(world, 8, hour=6)  # nine in the morning in Moscow: nobody is warned before ten
    assert told(world) == {}
    run_at(world, 8, hour=7)
    assert told(world) == {WARNED_7: 1}
    run_at(world, 13)
    assert told(world) == {WARNED_7: 1}
    run_at(world, 14)
    assert told(world) == {WARNED_7: 1, WARNED_1: 1}
    run_at(world, 14, hour=20)
    assert insurance(world)["certificates"][0]["state"] == "active"
    run_at(world, 14, hour=21)  # midnight in Moscow
    assert told(world) == {WARNED_7: 1, WARNED_1: 1, EXPIRED: 1}
    assert insurance(world)["certificates"][0]["state"] == "expired"
    warnings = [sms.text for sms in world.tools.sms.sent if number in sms.text]
    assert len(warnings) == 3, "nobody is woken at midnight"
    run_at(world, 15, hour=5)  # eight in the morning
    world.run("run_messages")
    world.drain(queues=("outbox_relay", "notifications"))
    warnings = [sms.text for sms in world.tools.sms.sent if number in sms.text]
    assert len(warnings) == 4
    question = {"certificate_number": number, "consent": True}
    shown = world.ok("POST", "/v1/validity-checks", person=None, json=question)
    assert (shown["status"], shown["reason"]) == ("not_valid", "expired")


def test_does_nothing_twice_though_the_schedule_fires_twice(world: World) -> None:
    held(world)
    for _ in range(2):
        run_at(world, 8)
    for _ in range(2):
        run_at(world, 20)
    assert told(world) == {WARNED_7: 1, EXPIRED: 1}


def test_a_run_that_comes_late_sends_the_last_warning_only(world: World) -> None:
    held(world)
    run_at(world, 14)
    assert told(world) == {WARNED_1: 1}
    assert "остался 1 день" in world.tools.sms.sent[-1].text
    run_at(world, 1, month=5)
    assert told(world) == {WARNED_1: 1, EXPIRED: 1}


def test_a_warning_that_comes_late_tells_the_days_that_are_left(world: World) -> None:
    held(world)
    run_at(world, 11)
    assert told(world) == {WARNED_7: 1}
    assert "осталось дней: 4" in world.tools.sms.sent[-1].text
    run_at(world, 14)
    assert told(world) == {WARNED_7: 1, WARNED_1: 1}


def test_a_term_in_working_days_is_valid_to_its_last_day_in_every_lookup(world: World) -> None:
    number = held_for_45_working_days(world)
    question = {"certificate_number": number, "consent": True}

    def status(on: str) -> str:
        return str(world.ok("POST", "/v1/validity-checks", person=None, json={**question, "on": on})["status"])

    assert [status(on) for on in ("2026-01-12", "2026-03-18", "2026-03-19")] == ["valid", "valid", "not_valid"]
    assert any("до 18.03.2026" in sms.text for sms in world.tools.sms.sent)


def test_warns_ten_three_and_one_working_days_before_a_term_in_working_days_ends(world: World) -> None:
    held_for_45_working_days(world)
    for day, expected in (
        (3, {}),
        (4, {WARNED_10_WORKING: 1}),
        (13, {WARNED_10_WORKING: 1}),
        (16, {WARNED_10_WORKING: 1, WARNED_3_WORKING: 1}),
        (18, {WARNED_10_WORKING: 1, WARNED_3_WORKING: 1, WARNED_1_WORKING: 1}),
        (19, {WARNED_10_WORKING: 1, WARNED_3_WORKING: 1, WARNED_1_WORKING: 1, EXPIRED: 1}),
    ):
        run_at(world, day, month=3)
        assert told(world) == expected, day
    texts = [sms.text for sms in world.tools.sms.sent][-4:]
    for text, said in zip(texts, ("дней: 10", "дней: 3", "1 рабочий день", "18.03.2026"), strict=True):
        assert said in text


def test_missed_runs_of_a_term_in_working_days_are_made_good_with_what_is_left(world: World) -> None:
    held_for_45_working_days(world)
    run_at(world, 7, month=3)
    assert told(world) == {WARNED_10_WORKING: 1}
    assert "рабочих дней: 7" in world.tools.sms.sent[-1].text
    run_at(world, 17, month=3)
    assert told(world) == {WARNED_10_WORKING: 1, WARNED_3_WORKING: 1}
    assert "рабочих дней: 2" in world.tools.sms.sent[-1].text
    run_at(world, 25, month=3)
    assert told(world) == {WARNED_10_WORKING: 1, WARNED_3_WORKING: 1, EXPIRED: 1}


def test_a_certificate_keeps_the_term_that_it_was_issued_with(world: World) -> None:
    held(world)
    world.tools.settings = replace(world.tools.settings, certificate_term=Term(days=45, unit=TermUnit.WORKING))
    run_at(world, 8)
    run_at(world, 15)
    assert told(world) == {WARNED_7: 1, EXPIRED: 1}


def test_does_not_warn_of_a_certificate_that_a_policy_has_replaced(world: World) -> None:
    held(world)
    world.tools.registers.release()
    world.sleep(minutes=16)
    world.settle()
    run_at(world, 8)
    run_at(world, 20)
    assert told(world) == {}
    assert insurance(world)["certificates"][0]["state"] == "revoked"


def test_the_policy_comes_though_the_certificate_has_expired(world: World) -> None:
    held(world)
    run_at(world, 20)
    world.tools.registers.release()
    world.sleep(hours=1)
    world.settle()
    assert insurance(world)["policies"][0]["state"] == "active"
    assert insurance(world)["certificates"][0]["state"] == "expired"


def test_a_withdrawn_application_takes_its_certificate_with_it_and_tells(world: World) -> None:
    number = held(world)
    application_id = world.ok("GET", "/v1/applications")["items"][0]["id"]
    issued_on = world.tools.at.date().isoformat()
    world.sleep(days=3)
    world.ok("POST", f"/v1/applications/{application_id}/withdrawal")
    world.settle()

    question = {"certificate_number": number, "consent": True}
    now = world.ok("POST", "/v1/validity-checks", person=None, json=question)
    then = world.ok("POST", "/v1/validity-checks", person=None, json={**question, "on": issued_on})

    assert (now["status"], now["reason"]) == ("not_valid", "revoked")
    assert then["status"] == "valid"
    assert "certificate_revoked" in {m["kind"] for m in messages(world)}
