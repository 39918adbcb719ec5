"""Starts and stops everything that the pump runs."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from infra.local.event_pump.consumer import Mapping, QueueConsumer
from infra.local.event_pump.control import control_service
from infra.local.event_pump.expressions import parse_expression
from infra.local.event_pump.invocation import Function, StuckThreads, Worker, load_handler
from infra.local.event_pump.journal import Journal
from infra.local.event_pump.schedules import Schedule
from infra.local.event_pump.settings import PumpSettings, settings_from_environment
from infra.local.event_pump.sources import QueueSource, Sources, learn
from infra.local.http_service import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

TOO_MANY_STUCK = 70


class Pump:
    """All consumers and schedules of one app."""

    def __init__(self, sources: Sources, settings: PumpSettings, *, client: Any, journal: Journal) -> None:
        """Import every handler, so that a broken one shows before anything runs.

        Raises:
            ValueError: a queue has no URL in QUEUE_URLS, or a schedule no valid expression.
        """
        self._settings = settings
        self._client = client
        self._journal = journal
        self.stop = threading.Event()
        self.exit_code = 0
        self._stuck = StuckThreads(settings.most_stuck, self._restart)
        self._consumers = [item for source in sources.queues for item in self._queue(source)]
        self._schedules = {
            source.function: Schedule(
                function=source.function,
                region=settings.region,
                next_tick=parse_expression(source.expression),
                worker=self._worker(source.function, source.handler),
                journal=journal,
                stop=self.stop,
                first_fire=settings.first_fire,
            )
            for source in sources.schedules
        }

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads():
            thread.start()
        self._journal.write(
            "pump_started",
            queues=sorted({item.mapping.function for item in self._consumers}),
            schedules=sorted(self._schedules),
        )

    def finish(self) -> None:
        """Stop taking work and wait for what is in hand, at most the stop time-out."""
        self.stop.set()
        end = time.monotonic() + self._settings.stop_timeout
        for thread in self._threads():
            if thread.ident is not None:
                thread.join(timeout=max(0.0, end - time.monotonic()))
        left = sum(thread.is_alive() for thread in self._threads())
        self._journal.write("pump_stopped", unfinished=left)

    def schedule(self, function: str) -> Schedule | None:
        """Find a schedule by its function's name."""
        return self._schedules.get(function)

    def health(self) -> dict[str, Any]:
        """Tell what runs; «ok» when every thread lives and every queue answers."""
        queues = [
            {
                "function": item.mapping.function,
                "alive": item.thread.is_alive(),
                "reachable": item.reachable,
            }
            for item in self._consumers
        ]
        schedules = [
            {
                "function": item.function,
                "alive": item.thread.is_alive(),
                "next_at": item.next_at.isoformat() if item.next_at else None,
                "last_at": item.last_at.isoformat() if item.last_at else None,
            }
            for item in self._schedules.values()
        ]
        well = all(thread.is_alive() for thread in self._threads()) and all(item.reachable for item in self._consumers)
        return {"status": "ok" if well else "degraded", "queues": queues, "schedules": schedules}

    def _threads(self) -> list[threading.Thread]:
        return [
            *(item.thread for item in self._consumers),
            *(item.thread for item in self._schedules.values()),
        ]

    def _queue(self, source: QueueSource) -> Iterator[QueueConsumer]:
        settings = self._settings
        url = settings.queue_urls.get(source.queue.rsplit(":", 1)[-1])
        if not url:
            raise ValueError(f"QUEUE_URLS has no URL for {source.queue} of {source.function}")
        mapping = Mapping(
            function=source.function,
            queue_url=url,
            region=settings.region,
            batch_size=source.batch_size,
            window=source.window,
            wait=settings.wait,
            retry_visibility=settings.retry_visibility,
            lease=settings.lease,
        )
        for _ in range(min(settings.threads, source.most_concurrent or settings.threads)):
            yield QueueConsumer(
                mapping,
                client=self._client,
                worker=self._worker(source.function, source.handler),
                journal=self._journal,
                stop=self.stop,
            )

    def _worker(self, function: str, handler: str) -> Worker:
        settings = self._settings
        return Worker(
            Function(
                name=function,
                handler=load_handler(handler),
                timeout=settings.timeout_of(function),
                region=settings.region,
            ),
            self._stuck,
        )

    def _restart(self) -> None:
        self._journal.write("too_many_stuck_handlers")
        self.exit_code = TOO_MANY_STUCK
        self.stop.set()


def run() -> int:
    """Run the pump of the environment until SIGTERM or SIGINT; return the exit code."""
    settings = settings_from_environment()
    journal = Journal(stream=sys.stdout)
    sources = learn(settings.app)
    pump = Pump(sources, settings, client=sqs_client(settings, sources), journal=journal)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: pump.stop.set())
    with serving(control_service(pump), port=settings.control_port) as url:
        pump.start()
        journal.write("control_listening", url=url)
        pump.stop.wait()
        pump.finish()
    return pump.exit_code


def sqs_client(settings: PumpSettings, sources: Sources) -> Any:
    """One client for all threads; it tries once, since a consumer does its own waiting."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=settings.wait + 10,
        retries={"total_max_attempts": 1},
        max_pool_connections=len(sources.queues) * settings.threads + 4,
        tcp_keepalive=True,
    )
    return boto3.client("sqs", region_name=settings.region, config=config)
