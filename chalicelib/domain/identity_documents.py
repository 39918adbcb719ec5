"""Identity documents of an applicant: series and number by F011, terms, age of the holder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain.birth_date import anniversary
from chalicelib.domain.errors import FieldError
from chalicelib.domain.identity_document_types import (
    IDENTITY_DOCUMENT_TYPES,
    IdentityDocumentType,
    explain_mask,
    fits_mask,
)
from chalicelib.domain.plain_text import composed, is_ascii_digits, without_separators

RUSSIAN_PASSPORT = "14"
BIRTH_CERTIFICATES = frozenset({"3", "24"})

PASSPORT_AGE = 14
PASSPORT_REPLACED_AT = (20, 45)
#: From which birthday on, and for how many days after it, the old passport still serves
#: (Regulation on the passport: 30 days at first, 90 since the amendment of July 2021).
PASSPORT_GRACE = ((date(2021, 7, 15), 90), (date.min, 30))
#: A birth certificate serves to the 14th birthday and the days in which a passport is made.
BIRTH_CERTIFICATE_GRACE_DAYS = 30

MAX_ISSUER_LENGTH = 80
_ISSUER_CODE_DIGITS = 6
_PASSPORT_SERIES_DIGITS = 4
_TO_LATIN = str.maketrans("ХСІ", "XCI")
_TO_RUSSIAN = str.maketrans("ABCEHKMOPTX", "АВСЕНКМОРТХ")
_TO_HYPHEN = str.maketrans(dict.fromkeys("‐‑‒–—", "-"))

MESSAGES = {
    "document_type_unknown": "Выберите вид документа из списка",
    "document_type_refused": "По этому документу заявление не принимают: выберите другой документ",
    "document_series": "Проверьте серию документа. Образец: {example}",
    "document_number": "Проверьте номер документа. Образец: {example}",
    "document_issued_on_required": "Укажите дату выдачи документа",
    "document_issued_in_future": "Дата выдачи ещё не наступила: сверьте её с документом",
    "document_issued_before_birth": "Документ выдан раньше даты рождения: сверьте обе даты",
    "document_issuer_required": "Укажите, кем выдан документ, так, как в нём написано",
    "document_issuer_length": "Сократите название органа до 80 знаков",
    "document_expiry_required": "Укажите срок действия документа",
    "document_expiry_before_issue": "Срок действия раньше даты выдачи: сверьте обе даты",
    "document_expired": "Срок действия документа истёк: укажите действующий документ",
    "passport_issuer_code": "Укажите код подразделения из паспорта как 770-001",
    "passport_issued_early": "Паспорт выдают с 14 лет: сверьте дату выдачи и дату рождения",
    "passport_overdue": "Паспорт пора было заменить в 20 или 45 лет: укажите новый паспорт",
    "birth_certificate_age": "С 14 лет нужен паспорт: укажите его вместо свидетельства о рождении",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """A document that proves who a person is.

    ``type`` is a code of F011; ``expires_on`` is the last day on which the document serves.
    """

    type: str
    series: str = ""
    number: str = ""
    issued_on: date | None = None
    issuer: str = ""
    issuer_code: str = ""
    expires_on: date | None = None


def normalize_document(document: IdentityDocument) -> IdentityDocument:
    """The document in canonical writing.

    «01» becomes «1», «4510» becomes «45 10», «770001» becomes «770-001»; Roman numerals become
    Latin and the letters after them Russian. What is wrong stays wrong.
    """
    code = _canonical_code(document.type)
    kind = IDENTITY_DOCUMENT_TYPES.get(code)
    return replace(
        document,
        type=code,
        series=_canonical_series(document.series, kind.series_mask if kind else "S"),
        number=without_separators(composed(document.number)).lstrip("№"),
        issuer=" ".join(composed(document.issuer).split()),
        issuer_code=_canonical_issuer_code(document.issuer_code),
    )


def check_document(
    *, document: IdentityDocument, on: date, born_on: date, prefix: str = "identity_document"
) -> tuple[FieldError, ...]:
    """All mistakes in the document of an applicant.

    Args:
        document: as typed; it is normalized first.
        on: day of the check.
        born_on: birth date of the holder.
        prefix: dotted path that opens the fields of the errors.
    """
    canonical = normalize_document(document)
    kind = IDENTITY_DOCUMENT_TYPES.get(canonical.type)
    found = []
    if kind is None:
        found.append(("type", "document_type_unknown"))
    elif not kind.is_admissible:
        found.append(("type", "document_type_refused"))
    found += _issue_mistakes(canonical, on=on, born_on=born_on)
    found += _term_mistakes(canonical, kind, on=on)
    found += _age_mistakes(canonical, on=on, born_on=born_on)
    written = tuple(FieldError(field=f"{prefix}.{name}", code=code, message=MESSAGES[code]) for name, code in found)
    return (*_mask_errors(canonical, kind, prefix), *written)


def check_series_and_number(*, document: IdentityDocument, prefix: str) -> tuple[FieldError, ...]:
    """The mistakes in series and number alone, by the masks of the document's type."""
    canonical = normalize_document(document)
    return tuple(_mask_errors(canonical, IDENTITY_DOCUMENT_TYPES.get(canonical.type), prefix))


