"""A scan (скан-копия) of a supporting document: uploaded, checked on arrival, replaced (C1-C4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.scan_verdict import MAX_PAGES
from chalicelib.domain.supporting_documents import DocumentKind

MAX_BYTES = 5 * 1024 * 1024
"""Requirement C1."""

MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/heic", "image/heif"})

UPLOAD_SECONDS = 15 * 60
"""How long the permission to upload lasts."""

MAX_SCANS = 20
"""How many scans one application may hold, replaced ones included; as many more for each question asked."""

PAGES_AT_MOST = {DocumentKind.SNILS_CARD: 2, DocumentKind.PROOF_OF_RESIDENCE: 10}
"""How many pages a scan of a document may have: a card has two sides, a lease has several sheets.

A passport may be scanned whole, so the most of any scan holds for it, and for kinds that are not named.
"""


def pages_allowed(document: DocumentKind) -> int:
    """How many pages a scan of this document may have (requirement C2)."""
    return PAGES_AT_MOST.get(document, MAX_PAGES)


class ScanState(StrEnum):
    """What is known of a scan."""

    AWAITING_UPLOAD = "awaiting_upload"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One uploaded file; ``code`` and ``message`` are the verdict, ``preview_key`` the thumbnail.

    ``application_id`` names its folder: that of an application, or of an appeal.

    The original stays as it came: ``size`` in bytes and ``sha256`` (hexadecimal) tell whether it still is.
    ``fingerprint`` finds copies of a picture that was refused. People see ``view_pages`` pictures
    that were drawn anew, under keys made of ``view_id``.
    """

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
    sha256: str = ""
    fingerprint: str = ""
    view_id: str = ""
    view_pages: int = 0
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)
