"""What can be set on the local gateway, and the environment variables that set it."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions:
    """Limits and names of the gateway; sizes in bytes, times in seconds.

    Each field is read from ``GATEWAY_<FIELD>`` (``GATEWAY_RATE_PER_SECOND``, …). The size and time
    limits are those of API Gateway and Lambda: raising them makes the machine unlike AWS.
    """

    app: str = "app:app"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 16
    max_in_flight: int = 128
    max_connections: int = 1000
    rate_per_second: float = 50.0
    burst: int = 200
    handler_timeout: float = 29.0
    body_timeout: float = 20.0
    header_timeout: float = 10.0
    keep_alive: int = 15
    stop_timeout: int = 10
    max_request: int = 10 * MEGABYTE
    max_event: int = 6 * MEGABYTE
    max_response: int = 6 * MEGABYTE
    max_headers: int = 10_240
    authorizer_ttl: int = 300
    authorizer_entries: int = 10_000
    stage: str = "api"
    region: str = "us-east-1"
    api_id: str = "local"
    function_name: str = "api"
    trusted_proxies: str = ""
    log_key: str = ""
    lenient_accept: bool = False


def options_from_environment(environment: Mapping[str, str] | None = None) -> GatewayOptions:
    """Read the options; raise ValueError that names the variable when a value cannot be used."""
    source = os.environ if environment is None else environment
    found: dict[str, str | int | float | bool] = {}
    for entry in fields(GatewayOptions):
        variable = f"GATEWAY_{entry.name.upper()}"
        if source.get(variable):
            found[entry.name] = _parse(variable, source[variable], type(entry.default))
    found.setdefault("region", source.get("AWS_DEFAULT_REGION") or GatewayOptions().region)
    return GatewayOptions(**found)  # type: ignore[arg-type]


def _parse(variable: str, text: str, kind: type) -> str | int | float | bool:
    if kind is bool:
        return text.strip().lower() in {"1", "true", "yes"}
    try:
        value: str | int | float | bool = kind(text)
    except ValueError as error:
        raise ValueError(f"{variable} must be a number") from error
    if isinstance(value, int | float) and value < 0:
        raise ValueError(f"{variable} must not be negative")
    return value
