"""The second provider of text messages, and the switch between the two, as all processes see it (M1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.adapters.notifications import aggregator
from chalicelib.adapters.notifications.aggregator import AggregatorSmsSender
from chalicelib.adapters.notifications.switching import KNOWN_FOR, SwitchingSmsSender
from chalicelib.domain.sms_route import COOL_DOWN, GOOD_PROBES, LEAST_SENDS, PROBE_EVERY, SmsProvider
from chalicelib.ports.errors import DependencyFailed, Rejected, Throttled, Unavailable
from chalicelib.ports.notifications import OutcomeUnknown, Taken
from infra.local.http_service import Request, Response, serving
from infra.local.text_aggregator import Aggregator
from tests.cloud import in_process_cloud
from tests.fakes.notifications import FakeSmsSender
from tests.world import TestContainer

if TYPE_CHECKING:
    from collections.abc import Iterator

PHONE, TEXT = "+79123456789", "Код 123456"
FIRST, SECOND = SmsProvider.FIRST, SmsProvider.SECOND


def sender(url: str, **options: Any) -> AggregatorSmsSender:
    return AggregatorSmsSender(f"{url}/v1", token=lambda: "token", **options)


class TestAggregator:
    def test_sends_what_is_asked_once_under_its_reference(self) -> None:
        stand_in = Aggregator()
        with serving(stand_in) as url:
            sending = sender(url, sender_id="POLIS")
            taken = [sending.send(to=PHONE, text=TEXT, reference="o-sms-1") for _ in range(2)]
            other = sending.send(to=PHONE, text=TEXT, reference="o-sms-2", urgent=True)
        assert taken[0] == taken[1] != other
        assert taken[0].provider == "aggregator"
        assert [(one["to"], one["text"], one["sender"]) for one in stand_in.messages] == [(PHONE, TEXT, "POLIS")] * 2

    @pytest.mark.parametrize(
        ("status", "headers", "error"),
        [
            (400, {}, Rejected),
            (422, {}, Rejected),
            (401, {}, Unavailable),
            (302, {"Location": "/elsewhere"}, Unavailable),
            (503, {}, Unavailable),
            (500, {}, OutcomeUnknown),
            (502, {}, OutcomeUnknown),
            (429, {"Retry-After": "7"}, Throttled),
            (429, {"Retry-After": "soon"}, Throttled),
        ],
    )
    def test_sorts_what_it_refuses_and_repeats_nothing_of_the_message(
        self, status: int, headers: dict[str, str], error: type[DependencyFailed]
    ) -> None:
        seen: list[Request] = []

        def answer(request: Request) -> Response:
            seen.append(request)
            return Response(status=status, headers=headers, body=PHONE.encode())

        with serving(answer) as url, pytest.raises(error) as failure:
            sender(url).send(to=PHONE, text=TEXT, reference="o-sms-1")
        assert type(failure.value) is error
        assert PHONE not in f"{failure.value!r} {failure.value.__cause__!r}"
        assert len(seen) == 1
        assert seen[0].headers["authorization"] == "Bearer token"
        assert PHONE not in seen[0].path
        if error is Throttled:
            assert failure.value.retry_after == (7 if headers["Retry-After"] == "7" else 30)

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 5}', b'{"id": "a\\nb"}', b"x" * 20_000])
    def test_an_answer_without_an_id_is_known_by_the_reference(self, body: bytes) -> None:
        with serving(lambda _: Response(status=202, body=body)) as url:
            taken = sender(url).send(to=PHONE, text=TEXT, reference="o-sms-1")
        assert taken == Taken(provider="aggregator", provider_id="o-sms-1")

    def test_nobody_there_took_nothing_and_silence_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(aggregator, "ANSWER_SECONDS", 0.05)
        stand_in = Aggregator(seconds=0.5)
        with serving(stand_in) as url, pytest.raises(OutcomeUnknown):
            sender(url).send(to=PHONE, text=TEXT, reference="o-sms-1")
        with pytest.raises(Unavailable) as failure:
            sender(url).send(to=PHONE, text=TEXT, reference="o-sms-1")
        assert not isinstance(failure.value, OutcomeUnknown)


@dataclass(kw_only=True)
class Stand:
    """Two providers, and processes that share the table."""

    tools: TestContainer
    first: FakeSmsSender = field(default_factory=FakeSmsSender)
    second: FakeSmsSender = field(default_factory=FakeSmsSender)
    at: datetime = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)

    def process(self) -> SwitchingSmsSender:
        senders = {FIRST: self.first, SECOND: self.second}
        return SwitchingSmsSender(senders=senders, routes=self.tools.store, now=lambda: self.at)

    def fail(self, process: SwitchingSmsSender, times: int = LEAST_SENDS) -> None:
        for _ in range(times):
            self.first.failures.append(Unavailable(""))
            with pytest.raises(Unavailable):
                process.send(to=PHONE, text=TEXT, reference="r")


@pytest.fixture
def stand() -> Iterator[Stand]:
    with in_process_cloud() as patch:
        for name in ("OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_JWKS_URL"):
            patch.setenv(name, "https://id.test")
        yield Stand(tools=TestContainer())


class TestSwitching:
    def test_all_processes_leave_a_provider_that_fails(self, stand: Stand) -> None:
        one, other = stand.process(), stand.process()
        other.send(to=PHONE, text=TEXT, reference="r")
        stand.fail(one, LEAST_SENDS - 1)
        one.send(to=PHONE, text=TEXT, reference="r")
        assert len(stand.second.sent) == 1
        stand.at += KNOWN_FOR
        other.send(to=PHONE, text=TEXT, reference="r")
        assert (len(stand.first.sent), len(stand.second.sent)) == (1, 2)

    def test_failures_of_several_processes_count_together(self, stand: Stand) -> None:
        for _ in range(LEAST_SENDS):
            stand.fail(stand.process(), 1)
        stand.process().send(to=PHONE, text=TEXT, reference="r")
        assert len(stand.second.sent) == 1

    def test_a_slow_one_is_left_too_and_a_refused_message_is_no_fault_of_a_provider(self, stand: Stand) -> None:
        process = stand.process()
        for _ in range(LEAST_SENDS):
            stand.first.failures.append(Rejected(""))
            with pytest.raises(Rejected):
                process.send(to=PHONE, text=TEXT, reference="r")
        slow = _Slow(stand)
        senders = {FIRST: slow, SECOND: stand.second}
        process = SwitchingSmsSender(senders=senders, routes=stand.tools.store, now=lambda: stand.at)
        for _ in range(LEAST_SENDS):
            process.send(to=PHONE, text=TEXT, reference="r")
        process.send(to=PHONE, text=TEXT, reference="r")
        assert (slow.sent, len(stand.second.sent)) == (LEAST_SENDS, 1)

    def test_probes_lead_back_and_codes_never_probe(self, stand: Stand) -> None:
        process = stand.process()
        stand.fail(process)
        stand.at += COOL_DOWN
        process.send(to=PHONE, text=TEXT, reference="code", urgent=True)
        assert stand.first.sent == []
        stand.fail(process, 1)
        stand.at += 2 * COOL_DOWN
        for number in range(GOOD_PROBES):
            process.send(to=PHONE, text=TEXT, reference=f"probe-{number}")
            process.send(to=PHONE, text=TEXT, reference="between")
            stand.at += PROBE_EVERY
        process.send(to=PHONE, text=TEXT, reference="back", urgent=True)
        sent = [one.reference for one in stand.first.sent]
        assert sent == [*(f"probe-{number}" for number in range(GOOD_PROBES)), "between", "back"]

    def test_of_two_processes_one_probes(self, stand: Stand) -> None:
        one, other = stand.process(), stand.process()
        stand.fail(one)
        for process in (one, other):
            process.send(to=PHONE, text=TEXT, reference="r")
        stand.at += COOL_DOWN
        before = len(stand.second.sent)
        for process in (one, other):
            process._refreshed(stand.at)
        for process in (one, other):
            process.send(to=PHONE, text=TEXT, reference="r")
        assert (len(stand.first.sent), len(stand.second.sent) - before) == (1, 1)

    def test_messages_leave_though_the_table_does_not_answer(
        self, stand: Stand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(**_: Any) -> Any:
            raise Unavailable("")

        process, fresh = stand.process(), stand.process()
        stand.fail(process)
        process.send(to=PHONE, text=TEXT, reference="r")
        for name in ("sms_route", "count_sms", "keep_sms_route"):
            monkeypatch.setattr(stand.tools.store, name, down)
        stand.at += COOL_DOWN
        process.send(to=PHONE, text=TEXT, reference="r")
        fresh.send(to=PHONE, text=TEXT, reference="r")
        assert (len(stand.first.sent), len(stand.second.sent)) == (1, 2)


class _Slow:
    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self.sent = 0

    def send(self, **_: Any) -> Taken:
        self.sent += 1
        self._stand.at += timedelta(seconds=3)
        return Taken(provider="slow", provider_id=str(self.sent))
