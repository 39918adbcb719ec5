"""Temporary certificates: warned of, expired on time, by the schedule (requirements E1-E3)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckKind
from tests.journeys import application, insurance, messages, submitted

if TYPE_CHECKING:
    from tests.world import World

WARNED_7 = "certificate_expires_in_7_days"
WARNED_1 = "certificate_expires_in_1_day"
EXPIRED = "certificate_expired"


def held(world: World) -> str:
    """Bring a person to a temporary certificate that runs from 16 March until 15 April."""
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.drain(rounds=6, queues=("verification", "outbox_relay", "notifications"))
    return str(application(world, application_id)["certificate_number"])


def run_at(world: World, day: int, hour: int = 9, month: int = 4) -> None:
    world.tools.at = datetime(2026, month, day, hour, tzinfo=UTC)
    world.run("expire_certificates")
    world.drain(queues=("outbox_relay", "notifications"))


def told(world: World) -> Counter[str]:
    return Counter(m["kind"] for m in messages(world) if m["kind"] in {WARNED_7, WARNED_1, EXPIRED})


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
    run_at(world, 1, month=5)
    assert told(world) == {WARNED_1: 1, EXPIRED: 1}


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
