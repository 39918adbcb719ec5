"""A person's policy, certificate and documents as pages show them (requirements E, F)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.policy import POLICY_STATE_TITLES
from chalicelib.domain.records import DOCUMENT_FILE_TITLES, DocumentType
from chalicelib.web.rendering import day, moment, policy_number

if TYPE_CHECKING:
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import StoredDocument
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.ports.folders import PersonFile

_PROOFS = {DocumentType.POLICY, DocumentType.TEMPORARY_CERTIFICATE}


def card_of(file: PersonFile, *, on: date) -> dict[str, Any] | None:
    """The policy as a card, or the temporary certificate that bridges the wait; None without either."""
    policy, certificate = file.standing_policy, file.active_certificate
    if policy is not None:
        return _policy_card(file, policy, on)
    return _certificate_card(file, certificate) if certificate is not None else None


def _policy_card(file: PersonFile, policy: Policy, on: date) -> dict[str, Any]:
    period = policy.insurer_on(on) or (policy.periods[-1] if policy.periods else None)
    insurer = container().store.insurer_name(code=period.insurer_code) if period else ""
    return {
        "title": "Полис ОМС",
        "state": POLICY_STATE_TITLES[policy.state],
        "number": policy_number(policy.policy_number),
        "name": file.person.full_name if file.person else "",
        "rows": [
            ("Страховая организация", insurer),
            ("Действует", _term(policy)),
            ("Дата рождения", day(file.person.born_on) if file.person else ""),
        ],
        "svg": _svg(file, DocumentType.POLICY, policy.policy_id),
    }


def _term(policy: Policy) -> str:
    last = day(_last_day(policy.valid_until))
    return f"с {day(policy.valid_from)} {f'по {last}' if last else 'без срока'}"


def _certificate_card(file: PersonFile, certificate: TemporaryCertificate) -> dict[str, Any]:
    insurer = container().store.insurer_name(code=certificate.insurer_code)
    return {
        "title": "Временное свидетельство",
        "state": "Действует",
        "number": certificate.number,
        "name": file.person.full_name if file.person else "",
        "rows": [
            ("Страховая организация", insurer),
            ("Выдано", day(certificate.issued_on)),
            ("Действует по", day(_last_day(certificate.valid_until))),
            ("Дата рождения", day(file.person.born_on) if file.person else ""),
        ],
        "svg": _svg(file, DocumentType.TEMPORARY_CERTIFICATE, certificate.application_id),
    }


def documents_of(file: PersonFile, *, application_id: str | None = None) -> list[dict[str, Any]]:
    """Documents to download, newest first; of one application, or all."""
    found = [d for d in file.documents if application_id in {None, d.application_id}]
    return [_document(document) for document in sorted(found, key=lambda d: d.document_id, reverse=True)]


def _document(document: StoredDocument) -> dict[str, Any]:
    return {
        "id": document.document_id,
        "person": document.person_id,
        "title": DOCUMENT_FILE_TITLES[document.document_type],
        "is_ready": document.made_at is not None,
        "is_superseded": document.superseded,
        "at": moment(document.made_at or document.ordered_at),
        "note": "на русском и английском" if document.bilingual else "",
    }


def _svg(file: PersonFile, kind: DocumentType, subject_id: str) -> Any:
    """The QR code of the newest document that proves the insurance, once it is made."""
    return _newest([d for d in file.documents if d.document_type is kind and d.subject_id == subject_id])


def qr_of(file: PersonFile, document_id: str) -> Any:
    """The QR code of one document, once it is made."""
    return _newest([d for d in file.documents if d.document_id == document_id])


def _newest(documents: list[StoredDocument]) -> Any:
    links = [document for document in documents if document.qr_link]
    if not links:
        return ""
    from markupsafe import Markup  # noqa: PLC0415 — as below

    from chalicelib.adapters.documents.qr_code import qr_svg  # noqa: PLC0415 — loads the QR library

    newest = max(links, key=lambda document: document.document_id)
    return Markup(qr_svg(newest.qr_link))  # noqa: S704 — drawn by ourselves of modules


def _last_day(until: date | None) -> date | None:
    """Terms are half-open; people count the last day in."""
    return None if until is None else until - timedelta(days=1)
