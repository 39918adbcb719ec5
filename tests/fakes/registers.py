"""An in-memory implementation of the port `Registers`, programmed per kind of check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckAnswer, CheckKind, CheckStatus
from chalicelib.ports.errors import DependencyFailed, Rejected, Unavailable

if TYPE_CHECKING:
    from chalicelib.domain.checks import CheckRequest

ANSWERED_AT = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class _Programme:
    """What one kind is told to do; ``promised`` is the answer behind a ticket."""

    answer: CheckAnswer
    promised: CheckAnswer | None = None
    failures: list[DependencyFailed] = field(default_factory=list)
    broken: DependencyFailed | None = None


class FakeRegisters:
    """Confirms everything (and knows nobody insured) until told otherwise; records what is asked."""

    def __init__(self) -> None:
        self.requests: list[CheckRequest] = []
        self.collected: list[str] = []
        self._programmes = {kind: _Programme(answer=_confirmed()) for kind in CheckKind}
        self.not_found(CheckKind.INSURED_PERSON)
        self._answers: dict[str, tuple[CheckRequest, CheckAnswer]] = {}
        self._tickets: dict[str, tuple[CheckKind, CheckAnswer]] = {}
        self._released: set[str] = set()

    def confirmed(self, kind: CheckKind, **data: str) -> None:
        self._programmes[kind] = _Programme(answer=_confirmed(**data))

    def mismatch(self, kind: CheckKind, *reasons: str) -> None:
        answer = replace(_confirmed(), status=CheckStatus.MISMATCH, reasons=reasons)
        self._programmes[kind] = _Programme(answer=answer)

    def not_found(self, kind: CheckKind, *reasons: str) -> None:
        answer = replace(_confirmed(), status=CheckStatus.NOT_FOUND, reasons=reasons)
        self._programmes[kind] = _Programme(answer=answer)

    def pending(self, kind: CheckKind, *, then: CheckAnswer | None = None) -> None:
        """Promise the current answer, or ``then``, by a ticket that `release` makes ready."""
        programme = self._programmes[kind]
        programme.promised = then or programme.answer

    def unavailable(self, kind: CheckKind, *, times: int | None = None) -> None:
        self.failing(kind, Unavailable("Реестр не ответил вовремя."), times=times)

    def failing(self, kind: CheckKind, error: DependencyFailed, *, times: int | None = None) -> None:
        """Raise an error for a number of times, or until `working`."""
        programme = self._programmes[kind]
        programme.broken = error if times is None else None
        programme.failures = [error] * (times or 0)

    def working(self, kind: CheckKind) -> None:
        self._programmes[kind].broken = None
        self._programmes[kind].failures = []

    def release(self) -> None:
        """Make all promised answers ready."""
        self._released.update(self._tickets)

    def forget_tickets(self) -> None:
        """Lose every promise and what was asked for it, as after a loss of the gateway's state."""
        self._tickets.clear()
        self._answers.clear()

    def ask(self, *, request: CheckRequest) -> CheckAnswer:
        self.requests.append(request)
        self._fail(request.kind)
        if request.request_id not in self._answers:
            self._answers[request.request_id] = (request, self._decide(request))
        first, answer = self._answers[request.request_id]
        if (first.kind, dict(first.subject)) != (request.kind, dict(request.subject)):
            raise Rejected("Номер запроса уже занят другим вопросом.")
        return self._promised(answer.ticket) if answer.ticket else answer

    def collect(self, *, ticket: str) -> CheckAnswer:
        self.collected.append(ticket)
        if ticket not in self._tickets:
            raise Rejected("Такого обещания нет.")
        self._fail(self._tickets[ticket][0])
        return self._promised(ticket)

    def _decide(self, request: CheckRequest) -> CheckAnswer:
        programme = self._programmes[request.kind]
        if programme.promised is None:
            return programme.answer
        ticket = f"ticket-{len(self._tickets) + 1}"
        self._tickets[ticket] = (request.kind, programme.promised)
        return CheckAnswer(status=CheckStatus.PENDING, ticket=ticket, retry_after=1)

    def _promised(self, ticket: str) -> CheckAnswer:
        if ticket in self._released:
            return self._tickets[ticket][1]
        return CheckAnswer(status=CheckStatus.PENDING, ticket=ticket, retry_after=1)

    def _fail(self, kind: CheckKind) -> None:
        programme = self._programmes[kind]
        if programme.broken is not None:
            raise programme.broken
        if programme.failures:
            raise programme.failures.pop(0)


def _confirmed(**data: str) -> CheckAnswer:
    return CheckAnswer(
        status=CheckStatus.CONFIRMED,
        data=data,
        register_version="fake-1",
        answered_at=ANSWERED_AT,
    )
