"""The files of the exchange between insurers and the fund as data: order 79, appendix Г, version 2.1 (P4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.sex import Sex

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = "2.1"

CHANGE_REASONS = frozenset(
    f"П{code}"
    for code in "010 021 022 023 024 025 031 032 033 034 035 036 040 060 061 062 063".split()  # noqa: SIM905
)
"""Classifier R001: what happened to the insured person."""

RESULTS = {"0": "Нет ошибок", "1": "Ошибка ФЛК", "2": "Нарушение правил ОМС"}
"""Classifier R004."""


class FileKind(StrEnum):
    """The kinds of files: by their root element."""

    OPLIST = "OPLIST"
    REPLIST = "REPLIST"
    STOPLIST = "STOPLIST"
    FLK_P = "FLK_P"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An element: its name, the pattern of its text or the parts in it, whether it must be there and may repeat."""

    name: str
    pattern: str = ""
    codes: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()
    length: int = 0
    is_date: bool = False
    required: bool = True
    many: bool = False


def _text(name: str, length: int, *, required: bool = False) -> Part:
    return Part(name=name, length=length, required=required)


def _like(name: str, pattern: str, *, required: bool = False) -> Part:
    return Part(name=name, pattern=pattern, required=required)


def _code(name: str, codes: frozenset[str], *, required: bool = False) -> Part:
    return Part(name=name, codes=codes, required=required)


def _day(name: str, *, required: bool = False) -> Part:
    return Part(name=name, is_date=True, required=required)


def _group(name: str, *parts: Part, required: bool = True, many: bool = False) -> Part:
    return Part(name=name, parts=parts, required=required, many=many)


def _digits(most: int) -> frozenset[str]:
    return frozenset(str(number) for number in range(most + 1))


