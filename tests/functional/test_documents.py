"""Documents as people get them: what the pages say, what their codes prove, and that bytes repeat."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pypdfium2
import pytest
import zxingcpp

from chalicelib.adapters.documents.fpdf_renderer import FPDFRenderer
from chalicelib.adapters.documents.qr_token import CwtQrTokens
from chalicelib.adapters.signing import local_signer
from chalicelib.domain.documents import (
    ExtractDocument,
    HolderView,
    InsurerView,
    PolicyDocument,
    ReceiptDocument,
    TemporaryCertificateDocument,
)
from chalicelib.domain.qr_claims import QrClaims, QrKind, QrReason

TOKENS = CwtQrTokens(
    signer=local_signer(secret=12345),
    public_base_url="https://polis.example-region-service.gov.ru",
    status={}.get,
)
ENP = "7856130840000017"
NOON = datetime(2026, 11, 22, 12, 5, tzinfo=timezone(timedelta(hours=3)))
HOLDER = HolderView(
    family_name="Смирнов",
    given_name="Алексей",
    middle_name="Юрьевич",
    sex="male",
    born_on=date(1968, 3, 9),
    snils="112-233-445 95",
)
LONG_HOLDER = HolderView(
    family_name="Константинопольская-Преображенская-Загорянская",
    given_name="Александра-Елизавета-Мария-Виктория-Анна",
    sex="female",
    born_on=date(1991, 12, 31),
)
INSURER = InsurerView(
    name="АО «Страховая компания «Здоровье-Мед»",
    code="77012",
    phones=("8 800 100-07-02",),
    site="zdorovie-med.example",
)
LONG_INSURER = InsurerView(name=("Межрегиональное объединение страхования " * 8)[:250].strip(), code="78001")
LEGAL = "Федеральный закон от 29.11.2010 № 326-ФЗ, статьи 45 и 46"


def link(kind, number, *, until=None, name=None):
    return TOKENS.link(
        claims=QrClaims(
            kind=kind,
            number=number,
            born_on=date(1968, 3, 9),
            valid_from=date(2026, 11, 22),
            valid_until=until,
            insurer_code="77012",
            status_list=1,
            status_index=4242,
            issued_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
            name=name,
        )
    )


def policy(**changes):
    document = PolicyDocument(
        policy_number=ENP,
        holder=HOLDER,
        insurer=INSURER,
        valid_from=date(2026, 11, 22),
        valid_until=None,
        form="Цифровой полис",
        issued_on=date(2026, 11, 22),
        qr_link=link(QrKind.POLICY, ENP),
        legal_reference=LEGAL,
    )
    return replace(document, **changes)


def extract(**changes):
    document = ExtractDocument(
        policy_number=ENP,
        holder=HOLDER,
        insurer=INSURER,
        insurer_since=date(2024, 1, 1),
        valid_from=date(2026, 11, 22),
        valid_until=date(2028, 1, 1),
        status="Действует",
        status_en="Active",
        clinic="ГБУЗ «Поликлиника № 12»",
        clinic_since=date(2025, 5, 1),
        register_at=NOON,
        issued_on=date(2026, 11, 22),
        qr_link=link(QrKind.EXTRACT, ENP, until=date(2028, 1, 1), name="Смирнов Алексей Юрьевич"),
        legal_reference=LEGAL,
    )
    return replace(document, **changes)


def temporary_certificate(**changes):
    document = TemporaryCertificateDocument(
        number="012345678",
        holder=HOLDER,
        insurer=INSURER,
        identity_document="Паспорт гражданина РФ, выдан 01.02.2015",
        application_number="2611-000123-7",
        valid_from=date(2026, 11, 22),
        valid_until=date(2026, 12, 22),
        issued_on=date(2026, 11, 22),
        qr_link=link(QrKind.CERTIFICATE, "012345678", until=date(2026, 12, 22)),
        legal_reference=LEGAL,
    )
    return replace(document, **changes)


def receipt(**changes):
    document = ReceiptDocument(
        number="2611-000123-7",
        submitted_at=NOON,
        kind="Оформление полиса впервые",
        applicant=HOLDER.full_name,
        insurer=INSURER,
        documents=("Паспорт гражданина РФ", "СНИЛС"),
        due_on=date(2026, 12, 1),
        status_link="https://polis.example/applications/2611-000123-7",
        next_steps=("Сверим сведения с реестрами.", "Сообщим о решении."),
        qr_link=link(QrKind.RECEIPT, "2611-000123-7"),
        legal_reference=LEGAL,
    )
    return replace(document, **changes)


MAKERS = {
    "policy": policy,
    "extract": extract,
    "temporary_certificate": temporary_certificate,
    "receipt": receipt,
}


def render(kind, **changes):
    return getattr(FPDFRenderer(), kind)(document=MAKERS[kind](**changes))


def said(data):
    pdf = pypdfium2.PdfDocument(data)
    text = " ".join(page.get_textpage().get_text_range() for page in pdf)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


EXPECTED = {
    "policy": ("7856 1308 4000 0017", "Юрьевич", "09.03.1968", "Бессрочно", "112-233-445 95", "77012"),
    "extract": ("7856 1308 4000 0017", "31.12.2027 включительно", "Поликлиника № 12", "12:05 (UTC+03:00)"),
    "temporary_certificate": ("012345678", "21.12.2026 включительно", "выдан 01.02.2015", "2611-000123-7"),
    "receipt": (
        "2611-000123-7",
        "22.11.2026 12:05 (UTC+03:00)",
        "1 декабря 2026 г.",
        "1. Паспорт",
        "Сообщим о",
    ),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_page_says_the_values(kind):
    text = said(render(kind))
    for value in (*EXPECTED[kind], "Здоровье-Мед", "8 800 100-07-02", LEGAL, "Страница 1 / 1"):
        assert value in text
    assert "?" not in text


@pytest.mark.parametrize("kind", MAKERS)
def test_same_document_gives_the_same_bytes(kind):
    assert render(kind) == render(kind)
    assert render(kind) != render(kind, insurer=LONG_INSURER)


def test_bytes_are_the_same_in_another_process():
    code = (
        "import hashlib, sys; sys.path.insert(0, 'tests/functional'); import test_documents as t;"
        "print(hashlib.sha256(t.render('policy')).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].strip()) == 64


@pytest.mark.parametrize("kind", MAKERS)
def test_carries_its_data_as_json(kind):
    pdf = pypdfium2.PdfDocument(render(kind))
    [attachment] = [pdf.get_attachment(index) for index in range(pdf.count_attachments())]
    data = json.loads(bytes(attachment.get_data()))
    assert attachment.get_name() == f"{kind.replace('_', '-')}.json"
    assert data["document"] == kind.replace("_", "-")
    assert data["insurer"]["name"] == INSURER.name
    assert data["qr_link"] == MAKERS[kind]().qr_link


@pytest.mark.parametrize("kind", MAKERS)
def test_metadata_names_the_document_and_its_language(kind):
    data = render(kind)
    metadata = pypdfium2.PdfDocument(data).get_metadata_dict()
    assert metadata["Title"]
    assert metadata["Author"] == "Полис онлайн"
    assert metadata["CreationDate"].startswith("D:20261122")
    assert b"/Lang (ru-RU)" in data


@pytest.mark.parametrize("kind", MAKERS)
def test_code_is_read_from_the_printed_page(kind):
    document = MAKERS[kind]()
    page = pypdfium2.PdfDocument(render(kind))[0]
    [code] = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
    assert code.text == document.qr_link
    verdict = TOKENS.verify(token=code.text, at=datetime(2026, 11, 23, tzinfo=UTC))
    assert verdict.reason is QrReason.VALID


@pytest.mark.parametrize("kind", ["policy", "extract", "temporary_certificate"])
def test_long_names_and_no_patronymic_stay_on_one_page(kind):
    changes = {"holder": LONG_HOLDER, "insurer": LONG_INSURER}
    if kind == "extract":
        changes["bilingual"] = True
    data = render(kind, **changes)
    text = said(data)
    assert len(pypdfium2.PdfDocument(data)) == 1
    assert "Отчество" not in text
    assert LONG_HOLDER.family_name in text
    assert LONG_INSURER.name in text
    assert_inside_the_margins(data)


def assert_inside_the_margins(data):
    for page in pypdfium2.PdfDocument(data):
        text = page.get_textpage()
        boxes = [text.get_charbox(index) for index in range(text.count_chars())]
        assert max(right for _, _, right, _ in boxes) < (210 - 18) / 25.4 * 72
        assert min(bottom for _, bottom, _, _ in boxes) > 20


def test_a_long_receipt_goes_on_to_another_page_with_its_code_whole():
    documents = tuple(f"Документ {number}" for number in range(60))
    data = render("receipt", documents=documents, insurer=LONG_INSURER)
    pdf = pypdfium2.PdfDocument(data)
    text = said(data)
    assert len(pdf) == 3
    assert "Страница 3 / 3" in text
    assert all(document in text for document in documents)
    assert zxingcpp.read_barcodes(pdf[2].render(scale=150 / 72).to_pil())
    assert_inside_the_margins(data)


def test_a_word_or_number_wider_than_its_place_is_cut_or_shrunk():
    holder = replace(HOLDER, family_name="Щ" * 90, given_name="Щ" * 20 + "-" + "Щ" * 30)
    data = render("policy", holder=holder, insurer=replace(INSURER, name="", phones=(), site=""))
    assert said(data).count("Щ") == 140
    assert_inside_the_margins(data)
    data = render("receipt", number="2611-000123-7-" * 3)
    assert "2611-000123-7-" * 3 in said(data)
    assert_inside_the_margins(data)


def test_bilingual_extract_says_it_in_english_too():
    text = said(render("extract", bilingual=True))
    for value in ("Smirnov", "Iurevich", "Insured person", "Active", "Date of birth"):
        assert value in text
    assert "Smirnov" not in said(render("extract"))


def test_letters_that_the_fonts_lack_do_not_break_the_page():
    text = said(render("policy", holder=replace(HOLDER, given_name="Алекс漢й")))
    assert "Алекс?й" in text


def test_fpdf_is_not_loaded_to_verify_a_code():
    code = (
        "import sys, chalicelib.adapters.documents.qr_token, chalicelib.adapters.documents.status_list,"
        "chalicelib.adapters.documents.qr_code, chalicelib.adapters.signing;"
        "assert not {'fpdf', 'fontTools', 'PIL', 'qrcode', 'cryptography', 'boto3'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
