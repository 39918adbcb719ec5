"""A case that no register can decide goes through operators' hands, on the whole service as it runs on one machine."""

from __future__ import annotations

import csv
import io

from infra.local.persons import PERSONS
from tests.e2e.people import at_once, only_policy, ready, scan, submitted, until

CASES = "/v1/operator/applications"
DECEASED = next(person for person in PERSONS if person.key == "deceased")


def waiting(journey, operator, application_id):
    """Wait until a case stands in the queue of who asks; returns its row."""

    def look():
        rows = journey.ok("GET", f"{CASES}?limit=100", person=operator)["items"]
        return next((row for row in rows if row["id"] == application_id), None)

    return until("the case in the queue", look)


def test_a_person_whom_a_register_holds_for_dead_gets_a_policy_by_operators(journeys, journey):
    person = "held-for-dead"
    journey.add_person(person, {**DECEASED.claims(), "sub": "3000000013"})
    for one in (person, "operator", "fund"):
        journey.sign_in(one)
    application_id = submitted(journey, person)["id"]
    case = f"{CASES}/{application_id}"
    row = waiting(journey, "operator", application_id)
    assert (row["reason"]["code"], row["lease"]) == ("register_contradiction", None)

    def take(number):
        client = journeys()
        operator = ("operator", "fund")[number % 2]
        client.sign_in(operator)
        return operator, client.call("POST", f"{case}/lease", person=operator)

    answers = at_once(6, take)
    won = {operator for operator, answer in answers if answer.is_success}
    assert len(won) == 1
    assert {a.json()["code"] for _, a in answers if not a.is_success} <= {"case_taken", "stale_write"}
    (operator,) = won
    question = {"documents": ["identity_document"], "message": "Приложите новую скан-копию паспорта"}
    journey.ok("POST", f"{case}/clarification", person=operator, json=question)

    journey.refused(422, "POST", f"/v1/applications/{application_id}/signing-codes", person=person)
    uploaded = journey.upload(person, application_id, scan(), "image/png")
    assert uploaded["state"] == "accepted"
    code = journey.signing_code(person, application_id)
    assert journey.submit(person, application_id, code, key="answer").is_success

    waiting(journey, "fund", application_id)
    journey.ok("POST", f"{case}/lease", person="fund")
    shown = journey.ok("GET", case, person="fund")
    assert sorted(shown_scan["state"] for shown_scan in shown["scans"]) == ["accepted", "replaced"]
    assert {check["is_current"] for check in shown["checks"]} == {True, False}
    decision = {"approve": True, "reason": "Человек пришёл сам"}
    decided = journey.ok("POST", f"{case}/decision", person="fund", json=decision)
    assert decided["state"] == "approved"
    ready(journey, person, application_id)
    assert only_policy(journey, person)["state"] == "active"
    done = {entry["action"] for entry in journey.ok("GET", "/v1/me/activity?limit=100", person=person)["items"]}
    assert done >= {"case_taken", "clarification_asked", "application_viewed", "operator_decided"}

    answer = journey.call("GET", "/v1/operator/statistics", person="fund", headers={"Accept": "text/csv"})
    figures = {row["code"]: row["value"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert int(figures["filed"]) >= int(figures["decided"]) >= 1