_ENP = "[0-9]{16}"
_SMO = "[0-9]{2}[0-9A-ZА-Я]{3}"
_GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_FLAG = _digits(1)
_DOCUMENT = (
    _code("DOCTYPE", frozenset(IDENTITY_DOCUMENT_TYPES), required=True),
    _text("DOCSER", 10),
    _text("DOCNUM", 20, required=True),
    _day("DOCDATE"),
    _day("DOCEXP"),
    _text("NAME_VP", 80),
)
_ADDRESS = (
    _like("FIAS_AOID", _GUID),
    _like("FIAS_HOUSEID", _GUID),
    _like("SUBJ", "[0-9]{5}", required=True),
    _like("INDX", "[0-9]{6}"),
    _like("OKATO", "[0-9]{11}"),
    _text("RNNAME", 80),
    _text("NPNAME", 80),
    _text("UL", 120),
    _text("DOM", 20),
    _text("KORP", 10),
    _text("KV", 6),
    _day("DREG"),
)
_POLICY = _group(
    "POLIS",
    _code("VPOLIS", frozenset("12345"), required=True),
    _text("NPOLIS", 20, required=True),
    _text("SPOLIS", 20),
    _day("DBEG", required=True),
    _day("DEND"),
    _day("DSTOP"),
    required=False,
    many=True,
)
_INSURANCE = _group(
    "INSURANCE",
    _like("TER_ST", "[0-9]{5}", required=True),
    _like("ENP", _ENP),
    _like("OGRNSMO", "[0-9]{13}|[0-9]{15}"),
    _POLICY,
    _code("ERP", _FLAG, required=True),
    _group("ORDERZ", _text("NORDER", 20, required=True), _day("DORDER", required=True), required=False),
)
_PERSON = (
    _text("FAM", 40),
    _text("IM", 40),
    _text("OT", 40),
    _code("W", frozenset({"1", "2"}), required=True),
    _day("DR", required=True),
    _text("MR", 100),
    Part(name="DOST", codes=frozenset("123456"), required=False, many=True),
    _like("BIRTH_OKSM", "[A-Z]{3}|Б/Г"),
    _like("C_OKSM", "[A-Z]{3}|Б/Г"),
    _like("SS", "[0-9]{3}-[0-9]{3}-[0-9]{3} [0-9]{2}"),
    _code("KATEG", frozenset(str(n) for n in range(1, 13))),
    _text("PHONE", 40),
    _text("EMAIL", 50),
    _text("FIOPR", 130),
    _text("CONTACT", 200),
    _day("DDEATH"),
)
_OPERATION = _group(
    "OP",
    _text("N_REC", 36, required=True),
    _text("ID", 36, required=True),
    _code("TIP_OP", CHANGE_REASONS, required=True),
    _group("PERSON", *_PERSON),
    _group("OLD_PERSON", *_PERSON, required=False),
    _group("ADDRES_G", _code("BOMG", _FLAG, required=True), *_ADDRESS, required=False),
    _group("ADDRES_P", *_ADDRESS, required=False),
    _group(
        "VIZIT",
        _day("DVIZIT", required=True),
        _code("METHOD", frozenset("1234"), required=True),
        _code("PETITION", _FLAG, required=True),
        _code("RSMO", frozenset("1234")),
        _code("RPOLIS", frozenset("12345")),
        _code("FPOLIS", _digits(4)),
        required=False,
    ),
    _INSURANCE,
    _group(
        "PERSONB",
        _code("TYPE", frozenset({"2", "3"}), required=True),
        _like("PHOTO", "[A-Za-z0-9+/=]{4,}", required=True),
        required=False,
        many=True,
    ),
    _group("DOC_LIST", _group("DOC", *_DOCUMENT, many=True), required=False),
    _group("OLDDOC_LIST", _group("DOC", *_DOCUMENT, many=True), required=False),
    required=False,
    many=True,
)
_HEAD = (
    _code("VERS", frozenset({VERSION}), required=True),
    _like("FILENAME", "[ijpskfu][0-9A-ZА-Я]{5}_[0-9]{1,3}_[0-9]{5,8}", required=True),
    _like("SMOCOD", _SMO, required=True),
    _text("PRZCOD", 3),
    _like("NRECORDS", "[0-9]{1,6}", required=True),
)
_REPLY = _group(
    "REP",
    _text("N_REC", 36, required=True),
    _text("ID", 36, required=True),
    _code("CODE_ERP", frozenset(RESULTS), required=True),
    _text("COMMENT", 250),
    Part(name="INSURANCE", parts=_INSURANCE.parts, required=False),
    required=False,
    many=True,
)
_STOP = _group(
    "STOP",
    _text("ID", 36, required=True),
    _code("REASON", CHANGE_REASONS, required=True),
    _day("DDEATH"),
    _like("ENP", _ENP, required=True),
    _POLICY,
    required=False,
    many=True,
)
_FOUND = _group(
    "PR",
    _like("OSHIB", "[0-9A-Z-]{1,10}", required=True),
    _text("IM_POL", 20),
    _text("BAS_EL", 20),
    _text("N_REC", 36),
    _text("COMMENT", 250),
    required=False,
    many=True,
)

SCHEMAS: Mapping[FileKind, Part] = {
    FileKind.OPLIST: _group("OPLIST", *_HEAD, _OPERATION),
    FileKind.REPLIST: _group("REPLIST", *_HEAD, _like("NERR", "[0-9]{1,6}", required=True), _REPLY),
    FileKind.STOPLIST: _group("STOPLIST", *_HEAD, _STOP),
    FileKind.FLK_P: _group(
        "FLK_P",
        _code("VERS", frozenset({VERSION}), required=True),
        _text("FNAME", 40, required=True),
        _text("FNAME_I", 40, required=True),
        _FOUND,
    ),
}
RECORDS = {FileKind.OPLIST: "OP", FileKind.REPLIST: "REP", FileKind.STOPLIST: "STOP", FileKind.FLK_P: "PR"}
"""The element of a record of each kind."""

KEYS = {FileKind.OPLIST: ("N_REC", "ID"), FileKind.REPLIST: ("N_REC",), FileKind.STOPLIST: ("ID",), FileKind.FLK_P: ()}
"""What may not repeat within a file."""

SEX_CODES = {Sex.MALE: "1", Sex.FEMALE: "2"}
"""Classifier V005."""
