"""Scans and the permission to upload them as JSON (requirements C1-C3)."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.scan import ScanState
from chalicelib.domain.scan_verdict import MAX_PAGES
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.http.models import In, Out, Query

if TYPE_CHECKING:
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.files import UploadForm


class Turn(IntEnum):
    """Quarter turns clockwise, in degrees."""

    NONE = 0
    QUARTER = 90
    HALF = 180
    THREE_QUARTERS = 270


class ScanIn(In):
    """A file that is going to be uploaded."""

    document: DocumentKind = Field(strict=False, description="Какой документ")
    media_type: str = Field(max_length=100, description="Тип файла", examples=["image/jpeg", "image/heic"])


class PreviewQuery(Query):
    """How to show a preview."""

    rotate: Turn = Field(default=Turn.NONE, description="На сколько градусов повернуть по часовой стрелке")


class ScanViewIn(In):
    """Which page an operator opens."""

    page: int = Field(default=1, ge=1, le=MAX_PAGES, description="Номер страницы")
    rotate: Turn = Field(
        default=Turn.NONE, strict=False, description="На сколько градусов повернуть по часовой стрелке"
    )


class ScanOut(Out):
    """A scan and what its check found."""

    id: str
    document: DocumentKind
    media_type: str
    state: ScanState
    code: str
    message: str
    pages: int | None
    size: int | None
    created_at: datetime
    checked_at: datetime | None
    has_preview: bool
    view_pages: int


class OperatorScanOut(ScanOut):
    """A scan as operators see it, with the hash by which the original is recognised."""

    sha256: str


class ScanViewOut(Out):
    """A link to the copy of a page that was made for this view."""

    url: str
    expires_in: int
    page: int
    pages: int


class UploadFormOut(Out):
    """POST the file here as multipart/form-data: first these fields, then the file in the field ``file``."""

    url: str
    fields: dict[str, str]
    expires_in: int
    max_bytes: int


class ScanOrderOut(Out):
    """A scan that is awaited, and where to upload it."""

    scan: ScanOut
    upload: UploadFormOut


def scan_out(scan: Scan) -> ScanOut:
    """Present a scan."""
    return ScanOut(
        id=scan.scan_id,
        document=scan.document,
        media_type=scan.media_type,
        state=scan.state,
        code=scan.code,
        message=scan.message,
        pages=scan.pages,
        size=scan.size,
        created_at=scan.created_at,
        checked_at=scan.checked_at,
        has_preview=scan.preview_key is not None,
        view_pages=scan.view_pages,
    )


def operator_scan_out(scan: Scan) -> OperatorScanOut:
    """Present a scan to an operator."""
    return OperatorScanOut(**scan_out(scan).model_dump(), sha256=scan.sha256)


def upload_out(form: UploadForm) -> UploadFormOut:
    """Present the permission to upload."""
    return UploadFormOut(
        url=form.url,
        fields=dict(form.fields),
        expires_in=form.expires_in,
        max_bytes=form.max_bytes,
    )
