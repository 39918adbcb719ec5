"""XML of the federal exchange: read into a small tree, without what makes XML dangerous, and written back.

A document type is refused before anything of it is acted on: so there are no entities to swell, no files and no
addresses to reach for. Size, depth and the number of elements are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from chalicelib.domain.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 16
MAX_ELEMENTS = 1_000_000
CYRILLIC = "windows-1251"
"""What files are written in where nothing else is said (order 79 of the fund, appendix Г)."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_ENCODINGS = frozenset({"utf-8", "utf-16", CYRILLIC, "cp1251", "koi8-r", "cp866", "ibm866", "iso-8859-5", "us-ascii"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(slots=True)
class Element:
    """An element: its name in capital letters, its attributes, its text and the elements in it."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> list[Element]:
        """The elements of a name that lie right in this one."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Element | None:
        """The first element of a name that lies right in this one."""
        return next((child for child in self.children if child.name == name), None)

    def value(self, name: str) -> str:
        """The text of the first element of a name, "" if there is none."""
        found = self.first(name)
        return "" if found is None else found.text

    def walk(self) -> Iterator[Element]:
        """This element and everything in it."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_xml(*, data: bytes) -> Element:
    """Read a document.

    Raises:
        InvalidValue: ``not_xml`` (with the place), ``document_type_refused``, ``too_deep``, ``too_many_elements``.
    """
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        # The text is decoded here, and expat reads a string in its own encoding, whatever the document declares.
        parser.Parse(_DECLARATION.sub("", decoded(data=data), count=1), True)  # noqa: FBT003 — positional in expat
    except expat.ExpatError as failure:
        place = f"строка {failure.lineno}, позиция {failure.offset + 1}"
        raise InvalidValue("not_xml", f"Файл не читается как XML ({place}): выгрузите его заново") from None
    return builder.root


def decoded(*, data: bytes) -> str:
    """Decode a file as it declares, else as UTF-8, else in the Cyrillic encoding of the exchange; no byte is lost."""
    mark = next((name for start, name in _BYTE_ORDER_MARKS.items() if data.startswith(start)), "")
    declared = _DECLARED.match(data[:200])
    named = declared[1].decode("ascii").lower() if declared else ""
    for name in (mark, named if named in _ENCODINGS else "", "utf-8"):
        if name:
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                continue
    return data.decode(CYRILLIC, errors="replace")


def _refuse_document_type(*_: object) -> None:
    raise InvalidValue(
        "document_type_refused", "В файле объявлен DOCTYPE: такие файлы не принимаются, выгрузите XML без него"
    )


class _Builder:
    def __init__(self) -> None:
        self._open: list[Element] = [Element("")]
        self._count = 0

    @property
    def root(self) -> Element:
        return self._open[0].children[0]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if len(self._open) > MAX_DEPTH:
            raise InvalidValue("too_deep", "Вложенность элементов больше допустимой: проверьте, тот ли это файл")
        if self._count > MAX_ELEMENTS:
            raise InvalidValue("too_many_elements", "Элементов больше миллиона: разделите файл на части")
        element = Element(name.rpartition(":")[2].upper(), {key.upper(): value for key, value in attributes.items()})
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        element = self._open.pop()
        element.text = " ".join(element.text.split())

    def characters(self, text: str) -> None:
        self._open[-1].text += text


def write_xml(*, root: Element) -> bytes:
    """Write a document in the encoding of the exchange; what it does not have is written as a character reference."""
    lines = [f'<?xml version="1.0" encoding="{CYRILLIC}"?>', *_lines(root, 0)]
    return ("\n".join(lines) + "\n").encode(CYRILLIC, errors="xmlcharrefreplace")


def write_part(*, element: Element, depth: int) -> bytes:
    """Write an element that lies so deep in a document that is put together from parts."""
    return "".join(f"{line}\n" for line in _lines(element, depth)).encode(CYRILLIC, errors="xmlcharrefreplace")


def _lines(element: Element, depth: int) -> Iterator[str]:
    indent = "  " * depth
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in element.attributes.items())
    opening = f"{indent}<{element.name}{attributes}>"
    if not element.children:
        yield f"{opening}{_escaped(element.text)}</{element.name}>"
        return
    yield opening
    for child in element.children:
        yield from _lines(child, depth + 1)
    yield f"{indent}</{element.name}>"


def _escaped(text: str) -> str:
    clean = _FORBIDDEN.sub("", text)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
