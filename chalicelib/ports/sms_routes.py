"""What the core needs to know, everywhere at once, by which provider text messages go (requirement M1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.sms_route import SmsProvider, SmsRoute, Tallies, Tally


class SmsRoutes(Protocol):
    """The route and the counts that all processes share."""

    def sms_route(self, *, at: datetime) -> tuple[SmsRoute, Tallies]:
        """Read the route, and the counts of the window by both providers (1 call)."""
        ...

    def count_sms(self, *, provider: SmsProvider, bad: bool, at: datetime) -> Tally:
        """Count one send; returns what its minute has then (1 call)."""
        ...

    def keep_sms_route(self, *, route: SmsRoute, at: datetime) -> bool:
        """Keep a route unless another process changed it since it was read (1 call); tells whether it is kept."""
        ...
