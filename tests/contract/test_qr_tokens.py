"""Codes: the token, its verdicts, the status lists, the pictures, and the published example."""

from __future__ import annotations

import io
import json
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cbor2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chalicelib.adapters.documents import cose, qr_code, qr_token
from chalicelib.adapters.documents.status_list import (
    StatusList,
    decode_status_list,
    encode_status_list,
    pack,
)
from chalicelib.adapters.signing import jwks, local_signer
from chalicelib.domain.qr_claims import (
    REASON_TEXTS,
    DocumentStatus,
    QrClaims,
    QrKind,
    QrReason,
    StatedPeriod,
    name_for_qr,
)
from chalicelib.ports.signing import PublicKey

ROOT = Path(__file__).resolve().parents[2]
SIGNER = local_signer(secret=12345)
KEYS = SIGNER.public_keys()
AT = datetime(2026, 11, 23, tzinfo=UTC)
CLAIMS = QrClaims(
    kind=QrKind.POLICY,
    number="7856130840000017",
    born_on=date(1968, 3, 9),
    valid_from=date(2026, 11, 22),
    valid_until=date(2027, 1, 1),
    insurer_code="77012",
    status_list=1,
    status_index=4242,
    issued_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)
HOST_40 = "https://" + "polis.example-region-service-of.gov.test"


def token_of(claims=CLAIMS, signer=SIGNER):
    return qr_token.token_base32(cwt=qr_token.encode_cwt(claims=claims, signer=signer))


def verify(token, *, at=AT, status=None, keys=KEYS):
    return qr_token.decode_and_verify(token=token, keys=keys, at=at, status=(status or {}).get)


def a_list(statuses, *, size=10_000, list_id=1):
    return StatusList(
        list_id=list_id,
        packed=pack(size=size, statuses=statuses),
        issued_at=AT - timedelta(hours=1),
        ttl=timedelta(hours=12),
    )


NUMBERS = st.one_of(st.from_regex("[0-9]{1,20}", fullmatch=True), st.from_regex("[0-9A-Z-]{1,20}", fullmatch=True))
ANY_CLAIMS = st.builds(
    QrClaims,
    kind=st.sampled_from(QrKind),
    number=NUMBERS,
    born_on=st.dates(date(1890, 1, 1), date(2100, 1, 1)),
    valid_from=st.dates(date(2011, 1, 1), date(2100, 1, 1)),
    valid_until=st.one_of(st.none(), st.dates(date(2011, 1, 1), date(2100, 1, 1))),
    insurer_code=st.one_of(st.just(""), st.from_regex("[0-9]{4}[1-9]", fullmatch=True)),
    status_list=st.integers(0, 65_535),
    status_index=st.integers(0, 2**24 - 1),
    issued_at=st.integers(1_600_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, tz=UTC)),
    name=st.one_of(st.none(), st.text(alphabet="АБЯабвяё -", min_size=1, max_size=30)),
    stated=st.none()
    | st.builds(
        StatedPeriod, from_on=st.dates(date(1993, 1, 1)), to_on=st.dates(date(1993, 1, 1)), is_continuous=st.booleans()
    ),
)


@given(claims=ANY_CLAIMS)
def test_what_is_signed_is_read_back(claims):
    assert verify(token_of(claims)).claims == claims
    cwt = qr_token.encode_cwt(claims=claims, signer=SIGNER)
    assert verify(qr_token.token_base45(cwt=cwt)).claims == claims


@given(data=st.one_of(st.text(max_size=300), st.from_regex("[A-Z2-7]{1,250}", fullmatch=True)))
def test_whatever_a_camera_reads_is_answered(data):
    assert verify(data).reason in {QrReason.UNREADABLE, QrReason.UNSUPPORTED}


@given(body=st.recursive(st.integers() | st.binary() | st.text() | st.none(), st.lists))
def test_a_signed_payload_of_another_shape_is_refused(body):
    for payload in ({qr_token.DOCUMENT: body}, {qr_token.DOCUMENT: [1, body], 7: b"", 6: body}):
        token = qr_token.token_base32(cwt=cose.sign(payload=payload, signer=SIGNER))
        assert verify(token).reason in {QrReason.UNREADABLE, QrReason.UNSUPPORTED}


@pytest.mark.parametrize("told", [None, 5, [], [1, 2], [1, 2, True], [1, 2, 3, 4], [1, -(10**9), 0], [10**9, 1, 0]])
def test_a_stated_period_of_another_shape_is_refused(told):
    document = [5, 12026000001, 24904, 46346, 77012]
    payload = {qr_token.DOCUMENT: document, 7: bytes(5), 6: 1_795_339_800, qr_token.STATED: told}
    assert verify(qr_token.token_base32(cwt=cose.sign(payload=payload, signer=SIGNER))).reason is QrReason.UNREADABLE


