"""Scans and the permission to upload them as JSON (requirements C1-C3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.scan import ScanState
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.http.models import In, Out

if TYPE_CHECKING:
    from chalicelib.domain.scan import Scan
    from chalicelib.ports.files import UploadForm


class ScanIn(In):
    """A file that is going to be uploaded."""

    document: DocumentKind = Field(strict=False, description="Какой документ")
    media_type: str = Field(max_length=100, description="Тип файла", examples=["image/jpeg", "application/pdf"])


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
    )


def upload_out(form: UploadForm) -> UploadFormOut:
    """Present the permission to upload."""
    return UploadFormOut(
        url=form.url,
        fields=dict(form.fields),
        expires_in=form.expires_in,
        max_bytes=form.max_bytes,
    )
