"""What every sender of one-time codes has in common: not too soon, not too often, once per request (A3, B12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.signing_code import ApplicationChallenge, Challenge, SentCode
from chalicelib.ports.errors import AlreadyExists, RateLimited, StaleWrite
from chalicelib.ports.queries import Limit
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.turns import in_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.storage import UnitOfWork
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
        create=lambda: in_turn(send, meets=(StaleWrite, AlreadyExists)),
        recall=lambda sent_at: SentCode(sent_at=datetime.fromisoformat(sent_at)),
    )


def check_cool_down(earlier: Resendable | None, *, at: datetime) -> None:
    """Refuse a code within a minute of the last one: raises RateLimited with the seconds that are left."""
    if earlier is not None and at < earlier.resend_at:
        wait = max(1, int((earlier.resend_at - at).total_seconds()))
        raise RateLimited("Код уже отправлен: новый можно запросить через минуту", retry_after=wait)


def keep_code(
    *, work: UnitOfWork, earlier: Challenge | None, challenge: Challenge, application_id: str | None = None
) -> None:
    """Keep what was sent in the place of the earlier code that was read: of requests at once only one sends.

    A code that signs lies in the folder of its application. The commit raises AlreadyExists or StaleWrite.
    """
    if earlier is not None:
        challenge = replace(challenge, version=earlier.version)
    kept = (
        challenge
        if application_id is None
        else ApplicationChallenge(application_id=application_id, challenge=challenge)
    )
    if earlier is None:
        work.create(kept)
    else:
        work.update(kept)


def daily_limit(*, name: str, subject: str, times: int) -> Limit:
    """How many codes of one sort may be sent to one subject within a day."""
    return Limit(name=name, subject=subject, times=times, seconds=DAY_SECONDS)
