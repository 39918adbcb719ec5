"""Writing what a correction changes, with everything that follows from it, into one unit of work (D4, F2, G1).

The places of the one policy and of live applications, the cards of lookups, the lists of revoked codes and the messages
that let applications go on are not part of the changes: they are made from them here, forwards and backwards alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.audit import Actor
from chalicelib.domain.changes import Chained, Change, Versioned, reference
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.legacy_registration import LegacyPolicy, LegacyState
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import LiveMarker, Pointer, Queue, Revocation, StoredDocument
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.ports.toolbox import Toolbox
from chalicelib.ports.unit_of_work import UnitOfWork
from chalicelib.use_cases.certificates import put_certificate_card
from chalicelib.use_cases.follow_changes import follow_attachment, follow_insurance_certificate
from chalicelib.use_cases.journal import record, send
from chalicelib.use_cases.policy_acts import LISTED
from chalicelib.use_cases.register_legacy_policy import ask_later, live_marker

if TYPE_CHECKING:
    from collections.abc import Iterable

CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """By what, by whom and when changes are written; ``name`` and ``details`` stand in each journal entry."""

    tools: Toolbox
    work: UnitOfWork
    actor: Actor
    at: datetime
    details: Mapping[str, str]
    name: str = CORRECTED


def write_changes(pen: Pen, changes: Iterable[Change]) -> None:
    """Add every change to the unit of work, conditional on the version that it starts from."""
    for change in changes:
        before, after = change.before, change.after
        if isinstance(change.thing, Pointer):
            _write_pointer(pen.work, change)
        else:
            _write(pen, before, after)  # type: ignore[arg-type]  # both are of the kind of the thing
        if isinstance(change.thing, Policy):
            _list_policy(pen, before, after)  # type: ignore[arg-type]  # as above
        elif isinstance(change.thing, TemporaryCertificate):
            _list_certificate(pen, before, after)  # type: ignore[arg-type]  # as above
        elif isinstance(before, Attachment) and isinstance(after, Attachment):
            follow_attachment(pen, before, after)
        elif isinstance(after, InsuranceCertificate):
            follow_insurance_certificate(pen, after)


def _write(pen: Pen, before: Versioned | None, after: Versioned | None) -> None:
    if after is None:
        pen.work.discard(before)
        return
    if isinstance(after, Application):
        after = _going_on(pen, before, after)
    elif isinstance(after, LegacyPolicy):
        after = _asked_again(pen, before, after)
    elif isinstance(after, StoredDocument):
        _order(pen, before, after)
    if before is None:
        pen.work.create(_noted(pen, after))
    elif reference(before) == reference(after):
        pen.work.update(_noted(pen, after))
    else:
        pen.work.discard(before)
        moved = replace(after, version=before.version + 1)
        pen.work.create(_noted(pen, moved))


def _noted(pen: Pen, thing: Versioned) -> Versioned:
    if isinstance(thing, StoredDocument | AttachmentBook):
        return thing
    noted: Chained = record(  # type: ignore[type-var]  # of the same kind as it was
        thing, work=pen.work, tools=pen.tools, name=pen.name, at=pen.at, actor=pen.actor, details=pen.details
    )
    return noted


def _write_pointer(work: UnitOfWork, change: Change) -> None:
    before, after = change.before, change.after
    if isinstance(before, Pointer) and isinstance(after, Pointer) and not after.shared:
        work.repoint(after, owner=before.person_id)
        return
    if isinstance(before, Pointer):
        work.release(before)
    if isinstance(after, Pointer):
        work.claim(after)


def _going_on(pen: Pen, before: object, after: Application) -> Application:
    """Keep the place of a live application, and let one that has nothing to wait for go on by itself."""
    earlier = before if isinstance(before, Application) else None
    _place_application(pen.work, earlier, after)
    awaits = _awaited(after)
    if awaits is None or (earlier is not None and _awaited(earlier) == awaits):
        return after
    body = {"application_id": after.application_id}
    message_id = send(work=pen.work, tools=pen.tools, queue=awaits, body=body, at=pen.at)
    return replace(after, awaited_message=message_id) if awaits is Queue.VERIFICATION else after


def _asked_again(pen: Pen, before: object, after: LegacyPolicy) -> LegacyPolicy:
    """Keep the place of a live registration, and let one that is pending again be checked again."""
    was_live = isinstance(before, LegacyPolicy) and before.is_live
    if was_live and not after.is_live:
        pen.work.remove(live_marker(after))
    if was_live or not after.is_live:
        return after
    pen.work.create(live_marker(after))
    if after.state is not LegacyState.PENDING:
        return after
    message_id = ask_later(work=pen.work, tools=pen.tools, registration=after, at=pen.at)
    return replace(after, awaited_message=message_id)


def _awaited(application: Application) -> Queue | None:
    """The queue that carries an application on, if it waits for nobody."""
    if application.needs_operator:
        return None
    if application.state is ApplicationState.IN_PROCESSING:
        return Queue.VERIFICATION
    if application.state is ApplicationState.APPROVED and application.policy_id is None:
        return Queue.ISSUANCE
    return None


def _place_application(work: UnitOfWork, before: Application | None, after: Application) -> None:
    held, wanted = _live_marker(before), _live_marker(after)
    if held == wanted:
        return
    if held is not None:
        work.remove(held)
    if wanted is not None:
        work.create(wanted)


def _live_marker(application: Application | None) -> LiveMarker | None:
    if application is None or not application.is_live:
        return None
    return LiveMarker(
        person_id=application.person_id, kind=application.kind.value, application_id=application.application_id
    )


def _order(pen: Pen, before: object, after: StoredDocument) -> None:
    """A document that counts and is not made yet is to be made."""
    counted = isinstance(before, StoredDocument) and not before.superseded
    if after.made_at is None and not after.superseded and not counted:
        body = {"person_id": after.person_id, "document_id": after.document_id}
        send(work=pen.work, tools=pen.tools, queue=Queue.DOCUMENTS, body=body, at=pen.at)


def _list_policy(pen: Pen, before: Policy | None, after: Policy | None) -> None:
    """Codes tell the state of the policy: those of another place, or of a policy that is no more, are dead."""
    if before is not None and (after is None or after.status_index != before.status_index):
        _list(pen, before.status_index, "replaced" if after is not None else "revoked")
    if after is not None and (
        before is None or (before.status_index, before.state) != (after.status_index, after.state)
    ):
        _list(pen, after.status_index, LISTED.get(after.state))


def _list_certificate(pen: Pen, before: TemporaryCertificate, after: TemporaryCertificate) -> None:
    put_certificate_card(work=pen.work, tools=pen.tools, certificate=after)
    if after.state is not before.state:
        _list(pen, after.status_index, None if after.state is CertificateState.ACTIVE else "revoked")


def _list(pen: Pen, status_index: int, status: str | None) -> None:
    entry = Revocation(status_index=status_index, status=status or "", at=pen.at)
    if status is None:
        pen.work.remove(entry)
    else:
        pen.work.put(entry)
