"""Certificates of single employees in a ZIP, each with its code, and a manifest of them (requirement K2)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.documents import HolderView, InsuranceCertificateDocument, StretchView
from chalicelib.domain.numbers import SERIAL_LIMIT, insurance_certificate_number
from chalicelib.domain.qr_claims import QrClaims, QrKind, StatedPeriod
from chalicelib.domain.staff_row import STATED, Outcome
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.insurance_certificate_document import LAW
from chalicelib.use_cases.status_lists import place_in_status_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.domain.staff_result import RowResult
    from chalicelib.domain.staff_row import StaffRow
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    file: str
    row: str
    name: str
    number: str
    sha256: str


def zip_part(
    *,
    tools: Toolbox,
    request: EmployerRequest,
    rows: Sequence[tuple[StaffRow, RowResult]],
    on: date,
    at: datetime,
) -> bytes:
    """Draw a certificate for each row of which the employer may know; names of files hold numbers only.

    Costs a call of the signing key for each, and 1 to draw all their places in the status list.
    """
    stated = [(row, result) for row, result in rows if result.outcome in STATED]
    first = tools.store.next_serials(counter=STATUS_COUNTER, count=len(stated)) if stated else 0
    target = io.BytesIO()
    entries = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (row, result) in enumerate(stated):
            document = _document(tools, request, row, result, first + place, on, at)
            data = tools.renderer.insurance_certificate(document=document)
            name = f"{document.number}.pdf"
            archive.writestr(_info(name, on), data)
            digest = hashlib.sha256(data).hexdigest()
            entries.append(_Entry(file=name, row=row.key, name=row.full_name, number=document.number, sha256=digest))
        archive.writestr(_info("manifest.json", on), _manifest(request, rows, entries))
    return target.getvalue()


def _info(name: str, on: date) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(on.year, on.month, on.day, 0, 0, 0))


def _manifest(request: EmployerRequest, rows: Sequence[tuple[StaffRow, RowResult]], entries: Sequence[_Entry]) -> bytes:
    waiting = [row.key for row, result in rows if result.outcome is Outcome.WAITING]
    told = {
        "request": request.number,
        "documents": [
            {"file": one.file, "row": one.row, "name": one.name, "number": one.number, "sha256": one.sha256}
            for one in entries
        ],
        "waiting_for_consent": waiting,
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _document(
    tools: Toolbox,
    request: EmployerRequest,
    row: StaffRow,
    result: RowResult,
    status_index: int,
    on: date,
    at: datetime,
) -> InsuranceCertificateDocument:
    number = insurance_certificate_number(serial_or_random=tools.ids.below(SERIAL_LIMIT), on=on)
    last = result.stretches[-1]
    status_list, index = place_in_status_list(status_index)
    born_on = date.fromisoformat(row.born_on)
    is_continuous = result.outcome is Outcome.CONFIRMED
    claims = QrClaims(
        kind=QrKind.INSURANCE_CERTIFICATE,
        number=number,
        born_on=born_on,
        valid_from=on,
        valid_until=None,
        insurer_code=last.insurer_code,
        status_list=status_list,
        status_index=index,
        issued_at=at,
        stated=StatedPeriod(from_on=request.from_on, to_on=last.last_day, is_continuous=is_continuous),
    )
    return InsuranceCertificateDocument(
        number=number,
        holder=HolderView(
            family_name=row.family_name, given_name=row.given_name, middle_name=row.middle_name, born_on=born_on
        ),
        policy_number=row.policy_number,
        stretches=tuple(
            StretchView(
                from_on=stretch.from_on,
                to_on=stretch.last_day,
                insurer=tools.store.insurer_name(code=stretch.insurer_code) if stretch.insurer_code else "",
                insurer_code=stretch.insurer_code,
            )
            for stretch in result.stretches
        ),
        issued_on=on,
        qr_link=tools.qr.link(claims=claims),
        legal_reference=LAW,
    )
