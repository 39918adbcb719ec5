"""Lookups by clinics: who is insured, by whom and on which day; every view leaves an entry (requirement G3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.barcode_text import parse_barcode
from chalicelib.domain.barcode_verdict import BarcodeVerdict, judge_barcode
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.legacy_policy import PolicyBlank
from chalicelib.domain.person import Person
from chalicelib.domain.plain_text import without_separators
from chalicelib.domain.policy import STANDING, InsurerPeriod
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.policy_types import LEGACY_TYPES, PolicyType, type_of_form
from chalicelib.domain.principal import Role
from chalicelib.domain.qr_claims import QrKind, QrVerdict
from chalicelib.domain.snils import parse_snils
from chalicelib.domain.validity import CardKind
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.identity import document_value, name_value
from chalicelib.use_cases.legacy_lookups import OldPolicyKey, legacy_key
from chalicelib.use_cases.merged_records import followed
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from chalicelib.domain.paper_barcode import PaperBarcode
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.ports.storage import PersonFile
    from chalicelib.ports.toolbox import Toolbox


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
class InsuredPerson:
    """The answer: the person, the insurance on the day, and what the QR or the barcode said if one was shown.

    ``blank`` is the policy of an earlier sample that proves it.
    """

    is_insured: bool
    kind: CardKind | None = None
    person: Person | None = None
    policy_number: str | None = None
    certificate_number: str | None = None
    insurer_code: str | None = None
    insurer_name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    policy_type: PolicyType | None = None
    blank: PolicyBlank | None = None
    qr: QrVerdict | None = None
    barcode: BarcodeVerdict | None = None


NOT_INSURED = InsuredPerson(is_insured=False)


def check_insured_person(
    *, tools: Toolbox, principal: Principal, question: ClinicQuestion, at: datetime
) -> InsuredPerson:
    """Answer a clinic (3 AWS calls: the key, the person's folder, the entry in the journal).

    Raises:
        NotPermitted: the principal is no clinic's.
        ValidationFailed: no key, more than one, or a malformed one.
    """
    require_role(principal, Role.CLINIC_REGISTRAR)
    given = _only_key(question)
    verdict = tools.qr.verify(token=question.qr, at=at) if question.qr is not None else None
    if verdict is not None and verdict.claims is None:
        return replace(NOT_INSURED, qr=verdict)
    barcode = _scanned(question)
    kind, value = ("policy_number", barcode.policy_number) if barcode else _key(question, given, verdict)
    value_hash = tools.secrets.lookup_hash(kind=kind, value=value)
    pointers = tools.store.pointers(kind=kind, value_hash=value_hash)
    if len(pointers) > 1:
        message = "Найдено несколько человек: уточните документ или СНИЛС"
        raise ValidationFailed([FieldError(field=given, code="several_found", message=message)])
    known = _viewed(tools, principal, pointers[0].person_id, kind, at) if pointers else None
    answer = _answer(tools, followed(tools=tools, file=known), question.on) if known else NOT_INSURED
    told = judge_barcode(barcode=barcode, person=answer.person, on=question.on) if barcode else None
    return replace(answer, qr=verdict, barcode=told)


def _viewed(tools: Toolbox, principal: Principal, person_id: str, key_kind: str, at: datetime) -> PersonFile:
    details = {"by": key_kind}
    return note_view(
        tools=tools, principal=principal, person_id=person_id, name="insurance_viewed", details=details, at=at
    )


def _only_key(question: ClinicQuestion) -> str:
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
    if len(given) != 1:
        message = "Укажите ровно один ключ: номер полиса, его бланка или код, СНИЛС, документ, имя с датой рождения"
        raise ValidationFailed([FieldError(field="key", code="one_key_required", message=message)])
    return given[0]


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
        raise InvalidValue("one_key_required", "Укажите ключ поиска")
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


def _answer(tools: Toolbox, known: PersonFile, on: date) -> InsuredPerson:
    if known.person is None:
        raise NotFound("Застрахованное лицо не найдено")
    policy, certificate = _proofs_on(known, on)
    if policy is not None:
        period = policy.insurer_on(on)
        return InsuredPerson(
            is_insured=policy.is_valid_on(on),
            kind=CardKind.POLICY,
            person=known.person,
            policy_number=policy.policy_number,
            policy_type=type_of_form(form=policy.form),
            blank=policy.blank if policy.form in LEGACY_TYPES else None,
            insurer_code=period.insurer_code if period else None,
            insurer_name=_name(tools, period),
            valid_from=policy.valid_from,
            valid_until=policy.valid_until,
        )
    if certificate is None:
        return InsuredPerson(is_insured=False, person=known.person)
    period = InsurerPeriod(insurer_code=certificate.insurer_code, insured_from=certificate.issued_on)
    return InsuredPerson(
        is_insured=certificate.is_valid_on(on),
        kind=CardKind.TEMPORARY_CERTIFICATE,
        person=known.person,
        certificate_number=certificate.number,
        policy_type=PolicyType.TEMPORARY_ELECTRONIC,
        insurer_code=certificate.insurer_code,
        insurer_name=_name(tools, period),
        valid_from=certificate.issued_on,
        valid_until=certificate.valid_until,
    )


def _proofs_on(known: PersonFile, on: date) -> tuple[Policy | None, TemporaryCertificate | None]:
    """What insures on the day: the policy that stands, one that stood then, or a certificate; else what there is."""
    policies = sorted(known.policies, key=lambda policy: (policy.state not in STANDING, policy.policy_id))
    policy = next((policy for policy in policies if policy.is_valid_on(on)), None)
    if policy is not None:
        return policy, None
    certificate = next((c for c in known.certificates if c.is_valid_on(on)), None)
    if certificate is not None:
        return None, certificate
    return known.active_policy, known.active_certificate


def _name(tools: Toolbox, period: InsurerPeriod | None) -> str:
    return tools.store.insurer_name(code=period.insurer_code) if period else ""
