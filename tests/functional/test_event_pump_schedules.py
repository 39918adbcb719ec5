"""The schedules of the event pump and its control port, with throw-away handlers."""

from __future__ import annotations

import io
import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from infra.local.event_pump.control import control_service
from infra.local.event_pump.expressions import parse_expression
from infra.local.event_pump.invocation import Function, StuckThreads, Worker
from infra.local.event_pump.journal import Journal
from infra.local.event_pump.schedules import Schedule
from infra.local.http_service import serving
from tests.waiting import eventually

CANARY = "Ivanova"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "moment", "expected"),
    [
        ("rate(1 minute)", "2026-11-22T10:00:00", "2026-11-22T10:01:00"),
        ("rate(5 minutes)", "2026-11-22T10:04:59.9", "2026-11-22T10:05:00"),
        ("rate(1 hour)", "2026-11-22T10:00:01", "2026-11-22T11:00:00"),
        ("rate(1 day)", "2026-11-22T10:00:00", "2026-11-23T00:00:00"),
        ("cron(0 3 * * ? *)", "2026-11-22T03:00:00", "2026-11-23T03:00:00"),
        ("cron(0 3 * * ? *)", "2026-11-22T02:59:59", "2026-11-22T03:00:00"),
        ("cron(0/15 * * * ? *)", "2026-11-22T10:15:30", "2026-11-22T10:30:00"),
        ("cron(0 10 ? * MON-FRI *)", "2026-11-20T10:00:00", "2026-11-23T10:00:00"),
        ("cron(0 0 1 * ? *)", "2026-12-15T00:00:00", "2027-01-01T00:00:00"),
        ("cron(0 0 L * ? *)", "2028-02-01T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 8 ? * 2#1 *)", "2026-11-22T10:00:00", "2026-12-07T08:00:00"),
        ("cron(0 8 ? * 6L *)", "2026-11-22T10:00:00", "2026-11-27T08:00:00"),
        ("cron(0 8 15W * ? *)", "2026-11-01T00:00:00", "2026-11-16T08:00:00"),
    ],
)
def test_the_next_tick_is_that_of_eventbridge(expression, moment, expected):
    assert parse_expression(expression)(at(moment)) == at(expected)


def test_a_schedule_may_have_no_next_tick():
    assert parse_expression("cron(0 0 1 1 ? 2020)")(at("2026-11-22T00:00:00")) is None


@pytest.mark.parametrize("expression", ["rate(0 minutes)", "rate(5 weeks)", "cron(* * *)", "hourly"])
def test_a_wrong_expression_is_refused(expression):
    with pytest.raises(ValueError, match=r"expression"):
        parse_expression(expression)


def make_schedule(handler, *, first_fire=None, period=timedelta(days=1), log=None):
    journal = Journal(stream=log or io.StringIO())
    function = Function(name="run_due", handler=handler, timeout=60, region="ru-1")
    return Schedule(
        function="run_due",
        region="ru-1",
        next_tick=lambda moment: moment + period,
        worker=Worker(function, StuckThreads(16, lambda: None)),
        journal=journal,
        stop=threading.Event(),
        first_fire=first_fire,
    )


def test_a_schedule_fires_the_event_of_eventbridge():
    seen = []
    schedule = make_schedule(lambda event, context: seen.append(event))
    assert schedule.fire(at=at("2026-11-22T10:00:00"))
    event = seen[0]
    assert event["time"] == "2026-11-22T10:00:00Z"
    assert event["detail-type"] == "Scheduled Event"
    assert event["resources"] == ["arn:aws:events:ru-1:000000000000:rule/run_due"]
    assert (event["source"], event["detail"], event["region"]) == ("aws.events", {}, "ru-1")


def test_a_schedule_fires_soon_after_the_start_and_then_on_its_ticks():
    seen = []
    schedule = make_schedule(
        lambda event, context: seen.append(event),
        first_fire=0.0,
        period=timedelta(milliseconds=20),
    )
    schedule.thread.start()
    eventually(lambda: len(seen) >= 3)
    schedule._stop.set()
    schedule.thread.join(60)
    assert not schedule.thread.is_alive()


def test_a_schedule_never_overlaps_itself_and_missed_ticks_are_one():
    running, most, runs = [], [], []

    def handler(event, context):
        running.append(1)
        most.append(len(running))
        time.sleep(0.05)
        runs.append(event)
        running.pop()

    schedule = make_schedule(handler, first_fire=0.0, period=timedelta(milliseconds=10))
    schedule.thread.start()
    eventually(lambda: runs)
    schedule.fire(at=at("2026-11-22T10:00:00"))
    schedule._stop.set()
    schedule.thread.join(60)
    assert max(most) == 1


def test_a_failed_run_is_tried_again_before_the_next_tick():
    def handler(event, context):
        raise ValueError(CANARY)

    log = io.StringIO()
    schedule = make_schedule(handler, first_fire=0.0, log=log)
    schedule.thread.start()
    eventually(lambda: schedule.last_at)
    soon = schedule.last_at + timedelta(minutes=1)
    eventually(lambda: soon <= schedule.next_at < soon + timedelta(minutes=1))
    schedule._stop.set()
    schedule.thread.join(60)
    assert CANARY not in log.getvalue()
    assert "ValueError" in log.getvalue()


class ControlledPump:
    def __init__(self, schedule):
        self._schedule = schedule

    def schedule(self, function):
        return self._schedule if function == "run_due" else None

    def health(self):
        return {"status": "degraded"}


def test_the_control_port_fires_at_a_given_time_and_refuses_browsers():
    seen = []
    schedule = make_schedule(lambda event, context: seen.append(event["time"]))
    with serving(control_service(ControlledPump(schedule))) as url, httpx.Client(base_url=url) as client:
        body = {"time": "2026-12-01T03:00:00+03:00"}
        assert client.post("/fire/run_due", json=body).status_code == 200
        assert client.post("/fire/run_due").status_code == 200
        assert client.post("/fire/run_due", json={"time": "noon"}).status_code == 400
        assert client.post("/fire/other").status_code == 404
        assert client.post("/fire/run_due", headers={"Origin": "http://evil"}).status_code == 403
        assert client.get("/health").status_code == 503
    assert seen[0] == "2026-12-01T00:00:00Z"
    assert len(seen) == 2
