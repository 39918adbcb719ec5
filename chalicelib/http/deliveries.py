"""Routes of a person's deliveries of extracts on paper (requirement F8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.delivery_states import Who
from chalicelib.domain.notifications import Channel
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.deliveries import AddressChangeIn, AddressCodeIn, DeliveryOut, delivery_out
from chalicelib.http.schemas.people import CodeSentOut
from chalicelib.use_cases.deliveries import (
    AddressChange,
    NewAddress,
    Which,
    cancel_delivery,
    change_address,
    find_delivery,
    list_deliveries,
    renew_pickup_code,
    request_address_code,
)
from chalicelib.use_cases.idempotency import request_key

if TYPE_CHECKING:
    from chalicelib.domain.delivery import Delivery

blueprint = ApiBlueprint(__name__)

TAG = "deliveries"
CITIZEN = ("citizen",)
OWN = "/v1/me/deliveries"
ONE = f"{OWN}/{{delivery_id}}"
"""What is read and done with one stands below it: an id of two dots would make the bare path that of the profile."""


def which(delivery_id: str, person_id: str | None = None) -> Which:
    """Read the ids of a path; raises NotFound for what cannot be an id."""
    person = person_id if person_id is None else entity_id(person_id)
    return Which(delivery_id=entity_id(delivery_id), person_id=person)


def page_of(call: Call, query: PageQuery, person_id: str | None = None) -> Page[DeliveryOut]:
    """Answer with a page of deliveries."""
    found = list_deliveries(
        tools=container(),
        principal=call.principal,
        person_id=person_id if person_id is None else entity_id(person_id),
        limit=query.limit,
        after=after(query.cursor),
        at=call.at,
    )
    return Page[DeliveryOut](items=[shown(one) for one in found.items], next_cursor=cursor_of(found.after))


def shown(delivery: Delivery) -> DeliveryOut:
    """Present a delivery to the person."""
    return delivery_out(delivery, Who.PERSON)


def pickup_code_sent(call: Call, wanted: Which) -> DeliveryOut:
    """Send another code of pickup."""
    renewed = renew_pickup_code(
        tools=container(),
        principal=call.principal,
        which=wanted,
        at=call.at,
        request=request_key(call.idempotency_key, "pickup-code", wanted.delivery_id),
    )
    return shown(renewed)


def address_code_sent(call: Call, body: AddressCodeIn, wanted: Which) -> CodeSentOut:
    """Send the code that confirms a new address."""
    sent = request_address_code(
        tools=container(),
        principal=call.principal,
        wanted=NewAddress(which=wanted, address=body.address.model_dump()),
        at=call.at,
        request=request_key(call.idempotency_key, "address-code", wanted.delivery_id, body.model_dump_json()),
    )
    return CodeSentOut(channel=Channel.SMS, sent_at=sent.sent_at, expires_at=sent.expires_at)


def address_changed(call: Call, body: AddressChangeIn, wanted: Which) -> DeliveryOut:
    """Change the address if the code is right."""
    address = NewAddress(which=wanted, address=body.address.model_dump())
    change = AddressChange(wanted=address, code=body.code)
    return shown(change_address(tools=container(), principal=call.principal, change=change, at=call.at))


@blueprint.route("GET", OWN, summary="Доставка моих выписок на бумаге", tag=TAG, roles=CITIZEN)
def deliveries(call: Call, query: PageQuery) -> Page[DeliveryOut]:
    """Сначала новые; «may» говорит, что сейчас можно сделать."""
    return page_of(call, query)


@blueprint.route("GET", f"{ONE}/details", summary="Доставка выписки", tag=TAG, errors=(404,), roles=CITIZEN)
def delivery(call: Call, delivery_id: str) -> DeliveryOut:
    """Состояние, срок, адрес или пункт выдачи, трек-номер и история."""
    return shown(find_delivery(tools=container(), principal=call.principal, which=which(delivery_id), at=call.at))


@blueprint.route(
    "POST", f"{ONE}/cancellation", summary="Отменить доставку", tag=TAG, errors=(403, 404, 409), roles=CITIZEN
)
def cancel(call: Call, delivery_id: str) -> DeliveryOut:
    """Можно, пока отправление не сформировано или выписка не выдана; PDF остаётся в личном кабинете."""
    return shown(cancel_delivery(tools=container(), principal=call.principal, which=which(delivery_id), at=call.at))


@blueprint.route(
    "POST",
    f"{ONE}/pickup-codes",
    status=201,
    summary="Прислать новый код получения",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409, 429),
    roles=CITIZEN,
)
def pickup_code(call: Call, delivery_id: str) -> DeliveryOut:
    """Восемь цифр придут в SMS; прежний код перестаёт действовать."""
    return pickup_code_sent(call, which(delivery_id))


@blueprint.route(
    "POST",
    f"{ONE}/address-codes",
    status=201,
    summary="Прислать код, чтобы изменить адрес доставки",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409, 429),
    roles=CITIZEN,
)
def address_code(call: Call, delivery_id: str, body: AddressCodeIn) -> CodeSentOut:
    """Код действует пять минут и подтверждает именно этот адрес."""
    return address_code_sent(call, body, which(delivery_id))


@blueprint.route(
    "POST",
    f"{ONE}/address-change",
    summary="Изменить адрес доставки",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def address(call: Call, delivery_id: str, body: AddressChangeIn) -> DeliveryOut:
    """Пока отправление не сформировано; адрес передаётся тот же, для которого пришёл код."""
    return address_changed(call, body, which(delivery_id))
