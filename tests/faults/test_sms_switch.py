"""A code that is asked for while the first provider fails: sent once or not at all, and counted truly (M1, M2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cloud import in_process_cloud
from tests.faults.rig import Crashed, Rig
from tests.faults.scenarios import Scenario
from tests.faults.seam import Fault, SecondProvider
from tests.faults.sms_scenarios import A_MINUTE, bring_receipts, first_is_failing, notify_by_second

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.rig import Moment

CODE = Scenario(name="code", begins="", act=notify_by_second, pause=A_MINUTE)


@pytest.fixture
def rig() -> Iterator[Rig]:
    from app import app

    with in_process_cloud():
        yield Rig(app=app, second=SecondProvider())


def asked(rig: Rig) -> Moment:
    """A code waits to be sent, and whoever fails next leaves the first provider."""
    rig.api("POST", "/v1/me/consents", {"version": "2026-11"}, key="consent")
    rig.api("PATCH", "/v1/me", {"phone": "+7 900 000-99-01"})
    rig.step("notifications")
    rig.api("POST", "/v1/me/contacts/{contact}/codes", contact="phone")
    rig.step()
    first_is_failing(rig)
    return rig.keep()


def states(rig: Rig) -> list[str]:
    kept = [json.loads(row["data"]) for row in rig.items("Dispatch")]
    return [one["state"] for one in kept if one["kind"] == "contact_verification_code"]


def walked(rig: Rig, begin: Moment, index: int | None, fault: Fault) -> tuple[Any, ...]:
    """Send it with one call broken, and let the provider tell of what it took: calls, how often, states."""
    rig.restore(begin)
    with rig.broken(index, fault) as seam:
        CODE.run(rig)
        calls = tuple(seam.calls)
    told_before = states(rig)
    assert rig.second is not None
    for _ in range(2):
        try:
            bring_receipts(rig)
        except Crashed:
            rig.sleep(A_MINUTE)
    return calls, len(rig.second.taken), told_before, states(rig)


def test_a_code_is_never_sent_twice_and_its_end_is_told_truly(rig: Rig) -> None:
    begin = asked(rig)
    calls, times, before, after = walked(rig, begin, None, Fault.FAILS)
    assert (times, before, after) == (1, ["sent"], ["delivered"])
    assert "texts.send" in calls
    unsent = 0
    for index, call in enumerate(calls):
        for fault in Fault:
            _, times, before, after = walked(rig, begin, index, fault)
            case = (index, call, fault.value, times, before, after)
            assert times <= 1, case
            assert rig.sms.sent == [], case
            assert after == (["delivered"] if times else ["unconfirmed"]), case
            unsent += not times
            # Only a sender that died, or a start whose answer got lost, leaves a code unsent: nobody can tell then.
            assert times or fault in {Fault.KILLED, Fault.ANSWER_LOST}, case
    assert unsent < len(calls)
