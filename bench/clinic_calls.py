"""AWS calls of choosing a clinic, of its desk, and of what clinics' systems ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.index_keys import DUE_SHARDS
from chalicelib.use_cases.run_attachments import run_attachments
from tests import clinics
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
