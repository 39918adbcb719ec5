"""AWS calls of certificates of insurance: a person's own, and those that employers ask for about their staff."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests import employers, journeys
from tests.corrections import person_id

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

OWN = "/v1/me/insurance-certificates"
PERSON = "insured"


def count_certificates(world: World, counter: Counter) -> None:
    """A person asks for a certificate, and an employer about the person."""
    world.settle()
    with counter.measuring("ask for a certificate of insurance", limit=3):
        asked = world.ok("POST", OWN, json={"year": 2026}, person=PERSON)
    about = {"person_id": person_id(world, PERSON)}
    with counter.measuring("decide on a certificate of insurance", limit=5):
        _documents(world, {**about, "certificate_id": asked["id"]})
    with counter.measuring("my certificates of insurance", limit=2):
        world.ok("GET", OWN, person=PERSON)
    made = world.ok("GET", f"{OWN}/{asked['id']}/details", person=PERSON)
    with counter.measuring("draw a certificate of insurance", limit=9):
        _documents(world, {**about, "document_id": made["document_id"]})
    with counter.measuring("link to a certificate of insurance", limit=2):
        world.ok("GET", f"{OWN}/{asked['id']}/link", person=PERSON)
    world.settle()
    _employer(world, counter)


def _documents(world: World, body: dict[str, Any]) -> None:
    world.invoke("documents", json.dumps({"id": "bench", "at": world.tools.at.isoformat(), "body": body}))


def _employer(world: World, counter: Counter) -> None:
    with counter.measuring("register an employer", limit=3):
        employer_id = str(world.ok("POST", employers.EMPLOYERS, json=employers.DETAILS, person=PERSON)["id"])
    world.settle()
    with counter.measuring("my employers", limit=1):
        world.ok("GET", employers.EMPLOYERS, person=PERSON)
    with counter.measuring("make a request about staff", limit=2):
        path = employers.request(world, employer_id, person=PERSON)
    with counter.measuring("permit the upload of a list", limit=4):
        ordered = world.ok("POST", f"{path}/lists", json={"media_type": employers.CSV}, person=PERSON)
    row = employers.staff_row(world, PERSON, journeys.insurance(world, person=PERSON)["policies"][-1]["policy_number"])
    event = world.arrived(ordered["upload"]["fields"]["key"], employers.csv(row))
    with counter.measuring("read a list of one row", limit=7):
        world.invoke("employer_lists", event)
    world.settle()
    with counter.measuring("progress of a request about staff", limit=2):
        world.ok("GET", f"{path}/details", person=PERSON)
    with counter.measuring("take a file of a request about staff", limit=3):
        world.ok("GET", f"{path}/files/json/link", person=PERSON)
    (consent,) = world.ok("GET", employers.CONSENTS, person=PERSON)["items"]
    decision = f"{employers.CONSENTS}/{consent['organisation_id']}/decision"
    with counter.measuring("let an employer know", limit=3):
        world.ok("POST", decision, json={"state": "given"}, person=PERSON)
    with counter.measuring("look at all rows anew", limit=5):
        world.ok("POST", f"{path}/refresh", person=PERSON)
    world.settle()
