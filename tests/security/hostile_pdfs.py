"""Hostile PDFs, made by code: bombs, scripts, files inside, loops, passwords."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from tests.functional import scan_files as make
from tests.security.hostile import Hostile
from tests.security.hostile_pictures import EICAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACTIVE, BOMB = {"active_content"}, {"too_complex"}


def edited(data: bytes, edit: Callable[[Any], object]) -> bytes:
    """A PDF after a change."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    edit(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str, **more: Any) -> DictionaryObject:
    """What a PDF does by itself."""
    entries = {NameObject(f"/{name}"): value for name, value in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(kind), **entries})


def pdfs() -> Iterator[Hostile]:
    """Every hostile PDF with the code that refuses it."""
    good = make.saved(make.page(width=620, height=877, lines=8), "PDF")
    yield from _acting(good)
    yield from _hiding(good)
    yield from _swelling(good)
    yield from _broken(good)


def _on_opening(good: bytes, value: Any) -> bytes:
    return edited(good, lambda writer: writer.root_object.__setitem__(NameObject("/OpenAction"), value))


def _acting(good: bytes) -> Iterator[Hostile]:
    text = TextStringObject
    yield Hostile("PDF with a script", _on_opening(good, action("/JavaScript", JS=text("app.alert(1)"))), ACTIVE)
    yield Hostile("PDF that starts a program", _on_opening(good, action("/Launch", F=text("cmd.exe"))), ACTIVE)
    yield Hostile("PDF that opens a page", _on_opening(good, action("/URI", URI=text("https://example.org"))), ACTIVE)
    yield Hostile("PDF that opens another", _on_opening(good, action("/GoToR", F=text("//host/share/x.pdf"))), ACTIVE)
    yield Hostile(
        "PDF that sends a form", _on_opening(good, action("/SubmitForm", F=text("https://example.org"))), ACTIVE
    )
    yield Hostile("PDF that imports data", _on_opening(good, action("/ImportData", F=text("//host/x.fdf"))), ACTIVE)
    form = DictionaryObject({NameObject("/XFA"): ArrayObject()})
    yield Hostile(
        "PDF with a form of XFA",
        edited(good, lambda w: w.root_object.__setitem__(NameObject("/AcroForm"), form)),
        ACTIVE,
    )
    media = ArrayObject([DictionaryObject({NameObject("/Subtype"): NameObject("/RichMedia")})])
    yield Hostile(
        "PDF with a film", edited(good, lambda w: w.pages[0].__setitem__(NameObject("/Annots"), media)), ACTIVE
    )
    end = good.rindex(b"%%EOF")
    escaped = b"7 0 obj << /#4a#53 (x) >> endobj\n"
    yield Hostile("PDF with an escaped name", good[:end] + escaped + good[end:], ACTIVE)
    packed = zlib.compress(b"9 0 << /S /Java#53cript /JS (app.alert(1)) >>")
    hidden = (
        b"90 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
    )
    yield Hostile("PDF with a script in a stream", good[:end] + hidden % (len(packed), packed) + good[end:], ACTIVE)


def _hiding(good: bytes) -> Iterator[Hostile]:
    yield Hostile(
        "PDF with a file inside", edited(good, lambda w: w.add_attachment("a.exe", b"MZ")), {"embedded_files"}
    )
    yield Hostile("PDF with itself inside", edited(good, lambda w: w.add_attachment("a.pdf", good)), {"embedded_files"})
    yield Hostile("PDF under a password", edited(good, lambda w: w.encrypt("secret")), {"encrypted"})
    yield Hostile("PDF under its owner's password", edited(good, lambda w: w.encrypt("", "owner")), {"encrypted"})
    yield Hostile("PDF and ZIP", good + make.zip_file(), {"foreign_data"})
    yield Hostile("PDF and page of HTML", good + b"<script>alert(1)</script>", {"foreign_data"})
    yield Hostile("PDF and 2 MB of zeros", good + bytes(2_000_000), {"foreign_data"})
    yield Hostile("ZIP before a PDF", b"PK\x03\x04" + good, {"unsupported_format"})
    yield Hostile("garbage before a PDF", b"garbage\n" + good, {"foreign_data"})
    yield Hostile("EICAR in a PDF", good + EICAR, {"infected"})


