"""The keys of the route of text messages: the route, and counts by provider and minute."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import Key


def sms_route() -> Key:
    """By which provider text messages go."""
    return Key("SMS_ROUTE", "ROUTE")


def sms_tally(provider: str, minute: int) -> Key:
    """What became of a provider's sends in one minute."""
    return Key(f"SMS_TALLY#{provider}", f"{minute:012d}")
