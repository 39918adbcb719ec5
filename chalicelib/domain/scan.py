"""A scan (скан-копия) of a supporting document: uploaded, checked on arrival, replaced (C1-C4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.supporting_documents import DocumentKind

MAX_BYTES = 5 * 1024 * 1024
"""Requirement C1."""

MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})

UPLOAD_SECONDS = 15 * 60
"""How long the permission to upload lasts."""

MAX_SCANS = 20
"""How many scans one application may hold, replaced ones included; as many more for each question asked."""


class ScanState(StrEnum):
    """What is known of a scan."""

    AWAITING_UPLOAD = "awaiting_upload"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One uploaded file; ``code`` and ``message`` are the verdict, ``preview_key`` the thumbnail."""

    scan_id: str
    application_id: str
    person_id: str
    document: DocumentKind
    media_type: str
    object_key: str
    state: ScanState
    created_at: datetime
    code: str = ""
    message: str = ""
    pages: int | None = None
    size: int | None = None
    preview_key: str | None = None
    checked_at: datetime | None = None
    object_version: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)
