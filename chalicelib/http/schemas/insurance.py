"""Policies, temporary certificates and generated documents as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.domain.policy import POLICY_STATE_TITLES, PolicyState
from chalicelib.domain.records import DOCUMENT_FILE_TITLES, DocumentType
from chalicelib.domain.temporary_certificate import CertificateState
from chalicelib.domain.validity import CardKind
from chalicelib.http.models import IsoDate, Out, Query
from chalicelib.http.schemas.legacy_policies import LegacyPolicyOut, legacy_policy_out

if TYPE_CHECKING:
    from chalicelib.domain.insurance_history import InsuredOn
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import StoredDocument
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.ports.folders import PersonFile


class PeriodOut(Out):
    """Who insures, from a day until a day (the last day is not included)."""

    insurer_code: str
    insured_from: date
    insured_until: date | None
    basis: str
    application_number: str | None


class SuspensionOut(Out):
    """A time without insurance, from a day until a day (the last day is not included)."""

    reason: str
    from_on: date
    until_on: date | None
    application_number: str | None


class PolicyOut(Out):
    """A policy and the history of its insurers."""

    id: str
    policy_number: str
    state: PolicyState
    state_title: str
    issued_on: date
    valid_from: date
    valid_until: date | None
    form: str
    category: str
    ended_on: date | None
    end_reason: str
    successor_id: str | None
    suspensions: list[SuspensionOut]
    periods: list[PeriodOut]


class CertificateOut(Out):
    """A temporary certificate; ``valid_until`` is the first day without it."""

    number: str
    state: CertificateState
    insurer_code: str
    issued_on: date
    valid_until: date
    application_id: str


class DocumentOut(Out):
    """A document that the service makes; it can be downloaded once it is ready."""

    id: str
    document_type: DocumentType
    title: str
    application_id: str
    subject_id: str
    is_ready: bool
    is_superseded: bool
    ordered_at: datetime
    made_at: datetime | None
    qr_link: str


class InsuranceQuery(Query):
    """A day to ask about."""

    on: IsoDate | None = Field(default=None, description="На какой день сказать, чем и кем застрахован человек")


class InsuredOnOut(Out):
    """What insured on a day; without insurance everything but the day is empty."""

    on: date
    known_on: date | None
    is_insured: bool
    kind: CardKind | None
    number: str | None
    insurer_code: str | None
    valid_from: date | None
    valid_until: date | None


class InsuranceOut(Out):
    """Everything that proves the person's insurance; ``on_day`` answers for the day that was asked about."""

    policies: list[PolicyOut]
    certificates: list[CertificateOut]
    legacy_policies: list[LegacyPolicyOut]
    documents: list[DocumentOut]
    on_day: InsuredOnOut | None = None


def policy_out(policy: Policy) -> PolicyOut:
    """Present a policy."""
    return PolicyOut(
        id=policy.policy_id,
        policy_number=policy.policy_number,
        state=policy.state,
        state_title=POLICY_STATE_TITLES[policy.state],
        issued_on=policy.issued_on,
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        form=policy.form,
        category=policy.category,
        ended_on=policy.ended_on,
        end_reason=policy.end_reason,
        successor_id=policy.successor_id,
        suspensions=[
            SuspensionOut(
                reason=suspension.reason,
                from_on=suspension.from_on,
                until_on=suspension.until_on,
                application_number=suspension.application_number,
            )
            for suspension in policy.suspensions
        ],
        periods=[
            PeriodOut(
                insurer_code=period.insurer_code,
                insured_from=period.insured_from,
                insured_until=period.insured_until,
                basis=period.basis,
                application_number=period.application_number,
            )
            for period in policy.periods
        ],
    )


def certificate_out(certificate: TemporaryCertificate) -> CertificateOut:
    """Present a temporary certificate."""
    return CertificateOut(
        number=certificate.number,
        state=certificate.state,
        insurer_code=certificate.insurer_code,
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        application_id=certificate.application_id,
    )


def document_out(document: StoredDocument) -> DocumentOut:
    """Present a generated document."""
    return DocumentOut(
        id=document.document_id,
        document_type=document.document_type,
        title=DOCUMENT_FILE_TITLES[document.document_type],
        application_id=document.application_id,
        subject_id=document.subject_id,
        is_ready=document.made_at is not None,
        is_superseded=document.superseded,
        ordered_at=document.ordered_at,
        made_at=document.made_at,
        qr_link=document.qr_link,
    )


def insured_on_out(found: InsuredOn, *, known_on: date | None = None) -> InsuredOnOut:
    """Present what insured on a day."""
    return InsuredOnOut(
        on=found.on,
        known_on=known_on,
        is_insured=found.is_insured,
        kind=found.kind,
        number=found.number or None,
        insurer_code=found.insurer_code or None,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
    )


def insurance_out(file: PersonFile, on_day: InsuredOn | None = None) -> InsuranceOut:
    """Present everything in a person's folder that proves the insurance."""
    return InsuranceOut(
        on_day=insured_on_out(on_day) if on_day is not None else None,
        policies=[policy_out(policy) for policy in file.policies],
        certificates=[certificate_out(certificate) for certificate in file.certificates],
        legacy_policies=[legacy_policy_out(registration) for registration in file.legacy_policies],
        documents=[document_out(document) for document in file.documents],
    )
