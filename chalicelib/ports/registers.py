"""The gateway of the state registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.checks import CheckAnswer, CheckRequest


class Registers(Protocol):
    """Asks registers; both calls may be repeated with the same argument without harm."""

    def ask(self, *, request: CheckRequest) -> CheckAnswer:
        """Ask one register.

        Raises:
            Unavailable: the register did not answer in time, or its circuit is open.
            Throttled: the register asks to slow down.
            Rejected: the register refused the request itself.
        """
        ...

    def collect(self, *, ticket: str) -> CheckAnswer:
        """Fetch the answer that was promised by a ticket; raises as `ask` does."""
        ...
