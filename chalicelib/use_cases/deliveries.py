"""A person's own deliveries: looked at, cancelled, sent elsewhere, opened by a fresh code (requirement F8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.contacts import PostalAddress, check_address
from chalicelib.domain.delivery import open_pickup
from chalicelib.domain.delivery_states import DeliveryEvent, Who, delivery_rule
from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.plain_text import composed
from chalicelib.domain.signing_code import Challenge, CodeNotAccepted, SentCode, check_open, matches, spend_try
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_confirmed
from chalicelib.use_cases.delivery_steps import carry_out, new_pickup
from chalicelib.use_cases.journal import notify
from chalicelib.use_cases.one_time_codes import check_cool_down, daily_limit, keep_code, sent_once
from chalicelib.use_cases.representations import holder_id

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery import Delivery
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

CODES_PER_DAY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which delivery is meant, and whose: ``person_id`` names a represented person, None the principal."""

    delivery_id: str
    person_id: str | None = None


def list_deliveries(
    *, tools: Toolbox, principal: Principal, person_id: str | None, limit: int, after: str | None, at: datetime
) -> Slice[Delivery]:
    """List one's own deliveries or a represented person's, newest first (1 or 2 AWS calls); raises NotFound."""
    whose = holder_id(tools=tools, principal=principal, person_id=person_id, at=at)
    return tools.store.deliveries_of(person_id=whose, limit=limit, after=after)


def find_delivery(*, tools: Toolbox, principal: Principal, which: Which, at: datetime) -> Delivery:
    """Read one delivery (1 AWS call, 2 for a represented person).

    Raises:
        NotFound: there is none, it is another person's, or the right to act has ended.
    """
    whose = holder_id(tools=tools, principal=principal, person_id=which.person_id, at=at)
    found = tools.store.delivery(person_id=whose, delivery_id=which.delivery_id)
    if found is None:
        raise NotFound("Доставка не найдена")
    return found


def cancel_delivery(*, tools: Toolbox, principal: Principal, which: Which, at: datetime) -> Delivery:
    """Cancel a delivery until its parcel is formed or it is handed over; cancelling it again changes nothing.

    Raises:
        NotFound: as for reading it.
        StateConflict: it is too late.
    """
    require_confirmed(principal)
    delivery = find_delivery(tools=tools, principal=principal, which=which, at=at)
    if delivery.has_just(DeliveryEvent.CANCEL):
        return delivery
    actor = actor_of(principal, acts_for=delivery.person_id)
    return carry_out(tools=tools, delivery=delivery, event=DeliveryEvent.CANCEL, who=Who.PERSON, actor=actor, at=at)


