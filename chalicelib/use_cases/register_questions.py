"""Asking one register one question: under the same id however often, and what is kept of its answer (D1-D3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.application import CheckRecord
from chalicelib.domain.checks import CheckAnswer, CheckKind, CheckRequest, CheckStatus
from chalicelib.domain.decision import QUESTION_REFUSED
from chalicelib.domain.matrix import RULES_VERSION
from chalicelib.ports.errors import DependencyFailed, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

FIRST_DELAY_SECONDS = 5
LONGEST_DELAY_SECONDS = 900
"""SQS delays a message by at most 15 minutes; a longer outage is asked about again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a register is asked, for which entity, and what it said before.

    ``check_round`` counts how often the same is asked anew, on purpose: the register may have been mended.
    """

    entity_id: str
    kind: CheckKind
    subject: Mapping[str, str]
    known: CheckRecord | None = None
    check_round: int = 0

    @property
    def request_id(self) -> str:
        """The same question has the same id, however often it is sent; a mended form is another question."""
        if self.known is not None:
            return self.known.request_id
        fields = sorted(f"{name}={value}" for name, value in self.subject.items())
        again = [str(self.check_round)] if self.check_round else []
        text = "\x1f".join([self.entity_id, self.kind.value, *fields, *again])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def ask_register(*, tools: Toolbox, question: Question, at: datetime) -> CheckRecord:
    """Ask unless the register has said its final word; one that is down leaves the question open."""
    known = question.known
    if known is not None and known.status.is_final:
        return known
    answer = _answer(tools, question)
    return CheckRecord(
        kind=question.kind,
        request_id=question.request_id,
        status=answer.status,
        asked_at=known.asked_at if known else at,
        answered_at=at if answer.status.is_final else None,
        attempts=known.attempts + 1 if known else 1,
        ticket=answer.ticket,
        reasons=answer.reasons,
        data=dict(answer.data),
        register_version=answer.register_version,
        rules_version=RULES_VERSION,
        retry_after=answer.retry_after,
    )


def delay_seconds(checks: Iterable[CheckRecord]) -> int:
    """When to ask again what is not answered: as promised by a ticket, else ever later."""
    waiting = [record for record in checks if not record.status.is_final]
    promised = [record.retry_after for record in waiting if record.ticket and record.retry_after]
    if promised:
        return max(1, min(LONGEST_DELAY_SECONDS, *promised))
    attempts = max(record.attempts for record in waiting)
    return int(min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(attempts - 1, 8)))


def _answer(tools: Toolbox, question: Question) -> CheckAnswer:
    request = CheckRequest(request_id=question.request_id, kind=question.kind, subject=question.subject)
    try:
        if question.known is not None and question.known.ticket is not None:
            return _collected(tools, request, question.known.ticket)
        return tools.registers.ask(request=request)
    except Rejected:
        # The register refuses the question itself: asking again would not help, a person decides.
        return CheckAnswer(status=CheckStatus.MISMATCH, reasons=(QUESTION_REFUSED,))
    except DependencyFailed as failure:
        return CheckAnswer(status=CheckStatus.UNAVAILABLE, retry_after=failure.retry_after)


def _collected(tools: Toolbox, request: CheckRequest, ticket: str) -> CheckAnswer:
    try:
        return tools.registers.collect(ticket=ticket)
    except Rejected:
        # The register has forgotten the ticket: the question is asked anew.
        return tools.registers.ask(request=request)
