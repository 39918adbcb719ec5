"""The code that signs: five tries, then another code, not before a minute."""

from __future__ import annotations

import time

from tests.e2e.people import prepared


def test_five_wrong_codes_shut_out_the_right_one_too(journey, folk):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    right = journey.signing_code(person, application_id)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    left = []
    for attempt in range(5):
        answer = journey.submit(person, application_id, wrong, key=f"wrong-{attempt}")
        assert 400 <= answer.status_code < 500
        left.append(answer.json()["tries_left"])
    assert left == [4, 3, 2, 1, 0]

    answer = journey.submit(person, application_id, right, key="right")
    assert 400 <= answer.status_code < 500
    assert answer.json()["reason"] == "tries_spent"
    found = journey.ok("GET", f"/v1/applications/{application_id}", person=person)
    assert (found["state"], found["number"]) == ("awaiting_signature", None)


def test_another_code_is_not_sent_before_a_minute(journey, folk):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    before = time.monotonic()
    journey.signing_code(person, application_id)
    answer = journey.call("POST", f"/v1/applications/{application_id}/signing-codes", person=person)
    passed = time.monotonic() - before
    assert answer.status_code == 429
    assert answer.headers["content-type"].startswith("application/problem+json")
    # What is left of the minute since the first one, in whole seconds.
    assert 60 - passed - 1 <= int(answer.headers["retry-after"]) <= 60
