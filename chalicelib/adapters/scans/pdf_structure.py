"""Refuses PDFs that are encrypted, act by themselves or carry files, before they are drawn.

Two readings, because viewers repair broken files differently: the objects that the cross-reference
table knows (pypdf), and every dictionary found in the raw bytes and in the object streams, known
to the table or not.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.scans.containers import PDF
from chalicelib.adapters.scans.limits import ScanRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.adapters.scans.limits import ScanLimits

_ACTIVE: Final = (
    rb"JavaScript|JS|Launch|SubmitForm|ImportData|RichMedia|RichMediaExecute|Rendition|XFA|AA"
    rb"|GoToR|GoToE|GoTo3DView|Movie|Sound|SetOCGState|Trans3D"
)
_ACTIVE_NAME: Final = re.compile(rb"/(?:" + _ACTIVE + rb")(?=[\s/<>\[\]()%]|$)")
_FILES_NAME: Final = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment|EF|AF)(?=[\s/<>\[\]()%]|$)")
_UNSAFE_URI: Final = re.compile(rb"/URI\s*\(\s*(?:javascript|file|data|vbscript)\s*:", re.IGNORECASE)
_STREAM: Final = re.compile(rb">>\s*stream\r?\n")
_STREAM_END: Final = b"endstream"
_OBJECT_STREAM: Final = re.compile(rb"/Type\s*/ObjStm")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
# The dictionary of a stream stands right before the word «stream».
_HEAD: Final = 2048
_DEPTH: Final = 60


def refuse_dangerous(data: bytes, limits: ScanLimits) -> None:
    """Raise ScanRefused for the first danger found."""
    for text in _raw_dictionaries(data, limits):
        _refuse_names(_unescaped(text))
    _refuse_structure(data, limits)


def _refuse_names(text: bytes) -> None:
    if re.search(rb"/Encrypt(?=[\s/<\[])", text):
        raise ScanRefused("encrypted", media_type=PDF)
    if _FILES_NAME.search(text):
        raise ScanRefused("embedded_files", media_type=PDF)
    if _ACTIVE_NAME.search(text) or _UNSAFE_URI.search(text):
        raise ScanRefused("active_content", media_type=PDF)


def _raw_dictionaries(data: bytes, limits: ScanLimits) -> Iterator[bytes]:
    """Give what stands outside streams, then the contents of every object stream."""
    last, budget = 0, limits.max_inflated_bytes
    outside, packed = [], []
    while (found := _STREAM.search(data, last)) is not None:
        end = data.find(_STREAM_END, found.end())
        if end == -1:
            break
        head = data[max(last, found.start() - _HEAD) : found.start()]
        outside.append(data[last : found.start()])
        if _OBJECT_STREAM.search(_unescaped(head)):
            packed.append(_inflated(data[found.end() : end], budget))
            budget -= len(packed[-1])
        last = end
    yield b"\n".join([*outside, data[last:]])
    yield from packed


def _unescaped(text: bytes) -> bytes:
    """Write ``/Java#53cript`` as ``/JavaScript`` (ISO 32000-1, 7.3.5)."""
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)


def _inflated(body: bytes, budget: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(body, max(1, budget))
    except zlib.error:
        # Not Flate, or broken: the reading by structure judges it.
        return body
    if unpacker.unconsumed_tail:
        raise ScanRefused("too_complex", media_type=PDF)
    return text


def _refuse_structure(data: bytes, limits: ScanLimits) -> None:
    import pypdf  # noqa: PLC0415 - only the inspecting process needs it
    from pypdf.errors import LimitReachedError, PyPdfError  # noqa: PLC0415 - as above

    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise ScanRefused("encrypted", media_type=PDF)
        _refuse_automatic_action(reader)
        _walk(reader, limits)
    except LimitReachedError as bomb:
        raise ScanRefused("too_complex", media_type=PDF) from bomb
    except RecursionError as loop:
        raise ScanRefused("too_complex", media_type=PDF) from loop
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError) as e:
        raise ScanRefused("corrupted", media_type=PDF) from e


def _refuse_automatic_action(reader: Any) -> None:
    """Refuse an action on opening; a mere place to show (``[page /Fit]``, GoTo) is harmless."""
    action = reader.trailer["/Root"].get_object().get("/OpenAction")
    action = None if action is None else action.get_object()
    if isinstance(action, dict) and action.get("/S") != "/GoTo":
        raise ScanRefused("active_content", media_type=PDF)


def _walk(reader: Any, limits: ScanLimits) -> None:
    """Look at every object the table knows, those in object streams included."""
    from pypdf.generic import IndirectObject  # noqa: PLC0415 - only the inspector needs it

    numbers = {(number, gen) for gen, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > limits.max_pdf_objects:
        raise ScanRefused("too_complex", media_type=PDF)
    for number, generation in sorted(numbers):
        if number:
            _refuse_in(IndirectObject(number, generation, reader).get_object(), 0)


def _refuse_in(value: Any, depth: int) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject  # noqa: PLC0415 - as above

    if depth > _DEPTH:
        raise ScanRefused("too_complex", media_type=PDF)
    if isinstance(value, NameObject):
        _refuse_names(value.encode("latin-1", "replace"))
    elif isinstance(value, DictionaryObject):
        for key in value:
            _refuse_in(key, depth + 1)
            _refuse_in(value.raw_get(key), depth + 1)
    elif isinstance(value, ArrayObject):
        for item in list.__iter__(value):
            _refuse_in(item, depth + 1)
