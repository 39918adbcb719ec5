"""Text messages leave by the second provider while the first one fails, and no code is sent twice (M1)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx

from infra.local.scenarios.stage import INSURER

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_FUND = "fund"
_SENDS = 10
_NO_QUIET_HOURS = {"quiet_hours": {"is_on": False}}


def switch(stage: Stage) -> None:
    """SNS fails until the rule leaves it; then a code comes by the aggregator, once."""
    journey = stage.journey
    journey.sign_in(_FUND)
    before = _route(stage)
    journey.expect(before["in_use"] == "first", f"another provider is in use: {before}")
    people = [stage.someone(f"Переключаева Ида {name}", born_on="1991-04-05", sex="female") for name in _names()]
    _fail(stage, "POST")
    try:
        for person in people:
            journey.ok("PATCH", "/v1/me", person=person, json=_NO_QUIET_HOURS)
            journey.ok("POST", "/v1/me/consents/revocation", person=person)
        journey.wait("the switch", lambda: _route(stage)["in_use"] == "second")
        found = _route(stage)
        journey.step("SNS fails: the second provider is in use", reason=found["reason"], counts=found["providers"])
        for person in people:
            journey.consent(person)
        _coded(stage, people[0])
    finally:
        _fail(stage, "DELETE")


def _names() -> list[str]:
    return ["Ильинична", "Петровна", "Ивановна", "Олеговна", "Егоровна", "Львовна", "Юрьевна", "Яновна"][:8]


def _coded(stage: Stage, person: str) -> None:
    """Ask for a code to sign an application: it comes by the aggregator, once."""
    journey = stage.journey
    draft = stage.draft(person, {"kind": "first_policy"}, {"insurer": {"code": INSURER}})
    known = len(_sent(stage))
    journey.ok("POST", f"/v1/applications/{draft}/signing-codes", person=person)
    journey.wait("the code", lambda: len(_sent(stage)) > known)
    references = Counter(message["reference"] for message in _sent(stage))
    journey.expect(max(references.values()) == 1, f"a message came twice: {references}")
    journey.step("a code comes by the second provider, once", sent_by_it=len(_sent(stage)))


def _route(stage: Stage) -> Any:
    return stage.journey.ok("GET", "/v1/operator/sms-route", person=_FUND)


def _sent(stage: Stage) -> list[dict[str, Any]]:
    answer = httpx.get(f"{stage.journey.at.texts}/control/messages", timeout=10)
    return list(answer.json()["messages"])


def _fail(stage: Stage, method: str) -> None:
    answer = httpx.request(method, f"{stage.journey.at.cloud}/control/failing-text-messages", timeout=10)
    stage.journey.expect(answer.is_success, f"the local cloud: {answer.status_code}")
