"""Routes of the deliveries of a person whom one represents (requirements A6, F8)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.deliveries import (
    CITIZEN,
    TAG,
    address_changed,
    address_code_sent,
    page_of,
    pickup_code_sent,
    shown,
    which,
)
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.deliveries import AddressChangeIn, AddressCodeIn, DeliveryOut
from chalicelib.http.schemas.people import CodeSentOut
from chalicelib.use_cases.deliveries import cancel_delivery, find_delivery

blueprint = ApiBlueprint(__name__)

ALL = "/v1/represented-persons/{person_id}/deliveries"
ONE = f"{ALL}/{{delivery_id}}"


@blueprint.route(
    "GET", ALL, summary="Доставка выписок представляемого на бумаге", tag=TAG, errors=(404,), roles=CITIZEN
)
def represented_deliveries(call: Call, person_id: str, query: PageQuery) -> Page[DeliveryOut]:
    """То же, что о себе; сначала новые."""
    return page_of(call, query, person_id)


@blueprint.route(
    "GET",
    f"{ONE}/details",
    summary="Доставка выписки представляемого",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def represented_delivery(call: Call, person_id: str, delivery_id: str) -> DeliveryOut:
    """Состояние, срок, адрес или пункт выдачи, трек-номер и история."""
    wanted = which(delivery_id, person_id)
    return shown(find_delivery(tools=container(), principal=call.principal, which=wanted, at=call.at))


@blueprint.route(
    "POST",
    f"{ONE}/cancellation",
    summary="Отменить доставку выписки представляемого",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def represented_cancel(call: Call, person_id: str, delivery_id: str) -> DeliveryOut:
    """Можно, пока отправление не сформировано или выписка не выдана."""
    wanted = which(delivery_id, person_id)
    return shown(cancel_delivery(tools=container(), principal=call.principal, which=wanted, at=call.at))


@blueprint.route(
    "POST",
    f"{ONE}/pickup-codes",
    status=201,
    summary="Прислать новый код получения выписки представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409, 429),
    roles=CITIZEN,
)
def represented_pickup_code(call: Call, person_id: str, delivery_id: str) -> DeliveryOut:
    """Код приходит представителю."""
    return pickup_code_sent(call, which(delivery_id, person_id))


@blueprint.route(
    "POST",
    f"{ONE}/address-codes",
    status=201,
    summary="Прислать код, чтобы изменить адрес доставки представляемому",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409, 429),
    roles=CITIZEN,
)
def represented_address_code(call: Call, person_id: str, delivery_id: str, body: AddressCodeIn) -> CodeSentOut:
    """Код приходит представителю, действует пять минут и подтверждает именно этот адрес."""
    return address_code_sent(call, body, which(delivery_id, person_id))


@blueprint.route(
    "POST",
    f"{ONE}/address-change",
    summary="Изменить адрес доставки представляемому",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def represented_address(call: Call, person_id: str, delivery_id: str, body: AddressChangeIn) -> DeliveryOut:
    """Пока отправление не сформировано."""
    return address_changed(call, body, which(delivery_id, person_id))
