"""The barcode of a paper policy: its bytes by an independent reading of the layout, and all that may be wrong."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from chalicelib.domain.barcode_text import MESSAGES as TEXT_MESSAGES
from chalicelib.domain.barcode_text import parse_barcode, read_bytes
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.paper_barcode import (
    EPOCH,
    LATEST_DATE,
    MESSAGES,
    PAYLOAD_LENGTH,
    SIGNATURE_LENGTH,
    PaperBarcode,
    decode_barcode,
    encode_barcode,
)
from chalicelib.domain.policy_number import PolicyNumber, build_policy_number
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.sex import Sex

# The table as it is published, in rows of sixteen; an asterisk is a reserved code.
TABLE = " .-‘0123456789АБ" + "ВГДЕЁЖЗИЙКЛМНОПР" + "СТУФХЦЧШЩЬЪЫЭЮЯ*" + "***************|"
OGRN = "1027739008440"
VERSIONS = pytest.mark.parametrize("version", [1, 2])
SIGNATURE = bytes(range(190, 255))
LAYOUT = {
    1: {"names": (9, 51), "sex": 51, "born": 52, "expiry": 54},
    2: {"names": (9, 60), "sex": 60, "born": 61, "expiry": 63},
}


def barcode(version: int = 2, **changes) -> PaperBarcode:
    known = PaperBarcode(
        version=version,
        policy_number=PolicyNumber("7856130840000017"),
        family_name="ЁЛКИН-ПОДЪЁМНЫЙ",
        given_name="АБДУЛ АЗИЗ",
        middle_name="О'НИЛ ОГЛЫ",
        sex=Sex.MALE,
        born_on=date(1968, 3, 9),
        insurer_ogrn=OGRN if version == 1 else "",
        okato="45000" if version == 1 else "",
        signature=SIGNATURE,
    )
    return replace(known, **changes)


def damaged(version: int, place: int, data: bytes) -> bytes:
    good = encode_barcode(barcode=barcode(version))
    return good[:place] + data + good[place + len(data) :]


def names_of(data: bytes, version: int) -> str:
    """Read the names by bits written out, as the layout words it."""
    begin, end = LAYOUT[version]["names"]
    bits = [f"{byte:08b}" for byte in data[begin:end]]
    if version == 1:
        bits = [byte[::-1] for byte in bits]
    stream = "".join(bits)
    sixes = [stream[at : at + 6] for at in range(0, len(stream), 6)]
    return "".join(TABLE[int(six if version == 2 else six[::-1], 2)] for six in sixes)


def refused(data: bytes) -> str:
    with pytest.raises(InvalidValue) as caught:
        decode_barcode(data=data)
    assert caught.value.detail == MESSAGES[caught.value.reason]
    return caught.value.reason


@VERSIONS
def test_lays_the_bytes_out_as_readers_expect_them(version):
    data = encode_barcode(barcode=barcode(version, expires_on=date(2012, 2, 28)))

    names = {1: "АБДУЛ АЗИЗ|ЁЛКИН-ПОДЪЁМНЫЙ|О‘НИЛ ОГЛЫ", 2: "ЁЛКИН-ПОДЪЁМНЫЙ|АБДУЛ АЗИЗ|О‘НИЛ ОГЛЫ"}[version]
    place = LAYOUT[version]
    assert len(data) == 130
    assert data[0] == version
    assert int.from_bytes(data[1:9], "big") == 7856130840000017
    assert names_of(data, version) == names.ljust({1: 56, 2: 68}[version])
    assert data[place["sex"]] == 1
    assert EPOCH + timedelta(days=int.from_bytes(data[place["born"] : place["born"] + 2], "big")) == date(1968, 3, 9)
    assert data[place["expiry"] : place["expiry"] + 2].hex() == "a005"
    assert data[65:] == SIGNATURE
    if version == 1:
        assert int.from_bytes(data[56:62], "big") == 1027739008440
        assert int.from_bytes(data[62:65], "big") == 45000


def test_counts_days_as_the_official_specimen_does():
    number = build_policy_number(territory="77", born_on=date(1964, 2, 28), sex=Sex.FEMALE, serial=1)
    data = encode_barcode(barcode=barcode(policy_number=number, born_on=date(1964, 2, 28), sex=Sex.FEMALE))

    assert data[61:63].hex() == "5b89"
    assert data[60] == 2
    assert data[63:65] == bytes(2)


@VERSIONS
def test_reads_every_sign_of_the_table(version):
    signs = [sign for sign in TABLE if sign not in " *|"]
    for sign in signs:
        plain = "'" if sign == "‘" else sign
        data = encode_barcode(barcode=barcode(version, family_name=f"Я{plain}Я"))
        assert f"Я{sign}Я|" in names_of(data, version)
        assert decode_barcode(data=data).family_name == f"Я{plain}Я"


@VERSIONS
def test_a_policy_without_a_term_has_none(version):
    assert decode_barcode(data=encode_barcode(barcode=barcode(version))).expires_on is None


def test_keeps_the_leading_zero_of_a_territory():
    number = build_policy_number(territory="01", born_on=date(1968, 3, 9), sex=Sex.MALE, serial=5)

    assert decode_barcode(data=encode_barcode(barcode=barcode(policy_number=number))).policy_number == number


@pytest.mark.parametrize(
    ("typed", "packed"),
    [
        ("Иванов", "ИВАНОВ"),
        ("О’Хара", "О'ХАРА"),
        ("Мамин–Сибиряк", "МАМИН-СИБИРЯК"),
        ("BAXTEP", "ВАХТЕР"),
        ("Иван(ов)", "ИВАН ОВ"),
        ("JOLLY", "О"),
    ],
)
def test_packs_what_people_write_into_the_signs_that_there_are(typed, packed):
    assert decode_barcode(data=encode_barcode(barcode=barcode(family_name=typed))).family_name == packed


@VERSIONS
@pytest.mark.parametrize(
    "names",
    [
        {"middle_name": ""},
        {"family_name": "", "middle_name": ""},
        {"given_name": "", "middle_name": ""},
        {"family_name": "А" * 20, "given_name": "Б" * 10, "middle_name": "В" * 20},
    ],
)
def test_any_part_of_a_name_may_be_missing(version, names):
    known = barcode(version, **names)

    assert decode_barcode(data=encode_barcode(barcode=known)) == known


def test_tells_that_the_names_fill_their_room():
    known = barcode(family_name="Я" * 30, given_name="Ю" * 16, middle_name="Э" * 20)

    assert decode_barcode(data=encode_barcode(barcode=known)) == replace(known, names_are_cut=True)


@pytest.mark.parametrize("length", [0, 1, 121, 129, 131, 260])
def test_refuses_another_length(length):
    assert refused(bytes([2]) * length) == "barcode_length"


@VERSIONS
def test_refuses_what_contradicts_itself(version):
    place = LAYOUT[version]
    first = place["names"][0]
    assert refused(damaged(version, 0, b"\x03")) == "barcode_version"
    assert refused(damaged(version, 0, b"\x00")) == "barcode_version"
    assert refused(damaged(version, 8, b"\x00")) == "barcode_number"
    assert refused(damaged(version, 1, b"\xff" * 8)) == "barcode_number"
    assert refused(damaged(version, first, b"\xff" * 9)) == "barcode_names"
    assert (
        refused(damaged(version, first, bytes([0b11111011] * 3 if version == 2 else [0b11101111] * 3)))
        == "barcode_names"
    )
    assert refused(damaged(version, first, bytes(place["names"][1] - first))) == "barcode_names"
    assert refused(damaged(version, place["sex"], b"\x00")) == "barcode_sex"
    assert refused(damaged(version, place["sex"], b"\x03")) == "barcode_sex"
    assert refused(damaged(version, place["sex"], b"\x02")) == "barcode_contradiction"
    assert refused(damaged(version, place["born"], b"\x00\x00")) == "barcode_contradiction"
    assert refused(damaged(version, place["expiry"], b"\x00\x01")) == "barcode_dates"


def test_refuses_an_insurer_and_a_territory_that_cannot_be():
    assert refused(damaged(1, 61, b"\x00")) == "barcode_ogrn"
    assert refused(damaged(1, 56, b"\xff" * 6)) == "barcode_ogrn"
    assert refused(damaged(1, 62, b"\xff\xff\xff")) == "barcode_okato"


def test_the_insurer_may_be_untold():
    known = barcode(1, insurer_ogrn="", okato="")

    assert decode_barcode(data=encode_barcode(barcode=known)) == known


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 3}, "barcode_version"),
        ({"signature": b"short"}, "barcode_signature"),
        ({"policy_number": PolicyNumber("7856130840000018")}, "barcode_number"),
        ({"born_on": date(1899, 12, 31)}, "barcode_date_range"),
        ({"born_on": date(1968, 3, 10)}, "barcode_contradiction"),
        ({"sex": Sex.FEMALE}, "barcode_contradiction"),
        ({"expires_on": LATEST_DATE + timedelta(days=1)}, "barcode_date_range"),
        ({"expires_on": EPOCH}, "barcode_date_range"),
        ({"expires_on": date(1968, 3, 8)}, "barcode_dates"),
        ({"family_name": "()", "given_name": " "}, "barcode_names"),
        ({"family_name": "Я" * 60}, "barcode_name_length"),
        ({"insurer_ogrn": "1027739008441"}, "barcode_ogrn"),
        ({"okato": "450000"}, "barcode_okato"),
        ({"okato": "four"}, "barcode_okato"),
        ({"okato": "４５"}, "barcode_okato"),
    ],
)
def test_writes_only_what_can_be_read_back(changes, reason):
    with pytest.raises(InvalidValue) as caught:
        encode_barcode(barcode=replace(barcode(1), **changes))

    assert caught.value.reason == reason


PARTS = st.text(alphabet=[sign for sign in TABLE if sign not in "*|‘"] + ["'"], max_size=17).map(str.strip)
BIRTHS = st.dates(min_value=EPOCH, max_value=LATEST_DATE)


@st.composite
def barcodes(draw):
    version, born_on, sex = draw(st.sampled_from([1, 2])), draw(BIRTHS), draw(st.sampled_from(Sex))
    family, given_name, middle = draw(PARTS), draw(PARTS), draw(PARTS)
    assume(family or given_name)
    expiries = st.dates(min_value=max(born_on, EPOCH + timedelta(days=1)), max_value=LATEST_DATE)
    number = build_policy_number(
        territory=draw(st.sampled_from(sorted(REGIONS))), born_on=born_on, sex=sex, serial=draw(st.integers(0, 99_999))
    )
    return PaperBarcode(
        version=version,
        policy_number=number,
        family_name=family,
        given_name=given_name,
        middle_name=middle,
        sex=sex,
        born_on=born_on,
        expires_on=draw(st.none() | expiries),
        insurer_ogrn=draw(st.sampled_from(["", OGRN])) if version == 1 else "",
        okato=draw(st.sampled_from(["", "45000", "01000"])) if version == 1 else "",
        signature=draw(st.binary(min_size=SIGNATURE_LENGTH, max_size=SIGNATURE_LENGTH)),
    )


@given(barcodes())
def test_reads_back_whatever_it_writes(known):
    assert decode_barcode(data=encode_barcode(barcode=known)) == known


@given(st.binary(min_size=PAYLOAD_LENGTH, max_size=PAYLOAD_LENGTH), st.sampled_from([1, 2]))
def test_never_fails_otherwise_than_with_a_reason(data, version):
    assert refused(bytes([version]) + data[1:]) in MESSAGES


@given(barcodes(), st.integers(0, 64 * 8 - 1))
def test_a_wrong_bit_never_passes_for_another_person(known, bit):
    """What a damaged bit changes is refused, or leaves number, birth date and sex as they were."""
    data = bytearray(encode_barcode(barcode=known))
    data[bit // 8] ^= 1 << bit % 8
    try:
        read = decode_barcode(data=bytes(data))
    except InvalidValue:
        return
    assert (read.policy_number, read.born_on, read.sex) == (known.policy_number, known.born_on, known.sex)


def test_shows_nothing_personal_of_a_barcode():
    assert not any(text in repr(barcode()) for text in ("ЁЛКИН", "АБДУЛ", "7856", "1968", "male"))


class TestText:
    """As a scanner's program sends the bytes."""

    DATA = encode_barcode(barcode=barcode())

    @pytest.mark.parametrize(
        "text",
        [
            DATA.hex(),
            DATA.hex().upper(),
            "0x" + DATA.hex(),
            DATA.hex(" "),
            DATA.hex(":"),
            DATA.hex("\n", 16),
            f"\r\n {DATA.hex()}\t",
            (DATA + b"\r").hex(),
            (DATA + b"\r\n").hex(),
            (DATA + b"\n").hex(),
            base64.b64encode(DATA).decode(),
            base64.encodebytes(DATA).decode(),
            base64.b64encode(DATA).decode().rstrip("="),
            base64.urlsafe_b64encode(DATA).decode(),
            base64.urlsafe_b64encode(DATA).decode().rstrip("="),
            base64.b64encode(DATA + b"\r\n").decode(),
        ],
    )
    def test_reads_hexadecimal_and_base64_alike(self, text):
        assert read_bytes(text=text) == self.DATA
        assert parse_barcode(text=text) == barcode()

    @pytest.mark.parametrize("text", ["", " ", "\r\n\t"])
    def test_says_that_there_is_nothing(self, text):
        self.refused(text, "barcode_empty")

    @pytest.mark.parametrize("text", ["привет", "01020", "A", "A===", "AQ=B", "01:02:0", "😀", "AQ..", "１２"])
    def test_says_that_this_is_no_text_of_bytes(self, text):
        self.refused(text, "barcode_encoding")

    def refused(self, text, reason):
        with pytest.raises(InvalidValue) as caught:
            read_bytes(text=text)
        assert caught.value.reason == reason
        assert caught.value.detail == TEXT_MESSAGES[reason]

    def test_does_not_take_more_than_a_line_end_off(self):
        assert read_bytes(text=(self.DATA + b"\r\r").hex()) == self.DATA + b"\r\r"
        assert read_bytes(text=b"\x01\r".hex()) == b"\x01\r"

    @given(st.text(max_size=400))
    def test_never_fails_otherwise_than_with_a_reason(self, text):
        with pytest.raises(InvalidValue) as caught:
            parse_barcode(text=text)
        assert caught.value.reason in {**MESSAGES, **TEXT_MESSAGES}

    @given(barcodes(), st.sampled_from(["hex", "base64", "base64url"]), st.booleans())
    def test_the_text_makes_no_difference(self, known, encoding, is_padded):
        data = encode_barcode(barcode=known)
        written = {"hex": bytes.hex, "base64": base64.b64encode, "base64url": base64.urlsafe_b64encode}[encoding](data)
        text = written if isinstance(written, str) else written.decode()
        assert parse_barcode(text=text if is_padded else text.rstrip("=")) == known


