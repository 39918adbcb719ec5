"""Every parser of what comes from outside; here those of fields, headers and claims."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from chalicelib.adapters.contacts import parse_email, parse_phone
from chalicelib.domain.asked_period import PeriodWish, read_period
from chalicelib.domain.bank_details import parse_account, parse_bic
from chalicelib.domain.birth_date import parse_birth_date, parse_date, read_date
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES
from chalicelib.domain.identity_documents import IdentityDocument, check_document
from chalicelib.domain.inn import parse_kpp, parse_ogrn, parse_ogrnip, parse_organization_inn, parse_person_inn
from chalicelib.domain.legacy_policy import check_old_policy, old_policy_key, parse_blank_number
from chalicelib.domain.names import check_full_name
from chalicelib.domain.numbers import parse_application_number, parse_certificate_number
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.proof_of_work import make_challenge, solved
from chalicelib.domain.snils import parse_snils
from chalicelib.domain.terms import parse_term
from chalicelib.domain.tracking_number import parse_tracking_number
from chalicelib.domain.webhook_address import parse_address
from chalicelib.domain.webhook_signature import is_signed, signed_headers
from chalicelib.http.auth import principal_of
from chalicelib.http.calls import client_of, read_idempotency_key, read_if_match, read_path_parameter
from chalicelib.http.csv_text import wants_csv
from chalicelib.http.edge import HttpProblem
from chalicelib.http.pagination import decode_cursor, encode_cursor
from infra.local.persons import PERSONS
from tests.security.near import JSON, near_object, text_near
from tests.security.parser import Parser, text_parser
from tests.security.parsers_of_files import OF_FILES

AT, ON, BORN_ON = datetime(2026, 3, 16, 9, tzinfo=UTC), date(2026, 3, 16), date(1990, 5, 14)
SECRET, TICKET = b"k" * 32, "01KKTXZ8M0J77M3GB40726KZTJ"
CLAIMS = next(person for person in PERSONS if person.key == "citizen").claims()
ENP = "7856130840000017"
_DAYS = st.none() | st.dates()
_PERIOD = {"day": _DAYS, "from_on": _DAYS, "to_on": _DAYS, "year": st.none() | st.integers()}


def _document(told: tuple[str, str, str, str]) -> Any:
    kind, series, number, issuer_code = told
    document = IdentityDocument(type=kind, series=series, number=number, issued_on=ON, issuer_code=issuer_code)
    return check_document(document=document, on=ON, born_on=BORN_ON)


def _principal(claims: Any) -> Any:
    return principal_of({"claims": json.dumps(claims), "account_id": "a" * 26})


def _solution() -> str:
    challenge = make_challenge(key=SECRET, nonce=1, number=7, difficulty=100, at=AT)
    solution = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**solution, "number": 7}).encode()).decode()


_DAYS = st.none() | st.dates()
_HOOK = signed_headers(secrets=["whsec_" + "a2tr" * 11], event_id="e1", at=AT, body=b"{}")

OF_FIELDS: dict[str, Parser] = {
    "number of a policy": text_parser(parse_policy_number, ENP, "7856 1308 4000 0017"),
    "СНИЛС": text_parser(parse_snils, "112-233-445 95", "11223344595"),
    "ИНН of a person": text_parser(parse_person_inn, "500100732259"),
    "ИНН of an organisation": text_parser(parse_organization_inn, "7728170427"),
    "ОГРН": text_parser(parse_ogrn, "1027739008440"),
    "ОГРНИП": text_parser(parse_ogrnip, "304500116000157"),
    "КПП": text_parser(parse_kpp, "775001001"),
    "БИК": text_parser(parse_bic, "044525225"),
    "account": Parser(read=lambda text: parse_account(text=text, bic="044525225"), tried_with=text_near("4" * 20)),
    "number of a blank": text_parser(parse_blank_number, "00000000014", "0000 0000014"),
    "number of an application": text_parser(parse_application_number, "2026-00000001-8"),
    "number of a certificate": text_parser(parse_certificate_number, "123456789"),
    "tracking number": text_parser(parse_tracking_number, "10100010000018", "RA123456785RU"),
    "birth date": Parser(
        read=lambda text: parse_birth_date(text=text, on=ON),
        tried_with=text_near("1990-05-14", "14.05.1990", "1990", "05.1990", "00.00.1990"),
    ),
    "date": text_parser(read_date, "2026-03-16", "16.03.2026", "29.02.2025"),
    "date of a form": Parser(
        read=lambda text: parse_date(text=text, field="on"), tried_with=text_near("2026-03-16", "31.04.2026")
    ),
    "term": text_parser(parse_term, "45wd", "30d", "1y"),
    "period of a certificate": Parser(
        read=lambda told: read_period(wish=PeriodWish(**told), today=ON),
        tried_with=st.fixed_dictionaries({}, optional={**_PERIOD, "month": st.none() | text_near("2026-03")}),
    ),
    "masks of documents": Parser(
        read=_document,
        tried_with=st.tuples(
            st.sampled_from(sorted(IDENTITY_DOCUMENT_TYPES)) | text_near("14"),
            text_near("45 10", "IV-МЮ", "ABC", "XX ЖЖ"),
            text_near("900001", "№ 123456"),
            text_near("770-001", "770001"),
        ),
    ),
    "names": Parser(
        read=lambda names: check_full_name(family_name=names[0], given_name=names[1], middle_name=names[2]),
        tried_with=st.tuples(*[text_near("Примеров-Ильин", "О'Нил", "Ё")] * 3),
    ),
    "policy of the old sample": Parser(
        read=lambda told: (
            check_old_policy(series=told[0], number=told[1]),
            old_policy_key(series=told[0], number="1"),
        ),
        tried_with=st.tuples(text_near("77-МУ"), text_near("№ 123456")),
    ),
    "claims of a JWT": Parser(read=_principal, tried_with=near_object(CLAIMS) | JSON, refusals=(HttpProblem,)),
    "cursor": Parser(
        read=decode_cursor, tried_with=text_near(str(encode_cursor({"PK": "a", "SK": "b"})), "e30", "W10")
    ),
    "Idempotency-Key": Parser(
        read=lambda text: read_idempotency_key({"idempotency-key": text}, required=True),
        tried_with=text_near("once-1"),
        refusals=(HttpProblem,),
    ),
    "If-Match": Parser(
        read=lambda text: read_if_match({"if-match": text}, required=True),
        tried_with=text_near('"v3"', 'W/"v3"', "*"),
        refusals=(HttpProblem,),
    ),
    "path parameter": Parser(read=read_path_parameter, tried_with=text_near("%D0%B0", TICKET), refusals=(HttpProblem,)),
    "Accept": Parser(read=wants_csv, tried_with=text_near("text/csv;q=0.5, application/json;q=1"), refusals=()),
    "address of a client": Parser(
        read=lambda text: client_of({"identity": {"sourceIp": text}}),
        tried_with=text_near("192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0"),
        refusals=(),
    ),
    "headers of a webhook": Parser(
        read=lambda told: is_signed(secret="whsec_" + "a2tr" * 11, headers=told, body=b"{}", at=AT),
        tried_with=st.fixed_dictionaries({}, optional={name: text_near(value) for name, value in _HOOK.items()}),
        refusals=(),
    ),
    "address of a webhook": Parser(
        read=lambda text: parse_address(url=text),
        tried_with=text_near(
            "https://insurer.example.org/polis", "https://[::1]:8443/a?b#c", "https://xn--e1afmkfd.xn--p1ai/"
        ),
    ),
    "proof of work": Parser(
        read=lambda text: solved(key=SECRET, text=text, at=AT),
        tried_with=text_near(_solution(), base64.b64encode(b"{}").decode()),
    ),
    "e-mail": Parser(read=parse_email, tried_with=text_near("Имя.a+b@example.org", "a@пример.рф")),
    "phone": Parser(read=parse_phone, tried_with=text_near("+7 (900) 000-99-01", "8 900 000 99 01 доб. 5")),
}

PARSERS = {**OF_FIELDS, **OF_FILES}
