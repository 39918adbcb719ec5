"""The append-only journal of actions: entries chained by hashes, so that any change shows (requirements A7, P1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
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


class Fault(StrEnum):
    """What is wrong with an entry of a chain."""

    ALTERED = "altered"
    REPEATED = "repeated"
    MISSING = "missing"
    UNLINKED = "unlinked"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a chain is broken: at which place of it, and how."""

    sequence: int
    fault: Fault


def find_breaks(
    *, entries: Iterable[AuditEntry], head: ChainHead | None = None, is_from_start: bool = True
) -> tuple[Break, ...]:
    """Find what was altered, removed, inserted or repeated in entries of one chain, in any order (requirement P1).

    Args:
        entries: what there is of the chain.
        head: an earlier end of the chain, up to which nothing may miss; the chain may have gone on since.
        is_from_start: whether the first entry of the chain has to be among them, or they may begin within it.
    """
    known = sorted(entries, key=lambda entry: entry.sequence)
    breaks = []
    begins_within = not is_from_start and known and known[0].sequence > 1
    sequence, digest = (known[0].sequence, known[0].previous) if begins_within else (1, GENESIS)
    for entry in known:
        if entry.digest != _digest(entry.chain, entry.sequence, entry.previous, entry.action):
            breaks.append(Break(sequence=entry.sequence, fault=Fault.ALTERED))
        if entry.sequence != sequence:
            fault = Fault.MISSING if entry.sequence > sequence else Fault.REPEATED
            breaks.append(Break(sequence=min(sequence, entry.sequence), fault=fault))
        elif entry.previous != digest:
            breaks.append(Break(sequence=entry.sequence, fault=Fault.UNLINKED))
        sequence, digest = entry.sequence + 1, entry.digest
    if head is not None:
        breaks.extend(_breaks_at(head, known, is_from_start=is_from_start))
    return tuple(breaks)


def _breaks_at(head: ChainHead, known: list[AuditEntry], *, is_from_start: bool) -> list[Break]:
    last = known[-1].sequence if known else 0
    if last < head.sequence:
        # Entries that begin within the chain may all lie after the head; none at all then prove nothing.
        return [Break(sequence=last + 1, fault=Fault.CUT_OFF)] if known or is_from_start else []
    at_head = [entry for entry in known if entry.sequence == head.sequence]
    if any(entry.digest != head.digest for entry in at_head):
        return [Break(sequence=head.sequence, fault=Fault.UNLINKED)]
    return []
