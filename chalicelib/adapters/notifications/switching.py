"""Sends text messages by one of two providers, as the rule of the route says; all processes share what they learn.

What one process knows of the route is at most 15 seconds old. A message goes by one provider only: one that failed is
tried again by the plan of messages, never by the other provider in the same breath, so that no code leaves twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.metrics import put_metrics
from chalicelib.domain.sms_route import (
    SmsProvider,
    SmsRoute,
    Tallies,
    Tally,
    is_bad,
    judged,
    probed,
    probing,
)
from chalicelib.ports.errors import DependencyFailed, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.ports.notifications import SmsSender, Taken
    from chalicelib.ports.sms_routes import SmsRoutes

log = logging.getLogger(__name__)

KNOWN_FOR: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    route: SmsRoute
    tallies: Tallies
    at: datetime


class SwitchingSmsSender:
    """Implements ``SmsSender`` over two others; whatever the table does, messages leave by the provider known last."""

    def __init__(
        self, *, senders: Mapping[SmsProvider, SmsSender], routes: SmsRoutes, now: Callable[[], datetime]
    ) -> None:
        self._senders = senders
        self._routes = routes
        self._now = now
        self._known: _Known | None = None

    def send(self, *, to: str, text: str, reference: str, urgent: bool = False) -> Taken:
        """See ``SmsSender.send``; what is urgent never probes."""
        at = self._now()
        known = self._refreshed(at)
        is_probe = not urgent and known.route.may_probe(at) and self._keep(probing(known.route, at=at), at)
        provider = known.route.in_use.other if is_probe else known.route.in_use
        failed = False
        try:
            return self._senders[provider].send(to=to, text=text, reference=reference, urgent=urgent)
        except Rejected:
            # The provider works: it is the message or the number that it does not take.
            raise
        except Exception:
            failed = True
            raise
        finally:
            took = self._now() - at
            bad = is_bad(failed=failed, took=took)
            _measured(provider, bad=bad, took=took, at=at)
            self._note(provider, is_probe=is_probe, bad=bad)

    def _refreshed(self, at: datetime) -> _Known:
        if self._known is None or not timedelta(0) <= at - self._known.at < KNOWN_FOR:
            try:
                route, tallies = self._routes.sms_route(at=at)
                self._known = _Known(route=route, tallies=tallies, at=at)
            except DependencyFailed:
                last = self._known
                return last or _Known(route=SmsRoute(), tallies={}, at=at)
        return self._known

    def _note(self, provider: SmsProvider, *, is_probe: bool, bad: bool) -> None:
        """Count a send and judge; the message is on its way or has failed, whatever becomes of the count."""
        at = self._now()
        try:
            tally = self._routes.count_sms(provider=provider, bad=bad, at=at)
            known = self._refreshed(at)
            route = known.route
            following = (
                probed(route, bad=bad, at=at) if is_probe else judged(route, _with(known, provider, tally), at=at)
            )
            if following != route:
                self._keep(following, at)
        except DependencyFailed:
            log.info("a text message was not counted")

    def _keep(self, route: SmsRoute, at: datetime) -> bool:
        """Keep a route; what another process has kept meanwhile is read before the next message."""
        before, self._known = self._known, None
        try:
            kept = self._routes.keep_sms_route(route=route, at=at)
        except DependencyFailed:
            return False
        if kept and before is not None and route.in_use is not before.route.in_use:
            log.warning("sms route switched", extra={"provider": route.in_use.value, "reason": route.reason.value})
        return kept


def with_second(
    *, first: SmsSender, second: SmsSender, routes: SmsRoutes, now: Callable[[], datetime]
) -> SwitchingSmsSender:
    """Let a second provider step in for the first one."""
    return SwitchingSmsSender(senders={SmsProvider.FIRST: first, SmsProvider.SECOND: second}, routes=routes, now=now)


def _measured(provider: SmsProvider, *, bad: bool, took: timedelta, at: datetime) -> None:
    figures = {"SmsSends": 1, "SmsBadSends": int(bad), "SmsMilliseconds": round(took.total_seconds() * 1000)}
    put_metrics(figures=figures, dimensions={"Provider": provider.value}, at=at)


def _with(known: _Known, provider: SmsProvider, tally: Tally) -> Tallies:
    """The counts of the window with the newest of the present minute."""
    others = [one for one in known.tallies.get(provider, ()) if one.minute != tally.minute]
    return {**known.tallies, provider: [*others, tally]}
