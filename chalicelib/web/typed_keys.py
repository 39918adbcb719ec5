"""What a registrar typed or scanned into the one field, read as the key of a question (requirement G3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.plain_text import is_ascii_digits, without_separators
from chalicelib.use_cases.clinic_key import ClinicQuestion, DocumentKey, NameKey

if TYPE_CHECKING:
    from datetime import date

PASSPORT = "14"
"""F011: the passport of a citizen of Russia."""

BLANK = "blank"
_POLICY = 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){2,}")
_BARCODE = re.compile(r"[0-9A-Fa-f]{100,}|[0-9A-Za-z+/]{100,}={0,2}")
_NAMED = re.compile(r"([^\W\d_][^\d]*?)[\s,]+(\d[\d.\-]*)", re.DOTALL)
_TWO_NAMES = 2


def question_of(typed: str, *, kind: str, on: date) -> ClinicQuestion:
    """Read the key: a code's link, numbers by their length, or a name with the birth date.

    ``kind`` is `BLANK` where eleven digits are the number of a policy's blank and not СНИЛС.

    Raises:
        ValidationFailed: it can be none of them; says what it may be.
    """
    text = typed.strip()
    token = text.rpartition("#")[2]
    if "#" in text or _TOKEN.fullmatch(text):
        return ClinicQuestion(on=on, qr=token)
    digits = without_separators(text)
    if is_ascii_digits(digits) and len(digits) <= _POLICY:
        return _by_digits(digits, kind=kind, on=on)
    if _BARCODE.fullmatch(text):
        return ClinicQuestion(on=on, barcode=text)
    if (named := _NAMED.fullmatch(text)) is not None:
        return ClinicQuestion(on=on, person=_person(named[1], named[2]))
    raise _unclear()


def _by_digits(digits: str, *, kind: str, on: date) -> ClinicQuestion:
    if kind == BLANK:
        return ClinicQuestion(on=on, blank_number=digits)
    match len(digits):
        case 16:
            return ClinicQuestion(on=on, policy_number=digits)
        case 11:
            return ClinicQuestion(on=on, snils=digits)
        case 10:
            document = DocumentKey(type=PASSPORT, series=digits[:4], number=digits[4:])
            return ClinicQuestion(on=on, document=document)
        case 9:
            return ClinicQuestion(on=on, certificate_number=digits)
    raise _unclear()


def _person(names: str, day: str) -> NameKey:
    words = names.replace(",", " ").split()
    try:
        born_on = read_date(text=day)
    except InvalidValue as refusal:
        raise _wrong(f"Дата рождения: {refusal.detail}") from None
    if len(words) < _TWO_NAMES:
        raise _wrong("Назовите фамилию, имя и отчество, если оно есть, и дату рождения")
    return NameKey(family_name=words[0], given_name=words[1], middle_name=" ".join(words[2:]), born_on=born_on)


def _unclear() -> ValidationFailed:
    return _wrong(
        "Введите ЕНП (16 цифр), СНИЛС (11), серию и номер паспорта (10), номер временного свидетельства (9), "
        "имя с датой рождения или отсканируйте QR-код либо штрих-код"
    )


def _wrong(message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field="key", code="unclear_key", message=message)])
