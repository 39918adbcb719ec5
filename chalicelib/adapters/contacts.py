"""Reads e-mail addresses and Russian phone numbers as people type them (A5)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from chalicelib.domain.errors import InvalidValue

_RUSSIA: Final = "RU"
_CODE: Final = 7
_LONGEST: Final = 320
_REMEMBERED: Final = 64
_EMAIL_MENDING: Final = "Проверьте адрес электронной почты: он должен иметь вид ivanov@example.ru"
_PHONE_MENDING: Final = "Проверьте номер телефона: нужен российский номер из 11 цифр, например +7 912 345-67-89"


def parse_email(text: str) -> str:
    """Give the normal form of an address (RFC 5322, domain in lower case), without asking DNS.

    Raises InvalidValue with the reason ``invalid_email``; the text is not quoted in it.
    """
    typed = text.strip()
    if len(typed) > _LONGEST:
        raise InvalidValue("invalid_email", _EMAIL_MENDING)
    return _email(typed)


# A draft is checked whole at each of its saves, and again when it is signed: its contacts seldom change meanwhile.
@lru_cache(maxsize=_REMEMBERED)
def _email(typed: str) -> str:
    from email_validator import (  # noqa: PLC0415 - only Lambdas that take contacts pay for it
        EmailNotValidError,
        validate_email,
    )

    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        # Without the cause: it quotes the address.
        raise InvalidValue("invalid_email", _EMAIL_MENDING) from None
    return str(found.normalized)


def parse_phone(text: str) -> str:
    """Give a Russian mobile or landline number in E.164: ``+79123456789``.

    Raises InvalidValue with the reason ``invalid_phone``; the text is not quoted in it.
    """
    typed = text.strip()
    if len(typed) > _LONGEST:
        raise InvalidValue("invalid_phone", _PHONE_MENDING)
    return _phone(typed)


@lru_cache(maxsize=_REMEMBERED)
def _phone(typed: str) -> str:
    import phonenumbers  # noqa: PLC0415 - its tables burden Lambdas that take no contacts

    allowed = {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
    try:
        number = phonenumbers.parse(typed, _RUSSIA)
    except phonenumbers.NumberParseException:
        raise InvalidValue("invalid_phone", _PHONE_MENDING) from None
    russian = number.country_code == _CODE and phonenumbers.is_valid_number_for_region(number, _RUSSIA)
    if not russian or number.extension or phonenumbers.number_type(number) not in allowed:
        raise InvalidValue("invalid_phone", _PHONE_MENDING)
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written


class LibraryContactParser:
    """Implements ``ContactParser`` over the two functions of this module."""

    def parse_email(self, text: str) -> str:
        """See :func:`parse_email`."""
        return parse_email(text)

    def parse_phone(self, text: str) -> str:
        """See :func:`parse_phone`."""
        return parse_phone(text)
