"""The PDF417 barcode of a paper policy of the single sample: 130 bytes in versions 1 and 2 (requirement F5).

Integers are big-endian; dates are days since 1900-01-01; names are packed six bits to a sign. The law
wants number, name, sex, birth date and term in it (Rules of insurance, order 108н, p. 31); the layout is the one
that the readers of insurers and clinics use. The electronic signature is carried along unread: no key to
verify it is published.

==============  =======  =======  ==================================================
content         v1       v2       notes
==============  =======  =======  ==================================================
version         0        0        1 or 2
ЕНП             1-8      1-8
names           9-50     9-59     v1 name|surname|patronymic, v2 surname first
sex             51       60       1 male, 2 female
birth date      52-53    61-62
last day        54-55    63-64    0: no term
ОГРН            56-61    –        of the insurer, 0: not told
ОКАТО           62-64    –        of the territory, 0: not told
signature       65-129   65-129   opaque
==============  =======  =======  ==================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.inn import parse_ogrn
from chalicelib.domain.names import LOOK_ALIKES
from chalicelib.domain.policy_number import LENGTH as NUMBER_LENGTH
from chalicelib.domain.policy_number import PolicyNumber, check_against, parse_policy_number
from chalicelib.domain.sex import Sex

PAYLOAD_LENGTH = 130
SIGNATURE_LENGTH = 65
EPOCH = date(1900, 1, 1)
LATEST_DATE = EPOCH + timedelta(days=2**16 - 1)

MESSAGES = {
    "barcode_length": "В штрих-коде бумажного полиса 130 байт: отсканируйте код ещё раз целиком",
    "barcode_version": "Штрих-код неизвестной версии: введите номер полиса вручную",
    "barcode_number": "Номер полиса в штрих-коде прочитан с ошибкой: отсканируйте код ещё раз или введите номер",
    "barcode_contradiction": "Дата рождения или пол в штрих-коде не сходятся с номером полиса: отсканируйте его снова",
    "barcode_sex": "Пол в штрих-коде прочитан с ошибкой: отсканируйте код ещё раз",
    "barcode_dates": "Срок действия в штрих-коде раньше даты рождения: отсканируйте код ещё раз",
    "barcode_date_range": "Дата в штрих-коде может быть только с 01.01.1900 по 06.06.2079",
    "barcode_names": "Имя в штрих-коде прочитано с ошибкой: отсканируйте код ещё раз",
    "barcode_name_length": "Имя не помещается в штрих-код",
    "barcode_ogrn": "ОГРН страховой организации в штрих-коде прочитан с ошибкой: отсканируйте код ещё раз",
    "barcode_okato": "Код территории в штрих-коде прочитан с ошибкой: отсканируйте код ещё раз",
    "barcode_signature": "Электронная подпись в штрих-коде занимает 65 байт",
}

# The place of a sign is its code. Mind the order Ь Ъ Ы; codes 47 to 62 are reserved.
_SIGNS = " .-'0123456789АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЬЪЫЭЮЯ"
_SEPARATOR = "|"
_CODES = {sign: code for code, sign in enumerate(_SIGNS)} | {_SEPARATOR: 63}
_BY_CODE = {code: sign for sign, code in _CODES.items()}
_SAME_SIGNS = str.maketrans({**LOOK_ALIKES, **dict.fromkeys("‘’ʼ`´", "'"), **dict.fromkeys("‐‑‒–—", "-")})
_SIGN_BITS = 6
_BYTE_BITS = 8
_MAX_OGRN = 10**13
_MAX_OKATO = 10**5
_OGRN_BYTES = 6
_OKATO_BYTES = 3
_NAME_PARTS = 3
_NAMES_AT = 9
_SEXES = {1: Sex.MALE, 2: Sex.FEMALE}
_SEX_CODES = {sex: code for code, sex in _SEXES.items()}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a version keeps its names, how it packs them, and in which order."""

    name_bytes: int
    byte_order: Literal["little", "big"]
    surname_first: bool

    @property
    def signs(self) -> int:
        return self.name_bytes * _BYTE_BITS // _SIGN_BITS

    @property
    def sex_at(self) -> int:
        return _NAMES_AT + self.name_bytes


