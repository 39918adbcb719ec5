"""What follows from a corrected attachment or certificate of insurance, forwards and backwards alike (D4, J2, K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.attachment_states import AttachmentState
from chalicelib.domain.insurance_certificate import InsuranceCertificateState
from chalicelib.domain.records import Revocation
from chalicelib.use_cases.attachment_steps import tell_clinic
from chalicelib.use_cases.journal import notify

if TYPE_CHECKING:
    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.insurance_certificate import InsuranceCertificate
    from chalicelib.use_cases.write_changes import Pen

_HOLDS_PLACE = frozenset({AttachmentState.REQUESTED, AttachmentState.ATTACHED})
WHATEVER_THE_LIMIT = 10**6
"""Whoever was taken for dead gets the place back, also with a doctor who took others meanwhile."""


def follow_attachment(pen: Pen, before: Attachment, after: Attachment) -> None:
    """Give the doctor's place back, or take it again, and tell the clinic who has left or is back."""
    had = before.state in _HOLDS_PLACE
    clinic, doctor = after.clinic_code, after.doctor_id
    if had:
        pen.work.free_place(clinic_code=clinic, doctor_id=doctor)
    else:
        pen.work.take_place(clinic_code=clinic, doctor_id=doctor, limit=WHATEVER_THE_LIMIT)
    if AttachmentState.ATTACHED in {before.state, after.state}:
        kind = "clinic_notified_of_departure" if had else "clinic_notified_of_arrival"
        tell_clinic(work=pen.work, tools=pen.tools, attachment=after, kind=kind, at=pen.at)


def follow_insurance_certificate(pen: Pen, after: InsuranceCertificate) -> None:
    """Let the code of a certificate say whether it still counts, and tell who asked for it that it does not."""
    entry = Revocation(status_index=after.status_index, status="revoked", at=pen.at)
    if after.state is not InsuranceCertificateState.REVOKED:
        pen.work.remove(entry)
        return
    pen.work.put(entry)
    kind, day = "insurance_certificate_revoked", str(after.local_day(pen.at))
    notify(work=pen.work, tools=pen.tools, kind=kind, person_id=after.account_id, at=pen.at, context={"day": day})
