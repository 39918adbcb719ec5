"""The same failed image again: an upload that was refused before in the same application (requirement C2).

A file is known by its hash, a copy of a picture (saved anew, scaled, sent through a messenger) by its fingerprint. A
copy only ever changes what a refusal says: a picture that passes the check is accepted, however much it looks like
one that did not, since a sharp photo resembles the blurred one before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.scan import ScanState
from chalicelib.domain.scan_verdict import MESSAGES, ScanVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.scan import Scan
    from chalicelib.domain.supporting_documents import DocumentKind

REPEATED: Final = "same_as_refused"

_DEPENDS_ON_DOCUMENT: Final = frozenset({"too_many_pages"})
"""Refusals that may not hold for another kind of document."""

_LEVELS_APART: Final = 3
"""How far the fields of a copy may be from the original, of 255 levels."""


def refused_before(*, scans: Iterable[Scan], sha256: str, document: DocumentKind) -> Scan | None:
    """Find the refusal of the very same file, unless it was accepted as well."""
    same = [scan for scan in scans if scan.sha256 == sha256]
    if any(scan.state is not ScanState.REJECTED for scan in same):
        return None
    return next(
        (
            scan
            for scan in same
            if scan.code != REPEATED and (scan.document is document or scan.code not in _DEPENDS_ON_DOCUMENT)
        ),
        None,
    )


def copied(*, scans: Iterable[Scan], fingerprint: str, code: str) -> Scan | None:
    """Find the refusal, for the same defect, of a picture that the refused one is a copy of."""
    return next((scan for scan in scans if scan.code == code and _is_copy(scan.fingerprint, fingerprint)), None)


def _is_copy(one: str, other: str) -> bool:
    if not one or len(one) != len(other):
        return False
    fields = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return all(abs(first - second) <= _LEVELS_APART for first, second in fields)


def repeated(earlier: Scan) -> ScanVerdict:
    """Refuse a file for the defect of the earlier one: say that it is the same, and again how to mend it."""
    message = f"{MESSAGES[REPEATED]} {earlier.message}"
    return ScanVerdict(accepted=False, code=REPEATED, message=message)