_LAYOUTS = {
    1: _Layout(name_bytes=42, byte_order="little", surname_first=False),
    2: _Layout(name_bytes=51, byte_order="big", surname_first=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperBarcode:
    """What a barcode tells.

    Names are in capitals, as they are packed. ``expires_on`` is the last day of the term, None without one.
    ``names_are_cut`` says that the names fill their room to the end, so the last one may be longer.
    """

    version: int
    policy_number: PolicyNumber = field(repr=False)
    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    middle_name: str = field(default="", repr=False)
    sex: Sex = field(repr=False)
    born_on: date = field(repr=False)
    expires_on: date | None = None
    insurer_ogrn: str = ""
    okato: str = ""
    signature: bytes = field(default=bytes(SIGNATURE_LENGTH), repr=False)
    names_are_cut: bool = False


def decode_barcode(*, data: bytes) -> PaperBarcode:
    """Read the bytes of a barcode and check them against themselves.

    Raises:
        InvalidValue: a key of ``MESSAGES``; the first mistake in the order of the layout.
    """
    if len(data) != PAYLOAD_LENGTH:
        raise _invalid("barcode_length")
    layout = _LAYOUTS.get(data[0])
    if layout is None:
        raise _invalid("barcode_version")
    number = _read_number(data[1:_NAMES_AT])
    family, given, middle, are_cut = _read_names(data[_NAMES_AT : layout.sex_at], layout)
    sex = _SEXES.get(data[layout.sex_at])
    if sex is None:
        raise _invalid("barcode_sex")
    dates_at = layout.sex_at + 1
    born_on = _day(data[dates_at : dates_at + 2])
    expiry = data[dates_at + 2 : dates_at + 4]
    expires_on = _day(expiry) if any(expiry) else None
    _check_dates(number, sex, born_on, expires_on)
    ogrn, okato = _read_insurer(data[dates_at + 4 : -SIGNATURE_LENGTH])
    return PaperBarcode(
        version=data[0],
        policy_number=number,
        family_name=family,
        given_name=given,
        middle_name=middle,
        sex=sex,
        born_on=born_on,
        expires_on=expires_on,
        insurer_ogrn=ogrn,
        okato=okato,
        signature=data[-SIGNATURE_LENGTH:],
        names_are_cut=are_cut,
    )


def encode_barcode(*, barcode: PaperBarcode) -> bytes:
    """Write the bytes of a barcode; signs that the table lacks become spaces, as everywhere.

    Raises:
        InvalidValue: a key of ``MESSAGES``, what could not be read back.
    """
    layout = _LAYOUTS.get(barcode.version)
    if layout is None:
        raise _invalid("barcode_version")
    if len(barcode.signature) != SIGNATURE_LENGTH:
        raise _invalid("barcode_signature")
    number = _checked_number(barcode.policy_number)
    _check_dates(number, barcode.sex, barcode.born_on, barcode.expires_on)
    return b"".join(
        (
            bytes([barcode.version]),
            int(number).to_bytes(_NAMES_AT - 1, "big"),
            _names_written(barcode, layout),
            bytes([_SEX_CODES[barcode.sex]]),
            _days(barcode.born_on),
            _days(barcode.expires_on) if barcode.expires_on is not None else bytes(2),
            _insurer_written(barcode),
            barcode.signature,
        )
    )


def surname_first(*, version: int) -> bool:
    """In which order a version has surname and name."""
    return _LAYOUTS[version].surname_first


def packed_name(*, name: str) -> str:
    """A name as a barcode holds it: in capitals, with a space for each sign that its table lacks."""
    signs = name.upper().translate(_SAME_SIGNS)
    return "".join(sign if sign in _SIGNS else " " for sign in signs).strip()


def _read_number(data: bytes) -> PolicyNumber:
    # A number of a territory below 10 begins with a zero, which an integer does not keep.
    return _checked_number(str(int.from_bytes(data, "big")).zfill(NUMBER_LENGTH))


def _checked_number(text: str) -> PolicyNumber:
    try:
        return parse_policy_number(text=text)
    except InvalidValue:
        raise _invalid("barcode_number") from None


def _check_dates(number: PolicyNumber, sex: Sex, born_on: date, expires_on: date | None) -> None:
    """The second control: the number tells birth date and sex too."""
    days = (born_on,) if expires_on is None else (born_on, expires_on)
    if not all(EPOCH <= day <= LATEST_DATE for day in days) or expires_on == EPOCH:
        raise _invalid("barcode_date_range")
    if check_against(number=number, born_on=born_on, sex=sex):
        raise _invalid("barcode_contradiction")
    if expires_on is not None and expires_on < born_on:
        raise _invalid("barcode_dates")


def _read_names(data: bytes, layout: _Layout) -> tuple[str, str, str, bool]:
    packed = int.from_bytes(data, layout.byte_order)
    codes = [packed >> _SIGN_BITS * place & (2**_SIGN_BITS - 1) for place in range(layout.signs)]
    if layout.byte_order == "big":
        codes.reverse()
    try:
        text = "".join(_BY_CODE[code] for code in codes)
    except KeyError:
        raise _invalid("barcode_names") from None
    parts = [part.strip() for part in text.split(_SEPARATOR)]
    if len(parts) > _NAME_PARTS:
        raise _invalid("barcode_names")
    first, second, middle = [*parts, "", ""][:_NAME_PARTS]
    family, given = (first, second) if layout.surname_first else (second, first)
    if not family and not given:
        raise _invalid("barcode_names")
    return family, given, middle, text[-1] not in {" ", _SEPARATOR}


def _names_written(barcode: PaperBarcode, layout: _Layout) -> bytes:
    first, second = barcode.family_name, barcode.given_name
    parts = (first, second) if layout.surname_first else (second, first)
    written = [packed_name(name=part) for part in (*parts, barcode.middle_name)]
    if not (written[0] or written[1]):
        raise _invalid("barcode_names")
    text = _SEPARATOR.join(written)
    if len(text) > layout.signs:
        raise _invalid("barcode_name_length")
    codes = [_CODES[sign] for sign in text.ljust(layout.signs)]
    if layout.byte_order == "little":
        codes.reverse()
    packed = 0
    for code in codes:
        packed = packed << _SIGN_BITS | code
    return packed.to_bytes(layout.name_bytes, layout.byte_order)


def _day(data: bytes) -> date:
    return EPOCH + timedelta(days=int.from_bytes(data, "big"))


def _days(day: date) -> bytes:
    return (day - EPOCH).days.to_bytes(2, "big")


def _read_insurer(data: bytes) -> tuple[str, str]:
    """ОГРН and ОКАТО of version 1; zeros where it does not tell them, and in version 2 there is no room."""
    ogrn = int.from_bytes(data[:_OGRN_BYTES], "big")
    okato = int.from_bytes(data[_OGRN_BYTES:], "big")
    if okato >= _MAX_OKATO:
        raise _invalid("barcode_okato")
    return _checked_ogrn(str(ogrn)) if ogrn else "", f"{okato:05d}" if okato else ""


def _insurer_written(barcode: PaperBarcode) -> bytes:
    if barcode.version != 1:
        return b""
    okato = barcode.okato or "0"
    if not (okato.isascii() and okato.isdigit() and int(okato) < _MAX_OKATO):
        raise _invalid("barcode_okato")
    ogrn = int(_checked_ogrn(barcode.insurer_ogrn)) if barcode.insurer_ogrn else 0
    return ogrn.to_bytes(_OGRN_BYTES, "big") + int(okato).to_bytes(_OKATO_BYTES, "big")


def _checked_ogrn(text: str) -> str:
    try:
        return parse_ogrn(text=text)
    except InvalidValue:
        raise _invalid("barcode_ogrn") from None


def _invalid(reason: str) -> InvalidValue:
    return InvalidValue(reason, MESSAGES[reason])
