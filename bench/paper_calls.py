"""AWS calls of what a person, an operator and time do with extracts on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.index_keys import DUE_SHARDS
from chalicelib.use_cases.run_deliveries import run_deliveries
from tests import papers

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

OPERATOR = "operator"


def measure_papers(world: World, counter: Counter, at_office: str) -> None:
    """Hand over one paper, send another, cancel a third; ``at_office`` is the delivery of the first."""
    world.drain()
    _lists(world, counter, at_office)
    _office(world, counter, at_office)
    _post(world, counter, papers.ordered(world, papers.BY_POST)["id"])
    other = papers.ordered(world, papers.BY_POST)["id"]
    with counter.measuring("cancel a delivery", limit=3):
        world.ok("POST", f"{papers.OWN}/{other}/cancellation")
    _late(world, counter)


def _lists(world: World, counter: Counter, delivery_id: str) -> None:
    with counter.measuring("list my deliveries", limit=1):
        world.ok("GET", papers.OWN)
    with counter.measuring("list the deliveries of an insurer", limit=1):
        (row,) = world.ok("GET", papers.OPERATORS, person=OPERATOR)["items"]
    assert row["id"] == delivery_id, row
    number = {"number": row["application_number"]}
    with counter.measuring("find a delivery by its number", limit=4):
        world.ok("POST", "/v1/operator/delivery-searches", person=OPERATOR, json=number)
    for what, path in (("look at a delivery as an operator", ""), ("open an extract to print it", "/paper")):
        with counter.measuring(what, limit=4):
            world.ok("GET", f"{papers.OPERATORS}/{delivery_id}{path}", person=OPERATOR)


def _office(world: World, counter: Counter, delivery_id: str) -> None:
    _act(world, counter, "paper ready in the office", delivery_id, "readiness", limit=4)
    world.sleep(minutes=2)
    with counter.measuring("send another code of pickup", limit=3):
        world.ok("POST", f"{papers.OWN}/{delivery_id}/pickup-codes")
    world.settle()
    code = papers.pickup_code(world)
    _act(world, counter, "hand over by the code", delivery_id, "handover", limit=4, code=code)


def _post(world: World, counter: Counter, delivery_id: str) -> None:
    address = {"address": papers.NEW_ADDRESS}
    with counter.measuring("ask for a code for another address", limit=4):
        world.ok("POST", f"{papers.OWN}/{delivery_id}/address-codes", json=address)
    world.settle()
    with counter.measuring("change the address of a delivery", limit=3):
        world.ok("POST", f"{papers.OWN}/{delivery_id}/address-change", json={**address, "code": world.code()})
    _act(world, counter, "form a parcel", delivery_id, "parcel", limit=3)
    number = papers.TRACKING_NUMBER
    _act(world, counter, "send a parcel", delivery_id, "dispatch", limit=4, tracking_number=number)
    _act(world, counter, "note that a parcel came", delivery_id, "outcome", limit=4, outcome="delivered")


def _act(
    world: World, counter: Counter, use_case: str, delivery_id: str, what: str, *, limit: int, **body: Any
) -> None:
    with counter.measuring(use_case, limit=limit):
        papers.done(world, delivery_id, what, settled=False, **body)
    world.settle()


def _late(world: World, counter: Counter) -> None:
    """One that nobody came for goes back, one by post becomes overdue: a query per shard, then each by itself."""
    left = papers.ordered(world, papers.AT_OFFICE)["id"]
    papers.done(world, left, "readiness")
    world.sleep(days=31)
    run_deliveries(tools=world.tools, at=world.tools.at)
    papers.ordered(world, papers.BY_POST)
    world.sleep(days=20)
    with counter.measuring("run 2 due deliveries", limit=DUE_SHARDS + 2 * 2):
        done = run_deliveries(tools=world.tools, at=world.tools.at)
    assert done == {"returned": 1, "overdue": 1}, done
