"""The receipt of an appeal: what was handed in, under which number, and by when it is decided (requirement L1)."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING

from chalicelib.domain.appeal_rules import SUBJECTS
from chalicelib.domain.documents import HolderView, InsurerView, ReceiptDocument
from chalicelib.domain.qr_claims import QrClaims, QrKind
from chalicelib.domain.regions import find_region
from chalicelib.domain.scan import ScanState
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.status_lists import place_in_status_list

if TYPE_CHECKING:
    from chalicelib.domain.appeal import Appeal
    from chalicelib.domain.records import StoredDocument
    from chalicelib.ports.toolbox import Toolbox

LAW = "Федеральный закон от 02.05.2006 № 59-ФЗ; Федеральный закон от 29.11.2010 № 326-ФЗ, статьи 16 и 34"

NEXT_STEPS = (
    "Жалобу рассмотрит не тот, кто отказал; о решении напишем",
    "Если понадобится уточнение, мы спросим вас, и срок на это время остановится",
    "Если в жалобе откажут, можно обратиться в территориальный фонд",
)


def appeal_receipt(*, tools: Toolbox, ordered: StoredDocument, holder: HolderView) -> tuple[str, bytes]:
    """Draw the receipt of a filed appeal; returns the link of its code and the PDF."""
    file = tools.store.appeal_file(appeal_id=ordered.subject_id)
    appeal = file.appeal
    hours = find_region(code=appeal.refused.region).utc_offset_hours
    filed_at = (appeal.filed_at or ordered.ordered_at).astimezone(timezone(timedelta(hours=hours)))
    status_list, index = place_in_status_list(tools.store.next_serial(counter=STATUS_COUNTER))
    link = tools.qr.link(
        claims=QrClaims(
            kind=QrKind.RECEIPT,
            number=appeal.number,
            born_on=holder.born_on,
            valid_from=filed_at.date(),
            valid_until=None,
            insurer_code=appeal.refused.insurer_code,
            status_list=status_list,
            status_index=index,
            issued_at=ordered.ordered_at.astimezone(UTC),
        )
    )
    accepted = [scan for scan in file.scans if scan.state is ScanState.ACCEPTED]
    document = ReceiptDocument(
        number=appeal.number,
        submitted_at=filed_at,
        kind=SUBJECTS[appeal.refused.kind].title,
        applicant=holder.full_name,
        insurer=_insurer(tools, appeal),
        documents=tuple(f"Документ {place} к жалобе" for place, _ in enumerate(accepted, start=1)),
        due_on=appeal.due_on or filed_at.date(),
        status_link=f"{tools.public_base_url}/status",
        next_steps=NEXT_STEPS,
        qr_link=link,
        legal_reference=LAW,
        what="жалобы",
    )
    return link, tools.renderer.receipt(document=document)


def _insurer(tools: Toolbox, appeal: Appeal) -> InsurerView | None:
    found = tools.store.insurer(code=appeal.refused.insurer_code) if appeal.refused.insurer_code else None
    if found is None:
        return None
    return InsurerView(name=found.name, code=found.code, phones=found.phones, site=found.site)
