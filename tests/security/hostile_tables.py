"""Hostile tables and XML, made by code: lists of staff, registry files, files of the exchange."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from tests.functional import scan_files as make
from tests.security.hostile import Hostile
from tests.security.hostile_pictures import EICAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNREADABLE, TOO_LARGE = {"list_unreadable"}, {"list_too_large"}
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
ELSEWHERE = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://169.254.169.254/latest/meta-data/">'
PARAMETER = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>'


def sheet(rows: int = 3) -> bytes:
    """A workbook as spreadsheets write it."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for row in range(rows):
            page.write_row(row, 0, ["ФИО", f"Лев {row}", "слесарь"])
    return target.getvalue()


def rezipped(data: bytes, changed: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, old.read(name)))
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name])
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def spoilt_stream(data: bytes, name: str) -> bytes:
    """The workbook whose part is no longer what its compression says."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(name)
    start = entry.header_offset + 30 + len(entry.filename)
    return data[:start] + b"\xff" * entry.compress_size + data[start + entry.compress_size :]


def zipped(name: str, body: bytes) -> bytes:
    """An archive of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


def lying(data: bytes, says: int) -> bytes:
    """An archive whose every entry says that it unpacks to ``says`` bytes."""
    found = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = found.find(mark)
        while at != -1:
            struct.pack_into("<I", found, at + offset, says)
            at = found.find(mark, at + 4)
    return bytes(found)


