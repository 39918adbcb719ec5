"""The registers' client under faults: injected at its transport."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.registers import (
    HTTPRegisters,
    RetryPolicy,
    Timing,
    WireFailed,
    WireResponse,
)
from chalicelib.domain.checks import CheckKind, CheckRequest, CheckStatus
from chalicelib.ports.errors import DependencyFailed, Rejected, Throttled, Unavailable

REQUEST = CheckRequest(request_id="01-first", kind=CheckKind.SNILS, subject={"snils": "900-000-001 82"})
OTHER = CheckRequest(request_id="02-other", kind=CheckKind.INN, subject={"inn": "770000000156"})
CONFIRMED = WireResponse(
    status=200,
    body=b'{"status": "confirmed", "answered_at": "2026-01-12T12:00:00+03:00", "new": [1]}',
)
DOWN = WireResponse(status=503)


class World:
    """Scripted transport with a clock that only sleep moves; every pause is the longest possible."""

    def __init__(self, *script, policy=None) -> None:
        self.script = list(script)
        self.now = 100.0
        self.pauses: list[float] = []
        self.sent = []
        self.registers = HTTPRegisters(
            base_url="http://registers.invalid/",
            policy=policy or RetryPolicy(attempts=3, base_seconds=1, cap_seconds=1.5),
            http=self.exchange,
            timing=Timing(clock=lambda: self.now, sleep=self.sleep, uniform=lambda _, high: high),
        )

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def exchange(self, request):
        self.sent.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step

    def ask(self, request=REQUEST):
        return self.registers.ask(request=request)


def said(**fields):
    return WireResponse(status=200, body=json.dumps(fields).encode())


def test_retries_with_growing_bounded_pauses_and_one_request_id():
    world = World(WireFailed("ReadTimeoutError"), DOWN, CONFIRMED)
    assert world.ask().status is CheckStatus.CONFIRMED
    assert world.pauses == [1, 1.5]
    assert {sent.headers["X-Request-Id"] for sent in world.sent} == {"01-first"}
    assert len({sent.body for sent in world.sent}) == 1


def test_gives_up_after_the_count_of_attempts():
    world = World(DOWN)
    with pytest.raises(Unavailable):
        world.ask()
    assert len(world.sent) == 3


def test_gives_up_when_the_next_pause_would_pass_the_total_time():
    policy = RetryPolicy(attempts=9, base_seconds=4, cap_seconds=4, total_seconds=10)
    world = World(DOWN, policy=policy)
    with pytest.raises(Unavailable):
        world.ask()
    assert world.pauses == [4, 4]
    assert world.sent[-1].seconds == 2


def test_waits_as_long_as_the_gateway_asks():
    world = World(WireResponse(status=429, headers={"retry-after": "3"}), CONFIRMED)
    assert world.ask().status is CheckStatus.CONFIRMED
    assert world.pauses == [4]


def test_does_not_wait_longer_than_the_call_may_last():
    world = World(WireResponse(status=429, headers={"retry-after": "600"}))
    with pytest.raises(Throttled) as caught:
        world.ask()
    assert (caught.value.retry_after, world.pauses, len(world.sent)) == (600, [], 1)


def test_reads_a_date_in_retry_after_against_the_date_of_the_answer():
    headers = {
        "date": "Mon, 12 Jan 2026 09:00:00 GMT",
        "retry-after": "Mon, 12 Jan 2026 09:02:00 GMT",
    }
    with pytest.raises(Unavailable) as caught:
        World(WireResponse(status=503, headers=headers)).ask()
    assert caught.value.retry_after == 120


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
def test_does_not_retry_what_is_refused_for_good(status):
    world = World(WireResponse(status=status))
    with pytest.raises(Rejected):
        world.ask()
    assert len(world.sent) == 1


@pytest.mark.parametrize("status", [204, 301, 302, 408, 425, 500, 502, 504])
def test_takes_other_statuses_for_a_passing_trouble(status):
    with pytest.raises(Unavailable):
        World(WireResponse(status=status, body=b"<html>")).ask()


def test_opens_the_circuit_of_one_kind_and_leaves_the_others():
    policy = RetryPolicy(attempts=1, breaker_failures=3, breaker_open_seconds=30)
    world = World(DOWN, policy=policy)
    for _ in range(3):
        with pytest.raises(Unavailable):
            world.ask()
    world.now += 10
    with pytest.raises(Unavailable) as caught:
        world.ask()
    assert (len(world.sent), caught.value.retry_after) == (3, 20)
    world.script = [CONFIRMED]
    assert world.ask(OTHER).status is CheckStatus.CONFIRMED


def test_probes_once_when_the_pause_is_over_and_closes_on_success():
    policy = RetryPolicy(attempts=1, breaker_failures=2, breaker_open_seconds=30)
    world = World(DOWN, policy=policy)
    for _ in range(2):
        with pytest.raises(Unavailable):
            world.ask()
    world.now += 30
    with pytest.raises(Unavailable):
        world.ask()
    with pytest.raises(Unavailable):
        world.ask()
    assert len(world.sent) == 3
    world.now += 30
    world.script = [CONFIRMED]
    assert world.ask().status is CheckStatus.CONFIRMED
    assert world.ask().status is CheckStatus.CONFIRMED


def test_admits_a_single_probe_while_others_wait():
    policy = RetryPolicy(attempts=1, breaker_failures=1, breaker_open_seconds=30)
    world = World(DOWN, policy=policy)
    with pytest.raises(Unavailable):
        world.ask()
    world.now += 30

    def answer_while_another_asks(request):
        world.sent.append(request)
        if len(world.sent) == 2:
            with pytest.raises(Unavailable):
                world.ask()
        return CONFIRMED

    world.registers._http = answer_while_another_asks
    assert world.ask().status is CheckStatus.CONFIRMED
    assert len(world.sent) == 2


def test_counts_a_refusal_as_a_sign_of_life():
    policy = RetryPolicy(attempts=1, breaker_failures=2)
    world = World(DOWN, WireResponse(status=422), DOWN, CONFIRMED, policy=policy)
    outcomes = []
    for _ in range(4):
        try:
            outcomes.append(world.ask().status)
        except DependencyFailed as failed:
            outcomes.append(failed.code)
    assert outcomes == ["unavailable", "rejected", "unavailable", "confirmed"]


@pytest.mark.parametrize(
    "response",
    [
        WireResponse(status=200, body=b""),
        WireResponse(status=200, body=b"\xff\xfe"),
        WireResponse(status=200, body=b"[" * 50_000),
        WireResponse(status=200, body=b"1" * 9_000),
        WireResponse(status=200, body=b"[]"),
        said(),
        said(status=["confirmed"]),
        said(status="pending", ticket="t"),
        said(status="unavailable"),
        said(status="mismatch"),
        said(status="mismatch", reasons=["Bad Code"]),
        said(status="mismatch", reasons="surname_differs"),
        said(status="mismatch", reasons=[7]),
        said(status="confirmed", data={"enp": 7}),
        said(status="confirmed", data=["enp"]),
        said(status="confirmed", data={"enp": "7" * 501}),
        said(status="confirmed", register_version=1),
        said(status="confirmed", answered_at="yesterday"),
        said(status="confirmed", answered_at="2026-01-12T09:00:00"),
    ],
)
def test_takes_a_malformed_answer_for_none(response):
    with pytest.raises(Unavailable):
        World(response, policy=RetryPolicy(attempts=1)).ask()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "pending"},
        {"status": "pending", "ticket": "../control"},
        {"status": "pending", "ticket": "t", "retry_after": True},
        {"status": "pending", "ticket": "t", "retry_after": -1},
        {"status": "confirmed", "ticket": "t"},
    ],
)
def test_takes_a_malformed_promise_for_none(fields):
    answer = WireResponse(status=202, body=json.dumps(fields).encode())
    with pytest.raises(Unavailable):
        World(answer, policy=RetryPolicy(attempts=1)).ask()


@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "reasons", "data", "ticket", "retry_after", "answered_at"]),
                inner | st.sampled_from(["pending", "confirmed", "mismatch"]),
                max_size=5,
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    status=st.sampled_from([200, 202]),
)
def test_never_crashes_on_any_answer(body, status):
    world = World(WireResponse(status=status, body=body), policy=RetryPolicy(attempts=1))
    try:
        answer = world.ask()
    except Unavailable:
        return
    assert answer.status is not CheckStatus.UNAVAILABLE
    assert (answer.status is CheckStatus.PENDING) == (answer.ticket is not None)


@pytest.mark.parametrize("ticket", ["", "..", "a/b", "a?b", "a b", "я", "t" * 129])
def test_sends_no_ticket_that_is_none(ticket):
    world = World(CONFIRMED)
    with pytest.raises(Rejected):
        world.registers.collect(ticket=ticket)
    assert world.sent == []


@pytest.mark.parametrize("request_id", ["", "a\r\nX-Evil: 1", "я", "a b"])
def test_sends_no_request_id_that_breaks_headers(request_id):
    world = World(CONFIRMED)
    with pytest.raises(Rejected):
        world.ask(CheckRequest(request_id=request_id, kind=CheckKind.INN, subject={}))
    assert world.sent == []


def test_refuses_an_address_that_is_not_http():
    with pytest.raises(ValueError, match="http"):
        HTTPRegisters(base_url="ftp://registers.invalid")
