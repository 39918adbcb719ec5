"""Many people at once: everyone gets one policy of her own, and one application is one application."""

from __future__ import annotations

import threading

from chalicelib.domain.policy_number import parse_policy_number
from tests.e2e.people import (
    assert_every_message_left_once,
    at_once,
    only_policy,
    prepared,
    ready,
    scan,
    submitted,
)
from tests.e2e.table import assert_all_is_consistent

PERSONS = 20
COPIES = 16
STEPS = {"consent_given", "application_created", "application_submitted", "application_verified", "policy_issued"}


def test_twenty_people_at_once_get_twenty_policies(stack, journeys, folk, aws):
    scan()

    def walk(_):
        journey = journeys()
        person = folk.welcome(journey)
        application = submitted(journey, person)
        ready(journey, person, application["id"])
        items = journey.ok("GET", "/v1/me/activity?limit=100", person=person)["items"]
        return only_policy(journey, person)["policy_number"], application["number"], {item["action"] for item in items}

    walked = at_once(PERSONS, walk)

    policies, applications = ({row[column] for row in walked} for column in (0, 1))
    assert (len(policies), len(applications)) == (PERSONS, PERSONS)
    assert all(parse_policy_number(text=number) == number for number in policies)
    assert all(steps >= STEPS for _, _, steps in walked)
    assert_every_message_left_once(journeys())
    assert_all_is_consistent(aws, stack)


def copies(journeys, journey, person, application_id, key_of):
    """Submit one application many times at the same moment; returns the answers."""
    code = journey.signing_code(person, application_id)
    together = threading.Barrier(COPIES)

    def submit(number):
        copy = journeys()
        copy.sign_in(person)
        together.wait(60)
        return copy.submit(person, application_id, code, key=key_of(number))

    return at_once(COPIES, submit)


def test_copies_of_a_submission_with_one_key_are_one_submission(stack, journeys, journey, folk):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    answers = copies(journeys, journey, person, application_id, lambda _: "one-key")

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    again = journey.submit(person, application_id, "000000", key="one-key")
    assert (again.status_code, again.json()["reason"]) == (422, "idempotency_key_reused")
    ready(journey, person, application_id)
    only_policy(journey, person)


def test_copies_of_a_submission_with_different_keys_give_one_number(stack, journeys, journey, folk):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    answers = copies(journeys, journey, person, application_id, lambda number: f"key-{number}")

    accepted = [answer for answer in answers if answer.is_success]
    assert len(accepted) == 1
    assert {answer.status_code for answer in answers if not answer.is_success} == {409}
    number = accepted[0].json()["number"]
    found = ready(journey, person, application_id)
    assert found["number"] == number
    only_policy(journey, person)


def test_of_two_applications_of_a_kind_submitted_together_one_lives(stack, journeys, journey, folk):
    person = folk.welcome(journey)
    both = [prepared(journey, person) for _ in range(2)]
    codes = [journey.signing_code(person, application_id) for application_id in both]
    together = threading.Barrier(2)

    def submit(number):
        copy = journeys()
        copy.sign_in(person)
        together.wait(60)
        return copy.submit(person, both[number], codes[number], key=f"of-two-{number}")

    answers = at_once(2, submit)

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    assert refused["detail"]
    winner = both[[answer.status_code for answer in answers].index(201)]
    ready(journey, person, winner)
    only_policy(journey, person)
