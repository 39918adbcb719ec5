"""Ordering documents in the transaction of the change, and making them afterwards (requirements B7, E1, F3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.records import DocumentType, Queue, StoredDocument
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.journal import send

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.appeal import Appeal
    from chalicelib.domain.application import Application
    from chalicelib.domain.insurance_certificate import InsuranceCertificate
    from chalicelib.domain.policy import Policy
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

LINK_SECONDS = 300

FILENAMES = {
    DocumentType.RECEIPT: "raspiska.pdf",
    DocumentType.TEMPORARY_CERTIFICATE: "vremennoe-svidetelstvo.pdf",
    DocumentType.POLICY: "polis-oms.pdf",
    DocumentType.EXTRACT: "vypiska-oms.pdf",
    DocumentType.APPEAL_RECEIPT: "raspiska-zhaloba.pdf",
    DocumentType.INSURANCE_CERTIFICATE: "spravka-oms.pdf",
}


def order_document(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    application: Application,
    document_type: DocumentType,
    subject_id: str,
    at: datetime,
) -> StoredDocument:
    """Write down that a document is to be made, and queue its making."""
    document_id = tools.ids.new_id(at=at)
    document = StoredDocument(
        document_id=document_id,
        person_id=application.person_id,
        document_type=document_type,
        subject_id=subject_id,
        application_id=application.application_id,
        object_key=f"documents/{document_id}.pdf",
        ordered_at=at,
    )
    return _order(work, tools, document, at)


def order_extract_of(*, work: UnitOfWork, tools: Toolbox, policy: Policy, at: datetime) -> StoredDocument:
    """Order the extract of a policy for which no application was filed here: it is made from the profile."""
    document_id = tools.ids.new_id(at=at)
    document = StoredDocument(
        document_id=document_id,
        person_id=policy.person_id,
        document_type=DocumentType.EXTRACT,
        subject_id=policy.policy_id,
        application_id="",
        object_key=f"documents/{document_id}.pdf",
        ordered_at=at,
    )
    return _order(work, tools, document, at)


def order_appeal_receipt(*, work: UnitOfWork, tools: Toolbox, appeal: Appeal, at: datetime) -> StoredDocument:
    """Order the receipt of an appeal, in the folder of whom it is about."""
    document_id = tools.ids.new_id(at=at)
    document = StoredDocument(
        document_id=document_id,
        person_id=appeal.person_id,
        document_type=DocumentType.APPEAL_RECEIPT,
        subject_id=appeal.appeal_id,
        application_id="",
        object_key=f"documents/{document_id}.pdf",
        ordered_at=at,
    )
    return _order(work, tools, document, at)


def order_certificate_of(
    *, work: UnitOfWork, tools: Toolbox, certificate: InsuranceCertificate, at: datetime
) -> StoredDocument:
    """Order the document of a certificate of insurance that was approved."""
    document_id = tools.ids.new_id(at=at)
    document = StoredDocument(
        document_id=document_id,
        person_id=certificate.person_id,
        document_type=DocumentType.INSURANCE_CERTIFICATE,
        subject_id=certificate.certificate_id,
        application_id="",
        object_key=f"documents/{document_id}.pdf",
        ordered_at=at,
        bilingual=certificate.bilingual,
    )
    return _order(work, tools, document, at)


def _order(work: UnitOfWork, tools: Toolbox, document: StoredDocument, at: datetime) -> StoredDocument:
    work.create(document)
    body = {"person_id": document.person_id, "document_id": document.document_id}
    send(work=work, tools=tools, queue=Queue.DOCUMENTS, body=body, at=at)
    return document


def supersede(*, work: UnitOfWork, file: PersonFile, subject_id: str) -> None:
    """Mark the present documents of a subject as replaced by newer ones."""
    for document in file.documents:
        if document.subject_id == subject_id and not document.superseded:
            work.update(replace(document, superseded=True))


def document_link(*, tools: Toolbox, file: PersonFile, document_id: str) -> str:
    """Make a short-lived link to a generated document in a person's folder; raises NotFound."""
    found = next((d for d in file.documents if d.document_id == document_id), None)
    if found is None or found.made_at is None:
        raise NotFound("Документ не найден или ещё готовится")
    name = FILENAMES[found.document_type]
    return tools.documents.link(key=found.object_key, filename=name, seconds=LINK_SECONDS)
