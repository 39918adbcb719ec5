"""The check of a scan on arrival: the verdict, and the pictures that people see from then on (requirements C2-C4)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.scan import MAX_BYTES, Scan, ScanState, pages_allowed
from chalicelib.domain.scan_repeats import copied, refused_before, repeated
from chalicelib.domain.scan_verdict import refused
from chalicelib.domain.supporting_documents import STAND_SIDE_BY_SIDE
from chalicelib.ports.errors import Unavailable
from chalicelib.ports.scans import Inspection
from chalicelib.use_cases.scans import JPEG, PREVIEW_PREFIX, page_key, recorded, scan_of_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox


def inspect_scan(*, tools: Toolbox, key: str, version: str | None, at: datetime) -> Scan | None:
    """Check an uploaded file and keep the verdict; a repeated or unknown event changes nothing.

    Raises:
        Unavailable, Throttled: the storage did not answer; the event will come again.
    """
    ids = scan_of_key(key)
    if ids is None:
        return None
    scans = tools.store.scans_in(folder_id=ids[0])
    scan = next((scan for scan in scans if scan.scan_id == ids[1]), None)
    if scan is None or scan.state is not ScanState.AWAITING_UPLOAD:
        return None
    data = tools.scans.read(key=key, version=version, max_bytes=MAX_BYTES)
    arrived = replace(
        scan,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        object_version=version or "",
        checked_at=at,
    )
    found = _inspected(tools, scans, arrived, data)
    return _keep(tools, scans, _with_pictures(tools, arrived, found), at)


def _inspected(tools: Toolbox, scans: Sequence[Scan], scan: Scan, data: bytes) -> Inspection:
    """Look into the file, unless it was refused before; a copy of a refused picture is told that it is one."""
    earlier = refused_before(scans=scans, sha256=scan.sha256, document=scan.document)
    if earlier is not None:
        return Inspection(verdict=repeated(earlier))
    tag = tools.scans.scanner_verdict(key=scan.object_key, version=scan.object_version)
    if tag == "infected":
        return Inspection(verdict=refused(code="infected"))
    if tag is None and tools.scanner_required:
        raise Unavailable("Ждём проверки файла на вирусы")
    allowed = pages_allowed(scan.document)
    found = tools.inspector.inspect(data=data, declared_media_type=scan.media_type, max_pages=allowed)
    if not found.verdict.accepted:
        earlier = copied(scans=scans, fingerprint=found.fingerprint, code=found.verdict.code)
    return found if earlier is None else replace(found, verdict=repeated(earlier))


def _with_pictures(tools: Toolbox, scan: Scan, found: Inspection) -> Scan:
    """Store what people see of the scan, under the same keys if the event comes again, and note the verdict."""
    preview_key = None
    if found.preview is not None:
        preview_key = f"{PREVIEW_PREFIX}{scan.application_id}/{scan.scan_id}"
        tools.scans.write(key=preview_key, data=found.preview, media_type=JPEG)
    for number, picture in enumerate(found.pages, start=1):
        tools.scans.write(key=page_key(scan, number), data=picture, media_type=JPEG)
    verdict = found.verdict
    return replace(
        scan,
        state=ScanState.ACCEPTED if verdict.accepted else ScanState.REJECTED,
        code=verdict.code,
        message=verdict.message,
        pages=verdict.pages,
        fingerprint=found.fingerprint,
        preview_key=preview_key,
        view_pages=len(found.pages),
    )


def _keep(tools: Toolbox, scans: Sequence[Scan], scan: Scan, at: datetime) -> Scan:
    work = tools.store.work(at=at)
    scan = recorded(scan, work=work, tools=tools, name="scan_checked", at=at, actor=SYSTEM)
    work.update(scan)
    if scan.state is ScanState.ACCEPTED and scan.document not in STAND_SIDE_BY_SIDE:
        for earlier in scans:
            if earlier.document is scan.document and earlier.state is ScanState.ACCEPTED:
                replaced = recorded(earlier, work=work, tools=tools, name="scan_replaced", at=at, actor=SYSTEM)
                work.update(replace(replaced, state=ScanState.REPLACED))
    work.commit()
    return scan
