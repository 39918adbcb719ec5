"""What the core needs to send SMS and e-mail."""

from __future__ import annotations

from typing import Protocol

from chalicelib.ports.errors import Unavailable


class OutcomeUnknown(Unavailable):
    """The provider did not answer in time: it may have accepted the message.

    Sending again may deliver twice. A code that the person can ask for again is better not
    resent; a warning with legal effect is.
    """

    code = "outcome_unknown"


class SmsSender(Protocol):
    """Sends short messages."""

    def send(self, *, to: str, text: str, dedup_id: str) -> None:
        """Send ``text`` to the E.164 number ``to``; ``dedup_id`` marks the message.

        Raises ``Throttled`` (slow down), ``Unavailable`` (try again), ``OutcomeUnknown`` (may have
        been accepted), ``Rejected`` (never will be).
        """
        ...


class EmailSender(Protocol):
    """Sends letters."""

    def send(self, *, to: str, subject: str, text: str, html: str, dedup_id: str, reply_to: str = "") -> None:
        """Send a letter of two parts, answers to which go to ``reply_to``; errors as of ``SmsSender.send``."""
        ...
