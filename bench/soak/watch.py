"""What the processes and queues of the local service hold while people come, and what is left when they are gone."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import boto3
import psutil

from infra.redrive import Pair, redrive

if TYPE_CHECKING:
    from infra.local.supervisor import LocalStack

PROCESSES = ("cloud", "gateway", "pump", "registers_simulator")
_DRAIN_SECONDS = 300.0
_MEGABYTE = 1024 * 1024
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


def clients(stack: LocalStack) -> tuple[Any, Any]:
    """Return clients of the local queues and table."""
    environment = stack.environment
    options = {
        "endpoint_url": environment["AWS_ENDPOINT_URL"],
        "region_name": environment["AWS_DEFAULT_REGION"],
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
    }
    return boto3.client("sqs", **options), boto3.client("dynamodb", **options)


def memory(stack: LocalStack) -> dict[str, float]:
    """Return megabytes of resident memory by process, with its children."""
    return {name: _resident(stack.process(name).pid) / _MEGABYTE for name in PROCESSES}


def _resident(pid: int | None) -> int:
    if pid is None:
        return 0
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total


@dataclass
class Queues:
    """Counts the messages of all queues once a second while in a `with` block."""

    sqs: Any
    urls: dict[str, str]
    deepest: int = 0
    deepest_of: dict[str, int] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to count."""
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop counting."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def depth(self) -> int:
        """Return the messages of the working queues."""
        depths = {name: self._count(url) for name, url in self.urls.items() if "DeadLetter" not in name}
        for name, depth in depths.items():
            self.deepest_of[name] = max(depth, self.deepest_of.get(name, 0))
        return sum(depths.values())

    def given_up(self) -> dict[str, int]:
        """Return how many messages each dead-letter queue holds, of those that hold any."""
        counts = {name: self._count(url) for name, url in self.urls.items() if "DeadLetter" in name}
        return {name: count for name, count in counts.items() if count}

    def send_back(self) -> int:
        """Send what was given up back to its queues, as `make redrive` does; returns how many messages."""
        pairs = [
            Pair(name=name, source=self.urls[name.replace("Queue", "DeadLetterQueue")], target=url)
            for name, url in self.urls.items()
            if "DeadLetter" not in name
        ]
        return sum(redrive(self.sqs, pair, limit=1000) for pair in pairs)

    def drained(self) -> float | None:
        """Wait until nothing is left; returns the seconds that took, or None when something stayed."""
        began = time.monotonic()
        while time.monotonic() - began < _DRAIN_SECONDS:
            if self.depth() == 0:
                return time.monotonic() - began
            time.sleep(0.5)
        return None

    def _count(self, url: str) -> int:
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"]
        return sum(int(found[name]) for name in _COUNTS)

    def _watch(self) -> None:
        while not self._ended.wait(1):
            with contextlib.suppress(Exception):  # the cloud may have been killed: then the next second counts
                self.deepest = max(self.deepest, self.depth())


def killing(stack: LocalStack, *, times: int, seconds: float, seed: int) -> threading.Thread:
    """Kill processes at random (`kill -9`) behind the supervisor's back, spread over some seconds."""
    chance = random.Random(seed)

    def run() -> None:
        for _ in range(times):
            time.sleep(seconds / times * chance.uniform(0.5, 1.5))
            running = [name for name in PROCESSES if stack.process(name).is_running()]
            if running:
                stack.process(chance.choice(running)).crash()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
