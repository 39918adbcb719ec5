"""Documents as PDF, drawn by fpdf2: the `DocumentRenderer` port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from chalicelib.adapters.documents import insurance_rows, layout, texts
from chalicelib.adapters.documents.embedded import embedded_data
from chalicelib.adapters.documents.layout import Footing, Row
from chalicelib.adapters.documents.page import Page
from chalicelib.adapters.documents.staff_pdf import draw_staff

if TYPE_CHECKING:
    from chalicelib.domain.documents import (
        ExtractDocument,
        HolderView,
        InsuranceCertificateDocument,
        InsurerView,
        PolicyDocument,
        ReceiptDocument,
        StaffDocument,
        TemporaryCertificateDocument,
    )

    Document = (
        PolicyDocument | ExtractDocument | TemporaryCertificateDocument | ReceiptDocument | InsuranceCertificateDocument
    )

SERVICE = "Полис онлайн"
TAGLINE = "Сервис полисов обязательного медицинского страхования"
CHECK = "Как проверить документ"
CHECK_NOTES = (
    "Наведите камеру телефона на код и откройте ссылку: страница покажет, действителен ли документ.",
    (
        "Подпись проверяется на телефоне; после первого открытия – и без интернета."
        " Данные из кода на сервер не отправляются."
    ),
)
SHOW_NOTE = "В медицинской организации достаточно показать этот код, назвать ЕНП или предъявить паспорт."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    title: str
    subtitle: str
    name: str
    made_at: datetime


class FPDFRenderer:
    """Draws all documents in one style; the same document always gives the same bytes."""

    def __init__(self, *, service: str = SERVICE, tagline: str = TAGLINE) -> None:
        self._service = service
        self._tagline = tagline

    def policy(self, *, document: PolicyDocument) -> bytes:
        """The policy (requirement F3)."""
        heading = _Heading(
            title="Полис обязательного медицинского страхования",
            subtitle=f"{document.form} · выдан {texts.long_day(document.issued_on)}",
            name="policy",
            made_at=_start(document.issued_on),
        )
        page, footing = self._begin(document, heading)
        layout.number_panel(
            page,
            caption="Единый номер полиса (ЕНП)",
            number=texts.grouped(document.policy_number),
            status_caption="Срок действия",
            status=texts.term(document.valid_from, document.valid_until),
        )
        layout.section(page, text="Застрахованное лицо", footing=footing)
        layout.table(page, rows=_holder_rows(document.holder), footing=footing)
        layout.section(page, text="Страховая медицинская организация", footing=footing)
        rows = [
            *_insurer_rows(document.insurer),
            Row(label="Действует с", value=texts.day(document.valid_from)),
        ]
        layout.table(page, rows=rows, footing=footing)
        return self._finish(page, document.qr_link, (*CHECK_NOTES, SHOW_NOTE), footing)

    def extract(self, *, document: ExtractDocument) -> bytes:
        """The extract from the register, Russian or bilingual (requirement F3)."""
        both = document.bilingual
        heading = _Heading(
            title="Выписка из регистра застрахованных лиц"
            + (" / Extract from the Register of Insured Persons" if both else ""),
            subtitle=f"Сведения на {texts.moment(document.register_at)}" + (" / as of this moment" if both else ""),
            name="extract",
            made_at=document.register_at.astimezone(UTC),
        )
        page, footing = self._begin(document, heading)
        layout.number_panel(
            page,
            caption="Единый номер полиса (ЕНП)" + (" / Policy number" if both else ""),
            number=texts.grouped(document.policy_number),
            status_caption="Состояние" + (" / Status" if both else ""),
            status=document.status + (f" / {document.status_en}" if both and document.status_en else ""),
        )
        groups = (
            ("Застрахованное лицо", "Insured person", _holder_rows(document.holder, both=both)),
            ("Страхование", "Insurance", _insurance_rows(document)),
        )
        for text, text_en, rows in groups:
            layout.section(page, text=f"{text} / {text_en}" if both else text, footing=footing)
            layout.table(page, rows=rows, footing=footing)
        notes = (*CHECK_NOTES, "Scan the code to check the signature and status.") if both else CHECK_NOTES
        return self._finish(page, document.qr_link, notes, footing)

    def temporary_certificate(self, *, document: TemporaryCertificateDocument) -> bytes:
        """The temporary certificate (requirement E1)."""
        heading = _Heading(
            title="Временное свидетельство",
            subtitle="Подтверждает право на бесплатную медицинскую помощь по ОМС"
            f" · выдано {texts.long_day(document.issued_on)}",
            name="temporary-certificate",
            made_at=_start(document.issued_on),
        )
        page, footing = self._begin(document, heading)
        layout.number_panel(
            page,
            caption="Номер временного свидетельства",
            number=document.number,
            status_caption="Срок действия",
            status=texts.term(document.valid_from, document.valid_until),
        )
        layout.section(page, text="Застрахованное лицо", footing=footing)
        holder = [
            *_holder_rows(document.holder),
            Row(label="Документ, удостоверяющий личность", value=document.identity_document),
        ]
        layout.table(page, rows=holder, footing=footing)
        layout.section(page, text="Страхование", footing=footing)
        rows = [
            *_insurer_rows(document.insurer),
            *_given("Заявление", document.application_number),
            *_given("ЕНП", texts.grouped(document.policy_number)),
        ]
        layout.table(page, rows=rows, footing=footing)
        notes = (*CHECK_NOTES, "До выдачи полиса свидетельство его заменяет.")
        return self._finish(page, document.qr_link, notes, footing)

    def receipt(self, *, document: ReceiptDocument) -> bytes:
        """The receipt of an application or an appeal (requirements B7, L1)."""
        heading = _Heading(
            title=f"Расписка о приёме {document.what}",
            subtitle=document.kind,
            name="receipt",
            made_at=document.submitted_at.astimezone(UTC),
        )
        page, footing = self._begin(document, heading)
        layout.number_panel(
            page,
            caption=f"Номер {document.what}",
            number=document.number,
            status_caption="Решение – не позднее",
            status=texts.long_day(document.due_on),
        )
        layout.section(page, text="Что принято", footing=footing)
        rows = [
            Row(label="Принято", value=texts.moment(document.submitted_at)),
            Row(label=f"Вид {document.what}", value=document.kind),
            Row(label="Заявитель", value=document.applicant),
            *(_insurer_rows(document.insurer) if document.insurer else ()),
            Row(label=f"Статус {document.what}", value=document.status_link),
        ]
        layout.table(page, rows=rows, footing=footing)
        for text, items in (
            ("Принятые документы", document.documents),
            ("Что дальше", document.next_steps),
        ):
            layout.section(page, text=text, footing=footing)
            layout.listing(page, items=items, footing=footing)
        return self._finish(page, document.qr_link, CHECK_NOTES, footing)

    def insurance_certificate(self, *, document: InsuranceCertificateDocument) -> bytes:
        """The certificate of insurance (requirement K1)."""
        both = document.bilingual
        heading = _Heading(
            title=insurance_rows.title(document),
            subtitle=f"За {insurance_rows.period(document)} · выдана {texts.long_day(document.issued_on)}",
            name="insurance-certificate",
            made_at=_start(document.issued_on),
        )
        page, footing = self._begin(document, heading)
        layout.number_panel(
            page,
            caption="Номер справки" + (" / Number" if both else ""),
            number=document.number,
            status_caption=insurance_rows.period(document),
            status=insurance_rows.verdict(document),
        )
        layout.section(page, text="Застрахованное лицо" + (" / Insured person" if both else ""), footing=footing)
        policy = _given("ЕНП", texts.grouped(document.policy_number))
        layout.table(page, rows=[*_holder_rows(document.holder, both=both), *policy], footing=footing)
        layout.section(page, text="Кто страховал" + (" / Insurer by period" if both else ""), footing=footing)
        layout.table(page, rows=insurance_rows.stretch_rows(document), footing=footing)
        notes = (*CHECK_NOTES, insurance_rows.NOTE, *([insurance_rows.NOTE_EN] if both else []))
        return self._finish(page, document.qr_link, notes, footing)

    def staff(self, *, document: StaffDocument) -> bytes:
        """The certificate of an employer about its staff (requirement K2)."""
        return draw_staff(document, service=self._service, tagline=self._tagline)

    def _begin(self, document: Document, heading: _Heading) -> tuple[Page, Footing]:
        page = Page()
        pdf = page.pdf
        pdf.set_title(heading.title)
        pdf.set_author(self._service)
        pdf.set_creator(self._service)
        pdf.set_producer("fpdf2")
        pdf.set_lang("ru-RU")
        pdf.set_creation_date(heading.made_at)
        pdf.embed_file(
            bytes=embedded_data(document, kind=heading.name),
            basename=f"{heading.name}.json",
            mime_type="application/json",
            desc="Данные документа",
            creation_date=heading.made_at,
            modification_date=heading.made_at,
            compress=True,
        )
        layout.header(page, service=self._service, tagline=self._tagline)
        layout.title(page, text=heading.title, subtitle=heading.subtitle)
        footing = Footing(
            legal_reference=document.legal_reference,
            service=f"{self._service} · {heading.title}",
            page_word="Страница",
        )
        return page, footing

    def _finish(self, page: Page, link: str, notes: tuple[str, ...], footing: Footing) -> bytes:
        layout.qr_panel(page, link=link, heading=CHECK, notes=notes, footing=footing)
        layout.footers(page, footing)
        return page.save()


def _holder_rows(holder: HolderView, *, both: bool = False) -> list[Row]:
    names = (
        ("Фамилия", "Surname", holder.family_name),
        ("Имя", "Given name", holder.given_name),
        ("Отчество", "Patronymic", holder.middle_name),
    )
    sexes = [texts.SEXES[holder.sex]] if holder.sex else []
    return [
        *(_row(label, label_en, name, texts.romanized(name), both=both) for label, label_en, name in names if name),
        *(_row("Пол", "Sex", sex, sex_en, both=both) for sex, sex_en in sexes),
        _row("Дата рождения", "Date of birth", texts.birth_day(holder.born_on, holder.known_to), both=both),
        *_given("СНИЛС", holder.snils),
    ]


def _insurer_rows(insurer: InsurerView, *, both: bool = False) -> list[Row]:
    contacts = " · ".join((*insurer.phones, *([insurer.site] if insurer.site else [])))
    rows = [
        _row("Страховая организация", "Insurer", insurer.name, both=both),
        _row("Код в реестре", "Code", insurer.code, both=both),
    ]
    if contacts:
        rows.append(_row("Телефон и сайт", "Contacts", contacts, both=both))
    return rows


def _insurance_rows(document: ExtractDocument) -> list[Row]:
    both = document.bilingual
    dates = (document.valid_from, document.valid_until)
    term, term_en = texts.term(*dates), texts.term_en(*dates)
    rows = [
        *_insurer_rows(document.insurer, both=both),
        _row("Застрахован с", "Since", texts.day(document.insurer_since), both=both),
        _row("Срок полиса", "Term", term, "" if document.valid_until else term_en, both=both),
    ]
    if document.clinic:
        since = f", с {texts.day(document.clinic_since)}" if document.clinic_since else ""
        rows.append(_row("Прикрепление", "Clinic", document.clinic + since, both=both))
    return rows


def _row(label: str, label_en: str, value: str, value_en: str = "", *, both: bool) -> Row:
    """A row in Russian, or with the English after a stroke."""
    if not both:
        return Row(label=label, value=value)
    return Row(label=f"{label} / {label_en}", value=" / ".join(filter(None, (value, value_en))))


def _given(label: str, value: str) -> list[Row]:
    """A row, if there is something to show."""
    return [Row(label=label, value=value)] if value else []


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
