"""What the insurer's operator does with deliveries of the own insurer; every view and act is journaled (F8, O1, O2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.delivery import open_pickup, powers_mistakes, stored_from
from chalicelib.domain.delivery_states import DeliveryEvent, Who
from chalicelib.domain.errors import FieldError, InvalidValue, NotPermitted, StateConflict, ValidationFailed
from chalicelib.domain.numbers import parse_application_number
from chalicelib.domain.pickup_code import check_tries, pickup_matches, spend_pickup_try
from chalicelib.domain.principal import Role
from chalicelib.domain.records import DocumentType
from chalicelib.domain.signing_code import CodeNotAccepted
from chalicelib.domain.tracking_number import parse_tracking_number
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.delivery_steps import carry_out, entry_details, keep, new_pickup
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.ordered_documents import document_link
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.delivery import Delivery
    from chalicelib.domain.delivery_states import DeliveryState
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox


def insurers_deliveries(
    *, tools: Toolbox, principal: Principal, state: DeliveryState, limit: int, after: str | None
) -> Slice[Delivery]:
    """List the deliveries of the operator's insurer in one state, what is due first first (1 AWS call).

    What is shown of them must hold nothing personal: a list leaves no entries in the journals of all in it.

    Raises:
        NotPermitted: the principal is no insurer's operator.
    """
    return tools.store.deliveries_in(insurer_code=_insurer_of(principal), state=state, limit=limit, after=after)


def _insurer_of(principal: Principal) -> str:
    require_role(principal, Role.INSURER_OPERATOR)
    if principal.insurer is None:
        raise NotPermitted("В учётной записи не указана страховая организация")
    return principal.insurer


def view_delivery(*, tools: Toolbox, principal: Principal, delivery_id: str, at: datetime) -> Delivery:
    """Show a delivery with its recipient and address; the view is journaled (4 AWS calls)."""
    delivery = _handled(tools, principal, delivery_id)
    _note_view(tools, principal, delivery, "delivery_viewed", at)
    return delivery


def search_delivery(*, tools: Toolbox, principal: Principal, number: str, at: datetime) -> Delivery:
    """Find a delivery by the application's number, as people tell it at the desk (4 AWS calls).

    Raises:
        ValidationFailed: the number is mistyped.
        NotFound: there is no such delivery of the operator's insurer.
    """
    insurer = _insurer_of(principal)
    try:
        value = parse_application_number(text=number)
    except InvalidValue as refusal:
        raise ValidationFailed([FieldError(field="number", code=refusal.reason, message=refusal.detail)]) from None
    value_hash = tools.secrets.lookup_hash(kind="application", value=value)
    pointer = next(iter(tools.store.pointers(kind="application", value_hash=value_hash)), None)
    if pointer is None:
        raise _unknown()
    delivery = tools.store.delivery(person_id=pointer.person_id, delivery_id=pointer.target)
    delivery = _in_scope(delivery, principal, insurer)
    _note_view(tools, principal, delivery, "delivery_viewed", at)
    return delivery


def paper_link(*, tools: Toolbox, principal: Principal, delivery_id: str, at: datetime) -> str:
    """Make a short-lived link to the extract that is to be printed; opening it is journaled (4 AWS calls).

    If the policy was replaced meanwhile, it is the newest extract of the present one.

    Raises:
        NotFound: not of the operator's insurer, or the file is not made yet.
        StateConflict: the delivery is over, or the policy does not stand now.
    """
    delivery = _handled(tools, principal, delivery_id)
    if not delivery.is_live:
        raise StateConflict("Доставка завершена: печатать выписку больше не нужно")
    file = _note_view(tools, principal, delivery, "delivery_document_opened", at)
    return document_link(tools=tools, file=file, document_id=_paper_of(delivery, file))


def _paper_of(delivery: Delivery, file: PersonFile) -> str:
    policy = file.active_policy
    if policy is None:
        raise StateConflict("Полис сейчас не действует: выписку по нему не печатают")
    extracts = {
        document.document_id
        for document in file.documents
        if document.document_type is DocumentType.EXTRACT
        and document.subject_id == policy.policy_id
        and not document.superseded
    }
    return delivery.document_id if delivery.document_id in extracts else max(extracts, default="")


def prepare_delivery(*, tools: Toolbox, principal: Principal, delivery_id: str, at: datetime) -> Delivery:
    """The paper waits in the office from now on, and the person gets the code; repeating it changes nothing.

    Raises:
        NotFound: it is not of the operator's insurer.
        StateConflict: it goes by post, or is not ordered any more.
    """

    def stored(delivery: Delivery) -> Delivery:
        return stored_from(delivery, at=at, pickup=new_pickup(tools, at=at))

    return _act(tools, principal, delivery_id, DeliveryEvent.PREPARE, at, change=stored)


def form_parcel(*, tools: Toolbox, principal: Principal, delivery_id: str, at: datetime) -> Delivery:
    """Form the parcel: its address stands, it is not cancelled any more; repeating it changes nothing."""
    return _act(tools, principal, delivery_id, DeliveryEvent.FORM_PARCEL, at)


def note_outcome(
    *, tools: Toolbox, principal: Principal, delivery_id: str, event: DeliveryEvent, at: datetime
) -> Delivery:
    """Note that a parcel was delivered, not claimed or came back; repeating it changes nothing."""
    return _act(tools, principal, delivery_id, event, at)


def send_parcel(
    *, tools: Toolbox, principal: Principal, delivery_id: str, tracking_number: str, at: datetime
) -> Delivery:
    """Note that the post took a parcel, and under which number; the same number again changes nothing.

    Raises:
        NotFound: it is not of the operator's insurer.
        ValidationFailed: the tracking number is mistyped or none.
        StateConflict: its parcel is not formed, or was sent under another number.
    """
    require_role(principal, Role.INSURER_OPERATOR)
    try:
        number = parse_tracking_number(text=tracking_number)
    except InvalidValue as refusal:
        error = FieldError(field="tracking_number", code=refusal.reason, message=refusal.detail)
        raise ValidationFailed([error]) from None

    def numbered(delivery: Delivery) -> Delivery:
        return replace(delivery, tracking_number=number)

    return _act(tools, principal, delivery_id, DeliveryEvent.SEND, at, change=numbered)


def _act(
    tools: Toolbox,
    principal: Principal,
    delivery_id: str,
    event: DeliveryEvent,
    at: datetime,
    *,
    change: Callable[[Delivery], Delivery] | None = None,
) -> Delivery:
    delivery = _handled(tools, principal, delivery_id)
    changed = change(delivery) if change else delivery
    if delivery.has_just(event) and changed.tracking_number == delivery.tracking_number:
        return delivery
    return carry_out(tools=tools, delivery=changed, event=event, who=Who.OPERATOR, actor=actor_of(principal), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOver:
    """What the recipient shows at the desk: the code, and a representative also a power of attorney."""

    delivery_id: str
    code: str
    powers_number: str = ""


def hand_over(*, tools: Toolbox, principal: Principal, handing: HandingOver, at: datetime) -> Delivery:
    """Hand the paper over to whoever names the code; a wrong code is counted before it is answered.

    Raises:
        NotFound: it is not of the operator's insurer, whatever the code.
        StateConflict: it does not wait in an office.
        ValidationFailed: the power of attorney is missing, or not asked for.
        CodeNotAccepted: the code is wrong (with the tries left), or the tries are spent.
    """
    delivery = _handled(tools, principal, handing.delivery_id)
    pickup = open_pickup(delivery)
    mistakes = powers_mistakes(delivery, powers_number=handing.powers_number)
    if mistakes:
        raise ValidationFailed(mistakes)
    check_tries(pickup=pickup)
    if not pickup_matches(secret=tools.secrets.signing_secret, pickup=pickup, code=handing.code):
        raise _wrong_code(tools, principal, delivery, at)
    return carry_out(
        tools=tools,
        delivery=replace(delivery, powers_number=handing.powers_number.strip()),
        event=DeliveryEvent.HAND_OVER,
        who=Who.OPERATOR,
        actor=actor_of(principal),
        at=at,
    )


def _wrong_code(tools: Toolbox, principal: Principal, delivery: Delivery, at: datetime) -> CodeNotAccepted:
    """Count the try and journal it, then say how many are left."""
    spent = spend_pickup_try(pickup=open_pickup(delivery))
    work = tools.store.work(at=at)
    tried = record(
        replace(delivery, pickup=spent),
        work=work,
        tools=tools,
        name="pickup_code_wrong",
        at=at,
        actor=actor_of(principal),
        details=entry_details(delivery),
    )
    keep(work=work, delivery=tried)
    left = spent.tries_left
    rest = f"Осталось попыток: {left}" if left else "Попыток не осталось: пусть получатель запросит новый код"
    return CodeNotAccepted("wrong_code", f"Неверный код. {rest}", tries_left=left)


def _handled(tools: Toolbox, principal: Principal, delivery_id: str) -> Delivery:
    """Find a delivery of the operator's insurer (2 AWS calls)."""
    insurer = _insurer_of(principal)
    try:
        person_id = tools.store.application_file(application_id=delivery_id).application.person_id
    except NotFound:
        raise _unknown() from None
    return _in_scope(tools.store.delivery(person_id=person_id, delivery_id=delivery_id), principal, insurer)


def _in_scope(delivery: Delivery | None, principal: Principal, insurer: str) -> Delivery:
    if delivery is None or delivery.insurer_code != insurer:
        raise _unknown()
    if delivery.account_id == principal.account_id:
        raise NotPermitted("Собственную доставку ведёт другой сотрудник")
    return delivery


def _unknown() -> NotFound:
    return NotFound("Доставка не найдена")


def _note_view(tools: Toolbox, principal: Principal, delivery: Delivery, name: str, at: datetime) -> PersonFile:
    details = entry_details(delivery)
    return note_view(tools=tools, principal=principal, person_id=delivery.person_id, name=name, details=details, at=at)
