"""The client of the load run keeps the manners that its figures depend on."""

from __future__ import annotations

import httpx
import pytest

from bench.soak import visitor as module
from bench.soak.visitor import Record, Visitor
from infra.local.journey import Endpoints, JourneyFailed

AT = Endpoints(api="http://api", identity="http://identity", registers="http://registers", cloud="http://cloud")


@pytest.fixture
def slept(monkeypatch):
    naps = []
    monkeypatch.setattr(module.time, "sleep", naps.append)
    return naps


@pytest.fixture
def seen():
    return []


@pytest.fixture
def visitor(slept, seen):
    def made(*answers, forgiving=False):
        left = iter(answers)

        def answer(request):
            seen.append(request)
            found = next(left)
            if isinstance(found, Exception):
                raise found
            return found

        http = httpx.Client(transport=httpx.MockTransport(answer))
        return Visitor(at=AT, report=lambda *_: None, _http=http, record=Record(), forgiving=forgiving)

    return made


def test_comes_again_when_it_was_told_to_with_the_same_key(visitor, slept, seen):
    client = visitor(httpx.Response(503, headers={"Retry-After": "7"}), httpx.Response(201, json={}))
    client.call("POST", "/v1/applications/01J0000000000000000000000A/scans")

    assert slept == [7.0]
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1
    assert client.record.told_to_wait == 1
    assert client.record.failures == {}
    assert [*client.record.seconds] == ["POST /v1/applications/…/scans"]


def test_a_refusal_without_a_time_to_come_again_is_a_failure(visitor):
    client = visitor(httpx.Response(429), httpx.Response(200))
    client.call("GET", "/v1/me")

    assert client.record.failures == {"GET /v1/me: 429 without Retry-After": 1}


@pytest.mark.parametrize("lost", [httpx.ConnectError("gone"), httpx.ReadTimeout("late")])
def test_what_got_no_answer_is_a_failure_and_repeated_only_by_the_forgiving(visitor, lost):
    strict = visitor(lost)
    with pytest.raises(JourneyFailed):
        strict.call("GET", "/v1/me")
    assert sum(strict.record.failures.values()) == 1

    forgiving = visitor(lost, httpx.Response(504), httpx.Response(200), forgiving=True)
    assert forgiving.call("GET", "/v1/me").status_code == 200
    assert (forgiving.record.repeated, forgiving.record.failures) == (2, {})


def test_a_failure_of_the_service_is_not_repeated_away(visitor):
    client = visitor(httpx.Response(500, text="broken"))
    with pytest.raises(JourneyFailed, match="500"):
        client.ok("GET", "/v1/me")
