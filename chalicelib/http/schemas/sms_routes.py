"""The route of text messages as JSON (M1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.sms_route import REASON_TITLES, WINDOW_MINUTES, SmsProvider, SwitchReason
from chalicelib.http.models import Out

if TYPE_CHECKING:
    from chalicelib.domain.sms_route import SmsRoute, Tallies


class ProviderOut(Out):
    """What became of the sends of the last minutes; ``bad`` failed or were slow."""

    provider: SmsProvider
    sent: int
    bad: int


class SmsRouteOut(Out):
    """Which provider is in use; ``has_second`` tells whether there is another one to switch to."""

    in_use: SmsProvider
    has_second: bool
    since: datetime | None
    reason: SwitchReason
    reason_title: str
    probe_from: datetime | None
    good_probes: int
    window_minutes: int
    providers: list[ProviderOut]


def sms_route_out(route: SmsRoute, tallies: Tallies, *, has_second: bool) -> SmsRouteOut:
    """Present the route."""
    return SmsRouteOut(
        in_use=route.in_use,
        has_second=has_second,
        since=route.since,
        reason=route.reason,
        reason_title=REASON_TITLES[route.reason],
        probe_from=route.probe_from,
        good_probes=route.good_probes,
        window_minutes=WINDOW_MINUTES,
        providers=[
            ProviderOut(
                provider=by,
                sent=sum(one.sent for one in tallies.get(by, ())),
                bad=sum(one.bad for one in tallies.get(by, ())),
            )
            for by in SmsProvider
        ],
    )
