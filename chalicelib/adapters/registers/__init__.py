"""The HTTP client of the registers' gateway (requirement D1)."""

from __future__ import annotations

from chalicelib.adapters.registers.client import HTTPRegisters, RetryPolicy, Timing
from chalicelib.adapters.registers.transport import (
    Transport,
    URLLib3Transport,
    WireFailed,
    WireRequest,
    WireResponse,
)

__all__ = [
    "HTTPRegisters",
    "RetryPolicy",
    "Timing",
    "Transport",
    "URLLib3Transport",
    "WireFailed",
    "WireRequest",
    "WireResponse",
]
