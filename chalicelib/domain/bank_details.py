"""Bank details of an organisation: БИК and account, with the key that ties them (Положение ЦБ № 579-П, appendix 4)."""

from __future__ import annotations

import re

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.plain_text import without_separators

_BIC = re.compile(r"0[0-9]{8}")
_ACCOUNT = re.compile(r"[0-9]{20}")
_WEIGHTS = (7, 1, 3)
_CENTRAL_BANK = frozenset({"000", "001", "002"})
"""Ends of the БИК of the Central Bank's own divisions: their accounts are tied by other digits of it."""


def parse_bic(*, text: str) -> str:
    """Read a БИК: nine digits that begin with the code of the country.

    Raises:
        InvalidValue: ``bic_format``.
    """
    digits = without_separators(text)
    if not _BIC.fullmatch(digits):
        raise InvalidValue("bic_format", "БИК состоит из 9 цифр и начинается с 0: сверьте с реквизитами банка")
    return digits


def parse_account(*, text: str, bic: str) -> str:
    """Read the account of an organisation in the bank of a БИК: 20 digits with a right key.

    Raises:
        InvalidValue: ``account_format`` or ``account_key``.
    """
    digits = without_separators(text)
    if not _ACCOUNT.fullmatch(digits):
        raise InvalidValue("account_format", "Расчётный счёт состоит из 20 цифр: сверьте с реквизитами")
    if account_key(account=digits, bic=bic):
        raise InvalidValue("account_key", "Счёт не подходит к БИК: в одном из них ошибка, сверьте оба с реквизитами")
    return digits


def account_key(*, account: str, bic: str) -> int:
    """The weighted sum of an account with the digits of its bank, modulo 10: 0 where both are right."""
    bank = f"0{bic[4:6]}" if bic[-3:] in _CENTRAL_BANK else bic[-3:]
    digits = bank + account
    return sum(int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(digits)) % 10
