"""The event pump: batches, failures, schedules and its control port, with throw-away handlers."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path

import boto3
import httpx
import pytest
from chalice import Chalice, Cron, Rate
from moto.server import ThreadedMotoServer

from infra.local.event_pump.consumer import Mapping, QueueConsumer
from infra.local.event_pump.invocation import Function, StuckThreads, Worker, load_handler
from infra.local.event_pump.journal import Journal
from infra.local.event_pump.settings import settings_from_environment
from infra.local.event_pump.sources import describe
from infra.local.event_pump.sqs_events import sqs_event
from tests.waiting import eventually

CANARY = "Ivanova"

URL = "http://127.0.0.1:4566/000000000000/verification"

ROOT = Path(__file__).parents[2]


class Queue:
    """Answers as boto3's SQS client does; a message failed stays until it is made visible."""

    def __init__(self, *bodies):
        self.waiting = deque(self.message(str(n), body) for n, body in enumerate(bodies))
        self.deleted = []
        self.rests = []
        self.late = deque()
        self.away = 0
        self.asked_at = []

    @staticmethod
    def message(name, body):
        return {
            "MessageId": f"m{name}",
            "ReceiptHandle": f"r{name}",
            "Body": body,
            "MD5OfBody": "0" * 32,
            "Attributes": {"ApproximateReceiveCount": "1"},
            "MessageAttributes": {
                "kind": {"DataType": "String", "StringValue": "x"},
                "raw": {"DataType": "Binary", "BinaryValue": b"\x01"},
            },
        }

    def receive_message(self, *, MaxNumberOfMessages, WaitTimeSeconds, **_):  # noqa: N803  # boto3's names
        self.asked_at.append(time.monotonic())
        if self.away:
            self.away -= 1
            raise ConnectionError(CANARY)
        if len(self.asked_at) > 1:
            self.waiting += self.late
            self.late.clear()
        taken = [self.waiting.popleft() for _ in range(min(MaxNumberOfMessages, len(self.waiting)))]
        if not taken:
            time.sleep(0.01)
        return {"Messages": taken}

    def delete_message_batch(self, *, Entries, **_):  # noqa: N803  # boto3's names
        assert len(Entries) <= 10
        self.deleted += [entry["ReceiptHandle"] for entry in Entries]

    def change_message_visibility_batch(self, *, Entries, **_):  # noqa: N803  # boto3's names
        self.rests += [(entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in Entries]


class Running:
    def __init__(self, queue, handler, *, batch_size=10, window=0, timeout=60.0, retry=None, most=16):
        self.log = io.StringIO()
        self.stop = threading.Event()
        self.overwhelmed = threading.Event()
        self.queue = queue
        function = Function(name="verification", handler=handler, timeout=timeout, region="ru-1")
        mapping = Mapping(
            function="verification",
            queue_url=URL,
            region="ru-1",
            batch_size=batch_size,
            window=window,
            wait=0,
            retry_visibility=retry,
        )
        self.consumer = QueueConsumer(
            mapping,
            client=queue,
            worker=Worker(function, StuckThreads(most, self.overwhelmed.set)),
            journal=Journal(stream=self.log),
            stop=self.stop,
        )

    def __enter__(self):
        self.consumer.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.consumer.thread.join(60)
        assert not self.consumer.thread.is_alive()
        assert CANARY not in self.log.getvalue()

    def lines(self, event="batch"):
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if line["event"] == event]

    def wait_for(self, event="batch", count=1):
        eventually(lambda: len(self.lines(event)) >= count)
        return self.lines(event)


def test_the_event_is_the_one_that_lambda_gets():
    record = sqs_event([Queue.message("1", "{}")], arn="arn:aws:sqs:ru-1:000000000000:verification", region="ru-1")[
        "Records"
    ][0]
    assert record == {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": "{}",
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {
            "kind": {
                "stringValue": "x",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            },
            "raw": {
                "binaryValue": "AQ==",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "Binary",
            },
        },
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:ru-1:000000000000:verification",
        "awsRegion": "ru-1",
    }


