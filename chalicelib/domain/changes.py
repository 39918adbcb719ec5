"""What a correction changes, thing by thing, so that it can be shown before and undone exactly after.

A change is the thing before and after. Undoing turns it round and applies only the fields that it changed: what
happened to other fields since stays, and what happened to the same fields is a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.domain.application import Application
from chalicelib.domain.application_states import FINAL_STATES
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import Pointer, StoredDocument
from chalicelib.domain.representation import Representation
from chalicelib.domain.temporary_certificate import TemporaryCertificate

if TYPE_CHECKING:
    from collections.abc import Mapping

Chained = (
    Person
    | Policy
    | TemporaryCertificate
    | Application
    | Representation
    | LegacyPolicy
    | Attachment
    | InsuranceCertificate
)
Versioned = Chained | StoredDocument | AttachmentBook
Thing = Versioned | Pointer
T = TypeVar(
    "T",
    Person,
    Policy,
    TemporaryCertificate,
    Application,
    Representation,
    LegacyPolicy,
    Attachment,
    AttachmentBook,
    InsuranceCertificate,
    StoredDocument,
    Pointer,
)

TECHNICAL = frozenset({"version", "chain", "awaited_message"})
"""Fields that tell how a thing is kept, not what is true: they only move on."""

FOLLOWING = frozenset({"updated_at", "warned_days", "warned_at", "made_at", "qr_link"})
"""Fields that follow from others: put back if nobody touched them since, no conflict if somebody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing before and after; None where it did not stand, or stands no more."""

    before: Thing | None
    after: Thing | None

    @property
    def thing(self) -> Thing:
        """The thing as it is after the change, or was before it went."""
        found = self.after if self.after is not None else self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found


_NAMED_BY: Mapping[type[Thing], tuple[str, ...]] = {
    Person: ("person_id",),
    Policy: ("person_id", "policy_id"),
    TemporaryCertificate: ("person_id", "application_id"),
    Application: ("application_id",),
    Representation: ("representative_id", "person_id"),
    LegacyPolicy: ("person_id", "registration_id"),
    Attachment: ("person_id", "attachment_id"),
    AttachmentBook: ("person_id", "area"),
    InsuranceCertificate: ("person_id", "certificate_id"),
    StoredDocument: ("person_id", "document_id"),
    Pointer: ("kind", "value_hash", "person_id"),
}


def reference(thing: Thing) -> str:
    """The name of a thing among all others; it holds ids and hashes only."""
    kind = type(thing)
    return ":".join([kind.__name__, *(str(getattr(thing, name)) for name in _NAMED_BY[kind])])


def changed(*, before: T, after: T) -> tuple[Change, ...]:
    """The change between two states of a thing; nothing if they are equal."""
    return () if before == after else (Change(before=before, after=after),)


def versions_seen(changes: tuple[Change, ...]) -> dict[str, int]:
    """The versions that the changes start from: of all things that have one."""
    things = [change.before for change in changes]
    return {reference(thing): thing.version for thing in things if thing is not None and not isinstance(thing, Pointer)}


def undone(*, changes: tuple[Change, ...], standing: dict[str, Thing]) -> tuple[Change, ...]:
    """The changes that put back what ``changes`` changed, in the opposite order.

    ``standing`` holds what stands now, by reference; pointers are not among it, their writes are conditional.

    Raises:
        StateConflict: something of it has been changed since.
    """
    return tuple(_undone(change, standing) for change in reversed(changes))


def _undone(change: Change, standing: dict[str, Thing]) -> Change:
    thing = change.thing
    if isinstance(thing, Pointer):
        return Change(before=change.after, after=change.before)
    if change.after is None:
        return _stands_again(thing, standing)
    now = standing.get(reference(change.after))
    if now is None or type(now) is not type(change.after):
        raise StateConflict("Исправленной записи больше нет: отмените сначала более поздние исправления")
    if change.before is None:
        if not isinstance(now, StoredDocument):
            _check_untouched(change.after, now)
        return Change(before=now, after=None)
    return Change(before=now, after=_put_back(change.before, change.after, now))


def _stands_again(gone: Versioned, standing: dict[str, Thing]) -> Change:
    if reference(gone) in standing:
        raise StateConflict("Такая запись уже есть: отмените сначала более поздние исправления")
    # Past the version under which it went, so that its history goes on.
    return Change(before=None, after=replace(gone, version=gone.version + 2))


def _check_untouched(then: Thing, now: Thing) -> None:
    for name in _names(then) - TECHNICAL - FOLLOWING:
        if getattr(then, name) != getattr(now, name):
            raise _touched()


def _put_back(before: Thing, after: Thing, now: Thing) -> Thing:
    corrected = {name for name in _names(after) - TECHNICAL if getattr(before, name) != getattr(after, name)}
    values: dict[str, Any] = {}
    for name in corrected:
        old, new, present = (getattr(thing, name) for thing in (before, after, now))
        if present == new:
            values[name] = old
        elif present != old and name not in FOLLOWING:
            raise _touched()
    restored: Thing = replace(now, **values)
    return _settled(restored, after, moved="person_id" in corrected) if isinstance(restored, Application) else restored


def _settled(restored: Application, after: Thing, *, moved: bool) -> Application:
    """What has been decided since waits for nobody; what has given a policy to one person is not another's again."""
    if moved and isinstance(after, Application) and restored.policy_id != after.policy_id:
        raise _touched()
    return replace(restored, needs_operator=restored.needs_operator and restored.state not in FINAL_STATES)


def _names(thing: Thing) -> set[str]:
    return {field.name for field in fields(thing)}


def _touched() -> StateConflict:
    return StateConflict("После исправления эти сведения изменились: отмените сначала более поздние изменения")