class TestPicture:
    """The bytes survive the picture: PDF417 in byte mode, as it is printed on the policy."""

    @staticmethod
    def picture(data: bytes, scale: int = 4) -> Image.Image:
        symbol = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.PDF417, ec_level=5)
        return Image.fromarray(zxingcpp.write_barcode_to_image(symbol, scale=scale)).convert("L")

    @staticmethod
    def scanned(image: Image.Image) -> bytes:
        (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.PDF417)
        return bytes(found.bytes)

    @VERSIONS
    @pytest.mark.parametrize("turn", [0, 90, 180, 3])
    def test_is_read_however_it_lies(self, version, turn):
        data = encode_barcode(barcode=barcode(version))
        image = self.picture(data).rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)

        assert decode_barcode(data=self.scanned(image)) == barcode(version)

    def test_is_read_from_a_poor_photograph(self):
        data = encode_barcode(barcode=barcode(2, signature=bytes(range(65))))
        photograph = io.BytesIO()
        self.picture(data, scale=5).filter(ImageFilter.GaussianBlur(1.2)).save(photograph, "JPEG", quality=40)

        assert self.scanned(Image.open(photograph)) == data

    def test_is_read_with_a_stain_on_it(self):
        data = encode_barcode(barcode=barcode())
        image = self.picture(data)
        width, height = image.size
        image.paste(0, (width // 2, height // 3, width // 2 + width // 12, height // 3 + height // 5))

        assert self.scanned(image) == data
