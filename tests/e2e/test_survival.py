"""Whatever process is stopped or killed in the middle, people get there without anyone's help."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import UTC, datetime, timedelta

import httpx

from tests.e2e.people import (
    assert_every_message_left_once,
    at_once,
    only_policy,
    prepared,
    ready,
    submitted,
    texts_to,
    until,
)
from tests.e2e.table import assert_all_is_consistent


def document_types(journey, person):
    documents = journey.ok("GET", "/v1/me/insurance", person=person)["documents"]
    return sorted(document["document_type"] for document in documents if document["is_ready"])


def test_registers_that_are_down_delay_and_never_refuse(stack, journey, folk):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    stack.stop_process("registers_simulator")
    journey.sign_and_submit(person, application_id, key="registers-down")

    delayed = journey.application(person, application_id, lambda found: found["delay"])
    assert delayed["state"] == "in_processing"
    assert delayed["refusals"] == []
    assert set(delayed["delay"]["waiting_for"]) >= {"identity", "passport", "snils", "insured_person"}
    assert "не отклонено" in delayed["delay"]["message"]

    stack.start_process("registers_simulator")
    found = ready(journey, person, application_id)
    assert found["delay"] is None
    assert "refused" not in {moment["state"] for moment in found["history"]}


def test_killed_consumers_lose_nothing_and_repeat_nothing(stack, journey, folk, aws):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    journey.hear_at_night(person)
    # All of them: the questions stay in hand until everything else is done, also on a busy machine.
    journey.registers(behaviour="slow", seconds=30)
    journey.sign_and_submit(person, application_id, key="pump-killed")
    # Nothing else is in hand: an SMS on its way would only come after the lease of its delivery.
    until("the question alone in the hands of the consumer", lambda: _in_hand(aws, stack) == {"VERIFICATION"})
    stack.kill_process("pump")
    time.sleep(0.2)
    journey.registers()
    assert journey.ok("GET", f"/v1/applications/{application_id}", person=person)["state"] == "in_processing"

    stack.start_process("pump")
    ready(journey, person, application_id)
    only_policy(journey, person)
    until("all documents", lambda: document_types(journey, person) == ["extract", "policy", "receipt"])
    phone = journey.ok("GET", "/v1/me", person=person)["phone"]["value"]
    until("the last SMS", lambda: any("полис готов" in text for text in texts_to(journey, phone)))
    assert sorted(_kinds(texts_to(journey, phone))) == ["code", "ready", "submitted"]
    assert_every_message_left_once(journey)
    assert_all_is_consistent(aws, stack)


def _in_hand(aws, stack):
    """Name the queues that hold anything now, taken or not."""
    held = set()
    for name in ("VERIFICATION", "NOTIFICATIONS", "DOCUMENTS", "OUTBOX_RELAY"):
        url = stack.environment[f"{name}_QUEUE_URL"]
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        if sum(int(counts[each]) for each in wanted):
            held.add(name)
    return held


def _kinds(texts):
    marks = {"код подписи": "code", "принято": "submitted", "полис готов": "ready"}
    return [kind for text in texts for mark, kind in marks.items() if mark in text]


def test_a_killed_cloud_keeps_every_submission_that_was_acknowledged(stack, journeys, folk, aws):
    clients = 5
    people = at_once(clients, lambda _: _prepared_with_code(journeys(), folk))
    pid = stack.process("cloud").pid
    first = threading.Event()
    acknowledged = {}

    def submit(number):
        journey, person, application_id, code = people[number]
        time.sleep(0.05 * number)
        answer = _stubborn(lambda: journey.submit(person, application_id, code, key="cloud-killed"), first)
        acknowledged[application_id] = answer.json()["number"]

    def kill(_):
        first.wait(60)
        stack.process("cloud").crash()

    at_once(clients + 1, lambda number: submit(number) if number < clients else kill(number))

    assert len(set(acknowledged.values())) == clients
    for journey, person, application_id, _ in people:
        found = ready(journey, person, application_id)
        assert found["number"] == acknowledged[application_id]
        only_policy(journey, person)
    assert stack.process("cloud").pid not in {None, pid}, "the supervisor did not start the cloud again"
    assert_every_message_left_once(people[0][0])
    assert_all_is_consistent(aws, stack)


def _prepared_with_code(journey, folk):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    return journey, person, application_id, journey.signing_code(person, application_id)


def _stubborn(send, first=None):
    """Send until there is an answer: a client may repeat under one Idempotency-Key as often as it likes."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            answer = send()
            if answer.is_success:
                if first is not None:
                    first.set()
                return answer
            assert answer.status_code in {503, 504}, answer.text
        time.sleep(0.2)
    raise AssertionError("no answer in a minute")


def test_a_killed_gateway_answers_again_and_a_repeated_submission_gives_one_number(stack, journeys, folk):
    journey, person, application_id, code = _prepared_with_code(journeys(), folk)
    pid = stack.process("gateway").pid
    unanswered = threading.Thread(target=_lost, args=(journey, person, application_id, code))
    unanswered.start()
    time.sleep(0.02)
    stack.process("gateway").crash()
    unanswered.join()

    first, again = (
        _stubborn(lambda: journey.submit(person, application_id, code, key="gateway-killed")).json() for _ in range(2)
    )
    assert first["number"] == again["number"]
    assert stack.process("gateway").pid != pid
    listed = journey.ok("GET", "/v1/applications", person=person)["items"]
    assert [item["number"] for item in listed] == [first["number"]]
    # The kill may have taken the hint too: then the schedule relays, here without waiting for its minute.
    in_a_minute = (datetime.now(tz=UTC) + timedelta(minutes=1)).isoformat()
    httpx.post(f"{stack.urls['pump']}/fire/relay_outbox", json={"time": in_a_minute}, timeout=60).raise_for_status()
    ready(journey, person, application_id)
    only_policy(journey, person)


def _lost(journey, person, application_id, code):
    with contextlib.suppress(httpx.TransportError):
        journey.submit(person, application_id, code, key="gateway-killed")


def test_everything_still_runs_and_new_people_are_served(stack, journey, folk):
    person = folk.welcome(journey)
    application = submitted(journey, person)
    ready(journey, person, application["id"])
    assert stack.process("pump").is_running()
