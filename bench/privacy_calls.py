"""AWS calls of exports of one's own data, of demands to be forgotten, and of what retention ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chalicelib.use_cases.run_retention import run_retention
from tests import journeys
from tests.corrections import person_id
from tests.privacy import ERASURES, EXPORTS, PREVIEW

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

PERSON = "refugee"


def count_privacy(world: World, counter: Counter) -> None:
    """Order an export and fetch it, demand to be forgotten, and let the schedule forget a draft and its person."""
    journeys.drafted(world, person=PERSON)
    world.settle()
    with counter.measuring("order an export", limit=2):
        ordered = world.ok("POST", EXPORTS, person=PERSON)
    named = {"person_id": person_id(world, PERSON), "export_id": ordered["id"]}
    message = json.dumps({"id": "export", "at": world.tools.at.isoformat(), "body": named})
    with counter.measuring("make an export of a draft", limit=11):
        world.invoke("documents", message)
    with counter.measuring("get a link to an export", limit=2):
        world.ok("GET", f"{EXPORTS}/{ordered['id']}/link", person=PERSON)
    with counter.measuring("what a demand would destroy", limit=3):
        world.ok("GET", PREVIEW, person=PERSON)
    with counter.measuring("demand to be forgotten", limit=4):
        world.ok("POST", ERASURES, person=PERSON, json={"is_sure": True})
    with counter.measuring("forget who has a draft and an export", limit=24):
        run_retention(tools=world.tools, at=world.tools.at)
