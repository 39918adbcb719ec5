"""AWS calls of choosing a clinic, of its desk, and of what clinics' systems ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.index_keys import DUE_SHARDS
from chalicelib.domain.fhir import OMS
from chalicelib.use_cases.run_attachments import run_attachments
from tests import clinics, journeys
from tests.clinics import DESK, OTHER_THERAPIST, SECOND, wish

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World


def measure_clinics(world: World, counter: Counter) -> None:
    """The insured citizen is attached, moves to another clinic, and is looked up."""
    clinics.registry(world)
    with counter.measuring("clinics of a region", limit=1):
        world.ok("GET", "/v1/clinics?region=77", person=None)
    with counter.measuring("a clinic with its doctors", limit=1):
        world.ok("GET", f"/v1/clinics/{clinics.FIRST}", person=None)
    world.tools.store.clinic_name(code=clinics.FIRST)  # all names are read once in five minutes
    with counter.measuring("ask for attachment", limit=4):
        asked = world.ok("POST", clinics.OWN, json=wish())
    world.settle()
    with counter.measuring("list of a clinic's requests", limit=1):
        (row,) = world.ok("GET", DESK, person="registrar")["items"]
    with counter.measuring("look at a request for attachment", limit=3):
        world.ok("GET", f"{DESK}/{row['person_id']}/{row['id']}/details", person="registrar")
    with counter.measuring("attach", limit=3):
        clinics.decide(world, asked)
    world.settle()
    _anew(world, counter)
    measure_desk(world, counter)


def measure_desk(world: World, counter: Counter) -> None:
    """A request for an appointment is answered, and a clinic's system asks by FHIR."""
    world.drain()
    days = {"wished_from": f"{world.tools.at:%Y-%m-%d}", "wished_until": f"{world.tools.at:%Y-%m-%d}"}
    with counter.measuring("ask for an appointment", limit=5):
        asked = world.ok("POST", clinics.OWN_APPOINTMENTS, json={**clinics.APPOINTMENT, **days})
    world.settle()
    with counter.measuring("a clinic's queue of appointments", limit=1):
        world.ok("GET", clinics.QUEUE, person="registrar")
    path = f"{clinics.QUEUE}/{asked['person_id']}/{asked['id']}"
    for what in ("details", "document"):
        with counter.measuring(f"look at a request for an appointment: {what}", limit=3):
            world.ok("GET", f"{path}/{what}", person="registrar")
    with counter.measuring("answer a request for an appointment", limit=3):
        clinics.answered(world, asked, acknowledged=False, answer="Нет мест")
    with counter.measuring("read a Patient by FHIR", limit=2):
        world.ok("GET", f"/fhir/r4/Patient/{asked['person_id']}", person="registrar")
    snils, number = world.ok("GET", "/v1/me")["snils"], journeys.policy(world)["policy_number"]
    world.tools.store.insurer_name(code="")  # all names are read once in five minutes
    with counter.measuring("search for Coverage by FHIR", limit=3):
        world.ok("POST", "/fhir/r4/Coverage/_search", person="registrar", data={"identifier": f"{OMS}|{number}"})
    with counter.measuring("a batch of two lookups", limit=4):
        questions = [{"snils": snils}, {"policy_number": number}]
        world.ok("POST", "/v1/clinic/validity-batches", person="registrar", json={"questions": questions})


def _anew(world: World, counter: Counter) -> None:
    world.sleep(days=366)
    second = world.ok("POST", clinics.OWN, json=wish(SECOND, OTHER_THERAPIST))
    world.settle()
    world.sleep(days=5)
    with counter.measuring("mark a late request", limit=DUE_SHARDS + 1):
        assert run_attachments(tools=world.tools, at=world.tools.at) == {"attachments_overdue": 1}
    with counter.measuring("requests that are late, for the fund", limit=1):
        assert world.ok("GET", "/v1/fund/late-attachments", person="fund")["items"]
    with counter.measuring("attach, another attachment ends", limit=3):
        clinics.decide(world, second)
    world.settle()
    with counter.measuring("monthly file of one who is attached", limit=3):
        world.call("GET", f"/v1/clinic/attachment-files/{world.tools.at:%Y-%m}", person="second_registrar")
