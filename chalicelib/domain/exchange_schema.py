"""The check of a file of the exchange against the model of its kind (P4).

A file is checked whole: every mistake is told, with the federal code of classifier F012, the element, the element that
it lies in and the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.exchange_model import KEYS, RECORDS, SCHEMAS, FileKind, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.xml_tree import Element

ORDER, MISSING, WRONG_TYPE, WRONG_CODE, DUPLICATE = "901", "902", "903", "904", "905"
FLK_TITLES = {
    ORDER: "Нарушен порядок следования тегов или тег не описан",
    MISSING: "Отсутствует обязательное поле",
    WRONG_TYPE: "Неверный тип или длина значения",
    WRONG_CODE: "Неверный код",
    DUPLICATE: "Дубль ключевого значения",
}
"""Classifier F012."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlkError:
    """A mistake of a file: the federal code, the element, what it lies in, the record and a word on it."""

    code: str
    field: str
    base: str
    record: str
    comment: str


def check_file(*, root: Element, kind: FileKind) -> tuple[FlkError, ...]:
    """Check a whole file: order, presence, types, codes, keys that repeat and the number of records."""
    schema, record = SCHEMAS[kind], RECORDS[kind]
    errors = [*_check(root, schema, "", record), *_duplicates(root, kind)]
    said, found = root.value("NRECORDS"), len(root.all(record))
    if said.isascii() and said.isdigit() and int(said) != found:
        comment = f"Записей в файле {found}, а не {said}"
        errors.append(FlkError(code=WRONG_TYPE, field="NRECORDS", base=kind.value, record="", comment=comment))
    return tuple(errors)


def check_record(*, element: Element, kind: FileKind) -> tuple[FlkError, ...]:
    """Check one record by itself, as `check_file` checks it in its file."""
    part = next(part for part in SCHEMAS[kind].parts if part.name == RECORDS[kind])
    return tuple(_check(element, part, "", RECORDS[kind]))


def _check(element: Element, part: Part, record: str, record_name: str) -> Iterator[FlkError]:
    """Check an element that is known to be the one of ``part``."""
    if element.name == record_name:
        record = element.value("N_REC") or element.value("ID")
    if not part.parts:
        return
    by_name = {inner.name: number for number, inner in enumerate(part.parts)}
    last, seen = 0, set()
    for child in element.children:
        place = by_name.get(child.name)
        if place is None:
            yield _error(ORDER, child.name, element.name, record, "такого тега здесь нет")
            continue
        inner = part.parts[place]
        if place < last or (child.name in seen and not inner.many):
            yield _error(ORDER, child.name, element.name, record, "стоит не на своём месте или повторяется")
        last = max(last, place)
        seen.add(child.name)
        yield from _check_value(child, inner, element.name, record)
        yield from _check(child, inner, record, record_name)
    for inner in part.parts:
        if inner.required and inner.name not in seen:
            yield _error(MISSING, inner.name, element.name, record, "")


def _check_value(element: Element, part: Part, base: str, record: str) -> Iterator[FlkError]:
    if part.parts and element.text:
        yield _error(WRONG_TYPE, part.name, base, record, "здесь не может быть текста")
    elif element.children and not part.parts:
        yield _error(WRONG_TYPE, part.name, base, record, "здесь не может быть тегов")
    elif not part.parts:
        found = _mistake(element.text, part)
        if found is not None:
            yield _error(found[0], part.name, base, record, found[1])


def _mistake(text: str, part: Part) -> tuple[str, str] | None:
    """What is wrong with the text of an element, None if nothing is."""
    if not text:
        return (MISSING, "") if part.required else None
    if part.codes:
        return None if text in part.codes else (WRONG_CODE, "")
    if part.is_date:
        return None if _is_date(text) else (WRONG_TYPE, "нужна дата ГГГГ-ММ-ДД")
    if part.pattern:
        return None if re.fullmatch(part.pattern, text) else (WRONG_TYPE, "")
    return None if len(text) <= part.length else (WRONG_TYPE, f"не больше {part.length} знаков")


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _duplicates(root: Element, kind: FileKind) -> Iterator[FlkError]:
    for key in KEYS[kind]:
        seen: set[str] = set()
        for record in root.all(RECORDS[kind]):
            value = record.value(key)
            if value and value in seen:
                yield _error(DUPLICATE, key, record.name, record.value("N_REC") or record.value("ID"), "")
            seen.add(value)


LONGEST_KEY = 36


def _error(code: str, field: str, base: str, record: str, comment: str) -> FlkError:
    """A mistake; never with the value, which may be personal."""
    said = FLK_TITLES[code] + (f": {comment}" if comment else "")
    return FlkError(code=code, field=field[:20], base=base[:20], record=record[:LONGEST_KEY], comment=said)
