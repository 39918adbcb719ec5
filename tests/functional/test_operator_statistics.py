"""Statistics of operators' work: what was filed in a period, as it stands now (requirement O3)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from bench.calls import Counter
from chalicelib.domain.checks import CheckKind
from tests.cases import AUDITOR, FUND, OPERATOR, asked, decided, left_to_operator, overdue
from tests.journeys import prepared, problem, signed, submitted, wrong_fields

if TYPE_CHECKING:
    import httpx

    from tests.world import World

ROUTE = "/v1/operator/statistics"
MARCH = "from=2026-03-01&until=2026-04-01"


def figures(world: World, query: str = MARCH, *, person: str = OPERATOR) -> dict[str, Any]:
    return dict(world.ok("GET", f"{ROUTE}?{query}", person=person))


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


class TestFigures:
    def test_of_nothing_are_noughts(self, world: World) -> None:
        assert figures(world) == {
            "scope": "insurer",
            "code": "77012",
            "from": "2026-03-01",
            "until": "2026-04-01",
            "filed": 0,
            "by_state": {},
            "by_kind": {},
            "by_category": {},
            "by_region": {},
            "by_insurer": {},
            "waiting": 0,
            "waiting_by_reason": {},
            "overdue": 0,
            "decided": 0,
            "refused": 0,
            "refusals_by_reason": {},
            "time_to_decision": {"count": 0, "median_hours": None, "p90_hours": None},
        }

    def test_count_states_kinds_refusals_and_what_waits(self, world: World) -> None:
        submitted(world, person="insured")
        world.settle()
        refused = left_to_operator(world)
        world.sleep(hours=10)
        decided(world, refused, approve=False, reasons=[{"code": "missing_document"}] * 2)
        left_to_operator(world, person="later")
        found = figures(world)
        assert found["filed"] == 3
        assert found["by_state"] == {"in_processing": 1, "ready": 1, "refused": 1}
        assert (found["by_kind"], found["by_category"]) == ({"first_policy": 3}, {"citizen_14_plus": 3})
        assert (found["by_region"], found["by_insurer"]) == ({"77": 3}, {"77012": 3})
        assert (found["waiting"], found["waiting_by_reason"]) == (1, {"register_contradiction": 1})
        assert (found["decided"], found["refused"]) == (2, 1)
        assert found["refusals_by_reason"] == {"missing_document": 1}
        assert found["time_to_decision"] == {"count": 2, "median_hours": 5.0, "p90_hours": 9.0}

    def test_the_time_of_a_decision_leaves_out_the_wait_for_the_person(self, world: World) -> None:
        application_id = left_to_operator(world)
        world.sleep(hours=1)
        asked(world, application_id)
        world.sleep(hours=48)
        signed(world, application_id)
        world.settle()
        world.sleep(hours=2)
        decided(world, application_id)
        assert figures(world)["time_to_decision"]["median_hours"] == 3.0

    def test_late_cases_count_whether_decided_or_not(self, world: World) -> None:
        overdue(world)
        assert (figures(world)["overdue"], figures(world)["waiting"]) == (1, 0)
        world.tools.registers.working(CheckKind.IDENTITY)
        world.sleep(minutes=16)
        world.settle()
        found = figures(world)
        assert (found["overdue"], found["by_state"]) == (1, {"ready": 1})

    def test_belong_to_the_own_insurer_or_region(self, world: World) -> None:
        submitted(world)
        submitted(world, person="insured", insurer="77015")
        assert (figures(world)["filed"], figures(world, person=FUND)["filed"]) == (1, 2)
        assert figures(world, person=FUND)["by_insurer"] == {"77012": 1, "77015": 1}
        assert figures(world, f"{MARCH}&insurer=77015", person=AUDITOR)["filed"] == 1
        assert figures(world, f"{MARCH}&region=77", person=AUDITOR)["scope"] == "region"
        problem(world.call("GET", f"{ROUTE}?{MARCH}&insurer=77015", person=OPERATOR), 403, "not_permitted")

    def test_drafts_are_nobodys(self, world: World) -> None:
        prepared(world)
        assert figures(world)["filed"] == 0


class TestPeriods:
    """Days of filing by the region's clock, the last one left out."""

    @pytest.mark.parametrize(
        ("query", "filed"),
        [
            ("", 1),
            ("from=2026-03-16&until=2026-03-17", 1),
            ("from=2026-03-17&until=2026-03-18", 0),
            ("from=2026-03-01&until=2026-03-16", 0),
            ("from=2026-01-01&until=2026-04-01", 1),
            ("until=2026-03-17", 1),
            ("from=2026-03-16", 1),
            ("from=2025-12-31&until=2026-03-31", 1),
        ],
    )
    @pytest.mark.parametrize("waits", [True, False])
    def test_take_the_day_of_filing(self, world: World, query: str, filed: int, waits: bool) -> None:
        if waits:
            left_to_operator(world)
        else:
            submitted(world)
        assert figures(world, query)["filed"] == filed

    def test_go_by_the_regions_clock(self, world: World) -> None:
        world.sleep(hours=14)  # 23:00 in Greenwich, already the next day in Moscow
        submitted(world)
        assert figures(world, "from=2026-03-17&until=2026-03-18")["filed"] == 1

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("from=2026-03-02&until=2026-03-02", "until"),
            ("from=2026-03-02&until=2026-03-01", "until"),
            ("from=2026-01-01&until=2026-04-04", "until"),
            ("from=0001-01-01", "from"),
            ("until=9999-12-31", "until"),
            ("from=01.03.2026", "from"),
            ("insurer=7", "insurer"),
            ("region=Москва", "region"),
        ],
    )
    def test_are_refused_where_they_are_none(self, world: World, query: str, field: str) -> None:
        answer = world.call("GET", f"{ROUTE}?{query}", person=OPERATOR)
        assert list(wrong_fields(problem(answer, 422, "validation_failed"))) == [field]

    def test_cost_a_query_per_shard_and_month(self, world: World) -> None:
        counter = Counter()
        with counter.measuring("statistics of a month", limit=8):
            figures(world)
        (budget,) = counter.found
        assert budget.calls == ("dynamodb.Query",) * 8


