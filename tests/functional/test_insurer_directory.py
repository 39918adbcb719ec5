"""What everyone may read of insurers, and what the fund keeps beside the registry (H1, H2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra.local.registry_sample import clean_row, xml_file
from tests.journeys import problem
from tests.registry import FUND, taken_in

if TYPE_CHECKING:
    from tests.world import World

POINTS = {
    "points": [
        {"code": "2", "address": "г. Москва, ул. Примерная, д. 2", "phone": "8-495-2252310", "opens_on": "2020-01-01"},
        {
            "code": "1",
            "address": "г. Москва, ул. Примерная, д. 1",
            "phone": "(495)225-23-10",
            "opens_on": "2020-01-01",
            "closes_on": "2026-01-01",
        },
    ]
}


@pytest.fixture(scope="class")
def known(shared_world: World) -> World:
    """A registry of a head office with a branch, and of others, with numbers of insured of several years."""
    notices = [
        {"YEAR_WORK": "2025", "DUVED": "2024-08-20", "KOL_ZL": "100"},
        {"YEAR_WORK": "2026", "DUVED": "2025-08-20", "KOL_ZL": "150"},
        {"YEAR_WORK": "2026", "DUVED": "2025-10-20", "KOL_ZL": "160"},
    ]
    rows = [
        clean_row("79301", NAM_SMOK='ООО "СМО "Амур"', OGRN="1149102007944", INSADVICE=notices),
        clean_row("79302", NAM_SMOK='ООО "СМО "Бира"', OGRN="1149102007944", ORG="2"),
        clean_row(
            "79303",
            NAM_SMOK='ООО "СМО "Вяземский"',
            OGRN="1165958060017",
            LICENZIY=[{"N_DOC": "1", "D_START": "2009-02-10", "DATE_E": "2020-01-01"}],
            INSADVICE=[],
        ),
        clean_row("79304", OGRN=""),
    ]
    taken_in(shared_world, xml_file(rows))
    return shared_world


def codes(world: World, path: str, **params: Any) -> list[str]:
    return [item["code"] for item in world.ok("GET", path, person=None, params=params)["items"]]


@pytest.mark.usefixtures("known")
class TestReading:
    """Search, filters, order, branches, comparison, numbers."""

    def test_finds_filters_and_sorts(self, shared_world: World) -> None:
        def found(**params: Any) -> list[str]:
            return codes(shared_world, "/v1/insurers", region="79", **params)

        assert found(sort="code") == ["79301", "79302", "79303", "79304"]
        assert found(sort="insured") == ["79302", "79304", "79301", "79303"]
        assert found(search="вязимский") == ["79303"]
        assert found(licensed=True, sort="code") == ["79301", "79302", "79304"]
        assert found(licensed=True, on="2019-06-01", sort="code") == ["79301", "79302", "79303", "79304"]
        assert found(may_be_chosen=False) == ["79303"]
        assert found(search="смо", sort="name") == ["79301", "79302", "79303"]
        assert found(search="смо бира")[0] == "79302"

    def test_shows_the_whole_entry(self, shared_world: World) -> None:
        shown = shared_world.ok("GET", "/v1/insurers/79301", person=None)

        assert (shown["organisation"], shown["insured"], shown["insured_on"]) == ("head", 160, "2025-10-20")
        assert shown["licences"] == [{"number": "ОС 3230-01", "issued_on": "2009-02-10", "until": None}]
        assert shown["inclusions"][0]["begins_on"] == "2012-01-01"

    def test_branches_are_of_one_legal_entity(self, shared_world: World) -> None:
        assert codes(shared_world, "/v1/insurers/79302/branches") == ["79301"]
        assert codes(shared_world, "/v1/insurers/79301/branches") == ["79302"]
        assert codes(shared_world, "/v1/insurers/79304/branches") == []
        problem(shared_world.call("GET", "/v1/insurers/00000/branches", person=None), 404, "not_found")

    def test_tells_how_many_are_insured_by_region_and_year(self, shared_world: World) -> None:
        found = shared_world.ok("GET", "/v1/insured-numbers?region=79", person=None)["items"]

        assert [(n["year"], n["by_insurer"].get("79301")) for n in found] == [(2026, 160), (2025, 100)]
        assert found[0]["insured"] == sum(found[0]["by_insurer"].values())

    def test_puts_insurers_side_by_side(self, shared_world: World) -> None:
        for code, surveys in (("79301", 80.5), ("79303", 91)):
            body = {"values": {"surveys": surveys}, "source": "Отчёт фонда"}
            shared_world.ok("PUT", f"/v1/insurers/{code}/ratings/2025", person="administrator", json=body)

        compared = shared_world.ok("GET", "/v1/insurer-comparison?codes=79301,79303&year=2025", person=None)
        lines = {line["name"]: line for line in compared["lines"]}

        assert compared["codes"] == ["79301", "79303"]
        assert lines["surveys"] | {"title": ""} == {
            "name": "surveys",
            "title": "",
            "values": ["80.5", "91"],
            "differs": True,
            "best": ["79303"],
        }
        assert lines["may_be_chosen"]["values"] == ["да", "нет"]
        assert shared_world.ok("GET", "/v1/insurer-comparison", person=None)["codes"] == []
        for wrong in ("1,2,3,4,5,6", "79301,00000"):
            answer = shared_world.call("GET", f"/v1/insurer-comparison?codes={wrong}", person=None)
            assert problem(answer, 422, "validation_failed")["errors"][0]["field"] == "codes"

    def test_lists_the_ratings_of_a_year(self, shared_world: World) -> None:
        body = {"values": {"complaints": 2.5}}
        path = "/v1/insurers/79302/ratings"
        first = shared_world.ok("PUT", f"{path}/2024", person="administrator", json=body)
        again = shared_world.ok("PUT", f"{path}/2024", person="administrator", json=body)
        changed = shared_world.ok("PUT", f"{path}/2024", person="administrator", json={"values": {"complaints": 3}})

        assert (first["version"], again["version"], changed["version"]) == (1, 1, 2)
        (rated,) = shared_world.ok("GET", path, person=None)["items"]
        assert (rated["scores"][0]["value"], rated["scores"][0]["more_is_better"]) == (3, False)
        for region, count in (("79", 1), ("77", 0)):
            query = f"/v1/insurer-ratings?year=2024&region={region}"
            assert len(shared_world.ok("GET", query, person=None)["items"]) == count
        assert len(shared_world.ok("GET", "/v1/insurer-ratings?year=2024", person=None)["items"]) == 1

    def test_wrong_ratings_are_refused_all_at_once(self, shared_world: World) -> None:
        def rated(year: str, person: str = "administrator", code: str = "79302") -> Any:
            body = {"values": {"openness": 7, "surveys": 101}}
            return shared_world.call("PUT", f"/v1/insurers/{code}/ratings/{year}", person=person, json=body)

        refused = problem(rated("2027"), 422, "validation_failed")
        assert {error["field"] for error in refused["errors"]} == {"year", "values.openness", "values.surveys"}
        assert problem(rated("soon"), 422, "validation_failed")["errors"][0]["field"] == "year"
        problem(rated("2025", code="00000"), 404, "not_found")
        problem(rated("2025", person=FUND), 403, "not_permitted")  # the fund of Moscow


class TestIssuePoints:
    """Kept by the insurer itself, by the fund of its region or by an administrator."""

    PATH = "/v1/insurers/77012/issue-points"

    def test_are_replaced_whole_and_only_by_who_keeps_them(self, world: World) -> None:
        empty = world.call("GET", self.PATH, person=None)
        kept = world.call("PUT", self.PATH, person="operator", json=POINTS, headers={"If-Match": empty.headers["ETag"]})
        again = world.ok("PUT", self.PATH, person=FUND, json=POINTS)
        stale = world.call("PUT", self.PATH, person=FUND, json={"points": []}, headers={"If-Match": '"v0"'})
        emptied = world.ok("PUT", self.PATH, person="administrator", json={"points": []})

        assert empty.json() == {"items": [], "version": 0}
        assert [(p["code"], p["phone"], p["is_open"]) for p in kept.json()["items"]] == [
            ("1", "8(495)225-23-10", False),
            ("2", "8(495)225-23-10", True),
        ]
        assert (again["version"], emptied) == (1, {"items": [], "version": 2})
        problem(stale, 412, "precondition_failed")
        problem(world.call("PUT", "/v1/insurers/77004/issue-points", person="operator", json=POINTS), 403)
        problem(world.call("PUT", "/v1/insurers/16053/issue-points", person=FUND, json=POINTS), 403)
        doubled = {"points": [POINTS["points"][0]] * 2}
        refused = problem(world.call("PUT", self.PATH, person="operator", json=doubled), 422, "validation_failed")
        assert refused["errors"][0]["field"] == "points.1.code"
        problem(world.call("GET", "/v1/insurers/00000/issue-points", person=None), 404, "not_found")
