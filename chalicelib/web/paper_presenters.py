"""Extracts on paper as pages show them (requirement F8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.delivery_states import (
    DELIVERY_STATE_TITLES,
    DeliveryEvent,
    DeliveryMethod,
    DeliveryState,
    Who,
)
from chalicelib.domain.form_sections import RECIPIENTS
from chalicelib.http.schemas.deliveries import delivery_out
from chalicelib.web.rendering import day, moment

if TYPE_CHECKING:
    from chalicelib.domain.delivery import Delivery
    from chalicelib.http.schemas.deliveries import DeliveryOut

_S = DeliveryState
TONES = {
    _S.READY: "wait",
    _S.HANDED_OVER: "good",
    _S.DELIVERED: "good",
    _S.UNCLAIMED: "bad",
    _S.NOT_CLAIMED: "bad",
    _S.RETURNED: "bad",
    _S.CANCELLED: "quiet",
}
_WAYS = {
    DeliveryMethod.OFFICE: (_S.ORDERED, _S.READY, _S.HANDED_OVER),
    DeliveryMethod.POST: (_S.ORDERED, _S.PARCEL_FORMED, _S.SENT, _S.DELIVERED),
}
"""How a paper comes when nothing goes wrong."""

_SAID = {DeliveryEvent.RENEW_CODE: "Отправлен новый код получения", DeliveryEvent.CHANGE_ADDRESS: "Изменён адрес"}
"""What an event is called that leaves the state as it was."""

POST_OFFICE = "https://www.pochta.ru/tracking?barcode="


def in_list(found: Delivery) -> dict[str, Any]:
    """One row of a list."""
    shown = delivery_out(found, Who.PERSON)
    return {
        "title": f"Выписка: {shown.method_title[:1].lower()}{shown.method_title[1:]}",
        "number": shown.application_number,
        "state": shown.state_title,
        "tone": TONES.get(found.state, ""),
        "ordered": day(found.local_day(found.ordered_at)),
        "tracking": shown.tracking_number,
        "expected": "" if not found.is_live else _expected(found),
    }


def page_of(found: Delivery) -> dict[str, Any]:
    """Everything that the page of one shows."""
    shown = delivery_out(found, Who.PERSON)
    return {
        "item": shown,
        "tone": TONES.get(found.state, ""),
        "office": _office(found),
        "facts": _facts(found, shown),
        "moments": _moments(found, shown),
        "may": {event.value for event in shown.may},
        "track": f"{POST_OFFICE}{shown.tracking_number}" if shown.tracking_number else "",
    }


def _facts(found: Delivery, shown: DeliveryOut) -> list[tuple[str, str]]:
    return [
        ("Номер заявления", shown.application_number),
        ("Способ", shown.method_title),
        ("Пункт выдачи", _office(found)),
        ("Адрес", shown.address_line),
        ("Получает", RECIPIENTS[found.recipient]),
        ("Имя получателя", shown.recipient_name),
        ("Ожидается", _expected(found) if found.is_live else ""),
        ("Хранится по", day(shown.kept_until) if found.is_live else ""),
        ("Страховая организация", container().store.insurer_name(code=found.insurer_code)),
    ]


def _expected(found: Delivery) -> str:
    if found.method is DeliveryMethod.OFFICE:
        return f"не позднее {day(found.due_on)}"
    return f"с {day(found.expected_on)} по {day(found.due_on)}"


def _office(found: Delivery) -> str:
    """The address of the office, where the insurer keeps its offices here; else its code."""
    if not found.office:
        return ""
    points = container().store.insurer_offices(insurer_code=found.insurer_code).points
    return next((point.address for point in points if point.code == found.office), f"код {found.office}")


def _moments(found: Delivery, shown: DeliveryOut) -> list[dict[str, str]]:
    """What happened, oldest first, and what is still to come if nothing goes wrong."""
    done = [
        {
            "title": _SAID.get(step.event, step.state_title) if step.event else step.state_title,
            "at": moment(step.at),
            "text": "",
            "tone": TONES.get(step.state, "") if step.state is not _S.READY else "",
        }
        for step in shown.history
    ]
    way = _WAYS[found.method]
    later = way[way.index(found.state) + 1 :] if found.state in way else ()
    awaited = _S.READY if found.method is DeliveryMethod.OFFICE else _S.DELIVERED
    for state in later:
        at = _expected(found) if state is awaited else ""
        done.append({"title": DELIVERY_STATE_TITLES[state], "at": at, "text": "", "tone": "to-come"})
    return done
