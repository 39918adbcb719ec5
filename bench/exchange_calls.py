"""AWS calls of the exchange with the fund: a change file out, its protocol in, a record told again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.exchange import ANSWERS, FILES, OPERATOR, RECORDS, content, operations, ordered, protocol, reply

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World


def count_exchange(world: World, counter: Counter) -> None:
    """Make the file of everything that was told by now, and let the fund refuse all of it."""
    with counter.measuring("begin a change file", limit=5):
        name = world.ok("POST", FILES, person=OPERATOR, json={})["name"]
    query = {"state": "waiting", "limit": 100}
    waiting = len(world.ok("GET", RECORDS, person=OPERATOR, params=query)["items"])
    with counter.measuring("make a change file", limit=6 + 5 * waiting + 4 * (waiting // 40 + 1)):
        world.settle()
    with counter.measuring("look at a change file", limit=1):
        file = world.ok("GET", f"{FILES}/{name}", person=OPERATOR)
    records = operations(content(world, file["name"]))
    with counter.measuring("permit the upload of a file of the fund", limit=2):
        order = ordered(world, f"p{name[1:]}")
    data = protocol(name, *(reply(op, "2", "Нет") for op in records))
    event = world.arrived(order["upload"]["fields"]["key"], data)
    with counter.measuring("take in a protocol", limit=11 + 2 * (len(records) // 25 + 1)):
        world.invoke("exchange", event)
    with counter.measuring("page of a report on a file of the fund", limit=2):
        world.ok("GET", f"{ANSWERS}/{order['fund_answer']['id']}/report", person=OPERATOR)
    with counter.measuring("records that the fund refused", limit=1):
        refused = world.ok("GET", RECORDS, person=OPERATOR)["items"]
    with counter.measuring("tell a record again", limit=2):
        world.ok("POST", f"{RECORDS}/{refused[0]['id']}/resubmission", person=OPERATOR)
