"""Making the PDF of an ordered document: read, sign its code, draw, store, mark as made (requirements B7, E1, F3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from chalicelib.domain.application import KIND_TITLES, Application
from chalicelib.domain.documents import (
    ExtractDocument,
    InsurerView,
    PolicyDocument,
    ReceiptDocument,
    TemporaryCertificateDocument,
)
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.policy import Policy, PolicyState
from chalicelib.domain.qr_claims import QrClaims, QrKind, name_for_qr
from chalicelib.domain.records import DocumentType, StoredDocument
from chalicelib.domain.regions import find_region
from chalicelib.domain.scan import ScanState
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from chalicelib.ports.errors import NotFound
from chalicelib.ports.folders import ApplicationFile, PersonFile
from chalicelib.use_cases.appeal_receipt import appeal_receipt
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.demands import region_of
from chalicelib.use_cases.forms import profile_form
from chalicelib.use_cases.holder_view import holder_of
from chalicelib.use_cases.insurance_certificate_document import draw_insurance_certificate
from chalicelib.use_cases.issue_insurance_certificate import mark_made
from chalicelib.use_cases.status_lists import place_in_status_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ports.toolbox import Toolbox

PDF = "application/pdf"

_FORMS = {"digital": "цифровой", "paper_extract": "с выпиской на бумаге"}

POLICY_LAW = "Федеральный закон от 29.11.2010 № 326-ФЗ, статья 45; Правила ОМС, пункт 28"
CERTIFICATE_LAW = "Федеральный закон от 29.11.2010 № 326-ФЗ, статья 46"
RECEIPT_LAW = "Федеральный закон от 29.11.2010 № 326-ФЗ, статья 46; Правила ОМС, пункты 7–13"

NEXT_STEPS = (
    "Мы проверим сведения по государственным реестрам; о решении напишем",
    "Если реестр отвечает не сразу, вы получите временное свидетельство: оно действует как полис",
    "Готовый полис появится в личном кабинете, приходить никуда не нужно",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """What a document is made of; without an application it is filled from the profile."""

    document: StoredDocument
    application: ApplicationFile | None
    known: PersonFile
    at: datetime

    @property
    def file(self) -> ApplicationFile:
        if self.application is None:
            raise NotFound("Заявление не найдено")
        return self.application

    @property
    def form(self) -> Mapping[str, Mapping[str, str]]:
        return self.profile if self.application is None else self.application.application.form

    @property
    def profile(self) -> Mapping[str, Mapping[str, str]]:
        """What is known now: a form stays as it was signed when an operator corrects a mistake in it."""
        if self.known.person is None:
            raise NotFound("Застрахованное лицо не найдено")
        return profile_form(self.known.person)


def make_document(*, tools: Toolbox, person_id: str, document_id: str, at: datetime) -> StoredDocument | None:
    """Make an ordered document; one that is made, or was withdrawn meanwhile, is left alone.

    Raises:
        Unavailable: the storage or the signing key did not answer; the message will come again.
    """
    known = tools.store.person_file(person_id=person_id)
    ordered = next((d for d in known.documents if d.document_id == document_id), None)
    if ordered is None or ordered.made_at is not None or ordered.superseded:
        return ordered
    file = _application_of(tools, ordered.application_id)
    sources = _Sources(document=ordered, application=file, known=known, at=at)
    link, data = _MAKERS[ordered.document_type](tools, sources)
    tools.documents.write(key=ordered.object_key, data=data, media_type=PDF)
    work = tools.store.work(at=at)
    made = replace(ordered, made_at=at, qr_link=link)
    work.update(made)
    mark_made(work, tools, made, at)
    work.commit()
    return made


def _application_of(tools: Toolbox, application_id: str) -> ApplicationFile | None:
    """The application that a document is filled from; of one whose term of retention is over the profile stands in."""
    if not application_id:
        return None
    try:
        return tools.store.application_file(application_id=application_id)
    except NotFound:
        return None


def _insurer(tools: Toolbox, code: str) -> InsurerView:
    found = tools.store.insurer(code=code)
    if found is None:
        raise NotFound("Страховая организация не найдена в реестре")
    return InsurerView(name=found.name, code=found.code, phones=found.phones, site=found.site)


def _policy_of(sources: _Sources) -> Policy:
    wanted = sources.document.subject_id
    found = next((p for p in sources.known.policies if p.policy_id == wanted), None)
    if found is None:
        raise NotFound("Полис не найден")
    return found


def _policy_claims(sources: _Sources, policy: Policy, insurer_code: str, kind: QrKind) -> QrClaims:
    holder = holder_of(sources.profile)
    status_list, index = place_in_status_list(policy.status_index)
    name = name_for_qr(family=holder.family_name, given=holder.given_name, middle=holder.middle_name)
    return QrClaims(
        kind=kind,
        number=policy.policy_number,
        born_on=holder.born_on,
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        insurer_code=insurer_code,
        status_list=status_list,
        status_index=index,
        issued_at=sources.document.ordered_at,
        name=name if policy.name_in_qr else None,
    )


def _local_day(sources: _Sources) -> date:
    return _local(sources.form, sources.document.ordered_at).date()


def _local(form: Mapping[str, Mapping[str, str]], at: datetime) -> datetime:
    hours = find_region(code=region_of(form)).utc_offset_hours
    return at.astimezone(timezone(timedelta(hours=hours)))


def _make_policy(tools: Toolbox, sources: _Sources) -> tuple[str, bytes]:
    policy = _policy_of(sources)
    day = _local_day(sources)
    period = policy.insurer_on(day) or policy.periods[-1]
    claims = _policy_claims(sources, policy, period.insurer_code, QrKind.POLICY)
    link = tools.qr.link(claims=claims)
    document = PolicyDocument(
        policy_number=policy.policy_number,
        holder=holder_of(sources.profile),
        insurer=_insurer(tools, period.insurer_code),
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        form=_FORMS.get(policy.form, _FORMS["digital"]),
        issued_on=day,
        qr_link=link,
        legal_reference=POLICY_LAW,
    )
    return link, tools.renderer.policy(document=document)


def _make_extract(tools: Toolbox, sources: _Sources) -> tuple[str, bytes]:
    policy = _policy_of(sources)
    day = _local_day(sources)
    period = policy.insurer_on(day) or policy.periods[-1]
    claims = _policy_claims(sources, policy, period.insurer_code, QrKind.EXTRACT)
    link = tools.qr.link(claims=claims)
    active = policy.state is PolicyState.ACTIVE
    document = ExtractDocument(
        policy_number=policy.policy_number,
        holder=holder_of(sources.profile),
        insurer=_insurer(tools, period.insurer_code),
        insurer_since=period.insured_from,
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        status="Действует" if active else "Не действует",
        status_en="Valid" if active else "Not valid",
        bilingual=sources.document.bilingual,
        register_at=_local(sources.form, sources.document.ordered_at),
        issued_on=day,
        qr_link=link,
        legal_reference=POLICY_LAW,
    )
    return link, tools.renderer.extract(document=document)


def _make_certificate(tools: Toolbox, sources: _Sources) -> tuple[str, bytes]:
    application = sources.file.application
    wanted = sources.document.subject_id
    certificate = next((c for c in sources.known.certificates if c.application_id == wanted), None)
    if certificate is None:
        raise NotFound("Временное свидетельство не найдено")
    holder = holder_of(application.form)
    status_list, index = place_in_status_list(certificate.status_index)
    link = tools.qr.link(
        claims=QrClaims(
            kind=QrKind.CERTIFICATE,
            number=certificate.number,
            born_on=holder.born_on,
            valid_from=certificate.issued_on,
            valid_until=certificate.valid_until,
            insurer_code=certificate.insurer_code,
            status_list=status_list,
            status_index=index,
            issued_at=sources.document.ordered_at,
        )
    )
    document = TemporaryCertificateDocument(
        number=certificate.number,
        holder=holder,
        insurer=_insurer(tools, certificate.insurer_code),
        identity_document=_document_line(application),
        application_number=application.number or "",
        valid_from=certificate.issued_on,
        valid_until=certificate.valid_until,
        issued_on=certificate.issued_on,
        qr_link=link,
        legal_reference=CERTIFICATE_LAW,
    )
    return link, tools.renderer.temporary_certificate(document=document)


def _document_line(application: Application) -> str:
    section = application.section("identity_document")
    kind = IDENTITY_DOCUMENT_TYPES.get(section.get("type", ""))
    title = kind.name if kind else ""
    return f"{title} {section.get('series', '')} № {section.get('number', '')}".strip()


def _make_insurance_certificate(tools: Toolbox, sources: _Sources) -> tuple[str, bytes]:
    return draw_insurance_certificate(
        tools=tools, document=sources.document, holder=holder_of(sources.profile), on=_local_day(sources)
    )


def _make_receipt(tools: Toolbox, sources: _Sources) -> tuple[str, bytes]:
    application = sources.file.application
    holder = holder_of(application.form)
    insurer_code = application.section("insurer")["code"]
    status_list, index = place_in_status_list(tools.store.next_serial(counter=STATUS_COUNTER))
    submitted_at = _local(application.form, application.submitted_at or sources.document.ordered_at)
    link = tools.qr.link(
        claims=QrClaims(
            kind=QrKind.RECEIPT,
            number=application.number or "",
            born_on=holder.born_on,
            valid_from=submitted_at.date(),
            valid_until=None,
            insurer_code=insurer_code,
            status_list=status_list,
            status_index=index,
            issued_at=sources.document.ordered_at.astimezone(UTC),
        )
    )
    accepted = [s for s in sources.file.scans if s.state is ScanState.ACCEPTED]
    document = ReceiptDocument(
        number=application.number or "",
        submitted_at=submitted_at,
        kind=KIND_TITLES[application.kind],
        applicant=holder.full_name,
        insurer=_insurer(tools, insurer_code),
        documents=tuple(DOCUMENT_TITLES[scan.document] for scan in accepted),
        due_on=application.due_on or submitted_at.date(),
        status_link=f"{tools.public_base_url}/status#{application.number}",
        next_steps=NEXT_STEPS,
        qr_link=link,
        legal_reference=RECEIPT_LAW,
    )
    return link, tools.renderer.receipt(document=document)


def _make_appeal_receipt(tools: Toolbox, sources: _Sources) -> tuple[str, bytes]:
    return appeal_receipt(tools=tools, ordered=sources.document, holder=holder_of(sources.profile))


_MAKERS = {
    DocumentType.POLICY: _make_policy,
    DocumentType.EXTRACT: _make_extract,
    DocumentType.TEMPORARY_CERTIFICATE: _make_certificate,
    DocumentType.RECEIPT: _make_receipt,
    DocumentType.APPEAL_RECEIPT: _make_appeal_receipt,
    DocumentType.INSURANCE_CERTIFICATE: _make_insurance_certificate,
}
