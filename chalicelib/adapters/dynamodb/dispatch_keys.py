"""The keys of messages on their way: one folder an order, one item a channel."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import Key


def dispatch(order_id: str, channel: str) -> Key:
    """A message by one channel, in the folder of its order."""
    return Key(f"DISPATCH#{order_id}", channel)


def sent_pointer(provider: str, provider_id: str) -> Key:
    """Where a provider's own id of a message leads."""
    return Key(f"SENT#{provider}#{provider_id}", "SENT")
