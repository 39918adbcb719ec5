"""Bytes of a scanned barcode as text: scanners and programs send them in hexadecimal or Base64 (requirement G3).

A barcode of a paper policy holds any byte, so a scanner that types like a keyboard would break it: the page that
reads the scanner sends its bytes as text.
"""

from __future__ import annotations

import binascii
import re

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.paper_barcode import PAYLOAD_LENGTH, PaperBarcode, decode_barcode

MESSAGES = {
    "barcode_encoding": "Передайте байты штрих-кода шестнадцатеричными цифрами или в Base64",
    "barcode_empty": "Отсканируйте штрих-код бумажного полиса: передан пустой текст",
}

_HEX = re.compile(r"(?:0[xX])?((?:[0-9A-Fa-f]{2})+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_GROUP = 4
_LINE_ENDS = b"\r\n"


def parse_barcode(*, text: str) -> PaperBarcode:
    """Read a scanned barcode of a paper policy.

    Raises:
        InvalidValue: it is not the text of bytes, or the bytes are not those of a paper policy.
    """
    return decode_barcode(data=read_bytes(text=text))


def read_bytes(*, text: str) -> bytes:
    """Read bytes in hexadecimal, Base64 or Base64url; white space, colons between pairs and padding do not matter.

    A line end that the scanner adds behind the 130 bytes of a policy is taken off.

    Raises:
        InvalidValue: ``barcode_empty`` or ``barcode_encoding``.
    """
    packed = "".join(text.split())
    if not packed:
        raise _invalid("barcode_empty")
    if match := _HEX.fullmatch(packed.replace(":", "")):
        # A payload of a policy begins with 01 or 02, which Base64 writes as AQ and Ag: never hexadecimal.
        return _without_line_end(bytes.fromhex(match[1]))
    if not _BASE64.fullmatch(packed):
        raise _invalid("barcode_encoding")
    standard = packed.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = binascii.a2b_base64(standard + "=" * (-len(standard) % _GROUP), strict_mode=True)
    except binascii.Error:
        raise _invalid("barcode_encoding") from None
    return _without_line_end(data)


def _without_line_end(data: bytes) -> bytes:
    payload, rest = data[:PAYLOAD_LENGTH], data[PAYLOAD_LENGTH:]
    return payload if rest in {_LINE_ENDS, _LINE_ENDS[:1], _LINE_ENDS[1:]} else data


def _invalid(reason: str) -> InvalidValue:
    return InvalidValue(reason, MESSAGES[reason])
