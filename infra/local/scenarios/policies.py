"""Scenarios of what happens to a policy: lost, suspended, given up, moved, taken over (requirements B2, F5, F7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from infra.local.persons import PERSONS
from infra.local.scenarios.stage import OTHER_INSURER, today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

BORN_ON = "1984-03-05"
_MOVED = {"index": "190000", "region": "78", "city": "Санкт-Петербург", "house": "1"}


def loss(stage: Stage) -> None:
    """A lost policy: its code dies at once and points to the new policy, the number stays."""
    journey = stage.journey
    person = stage.someone("Терялов Иван Ильич", born_on=BORN_ON, sex="male")
    first = stage.insured(person)
    journey.step("a first policy", number=first["policy_number"])
    stage.apply(person, {"kind": "replacement"}, {"replacement": {"reason": "lost"}})
    old, new = stage.policies(person)
    journey.expect(old["successor_id"] == new["id"], "the lost policy does not lead to the new one")
    journey.expect(new["policy_number"] == first["policy_number"], "the ЕНП has changed")
    journey.expect(stage.validity(new["policy_number"], BORN_ON) == "valid", "the new policy is not valid")
    journey.step("the policy made anew; the old code says «replaced»", state=old["state"])


def suspension(stage: Stage) -> None:
    """Military service: the policy rests, everybody sees it, and it wakes up by an application."""
    journey = stage.journey
    person = stage.someone("Служивый Пётр Ильич", born_on=BORN_ON, sex="male")
    number = stage.insured(person)["policy_number"]
    since = str(today())
    stage.apply(person, {"kind": "suspension"}, {"suspension": {"reason": "military_service", "from_on": since}})
    journey.expect(stage.validity(number, BORN_ON) == "suspended", "a resting policy is told as valid")
    journey.step("suspended from today")
    stage.apply(person, {"kind": "resumption"}, {"resumption": {"from_on": since}})
    journey.expect(stage.validity(number, BORN_ON) == "valid", "the resumed policy is not valid")
    journey.step("resumed")


def refusal(stage: Stage) -> None:
    """A policy given up and asked for again: the ЕНП is for life."""
    journey = stage.journey
    person = stage.someone("Отказов Олег Ильич", born_on=BORN_ON, sex="male")
    number = stage.insured(person)["policy_number"]
    stage.apply(person, {"kind": "policy_refusal"}, {"refusal": {"understood": "yes"}})
    journey.expect(stage.validity(number, BORN_ON) == "annulled", "a policy given up is told as valid")
    journey.step("the policy given up")
    again = stage.insured(person)
    journey.expect(again["policy_number"] == number, "the person got another ЕНП")
    journey.step("a policy again, with the same ЕНП", number=number)


def insurer_change(stage: Stage) -> None:
    """Another insurer within 30 days of the first policy, in force by the schedule; then a move to another region."""
    journey = stage.journey
    person = stage.someone("Переменов Юрий Ильич", born_on=BORN_ON, sex="male")
    number = stage.insured(person)["policy_number"]
    wished = {"code": OTHER_INSURER, "change_reason": "by_wish"}
    changed = stage.apply(person, {"kind": "insurer_change"}, {"insurer": wished}, until="approved")
    waiting = journey.application(person, changed["id"], lambda found: found["effective_on"])
    journey.step("the change approved", effective_on=waiting["effective_on"])
    stage.fire("run_due", date.fromisoformat(waiting["effective_on"]), 1)
    done = journey.application(person, changed["id"], lambda found: found["state"] == "ready")
    policy = stage.policies(person)[-1]
    journey.expect(policy["periods"][-1]["insurer_code"] == OTHER_INSURER, "the new insurer does not insure")
    journey.expect(policy["policy_number"] == number, "the ЕНП has changed")
    journey.step("the new insurer is in force by the schedule, the ЕНП stays", number=done["number"])


def moving(stage: Stage) -> None:
    """A move to another region opens the change whatever the season."""
    journey = stage.journey
    person = stage.someone("Кочевой Глеб Ильич", born_on=BORN_ON, sex="male")
    stage.insured(person)
    sections = {"insurer": {"code": "78006"}, "registration_address": _MOVED}
    moved = stage.apply(person, {"kind": "region_change"}, sections, until="approved")
    waiting = journey.application(person, moved["id"], lambda found: found["effective_on"])
    journey.step("the move approved, another insurer from its day", effective_on=waiting["effective_on"])


def legacy(stage: Stage) -> None:
    """The holder of a paper policy registers it; the register of insured persons confirms it."""
    journey = stage.journey
    person = stage.known("paper_policy")
    facts = journey.ok("GET", "/v1/me", person=person)
    number = next(one.insured.enp for one in PERSONS if one.key == person and one.insured)
    body = {"policy_type": "paper", "policy_number": number, "blank_number": "00000000014"}
    registered = journey.ok("POST", "/v1/me/legacy-policies", person=person, json=body)

    def look() -> object:
        found = journey.ok("GET", "/v1/me/insurance", person=person)["legacy_policies"]
        return next((one for one in found if one["id"] == registered["id"] and one["state"] == "confirmed"), None)

    journey.wait("the register's answer", look)
    answer = stage.validity(number, facts["born_on"])
    journey.expect(answer == "valid", f"the registered policy is {answer}")
    journey.step("a paper policy registered, confirmed and found", number=number)