def test_a_chalice_handler_gets_batches_and_successes_are_deleted():
    app = Chalice("pump-test", configure_logs=False)
    seen = []

    @app.on_sqs_message(queue_arn={"Fn::GetAtt": ["VerificationQueue", "Arn"]}, batch_size=2)
    def verification(event):
        assert 30_000 < event.context.get_remaining_time_in_millis() <= 60_000
        assert event.to_dict()["Records"][0]["eventSourceARN"].endswith(":verification")
        seen.append([record.body for record in event])

    with Running(Queue(CANARY, "b", "c"), verification, batch_size=2) as running:
        lines = running.wait_for(count=2)
    assert seen == [[CANARY, "b"], ["c"]]
    assert running.queue.deleted == ["r0", "r1", "r2"]
    assert [(line["messages"], line["failed"]) for line in lines] == [(2, 0), (1, 0)]


def test_only_failed_items_stay_in_the_queue():
    def handler(event, context):
        return {"batchItemFailures": [{"itemIdentifier": "m1"}]}

    with Running(Queue("a", "b", "c"), handler) as running:
        assert running.wait_for()[0]["failed"] == 1
    assert running.queue.deleted == ["r0", "r2"]
    assert running.queue.rests == []


def test_a_shorter_rest_of_failed_items_can_be_set():
    def handler(event, context):
        return {"batchItemFailures": [{"itemIdentifier": "m1"}]}

    with Running(Queue("a", "b"), handler, retry=3) as running:
        running.wait_for()
    assert running.queue.rests == [("r1", 3)]


@pytest.mark.parametrize(
    "reply",
    [
        {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"wrong": "m0"}]},
        "text",
    ],
)
def test_a_malformed_reply_fails_the_whole_batch(reply):
    with Running(Queue("a", "b"), lambda event, context: reply) as running:
        assert running.wait_for()[0]["reason"] == "malformed_reply"
    assert running.queue.deleted == []


@pytest.mark.parametrize("reply", [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}])
def test_an_empty_reply_means_that_all_succeeded(reply):
    with Running(Queue("a", "b"), lambda event, context: reply) as running:
        running.wait_for()
    assert running.queue.deleted == ["r0", "r1"]


@pytest.mark.parametrize("error", [ValueError(CANARY), SystemExit(1), TimeoutError(CANARY)])
def test_an_exception_deletes_nothing_and_the_next_batch_is_handled(error):
    left = [error]

    def handler(event, context):
        if left:
            raise left.pop()

    with Running(Queue("a", "b"), handler, batch_size=1) as running:
        first, second = running.wait_for(count=2)
    assert (first["failed"], second["failed"]) == (1, 0)
    assert first["reason"].startswith(type(error).__name__)
    assert running.queue.deleted == ["r1"]


def test_a_handler_that_hangs_is_left_behind_and_its_messages_are_kept():
    hang = threading.Event()

    def handler(event, context):
        if event["Records"][0]["messageId"] == "m0":
            hang.wait(60)

    with Running(Queue("a", "b"), handler, batch_size=1, timeout=1, most=0) as running:
        first, _ = running.wait_for(count=2)
        assert running.overwhelmed.is_set()
        hang.set()
    assert first["reason"] == "timed_out"
    assert running.queue.deleted == ["r1"]


def test_a_batching_window_waits_for_more():
    queue = Queue("a")
    queue.late.append(Queue.message("9", "late"))
    with Running(queue, lambda event, context: None, batch_size=2, window=60) as running:
        assert running.wait_for()[0]["messages"] == 2
    assert queue.deleted == ["r0", "r9"]


def test_the_consumer_outlives_an_absent_cloud():
    queue = Queue("a")
    queue.away = 2
    with Running(queue, lambda event, context: None) as running:
        running.wait_for("queue_unreachable")
        assert not running.consumer.reachable
        running.wait_for("batch")
        assert running.consumer.reachable
    first, second, third = queue.asked_at[:3]
    assert second - first > 0.15  # it rests between the tries
    assert third - second > 0.3
    assert len(running.lines("queue_unreachable")) == 1
    assert len(running.lines("queue_reachable")) == 1


def test_the_stop_finishes_the_batch_in_hand():
    started, go_on = threading.Event(), threading.Event()

    def handler(event, context):
        started.set()
        go_on.wait(60)

    with Running(Queue("a"), handler) as running:
        assert started.wait(60)
        running.stop.set()
        go_on.set()
    assert running.queue.deleted == ["r0"]


