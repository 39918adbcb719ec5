"""The append-only journal of actions: entries chained by hashes, so that any change shows (requirements A7, P1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: a kind (person, operator, clinic, system) and an opaque id."""

    kind: str
    actor_id: str = ""
    organisation: str = ""


SYSTEM = Actor(kind="system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What happened, before it is chained; ``details`` holds codes and numbers, never personal data."""

    name: str
    at: datetime
    actor: Actor
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The end of one entity's chain: how many entries there are and the hash of the last."""

    sequence: int = 0
    digest: str = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A chained action; ``chain`` names the entity whose chain it is."""

    entry_id: str
    chain: str
    sequence: int
    action: Action
    previous: str
    digest: str


def _digest(chain: str, sequence: int, previous: str, action: Action) -> str:
    text = json.dumps(
        [
            chain,
            sequence,
            previous,
            action.name,
            action.at.isoformat(),
            [action.actor.kind, action.actor.actor_id, action.actor.organisation],
            sorted(action.details.items()),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def append(*, head: ChainHead, chain: str, entry_id: str, action: Action) -> tuple[AuditEntry, ChainHead]:
    """Chain an action to the head; returns the entry and the new head."""
    sequence = head.sequence + 1
    digest = _digest(chain, sequence, head.digest, action)
    entry = AuditEntry(
        entry_id=entry_id,
        chain=chain,
        sequence=sequence,
        action=action,
        previous=head.digest,
        digest=digest,
    )
    return entry, ChainHead(sequence=sequence, digest=digest)


def is_whole(*, entries: Iterable[AuditEntry], head: ChainHead) -> bool:
    """Tell whether the entries of one chain are complete, in order, unaltered and end at ``head``."""
    previous, sequence = GENESIS, 0
    for entry in entries:
        sequence += 1
        expected = _digest(entry.chain, sequence, previous, entry.action)
        if (entry.sequence, entry.previous, entry.digest) != (sequence, previous, expected):
            return False
        previous = entry.digest
    return (sequence, previous) == (head.sequence, head.digest)
