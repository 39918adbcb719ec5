"""Parsers of files, letters, codes and answers of other systems."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import cbor2
from hypothesis import strategies as st

from chalicelib.adapters.documents import cose, qr_token
from chalicelib.adapters.documents.cose import TokenRefused
from chalicelib.adapters.documents.status_list import decode_status_list
from chalicelib.adapters.notifications.receipts import mail_receipt, text_receipt
from chalicelib.adapters.registers.answers import UnexpectedAnswer, read_answer, read_retry_after
from chalicelib.adapters.registers.transport import WireResponse
from chalicelib.adapters.sheets.sheets import FileSheets
from chalicelib.adapters.signatures.message import read_message
from chalicelib.adapters.signing import local_signer
from chalicelib.domain.barcode_text import parse_barcode
from chalicelib.domain.errors import DomainError
from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.exchange_name import parse_name
from chalicelib.domain.inbound_mail import read_letter
from chalicelib.domain.paper_barcode import PaperBarcode, decode_barcode, encode_barcode
from chalicelib.domain.policy_number import PolicyNumber
from chalicelib.domain.receipt_message import NoReceipt, read_receipt_body
from chalicelib.domain.registry_file import read_registry
from chalicelib.domain.registry_import import checked_rows
from chalicelib.domain.reply_address import reply_address, ticket_of
from chalicelib.domain.sex import Sex
from chalicelib.domain.staff_cells import CellMistake, read_born_on, read_email, read_inn, read_policy_number
from chalicelib.domain.staff_columns import find_layout
from chalicelib.domain.staff_row import read_row
from chalicelib.domain.xml_tree import read_xml
from chalicelib.http.batch_csv import read_rows
from tests import employers, exchange
from tests.security.near import JSON, bytes_near, near_object, text_near
from tests.security.parser import Parser, text_parser
from tests.tickets import letter

AT, ON, BORN_ON = datetime(2026, 3, 16, 9, tzinfo=UTC), date(2026, 3, 16), date(1990, 5, 14)
SECRET, TICKET = b"k" * 32, "01KKTXZ8M0J77M3GB40726KZTJ"
SIGNER = local_signer(secret=12345)
KEYS = tuple(SIGNER.public_keys())
ENP = "7856130840000017"


def _zipped(data: bytes, name: str = "a.xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


def _barcode(version: int) -> bytes:
    known = PaperBarcode(
        version=version,
        policy_number=PolicyNumber(ENP),
        family_name="ЁЛКИН-ПОДЪЁМНЫЙ",
        given_name="АБДУЛ АЗИЗ",
        middle_name="О'НИЛ ОГЛЫ",
        sex=Sex.MALE,
        born_on=date(1968, 3, 9),
        insurer_ogrn="1027739008440" if version == 1 else "",
        okato="45000" if version == 1 else "",
        signature=bytes(65),
    )
    return encode_barcode(barcode=known)


def _staff(data: bytes) -> list[Any]:
    """The list of an employer, to its last row."""
    rows = [list(row) for _, row in zip(range(50), FileSheets().rows(data=data), strict=False)]
    layout = find_layout(rows)
    return [read_row(layout=layout, cells=row, place=(1, n), today=ON) for n, row in enumerate(rows)]


def _registry(data: bytes) -> Any:
    return checked_rows(rows=read_registry(data=data).rows, on=ON, source="F002")


def _signed_claims(payload: dict[Any, Any]) -> Any:
    """A token whose signature is right and whose claims are not."""
    cwt = cose.sign(payload=payload, signer=SIGNER)
    verdict = qr_token.decode_and_verify(token=qr_token.token_base32(cwt=cwt), keys=KEYS, at=AT, status=lambda _: None)
    return verdict.claims


def _token(text: str) -> Any:
    return qr_token.decode_and_verify(token=text, keys=KEYS, at=AT, status=lambda _: None).claims


def _mail() -> bytes:
    made = letter(reply_address(ticket_id=TICKET, secret=SECRET, domain="a.example"), sender="Имя <a@example.org>")
    made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="пример.pdf")
    return made.as_bytes()


_QR = {
    4: 1_800_000_000,
    6: 1_700_000_000,
    7: bytes(5),
    qr_token.DOCUMENT: [1, int(f"1{ENP}"), 24_000, 46_000, 77012],
    qr_token.STATED: [46_000, 46_010, 1],
}
_QR_VALUE = st.integers(-(2**70), 2**70) | st.binary(max_size=8) | JSON | st.lists(st.integers(), max_size=7)
_TOKEN = qr_token.token_base32(cwt=cose.sign(payload=_QR, signer=SIGNER))
_EVENT = {
    "eventType": "Bounce",
    "mail": {"tags": {"polis.notification": ["a.b.c"]}, "timestamp": "2026-03-16T09:00:00Z", "messageId": "m"},
    "bounce": {"bounceType": "Permanent", "timestamp": "2026-03-16T09:00:00Z"},
}
_SMS = {
    "status": "FAILURE",
    "notification": {"messageId": "m", "timestamp": "2026-03-16 09:00:00.000"},
    "delivery": {"providerResponse": "Invalid phone number"},
}
_KEPT = {
    "channel": "sms",
    "outcome": "delivered",
    "received_at": "2026-03-16T09:00:00+00:00",
    "provider": "sns",
    "provider_id": "m",
}
_ANSWER = {
    "status": "mismatch",
    "reasons": ["deceased"],
    "data": {"name": "x"},
    "register_version": "1",
    "answered_at": "2026-03-16T09:00:00Z",
}
_STAFF_ROWS = (["Примеров", "Пётр", "", "14.05.1990", ENP, "инженер"], ["=1+1", "A", "", "45000", "7,85E+15", ""])
_F002 = (
    '<?xml version="1.0" encoding="windows-1251"?><packet version="2.0" date="01.03.2026"><insCompany>'
    "<tf_okato>45000</tf_okato><smocod>77012</smocod><nam_smop>Общество</nam_smop><inn>7728170427</inn>"
    "<Ogrn>1027739008440</Ogrn><KPP>775001001</KPP><jurAddress><index_j>117997</index_j><addr_j>г. Москва</addr_j>"
    "</jurAddress><phone>+7 (495) 123-45-67 доб. 1</phone><e_mail>a@b.ru</e_mail><licenziy><n_doc>ОС № 1-01</n_doc>"
    "<d_start>01.01.2020</d_start></licenziy></insCompany></packet>"
).encode("cp1251")
_CHANGE = (
    "<OPLIST><VERS>2.1</VERS><FILENAME>i77012_0_03261</FILENAME><SMOCOD>77012</SMOCOD><NRECORDS>1</NRECORDS>"
    "<OP><N_REC>1</N_REC><ID>1</ID><TIP_OP>П010</TIP_OP></OP></OPLIST>"
).encode("cp1251")
_EXCHANGE = (
    _CHANGE,
    exchange.stop_list("s77012_0_03261", exchange.stop(ENP, "1", died="2026-01-01", last_day="2026-02-01")),
    exchange.flk("i77012_0_03261", ("904", "ENP", "1", "пример")),
    _zipped(_CHANGE),
)
_CELLS = st.one_of(text_near("14.05.1990", ENP, "7,85613E+15", "a@b.ru"), st.floats(), st.integers(), st.dates())
_FILE = st.tuples(text_near("i77012_0_03261.xml", "s77012_0_03261.zip", "p77012_1_12269"), bytes_near(*_EXCHANGE))

OF_FILES: dict[str, Parser] = {
    "bytes of a paper policy": Parser(
        read=lambda data: decode_barcode(data=data), tried_with=bytes_near(*map(_barcode, (1, 2)))
    ),
    "barcode of a paper policy": text_parser(
        parse_barcode,
        _barcode(1).hex(),
        base64.b64encode(_barcode(2)).decode(),
        base64.urlsafe_b64encode(_barcode(1)).decode(),
    ),
    "QR token": Parser(
        read=_token,
        tried_with=text_near(
            _TOKEN, f"HTTPS://A.RU/Q#{_TOKEN}", qr_token.token_base45(cwt=cose.sign(payload=_QR, signer=SIGNER))
        ),
    ),
    "claims of a QR token": Parser(
        read=_signed_claims,
        tried_with=st.fixed_dictionaries({}, optional={n: st.just(v) | _QR_VALUE for n, v in _QR.items()}),
    ),
    "status list": Parser(
        read=lambda payload: decode_status_list(message=cose.sign(payload=payload, signer=SIGNER), keys=KEYS),
        tried_with=st.dictionaries(st.sampled_from([2, 4, 6, 65533, 65534]), _QR_VALUE),
        refusals=(TokenRefused,),
    ),
    "COSE": Parser(
        read=lambda message: cose.verify(message=message, keys=KEYS),
        tried_with=bytes_near(cose.sign(payload=_QR, signer=SIGNER), cbor2.dumps([1, {}, [2]])),
        refusals=(TokenRefused,),
    ),
    "CSV of a batch": text_parser(
        lambda text: read_rows(text=text, on=ON), "snils;born_on\n112-233-445 95;14.05.1990\n"
    ),
    "list of staff": Parser(
        read=_staff,
        tried_with=bytes_near(
            employers.csv(*_STAFF_ROWS),
            employers.csv(*_STAFF_ROWS).decode().encode("cp1251"),
            employers.xlsx(*_STAFF_ROWS),
        ),
    ),
    "cells of a list": Parser(
        read=lambda cell: [
            read(cell) for read in (lambda c: read_born_on(c, today=ON), read_policy_number, read_inn, read_email)
        ],
        tried_with=_CELLS,
        refusals=(CellMistake,),
    ),
    "F002": Parser(
        read=_registry,
        tried_with=bytes_near(
            _F002, _F002.replace(b"windows-1251", b"utf-8"), b'{"list":[{"smocod":"77012"}],"total":1}'
        ),
    ),
    "XML": Parser(
        read=lambda data: read_xml(data=data),
        tried_with=bytes_near(b'<?xml version="1.0"?><a b="1"><c>d</c></a>', _F002),
    ),
    "file of the exchange": Parser(read=lambda told: check_exchange_file(name=told[0], data=told[1]), tried_with=_FILE),
    "name of a file of the exchange": text_parser(parse_name, "i77012_0_03261.xml", "p77012_0_03261"),
    "letter": Parser(
        read=lambda data: read_letter(data=data, max_text=1000, max_file=1000),
        tried_with=bytes_near(_mail()),
        refusals=(),
    ),
    "address of a reply": Parser(
        read=lambda text: ticket_of(addresses=[text], secret=SECRET, domain="a.example"),
        tried_with=text_near(reply_address(ticket_id=TICKET, secret=SECRET, domain="a.example")),
        refusals=(),
    ),
    "event of SES": Parser(read=mail_receipt, tried_with=near_object(_EVENT), refusals=(NoReceipt,)),
    "log of SNS": Parser(read=text_receipt, tried_with=near_object(_SMS), refusals=(NoReceipt,)),
    "kept receipt": Parser(read=read_receipt_body, tried_with=near_object(_KEPT), refusals=(NoReceipt,)),
    "answer of a register": Parser(
        read=lambda told: read_answer(WireResponse(status=told[0], headers={}, body=told[1]), ticket="t"),
        tried_with=st.tuples(
            st.sampled_from([200, 202]),
            near_object(_ANSWER).map(lambda told: json.dumps(told).encode()) | bytes_near(json.dumps(_ANSWER).encode()),
        ),
        refusals=(UnexpectedAnswer,),
    ),
    "Retry-After": Parser(
        read=lambda told: read_retry_after({"retry-after": told[0], "date": told[1]}),
        tried_with=st.tuples(*[text_near("120", "Wed, 21 Oct 2026 07:28:00 GMT")] * 2),
        refusals=(),
    ),
    "signed file": Parser(
        read=read_message,
        tried_with=bytes_near(bytes.fromhex("3080060b2a864886f70d010702a0800000")),
        refusals=(DomainError,),
    ),
}
