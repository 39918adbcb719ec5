"""Steps by which an extract on paper is ordered and comes, over HTTP, as a person and an operator would take them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import ApplicantCategory
from tests import journeys
from tests.applicants import carried_out

if TYPE_CHECKING:
    import httpx

    from tests.world import World

ADDRESS = {
    "index": "101000",
    "region": "77",
    "city": "Москва",
    "street": "ул. Примерная",
    "house": "1",
    "flat": "10",
}
NEW_ADDRESS = {**ADDRESS, "index": "190000", "region": "78", "city": "Санкт-Петербург", "house": "2", "flat": ""}
BY_POST = {"method": "post", "recipient": "self", **ADDRESS}
AT_OFFICE = {"method": "office", "recipient": "self", "office": "001"}
BY_REPRESENTATIVE = {
    "method": "office",
    "recipient": "representative",
    "recipient_name": "Примеров Алексей Ильич",
}
TRACKING_NUMBER = "10100010000018"
OWN = "/v1/me/deliveries"
OPERATORS = "/v1/operator/deliveries"


def insured(world: World, *, insurer: str = journeys.FIRST_INSURER) -> None:
    """Bring the citizen to an active policy."""
    journeys.submitted(world, insurer=insurer)
    world.settle()
    world.sleep(minutes=2)


def ordered(world: World, wish: dict[str, str], *, insurer: str = journeys.FIRST_INSURER) -> dict[str, Any]:
    """Bring the insured citizen to an ordered extract on paper; returns its delivery."""
    if not journeys.insurance(world)["policies"]:
        insured(world, insurer=insurer)
    done = carried_out(world, ApplicantCategory.CITIZEN_14_PLUS, "paper_extract", sections={"delivery": wish})
    assert (done["state"], done["refusals"]) == ("ready", [])
    world.sleep(minutes=2)
    return delivery(world, done["id"])


def delivery(world: World, delivery_id: str) -> dict[str, Any]:
    """Read a delivery as its person."""
    return dict(world.ok("GET", f"{OWN}/{delivery_id}/details"))


def act(world: World, delivery_id: str, what: str, **body: str) -> httpx.Response:
    """Let the operator do something; the answer may be a refusal."""
    options = {"json": body} if body else {}
    return world.call("POST", f"{OPERATORS}/{delivery_id}/{what}", person="operator", **options)


def done(world: World, delivery_id: str, what: str, *, settled: bool = True, **body: str) -> dict[str, Any]:
    """Let the operator do what must succeed, and its messages come."""
    answer = act(world, delivery_id, what, **body)
    assert answer.status_code == 200, answer.text
    if settled:
        world.settle()
    return dict(answer.json())


def pickup_code(world: World) -> str:
    """Read the last code of pickup from the SMS."""
    codes = (re.findall(r"код получения ([0-9]+)", sms.text) for sms in reversed(world.tools.sms.sent))
    return str(next(found[0] for found in codes if found))


def another(code: str) -> str:
    """A code that is wrong."""
    return str((int(code) + 1) % 10**8).zfill(8)


def told(world: World, person: str = "citizen") -> list[str]:
    """The kinds of the cabinet messages, oldest first."""
    return [message["kind"] for message in reversed(journeys.messages(world, person=person))]


def noted(world: World) -> list[str]:
    """What the journal says of deliveries, oldest first, with who did it."""
    entries = reversed(journeys.actions(world))
    about = ("delivery_", "pickup_")
    return [f"{entry['action']} {entry['by']}" for entry in entries if entry["action"].startswith(about)]
