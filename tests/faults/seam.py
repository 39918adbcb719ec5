"""Breaks one call of many: an AWS call by boto3, or a question to a register, counted in one sequence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.adapters.notifications.failures import sorted_failures
from chalicelib.ports.errors import Throttled, Unavailable
from chalicelib.ports.notifications import Taken
from chalicelib.ports.registers import Registers
from tests.fakes.notifications import SentSms

if TYPE_CHECKING:
    from chalicelib.domain.checks import CheckAnswer, CheckRequest


class Killed(BaseException):
    """The process ends here: nothing in the code may catch it."""


class Fault(StrEnum):
    """What happens to the call."""

    FAILS = "fails"
    ANSWER_LOST = "answer_lost"
    THROTTLED = "throttled"
    KILLED = "killed"


_AFTER = frozenset({Fault.ANSWER_LOST, Fault.KILLED})
"""These let the call act first. Dying before a call is the same as dying after the one before it."""


@dataclass(kw_only=True)
class FaultSeam:
    """Counts the calls; at number ``index`` it lets ``fault`` happen, once."""

    index: int | None = None
    fault: Fault = Fault.FAILS
    calls: list[str] = field(default_factory=list)
    fired: bool = False

    def __call__(self, name: str, phase: str) -> None:
        if phase == "before":
            self.calls.append(name)
        is_its_phase = (phase == "after") is (self.fault in _AFTER)
        if self.fired or self.index != len(self.calls) - 1 or not is_its_phase:
            return
        self.fired = True
        raise _error(self.fault, name)


def _error(fault: Fault, name: str) -> BaseException:
    if fault is Fault.KILLED:
        return Killed(name)
    if name.startswith("registers."):
        return Throttled("", retry_after=1) if fault is Fault.THROTTLED else Unavailable("")
    if fault is Fault.FAILS:
        return EndpointConnectionError(endpoint_url="https://aws.test")
    if fault is Fault.ANSWER_LOST:
        return ReadTimeoutError(endpoint_url="https://aws.test")
    answer: Any = {
        "Error": {"Code": "ThrottlingException", "Message": "slow down"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(answer, name.split(".")[1])


@dataclass(kw_only=True)
class BreakableRegisters:
    """The registers behind the same seam."""

    inner: Registers
    seam: FaultSeam

    def ask(self, *, request: CheckRequest) -> CheckAnswer:
        self.seam("registers.ask", "before")
        answer = self.inner.ask(request=request)
        self.seam("registers.ask", "after")
        return answer

    def collect(self, *, ticket: str) -> CheckAnswer:
        self.seam("registers.collect", "before")
        answer = self.inner.collect(ticket=ticket)
        self.seam("registers.collect", "after")
        return answer


@dataclass(kw_only=True)
class SecondProvider:
    """A provider of text messages that takes each reference once, as the real one promises."""

    taken: dict[str, SentSms] = field(default_factory=dict)


@dataclass(kw_only=True)
class BreakableProvider:
    """The second provider behind the same seam."""

    inner: SecondProvider
    seam: FaultSeam

    def send(self, *, to: str, text: str, reference: str, urgent: bool = False) -> Taken:
        with sorted_failures():
            self.seam("texts.send", "before")
            self.inner.taken.setdefault(reference, SentSms(to=to, text=text, reference=reference))
            self.seam("texts.send", "after")
        return Taken(provider="aggregator", provider_id=f"agg-{reference}")
