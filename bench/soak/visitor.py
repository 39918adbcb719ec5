"""A person's client: it times each request, waits when it is told to, and repeats what got no answer."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from infra.local.journey import Journey, JourneyFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

PATIENCE = 300.0
"""Seconds for which a client repeats one request before it gives up."""

_LOOK_AGAIN = 0.5
_PAUSE = 0.3
_BUSY = frozenset({429, 503})
_NO_ANSWER = frozenset({500, 502, 504})
_ID = re.compile(r"/[0-9A-Z]{26}(?=/|$)|/\d{4}-\d{8}-\d(?=/|$)")


@dataclass(slots=True, kw_only=True)
class Record:
    """What all clients met; shared by their threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    told_to_wait: int = 0
    repeated: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def took(self, operation: str, seconds: float) -> None:
        """Note how long one answered request took."""
        with self._lock:
            self.seconds[operation].append(seconds)

    def waits(self) -> None:
        """Note that the service was too busy and said when to come again."""
        with self._lock:
            self.told_to_wait += 1

    def repeats(self) -> None:
        """Note that a request had no answer and is sent again."""
        with self._lock:
            self.repeated += 1

    def failed(self, what: str) -> None:
        """Note something that no client should meet."""
        with self._lock:
            self.failures[what] += 1


@dataclass
class Visitor(Journey):
    """The steps of a journey with a client's manners; ``forgiving`` ones repeat also what failed without an answer."""

    record: Record = field(default_factory=Record)
    forgiving: bool = False

    def call(self, method: str, path: str, *, person: str | None = None, **options: Any) -> httpx.Response:
        """Send one request; each POST under a key of its own, which its repetitions keep."""
        headers = dict(options.pop("headers", {}))
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        operation = f"{method} {_ID.sub('/…', path.partition('?')[0])}"
        call = super().call
        return self._send(operation, lambda: call(method, path, person=person, headers=headers, **options))

    def add_person(self, key: str, claims: Mapping[str, Any]) -> None:
        """Let the identity provider know another person."""
        self._timed("(identity provider: a new person)", lambda: super(Visitor, self).add_person(key, claims))

    def sign_in(self, person: str) -> None:
        """Get a token."""
        self._timed("(identity provider: a token)", lambda: super(Visitor, self).sign_in(person))

    def sent_sms(self, phone: str | None = None) -> list[dict[str, Any]]:
        """Read the texts, as a phone that was off for a moment does."""
        return self._timed("(a phone looks for its texts)", lambda: super(Visitor, self).sent_sms(phone))

    def store(self, form: Any, data: bytes, **changed: str) -> httpx.Response:
        """Send a file to the storage."""
        store = super().store
        return self._send("upload of a scan", lambda: store(form, data, **changed))

    def fetch(self, url: str) -> httpx.Response:
        """Download from the storage."""
        fetch = super().fetch
        return self._send("download of a document", lambda: fetch(url))

    def wait(self, what: str, look: Callable[[], Any]) -> Any:
        """Look twice a second, as a page does; how long it took until it was there is kept too."""
        began = time.monotonic()
        while time.monotonic() < began + PATIENCE:
            if found := look():
                self.record.took(f"wait for {what}", time.monotonic() - began)
                return found
            time.sleep(_LOOK_AGAIN)
        raise JourneyFailed(f"waited {PATIENCE:.0f} s for {what}")

    def _send(self, operation: str, send: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            began = time.perf_counter()
            answer = self._answer(operation, send)
            if answer is not None and answer.status_code not in _BUSY | (_NO_ANSWER if self.forgiving else set()):
                self.record.took(operation, time.perf_counter() - began)
                return answer
            if time.monotonic() > deadline:
                raise JourneyFailed(f"{operation}: no answer in {PATIENCE:.0f} s")
            self._pause(operation, answer)

    def _answer(self, operation: str, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        try:
            return send()
        except httpx.TransportError as error:
            if not self.forgiving:
                self.record.failed(f"{operation}: {type(error).__name__}")
                raise JourneyFailed(f"{operation}: {type(error).__name__}") from error
            return None

    def _pause(self, operation: str, answer: httpx.Response | None) -> None:
        if answer is None or answer.status_code not in _BUSY:
            self.record.repeats()
            time.sleep(_PAUSE)
            return
        if "Retry-After" not in answer.headers and not self.forgiving:
            self.record.failed(f"{operation}: {answer.status_code} without Retry-After")
        self.record.waits()
        time.sleep(float(answer.headers.get("Retry-After", _PAUSE)))

    def _timed(self, operation: str, act: Callable[[], T]) -> T:
        began = time.perf_counter()
        done = self._insist(act)
        self.record.took(operation, time.perf_counter() - began)
        return done

    def _insist(self, act: Callable[[], T]) -> T:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except (httpx.TransportError, JourneyFailed):
                if not self.forgiving or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE)
