"""Learns from the Chalice app which handlers wait for queues and schedules.

The app is imported in a process of its own: on Lambda an event handler runs without ``app.py``, so
the pump must not import it either, or a handler that needs it would work here and fail there.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

_LONGEST_IMPORT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSource:
    """An SQS event source; ``queue`` is a logical id, or a queue's name or ARN."""

    function: str
    handler: str
    queue: str
    batch_size: int
    window: int
    most_concurrent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSource:
    """A schedule; ``expression`` is ``rate(…)`` or ``cron(…)``."""

    function: str
    handler: str
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All event sources of an app."""

    queues: tuple[QueueSource, ...]
    schedules: tuple[ScheduleSource, ...]


def learn(app: str) -> Sources:
    """Read the sources of the app at ``module:attribute``, in a process of its own.

    Raises:
        RuntimeError: the app cannot be imported, or has a source that the pump does not serve.
    """
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.event_pump.sources", app],
        capture_output=True,
        text=True,
        timeout=_LONGEST_IMPORT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The event sources of {app} cannot be read:\n{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Sources(
        queues=tuple(QueueSource(**item) for item in found["queues"]),
        schedules=tuple(ScheduleSource(**item) for item in found["schedules"]),
    )


def describe(app: Any) -> Sources:
    """Read the sources of an app object; raise ValueError for a kind that the pump lacks."""
    queues, schedules = [], []
    for source in app.event_sources:
        kind = type(source).__name__
        if kind == "SQSEventConfig":
            queues.append(_queue(source))
        elif kind == "ScheduledEventConfig":
            schedules.append(_schedule(source))
        else:
            raise ValueError(f"{source.name}: the local pump serves no {kind}")
    return Sources(queues=tuple(queues), schedules=tuple(schedules))


def _queue(source: Any) -> QueueSource:
    return QueueSource(
        function=source.name,
        handler=source.handler_string,
        queue=_reference(source.queue or source.queue_arn),
        batch_size=source.batch_size,
        window=source.maximum_batching_window_in_seconds or 0,
        most_concurrent=source.maximum_concurrency,
    )


def _schedule(source: Any) -> ScheduleSource:
    expression = source.schedule_expression
    text = expression if isinstance(expression, str) else expression.to_string()
    return ScheduleSource(function=source.name, handler=source.handler_string, expression=text)


def _reference(queue: Any) -> str:
    """The logical id of ``Fn::GetAtt`` (both spellings); a plain name or ARN as it is."""
    if not isinstance(queue, dict):
        return str(queue)
    target = queue.get("Fn::GetAtt") or queue.get("Ref")
    if isinstance(target, list):
        return str(target[0])
    return str(target).split(".", 1)[0]


def _main(app: str) -> None:
    module, _, attribute = app.partition(":")
    sources = describe(getattr(importlib.import_module(module), attribute or "app"))
    print("\n" + json.dumps(asdict(sources)))


if __name__ == "__main__":
    _main(sys.argv[1])
