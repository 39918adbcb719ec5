"""Taking in a letter that answers a ticket: threaded by its signed address, checked, taken in once (requirement L2).

Whoever writes from another address than the confirmed one of the ticket's account, or to an address of no ticket, gets
no answer at all: there is nothing to try out.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import Actor
from chalicelib.domain.errors import StateConflict, ValidationFailed
from chalicelib.domain.inbound_mail import MAX_LETTER, read_letter
from chalicelib.domain.reply_address import ticket_of
from chalicelib.domain.scan import MAX_BYTES, MEDIA_TYPES, ScanState
from chalicelib.domain.ticket import MAX_ATTACHMENTS, MAX_TEXT, ReceivedLetter, Source, written
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.use_cases.ticket_steps import add_ticket_step, keep_ticket
from chalicelib.use_cases.tickets import new_attachment, writing_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.inbound_mail import Attached, Letter
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.tickets import TicketFile
    from chalicelib.ports.toolbox import Toolbox

PREFIX = "mail/"
"""Where the receiving server leaves letters in the bucket of scans."""

NO_TEXT = "(письмо без текста)"


def receive_letter(*, tools: Toolbox, key: str, at: datetime) -> str:
    """Take in a letter; returns what became of it, for the log (at most 6 AWS calls, one more per attachment).

    Repeating it changes nothing, and makes good the attachments that a broken run left behind.

    Raises:
        Unavailable, Throttled: the storage did not answer; the event will come again.
        StaleWrite: the ticket changed meanwhile; the event will come again.
    """
    if not key.startswith(PREFIX):
        return "not_a_letter"
    try:
        data = tools.scans.read(key=key, max_bytes=MAX_LETTER)
    except NotFound:
        return "gone"
    letter = read_letter(data=data, max_text=MAX_TEXT, max_file=MAX_BYTES) if len(data) <= MAX_LETTER else None
    refusal = _refusal(letter)
    if letter is None or refusal:
        return refusal
    file = _answered(tools, letter)
    return "unknown" if file is None else _taken_in(tools, file, letter, at)


def _refusal(letter: Letter | None) -> str:
    if letter is None or not letter.message_id or not letter.sender:
        return "unreadable"
    if letter.is_automatic:
        return "automatic"
    return "suspect" if letter.is_suspect else ""


def _answered(tools: Toolbox, letter: Letter) -> TicketFile | None:
    """The ticket that the letter answers, if it comes from the confirmed address of the ticket's account."""
    secret, domain = tools.secrets.signing_secret, tools.mail_replies_domain
    ticket_id = ticket_of(addresses=letter.recipients, secret=secret, domain=domain)
    if ticket_id is None:
        return None
    try:
        file = tools.store.ticket_file(ticket_id=ticket_id)
    except NotFound:
        return None
    person = tools.store.person_file(person_id=file.ticket.account_id).person
    contact = person.email if person is not None else None
    is_theirs = contact is not None and contact.verified_at is not None and contact.value.lower() == letter.sender
    return file if is_theirs else None


def _taken_in(tools: Toolbox, file: TicketFile, letter: Letter, at: datetime) -> str:
    letter_hash = _hash(tools, file, letter)
    files = [attached for attached in letter.files if attached.media_type in MEDIA_TYPES]
    files = files[: max(0, MAX_ATTACHMENTS - len(file.scans))]
    try:
        scans = _committed(tools, file, letter, letter_hash, files, at)
    except AlreadyExists:
        known = tools.store.received_letter(letter_hash=letter_hash)
        kept = known.attachments if known is not None else ()
        scans = [scan for scan in tools.store.scans_in(folder_id=file.ticket.ticket_id) if scan.scan_id in kept]
        _store(tools, scans, files)
        return "repeated"
    except (StateConflict, ValidationFailed):
        # Closed long ago, or a thread without end: the cabinet says so, a letter gets no answer.
        return "too_late"
    _store(tools, scans, files)
    return "taken_in"


def _hash(tools: Toolbox, file: TicketFile, letter: Letter) -> str:
    """The same letter to the same ticket; the id is the sender's own, so that a stranger cannot use it up."""
    digest = hashlib.sha256(letter.message_id.encode()).hexdigest()
    return tools.secrets.lookup_hash(kind="letter", value=f"{file.ticket.ticket_id}|{digest}")


def _committed(
    tools: Toolbox, file: TicketFile, letter: Letter, letter_hash: str, files: Sequence[Attached], at: datetime
) -> list[Scan]:
    ticket = file.ticket
    actor = Actor(kind="person", actor_id=ticket.account_id)
    scans = [new_attachment(tools=tools, ticket=ticket, media_type=one.media_type, at=at) for one in files]
    names = tuple(scan.scan_id for scan in scans)
    work = tools.store.work(at=at)
    # First of all, so that a letter which comes twice is told from a thread that has moved on.
    work.create(ReceivedLetter(letter_hash=letter_hash, ticket_id=ticket.ticket_id, attachments=names))
    ticket, message = written(ticket=ticket, text=letter.text or NO_TEXT, author=actor, source=Source.MAIL, at=at)
    event = writing_event(ticket)
    ticket = add_ticket_step(work=work, tools=tools, ticket=ticket, event=event, actor=actor, at=at)
    work.create(replace(message, attachments=names))
    for scan in scans:
        work.create(scan)
    keep_ticket(work=work, ticket=ticket)
    return scans


def _store(tools: Toolbox, scans: Sequence[Scan], files: Sequence[Attached]) -> None:
    """Put the files where uploads lie: they are checked on arrival like any other."""
    for scan, attached in zip(scans, files, strict=False):
        if scan.state is ScanState.AWAITING_UPLOAD:
            tools.scans.write(key=scan.object_key, data=attached.data, media_type=scan.media_type)