def test_no_changed_bit_is_accepted():
    cwt = qr_token.encode_cwt(claims=CLAIMS, signer=SIGNER)
    for bit in range(len(cwt) * 8):
        changed = bytearray(cwt)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify(qr_token.token_base32(cwt=bytes(changed))).is_valid, bit


def test_keys_that_are_not_published_are_unknown_and_retired_ones_count():
    stranger = local_signer(secret=99)
    assert verify(token_of(signer=stranger)).reason is QrReason.UNKNOWN_KEY
    [key] = stranger.public_keys()
    retired = PublicKey(kid=key.kid, x=key.x, y=key.y, retired=True)
    verdict = verify(token_of(signer=stranger), keys=(*KEYS, retired))
    assert verdict.reason is QrReason.VALID
    assert verdict.retired_key


def test_a_stranger_with_the_same_kid_is_a_bad_signature():
    [key] = local_signer(secret=99).public_keys()
    impostor = PublicKey(kid=KEYS[0].kid, x=key.x, y=key.y)
    assert verify(token_of(), keys=(impostor,)).reason is QrReason.BAD_SIGNATURE


def test_another_algorithm_is_unsupported():
    protected = cbor2.dumps({1: -8, 4: bytes.fromhex(SIGNER.key_id)})
    message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, b"\xa0", bytes(64)]))
    assert verify(qr_token.token_base32(cwt=message)).reason is QrReason.UNSUPPORTED


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"\xa0", QrReason.UNSUPPORTED),
        (cbor2.dumps(cbor2.CBORTag(18, [b"\xa0", {}, b"\xa0"])), QrReason.UNREADABLE),
        (cbor2.dumps(cbor2.CBORTag(18, [b"\x01", {}, b"\xa0", bytes(64)])), QrReason.UNREADABLE),
        (cbor2.dumps(cbor2.CBORTag(18, [b"\xa0", {}, b"\xa0", bytes(64)])), QrReason.UNSUPPORTED),
        (cbor2.dumps(cbor2.CBORTag(18, 7)), QrReason.UNREADABLE),
        (b"\xd2\x84" + b"\x40" * 9, QrReason.UNREADABLE),
        (b"\x9f" * 500, QrReason.UNREADABLE),
        (b"\x5b" + b"\xff" * 8, QrReason.UNREADABLE),
    ],
)
def test_broken_envelopes_are_refused(message, reason):
    assert verify(qr_token.token_base32(cwt=message)).reason is reason


def test_a_short_signature_is_bad():
    protected = cbor2.dumps({1: -7, 4: bytes.fromhex(SIGNER.key_id)}, canonical=True)
    message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, b"\xa0", bytes(63)]))
    assert verify(qr_token.token_base32(cwt=message)).reason is QrReason.BAD_SIGNATURE


@pytest.mark.parametrize("payload", [{}, {6: 0}, {65533: {"bits": 2, "lst": b"?"}, 6: 1, 65534: 1, 2: "x/1"}])
def test_a_status_list_of_another_shape_is_refused(payload):
    message = cose.sign(payload=payload, signer=SIGNER, typ="application/statuslist+cwt")
    with pytest.raises(cose.TokenRefused):
        decode_status_list(message=message, keys=KEYS)


def test_a_status_list_of_another_width_is_unsupported():
    payload = {2: "x/1", 6: 1, 65534: 1, 65533: {"bits": 1, "lst": b""}}
    message = cose.sign(payload=payload, signer=SIGNER, typ="application/statuslist+cwt")
    with pytest.raises(cose.TokenRefused) as refusal:
        decode_status_list(message=message, keys=KEYS)
    assert refusal.value.reason is QrReason.UNSUPPORTED


def test_a_status_list_is_not_a_token():
    message = encode_status_list(status_list=a_list({}), subject="https://h/v1/status-lists/1", signer=SIGNER)
    assert verify(qr_token.token_base32(cwt=message)).reason is QrReason.UNSUPPORTED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (DocumentStatus.VALID, QrReason.VALID),
        (DocumentStatus.REVOKED, QrReason.REVOKED),
        (DocumentStatus.SUSPENDED, QrReason.SUSPENDED),
        (DocumentStatus.REPLACED, QrReason.REPLACED_BY),
    ],
)
def test_a_withdrawn_document_is_told_before_its_term(status, reason):
    lists = {1: a_list({4242: status, 4241: DocumentStatus.REVOKED, 4243: DocumentStatus.REVOKED})}
    verdict = verify(token_of(), status=lists)
    assert verdict.reason is reason
    assert verdict.status_at == AT - timedelta(hours=1)
    if reason is not QrReason.VALID:
        late = verify(token_of(), status=lists, at=datetime(2030, 1, 1, tzinfo=UTC))
        assert late.reason is reason
        assert late.status_is_stale


def test_terms_are_told():
    assert verify(token_of(), at=datetime(2026, 11, 1, tzinfo=UTC)).reason is QrReason.NOT_YET
    assert verify(token_of(), at=datetime(2027, 1, 1, tzinfo=UTC)).reason is QrReason.EXPIRED
    assert verify(token_of()).status_at is None


