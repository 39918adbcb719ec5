"""The keys of webhooks: a folder an organisation, a feed an organisation, and what of a case is not in it yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.keys import Key

if TYPE_CHECKING:
    from datetime import datetime

LAST_NUMBER = 999_999_999_999


def hook_feed(organisation: str) -> Key:
    """The end of an organisation's feed, in its folder."""
    return Key(f"HOOKS#{organisation}", "FEED")


def hook_subscription(organisation: str, subscription_id: str) -> Key:
    """A subscription, in the folder of its organisation."""
    return Key(f"HOOKS#{organisation}", f"SUBSCRIPTION#{subscription_id}")


def hook_progress(organisation: str, subscription_id: str) -> Key:
    """How far a subscription is, in the folder of its organisation."""
    return Key(f"HOOKS#{organisation}", f"PROGRESS#{subscription_id}")


STOPPED_PARTITION = "HOOKS_STOPPED"


def stopped_index(subscription_id: str, at: datetime) -> dict[str, dict[str, str]]:
    """Index keys by which subscriptions that have stopped are listed, the oldest stop first."""
    moment = at.isoformat(timespec="seconds")
    return {"gsi1pk": {"S": STOPPED_PARTITION}, "gsi1sk": {"S": f"{moment}#{subscription_id}"}}


def case_event(organisation: str, case: str, place: int) -> Key:
    """What an organisation is to be told of a case, by its place in the case's chain."""
    return Key(f"UNTOLD#{organisation}#{case}", f"{place:09d}")


def feed_event(organisation: str, number: int) -> Key:
    """An event of an organisation's feed."""
    return Key(f"HOOK_FEED#{organisation}", f"{number:012d}")