def _contents(good: bytes, body: bytes, layers: int) -> bytes:
    def edit(writer: Any) -> None:
        packed = body
        for _ in range(layers):
            packed = zlib.compress(packed, 9)
        stream = StreamObject()
        stream._data = packed
        stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * layers)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    return edited(good, edit)


def _swelling(good: bytes) -> Iterator[Hostile]:
    for layers in (1, 2, 3):
        yield Hostile(f"PDF bomb of {layers} layers", _contents(good, b"0 0 m 1 1 l S\n" * 3_000_000, layers), BOMB)
    yield Hostile("PDF of a page of 14,400 by 14,400 inches", edited(good, _sized(14_400 * 72)), {"corrupted"})
    yield Hostile("PDF of 2,000 pages", _many(good, 2_000), {"too_many_pages"})
    yield Hostile("PDF of 30,000 objects", _objects(good, 30_000), BOMB)
    yield Hostile("PDF with a picture of 60,000 by 60,000", edited(good, _pictured), {"blank"})
    deep = b"[" * 50_000 + b"]" * 50_000
    end = good.rindex(b"%%EOF")
    yield Hostile("PDF of 50,000 brackets", good[:end] + b"7 0 obj " + deep + b" endobj\n" + good[end:], {"corrupted"})
    yield Hostile("PDF whose form draws itself", edited(good, _self_drawing), BOMB)


def _sized(points: int) -> Callable[[Any], object]:
    box = ArrayObject([FloatObject(0), FloatObject(0), FloatObject(points), FloatObject(points)])
    return lambda writer: writer.pages[0].__setitem__(NameObject("/MediaBox"), box)


def _many(good: bytes, count: int) -> bytes:
    def edit(writer: Any) -> None:
        for _ in range(count):
            writer.add_blank_page(200, 200)

    return edited(good, edit)


def _objects(good: bytes, count: int) -> bytes:
    def edit(writer: Any) -> None:
        for number in range(count):
            writer._add_object(NumberObject(number))

    return edited(good, edit)


def _pictured(writer: Any) -> None:
    image = StreamObject()
    image._data = zlib.compress(bytes(10_000_000), 9)
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(60_000),
            NameObject("/Height"): NumberObject(60_000),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/FlateDecode"),
        }
    )
    _drawn(writer, image)


def _self_drawing(writer: Any) -> None:
    form = StreamObject()
    form._data = b"/X0 Do /X0 Do"
    form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
    form[NameObject("/BBox")] = ArrayObject([FloatObject(0)] * 2 + [FloatObject(600)] * 2)
    reference = _drawn(writer, form)
    resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/X0"): reference})})
    form[NameObject("/Resources")] = resources


def _drawn(writer: Any, item: StreamObject) -> Any:
    reference = writer._add_object(item)
    resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/X0"): reference})})
    contents = StreamObject()
    contents._data = b"q 600 0 0 800 0 0 cm /X0 Do Q"
    writer.pages[0][NameObject("/Resources")] = resources
    writer.pages[0][NameObject("/Contents")] = writer._add_object(contents)
    return reference


def _broken(good: bytes) -> Iterator[Hostile]:
    yield Hostile("PDF cut in its middle", good[: len(good) // 2], {"corrupted"})
    yield Hostile("PDF without its end", good[:-8], {"corrupted"})
    yield Hostile("PDF of a head alone", b"%PDF-1.7\n%%EOF\n", {"corrupted"})
    yield Hostile("PDF of endless streams", b"%PDF-1.7\n" + b">>stream\n" * 500_000 + b"\n%%EOF", {"corrupted"})

    def looped(writer: Any) -> None:
        pages = writer.root_object["/Pages"]
        pages[NameObject("/Kids")] = ArrayObject([pages.indirect_reference] * 2)

    yield Hostile("PDF whose pages hold themselves", edited(good, looped), {"corrupted"})
