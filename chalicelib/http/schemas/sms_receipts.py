"""What the second provider of text messages tells of those that it took, as JSON (requirement M2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import AwareDatetime, Field

from chalicelib.adapters.notifications.aggregator import PROVIDER
from chalicelib.domain.dispatch import Receipt, ReceiptOutcome, read_reference
from chalicelib.domain.notifications import Channel
from chalicelib.http.models import In, Out

if TYPE_CHECKING:
    from datetime import datetime

Status = Literal["delivered", "delayed", "unreachable", "rejected", "no_such_number", "blocked"]

_OUTCOMES: Final[dict[str, ReceiptOutcome]] = {
    "delivered": ReceiptOutcome.DELIVERED,
    "delayed": ReceiptOutcome.DELAYED,
    "unreachable": ReceiptOutcome.SOFT_BOUNCE,
    "rejected": ReceiptOutcome.REFUSED,
    "no_such_number": ReceiptOutcome.HARD_BOUNCE,
    "blocked": ReceiptOutcome.HARD_BOUNCE,
}


class SmsReceiptIn(In):
    """One receipt; without a number and a text."""

    id: str = Field(
        min_length=1, max_length=100, pattern="^[\\x21-\\x7e]+$", description="Номер сообщения у оператора связи"
    )
    reference: str = Field(default="", max_length=60, description="Обозначение, с которым сообщение передали")
    status: Status = Field(
        description="delivered – доставлено; delayed – ещё доставляется; unreachable – телефон недоступен; "
        "rejected – в доставке отказано; no_such_number – такого номера нет; blocked – абонент не принимает"
    )
    at: AwareDatetime = Field(strict=False, description="Когда это стало известно, с часовым поясом")

    def receipt(self, *, now: datetime) -> Receipt:
        """What it tells; a clock that is fast makes nothing happen in the future."""
        return Receipt(
            channel=Channel.SMS,
            outcome=_OUTCOMES[self.status],
            at=min(self.at, now),
            reference=read_reference(self.reference),
            provider=PROVIDER,
            provider_id=self.id,
        )


class SmsReceiptsIn(In):
    """Receipts as they gathered."""

    receipts: list[SmsReceiptIn] = Field(min_length=1, max_length=100, description="Квитанции, до 100 за раз")


class SmsReceiptsOut(Out):
    """How many were taken."""

    accepted: int