def renew_pickup_code(
    *,
    tools: Toolbox,
    principal: Principal,
    which: Which,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Delivery:
    """Send another code of pickup: the one before it is void, its spent tries are forgotten.

    A repeated key sends no other.

    Raises:
        NotFound: as for reading it.
        StateConflict: the paper does not wait in an office.
        RateLimited: a code was sent less than a minute ago, or too many today.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _renew_code(tools, principal, which, request, at),
        recall=lambda _: find_delivery(tools=tools, principal=principal, which=which, at=at),
    )


def _renew_code(
    tools: Toolbox, principal: Principal, which: Which, request: idempotency.RequestKey | None, at: datetime
) -> Delivery:
    delivery = find_delivery(tools=tools, principal=principal, which=which, at=at)
    check_cool_down(open_pickup(delivery), at=at)

    def counted(work: UnitOfWork) -> None:
        work.count(daily_limit(name="pickup-codes", subject=principal.account_id, times=CODES_PER_DAY))
        result = delivery.delivery_id
        idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)

    return carry_out(
        tools=tools,
        delivery=replace(delivery, pickup=new_pickup(tools, at=at)),
        event=DeliveryEvent.RENEW_CODE,
        who=Who.PERSON,
        actor=actor_of(principal, acts_for=delivery.person_id),
        at=at,
        also=counted,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """Where a delivery is to go instead."""

    which: Which
    address: Mapping[str, str]


def request_address_code(
    *,
    tools: Toolbox,
    principal: Principal,
    wanted: NewAddress,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> SentCode:
    """Send a code that confirms one new address of a delivery; nothing is changed yet. A repeated key sends no other.

    Raises:
        NotFound: as for reading it.
        ValidationFailed: with every mistake in the address.
        StateConflict: the parcel is formed, or the paper goes to an office.
        RateLimited: a code was sent less than a minute ago, or too many today.
    """
    require_confirmed(principal)
    return sent_once(
        tools=tools,
        principal=principal,
        request=request,
        send=lambda: _send_address_code(tools, principal, wanted, request, at),
    )


def _send_address_code(
    tools: Toolbox, principal: Principal, wanted: NewAddress, request: idempotency.RequestKey | None, at: datetime
) -> SentCode:
    address = _checked(wanted.address)
    delivery = find_delivery(tools=tools, principal=principal, which=wanted.which, at=at)
    _check_changeable(delivery)
    key = _challenge_id(delivery)
    earlier = tools.store.challenge(challenge_id=key)
    check_cool_down(earlier, at=at)
    digest = _address_digest(tools, delivery, address, at)
    challenge = Challenge(challenge_id=key, subject_digest=digest, sent_at=at)
    work = tools.store.work(at=at)
    work.count(daily_limit(name="address-codes", subject=principal.account_id, times=CODES_PER_DAY))
    keep_code(work=work, earlier=earlier, challenge=challenge)
    notify(
        work=work,
        tools=tools,
        kind="one_time_code",
        person_id=principal.account_id,
        at=at,
        context={"challenge_id": _derived_from(challenge)},
    )
    idempotency.remember(work=work, request=request, principal=principal, result=at.isoformat(), tools=tools, at=at)
    work.commit()
    return SentCode(sent_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange:
    """The new address of a delivery, and the code that was sent for this very address."""

    wanted: NewAddress
    code: str


def change_address(*, tools: Toolbox, principal: Principal, change: AddressChange, at: datetime) -> Delivery:
    """Let the parcel go to another address, once the code is right; the same change again changes nothing.

    Raises:
        NotFound: as for reading it.
        ValidationFailed: with every mistake in the address.
        StateConflict: the parcel is formed, or the paper goes to an office.
        CodeNotAccepted: wrong, expired, spent, sent for another address, or none was sent.
    """
    require_confirmed(principal)
    address = _checked(change.wanted.address)
    delivery = find_delivery(tools=tools, principal=principal, which=change.wanted.which, at=at)
    if delivery.has_just(DeliveryEvent.CHANGE_ADDRESS) and delivery.address == address:
        return delivery
    _check_changeable(delivery)
    try:
        challenge = _accept_code(tools, delivery, address, change.code, at)
    except CodeNotAccepted as refusal:
        return _changed_by_a_copy(tools, principal, change.wanted.which, address, at, refusal)
    actor = actor_of(principal, acts_for=delivery.person_id)
    return carry_out(
        tools=tools,
        delivery=replace(delivery, address=address),
        event=DeliveryEvent.CHANGE_ADDRESS,
        who=Who.PERSON,
        actor=actor,
        at=at,
        also=lambda work: work.remove(challenge),
    )


def _changed_by_a_copy(
    tools: Toolbox,
    principal: Principal,
    which: Which,
    address: Mapping[str, str],
    at: datetime,
    refusal: CodeNotAccepted,
) -> Delivery:
    """The delivery, if a copy of this request has spent the code meanwhile; raises the refusal otherwise."""
    found = find_delivery(tools=tools, principal=principal, which=which, at=at)
    if not (found.has_just(DeliveryEvent.CHANGE_ADDRESS) and found.address == address):
        raise refusal
    return found


def _check_changeable(delivery: Delivery) -> None:
    delivery_rule(state=delivery.state, method=delivery.method, event=DeliveryEvent.CHANGE_ADDRESS, who=Who.PERSON)


def _checked(address: Mapping[str, str]) -> dict[str, str]:
    tidied = {part: composed(text) for part, text in address.items()}
    errors = check_address(address=PostalAddress(**tidied), prefix="address")
    if errors:
        raise ValidationFailed(errors)
    return tidied


def _challenge_id(delivery: Delivery) -> str:
    return f"delivery:{delivery.delivery_id}"


def _address_digest(tools: Toolbox, delivery: Delivery, address: Mapping[str, str], sent_at: datetime) -> str:
    """What the code stands for: this delivery, this address, this moment; under the secret, so that it tells none."""
    text = json.dumps([delivery.delivery_id, dict(address), sent_at.isoformat()], sort_keys=True, ensure_ascii=False)
    return tools.secrets.lookup_hash(kind="delivery-address", value=text)


def _derived_from(challenge: Challenge) -> str:
    return f"{challenge.challenge_id}|{challenge.subject_digest}"


def _accept_code(tools: Toolbox, delivery: Delivery, address: Mapping[str, str], code: str, at: datetime) -> Challenge:
    stored = tools.store.challenge(challenge_id=_challenge_id(delivery))
    digest = _address_digest(tools, delivery, address, stored.sent_at if stored else at)
    if stored is not None and stored.subject_digest != digest:
        detail = "Код отправлен для другого адреса: запросите новый код"
        raise CodeNotAccepted("content_changed", detail)
    challenge = check_open(challenge=stored, subject_digest=digest, at=at)
    derived = replace(challenge, challenge_id=_derived_from(challenge))
    if matches(secret=tools.secrets.signing_secret, challenge=derived, code=code):
        return challenge
    spent = spend_try(challenge=challenge)
    work = tools.store.work(at=at)
    work.update(spent)
    work.commit()
    raise CodeNotAccepted("wrong_code", "Неверный код", tries_left=spent.tries_left)
