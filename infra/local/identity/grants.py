"""Codes, refresh tokens and added persons of the local OpenID provider, kept across restarts."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from infra.local.persons import PERSONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS persons (key TEXT PRIMARY KEY, claims TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS grants (
    secret TEXT PRIMARY KEY, kind TEXT NOT NULL, family TEXT NOT NULL, body TEXT NOT NULL,
    expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS grants_family ON grants (family);
"""
_LIFETIMES = {"code": 60.0, "refresh": 30 * 24 * 3600.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person allowed a client; ``family`` joins a code with the tokens that came of it."""

    person: str
    client_id: str
    auth_time: int
    scope: str
    family: str
    redirect_uri: str = ""
    challenge: str = ""
    nonce: str = ""


class Grants:
    """State in one SQLite file; secrets are kept as hashes only."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        with self._database:
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._database:
            yield self._database

    def issue(self, kind: str, grant: Grant, *, now: float) -> str:
        """Issue a one-time secret: a ``code`` for a minute or a ``refresh`` token for 30 days."""
        secret = secrets.token_urlsafe(32)
        row = (_hash(secret), kind, grant.family, json.dumps(asdict(grant)), now + _LIFETIMES[kind])
        with self._transaction() as database:
            database.execute("DELETE FROM grants WHERE expires_at < ?", (now,))
            database.execute("INSERT INTO grants VALUES (?, ?, ?, ?, ?, 0)", row)
        return secret

    def redeem(self, kind: str, secret: str, *, now: float) -> Grant | None:
        """Use a secret up; a second use revokes the whole family (RFC 9700, 4.14)."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT family, body, used FROM grants WHERE secret = ? AND kind = ? AND expires_at >= ?",
                (_hash(secret), kind, now),
            ).fetchone()
            if row is None:
                return None
            if row[2]:
                database.execute("DELETE FROM grants WHERE family = ?", (row[0],))
                return None
            database.execute("UPDATE grants SET used = 1 WHERE secret = ?", (_hash(secret),))
        return Grant(**json.loads(row[1]))

    def add_person(self, key: str, claims: Mapping[str, Any]) -> None:
        """Add or replace a generated person."""
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO persons VALUES (?, ?)", (key, json.dumps(dict(claims))))

    def claims_of(self, key: str) -> dict[str, Any] | None:
        """Claims of a demonstration or added person who may sign in."""
        for person in PERSONS:
            if person.key == key:
                return person.claims() if person.signs_in else None
        with self._transaction() as database:
            row = database.execute("SELECT claims FROM persons WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
