"""Routes by which the insurer's operator makes, hands over and sends extracts on paper (requirements F8, O1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.delivery_states import DeliveryEvent, Who
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.http.applications import cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page
from chalicelib.http.pagination import decode_cursor
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.deliveries import (
    DeliveriesQuery,
    DeliveryOut,
    DeliveryRowOut,
    DispatchIn,
    NumberIn,
    OutcomeIn,
    PickupIn,
    delivery_out,
    row_out,
)
from chalicelib.use_cases import handle_deliveries as use_cases
from chalicelib.use_cases.ordered_documents import LINK_SECONDS

if TYPE_CHECKING:
    from chalicelib.domain.delivery import Delivery

blueprint = ApiBlueprint(__name__)

TAG = "operators"
OPERATOR = ("insurer_operator",)
ALL = "/v1/operator/deliveries"
ONE = f"{ALL}/{{delivery_id}}"
_OUTCOMES = {
    "delivered": DeliveryEvent.DELIVER,
    "not_claimed": DeliveryEvent.MISS,
    "returned": DeliveryEvent.RETURN,
}
_PLACE = re.compile(r"[0-9A-Za-z_-]{1,64}#[0-9]{4}-[0-9]{2}-[0-9]{2}#[0-9A-HJKMNP-TV-Z]{26}")


def place_in_list(cursor: str | None) -> str | None:
    """Read the place after which a page of the list begins; raises ValidationFailed."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    place = key.get("after", "")
    if not _PLACE.fullmatch(place):
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return place


def _shown(delivery: Delivery) -> DeliveryOut:
    return delivery_out(delivery, Who.OPERATOR)


@blueprint.route("GET", ALL, summary="Доставка выписок: список по состоянию", tag=TAG, errors=(403,), roles=OPERATOR)
def listed(call: Call, query: DeliveriesQuery) -> Page[DeliveryRowOut]:
    """Только своей страховой организации; сначала те, чей срок раньше, так что просроченные видны первыми."""
    found = use_cases.insurers_deliveries(
        tools=container(),
        principal=call.principal,
        state=query.state,
        limit=query.limit,
        after=place_in_list(query.cursor),
    )
    rows = [row_out(delivery, Who.OPERATOR) for delivery in found.items]
    return Page[DeliveryRowOut](items=rows, next_cursor=cursor_of(found.after))


@blueprint.route(
    "POST",
    "/v1/operator/delivery-searches",
    summary="Найти доставку по номеру заявления",
    tag=TAG,
    errors=(403, 404),
    roles=OPERATOR,
)
def search(call: Call, body: NumberIn) -> DeliveryOut:
    """Для выдачи в пункте; просмотр записывается в журнал застрахованного."""
    return _shown(
        use_cases.search_delivery(tools=container(), principal=call.principal, number=body.number, at=call.at)
    )


@blueprint.route("GET", ONE, summary="Доставка с получателем и адресом", tag=TAG, errors=(403, 404), roles=OPERATOR)
def view(call: Call, delivery_id: str) -> DeliveryOut:
    """Просмотр записывается в журнал застрахованного."""
    wanted = entity_id(delivery_id)
    return _shown(use_cases.view_delivery(tools=container(), principal=call.principal, delivery_id=wanted, at=call.at))


@blueprint.route(
    "GET",
    f"{ONE}/paper",
    summary="Ссылка на выписку для печати",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATOR,
)
def paper(call: Call, delivery_id: str) -> LinkOut:
    """Ссылка действует пять минут; её выдача записывается в журнал застрахованного."""
    wanted = entity_id(delivery_id)
    url = use_cases.paper_link(tools=container(), principal=call.principal, delivery_id=wanted, at=call.at)
    return LinkOut(url=url, expires_in=LINK_SECONDS)


@blueprint.route(
    "POST",
    f"{ONE}/readiness",
    summary="Выписка напечатана и ждёт в пункте выдачи",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATOR,
)
def readiness(call: Call, delivery_id: str) -> DeliveryOut:
    """Получателю уходит код; хранение — 30 дней."""
    wanted = entity_id(delivery_id)
    return _shown(
        use_cases.prepare_delivery(tools=container(), principal=call.principal, delivery_id=wanted, at=call.at)
    )


@blueprint.route(
    "POST",
    f"{ONE}/handover",
    summary="Выдать выписку по коду получения",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATOR,
)
def handover(call: Call, delivery_id: str, body: PickupIn) -> DeliveryOut:
    """Пять попыток; представителю — с номером доверенности."""
    handing = use_cases.HandingOver(
        delivery_id=entity_id(delivery_id), code=body.code, powers_number=body.powers_number
    )
    return _shown(use_cases.hand_over(tools=container(), principal=call.principal, handing=handing, at=call.at))


@blueprint.route(
    "POST",
    f"{ONE}/parcel",
    summary="Сформировать почтовое отправление",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATOR,
)
def parcel(call: Call, delivery_id: str) -> DeliveryOut:
    """С этого момента адрес не меняется и доставка не отменяется."""
    wanted = entity_id(delivery_id)
    return _shown(use_cases.form_parcel(tools=container(), principal=call.principal, delivery_id=wanted, at=call.at))


@blueprint.route(
    "POST",
    f"{ONE}/dispatch",
    summary="Отправление принято почтой",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATOR,
)
def dispatch(call: Call, delivery_id: str, body: DispatchIn) -> DeliveryOut:
    """Трек-номер проверяется по контрольной цифре и приходит заявителю."""
    sent = use_cases.send_parcel(
        tools=container(),
        principal=call.principal,
        delivery_id=entity_id(delivery_id),
        tracking_number=body.tracking_number,
        at=call.at,
    )
    return _shown(sent)


@blueprint.route(
    "POST",
    f"{ONE}/outcome",
    summary="Чем кончилась доставка",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATOR,
)
def outcome(call: Call, delivery_id: str, body: OutcomeIn) -> DeliveryOut:
    """Доставлена; не получена на почте; вернулась с почты или из пункта выдачи."""
    noted = use_cases.note_outcome(
        tools=container(),
        principal=call.principal,
        delivery_id=entity_id(delivery_id),
        event=_OUTCOMES[body.outcome],
        at=call.at,
    )
    return _shown(noted)
