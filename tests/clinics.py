"""Steps by which people are attached to clinics, over HTTP, as a person and a registrar would take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.clinics_sample import clinics_rows
from tests import journeys

if TYPE_CHECKING:
    import httpx

    from tests.world import World

HOME = {"index": "101000", "region": "77", "city": "Москва", "street": "ул. Примерная", "house": "1", "flat": "10"}
NEW_HOME = {**HOME, "index": "115035", "street": "ул. Образцовая", "house": "2"}
OWN = "/v1/me/attachments"
DESK = "/v1/clinic/attachments"
FIRST, SECOND, CHILDREN = "770001", "770002", "770003"
THERAPIST, NARROW, PAEDIATRICIAN, OTHER_THERAPIST = "d001", "d002", "d003", "d006"
"""``NARROW`` takes two people only."""

REGISTRARS = {FIRST: "registrar", SECOND: "second_registrar"}


OWN_APPOINTMENTS, QUEUE = "/v1/me/appointments", "/v1/clinic/appointments"
APPOINTMENT = {"clinic": FIRST, "doctor": THERAPIST, "wished_from": "2026-03-18", "wished_until": "2026-03-25"}


def appointed(world: World, *, path: str = OWN_APPOINTMENTS, **changed: Any) -> dict[str, Any]:
    """Ask for an appointment, which must succeed; the documents are made before."""
    world.drain()
    made = dict(world.ok("POST", path, json={**APPOINTMENT, **changed}))
    world.settle()
    return made


def answered(world: World, found: dict[str, Any], *, person: str = "registrar", **body: Any) -> httpx.Response:
    """Let the clinic answer; it may be a refusal."""
    path = f"{QUEUE}/{found['person_id']}/{found['id']}/answer"
    return world.call("POST", path, person=person, json=body)


def registry(world: World) -> dict[str, Any]:
    """Load the demonstration registry as the fund does; returns the report."""
    return dict(world.ok("POST", "/v1/fund/clinic-imports", person="administrator", json=clinics_rows()))


def insured(world: World, *, person: str = "citizen") -> None:
    """Bring a person to an active policy, and the registry into place."""
    registry(world)
    journeys.insured(world, person=person)
    world.sleep(minutes=2)


def wish(clinic: str = FIRST, doctor: str = THERAPIST, **changed: Any) -> dict[str, Any]:
    """What a person chooses."""
    return {"clinic": clinic, "doctor": doctor, "reason": "by_wish", "address": HOME, **changed}


def ask(world: World, body: dict[str, Any], *, person: str = "citizen", path: str = OWN, **options: Any) -> Any:
    """Ask for attachment; the answer may be a refusal."""
    return world.call("POST", path, person=person, json=body, **options)


def asked(world: World, body: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Ask for attachment, which must succeed."""
    answer = ask(world, body or wish(), **options)
    assert answer.status_code == 201, answer.text
    world.settle()
    return dict(answer.json())


def decide(world: World, found: dict[str, Any], refusal: str = "", *, person: str | None = None) -> httpx.Response:
    """Let the registrar of the clinic decide; the answer may be a refusal."""
    registrar = person or REGISTRARS[found["clinic_code"]]
    path = f"{DESK}/{found['person_id']}/{found['id']}/decision"
    return world.call("POST", path, person=registrar, json={"refusal": refusal})


def attached(world: World, body: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """Bring a person to an attachment."""
    answer = decide(world, asked(world, body, **options))
    assert answer.status_code == 200, answer.text
    world.settle()
    return dict(answer.json())


def mine(world: World, *, person: str = "citizen") -> list[dict[str, Any]]:
    """The attachments of a person, newest first."""
    return list(world.ok("GET", OWN, person=person)["items"])


def places(world: World, doctor: str, clinic: str = FIRST) -> int:
    """How many places a doctor has left, as everybody sees it."""
    doctors = world.ok("GET", f"/v1/clinics/{clinic}", person=None)["doctors"]
    return int(next(found["places_left"] for found in doctors if found["id"] == doctor))
