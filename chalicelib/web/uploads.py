"""Files that go up beside an appeal or a ticket: what was sent, what its check found, the way there (C1-C3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.bootstrap import container
from chalicelib.domain.errors import RuleRefused, ValidationFailed
from chalicelib.domain.scan import ScanState
from chalicelib.web.answers import UNPROCESSABLE, Answer, Data, Page
from chalicelib.web.rendering import address
from chalicelib.web.typed_words import refusal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chalicelib.domain.scan import Scan
    from chalicelib.ports.files import UploadForm
    from chalicelib.web.visits import Visit

TYPES = {
    "image/jpeg": "Снимок JPG",
    "image/png": "Снимок PNG",
    "image/heic": "Снимок HEIC (телефоны Apple)",
    "application/pdf": "Документ PDF",
}
TITLES = {
    ScanState.ACCEPTED: "Принят",
    ScanState.REJECTED: "Не подходит",
    ScanState.AWAITING_UPLOAD: "Проверяется или ещё не загружен",
}
TONES = {ScanState.ACCEPTED: "good", ScanState.REJECTED: "bad", ScanState.AWAITING_UPLOAD: "wait"}
SHOWN = frozenset(TITLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The page of files of one thing: where it stands, what it says, where it leads back and on to.

    ``path`` is its address; what is sent to it permits one upload, and below it stands each file.
    """

    section: str
    path: str
    title: str
    lead: str
    back: tuple[str, str]
    onward: tuple[str, str]


def files_page(visit: Visit, folder: Folder, scans: Iterable[Scan], *, error: str = "") -> Page:
    """Every file with its verdict, and the form of another."""
    just_sent = visit.query.get("uploaded", "")
    files = [file_row(scan, folder.path) for scan in scans if scan.state in SHOWN]
    context = {
        "section": folder.section,
        "folder": folder,
        "files": files,
        "types": TYPES,
        "just_sent": just_sent,
        "waits": any(file["id"] == just_sent and file["tone"] == "wait" for file in files),
        "error": error,
        "key": container().ids.new_id(at=visit.at),
    }
    status = UNPROCESSABLE if error else 200
    return Page(template="pages/uploads.html", context=context, status=status, storage=storage_origin())


def file_row(scan: Scan, path: str) -> dict[str, Any]:
    """One file as its owner sees it; ``path`` is the address of the page of files."""
    return {
        "id": scan.scan_id,
        "title": TITLES.get(scan.state, ""),
        "tone": TONES.get(scan.state, "quiet"),
        "message": scan.message if scan.state is ScanState.REJECTED else "",
        "preview": f"{path}/{scan.scan_id}/preview" if scan.preview_key else "",
    }


def way_back(visit: Visit, folder: Folder) -> str:
    """The address to which the storage sends a browser without scripts; the id of the file follows."""
    return "" if visit.wants_json else f"{container().public_base_url}{folder.path}?uploaded="


def ordered(
    visit: Visit, folder: Folder, scans: Iterable[Scan], order: Callable[[], tuple[Scan, UploadForm]]
) -> Answer:
    """Permit one upload straight to the storage, or show the page of files with what forbids it.

    Raises:
        ValidationFailed, RuleRefused: it is forbidden, and a script asks.
    """
    try:
        scan, form = order()
    except (ValidationFailed, RuleRefused) as refusal:
        if visit.wants_json:
            raise
        return files_page(visit, folder, scans, error=refusal_text(refusal))
    return _permitted(visit, folder, scan, form)


def _permitted(visit: Visit, folder: Folder, scan: Scan, form: UploadForm) -> Answer:
    """The permission to send one file: data for a script, for anybody else a page with the form of the storage."""
    if visit.wants_json:
        return Data(body={"scan": scan.scan_id, "url": form.url, "fields": dict(form.fields), "limit": form.max_bytes})
    context = {
        "section": folder.section,
        "folder": folder,
        "media_type": scan.media_type,
        "accept": scan.media_type,
        "upload": form,
        "most": form.max_bytes // (1024 * 1024),
        "back": address(folder.path),
    }
    return Page(template="pages/upload.html", context=context, storage=origin_of(form.url))


def verdict(scan: Scan) -> Data:
    """What the check has found so far, for the script that waits for it."""
    return Data(body={"state": scan.state.value, "message": scan.message})


def storage_origin() -> str:
    """The origin of the storage, to which a page sends files and from which it shows pictures."""
    return origin_of(container().scans.link(key="x", filename="x", seconds=1))


def origin_of(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
