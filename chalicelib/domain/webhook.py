"""A subscription of an organisation to events of its cases, and the end of the organisation's feed (M3)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.webhook_events import EventKind, FeedEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SUBSCRIPTIONS: Final = 5
"""Of one organisation."""

BOTH_SIGN_FOR: Final = timedelta(days=7)
"""How long the former secret signs beside the new one, unless another time is asked for."""

MOST_DAYS_OF_BOTH: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSubscription:
    """Where events of some kinds go. ``generation`` numbers the secret; the one before signs until ``former_until``.

    ``account_id`` is the operator who subscribed: the journal of the subscription lies in that folder.
    """

    subscription_id: str
    organisation: str
    account_id: str
    url: str = field(repr=False)
    kinds: tuple[EventKind, ...]
    created_at: datetime
    generation: int = 1
    former_until: datetime | None = None
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def person_id(self) -> str:
        """In whose folder its journal lies."""
        return self.account_id

    def generations_at(self, at: datetime) -> Sequence[int]:
        """The generations of secrets that sign, the newest first: one, or two while they are rotated."""
        if self.former_until is not None and at < self.former_until:
            return (self.generation, self.generation - 1)
        return (self.generation,)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFeed:
    """The feed of an organisation: how many events it has."""

    organisation: str
    last: int = 0
    version: int = 1


def rotate(subscription: HookSubscription, *, at: datetime, both_for: timedelta = BOTH_SIGN_FOR) -> HookSubscription:
    """Begin the next secret; the present one signs beside it for a time, one before it no more."""
    return replace(subscription, generation=subscription.generation + 1, former_until=at + both_for)


def body_of(found: FeedEvent) -> bytes:
    """The body of a message: ids, states and moments only, the same bytes each time."""
    event = found.event
    kind, _, code = event.organisation.partition(":")
    case_kind, _, case_id = event.case.partition(":")
    content = {
        "id": found.event_id,
        "type": event.kind.value,
        "timestamp": event.at.isoformat(),
        "data": {
            "cursor": found.number,
            "organisation": {"kind": kind, "code": code},
            "case": {"kind": case_kind, "id": case_id, "place": event.place},
            "state": event.state,
        },
    }
    return json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
