"""Issuing, revoking and expiring temporary certificates (requirements E1-E3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.numbers import SERIAL_LIMIT, certificate_number
from chalicelib.domain.policy import InsurerPeriod
from chalicelib.domain.records import DocumentType, Pointer, Revocation
from chalicelib.domain.regions import find_region
from chalicelib.domain.temporary_certificate import (
    WARNINGS,
    CertificateState,
    CertificateStep,
    TemporaryCertificate,
    first_step,
    left_at,
    revoke,
    take_step,
)
from chalicelib.domain.validity import certificate_card
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.demands import local_day, region_of
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.ordered_documents import order_document

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

STATUS_COUNTER = "status"
DUE_PAGE = 1000
POLICY_ISSUED = "policy_issued"

_NOTIFICATIONS = {
    CertificateStep.WARN_7_DAYS: "certificate_expires_in_7_days",
    CertificateStep.WARN_1_DAY: "certificate_expires_in_1_day",
    CertificateStep.WARN_10_WORKING_DAYS: "certificate_expires_in_10_working_days",
    CertificateStep.WARN_3_WORKING_DAYS: "certificate_expires_in_3_working_days",
    CertificateStep.WARN_1_WORKING_DAY: "certificate_expires_in_1_working_day",
    CertificateStep.EXPIRE: "certificate_expired",
}


def issue_certificate(*, work: UnitOfWork, tools: Toolbox, application: Application, at: datetime) -> Application:
    """Add a temporary certificate to the unit of work; returns the application that names it (1 AWS call)."""
    certificate = _new_certificate(tools, application, at)
    details = {"application_id": application.application_id, "number": certificate.number}
    certificate = record(
        certificate, work=work, tools=tools, name="certificate_issued", at=at, actor=SYSTEM, details=details
    )
    work.create(certificate)
    value_hash = tools.secrets.lookup_hash(kind="certificate", value=certificate.number)
    work.create(
        Pointer(
            kind="certificate",
            value_hash=value_hash,
            target=application.application_id,
            person_id=application.person_id,
        )
    )
    put_certificate_card(work=work, tools=tools, certificate=certificate)
    order_document(
        work=work,
        tools=tools,
        application=application,
        document_type=DocumentType.TEMPORARY_CERTIFICATE,
        subject_id=application.application_id,
        at=at,
    )
    notify(
        work=work,
        tools=tools,
        kind="certificate_issued",
        person_id=application.account_id,
        at=at,
        context={
            "number": certificate.number,
            "day": str(last_day(certificate)),
        },
    )
    return replace(application, certificate_number=certificate.number)


def _new_certificate(tools: Toolbox, application: Application, at: datetime) -> TemporaryCertificate:
    day = local_day(application, at=at)
    region = region_of(application.form)
    term = tools.certificate_term
    return TemporaryCertificate(
        number=certificate_number(serial_or_random=tools.ids.below(SERIAL_LIMIT)),
        person_id=application.person_id,
        application_id=application.application_id,
        account_id=application.account_id,
        insurer_code=application.section("insurer")["code"],
        region=region,
        issued_on=day,
        valid_until=term.end(start=day),
        utc_offset_hours=find_region(code=region).utc_offset_hours,
        state=CertificateState.ACTIVE,
        next_step=first_step(term=term, issued_on=day),
        status_index=tools.store.next_serial(counter=STATUS_COUNTER),
    )


def last_day(certificate: TemporaryCertificate) -> date:
    """The last day on which a certificate is valid, as people count."""
    return certificate.valid_until - timedelta(days=1)


def put_certificate_card(*, work: UnitOfWork, tools: Toolbox, certificate: TemporaryCertificate) -> None:
    """Let lookups see the certificate as it is now."""
    period = InsurerPeriod(
        insurer_code=certificate.insurer_code,
        insured_from=certificate.issued_on,
        insured_until=certificate.valid_until,
        basis="temporary_certificate",
    )
    value_hash = tools.secrets.lookup_hash(kind="certificate", value=certificate.number)
    card = certificate_card(certificate=certificate, period=period, factors={})
    work.put_card(kind="certificate", value_hash=value_hash, card=card)


def revoke_certificate(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    certificate: TemporaryCertificate,
    reason: str,
    at: datetime,
) -> None:
    """Add the end of an active certificate to the unit of work; its QR dies with the transaction."""
    ended = revoke(certificate=certificate, at=at)
    details = {"number": certificate.number, "reason": reason}
    ended = record(ended, work=work, tools=tools, name="certificate_revoked", at=at, actor=SYSTEM, details=details)
    work.update(ended)
    put_certificate_card(work=work, tools=tools, certificate=ended)
    work.put(Revocation(status_index=certificate.status_index, status="revoked", at=at))
    if reason == POLICY_ISSUED:
        # The message on the policy tells of it.
        return
    notify(
        work=work,
        tools=tools,
        kind="certificate_revoked",
        person_id=certificate.account_id,
        at=at,
        context={"number": certificate.number, "day": str(ended.revoked_on)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a run of the schedule did."""

    warned: int = 0
    expired: int = 0
    skipped: int = 0


def expire_certificates(*, tools: Toolbox, at: datetime) -> Sweep:
    """Do what is due with certificates: one transaction each, found by the index on due date (E3).

    A certificate that changes meanwhile is skipped: the next run sees it as it is then.
    """
    sweep = Sweep()
    for page in tools.store.due_certificates(until=at, page=DUE_PAGE):
        for certificate in page:
            sweep = _counted(sweep, _step(tools, certificate, at))
    return sweep


def _step(tools: Toolbox, certificate: TemporaryCertificate, at: datetime) -> CertificateStep | None:
    try:
        step, changed = take_step(certificate=certificate, at=at)
    except StateConflict:
        return None
    work = tools.store.work(at=at)
    name = "certificate_expired" if step is CertificateStep.EXPIRE else "certificate_warning"
    changed = record(
        changed,
        work=work,
        tools=tools,
        name=name,
        at=at,
        actor=SYSTEM,
        details={"number": certificate.number, "step": step.value},
    )
    work.update(changed)
    if step is CertificateStep.EXPIRE:
        put_certificate_card(work=work, tools=tools, certificate=changed)
    notify(
        work=work,
        tools=tools,
        kind=_NOTIFICATIONS[step],
        person_id=certificate.account_id,
        at=at,
        context=_told(certificate, step, at),
    )
    try:
        work.commit()
    except StaleWrite:
        return None
    return step


def _told(certificate: TemporaryCertificate, step: CertificateStep, at: datetime) -> dict[str, str]:
    told = {"number": certificate.number, "day": str(last_day(certificate))}
    if step in WARNINGS:
        told["days_left"] = str(left_at(certificate=certificate, step=step, at=at))
    return told


def _counted(sweep: Sweep, step: CertificateStep | None) -> Sweep:
    if step is None:
        return replace(sweep, skipped=sweep.skipped + 1)
    if step is CertificateStep.EXPIRE:
        return replace(sweep, expired=sweep.expired + 1)
    return replace(sweep, warned=sweep.warned + 1)