class TestCsv:
    def test_says_the_same_as_json(self, world: World) -> None:
        application_id = left_to_operator(world)
        decided(world, application_id, approve=False, reasons=[{"code": "missing_document"}, {"message": "=1+1"}])
        left_to_operator(world, person="insured")
        answer = world.call("GET", f"{ROUTE}?{MARCH}", person=FUND, headers={"Accept": "text/csv"})
        rows = {(row["group"], row["code"]): row for row in table(answer)}
        told = figures(world, person=FUND)
        assert rows["total", "filed"]["value"] == str(told["filed"]) == "2"
        for group in ("by_state", "by_kind", "by_category", "by_insurer", "waiting_by_reason", "refusals_by_reason"):
            counted = {code: int(row["value"]) for (name, code), row in rows.items() if name == group}
            assert counted == told[group]
        assert rows["by_state", "refused"]["title"] == "Отказано"
        assert rows["by_region", "77"]["title"] == "Москва"
        assert rows["time_to_decision", "median_hours"]["value"] == "0.00"
        assert answer.headers["vary"] == "Accept"

    def test_tells_nothing_where_nothing_is_decided(self, world: World) -> None:
        answer = world.call("GET", f"{ROUTE}?{MARCH}", person=OPERATOR, headers={"Accept": "text/csv"})
        rows = {row["code"]: row["value"] for row in table(answer)}
        assert (rows["p90_hours"], rows["decided"]) == ("", "0")

    @pytest.mark.parametrize("accept", ["application/json", "*/*", "text/csv;q=0.5, application/json", "text/csv;q=0"])
    def test_is_given_only_to_who_asks_for_it(self, world: World, accept: str) -> None:
        answer = world.call("GET", f"{ROUTE}?{MARCH}", person=OPERATOR, headers={"Accept": accept})
        assert answer.json()["filed"] == 0
