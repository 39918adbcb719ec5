"""Lookups by clinics: who is insured, by whom and on which day; every view leaves an entry (requirement G3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.attachment import Attachment, attachment_on
from chalicelib.domain.barcode_verdict import BarcodeVerdict, judge_barcode
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.item_sources import ItemSource, insurer_source, person_source, policy_source, printed_insurer
from chalicelib.domain.legacy_policy import PolicyBlank
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, InsurerPeriod
from chalicelib.domain.policy_types import LEGACY_TYPES, PolicyType, type_of_form
from chalicelib.domain.principal import Role
from chalicelib.domain.qr_claims import QrKind, QrReason, QrVerdict
from chalicelib.domain.records import DocumentType
from chalicelib.domain.validity import CardKind
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.clinic_key import AskedKey, ClinicQuestion, asked_key
from chalicelib.use_cases.merged_records import followed
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuredPerson:
    """The answer: the person, the insurance on the day, and what the QR or the barcode said if one was shown.

    ``blank`` is the policy of an earlier sample that proves it; ``attachment`` is that of the day, insured or not.
    ``printed_insurer_code`` is the insurer that the paper names, ``insurer_code`` the one that insures. ``sources``
    says of each item who told it.
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
    attachment: Attachment | None = None
    printed_insurer_code: str | None = None
    printed_insurer_name: str = ""
    sources: Mapping[str, ItemSource] = field(default_factory=dict)


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
    asked = asked_key(tools=tools, question=question, at=at)
    if not asked.value_hash:
        return replace(NOT_INSURED, qr=asked.qr)
    pointers = tools.store.pointers(kind=asked.kind, value_hash=asked.value_hash)
    if len(pointers) > 1:
        raise several_found(asked)
    known = _viewed(tools, principal, pointers[0].person_id, asked.kind, at) if pointers else None
    return insured_answer(tools=tools, known=known, asked=asked, on=question.on)


def several_found(asked: AskedKey) -> ValidationFailed:
    """The refusal where a key is several people's."""
    message = "Найдено несколько человек: уточните документ или СНИЛС"
    return ValidationFailed([FieldError(field=asked.field, code="several_found", message=message)])


def insured_answer(*, tools: Toolbox, known: PersonFile | None, asked: AskedKey, on: date) -> InsuredPerson:
    """What a folder says of the insurance on a day, with what the shown code said; None is nobody."""
    answer = insurance_on(tools=tools, known=followed(tools=tools, file=known), on=on) if known else NOT_INSURED
    barcode = asked.barcode
    told = judge_barcode(barcode=barcode, person=answer.person, on=on) if barcode else None
    if answer.policy_number is not None and asked.qr is not None and asked.qr.claims is not None:
        # The code in the hand says which paper it is.
        answer = replace(answer, **_printed(tools, asked.qr.claims.insurer_code))
    return replace(answer, qr=_with_revocation(asked.qr, known), barcode=told)


_STATED = DocumentType.INSURANCE_CERTIFICATE


def _with_revocation(verdict: QrVerdict | None, known: PersonFile | None) -> QrVerdict | None:
    """The code of a certificate of insurance that a correction revoked says so: its document is out of use."""
    claims = verdict.claims if verdict is not None and verdict.is_valid else None
    if verdict is None or claims is None or known is None or claims.kind is not QrKind.INSURANCE_CERTIFICATE:
        return verdict
    # A code knows the second in which its document was ordered.
    gone = (d.ordered_at for d in known.documents if d.superseded and d.document_type is _STATED)
    if any(int(ordered_at.timestamp()) == int(claims.issued_at.timestamp()) for ordered_at in gone):
        return replace(verdict, reason=QrReason.REVOKED)
    return verdict


def _viewed(tools: Toolbox, principal: Principal, person_id: str, key_kind: str, at: datetime) -> PersonFile:
    details = {"by": key_kind}
    return note_view(
        tools=tools, principal=principal, person_id=person_id, name="insurance_viewed", details=details, at=at
    )


def insurance_on(*, tools: Toolbox, known: PersonFile, on: date) -> InsuredPerson:
    """What a folder says of a day: insurance, attachment, and who told it; raises NotFound without a person."""
    if known.person is None:
        raise NotFound("Застрахованное лицо не найдено")
    answer = replace(_answer(tools, known, on), person=known.person)
    attachment = attachment_on(attachments=known.attachments, on=on)
    sources = {
        **answer.sources,
        **({"attachment": ItemSource.CLINIC} if attachment else {}),
        "person": person_source(known.person, known.policies),
    }
    return replace(answer, attachment=attachment, sources=sources)


def _answer(tools: Toolbox, known: PersonFile, on: date) -> InsuredPerson:
    policy, certificate = _proofs_on(known, on)
    if policy is not None:
        period = policy.insurer_on(on)
        return InsuredPerson(
            is_insured=policy.is_valid_on(on),
            kind=CardKind.POLICY,
            policy_number=policy.policy_number,
            policy_type=type_of_form(form=policy.form),
            blank=policy.blank if policy.form in LEGACY_TYPES else None,
            insurer_code=period.insurer_code if period else None,
            insurer_name=_name(tools, period),
            valid_from=policy.valid_from,
            valid_until=policy.valid_until,
            **_printed(tools, printed_insurer(policy, known.documents)),
            sources={
                "policy": policy_source(policy),
                **({"insurer": insurer_source(period, policy)} if period else {}),
            },
        )
    if certificate is None:
        return NOT_INSURED
    period = InsurerPeriod(insurer_code=certificate.insurer_code, insured_from=certificate.issued_on)
    return InsuredPerson(
        is_insured=certificate.is_valid_on(on),
        kind=CardKind.TEMPORARY_CERTIFICATE,
        certificate_number=certificate.number,
        policy_type=PolicyType.TEMPORARY_ELECTRONIC,
        insurer_code=certificate.insurer_code,
        insurer_name=_name(tools, period),
        valid_from=certificate.issued_on,
        valid_until=certificate.valid_until,
        **_printed(tools, certificate.insurer_code),
        sources={"policy": ItemSource.APPLICATION, "insurer": ItemSource.APPLICATION},
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


def _printed(tools: Toolbox, code: str | None) -> dict[str, Any]:
    """The insurer on the paper, named."""
    return {"printed_insurer_code": code, "printed_insurer_name": tools.store.insurer_name(code=code) if code else ""}


def _name(tools: Toolbox, period: InsurerPeriod | None) -> str:
    return tools.store.insurer_name(code=period.insurer_code) if period else ""
