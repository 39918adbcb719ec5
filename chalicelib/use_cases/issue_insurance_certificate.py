"""Deciding what a certificate of insurance states, ordering its document, and telling that it is there (K1, K3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.coverage import gaps
from chalicelib.domain.insurance_certificate import (
    InsuranceCertificate,
    InsuranceCertificateEvent,
    InsuranceCertificateState,
    advance_certificate,
    state_insurance,
)
from chalicelib.domain.numbers import SERIAL_LIMIT, insurance_certificate_number
from chalicelib.domain.records import DocumentType, Pointer, StoredDocument
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.merged_records import main_file
from chalicelib.use_cases.ordered_documents import order_certificate_of

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.insurance_certificate import Statement
    from chalicelib.domain.insurance_history import Proof
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

POINTER_KIND = "insurance_certificate"


def decide_insurance_certificate(
    *, tools: Toolbox, person_id: str, certificate_id: str, at: datetime
) -> InsuranceCertificate:
    """Approve or refuse a certificate by what is known now (4 to 5 AWS calls); one that is decided is left alone.

    Raises:
        NotFound: there is no such certificate.
        AlreadyExists, StaleWrite: its number is taken, or another was first; the message will come again.
    """
    certificate = tools.store.insurance_certificate(person_id=person_id, certificate_id=certificate_id)
    if certificate is None:
        raise NotFound("Справка не найдена")
    if certificate.state is not InsuranceCertificateState.PROCESSING:
        return certificate
    known = main_file(tools=tools, file=tools.store.person_file(person_id=person_id))
    if known.person is None:
        raise NotFound("Застрахованное лицо не найдено")
    proofs: tuple[Proof, ...] = (*known.policies, *known.certificates)
    born_on = earliest_day(text=known.person.born_on)
    statement = state_insurance(certificate=certificate, proofs=proofs, born_on=born_on)
    if statement.refusal_code:
        return _refused(tools, certificate, statement, at)
    return _approved(tools, certificate, statement, known, at)


def _refused(
    tools: Toolbox, certificate: InsuranceCertificate, statement: Statement, at: datetime
) -> InsuranceCertificate:
    work = tools.store.work(at=at)
    refused = replace(certificate, refusal_code=statement.refusal_code, possible_on=statement.possible_on)
    refused = move(work, tools, refused, InsuranceCertificateEvent.REFUSE, at)
    work.commit()
    return refused


def _approved(
    tools: Toolbox, certificate: InsuranceCertificate, statement: Statement, known: PersonFile, at: datetime
) -> InsuranceCertificate:
    number = insurance_certificate_number(serial_or_random=tools.ids.below(SERIAL_LIMIT), on=certificate.local_day(at))
    status_index = tools.store.next_serial(counter=STATUS_COUNTER)
    work = tools.store.work(at=at)
    document = order_certificate_of(work=work, tools=tools, certificate=certificate, at=at)
    approved = replace(
        certificate,
        number=number,
        status_index=status_index,
        policy_number=known.policies[-1].policy_number if known.policies else "",
        stretches=statement.stretches,
        document_id=document.document_id,
    )
    approved = move(work, tools, approved, InsuranceCertificateEvent.APPROVE, at)
    value_hash = tools.secrets.lookup_hash(kind=POINTER_KIND, value=number)
    owner = certificate.person_id
    work.create(Pointer(kind=POINTER_KIND, value_hash=value_hash, target=owner, person_id=owner))
    work.commit()
    return approved


def move(
    work: UnitOfWork,
    tools: Toolbox,
    certificate: InsuranceCertificate,
    event: InsuranceCertificateEvent,
    at: datetime,
) -> InsuranceCertificate:
    """Add an arrow to the unit of work: the state, its entry in the journal, the message to who asked."""
    moved, rule = advance_certificate(certificate=certificate, event=event, at=at)
    details = {"certificate_id": moved.certificate_id}
    if moved.refusal_code:
        details["reason"] = moved.refusal_code
    if moved.number:
        details["number"] = moved.number
        details["gaps"] = str(len(gaps(moved.stretches)))
    moved = record(moved, work=work, tools=tools, name=rule.entry, at=at, actor=SYSTEM, details=details)
    work.update(moved)
    kind = rule.notifications.get(moved.send_by)
    if kind is not None:
        context = {"day": str(moved.local_day(at))}
        notify(work=work, tools=tools, kind=kind, person_id=moved.account_id, at=at, context=context)
    return moved


def mark_made(work: UnitOfWork, tools: Toolbox, document: StoredDocument, at: datetime) -> None:
    """Let the certificate of a document that was just made be ready, in the same transaction (1 AWS call)."""
    if document.document_type is not DocumentType.INSURANCE_CERTIFICATE:
        return
    certificate = stated_by(tools, document)
    if certificate.state is InsuranceCertificateState.APPROVED:
        move(work, tools, certificate, InsuranceCertificateEvent.MAKE, at)


def stated_by(tools: Toolbox, document: StoredDocument) -> InsuranceCertificate:
    """The certificate that a document shows (1 AWS call); raises NotFound."""
    found = tools.store.insurance_certificate(person_id=document.person_id, certificate_id=document.subject_id)
    if found is None:
        raise NotFound("Справка не найдена")
    return found
