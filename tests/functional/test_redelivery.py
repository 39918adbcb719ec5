"""Messages that come again change nothing; poison fails alone (requirement D1, design of events)."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from tests.cloud import QUEUES, cloud, memory_table
from tests.journeys import INSURER_CHANGE, actions, application, insurance, insured, messages, submitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

POISON = [
    "",
    "not JSON",
    "null",
    "[]",
    "5",
    "{}",
    '{"id": "x", "body": 5}',
    '{"id": 5, "body": {}}',
    '{"id": "x", "body": {}}',
    '{"entries": [5]}',
    '{"id": "x", "at": "yesterday", "body": {"kind": "application_submitted", "person_id": "p"}}',
    '{"id": "x", "at": "2026-03-16T09:00:00+00:00", "body": {"kind": "no_such_kind", "person_id": "p"}}',
    '{"id": "x", "at": "2026-03-16T09:00:00+00:00", "body": {"application_id": "01KKTXZ8M0J77M3GB40726KZTJ"}}',
    '{"id": "x", "at": "2026-03-16T09:00:00+00:00", "body": {"application_id": 5, "person_id": [], "kind": {}}}',
    '{"id": "x", "at": "2026-03-16T09:00:00+00:00", "body": {"application_id": "' + "\\u0000" * 5 + '"}}',
]


def snapshot(world: World) -> dict[str, list[str]]:
    """Everything that the table holds, and everything that was sent."""
    items = list(memory_table().items.values())
    return {
        "items": sorted(json.dumps(item, sort_keys=True) for item in items),
        "sms": [sms.reference for sms in world.tools.sms.sent],
        "letters": [letter.reference for letter in world.tools.email.sent],
    }


def differences(world: World, before: dict[str, list[str]]) -> list[str]:
    after = snapshot(world)
    return [line for name, lines in after.items() for line in set(lines) ^ set(before[name])] + [
        name for name, lines in after.items() if len(lines) != len(before[name])
    ]


def first_policy(world: World) -> None:
    insured(world)


def late_policy(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    submitted(world)
    world.settle()
    world.tools.registers.release()
    world.sleep(minutes=16)
    world.settle()


def clarification(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
    submitted(world)
    world.settle()


def refusal(world: World) -> None:
    world.tools.registers.mismatch(CheckKind.PASSPORT, "document_invalid")
    submitted(world)
    world.settle()


def insurer_change(world: World) -> None:
    insured(world)
    submitted(world, kind=INSURER_CHANGE)
    world.settle()
    world.sleep(days=7)
    world.run("run_due")
    world.settle()


@pytest.mark.parametrize("journey", [first_policy, late_policy, clarification, refusal, insurer_change])
def test_every_message_that_comes_again_changes_nothing(world: World, journey: Callable[[World], None]) -> None:
    journey(world)
    world.drain()
    before = snapshot(world)
    delivered = list(world.delivered)
    for queue, body in [*delivered, *reversed(delivered)]:
        world.invoke(queue, body)
    world.drain()
    assert differences(world, before) == []


def test_schedules_that_fire_again_change_nothing(world: World) -> None:
    insurer_change(world)
    world.drain()
    before = snapshot(world)
    for schedule in ("run_due", "expire_certificates", "relay_outbox") * 2:
        world.run(schedule)
    world.drain()
    assert differences(world, before) == []


def test_a_lost_hint_is_made_good_by_the_schedule(world: World) -> None:
    application_id = submitted(world)
    world.messages("outbox_relay")
    world.settle()
    assert application(world, application_id)["state"] == "in_processing"
    for _ in range(4):
        world.sleep(minutes=2)
        world.run("relay_outbox")
        world.drain(queues=("verification", "issuance", "notifications"))
    assert application(world, application_id)["state"] == "ready"


class TestPoison:
    """What is no message of ours ends in the dead letters and harms nothing else."""

    @pytest.mark.parametrize("queue", QUEUES)
    @pytest.mark.parametrize("body", POISON)
    def test_fails_alone(self, shared_world: World, queue: str, body: str) -> None:
        if "application_id" in body and queue in {"verification", "issuance"} and "KZTJ" in body:
            expected = "NotFound"
        elif '"person_id": "p"' in body and queue == "notifications" and "yesterday" not in body:
            expected = "PoisonMessage"
        else:
            expected = ""
        with pytest.raises(Exception) as raised:  # noqa: PT011 — which error it is depends on the queue
            shared_world.invoke(queue, body)
        assert expected in {"", type(raised.value).__name__}

    @pytest.mark.parametrize("queue", QUEUES)
    def test_is_reported_alone_in_a_batch(self, shared_world: World, queue: str) -> None:
        known = [json.dumps({"entries": ["01KKTXZ8M0J77M3GB40726KZTJ"]})] if queue == "outbox_relay" else []
        records = [
            {"messageId": f"m{n}", "body": body, "receiptHandle": "r", "attributes": {}}
            for n, body in enumerate(["poison", *known, "{}"])
        ]
        module = importlib.import_module(f"chalicelib.events.{queue}")
        answer = getattr(module, queue)({"Records": records}, None)
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        assert failed == {record["messageId"] for record in records if record["body"] in {"poison", "{}"}}


def test_poison_beside_a_good_message_does_not_stop_it(world: World) -> None:
    application_id = submitted(world)
    for queue in QUEUES:
        url = getattr(world.tools.settings, f"{queue}_queue_url")
        cloud("sqs").send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(40):
        for queue in QUEUES[:2] + QUEUES[3:]:
            for message in world.messages(queue):
                if message["Body"] != "poison":
                    world.deliver(queue, message)
    assert application(world, application_id)["state"] == "ready"
    assert insurance(world)["policies"]
    assert "policy_issued" in {m["kind"] for m in messages(world)}
    assert actions(world)
