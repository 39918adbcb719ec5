"""Statistics of papers on their way: what was ordered in a period, as it stands now (requirements F8, O3)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from tests.cases import AUDITOR, FUND, OPERATOR
from tests.journeys import problem, wrong_fields
from tests.papers import AT_OFFICE, BY_POST, TRACKING_NUMBER, done, ordered

if TYPE_CHECKING:
    from tests.world import World

ROUTE = "/v1/operator/delivery-statistics"
MARCH = "from=2026-03-01&until=2026-04-01"


def figures(world: World, query: str = MARCH, *, person: str = OPERATOR) -> dict[str, Any]:
    return dict(world.ok("GET", f"{ROUTE}?{query}", person=person))


def test_of_nothing_are_noughts(world: World) -> None:
    assert figures(world) == {
        "scope": "insurer",
        "code": "77012",
        "from": "2026-03-01",
        "until": "2026-04-01",
        "ordered": 0,
        "by_state": {},
        "by_method": {},
        "by_insurer": {},
        "overdue": 0,
        "arrived": 0,
        "time_to_arrival": {"count": 0, "median_hours": None, "p90_hours": None},
    }


def test_count_states_ways_what_is_late_and_how_long_it_took(world: World) -> None:
    late = ordered(world, AT_OFFICE)
    sent = ordered(world, BY_POST)
    begun = world.tools.at
    done(world, sent["id"], "parcel")
    done(world, sent["id"], "dispatch", tracking_number=TRACKING_NUMBER)
    world.sleep(days=8)
    world.run("run_due")
    done(world, sent["id"], "outcome", outcome="delivered")
    found = figures(world)

    assert late["state"] == "ordered"
    assert (found["ordered"], found["by_state"]) == (2, {"delivered": 1, "ordered": 1})
    assert (found["by_method"], found["by_insurer"]) == ({"office": 1, "post": 1}, {"77012": 2})
    assert (found["overdue"], found["arrived"]) == (1, 1)
    hours = (world.tools.at - begun).total_seconds() / 3600
    assert abs(found["time_to_arrival"]["median_hours"] - hours) < 0.1


def test_belong_to_the_own_insurer_or_region_and_to_the_day_of_the_order(world: World) -> None:
    ordered(world, AT_OFFICE)

    assert (
        figures(world, person=FUND)["ordered"] == figures(world, f"{MARCH}&region=77", person=AUDITOR)["ordered"] == 1
    )
    assert figures(world, f"{MARCH}&insurer=77015", person=AUDITOR)["ordered"] == 0
    assert figures(world, "from=2026-03-17&until=2026-04-01")["ordered"] == 0
    problem(world.call("GET", f"{ROUTE}?{MARCH}&insurer=77015", person=OPERATOR), 403, "not_permitted")
    refused = problem(world.call("GET", f"{ROUTE}?from=2026-03-02&until=2026-03-02", person=OPERATOR), 422)
    assert wrong_fields(refused) == {"until": "wrong_period"}


def test_come_as_csv_with_titles_in_russian(world: World) -> None:
    ordered(world, BY_POST)
    answer = world.call("GET", f"{ROUTE}?{MARCH}", person=OPERATOR, headers={"Accept": "text/csv"})
    rows = {(row["group"], row["code"]): row for row in csv.DictReader(io.StringIO(answer.text))}

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert rows["total", "ordered"]["value"] == "1"
    assert rows["by_method", "post"] == {"group": "by_method", "code": "post", "title": "Почтой", "value": "1"}
    assert rows["time_to_arrival", "median_hours"]["value"] == ""
