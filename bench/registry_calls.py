"""AWS calls of keeping the insurers' registry: an import page by page, and telling those insured by one that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.use_cases.tell_departure import tell_departure
from infra.local.registry_sample import dirty_rows, sample_rows, xml_file
from tests.registry import FUND, IMPORTS

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

ROWS = 100
LEAVES = "77013"


def count_registry(world: World, counter: Counter) -> None:
    """Take in a file of new rows and the same again, then one in which an insurer leaves."""
    with counter.measuring("order an import of the registry", limit=2):
        ordered = world.ok("POST", IMPORTS, person=FUND, json={"media_type": "text/xml"})
    event = world.arrived(ordered["upload"]["fields"]["key"], xml_file(dirty_rows(ROWS)))
    # Two reads of the job and the file, the start, the insurers, and a transaction for each page of 25.
    with counter.measuring(f"import {ROWS} new rows", limit=6 + ROWS // 25):
        world.invoke("exchange", event)
    with counter.measuring("progress of an import", limit=1):
        world.ok("GET", f"{IMPORTS}/{ordered['registry_import']['id']}", person=FUND)
    with counter.measuring("page of an import's report", limit=2):
        world.ok("GET", f"{IMPORTS}/{ordered['registry_import']['id']}/report", person=FUND)
    _tables(world, counter)
    _departure(world, counter)


def _tables(world: World, counter: Counter) -> None:
    point = "<SMOCOD>77012</SMOCOD><CODPVP>{}</CODPVP><ADDRESS>г. Москва</ADDRESS><DATEBEG>2020-01-01</DATEBEG>"
    rating = "<SMOCOD>77012</SMOCOD><YEAR>{}</YEAR><SURVEYS>90</SURVEYS>"
    for registry, row, numbers in (("issue_points", point, range(1, 51)), ("ratings", rating, range(2012, 2026))):
        body = {"media_type": "text/xml", "registry": registry}
        ordered = world.ok("POST", IMPORTS, person=FUND, json=body)
        data = f"<packet>{''.join(f'<row>{row.format(number)}</row>' for number in numbers)}</packet>"
        event = world.arrived(ordered["upload"]["fields"]["key"], data.encode("cp1251"))
        # As above, and for each page one read of what is kept beside its transaction.
        with counter.measuring(f"import {len(numbers)} rows of {registry}", limit=6 + 2 * -(-len(numbers) // 25)):
            world.invoke("exchange", event)


def _departure(world: World, counter: Counter) -> None:
    (row,) = [row for row in sample_rows() if row["SMOCOD"] == LEAVES]
    day = world.tools.at.date()
    row["INSINCLUDE"] = [row["INSINCLUDE"][0] | {"D_END": str(day), "NAME_E": "5", "NAL_P": "1"}]
    ordered = world.ok("POST", IMPORTS, person=FUND, json={"media_type": "text/xml"})
    world.invoke("exchange", world.arrived(ordered["upload"]["fields"]["key"], xml_file([row])))
    with counter.measuring("tell a page of people that their insurer leaves", limit=5):
        tell_departure(tools=world.tools, insurer_code=LEAVES, leaves_on=day, page=0, at=world.tools.at)
