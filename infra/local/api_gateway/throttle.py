"""Token buckets, one per client, in bounded memory."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict


class Throttle:
    """Allows ``rate`` requests a second per client with bursts of ``burst``; rate 0 allows all.

    Used on the event loop only, so it needs no lock. Each worker process has its own buckets.
    """

    def __init__(self, *, rate: float, burst: int, clients: int = 50_000) -> None:
        """Keep at most ``clients`` buckets; the least recently seen are forgotten first."""
        self._rate = rate
        self._burst = float(max(burst, 1))
        self._clients = clients
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str, *, now: float) -> int:
        """Take one token; return 0 when it was there, else the whole seconds until the next one."""
        if not self._rate:
            return 0
        key = _client(address)
        tokens, seen = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._rate)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) / self._rate))


def _client(address: str) -> str:
    """One IPv6 client owns a whole /64, so that is what is counted."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    except ValueError:
        return address
