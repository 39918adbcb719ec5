"""Tidying and checking a message of the civil registry: all its mistakes at once (requirements B4, N1)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import EARLIEST_DATE
from chalicelib.domain.civil_record import (
    FOREIGN_CERTIFICATE,
    Child,
    CivilMessage,
    Paper,
    Parent,
    ParentRole,
    RecordKind,
)
from chalicelib.domain.countries import COUNTRIES
from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES, explain_mask, fits_mask
from chalicelib.domain.identity_documents import IdentityDocument, normalize_document
from chalicelib.domain.names import check_full_name, check_name, check_place_of_birth
from chalicelib.domain.person import UNNAMED
from chalicelib.domain.plain_text import composed
from chalicelib.domain.regions import is_region
from chalicelib.domain.representation import RELATIONS, Relation, check_powers
from chalicelib.domain.snils import parse_snils

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_NUMBER = re.compile(r"[0-9A-Za-zА-ЯЁа-яё/-]{1,40}")
_UNNAMED_TEXTS = frozenset({UNNAMED, "БИ", "БЕЗ ИМЕНИ"})
_CERTIFICATES = frozenset({"3", FOREIGN_CERTIFICATE})
_WITH_CERTIFICATE = frozenset({RecordKind.BIRTH, RecordKind.CORRECTION, RecordKind.FOREIGN})

MESSAGES = {
    "record_number": "Укажите номер записи акта: до 40 букв, цифр, дефисов и дробных черт",
    "region_unknown": "Укажите код территории по F010",
    "date_in_future": "Дата ещё не наступила: исправьте её",
    "date_range": "Проверьте год: дата не раньше 1900 года",
    "registered_before_birth": "Регистрация раньше рождения: сверьте обе даты",
    "child_required": "Передайте сведения о ребёнке: без них можно только аннулировать запись",
    "family_name_required": "Укажите фамилию ребёнка или матери",
    "country_unknown": "Укажите код страны из трёх латинских букв",
    "birth_order": "Очерёдность рождения больше числа родившихся детей: сверьте оба числа",
    "certificate_required": "Передайте серию и номер свидетельства о рождении",
    "certificate_type": "Свидетельство о рождении — код 3 или 24 по F011",
    "document_type_unknown": "Укажите код вида документа по F011",
    "parent_too_young": "Родитель не может быть моложе ребёнка: сверьте даты рождения",
    "same_person": "У двух родителей один СНИЛС: исправьте сведения об одном из них",
}


def tidy_message(message: CivilMessage) -> CivilMessage:
    """Write what can be read in its canonical form, so that equal messages are equal; what is wrong stays."""
    return replace(
        message,
        number=composed(message.number),
        child=_tidy_child(message.child) if message.child else None,
        parents=tuple(_tidy_parent(parent) for parent in message.parents),
    )


def _tidy_child(child: Child) -> Child:
    given_name = composed(child.given_name)
    return replace(
        child,
        family_name=composed(child.family_name),
        given_name="" if given_name.upper() in _UNNAMED_TEXTS else given_name,
        middle_name=composed(child.middle_name),
        snils=_snils(child.snils),
        certificate=_paper(child.certificate),
    )


def _tidy_parent(parent: Parent) -> Parent:
    return replace(
        parent,
        family_name=composed(parent.family_name),
        given_name=composed(parent.given_name),
        middle_name=composed(parent.middle_name),
        snils=_snils(parent.snils),
        document=_paper(parent.document),
    )


def _snils(text: str) -> str:
    try:
        return parse_snils(text=text) if text else ""
    except InvalidValue:
        return text


def _paper(paper: Paper | None) -> Paper | None:
    if paper is None:
        return None
    tidied = normalize_document(IdentityDocument(type=paper.type, series=paper.series, number=paper.number))
    return replace(paper, type=tidied.type, series=tidied.series, number=tidied.number)


def message_errors(*, message: CivilMessage, on: date) -> tuple[FieldError, ...]:
    """Find every mistake of a tidied message; ``on`` is the day of its reception."""
    found = [
        *_record_mistakes(message, on),
        *(_child_mistakes(message, message.child, on) if message.child else _childless_mistakes(message)),
        *(error for parent in message.parents for error in _parent_mistakes(message, parent, on)),
        *_same_parent(message),
    ]
    return tuple(sorted(found, key=lambda error: (error.field, error.code)))


def _mistake(field: str, code: str) -> FieldError:
    return FieldError(field=field, code=code, message=MESSAGES[code])


def _record_mistakes(message: CivilMessage, on: date) -> Iterator[FieldError]:
    if not _NUMBER.fullmatch(message.number):
        yield _mistake("number", "record_number")
    if not is_region(code=message.region):
        yield _mistake("region", "region_unknown")
    if message.registered_on > on:
        yield _mistake("registered_on", "date_in_future")
    elif message.child is not None and message.registered_on < message.child.born_on:
        yield _mistake("registered_on", "registered_before_birth")


def _childless_mistakes(message: CivilMessage) -> Iterator[FieldError]:
    if message.kind is not RecordKind.ANNULMENT:
        yield _mistake("child", "child_required")


def _child_mistakes(message: CivilMessage, child: Child, on: date) -> Iterator[FieldError]:
    for name in ("family_name", "given_name", "middle_name"):
        yield from check_name(text=getattr(child, name), field=f"child.{name}", required=False)
    yield from _missing(message, child)
    yield from _day_mistakes(child.born_on, "child.born_on", on)
    if child.birthplace:
        yield from check_place_of_birth(text=child.birthplace, field="child.birthplace")
    if child.citizenship not in COUNTRIES:
        yield _mistake("child.citizenship", "country_unknown")
    yield from _snils_mistakes(child.snils, "child.snils")
    if child.birth_order > child.children_born:
        yield _mistake("child.birth_order", "birth_order")
    if child.certificate is not None:
        if child.certificate.type not in _CERTIFICATES:
            yield _mistake("child.certificate.type", "certificate_type")
        yield from _paper_mistakes(child.certificate, "child.certificate", on)


def _missing(message: CivilMessage, child: Child) -> Iterator[FieldError]:
    if message.kind not in _WITH_CERTIFICATE:
        return
    if not message.family_name:
        yield _mistake("child.family_name", "family_name_required")
    if child.certificate is None:
        yield _mistake("child.certificate", "certificate_required")


def _day_mistakes(day: date, field: str, on: date) -> Iterator[FieldError]:
    if day > on:
        yield _mistake(field, "date_in_future")
    elif day < EARLIEST_DATE:
        yield _mistake(field, "date_range")


def _snils_mistakes(text: str, field: str) -> Iterator[FieldError]:
    try:
        if text:
            parse_snils(text=text)
    except InvalidValue as refusal:
        yield FieldError(field=field, code=refusal.reason, message=refusal.detail)


def _paper_mistakes(paper: Paper, field: str, on: date) -> Iterator[FieldError]:
    if paper.issued_on is not None:
        yield from _day_mistakes(paper.issued_on, f"{field}.issued_on", on)
    kind = IDENTITY_DOCUMENT_TYPES.get(paper.type)
    if kind is None:
        yield _mistake(f"{field}.type", "document_type_unknown")
        return
    for name, text, mask in (
        ("series", paper.series, kind.series_mask),
        ("number", paper.number, kind.number_mask),
    ):
        if not fits_mask(text=text, mask=mask):
            message = f"Проверьте документ. Образец: {explain_mask(mask)}"
            yield FieldError(field=f"{field}.{name}", code=f"document_{name}", message=message)


def _parent_mistakes(message: CivilMessage, parent: Parent, on: date) -> Iterator[FieldError]:
    prefix = parent.role.value
    yield from check_full_name(
        family_name=parent.family_name,
        given_name=parent.given_name,
        middle_name=parent.middle_name,
        prefix=prefix,
    )
    yield from _snils_mistakes(parent.snils, f"{prefix}.snils")
    if parent.document is not None:
        yield from _paper_mistakes(parent.document, f"{prefix}.document", on)
    if parent.born_on is not None:
        yield from _day_mistakes(parent.born_on, f"{prefix}.born_on", on)
        if message.child is not None and parent.born_on >= message.child.born_on:
            yield _mistake(f"{prefix}.born_on", "parent_too_young")
    if parent.role is ParentRole.REPRESENTATIVE:
        yield from _powers_mistakes(message, parent, on)


def _powers_mistakes(message: CivilMessage, parent: Parent, on: date) -> Iterator[FieldError]:
    born_on = message.child.born_on if message.child else on
    for error in check_powers(rule=RELATIONS[Relation.GUARDIAN], born_on=born_on, powers=parent.powers, on=on):
        # The age of the child is its own field's matter.
        if error.field.startswith("powers."):
            yield replace(error, field=f"{parent.role.value}.{error.field}")


def _same_parent(message: CivilMessage) -> Iterator[FieldError]:
    mother, father = message.parent(ParentRole.MOTHER), message.parent(ParentRole.FATHER)
    if mother is not None and father is not None and mother.snils and mother.snils == father.snils:
        yield _mistake("father.snils", "same_person")