def test_sources_are_read_from_the_app():
    app = Chalice("sources", configure_logs=False)

    @app.on_sqs_message(queue_arn={"Fn::GetAtt": ["IssuanceQueue", "Arn"]}, batch_size=7)
    def issuance(event): ...

    @app.on_sqs_message(queue="plain", maximum_batching_window_in_seconds=3, maximum_concurrency=2)
    def plain(event): ...

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def run_due(event): ...

    @app.schedule(Cron(0, 3, "*", "*", "?", "*"))
    def nightly(event): ...

    found = describe(app)
    assert [(item.queue, item.batch_size, item.window) for item in found.queues] == [
        ("IssuanceQueue", 7, 0),
        ("plain", 1, 3),
    ]
    assert [item.expression for item in found.schedules] == ["rate(5 minutes)", "cron(0 3 * * ? *)"]

    @app.on_sns_message(topic="news")
    def news(event): ...

    with pytest.raises(ValueError, match="SNSEventConfig"):
        describe(app)


def test_a_handler_string_must_name_a_callable():
    assert load_handler("json.loads") is json.loads
    with pytest.raises(TypeError, match=r"json\.nothing"):
        load_handler("json.nothing")


def test_settings_come_from_the_environment():
    settings = settings_from_environment(
        {
            "QUEUE_URLS": '{"Q": "http://q"}',
            "PUMP_FUNCTION_TIMEOUTS": '{"issuance": 30}',
            "PUMP_RETRY_VISIBILITY": "2",
            "PUMP_FIRST_FIRE": "off",
        }
    )
    assert settings.queue_urls == {"Q": "http://q"}
    assert (settings.timeout_of("issuance"), settings.timeout_of("other")) == (30, 60)
    assert (settings.retry_visibility, settings.first_fire) == (2, None)
    with pytest.raises(ValueError, match="QUEUE_URLS"):
        settings_from_environment({"QUEUE_URLS": "[]"})


APP = """
import events_of_test
from chalice import Chalice
app = Chalice("whole", configure_logs=False)
app.register_blueprint(events_of_test.bp)
"""

EVENTS = """
import pathlib, sys
from chalice import Blueprint, Rate
bp = Blueprint(__name__)
here = pathlib.Path(__file__).parent

@bp.on_sqs_message(queue_arn={"Fn::GetAtt": ["WorkQueue", "Arn"]}, batch_size=10)
def work(event):
    assert "app" not in sys.modules  # as on Lambda
    for record in event:
        with (here / "done").open("a") as done:
            done.write(record.body + "\\n")
    return {"batchItemFailures": []}

@bp.schedule(Rate(1, unit=Rate.HOURS))
def tick(event):
    (here / "ticked").write_text(event.time)
"""


@pytest.fixture
def cloud():
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_the_process_serves_queues_and_schedules_and_stops_gracefully(tmp_path, cloud):
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "events_of_test.py").write_text(EVENTS)
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    region = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": cloud}
    client = boto3.client(
        "sqs",
        endpoint_url=cloud,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    url = client.create_queue(QueueName="work")["QueueUrl"]
    environment = {
        **os.environ,
        **credentials,
        **region,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "QUEUE_URLS": json.dumps({"WorkQueue": url}),
        "PUMP_WAIT": "1",
        "PUMP_FIRST_FIRE": "off",
    }
    command = [sys.executable, "-m", "infra.local.pump"]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        try:
            lines = (json.loads(line) for line in process.stdout)
            control = next(line["url"] for line in lines if line["event"] == "control_listening")
            client.send_message(QueueUrl=url, MessageBody=CANARY)
            eventually((tmp_path / "done").exists)
            fired = httpx.post(f"{control}/fire/tick", json={"time": "2026-11-22T10:00:00Z"}, timeout=60)
            assert fired.status_code == 200
            assert httpx.get(f"{control}/health", timeout=60).json()["status"] == "ok"
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert (tmp_path / "done").read_text().split() == [CANARY]
    assert (tmp_path / "ticked").read_text() == "2026-11-22T10:00:00Z"
    assert CANARY not in rest
    assert json.loads(rest.splitlines()[-1]) | {"at": ""} == {
        "at": "",
        "event": "pump_stopped",
        "unfinished": 0,
    }
