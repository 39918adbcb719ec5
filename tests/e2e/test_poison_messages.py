"""A message that nobody can handle ends in its dead-letter queue, harms no other, and can be sent back."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from infra.local.processes import PROJECT
from infra.redrive import pairs, waiting
from tests.e2e.people import ready, submitted, until

POISON = '{"poison": "end-to-end"}'


def redrive(stack, *arguments):
    environment = {**os.environ, **stack.environment}
    command = [sys.executable, "-m", "infra.redrive", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return {name: int(count) for name, count in re.findall(r"^(\w+): (\d+)", done.stdout, re.MULTILINE)}


def test_poison_ends_in_each_dead_letter_queue_and_is_sent_back_by_redrive(stack, journey, folk, aws):
    sqs = aws("sqs")
    queues = pairs(aws("cloudformation"))
    assert len(queues) == 11
    for pair in queues:
        sqs.send_message(QueueUrl=pair.target, MessageBody=POISON)

    def given_up():
        return {pair.name: waiting(sqs, pair.source) for pair in queues}

    person = folk.welcome(journey)
    ready(journey, person, submitted(journey, person)["id"])

    every = {pair.name: 1 for pair in queues}
    until("the poison in every dead-letter queue", lambda: given_up() == every)
    assert redrive(stack) == every
    assert redrive(stack) == every, "a dry run changes nothing"
    for pair in queues:
        (message,) = sqs.receive_message(QueueUrl=pair.source, VisibilityTimeout=0).get("Messages", [])
        assert message["Body"] == POISON

    assert redrive(stack, "--apply", "--queue", "VerificationQueue") == {"VerificationQueue": 1}
    assert redrive(stack, "--queue", "VerificationQueue") == {"VerificationQueue": 0}
    until("the poison back again", lambda: given_up() == every)
    assert redrive(stack) == every