@given(statuses=st.dictionaries(st.integers(0, 999), st.sampled_from(DocumentStatus)))
def test_status_lists_are_read_back(statuses):
    made = a_list(statuses, size=1_000)
    message = encode_status_list(status_list=made, subject="https://h/v1/status-lists/1", signer=SIGNER)
    read = decode_status_list(message=message, keys=KEYS)
    assert read == made
    for index in range(1_010):
        assert read.status_of(index=index) is statuses.get(index, DocumentStatus.VALID)


def test_a_hundred_thousand_statuses_fit_in_16_kilobytes():
    chance = random.Random(7)
    statuses = {
        index: chance.choice([DocumentStatus.REVOKED, DocumentStatus.REPLACED])
        for index in chance.sample(range(100_000), 10_000)
    }
    made = a_list(statuses, size=100_000)
    message = encode_status_list(status_list=made, subject="https://h/v1/status-lists/1", signer=SIGNER)
    assert len(message) <= 16 * 1024


def test_a_status_outside_the_list_is_refused():
    with pytest.raises(IndexError):
        pack(size=10, statuses={10: DocumentStatus.REVOKED})


def test_a_list_that_unpacks_without_end_is_refused():
    made = StatusList(list_id=1, packed=bytes(5 * 2**20), issued_at=AT, ttl=timedelta(hours=1))
    message = encode_status_list(status_list=made, subject="https://h/v1/status-lists/1", signer=SIGNER)
    with pytest.raises(cose.TokenRefused):
        decode_status_list(message=message, keys=KEYS)


WORST = {"status_list": 65_535, "status_index": 2**24 - 1}


@pytest.mark.parametrize("kind", QrKind)
@pytest.mark.parametrize(
    ("name", "version"),
    [(None, 9), ("Я" * 30, 11), (name_for_qr(family="Щ" * 45, given="Ы" * 40, middle="Ю" * 40), 11)],
)
def test_codes_stay_small(kind, name, version):
    stated = StatedPeriod(from_on=date(2025, 1, 1), to_on=date(2025, 12, 31), is_continuous=True)
    about_days = kind is QrKind.INSURANCE_CERTIFICATE and name is None  # it never tells the name
    claims = replace(CLAIMS, kind=kind, name=name, stated=stated if about_days else None, **WORST)
    link = qr_token.link(token=token_of(claims), public_base_url=HOST_40)
    assert len(HOST_40) == len("https://") + 40
    assert qr_code.qr_version(link) <= version + about_days


@pytest.mark.parametrize(
    ("base", "start"),
    [
        ("https://polis.example", "HTTPS://POLIS.EXAMPLE/Q#"),
        ("https://polis.example/", "HTTPS://POLIS.EXAMPLE/Q#"),
        ("http://127.0.0.1:8000", "HTTP://127.0.0.1:8000/Q#"),
    ],
)
def test_links_are_in_upper_case(base, start):
    link = qr_token.link(token="ABC", public_base_url=base)
    assert link == start + "ABC"


@pytest.mark.parametrize("scale", [1, 3, 8])
def test_pictures_are_read(scale):
    link = qr_token.link(token=token_of(), public_base_url=HOST_40)
    picture = Image.open(io.BytesIO(qr_code.qr_png(link, scale)))
    picture.load()
    shown = picture.convert("L").resize((picture.width * 4, picture.height * 4))
    [code] = zxingcpp.read_barcodes(shown)
    assert code.text == link
    svg = qr_code.qr_svg(link)
    assert svg.startswith("<svg ")
    assert f'viewBox="0 0 {picture.width // scale} ' in svg


def example(name):
    text = (ROOT / "docs" / "qr.md").read_text("utf-8")
    return re.search(rf"```{name}\n(.*?)\n```", text, re.DOTALL)[1]


def test_published_example_is_what_the_code_makes():
    cwt = qr_token.encode_cwt(claims=CLAIMS, signer=SIGNER)
    assert cwt.hex() == example("cwt")
    assert cbor2.loads(cwt).value[2].hex() == example("payload")
    token = qr_token.token_base32(cwt=cwt)
    assert qr_token.link(token=token, public_base_url="https://polis.example") == example("link")
    assert qr_token.token_base45(cwt=cwt) == example("base45")
    assert json.loads(example("json")) == jwks(keys=KEYS)["keys"][0]
    assert verify(example("link")).claims == CLAIMS
    assert verify(example("base45")).claims == CLAIMS


def test_page_says_what_python_says():
    source = (ROOT / "templates" / "web" / "static" / "qr-verify.js").read_text("utf-8")
    shown = dict(re.findall(r'^  (\w+): "(.+)",$', source, re.MULTILINE))
    assert shown == {reason.value: text for reason, text in REASON_TEXTS.items()}
