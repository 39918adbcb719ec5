"""What every sender of one-time codes has in common: not too soon, not too often, once per request (A3, B12)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.signing_code import SentCode
from chalicelib.ports.errors import RateLimited
from chalicelib.ports.queries import Limit
from chalicelib.use_cases import idempotency

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

DAY_SECONDS = 24 * 60 * 60


class Resendable(Protocol):
    """A code that was sent and may be sent anew from a moment on."""

    @property
    def resend_at(self) -> datetime:
        """From when another code may be asked for."""
        ...


def sent_once(
    *, tools: Toolbox, principal: Principal, request: idempotency.RequestKey | None, send: Callable[[], SentCode]
) -> SentCode:
    """Send a code; a repeated key sends no other and tells of the first one.

    ``send`` remembers the moment of sending under the key in its own unit of work.
    """
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=send,
        recall=lambda sent_at: SentCode(sent_at=datetime.fromisoformat(sent_at)),
    )


def check_cool_down(earlier: Resendable | None, *, at: datetime) -> None:
    """Refuse a code within a minute of the last one: raises RateLimited with the seconds that are left."""
    if earlier is not None and at < earlier.resend_at:
        wait = max(1, int((earlier.resend_at - at).total_seconds()))
        raise RateLimited("Код уже отправлен: новый можно запросить через минуту", retry_after=wait)


def daily_limit(*, name: str, subject: str, times: int) -> Limit:
    """How many codes of one sort may be sent to one subject within a day."""
    return Limit(name=name, subject=subject, times=times, seconds=DAY_SECONDS)