def passport_valid_until(*, issued_on: date, born_on: date) -> date | None:
    """The first day on which a Russian passport no longer serves; None for one without a term.

    A passport is replaced at 20 and 45; the old one serves while the new one is made, not longer
    than the days of ``PASSPORT_GRACE`` after the birthday.
    """
    for age in PASSPORT_REPLACED_AT:
        birthday = anniversary(born_on=born_on, years=age)
        if issued_on < birthday:
            grace = next(days for since, days in PASSPORT_GRACE if birthday >= since)
            return birthday + timedelta(days=grace + 1)
    return None


def _mask_errors(document: IdentityDocument, kind: IdentityDocumentType | None, prefix: str) -> list[FieldError]:
    if kind is None:
        return []
    return [
        FieldError(
            field=f"{prefix}.{name}",
            code=f"document_{name}",
            message=MESSAGES[f"document_{name}"].format(example=explain_mask(mask)),
        )
        for name, text, mask in (
            ("series", document.series, kind.series_mask),
            ("number", document.number, kind.number_mask),
        )
        if not fits_mask(text=text, mask=mask)
    ]


def _issue_mistakes(document: IdentityDocument, *, on: date, born_on: date) -> list[tuple[str, str]]:
    found = []
    if document.issued_on is None:
        found.append(("issued_on", "document_issued_on_required"))
    elif document.issued_on > on:
        found.append(("issued_on", "document_issued_in_future"))
    elif document.issued_on < born_on:
        found.append(("issued_on", "document_issued_before_birth"))
    if not document.issuer:
        found.append(("issuer", "document_issuer_required"))
    elif len(document.issuer) > MAX_ISSUER_LENGTH:
        found.append(("issuer", "document_issuer_length"))
    return found


def _term_mistakes(document: IdentityDocument, kind: IdentityDocumentType | None, *, on: date) -> list[tuple[str, str]]:
    if document.expires_on is None:
        needed = kind is not None and kind.needs_expiry
        return [("expires_on", "document_expiry_required")] if needed else []
    found = []
    if document.issued_on is not None and document.expires_on < document.issued_on:
        found.append(("expires_on", "document_expiry_before_issue"))
    if document.expires_on < on:
        found.append(("expires_on", "document_expired"))
    return found


def _age_mistakes(document: IdentityDocument, *, on: date, born_on: date) -> list[tuple[str, str]]:
    of_age_on = anniversary(born_on=born_on, years=PASSPORT_AGE)
    if document.type in BIRTH_CERTIFICATES:
        late = on > of_age_on + timedelta(days=BIRTH_CERTIFICATE_GRACE_DAYS)
        return [("type", "birth_certificate_age")] if late else []
    if document.type != RUSSIAN_PASSPORT:
        return []
    found = []
    if not fits_mask(text=document.issuer_code, mask="999-999"):
        found.append(("issuer_code", "passport_issuer_code"))
    if document.issued_on is None:
        return found
    if born_on <= document.issued_on < of_age_on:
        found.append(("issued_on", "passport_issued_early"))
    valid_until = passport_valid_until(issued_on=document.issued_on, born_on=born_on)
    if valid_until is not None and on >= valid_until:
        found.append(("issued_on", "passport_overdue"))
    return found


def _canonical_code(code: str) -> str:
    stripped = code.strip()
    return stripped.lstrip("0") if is_ascii_digits(stripped) else stripped


def _canonical_series(series: str, mask: str) -> str:
    text = " ".join(composed(series).translate(_TO_HYPHEN).split())
    if mask == "99 99":
        digits = without_separators(text)
        spaced = len(digits) == _PASSPORT_SERIES_DIGITS and is_ascii_digits(digits)
        return f"{digits[:2]} {digits[2:]}" if spaced else text
    if "Б" not in mask:
        return text
    roman, hyphen, letters = text.upper().replace(" ", "").rpartition("-")
    return roman.translate(_TO_LATIN) + hyphen + letters.translate(_TO_RUSSIAN)


def _canonical_issuer_code(code: str) -> str:
    digits = without_separators(code)
    if len(digits) == _ISSUER_CODE_DIGITS and is_ascii_digits(digits):
        return f"{digits[:3]}-{digits[3:]}"
    return code.strip()
