"""The check of a file of the exchange before it is sent, and the error report that answers it, FLK_P (P4)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, replace

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.exchange_model import RECORDS, VERSION, FileKind
from chalicelib.domain.exchange_name import LETTERS, ExchangeName, parse_name
from chalicelib.domain.exchange_schema import WRONG_CODE, FlkError, check_file
from chalicelib.domain.xml_tree import Element, read_xml, write_xml

LONGEST_COMMENT = 250
MAX_XML_BYTES = 16 * 1024 * 1024
"""A larger file is not read, nor unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What a file is, how many records it has, every mistake, and the report that answers it."""

    kind: FileKind
    name: str
    records: int
    errors: tuple[FlkError, ...]
    report_name: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A file of the exchange as it was read: what it says it is, its elements, every mistake of its shape."""

    kind: FileKind
    said: ExchangeName
    root: Element
    errors: tuple[FlkError, ...]

    @property
    def records(self) -> list[Element]:
        """The records, in their order."""
        return self.root.all(RECORDS[self.kind])


def open_exchange_file(*, name: str, data: bytes) -> OpenedFile:
    """Read a file, packed or not, and check it against the model of its kind and against its own name.

    Raises:
        InvalidValue: the name says nothing, or the file is no XML of the exchange at all.
    """
    said = parse_name(text=re.sub(r"(?i)\.zip$", "", name))
    root = read_xml(data=_unpacked(data))
    if root.name not in FileKind.__members__:
        raise InvalidValue("not_exchange", "Это не файл обмена: корневой элемент — OPLIST, REPLIST, STOPLIST или FLK_P")
    kind = FileKind(root.name)
    errors = (*_against_name(root, kind, said), *check_file(root=root, kind=kind))
    return OpenedFile(kind=kind, said=said, root=root, errors=errors)


def check_exchange_file(*, name: str, data: bytes) -> CheckedFile:
    """Check a file against the model of its kind and against its own name.

    Raises:
        InvalidValue: the name says nothing, or the file is no XML of the exchange at all.
    """
    file = open_exchange_file(name=name, data=data)
    report = report_name(said=file.said)
    return CheckedFile(
        kind=file.kind,
        name=str(file.said),
        records=len(file.records),
        errors=file.errors,
        report_name=f"{report}.xml",
        report=write_xml(root=flk_report(name=report, about=str(file.said), errors=file.errors)).decode("cp1251"),
    )


def report_name(*, said: ExchangeName) -> str:
    """The name of the error report on a file: the same insurer, month and number."""
    return str(replace(said, letter=LETTERS[FileKind.FLK_P]))


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return _bounded(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            (only,) = packed.infolist()
            # The size that the archive tells may be a lie: no more than the limit is unpacked whatever it says.
            with packed.open(only) as file:
                found = file.read(MAX_XML_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, NotImplementedError, EOFError, OSError):
        raise InvalidValue("not_zip", "В архиве должен быть один файл XML без пароля: упакуйте его заново") from None
    return _bounded(found)


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_XML_BYTES:
        raise InvalidValue("file_too_large", "Распакованный файл больше 16 МБ: разделите его")
    return data


def _against_name(root: Element, kind: FileKind, said: ExchangeName) -> list[FlkError]:
    """The name of a file says its kind, its insurer and itself: what is in it must say the same."""
    found = []
    if said.kind is not kind:
        found.append(_contradiction(kind.value, kind.value, "имя файла говорит о другом виде"))
    inside = "FNAME" if kind is FileKind.FLK_P else "FILENAME"
    if root.value(inside) and root.value(inside).removesuffix(".xml").removesuffix(".XML") != str(said):
        found.append(_contradiction(inside, kind.value, "не совпадает с именем файла"))
    if root.value("SMOCOD") and root.value("SMOCOD") != said.insurer_code:
        found.append(_contradiction("SMOCOD", kind.value, "не совпадает с кодом в имени файла"))
    return found


def _contradiction(field: str, base: str, comment: str) -> FlkError:
    return FlkError(code=WRONG_CODE, field=field, base=base, record="", comment=f"Неверный код: {comment}")


def flk_report(*, name: str, about: str, errors: tuple[FlkError, ...]) -> Element:
    """Make the report FLK_P about a file; without mistakes it has no records."""
    root = Element("FLK_P", children=[_leaf("VERS", VERSION), _leaf("FNAME", name), _leaf("FNAME_I", about)])
    for error in errors:
        values = {
            "OSHIB": error.code,
            "IM_POL": error.field,
            "BAS_EL": error.base,
            "N_REC": error.record,
            "COMMENT": error.comment[:LONGEST_COMMENT],
        }
        root.children.append(Element("PR", children=[_leaf(tag, text) for tag, text in values.items() if text]))
    return root


def _leaf(name: str, text: str) -> Element:
    return Element(name, text=text)
