"""The insurer's desk of extracts on paper: printed, handed over by a code, sent, returned (requirements F8, O1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.bootstrap import container
from chalicelib.domain.delivery_states import DELIVERY_STATE_TITLES, DeliveryEvent, DeliveryState, Who
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.signing_code import CodeNotAccepted
from chalicelib.http.applications import cursor_of, entity_id
from chalicelib.http.operator_deliveries import place_in_list
from chalicelib.http.schemas.deliveries import delivery_out, row_out
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import handle_deliveries
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import moment
from chalicelib.web.typed_words import beside, line_of, listed
from chalicelib.web.words import ACTORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.delivery import Delivery
    from chalicelib.http.schemas.deliveries import DeliveryOut
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

DESK = "/operator/deliveries"
ONE = f"{DESK}/{{delivery_id}}"
ROWS = 25
CODE_LENGTH = 8
_TITLES = {
    "number": "Номер заявления",
    "code": "Код получения",
    "powers_number": "Номер доверенности",
    "tracking_number": "Трек-номер",
}
TONES = {
    DeliveryState.ORDERED: "wait",
    DeliveryState.PARCEL_FORMED: "wait",
    DeliveryState.HANDED_OVER: "good",
    DeliveryState.DELIVERED: "good",
    DeliveryState.UNCLAIMED: "bad",
    DeliveryState.NOT_CLAIMED: "bad",
    DeliveryState.RETURNED: "quiet",
    DeliveryState.CANCELLED: "quiet",
}
_OUTCOMES = {
    "delivered": (DeliveryEvent.DELIVER, "Доставлена"),
    "not_claimed": (DeliveryEvent.MISS, "Не получена на почте"),
    "returned": (DeliveryEvent.RETURN, "Вернулась"),
}


@blueprint.page("GET", DESK)
def desk(visit: Visit) -> Answer:
    """The deliveries of one's insurer in a state, by default what is to be printed; first due first."""
    return _desk(visit)


def _desk(visit: Visit, errors: tuple[FieldError, ...] = ()) -> Page:
    text = visit.query.get("state", "")
    state = DeliveryState(text) if text in set(DeliveryState) else DeliveryState.ORDERED
    found = handle_deliveries.insurers_deliveries(
        tools=container(),
        principal=visit.principal,
        state=state,
        limit=ROWS,
        after=place_in_list(visit.query.get("after")),
    )
    cursor = cursor_of(found.after)
    context = {
        "section": "papers",
        "rows": [_row(one) for one in found.items],
        "state": state.value,
        "states": [{"code": code.value, "title": title} for code, title in DELIVERY_STATE_TITLES.items()],
        "following": f"{DESK}?{urlencode({'state': state.value, 'after': cursor})}" if cursor else "",
        "number": visit.form.get("number", ""),
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
    }
    return Page(template="pages/operator_deliveries.html", context=context, status=UNPROCESSABLE if errors else 200)


def _row(delivery: Delivery) -> dict[str, Any]:
    row = row_out(delivery, Who.OPERATOR)
    return {"row": row, "address": f"{DESK}/{row.id}", "tone": TONES.get(delivery.state, "")}


@blueprint.page("POST", DESK)
def search(visit: Visit) -> Answer:
    """Find a delivery by the number that people name at the desk; the look is noted for the person."""
    try:
        found = handle_deliveries.search_delivery(
            tools=container(),
            principal=visit.principal,
            number=line_of(visit, "number", longest=40),
            at=visit.at,
        )
    except ValidationFailed as refusal:
        return _desk(visit, refusal.errors)
    except NotFound as refusal:
        return _desk(visit, (FieldError(field="number", code="not_found", message=refusal.detail),))
    return _page(visit, found)


@blueprint.page("GET", ONE)
def one(visit: Visit, delivery_id: str) -> Answer:
    """One delivery with its recipient and address, and what may be done now."""
    return _page(visit, _viewed(visit, delivery_id))


def _viewed(visit: Visit, delivery_id: str) -> Delivery:
    return handle_deliveries.view_delivery(
        tools=container(), principal=visit.principal, delivery_id=entity_id(delivery_id), at=visit.at
    )


