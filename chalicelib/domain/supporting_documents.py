"""The supporting documents whose scans an application may ask for (requirements B5, C1)."""

from __future__ import annotations

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a scan shows."""

    IDENTITY_DOCUMENT = "identity_document"
    SNILS_CARD = "snils_card"
    PROOF_OF_RESIDENCE = "proof_of_residence"
    STATUS_DOCUMENT = "status_document"
    STAY_REGISTRATION = "stay_registration"
    LABOUR_CONTRACT = "labour_contract"
    OFFICIAL_POWERS = "official_powers"
    STUDY_CERTIFICATE = "study_certificate"
    TRANSLATION = "translation"
    REPRESENTATIVE_IDENTITY = "representative_identity"
    POWERS_DOCUMENT = "powers_document"
    SECOND_PARENT_CONSENT = "second_parent_consent"
    CHANGE_BASIS = "change_basis"
    SUSPENSION_BASIS = "suspension_basis"
    RESUMPTION_BASIS = "resumption_basis"
    APPEAL_EVIDENCE = "appeal_evidence"
    TICKET_ATTACHMENT = "ticket_attachment"


DOCUMENT_TITLES = {
    DocumentKind.IDENTITY_DOCUMENT: "Документ, удостоверяющий личность",
    DocumentKind.SNILS_CARD: "Документ со СНИЛС",
    DocumentKind.PROOF_OF_RESIDENCE: "Подтверждение места жительства",
    DocumentKind.STATUS_DOCUMENT: "Вид на жительство или разрешение на временное проживание",
    DocumentKind.STAY_REGISTRATION: "Миграционная карта с отметкой или уведомление о прибытии",
    DocumentKind.LABOUR_CONTRACT: "Трудовой договор",
    DocumentKind.OFFICIAL_POWERS: "Документ о полномочиях в органе ЕАЭС",
    DocumentKind.STUDY_CERTIFICATE: "Справка об обучении",
    DocumentKind.TRANSLATION: "Заверенный перевод документа на русский язык",
    DocumentKind.REPRESENTATIVE_IDENTITY: "Документ, удостоверяющий личность представителя",
    DocumentKind.POWERS_DOCUMENT: "Документ о полномочиях представителя",
    DocumentKind.SECOND_PARENT_CONSENT: "Согласие второго родителя",
    DocumentKind.CHANGE_BASIS: "Документ, подтверждающий изменение данных",
    DocumentKind.SUSPENSION_BASIS: "Документ о причине приостановления",
    DocumentKind.RESUMPTION_BASIS: "Документ о том, что причина приостановления отпала",
    DocumentKind.APPEAL_EVIDENCE: "Документ к жалобе",
    DocumentKind.TICKET_ATTACHMENT: "Вложение к обращению",
}

STAND_SIDE_BY_SIDE = frozenset({DocumentKind.APPEAL_EVIDENCE, DocumentKind.TICKET_ATTACHMENT})
"""Kinds of which each upload is another document, and none replaces an earlier one."""
