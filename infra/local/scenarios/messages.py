"""A scenario of messages that do not arrive: receipts come back, a dead address is stopped and asked for anew (M2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_DEAD, _COMPLAINING = "hard-bounce@example.org", "complaint@example.org"
_QUIET_AT_NO_HOUR = {"is_on": False}


def bounces(stage: Stage) -> None:
    """A dead address is stopped, the phone tells of it; another address complains; the operator sees it all."""
    journey = stage.journey
    person = stage.someone("Недоставкина Зоя Ильинична", born_on="1985-06-07", sex="female")
    journey.ok("PATCH", "/v1/me", person=person, json={"quiet_hours": _QUIET_AT_NO_HOUR})
    stage.insured(person)
    _wait_for_sms(stage, person, "policy_issued", "delivered")
    journey.step("an SMS whose receipt came back")
    for address, state in ((_DEAD, "bounced"), (_COMPLAINING, "complained")):
        _confirm(stage, person, address)
        journey.ok("POST", "/v1/me/consents/revocation", person=person)
        journey.wait(f"the stop of the address ({state})", lambda: _tasks(stage, person))
        journey.consent(person)
        journey.step("an address stopped, and a task to the person", state=state)
    stage.told(person, "email_unreachable", times=2)
    _wait_for_sms(stage, person, "email_unreachable", "delivered")
    journey.step("told of it by SMS")


def _confirm(stage: Stage, person: str, address: str) -> None:
    journey = stage.journey
    journey.ok("PATCH", "/v1/me", person=person, json={"email": address})
    journey.ok("POST", "/v1/me/contacts/email/codes", person=person)

    def look() -> str | None:
        letters = [letter for letter in journey.sent_mail() if letter["To"] == [address]]
        codes = [code for letter in letters for code in re.findall(r"\b[0-9]{6}\b", letter["BodyText"])]
        return codes[-1] if codes else None

    code = journey.wait("the letter with the code", look)
    path = "/v1/me/contacts/email/confirmation"
    me = journey.ok("POST", path, person=person, json={"code": code})
    journey.expect(not me["tasks"], "the task does not end with another address")


def _tasks(stage: Stage, person: str) -> list[Any]:
    return list(stage.journey.ok("GET", "/v1/me", person=person)["tasks"])


def _wait_for_sms(stage: Stage, person: str, kind: str, state: str) -> None:
    def look() -> bool:
        told = stage.journey.ok("GET", "/v1/me/messages", person=person)["items"]
        return any(m["kind"] == kind and m["delivery"].get("sms") == state for m in told)

    stage.journey.wait(f"the receipt of {kind}", look)