def lists() -> Iterator[Hostile]:
    """Lists of staff: each with the reason that refuses it."""
    good = sheet()
    body = part(good, SHEET)
    for name, head in (("a billion laughs", BILLION), ("a file", OUTSIDE), ("an address", ELSEWHERE)):
        evil = head.encode() + body.partition(b"?>")[2].replace(b"<sheetData>", b"<sheetData>&x;", 1)
        yield Hostile(f"XLSX with {name}", rezipped(good, {SHEET: evil}), UNREADABLE)
    far = body.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>', 1)
    yield Hostile("XLSX of two cells far apart", rezipped(good, {SHEET: far}), TOO_LARGE)
    quoted = far.replace(b'r="XFD1048576"', b"r='XFD1048576'")
    yield Hostile("XLSX of two cells far apart, in other quotes", rezipped(good, {SHEET: quoted}), TOO_LARGE)
    spaced = far.replace(b'r="XFD1048576"', b'r = "XFD1048576"')
    yield Hostile("XLSX of two cells far apart, with spaces", rezipped(good, {SHEET: spaced}), TOO_LARGE)
    for name in ("xl/sharedStrings.xml", "xl/styles.xml"):
        counted = re.sub(rb'ount="\d+"', b'ount="99999999999"', part(good, name))
        yield Hostile(f"XLSX that says to hold 10^11 things in {name}", rezipped(good, {name: counted}), UNREADABLE)
    texts = part(good, "xl/sharedStrings.xml")
    many = re.sub(rb'ount="\d+"', b'ount="9999999"', texts)
    yield Hostile("XLSX that says to hold 10^7 texts", rezipped(good, {"xl/sharedStrings.xml": many}), TOO_LARGE)
    broken = texts.replace(b"<sst", b"<x><sst", 1).replace(b'ount="', b'ount="9999999999')
    yield Hostile("XLSX that hides how many texts", rezipped(good, {"xl/sharedStrings.xml": broken}), UNREADABLE)
    elsewhere = {
        "xl/_rels/workbook.xml.rels": part(good, "xl/_rels/workbook.xml.rels").replace(
            b"worksheets/sheet1.xml", b"media/a.png"
        )
    }
    yield Hostile(
        "XLSX whose sheet is called a picture", rezipped(good, {**elsewhere, "xl/media/a.png": far}), TOO_LARGE
    )
    yield Hostile("XLSX with a spoilt sheet", spoilt_stream(good, SHEET), UNREADABLE)
    yield Hostile("XLSX with spoilt texts", spoilt_stream(good, "xl/sharedStrings.xml"), UNREADABLE)
    yield Hostile("XLSX cut in its middle", good[: len(good) // 2], UNREADABLE)
    yield Hostile("XLSX without its end", good[:-12], UNREADABLE)
    yield Hostile(
        "XLSX with a text of no such number",
        rezipped(good, {SHEET: body.replace(b"<v>0</v>", b"<v>99999999999</v>")}),
        UNREADABLE,
    )
    yield Hostile("XLSX whose sheet is no XML", rezipped(good, {SHEET: bytes(1000)}), UNREADABLE)
    yield Hostile("document of another program", zipped("word/document.xml", b"<w/>"), UNREADABLE)
    yield Hostile("ZIP of a program", zipped("../../bin/x", b"MZ"), UNREADABLE)
    yield Hostile("old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), {"list_protected"})
    yield Hostile("CSV of a cell without an end", ('ФИО;Дата\n"' + "я" * 200_000).encode(), UNREADABLE)
    yield Hostile("half a letter of UTF-16", b"\xff\xfe\x1f", UNREADABLE)


def huge_lists() -> Iterator[Hostile]:
    """Lists that take seconds to make."""
    good = sheet()
    body = part(good, SHEET)
    filler = body.replace(b"</sheetData>", b" " * 320_000_000 + b"</sheetData>", 1)
    bomb = rezipped(good, {SHEET: filler})
    yield Hostile("XLSX that unpacks to 320 MB", bomb, TOO_LARGE)
    yield Hostile("XLSX that hides its 320 MB", lying(bomb, 1000), UNREADABLE)
    strings = rezipped(good, {"xl/sharedStrings.xml": b" " * 320_000_000})
    yield Hostile("XLSX with 320 MB of texts", strings, TOO_LARGE)


def huge_registry_files() -> Iterator[Hostile]:
    """Registry files that take seconds to refuse."""
    yield Hostile("XML of two million elements", b"<a>" + b"<b/>" * 2_000_000 + b"</a>", {"too_many_elements"})


def registry_files() -> Iterator[Hostile]:
    """Files of the insurers' registry: each with the reason that refuses it."""
    root = "<packet><insCompany><smocod>77012</smocod></insCompany></packet>"
    for name, head in (
        ("a billion laughs", BILLION),
        ("a file", OUTSIDE),
        ("an address", ELSEWHERE),
        ("a parameter", PARAMETER),
    ):
        yield Hostile(f"XML with {name}", (head + root).encode(), {"document_type_refused"})
    yield Hostile("XML with a file, in UTF-16", (OUTSIDE + root).encode("utf-16"), {"document_type_refused"})
    yield Hostile("XML 10,000 deep", b"<a>" * 10_000 + b"</a>" * 10_000, {"too_deep"})
    attributes = " ".join(f'a{n}="{n}"' for n in range(100_000))
    yield Hostile("XML of 100,000 attributes", f"<a {attributes}/>".encode(), {"not_f002"})
    yield Hostile("XML cut short", root[:40].encode(), {"not_xml"})
    yield Hostile("XML of two roots", (root + root).encode(), {"not_xml"})
    yield Hostile("EICAR for a registry", EICAR, {"not_xml"})
    yield Hostile("10 MB and a byte", b"<a>" + bytes(10 * 1024 * 1024), {"file_too_large"})
    yield Hostile("JSON 100,000 deep", b"[" * 100_000, {"not_json"})
    yield Hostile("JSON of a number of 100,000 digits", b"[" + b"9" * 100_000 + b"]", {"not_json"})
    yield Hostile("nothing", b"", {"not_xml"})


def exchange_files() -> Iterator[Hostile]:
    """Files of the exchange with the fund: each with the reason that refuses it."""
    yield Hostile("ZIP bomb", zipped("x.xml", bytes(200_000_000)), {"file_too_large"})
    yield Hostile("ZIP bomb that hides its size", lying(zipped("x.xml", bytes(50_000_000)), 1000), {"not_zip"})
    yield Hostile("ZIP in a ZIP", zipped("x.zip", make.zip_file()), {"not_xml"})
    yield Hostile("ZIP of a spoilt file", spoilt_stream(zipped("x.xml", b"<STOPLIST/>" * 50), "x.xml"), {"not_zip"})
    yield Hostile("ZIP cut short", zipped("x.xml", b"<STOPLIST/>")[:-9], {"not_zip"})
    yield Hostile("ZIP under a password", encrypted_entry(zipped("x.xml", b"<STOPLIST/>")), {"not_zip"})
    two = io.BytesIO(zipped("x.xml", b"<STOPLIST/>"))
    with zipfile.ZipFile(two, "a") as archive:
        archive.writestr("y.xml", b"<STOPLIST/>")
    yield Hostile("ZIP of two files", two.getvalue(), {"not_zip"})
    yield Hostile(
        "packed XML with a file", zipped("x.xml", (OUTSIDE + "<STOPLIST/>").encode()), {"document_type_refused"}
    )
    yield Hostile("XML of another kind", b"<html/>", {"not_exchange"})


def encrypted_entry(data: bytes) -> bytes:
    """An archive that says that its file is under a password."""
    found = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found[found.index(mark) + offset] |= 1
    return bytes(found)
