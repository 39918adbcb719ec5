"""What a clinic asks by: exactly one key, read and checked (requirement G3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.barcode_text import parse_barcode
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.paper_barcode import PaperBarcode
from chalicelib.domain.plain_text import without_separators
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.qr_claims import QrKind, QrVerdict
from chalicelib.domain.snils import parse_snils
from chalicelib.use_cases.identity import document_value, name_value
from chalicelib.use_cases.legacy_lookups import OldPolicyKey, legacy_key

if TYPE_CHECKING:
    from chalicelib.ports.toolbox import Toolbox


NO_KEY = "key"
ONE_KEY_REQUIRED = "one_key_required"
_ONE_KEY = "Укажите ровно один ключ: номер полиса, его бланка или код, СНИЛС, документ, имя с датой рождения"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKey:
    """Name and birth date as a person tells them."""

    family_name: str
    given_name: str
    born_on: date
    middle_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKey:
    """An identity document; the type is a code of F011."""

    type: str
    number: str
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicQuestion:
    """What a clinic asks: exactly one key, and the day of the treatment."""

    on: date
    policy_number: str | None = None
    snils: str | None = None
    certificate_number: str | None = None
    document: DocumentKey | None = None
    person: NameKey | None = None
    qr: str | None = None
    blank_number: str | None = None
    old_policy: OldPolicyKey | None = None
    barcode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedKey:
    """A key that was read: the ``field`` it came in, what it looks for, and what was shown.

    ``value_hash`` is empty where a code was shown that is none of ours: there is nothing to look for.
    """

    field: str
    kind: str = ""
    value_hash: str = ""
    qr: QrVerdict | None = None
    barcode: PaperBarcode | None = None


def asked_key(*, tools: Toolbox, question: ClinicQuestion, at: datetime) -> AskedKey:
    """Read the only key of a question.

    Raises:
        ValidationFailed: no key, more than one, or a malformed one.
    """
    given = _only_key(question)
    verdict = tools.qr.verify(token=question.qr, at=at) if question.qr is not None else None
    if verdict is not None and verdict.claims is None:
        return AskedKey(field=given, qr=verdict)
    barcode = _scanned(question)
    kind, value = ("policy_number", barcode.policy_number) if barcode else _key(question, given, verdict)
    value_hash = tools.secrets.lookup_hash(kind=kind, value=value)
    return AskedKey(field=given, kind=kind, value_hash=value_hash, qr=verdict, barcode=barcode)


def _only_key(question: ClinicQuestion) -> str:
    """The field of the key, or that of none; raises ValidationFailed for more than one."""
    keys = {
        "policy_number": question.policy_number,
        "snils": question.snils,
        "certificate_number": question.certificate_number,
        "document": question.document,
        "person": question.person,
        "qr": question.qr,
        "blank_number": question.blank_number,
        "old_policy": question.old_policy,
        "barcode": question.barcode,
    }
    given = [name for name, value in keys.items() if value is not None]
    if len(given) > 1:
        raise ValidationFailed([FieldError(field=NO_KEY, code=ONE_KEY_REQUIRED, message=_ONE_KEY)])
    return given[0] if given else NO_KEY


def _scanned(question: ClinicQuestion) -> PaperBarcode | None:
    if question.barcode is None:
        return None
    try:
        return parse_barcode(text=question.barcode)
    except InvalidValue as refusal:
        raise ValidationFailed([FieldError(field="barcode", code=refusal.reason, message=refusal.detail)]) from None


def _key(question: ClinicQuestion, given: str, verdict: QrVerdict | None) -> tuple[str, str]:
    legacy = legacy_key(old_policy=question.old_policy, blank_number=question.blank_number)
    if legacy is not None:
        return legacy
    try:
        return _parsed_key(question, verdict)
    except InvalidValue as refusal:
        error = FieldError(field=given, code=refusal.reason, message=refusal.detail)
        raise ValidationFailed([error]) from None


def _parsed_key(question: ClinicQuestion, verdict: QrVerdict | None) -> tuple[str, str]:
    if verdict is not None and verdict.claims is not None:
        return _QR_KINDS[verdict.claims.kind], verdict.claims.number
    if question.policy_number is not None:
        return "policy_number", parse_policy_number(text=question.policy_number)
    if question.snils is not None:
        return "snils", parse_snils(text=question.snils)
    if question.certificate_number is not None:
        return "certificate", without_separators(question.certificate_number)
    if question.document is not None:
        document = question.document
        value = document_value(document_type=document.type, series=document.series, number=document.number)
        return "document", value
    if question.person is None:
        raise InvalidValue(ONE_KEY_REQUIRED, _ONE_KEY)
    person = question.person
    return "person", name_value(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on.isoformat(),
    )


_QR_KINDS = {
    QrKind.POLICY: "policy_number",
    QrKind.EXTRACT: "policy_number",
    QrKind.CERTIFICATE: "certificate",
    QrKind.RECEIPT: "application",
    QrKind.INSURANCE_CERTIFICATE: "insurance_certificate",
}