def _page(visit: Visit, found: Delivery, errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    told = delivery_out(found, Who.OPERATOR)
    context = {
        "section": "papers",
        "address": f"{DESK}/{told.id}",
        "delivery": told,
        "tone": TONES.get(found.state, ""),
        "is_live": found.is_live,
        "outcomes": [(name, title) for name, (event, title) in _OUTCOMES.items() if event in told.may],
        "moments": _moments(told),
        "typed": visit.form,
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
        "refusal": refusal,
    }
    status = UNPROCESSABLE if errors or refusal else 200
    return Page(template="pages/operator_delivery.html", context=context, status=status)


def _moments(told: DeliveryOut) -> list[dict[str, str]]:
    by = {**ACTORS, "person": "Заявитель"}
    return [
        {"title": step.state_title, "at": moment(step.at), "text": by.get(step.by, step.by), "tone": ""}
        for step in told.history
    ]


@blueprint.page("GET", f"{ONE}/paper")
def paper(visit: Visit, delivery_id: str) -> Answer:
    """The extract to print, by a link that works for five minutes."""
    return Redirect(
        to=handle_deliveries.paper_link(
            tools=container(), principal=visit.principal, delivery_id=entity_id(delivery_id), at=visit.at
        )
    )


@blueprint.page("POST", f"{ONE}/readiness")
def prepare(visit: Visit, delivery_id: str) -> Answer:
    """It is printed and waits in the office; the person gets the code."""

    def act() -> str:
        handle_deliveries.prepare_delivery(
            tools=container(), principal=visit.principal, delivery_id=entity_id(delivery_id), at=visit.at
        )
        return "paper-ready"

    return _tried(visit, delivery_id, act)


@blueprint.page("POST", f"{ONE}/handover")
def hand_over(visit: Visit, delivery_id: str) -> Answer:
    """Hand it over to whoever names the code; a wrong one is counted."""

    def act() -> str:
        code = "".join(visit.form.get("code", "").split())
        if not (code.isascii() and code.isdigit() and len(code) == CODE_LENGTH):
            message = "Введите код получения: восемь цифр из СМС"
            raise ValidationFailed([FieldError(field="code", code="wrong_format", message=message)])
        handing = handle_deliveries.HandingOver(
            delivery_id=entity_id(delivery_id), code=code, powers_number=line_of(visit, "powers_number", longest=50)
        )
        try:
            handle_deliveries.hand_over(tools=container(), principal=visit.principal, handing=handing, at=visit.at)
        except CodeNotAccepted as refusal:
            raise ValidationFailed([FieldError(field="code", code=refusal.reason, message=refusal.detail)]) from None
        return "handed-to"

    return _tried(visit, delivery_id, act)


@blueprint.page("POST", f"{ONE}/parcel")
def form_parcel(visit: Visit, delivery_id: str) -> Answer:
    """The parcel is formed: its address stands."""

    def act() -> str:
        handle_deliveries.form_parcel(
            tools=container(), principal=visit.principal, delivery_id=entity_id(delivery_id), at=visit.at
        )
        return "parcel-formed"

    return _tried(visit, delivery_id, act)


@blueprint.page("POST", f"{ONE}/dispatch")
def dispatch(visit: Visit, delivery_id: str) -> Answer:
    """The post took it under a number, which the person is told."""

    def act() -> str:
        handle_deliveries.send_parcel(
            tools=container(),
            principal=visit.principal,
            delivery_id=entity_id(delivery_id),
            tracking_number=line_of(visit, "tracking_number", longest=40),
            at=visit.at,
        )
        return "parcel-sent"

    return _tried(visit, delivery_id, act)


@blueprint.page("POST", f"{ONE}/outcome")
def note(visit: Visit, delivery_id: str) -> Answer:
    """What became of it."""
    outcome = visit.form.get("outcome", "")
    if outcome not in _OUTCOMES:
        return Redirect(to=f"{DESK}/{delivery_id}")

    def act() -> str:
        handle_deliveries.note_outcome(
            tools=container(),
            principal=visit.principal,
            delivery_id=entity_id(delivery_id),
            event=_OUTCOMES[outcome][0],
            at=visit.at,
        )
        return "saved"

    return _tried(visit, delivery_id, act)


def _tried(visit: Visit, delivery_id: str, act: Callable[[], str]) -> Answer:
    return attempted(
        lambda: f"{DESK}/{delivery_id}?done={act()}",
        lambda errors, refusal: _page(visit, _viewed(visit, delivery_id), errors, refusal),
    )
