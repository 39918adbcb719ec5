"""What a person and an operator do with an extract on paper, as clients that ask again when no answer came."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infra.local.persons import PERSONS
from tests.faults.rig import REFUSALS, SERVER_ERRORS, Crashed
from tests.papers import AT_OFFICE, BY_POST, NEW_ADDRESS, TRACKING_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

__all__ = ["AT_OFFICE", "BY_POST"]

OWN = "/v1/me/deliveries/{delivery_id}"
OPERATORS = "/v1/operator/deliveries/{delivery_id}"


def _act(path: str, *, operator: bool = False, done: int | None = None, **body: Any) -> Callable[[Rig, str], None]:
    """Send a request; ``done`` is the status by which the one that comes second learns that all is done."""

    def act(rig: Rig, delivery_id: str) -> None:
        claims = rig.claims
        if operator:
            rig.claims = next(person for person in PERSONS if person.key == "operator").claims()
        try:
            answer = rig.answer("POST", path, body or None, delivery_id=delivery_id)
        finally:
            rig.claims = claims
        if answer["statusCode"] >= SERVER_ERRORS:
            raise Crashed(answer["body"])
        assert answer["statusCode"] < REFUSALS or answer["statusCode"] == done, answer["body"]

    return act


CANCEL = _act(f"{OWN}/cancellation")
RENEW_CODE = _act(f"{OWN}/pickup-codes", done=429)
ASK_FOR_ADDRESS = _act(f"{OWN}/address-codes", done=429, address=NEW_ADDRESS)
PREPARE = _act(f"{OPERATORS}/readiness", operator=True)
FORM = _act(f"{OPERATORS}/parcel", operator=True)
SEND = _act(f"{OPERATORS}/dispatch", operator=True, tracking_number=TRACKING_NUMBER)
DELIVER = _act(f"{OPERATORS}/outcome", operator=True, outcome="delivered")


def newest(rig: Rig) -> str:
    """The id of the delivery that was ordered last."""
    return str(max(row["SK"] for row in rig.items("Delivery")).removeprefix("PAPER#"))


def asked_for_address(rig: Rig, delivery_id: str) -> None:
    """Ask for the code of a new address and let it come."""
    ASK_FOR_ADDRESS(rig, delivery_id)
    rig.step("notifications")


def change_address(rig: Rig, delivery_id: str) -> None:
    """Send the code that came."""
    code = re.findall(r"код подписи ([0-9]{6})", rig.sms.sent[-1].text)[0]
    _act(f"{OWN}/address-change", address=NEW_ADDRESS, code=code)(rig, delivery_id)


def hand_over(rig: Rig, delivery_id: str) -> None:
    """Name the code that came; what is handed over already is not handed over again."""
    codes = [re.findall(r"код получения ([0-9]{8})", sms.text) for sms in rig.sms.sent]
    code = next(found[0] for found in reversed(codes) if found)
    _act(f"{OPERATORS}/handover", operator=True, done=409, code=code)(rig, delivery_id)
