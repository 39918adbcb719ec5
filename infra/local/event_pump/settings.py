"""What can be set on the event pump, and the environment variables that set it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpSettings:
    """Settings of the pump; times in seconds.

    ``retry_visibility``: AWS lets a failed message rest for the queue's whole visibility time-out,
    minutes long; on one machine a shorter rest may be wished. None keeps what AWS does.
    ``lease``: what is in hand is invisible for so long and no longer, renewed while its handler runs:
    after a kill it is handled again soon. None takes the queue's visibility time-out, as Lambda does.
    ``first_fire``: how long after the start every schedule fires once, in place of the ticks that
    were missed while the machine was off; None waits for the next tick.
    """

    app: str = "app:app"
    queue_urls: Mapping[str, str] = field(default_factory=dict)
    control_port: int = 0
    region: str = "us-east-1"
    threads: int = 1
    wait: int = 5
    retry_visibility: int | None = None
    lease: int | None = None
    function_timeout: float = 60.0
    function_timeouts: Mapping[str, float] = field(default_factory=dict)
    stop_timeout: float = 10.0
    first_fire: float | None = 5.0
    most_stuck: int = 16

    def timeout_of(self, function: str) -> float:
        """How long one invocation of a function may last."""
        return self.function_timeouts.get(function, self.function_timeout)


def settings_from_environment(environment: Mapping[str, str] | None = None) -> PumpSettings:
    """Read the settings; raise ValueError when a value cannot be used."""
    source = os.environ if environment is None else environment
    given = {name: source[name] for name in source if source[name]}
    default = PumpSettings()
    first = given.get("PUMP_FIRST_FIRE", str(default.first_fire))
    timeouts = _object("PUMP_FUNCTION_TIMEOUTS", given)
    return PumpSettings(
        app=given.get("PUMP_APP", default.app),
        queue_urls={name: str(url) for name, url in _object("QUEUE_URLS", given).items()},
        control_port=int(given.get("PUMP_CONTROL_PORT", default.control_port)),
        region=given.get("AWS_DEFAULT_REGION", default.region),
        threads=max(1, int(given.get("PUMP_THREADS", default.threads))),
        wait=int(given.get("PUMP_WAIT", default.wait)),
        retry_visibility=_optional("PUMP_RETRY_VISIBILITY", given),
        lease=_optional("PUMP_LEASE", given),
        function_timeout=float(given.get("PUMP_FUNCTION_TIMEOUT", default.function_timeout)),
        function_timeouts={name: float(str(seconds)) for name, seconds in timeouts.items()},
        stop_timeout=float(given.get("PUMP_STOP_TIMEOUT", default.stop_timeout)),
        first_fire=None if first == "off" else float(first),
        most_stuck=int(given.get("PUMP_MOST_STUCK", default.most_stuck)),
    )


def _optional(variable: str, given: Mapping[str, str]) -> int | None:
    return int(given[variable]) if variable in given else None


def _object(variable: str, given: Mapping[str, str]) -> dict[str, object]:
    value = json.loads(given.get(variable, "{}"))
    if not isinstance(value, dict):
        raise ValueError(f"{variable} must be a JSON object")  # noqa: TRY004  # a setting, not a type
    return value
