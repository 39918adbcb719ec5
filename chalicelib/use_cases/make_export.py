"""Making an export: everything that is held, with the files, as ZIP archives (P2; 152-ФЗ, art. 14, part 7)."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.data_export import PART_BYTES, PARTS_AT_ONCE, DataExport, ExportState
from chalicelib.domain.export_content import ExportedFile, Section, plain, readable_index
from chalicelib.domain.records import DOCUMENT_FILE_TITLES, Queue, StoredDocument
from chalicelib.domain.retention import retention_of
from chalicelib.domain.retention_terms import Kept
from chalicelib.domain.scan import MAX_BYTES, Scan, ScanState
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from chalicelib.ports.errors import NotFound
from chalicelib.ports.files import Files
from chalicelib.use_cases.export_sections import exported, sections_of, told
from chalicelib.use_cases.journal import notify, record, send
from chalicelib.use_cases.merged_records import holdings_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

ZIP = "application/zip"
FORMAT = "polis.export.2"
_LARGEST = 4 * MAX_BYTES
_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/heic": "heic",
    "image/heif": "heif",
}
_FILED = frozenset({ScanState.ACCEPTED, ScanState.REPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A stored file that belongs into the export."""

    bucket: Files
    key: str
    shown: ExportedFile


def make_export(*, tools: Toolbox, person_id: str, export_id: str, at: datetime) -> DataExport:
    """Make an export that was ordered; one that is made is left alone.

    Raises:
        NotFound: there is no such export.
        Unavailable: the storage did not answer; the message will come again.
    """
    export = tools.store.data_export(person_id=person_id, export_id=export_id)
    if export is None:
        raise NotFound("Выгрузка не найдена")
    if export.state is ExportState.READY:
        return export
    holdings = holdings_of(tools=tools, person_id=person_id)
    belongings = [(thing, tools.store.belongings(thing=thing)) for thing in exported(holdings)]
    sources = sorted(_sources(tools, belongings), key=lambda source: source.shown.name)
    pages: Mapping[str, str] = {}
    if not export.sizes:
        pages = _pages(
            [*sections_of(belongings), *told(tools, holdings, records_of(tools=tools, person_id=person_id))],
            sources,
            at,
        )
    for _ in range(PARTS_AT_ONCE):
        waiting = [source for source in sources if source.shown.name > export.after]
        if export.sizes and not waiting:
            break
        export = _with_part(tools, export, pages, waiting)
        pages = {}
    is_whole = all(source.shown.name <= export.after for source in sources)
    return _made(tools, export, at) if is_whole else _going_on(tools, export, at)


def _sources(tools: Toolbox, belongings: Sequence[tuple[object, Sequence[object]]]) -> Iterator[_Source]:
    for _, parts in belongings:
        for part in parts:
            if isinstance(part, Scan) and part.state in _FILED:
                name = f"scans/{part.scan_id}.{_ENDINGS.get(part.media_type, 'bin')}"
                shown = ExportedFile(name=name, title=DOCUMENT_TITLES[part.document])
                yield _Source(bucket=tools.scans, key=part.object_key, shown=shown)
            elif isinstance(part, StoredDocument) and part.made_at is not None:
                title = DOCUMENT_FILE_TITLES[part.document_type]
                shown = ExportedFile(
                    name=f"documents/{part.document_id}.pdf", title=f"{title}, {part.made_at:%d.%m.%Y}"
                )
                yield _Source(bucket=tools.documents, key=part.object_key, shown=shown)


def _pages(sections: list[Section], sources: list[_Source], at: datetime) -> dict[str, str]:
    content = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        **{section.name: section.things for section in sections},
        "files": [plain(source.shown) for source in sources],
    }
    rows = [retention_of(Kept(section.name), on=at.date()) for section in sections]
    terms = [(row.title, f"{row.term}: {row.since}. {row.law}") for row in rows]
    index = readable_index(made_at=at, sections=sections, files=[s.shown for s in sources], terms=terms)
    return {"index.html": index, "data.json": json.dumps(content, ensure_ascii=False, indent=1)}


def _with_part(tools: Toolbox, export: DataExport, pages: Mapping[str, str], waiting: list[_Source]) -> DataExport:
    """Write one more archive, as large as the memory allows."""
    target, after = io.BytesIO(), export.after
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in pages.items():
            archive.writestr(name, text, compress_type=zipfile.ZIP_DEFLATED)
        for source in waiting:
            if target.tell() >= PART_BYTES:
                break
            _add(archive, source)
            after = source.shown.name
    data = target.getvalue()
    packed = replace(export, sizes=(*export.sizes, len(data)), after=after)
    tools.documents.write(key=packed.part_key(len(packed.sizes)), data=data, media_type=ZIP)
    return packed


def _add(archive: zipfile.ZipFile, source: _Source) -> None:
    try:
        data = source.bucket.read(key=source.key, max_bytes=_LARGEST)
    except NotFound:
        # A file that its storage has lost must not keep the person from all others.
        archive.writestr(f"{source.shown.name}.txt", "Файл не найден в хранилище: обратитесь в поддержку")
        return
    # Photographs and PDFs are compressed already.
    archive.writestr(source.shown.name, data, compress_type=zipfile.ZIP_STORED)


def _going_on(tools: Toolbox, export: DataExport, at: datetime) -> DataExport:
    """Keep what is packed and queue the rest: whatever there is fits into the time of several messages."""
    work = tools.store.work(at=at)
    work.update(export)
    body = {"person_id": export.person_id, "export_id": export.export_id}
    send(work=work, tools=tools, queue=Queue.DOCUMENTS, body=body, at=at)
    work.commit()
    return replace(export, version=export.version + 1)


def _made(tools: Toolbox, export: DataExport, at: datetime) -> DataExport:
    work = tools.store.work(at=at)
    made = replace(export, state=ExportState.READY, made_at=at)
    details = {"export_id": made.export_id, "parts": str(len(made.sizes))}
    made = record(made, work=work, tools=tools, name="export_made", at=at, actor=SYSTEM, details=details)
    work.update(made)
    notify(
        work=work, tools=tools, kind="export_ready", person_id=made.person_id, at=at, context={"day": str(at.date())}
    )
    work.commit()
    return replace(made, version=made.version + 1)
