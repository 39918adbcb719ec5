"""Text messages leave by the second provider while the first one fails, and no code is sent twice (M1)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_FUND = "fund"
_PEOPLE = 12
ACCEPTED = 202


def switch(stage: Stage) -> None:
    """SNS fails until the rule leaves it; the codes that were asked for come by the aggregator, each once."""
    journey = stage.journey
    journey.sign_in(_FUND)
    before = _route(stage)
    journey.expect(before["in_use"] == "first", f"another provider is in use: {before}")
    people = [stage.someone("Переключаева Ида Ильинична", born_on="1991-04-05", sex="female") for _ in range(_PEOPLE)]
    _fail(stage, "POST")
    try:
        phones = [_asked(stage, person, serial) for serial, person in enumerate(people)]
        journey.wait("the switch", lambda: _route(stage)["in_use"] == "second")
        found = _route(stage)
        journey.step("SNS fails: the second provider is in use", reason=found["reason"], counts=found["providers"])
        journey.wait("the codes", lambda: {message["to"] for message in _sent(stage)} >= set(phones))
    finally:
        _fail(stage, "DELETE")
    codes = Counter(message["to"] for message in _sent(stage))
    by_sns = {message["PhoneNumber"] for message in journey.sent_sms()} & set(phones)
    journey.expect({codes[phone] for phone in phones} == {1} and not by_sns, f"a code came twice: {codes}, {by_sns}")
    journey.step("each code came by the second provider, once", codes=len(phones))
    journey.wait("the receipts", lambda: all(one.get("receipt") == ACCEPTED for one in _sent(stage)))
    journey.step("what became of each was told by a signed receipt", receipts=len(_sent(stage)))


def _asked(stage: Stage, person: str, serial: int) -> str:
    """Ask for a code to confirm another phone; returns its number."""
    phone = f"+7900003{serial:04d}"
    stage.journey.ok("PATCH", "/v1/me", person=person, json={"phone": phone})
    stage.journey.ok("POST", "/v1/me/contacts/phone/codes", person=person)
    return phone


def _route(stage: Stage) -> Any:
    return stage.journey.ok("GET", "/v1/operator/sms-route", person=_FUND)


def _sent(stage: Stage) -> list[dict[str, Any]]:
    answer = httpx.get(f"{stage.journey.at.texts}/control/messages", timeout=10)
    return list(answer.json()["messages"])


def _fail(stage: Stage, method: str) -> None:
    answer = httpx.request(method, f"{stage.journey.at.cloud}/control/failing-text-messages", timeout=10)
    stage.journey.expect(answer.is_success, f"the local cloud: {answer.status_code}")
