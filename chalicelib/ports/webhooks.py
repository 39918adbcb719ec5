"""What the core needs to tell organisations of their cases by webhook (requirement M3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.webhook import HookFeed, HookSubscription
from chalicelib.domain.webhook_progress import HookProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.webhook_events import CaseEvent, FeedEvent


class HookAnswer(StrEnum):
    """What a receiver made of a message."""

    TAKEN = "taken"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFolder:
    """All that is kept of an organisation's webhooks, but for the events."""

    feed: HookFeed | None = None
    subscriptions: tuple[HookSubscription, ...] = ()
    progress: tuple[HookProgress, ...] = ()

    def progress_of(self, subscription_id: str) -> HookProgress | None:
        """How far a subscription is."""
        return next((one for one in self.progress if one.subscription_id == subscription_id), None)


class Webhooks(Protocol):
    """Reads of webhooks."""

    def hook_folder(self, *, organisation: str) -> HookFolder:
        """Read feed, subscriptions and progress of an organisation (1 call)."""
        ...

    def untold_events(self, *, organisation: str, case: str) -> Sequence[CaseEvent]:
        """Read what of a case is not in the feed yet, in the order of the case (1 call)."""
        ...

    def feed_events(self, *, organisation: str, after: int, limit: int) -> Sequence[FeedEvent]:
        """Read the feed behind a number, in order (1 call)."""
        ...

    def feed_events_at(self, *, organisation: str, numbers: Sequence[int]) -> Sequence[FeedEvent]:
        """Read events of the feed by their numbers, those that are still kept (1 call per 100)."""
        ...

    def due_hooks(self, *, until: datetime, page: int) -> Iterator[Sequence[HookProgress]]:
        """Page through subscriptions that a timer has to look at, earliest first (1 call per page)."""
        ...

    def stopped_hooks(self) -> Sequence[HookProgress]:
        """Read all subscriptions that have stopped, the oldest stop first (1 call; index)."""
        ...


class HookSender(Protocol):
    """Sends webhooks and judges where they may go."""

    def refusal(self, *, url: str) -> str:
        """Why the name of an address cannot be sent to now: ``unresolved``, ``not_public``, or "" if it can."""
        ...

    def send(self, *, url: str, headers: Mapping[str, str], body: bytes) -> HookAnswer:
        """Send one message; whatever goes wrong is FAILED, nothing is raised, no redirect is followed."""
        ...
