"""An ordered journal of key-value changes in SQLite, written in atomic batches."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA journal_size_limit = 67108864;
CREATE TABLE IF NOT EXISTS entry (
    kind  TEXT NOT NULL,
    owner TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, owner, key)
);
"""
_UPSERT = "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT (kind, owner, key) DO UPDATE SET value = excluded.value"


class Change(NamedTuple):
    """One change: a value sets the key, no value deletes it, no key deletes all of the owner."""

    kind: str
    owner: str
    key: str | None
    value: str | None


class Batch(NamedTuple):
    """Changes that become durable together, and the journal position that they reach."""

    position: int
    changes: list[Change]


class Journal:
    """Collects changes in memory and writes them to one SQLite file, a transaction per batch.

    `record` may be called from any thread; `drain` on the event loop, between requests, so that
    all changes of one request are in the same batch; `write` on one worker thread.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript(_SCHEMA)
        self._lock = threading.Lock()
        self._pending: list[Change] = []
        self._position = 0
        self._sources: list[Callable[[], Iterable[Change]]] = []
        self._muted = False

    @property
    def position(self) -> int:
        """The number of changes announced so far."""
        return self._position

    def add_source(self, source: Callable[[], Iterable[Change]]) -> None:
        """Register a store that announces changes with `touch` and is asked for them at `drain`."""
        self._sources.append(source)

    def touch(self) -> None:
        """Announce that a registered source has changes."""
        with self._lock:
            self._position += 1

    def record(self, kind: str, owner: str, key: str, value: str | None) -> None:
        """Set a key, or delete it with `None`."""
        self._append(Change(kind, owner, key, value))

    def forget(self, kind: str, owner: str) -> None:
        """Delete everything of an owner."""
        self._append(Change(kind, owner, None, None))

    def _append(self, change: Change) -> None:
        if self._muted:
            return
        with self._lock:
            self._pending.append(change)
            self._position += 1

    @contextlib.contextmanager
    def muted(self) -> Iterator[None]:
        """Record nothing inside: used while the stores are filled from this very journal."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def drain(self) -> Batch:
        """Take all changes collected so far."""
        from_sources = [change for source in self._sources for change in source()]
        with self._lock:
            changes, self._pending = self._pending + from_sources, []
            return Batch(self._position, changes)

    def write(self, batch: Batch) -> None:
        """Make a batch durable in one transaction; raises `sqlite3.Error` if that fails."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        for change in batch.changes:
            if change.key is None:
                execute("DELETE FROM entry WHERE kind = ? AND owner = ?", change[:2])
            elif change.value is None:
                execute("DELETE FROM entry WHERE kind = ? AND owner = ? AND key = ?", change[:3])
            else:
                execute(_UPSERT, change)
        execute("COMMIT")

    def rows(self, kind: str) -> Iterator[tuple[str, str, str]]:
        """Yield (owner, key, value) of a kind in the order of owner and key."""
        query = "SELECT owner, key, value FROM entry WHERE kind = ? ORDER BY owner, key"
        yield from self._connection.execute(query, (kind,))

    def value(self, kind: str, owner: str, key: str) -> str | None:
        """Return one value, or `None` if the key is not there."""
        query = "SELECT value FROM entry WHERE kind = ? AND owner = ? AND key = ?"
        row = self._connection.execute(query, (kind, owner, key)).fetchone()
        return None if row is None else str(row[0])

    def erase(self) -> None:
        """Delete everything: the administrator's reset."""
        with self._lock:
            self._pending = []
        self._connection.execute("DELETE FROM entry")

    def close(self) -> None:
        """Close the file; what was written stays."""
        self._connection.close()
