"""Postal addresses in Russia; e-mail and telephone are checked by libraries at the edge."""

from __future__ import annotations

from dataclasses import dataclass, fields

from chalicelib.domain.errors import FieldError
from chalicelib.domain.plain_text import (
    DIGITS,
    LATIN_LETTERS,
    QUOTES,
    RUSSIAN_LETTERS,
    composed,
    is_ascii_digits,
    odd_sign_position,
)
from chalicelib.domain.regions import is_region, region_name

INDEX_LENGTH = 6
#: Longest parts that the registers take (fields UL, DOM, KV of order No. 79).
MAX_LENGTHS = {"city": 120, "street": 120, "house": 20, "flat": 6}
REQUIRED_PARTS = ("city", "house")

_SIGNS = RUSSIAN_LETTERS | LATIN_LETTERS | DIGITS | QUOTES | frozenset(" .,-–/()№")

MESSAGES = {
    "address_index": "Укажите почтовый индекс: шесть цифр",
    "address_region": "Выберите регион из списка",
    "address_required": "Заполните это поле адреса",
    "address_length": "Сократите до {limit} знаков",
    "address_sign": "Уберите недопустимый знак, он {position} по счёту: можно буквы, цифры, "
    "пробел, точку, запятую, дефис, дробь, скобки, кавычки и №",
    "address_meaningless": "Напишите здесь буквы или цифры",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """An address in Russia.

    ``index`` is the postal index, ``region`` a code of F010; villages may have no street, houses
    may have no flats.
    """

    index: str
    region: str
    city: str
    house: str
    street: str = ""
    flat: str = ""

    def line(self) -> str:
        """The address in one line, as on an envelope.

        Raises:
            InvalidValue: ``region_unknown``.
        """
        flat = f"кв. {self.flat}" if self.flat else ""
        parts = (self.index, region_name(code=self.region), self.city, self.street, self.house, flat)
        # Moscow and the like are region and city at once.
        return ", ".join(dict.fromkeys(part for part in parts if part))


def check_address(*, address: PostalAddress, prefix: str) -> tuple[FieldError, ...]:
    """All mistakes in an address; ``prefix`` is the dotted path that opens their fields."""
    errors = []
    if len(address.index) != INDEX_LENGTH or not is_ascii_digits(address.index) or not int(address.index):
        errors.append(_error(f"{prefix}.index", "address_index"))
    if not is_region(code=address.region):
        errors.append(_error(f"{prefix}.region", "address_region"))
    for part in fields(address):
        if part.name in MAX_LENGTHS:
            text = composed(getattr(address, part.name))
            errors += _part_errors(prefix, part.name, text)
    return tuple(errors)


def _part_errors(prefix: str, name: str, text: str) -> list[FieldError]:
    field = f"{prefix}.{name}"
    if not text:
        return [_error(field, "address_required")] if name in REQUIRED_PARTS else []
    errors = []
    if len(text) > MAX_LENGTHS[name]:
        errors.append(_error(field, "address_length", limit=MAX_LENGTHS[name]))
    odd = odd_sign_position(text=text, allowed=_SIGNS)
    if odd is not None:
        errors.append(_error(field, "address_sign", position=odd))
    elif not any(sign.isalnum() for sign in text):
        errors.append(_error(field, "address_meaningless"))
    return errors


def _error(field: str, code: str, **values: int) -> FieldError:
    return FieldError(field=field, code=code, message=MESSAGES[code].format(**values))
