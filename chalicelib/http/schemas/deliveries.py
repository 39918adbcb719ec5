"""Deliveries of extracts on paper as JSON (requirement F8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from chalicelib.domain.delivery import Delivery, Recipient
from chalicelib.domain.delivery_states import (
    DELIVERY_STATE_TITLES,
    DELIVERY_TRANSITIONS,
    FINAL_DELIVERY_STATES,
    DeliveryEvent,
    DeliveryMethod,
    DeliveryState,
    Who,
)
from chalicelib.domain.form_sections import DELIVERY_METHODS
from chalicelib.http.models import In, Out, PageQuery
from chalicelib.http.schemas.people import AddressIn, CodeIn

if TYPE_CHECKING:
    from collections.abc import Mapping


class AddressCodeIn(In):
    """The new address that a code is to confirm."""

    address: AddressIn


class AddressChangeIn(CodeIn):
    """The new address, and the code that was sent for this very address."""

    address: AddressIn


class PickupIn(In):
    """What the recipient shows at the desk."""

    code: str = Field(pattern=r"^[0-9]{8}$", description="Код получения, восемь цифр", examples=["12345678"])
    powers_number: str = Field(
        default="",
        max_length=50,
        description="Номер доверенности, если получает представитель",
        examples=["77 АВ 1234567"],
    )


class DispatchIn(In):
    """Under which number the post took the parcel."""

    tracking_number: str = Field(
        max_length=40,
        description="Трек-номер Почты России: 14 цифр или 13 знаков вида RA123456785RU",
        examples=["10100010000018"],
    )


class OutcomeIn(In):
    """What became of a parcel, or of a paper that nobody came for."""

    outcome: Literal["delivered", "not_claimed", "returned"] = Field(
        description="Доставлена, не получена на почте или вернулась", examples=["delivered"]
    )


class NumberIn(In):
    """The number that people name at the desk."""

    number: str = Field(max_length=40, description="Номер заявления", examples=["2026-12345678-9"])


class DeliveriesQuery(PageQuery):
    """Which deliveries to list."""

    state: DeliveryState = Field(default=DeliveryState.ORDERED, description="Состояние доставки")


class DeliveryStepOut(Out):
    """One step of the history."""

    state: DeliveryState
    state_title: str
    event: DeliveryEvent | None
    at: datetime
    by: str


class DeliveryRowOut(Out):
    """A delivery without anything personal, as lists show it."""

    id: str
    application_number: str
    method: DeliveryMethod
    method_title: str
    state: DeliveryState
    state_title: str
    office: str
    ordered_at: datetime
    expected_on: date
    due_on: date
    kept_until: date | None = Field(description="Последний день хранения в пункте выдачи")
    is_overdue: bool
    may: list[DeliveryEvent] = Field(description="Что сейчас можно сделать")


class DeliveryOut(DeliveryRowOut):
    """A delivery whole."""

    recipient: Recipient
    recipient_name: str
    address: dict[str, str]
    address_line: str
    tracking_number: str
    powers_number: str
    tries_left: int | None = Field(description="Сколько неверных кодов ещё можно ввести")
    document_id: str
    history: list[DeliveryStepOut]


def row_out(delivery: Delivery, who: Who) -> DeliveryRowOut:
    """Present a delivery in a list."""
    return DeliveryRowOut(**_row(delivery, who))


def delivery_out(delivery: Delivery, who: Who) -> DeliveryOut:
    """Present a delivery to the person or to the insurer's operator."""
    address = delivery.postal_address
    return DeliveryOut(
        **_row(delivery, who),
        recipient=delivery.recipient,
        recipient_name=delivery.recipient_name,
        address=dict(delivery.address),
        address_line=address.line() if address else "",
        tracking_number=delivery.tracking_number,
        powers_number=delivery.powers_number,
        tries_left=delivery.pickup.tries_left if delivery.pickup else None,
        document_id=delivery.document_id,
        history=[
            DeliveryStepOut(
                state=step.state,
                state_title=DELIVERY_STATE_TITLES[step.state],
                event=step.event,
                at=step.at,
                by=step.actor.kind,
            )
            for step in delivery.history
        ],
    )


def _row(delivery: Delivery, who: Who) -> Mapping[str, Any]:
    kept_until = delivery.kept_until
    return {
        "id": delivery.delivery_id,
        "application_number": delivery.application_number,
        "method": delivery.method,
        "method_title": DELIVERY_METHODS[delivery.method],
        "state": delivery.state,
        "state_title": DELIVERY_STATE_TITLES[delivery.state],
        "office": delivery.office,
        "ordered_at": delivery.ordered_at,
        "expected_on": delivery.expected_on,
        "due_on": delivery.due_on,
        "kept_until": kept_until - timedelta(days=1) if kept_until else None,
        "is_overdue": delivery.is_overdue,
        "may": list(delivery.may(who)),
    }


def delivery_states() -> list[dict[str, Any]]:
    """The states of a delivery with their arrows, for the dictionaries."""
    return [
        {
            "code": state.value,
            "title": title,
            "is_final": state in FINAL_DELIVERY_STATES,
            "transitions": [
                {
                    "event": rule.event.value,
                    "target": rule.target.value,
                    "by": rule.by.value,
                    "method": rule.method.value if rule.method else None,
                    "notification": rule.notification,
                    "silent_because": rule.silent_because,
                }
                for rule in DELIVERY_TRANSITIONS
                if state in rule.sources
            ],
        }
        for state, title in DELIVERY_STATE_TITLES.items()
    ]
