"""What the simulator remembers across restarts: answers by request id, tickets, behaviours, counts."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    request_id TEXT PRIMARY KEY, digest TEXT NOT NULL, ticket TEXT, body TEXT, kept_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS tickets (
    ticket TEXT PRIMARY KEY, kind TEXT NOT NULL, ready_at REAL NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS behaviours (
    kind TEXT NOT NULL, snils TEXT NOT NULL, behaviour TEXT NOT NULL,
    seconds REAL NOT NULL, times INTEGER, PRIMARY KEY (kind, snils)
);
CREATE TABLE IF NOT EXISTS counts (
    kind TEXT NOT NULL, status INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, status)
);
CREATE TABLE IF NOT EXISTS insured (snils TEXT PRIMARY KEY, data TEXT NOT NULL);
"""
_KEPT_SECONDS = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the gateway behaves: for one kind or all (``*``), for one SNILS or all (empty)."""

    kind: str
    snils: str
    behaviour: str
    seconds: float
    times: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer to a request id: its body, or the ticket where the body is or will be."""

    digest: str
    ticket: str | None
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A promised answer, ready at an epoch second."""

    kind: str
    ready_at: float
    body: dict[str, Any]


class SimulatorState:
    """State in one SQLite file; every method is one transaction and safe from any thread."""

    def __init__(self, path: Path, *, now: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing so; only a power cut may lose the last answers.
        self._database.execute("PRAGMA synchronous = NORMAL")
        with self._database:
            self._database.executescript(_SCHEMA)
        with self._transaction() as database:
            database.execute("DELETE FROM answers WHERE kept_at < ?", (now - _KEPT_SECONDS,))
            database.execute("DELETE FROM tickets WHERE ready_at < ?", (now - _KEPT_SECONDS,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._database:
            yield self._database

    def kept(self, request_id: str) -> Kept | None:
        """Find what was answered to a request id."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT digest, ticket, body FROM answers WHERE request_id = ?", (request_id,)
            ).fetchone()
        if row is None:
            return None
        return Kept(digest=row[0], ticket=row[1], body=json.loads(row[2]) if row[2] else None)

    def keep(self, request_id: str, kept: Kept, *, at: float, promised: Ticket | None) -> Kept:
        """Keep an answer unless another thread kept one first; return the one that stands."""
        body = json.dumps(kept.body) if kept.body is not None else None
        with self._transaction() as database:
            done = database.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)",
                (request_id, kept.digest, kept.ticket, body, at),
            )
            if done.rowcount == 1 and promised is not None:
                database.execute(
                    "INSERT INTO tickets VALUES (?, ?, ?, ?)",
                    (kept.ticket, promised.kind, promised.ready_at, json.dumps(promised.body)),
                )
        return kept if done.rowcount == 1 else self.kept(request_id) or kept

    def ticket(self, ticket: str) -> Ticket | None:
        """Find a promised answer."""
        with self._transaction() as database:
            row = database.execute("SELECT kind, ready_at, body FROM tickets WHERE ticket = ?", (ticket,)).fetchone()
        return Ticket(kind=row[0], ready_at=row[1], body=json.loads(row[2])) if row else None

    def release(self, *, now: float) -> int:
        """Make every pending answer ready; returns how many there were."""
        with self._transaction() as database:
            return database.execute("UPDATE tickets SET ready_at = ? WHERE ready_at > ?", (now, now)).rowcount

    def behave(self, behaviour: Behaviour) -> None:
        """Set a behaviour; it replaces the one for the same kind and SNILS."""
        with self._transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO behaviours VALUES (:kind, :snils, :behaviour, :seconds, :times)",
                asdict(behaviour),
            )

    def behaviours(self) -> list[Behaviour]:
        """List the behaviours, the most particular first."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT kind, snils, behaviour, seconds, times FROM behaviours ORDER BY snils = '', kind = '*', kind"
            ).fetchall()
        names = ("kind", "snils", "behaviour", "seconds", "times")
        return [Behaviour(**dict(zip(names, row, strict=True))) for row in rows]

    def use_up(self, behaviour: Behaviour) -> None:
        """Count one use of a behaviour that is set for a number of times."""
        with self._transaction() as database:
            key = (behaviour.kind, behaviour.snils)
            database.execute("UPDATE behaviours SET times = times - 1 WHERE kind = ? AND snils = ?", key)
            database.execute("DELETE FROM behaviours WHERE times <= 0")

    def behave_normally(self) -> None:
        """Forget all behaviours."""
        with self._transaction() as database:
            database.execute("DELETE FROM behaviours")

    def count(self, kind: str, status: int) -> None:
        """Count one request."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO counts VALUES (?, ?, 1) ON CONFLICT (kind, status) DO UPDATE SET number = number + 1",
                (kind, status),
            )

    def counts(self) -> list[dict[str, str | int]]:
        """Counts of requests by kind and HTTP status."""
        with self._transaction() as database:
            rows = database.execute("SELECT kind, status, number FROM counts ORDER BY 1, 2")
            return [{"kind": row[0], "status": row[1], "count": row[2]} for row in rows]

    def insure(self, snils: str, data: Mapping[str, str] | None) -> None:
        """Tell, or with None untell, that a person is insured."""
        with self._transaction() as database:
            database.execute("DELETE FROM insured WHERE snils = ?", (snils,))
            if data is not None:
                database.execute("INSERT INTO insured VALUES (?, ?)", (snils, json.dumps(dict(data))))

    def insured(self, snils: str) -> dict[str, dict[str, str]]:
        """Insurance that was told about a SNILS, keyed by it; empty if none."""
        with self._transaction() as database:
            row = database.execute("SELECT data FROM insured WHERE snils = ?", (snils,)).fetchone()
        return {snils: json.loads(row[0])} if row else {}
