"""Calls a handler as Lambda does: with an event and a context, and for a limited time."""

from __future__ import annotations

import importlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from infra.local.lambda_context import LambdaContext, new_context

Handler = Callable[[dict[str, Any], LambdaContext], Any]


class HandlerTimedOut(Exception):
    """The handler ran longer than its function may; nobody waits for it any more."""


def load_handler(handler_string: str) -> Handler:
    """Import ``package.module.name``.

    Raises:
        TypeError: the module has no such callable.
    """
    module, _, name = handler_string.rpartition(".")
    handler = getattr(importlib.import_module(module), name, None)
    if not callable(handler):
        raise TypeError(f"{handler_string} is not a handler")
    return handler  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A handler with the name, region and time-out (seconds) of its Lambda function."""

    name: str
    handler: Handler
    timeout: float
    region: str


class Worker:
    """Runs one function's invocations one after another on a thread that can be given up.

    A thread cannot be killed as Lambda kills a process: after the time-out it is left behind and a
    new one takes over. What the old one still does is a late duplicate, which handlers bear anyway.
    """

    def __init__(self, function: Function, stuck: StuckThreads) -> None:
        """Start no thread before the first call."""
        self._function = function
        self._stuck = stuck
        self._inbox: queue.SimpleQueue[tuple[dict[str, Any], LambdaContext, Future[Any]]] | None
        self._inbox = None
        self._thread: threading.Thread | None = None

    def call(self, event: dict[str, Any]) -> Any:
        """Return the handler's result, or raise what it raised.

        Raises:
            HandlerTimedOut: it did not end in time.
        """
        function = self._function
        context = new_context(function_name=function.name, timeout=function.timeout, region=function.region)
        if self._inbox is None:
            self._start()
        answer: Future[Any] = Future()
        assert self._inbox is not None  # noqa: S101  # for the type checker
        self._inbox.put((event, context, answer))
        try:
            return answer.result(timeout=function.timeout)
        except TimeoutError:
            if answer.done():
                raise
            self._give_up()
            raise HandlerTimedOut(function.name) from None

    def _start(self) -> None:
        self._inbox = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._run,
            args=(self._inbox,),
            name=f"handler-{self._function.name}",
            daemon=True,
        )
        self._thread.start()

    def _give_up(self) -> None:
        if self._thread is not None:
            self._stuck.add(self._thread)
        self._inbox = self._thread = None

    def _run(self, inbox: queue.SimpleQueue[tuple[dict[str, Any], LambdaContext, Future[Any]]]) -> None:
        while True:
            event, context, answer = inbox.get()
            try:
                answer.set_result(self._function.handler(event, context))
            except BaseException as error:  # noqa: BLE001  # SystemExit fails an invocation too
                answer.set_exception(error)
            if self._inbox is not inbox:
                return


class StuckThreads:
    """Counts handlers that were given up and still run; too many mean that a restart is due."""

    def __init__(self, most: int, on_too_many: Callable[[], None]) -> None:
        """``on_too_many`` is called when more than ``most`` handlers hang at once."""
        self._most = most
        self._on_too_many = on_too_many
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def add(self, thread: threading.Thread) -> None:
        """Remember one more."""
        with self._lock:
            self._threads = [item for item in self._threads if item.is_alive()] + [thread]
            too_many = len(self._threads) > self._most
        if too_many:
            self._on_too_many()
