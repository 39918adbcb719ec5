"""The monthly file of a clinic's attachments, in parts (requirement J2; DOMAIN 6.10)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain.attachment_file import (
    AttachmentLine,
    Month,
    belongs_to,
    detached_in,
    file_name,
    file_text,
    read_month,
)
from chalicelib.domain.attachment_states import AttachmentState
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.policy import STANDING
from chalicelib.domain.policy_types import POLICY_TYPES, type_of_form
from chalicelib.domain.regions import find_region
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.handle_attachments import clinic_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

PART = 1000
"""Lines of one part: each needs the folder of its person."""

LAST_DAY = "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentFile:
    """A part of the file; ``following`` is the number of the next one, None at the end."""

    name: str
    text: str
    following: int | None


def monthly_file(*, tools: Toolbox, principal: Principal, month: str, part: int) -> AttachmentFile:
    """Write a part of the file of the registrar's own clinic.

    Costs the listing of those who are or were attached, up to this part, and a call for each person of the part.

    Raises:
        ValidationFailed: the ``month`` is not written as 2026-03.
        NotFound: there is no such part.
    """
    code, wanted = clinic_of(principal), _month(month)
    found = list(islice(_of_month(tools, code, wanted), (part - 1) * PART, part * PART + 1))
    if not found and part > 1:
        raise NotFound("Такой части файла нет")
    people = tools.store.person_files(person_ids=[attachment.person_id for attachment in found[:PART]])
    lines = [_line(attachment, people[attachment.person_id], wanted) for attachment in found[:PART]]
    okato = find_region(code=code[:2]).okato
    return AttachmentFile(
        name=file_name(okato=okato, part=part, month=wanted),
        text=file_text(okato=okato, part=part, month=wanted, lines=lines),
        following=part + 1 if len(found) > PART else None,
    )


def _month(text: str) -> Month:
    try:
        return read_month(text)
    except InvalidValue as refusal:
        error = FieldError(field="month", code=refusal.reason, message=refusal.detail)
        raise ValidationFailed([error]) from None


def _of_month(tools: Toolbox, code: str, month: Month) -> Iterator[Attachment]:
    """Who is attached since before the end of the month, then who left in it or later."""
    since = {AttachmentState.ATTACHED: "0", AttachmentState.ENDED: month.first.isoformat()}
    until = {AttachmentState.ATTACHED: month.last.isoformat(), AttachmentState.ENDED: LAST_DAY}
    for state in (AttachmentState.ATTACHED, AttachmentState.ENDED):
        for page in tools.store.attachments_by_day(
            clinic_code=code, state=state, since=since[state], until=until[state]
        ):
            yield from (attachment for attachment in page if belongs_to(attachment, month))


def _line(attachment: Attachment, known: PersonFile, month: Month) -> AttachmentLine:
    letter, policy_id, number = _proof(known, month.last)
    return AttachmentLine(
        policy_letter=letter,
        policy_id=policy_id,
        policy_number=number,
        clinic_code=attachment.clinic_code,
        method=attachment.method,
        attached_on=attachment.attached_on or month.first,
        detached_on=detached_in(attachment, month),
    )


def _proof(known: PersonFile, on: date) -> tuple[str, str, str]:
    """Letter, number and ЕНП of what proves the insurance: the standing policy, the last one, or a certificate."""
    policies = sorted(known.policies, key=lambda policy: (policy.state in STANDING, policy.is_valid_on(on)))
    if policies:
        policy = policies[-1]
        letter = POLICY_TYPES[type_of_form(form=policy.form)].letter
        return letter, (policy.blank.number if policy.blank else "") or policy.policy_number, policy.policy_number
    certificate = next(iter(known.certificates), None)
    return "Е", certificate.number if certificate else "", ""
