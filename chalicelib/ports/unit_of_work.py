"""A unit of work: conditional writes that are one transaction, with what has to leave afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.ports.clinics import ClinicWork
from chalicelib.ports.corrections import CorrectingWork

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.records import OutboxEntry, Pointer
    from chalicelib.domain.validity import ValidityCard
    from chalicelib.ports.queries import Limit


class UnitOfWork(CorrectingWork, ClinicWork, Protocol):
    """Collects conditional writes; nothing happens before `commit`.

    Each policy and certificate that is created, updated or discarded also leaves its version in the same transaction,
    and each policy that stands what the fund has to be told of it.
    """

    def create(self, entity: object) -> None:
        """Add an entity; the commit raises AlreadyExists if it stands."""
        ...

    def update(self, entity: object) -> None:
        """Replace an entity of the version read by the next; the commit raises StaleWrite if it moved on."""
        ...

    def destroy(self, entity: object) -> None:
        """Take an entity of the version read away for good, leaving no version of it; raises StaleWrite."""
        ...

    def put(self, entity: object) -> None:
        """Write a copy or a record whose earlier content does not matter (cards, revocations, messages)."""
        ...

    def put_card(self, *, kind: str, value_hash: str, card: ValidityCard, shared: bool = False) -> None:
        """Write the validity card of a number, so that lookups see the change at once.

        A ``shared`` card stands beside those of other people with the same number.
        """
        ...

    def claim(self, pointer: Pointer) -> None:
        """Point an identifier at its person; the commit raises AlreadyExists if it is another person's."""
        ...

    def remove(self, entity: object) -> None:
        """Remove a marker or a challenge, whether it stands or not."""
        ...

    def require_consent(self, *, person_id: str, version: str) -> None:
        """Commit only if the person's consent of this version is in force."""
        ...

    def require_open_insurer(self, *, code: str, on: date) -> None:
        """Commit only if the insurer may be chosen on the day."""
        ...

    def count(self, limit: Limit) -> None:
        """Count one use against a limit; the commit raises RateLimited if it is used up."""
        ...

    def take_turn(self, *, name: str, folder: str, seen: str) -> None:
        """Take the turn to add to a folder; the commit raises StaleWrite if one who saw as much took it before."""
        ...

    def give_turn_back(self, *, name: str, folder: str) -> None:
        """Let anybody add to a folder again, since something was taken out of it."""
        ...

    def send(self, entry: OutboxEntry) -> None:
        """Add a message to the outbox."""
        ...

    def record(self, *, person_id: str, entry: AuditEntry) -> None:
        """Add an entry to the person's journal of actions."""
        ...

    def commit(self) -> None:
        """Write everything in one transaction, then hint the relay.

        Raises:
            AlreadyExists: a uniqueness marker stands.
            StaleWrite: a version moved on.
            RuleRefused: a required condition does not hold.
            RateLimited: a limit is used up.
            Throttled, Unavailable: the store did not answer; nothing, or everything, was written.
        """
        ...
