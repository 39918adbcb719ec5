"""The document of a certificate of insurance: what it shows, and the code that repeats what it states (K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.documents import HolderView, InsuranceCertificateDocument, StretchView
from chalicelib.domain.qr_claims import QrClaims, QrKind, StatedPeriod
from chalicelib.use_cases.issue_insurance_certificate import stated_by
from chalicelib.use_cases.status_lists import place_in_status_list

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.coverage import Stretch
    from chalicelib.domain.insurance_certificate import InsuranceCertificate
    from chalicelib.domain.records import StoredDocument
    from chalicelib.ports.toolbox import Toolbox

LAW = "Федеральный закон от 29.11.2010 № 326-ФЗ, статьи 43 и 44; сведения единого регистра застрахованных лиц"


def draw_insurance_certificate(
    *, tools: Toolbox, document: StoredDocument, holder: HolderView, on: date
) -> tuple[str, bytes]:
    """Draw the document of what was stated; returns the link of its code too (2 AWS calls and 1 per insurer).

    Raises:
        NotFound: there is no such certificate.
    """
    stated = stated_by(tools, document)
    link = tools.qr.link(claims=_claims(stated, document, holder, on))
    drawn = InsuranceCertificateDocument(
        number=stated.number,
        holder=holder,
        policy_number=stated.policy_number,
        stretches=_views(tools, stated.stretches),
        issued_on=on,
        qr_link=link,
        legal_reference=LAW,
        bilingual=stated.bilingual,
    )
    return link, tools.renderer.insurance_certificate(document=drawn)


def _claims(stated: InsuranceCertificate, document: StoredDocument, holder: HolderView, on: date) -> QrClaims:
    """What is stated stands in the code too: who changes the period on paper is found out."""
    first, last = stated.stretches[0], stated.stretches[-1]
    status_list, index = place_in_status_list(stated.status_index)
    return QrClaims(
        kind=QrKind.INSURANCE_CERTIFICATE,
        number=stated.number,
        born_on=holder.born_on,
        valid_from=on,
        valid_until=None,
        insurer_code=last.insurer_code,
        status_list=status_list,
        status_index=index,
        issued_at=document.ordered_at,
        stated=StatedPeriod(from_on=first.from_on, to_on=last.last_day, is_continuous=stated.is_continuous),
    )


def _views(tools: Toolbox, stretches: tuple[Stretch, ...]) -> tuple[StretchView, ...]:
    codes = sorted({stretch.insurer_code for stretch in stretches if stretch.insurer_code})
    insurers = {code: tools.store.insurer(code=code) for code in codes}
    names = {code: insurer.name if insurer else "" for code, insurer in insurers.items()}
    return tuple(
        StretchView(
            from_on=stretch.from_on,
            to_on=stretch.last_day,
            insurer=names.get(stretch.insurer_code, ""),
            insurer_code=stretch.insurer_code,
        )
        for stretch in stretches
    )
