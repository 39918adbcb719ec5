"""A signed snapshot of who is attached to a clinic, for a day without network (requirement G3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from chalicelib.domain.attachment_states import AttachmentState
from chalicelib.domain.regions import local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.attachment_file import LAST_DAY
from chalicelib.use_cases.check_insured_person import insurance_on
from chalicelib.use_cases.handle_attachments import clinic_of
from chalicelib.use_cases.views import note_views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

PART = 1000
"""People of one part: each needs the own folder, and an entry in the own journal."""

VALID_FOR = timedelta(hours=24)
"""A day without network: after it the desk has to fetch another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A part of a snapshot, signed; ``following`` is the number of the next one, None at the end."""

    text: str
    following: int | None


def clinic_snapshot(*, tools: Toolbox, principal: Principal, part: int, at: datetime) -> Snapshot:
    """Sign a part of the list of those who are attached to the registrar's own clinic, and of nobody else.

    Costs the listing up to this part, a call for each person, a transaction per 50 people for the journal, and one
    signature. Who is looked at by others at this very moment is left out: the desk asks for another snapshot.

    Raises:
        NotFound: there is no such part.
    """
    code = clinic_of(principal)
    found = list(islice(_attached(tools, code), (part - 1) * PART, part * PART + 1))
    if not found and part > 1:
        raise NotFound("Такой части списка нет")
    by_person = {attachment.person_id: attachment for attachment in found[:PART]}
    files = tools.store.person_files(person_ids=list(by_person))
    details = {person_id: {"clinic": code} for person_id in by_person}
    known = note_views(tools=tools, principal=principal, known=files, name="snapshot_taken", details=details, at=at)
    on = local_date(at=at, region=code[:2])
    people = [_person(tools, known[who], by_person[who], on) for who in by_person if who in known]
    return Snapshot(
        text=tools.snapshots.sign(claims=_claims(code, part, on, people), at=at, valid_for=VALID_FOR),
        following=part + 1 if len(found) > PART else None,
    )


def _claims(code: str, part: int, on: date, people: list[dict[str, Any]]) -> dict[str, Any]:
    return {"clinic": code, "part": part, "on": on.isoformat(), "people": people}


def _attached(tools: Toolbox, code: str) -> Iterator[Attachment]:
    pages = tools.store.attachments_by_day(clinic_code=code, state=AttachmentState.ATTACHED, since="0", until=LAST_DAY)
    return chain.from_iterable(pages)


def _person(tools: Toolbox, known: PersonFile, attachment: Attachment, on: date) -> dict[str, Any]:
    answer = insurance_on(tools=tools, known=known, on=on)
    person = answer.person
    return {
        "family_name": person.family_name if person else "",
        "given_name": person.given_name if person else "",
        "middle_name": person.middle_name if person else "",
        "born_on": person.born_on if person else "",
        "is_insured": answer.is_insured,
        "policy_number": answer.policy_number,
        "certificate_number": answer.certificate_number,
        "insurer_code": answer.insurer_code,
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
        "doctor_id": attachment.doctor_id,
        "attached_on": attachment.attached_on.isoformat() if attachment.attached_on else None,
    }
