"""What the core needs to send SMS and e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.ports.errors import Unavailable


class OutcomeUnknown(Unavailable):
    """The provider did not answer in time: it may have accepted the message.

    Sending again may deliver twice. A code that the person can ask for again is better not
    resent; a warning with legal effect is.
    """

    code = "outcome_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Who accepted a message, and the id that the provider gave it: some receipts name nothing else."""

    provider: str
    provider_id: str


class SmsSender(Protocol):
    """Sends short messages."""

    def send(self, *, to: str, text: str, reference: str, urgent: bool = False) -> Taken:
        """Send ``text`` to the E.164 number ``to``; ``reference`` names the message, also when it is sent again.

        What is ``urgent`` (a code) goes by a provider that is known to work.

        Raises ``Throttled`` (slow down), ``Unavailable`` (try again), ``OutcomeUnknown`` (may have
        been accepted), ``Rejected`` (never will be).
        """
        ...


class EmailSender(Protocol):
    """Sends letters."""

    def send(self, *, to: str, subject: str, text: str, html: str, reference: str, reply_to: str = "") -> Taken:
        """Send a letter of two parts, answers to which go to ``reply_to``; errors as of ``SmsSender.send``."""
        ...
