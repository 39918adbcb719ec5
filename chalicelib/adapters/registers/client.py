"""The client of the registers' gateway: time-outs, retries, circuit breakers (requirement D1)."""

from __future__ import annotations

import json
import math
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.adapters.registers.answers import (
    UnexpectedAnswer,
    is_ticket,
    read_answer,
    read_retry_after,
)
from chalicelib.adapters.registers.breaker import CircuitBreaker
from chalicelib.adapters.registers.transport import (
    Transport,
    URLLib3Transport,
    WireFailed,
    WireRequest,
    WireResponse,
)
from chalicelib.domain.checks import CheckKind
from chalicelib.ports.errors import DependencyFailed, Rejected, Throttled, Unavailable

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from chalicelib.domain.checks import CheckAnswer, CheckRequest

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_TICKETS = "tickets"
_SILENT = "Реестр не ответил вовремя. Проверка повторится сама, ничего делать не нужно."
_BUSY = "Реестр просит подождать. Проверка повторится сама, ничего делать не нужно."
_REFUSED = "Реестр не принял запрос. Проверку проведёт оператор."
_DEFAULT_WAIT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How long and how often to try; all in seconds but the counts.

    ``total_seconds`` bounds one call of the port with all its attempts and pauses. The Lambda that asks
    asks every register in turn: if all of them hang, the sum must still fit into its time-out.
    """

    attempts: int = 3
    base_seconds: float = 0.2
    cap_seconds: float = 2.0
    total_seconds: float = 7.0
    connect_seconds: float = 2.0
    read_seconds: float = 5.0
    breaker_failures: int = 6
    breaker_open_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Time and chance: monotonic seconds, sleep, and a uniform number between two bounds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform


class _AttemptFailed(Exception):
    """One attempt did not bring an answer; ``told`` is the pause that the gateway asked for."""

    def __init__(self, error: DependencyFailed, *, told: int | None = None, transient: bool = True) -> None:
        super().__init__(error.code)
        self.error = error
        self.told = told
        self.transient = transient


class HTTPRegisters:
    """Implements the port `Registers` over the gateway's HTTP.

    Every attempt of one call carries the same ``X-Request-Id``, so that a lost answer is repeated
    by the gateway and the register is not asked twice. Each kind of check has its own circuit: one
    register that is down does not hide the others.
    """

    def __init__(
        self,
        *,
        base_url: str,
        policy: RetryPolicy | None = None,
        http: Transport | None = None,
        timing: Timing | None = None,
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ValueError("the gateway of the registers needs an http or https address")
        self._base_url = base_url.rstrip("/")
        self._policy = policy or RetryPolicy()
        self._timing = timing or Timing()
        self._http = http or URLLib3Transport(
            connect_seconds=self._policy.connect_seconds, read_seconds=self._policy.read_seconds
        )
        self._breakers = {
            name: CircuitBreaker(
                failures=self._policy.breaker_failures,
                open_seconds=self._policy.breaker_open_seconds,
            )
            for name in (*CheckKind, _TICKETS)
        }

    def ask(self, *, request: CheckRequest) -> CheckAnswer:
        """Ask one register.

        Raises:
            Unavailable: no proper answer in time, or the circuit is open.
            Throttled: the gateway asks to slow down for longer than this call may wait.
            Rejected: the gateway refused the request for good.
        """
        if not _REQUEST_ID.fullmatch(request.request_id):
            raise Rejected(_REFUSED)
        body = {"kind": request.kind.value, "subject": dict(request.subject)}
        exchange = _Exchange(
            method="POST",
            url=f"{self._base_url}/v1/checks",
            headers={"Content-Type": "application/json", "X-Request-Id": request.request_id},
            body=json.dumps(body, ensure_ascii=False).encode(),
            circuit=request.kind,
        )
        return self._persist(exchange)

    def collect(self, *, ticket: str) -> CheckAnswer:
        """Fetch what a ticket promises; PENDING while it is not ready; raises as `ask` does."""
        if not is_ticket(ticket):
            raise Rejected(_REFUSED)
        url = f"{self._base_url}/v1/tickets/{ticket}"
        return self._persist(_Exchange(method="GET", url=url, headers={}, circuit=_TICKETS, ticket=ticket))

    def _persist(self, exchange: _Exchange) -> CheckAnswer:
        """Repeat the attempt with full jitter, within the policy's count and total time."""
        from tenacity import Retrying, retry_if_exception  # noqa: PLC0415 - only the worker asks registers

        deadline = self._timing.clock() + self._policy.total_seconds
        retrying = Retrying(
            retry=retry_if_exception(_is_transient),
            wait=self._pause,
            stop=lambda state: self._is_spent(state, deadline),
            sleep=self._timing.sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, exchange, deadline)
        except _AttemptFailed as failed:
            raise failed.error from None

    def _pause(self, state: RetryCallState) -> float:
        ceiling = min(self._policy.cap_seconds, self._policy.base_seconds * 2.0 ** (state.attempt_number - 1))
        error = state.outcome.exception() if state.outcome else None
        told = error.told if isinstance(error, _AttemptFailed) else None
        return (told or 0) + self._timing.uniform(0.0, ceiling)

    def _is_spent(self, state: RetryCallState, deadline: float) -> bool:
        return state.attempt_number >= self._policy.attempts or self._timing.clock() + state.upcoming_sleep >= deadline

    def _attempt(self, exchange: _Exchange, deadline: float) -> CheckAnswer:
        breaker = self._breakers[exchange.circuit]
        now = self._timing.clock()
        closed_off = breaker.seconds_closed_off(now=now)
        if closed_off > 0:
            error = Unavailable(_SILENT, retry_after=math.ceil(closed_off))
            raise _AttemptFailed(error, transient=False)
        try:
            response = self._http(exchange.wire(seconds=max(deadline - now, 0.05)))
            answer = _understand(response, ticket=exchange.ticket)
        except (WireFailed, UnexpectedAnswer):
            breaker.failed(now=self._timing.clock())
            raise _AttemptFailed(Unavailable(_SILENT)) from None
        except _AttemptFailed as failed:
            if isinstance(failed.error, Unavailable):
                breaker.failed(now=self._timing.clock())
            else:
                breaker.succeeded()
            raise
        breaker.succeeded()
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """One question in the gateway's terms, the same for every attempt."""

    method: str
    url: str
    headers: dict[str, str]
    circuit: str
    body: bytes | None = None
    ticket: str | None = None

    def wire(self, *, seconds: float) -> WireRequest:
        return WireRequest(
            method=self.method,
            url=self.url,
            headers={"Accept": "application/json", **self.headers},
            body=self.body,
            seconds=seconds,
        )


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, _AttemptFailed) and error.transient


def _understand(response: WireResponse, *, ticket: str | None) -> CheckAnswer:
    """Sort the gateway's status: a word, a refusal for good, or something that may pass."""
    told = read_retry_after(response.headers)
    wait = _DEFAULT_WAIT if told is None else told
    match response.status:
        case HTTPStatus.OK | HTTPStatus.ACCEPTED:
            return read_answer(response, ticket=ticket)
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise _AttemptFailed(Throttled(_BUSY, retry_after=wait), told=told)
        case HTTPStatus.REQUEST_TIMEOUT | HTTPStatus.TOO_EARLY:
            raise _AttemptFailed(Unavailable(_SILENT, retry_after=wait), told=told)
        case status if 400 <= status < 500:  # noqa: PLR2004 - the class of client errors
            raise _AttemptFailed(Rejected(_REFUSED), transient=False)
        case _:
            raise _AttemptFailed(Unavailable(_SILENT, retry_after=wait), told=told)
