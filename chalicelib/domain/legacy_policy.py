"""Numbers that stand on policies of earlier samples: how they are read, compared and found (requirements F5, G1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, InvalidValue
from chalicelib.domain.names import norm_key
from chalicelib.domain.plain_text import (
    DIGITS,
    LATIN_LETTERS,
    QUOTES,
    RUSSIAN_LETTERS,
    composed,
    is_ascii_digits,
    odd_sign_position,
    without_separators,
)
from chalicelib.domain.policy_types import POLICY_TYPES, PolicyType
from chalicelib.domain.regions import is_region

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

MAX_SERIES_LENGTH = 10
MAX_NUMBER_LENGTH = 20
BLANK_LENGTHS = frozenset(
    len(row.number_mask) for row in POLICY_TYPES.values() if row.is_legacy and not row.needs_region
)
"""Digits on a paper or plastic policy, and on a universal card."""

BLANK_KIND = "blank_number"
OLD_KIND = "old_policy"
"""Series and number of the old sample: people of several territories may have the same."""

OLD_OF_REGION_KIND = "old_policy_of_region"
"""The same with its territory: nobody else has it."""

MESSAGES = {
    "blank_number_required": "Введите номер бланка: он напечатан на полисе",
    "blank_number_digits": "В номере бланка полиса допустимы только цифры: уберите буквы и знаки",
    "blank_number_length": "В номере бланка {lengths} цифр: проверьте, не пропущена ли цифра и нет ли лишней",
    "old_number_required": "Введите номер полиса старого образца так, как он напечатан",
    "old_series_length": "В серии полиса не больше {limit} знаков: введите её так, как она напечатана",
    "old_number_length": "В номере полиса не больше {limit} знаков: введите его так, как он напечатан",
    "old_sign": "Уберите недопустимый знак, он {position} по счёту: можно буквы, цифры, пробел, дефис, точку и дробь",
    "old_region": "Выберите регион, где выдан полис старого образца, из списка",
}

_SIGNS = RUSSIAN_LETTERS | LATIN_LETTERS | DIGITS | QUOTES | frozenset(" .-/№‐‑‒–—")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBlank:
    """What distinguishes a policy of an earlier sample beside the ЕНП.

    ``number`` is that of the blank, or of the old policy; it may be unknown where a barcode told the ЕНП. ``series``
    and ``region`` (F010, where it was given out) belong to the old sample only. Kept as they were typed.
    """

    policy_type: PolicyType
    number: str = ""
    series: str = ""
    region: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether it has a number of its own."""
        return bool(self.number)

    @property
    def lookup(self) -> tuple[str, str]:
        """Under which kind of identifier and which text people look for it."""
        if self.policy_type is PolicyType.OLD_SAMPLE:
            return OLD_KIND, old_policy_key(series=self.series, number=self.number)
        return BLANK_KIND, self.number

    @property
    def claim(self) -> tuple[str, str]:
        """The kind and text of the identifier that one person only can have."""
        kind, value = self.lookup
        return (OLD_OF_REGION_KIND, f"{self.region}|{value}") if kind == OLD_KIND else (kind, value)


def old_policy_key(*, series: str, number: str) -> str:
    """The text by which spellings of one old policy meet.

    Case, Latin look-alikes, separators, the sign № and the border of series and number do not matter: people write
    «77-МУ № 123456» in one field or in two.
    """
    return norm_key(f"{series} {number}".replace("№", " ")).replace(" ", "")


def parse_blank_number(*, text: str, policy_type: PolicyType | None = None) -> str:
    """Read the number of a blank; without the type any length that there is will do.

    Raises:
        InvalidValue: ``blank_number_required``, ``blank_number_digits`` or ``blank_number_length``.
    """
    digits = without_separators(text)
    if not digits:
        raise _invalid("blank_number_required")
    if not is_ascii_digits(digits):
        raise _invalid("blank_number_digits")
    lengths = BLANK_LENGTHS if policy_type is None else {len(POLICY_TYPES[policy_type].number_mask)}
    if len(digits) not in lengths:
        raise InvalidValue("blank_number_length", MESSAGES["blank_number_length"].format(lengths=_either(lengths)))
    return digits


def check_old_policy(*, series: str, number: str, prefix: str = "") -> tuple[FieldError, ...]:
    """All mistakes in series and number of a policy of the old sample.

    ``prefix`` is the dotted path of the policy in the errors, without the last point.
    """
    path = f"{prefix}." if prefix else ""
    errors = _free_text_errors(series, f"{path}series", "old_series_length", MAX_SERIES_LENGTH)
    errors += _free_text_errors(number, f"{path}number", "old_number_length", MAX_NUMBER_LENGTH)
    if not old_policy_key(series="", number=number):
        errors.append(_error(f"{path}number", "old_number_required"))
    return tuple(errors)


def check_old_region(*, region: str, field: str) -> tuple[FieldError, ...]:
    """The territory of an old policy has to be a code of F010."""
    return () if is_region(code=region) else (_error(field, "old_region"),)


def _free_text_errors(text: str, field: str, code: str, limit: int) -> list[FieldError]:
    written = composed(text)
    errors = [_error(field, code, limit=limit)] if len(written) > limit else []
    odd = odd_sign_position(text=written, allowed=_SIGNS)
    return errors if odd is None else [*errors, _error(field, "old_sign", position=odd)]


def _either(lengths: AbstractSet[int]) -> str:
    return " или ".join(str(length) for length in sorted(lengths))


def _error(field: str, code: str, **values: int) -> FieldError:
    return FieldError(field=field, code=code, message=MESSAGES[code].format(**values))


def _invalid(reason: str) -> InvalidValue:
    return InvalidValue(reason, MESSAGES[reason])
