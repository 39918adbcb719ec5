"""Reading of the gateway's answers: strict in what is used, blind to what is not."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckAnswer, CheckStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.adapters.registers.transport import WireResponse

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_TICKET = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_LONGEST_TEXT = 500
_LONGEST_WAIT = 86_400


class UnexpectedAnswer(ValueError):
    """The answer has not the agreed shape; carries the name of the part, never its value."""


def is_ticket(text: str) -> bool:
    """Whether the text may stand in the path of a ticket."""
    return _TICKET.fullmatch(text) is not None


def read_answer(response: WireResponse, *, ticket: str | None) -> CheckAnswer:
    """Turn a 200 or 202 into the register's word; ``ticket`` is what was asked for, if anything.

    Raises:
        UnexpectedAnswer: the shape is not the agreed one.
    """
    fields = _object(response.body)
    if response.status == HTTPStatus.ACCEPTED:
        return _pending(fields, response.headers, ticket=ticket)
    status = _final_status(fields.get("status"))
    reasons = _reasons(fields.get("reasons", []))
    if status is CheckStatus.MISMATCH and not reasons:
        raise UnexpectedAnswer("reasons")
    return CheckAnswer(
        status=status,
        reasons=reasons,
        data=_texts(fields.get("data", {})),
        register_version=_text(fields.get("register_version", ""), "register_version"),
        answered_at=_moment(fields.get("answered_at")),
    )


def read_retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds of ``Retry-After`` (RFC 9110, 10.2.3); a date counts from the answer's ``Date``."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0, min(int(wait.total_seconds()), _LONGEST_WAIT))


def _pending(fields: Mapping[str, object], headers: Mapping[str, str], *, ticket: str | None) -> CheckAnswer:
    given = fields.get("ticket", ticket)
    if fields.get("status") != CheckStatus.PENDING or not isinstance(given, str):
        raise UnexpectedAnswer("status")
    if not is_ticket(given):
        raise UnexpectedAnswer("ticket")
    wait = fields.get("retry_after", read_retry_after(headers))
    if wait is not None and (type(wait) is not int or not 0 <= wait <= _LONGEST_WAIT):
        raise UnexpectedAnswer("retry_after")
    return CheckAnswer(status=CheckStatus.PENDING, ticket=given, retry_after=wait)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise UnexpectedAnswer("body") from None
    if not isinstance(value, dict):
        raise UnexpectedAnswer("body")
    return value


def _final_status(value: object) -> CheckStatus:
    for status in CheckStatus:
        if status.is_final and value == status.value:
            return status
    raise UnexpectedAnswer("status")


def _reasons(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise UnexpectedAnswer("reasons")
    codes = tuple(code for code in value if isinstance(code, str) and _CODE.fullmatch(code))
    if len(codes) != len(value):
        raise UnexpectedAnswer("reasons")
    return codes


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise UnexpectedAnswer("data")
    return {str(name): _text(text, "data") for name, text in value.items()}


def _text(value: object, part: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise UnexpectedAnswer(part)
    return value


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(_text(value, "answered_at"))
    except ValueError:
        raise UnexpectedAnswer("answered_at") from None
    if moment.tzinfo is None:
        raise UnexpectedAnswer("answered_at")
    return moment.astimezone(UTC)
