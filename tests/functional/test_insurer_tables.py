"""Issue points (F013) and ratings by year come in as files, row by row; the same again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.adapters.sheets.sheets import FileSheets
from chalicelib.ports.sheets import SheetRow
from chalicelib.use_cases import import_insurer_table
from infra.local.registry_sample import json_pages
from tests.journeys import problem
from tests.registry import IMPORTS, codes_of, report_of, taken_in
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE = {"new": 0, "changed": 0, "unchanged": 0, "excluded": 0, "bad": 0}
ADDRESS = "г. Москва, ул. Примерная, д. 1"


def points_file(*rows: dict[str, str]) -> bytes:
    body = "".join(
        "<pvp>" + "".join(f"<{name}>{text}</{name}>" for name, text in row.items()) + "</pvp>" for row in rows
    )
    text = f'<?xml version="1.0" encoding="windows-1251"?><packet version="1.0">{body}</packet>'
    return text.encode("cp1251")


def point(code: str, insurer: str = "77012", **others: str) -> dict[str, str]:
    return {
        "smocod": insurer,
        "codpvp": code,
        "Address": ADDRESS,
        "Phone": "8(495)225-23-10",
        "DATEBEG": "01.02.2020",
        **others,
    }


def points(world: World, data: bytes, media_type: str = "application/xml", **options: str) -> dict[str, Any]:
    return taken_in(world, data, media_type=media_type, registry="issue_points", **options)


def ratings(world: World, data: bytes, media_type: str = "text/csv", **options: str) -> dict[str, Any]:
    return taken_in(world, data, media_type=media_type, registry="ratings", **options)


def of_insurer(world: World, path: str, code: str = "77012") -> list[dict[str, Any]]:
    return list(world.ok("GET", f"/v1/insurers/{code}/{path}", person=None)["items"])


def test_points_come_in_beside_those_that_are_known_and_the_same_file_changes_nothing(world: World) -> None:
    data = points_file(
        point("001"),
        point("2", Phone="495 225 23 10 доб.4, (495)1", DATEEND="2021-03-31"),
        point("3", Phone="нет"),
    )
    job = points(world, data)
    assert (job["registry"], job["state"], job["counts"]) == ("issue_points", "done", {**NONE, "new": 3})
    assert [codes_of(row) for row in report_of(world, job)] == [set(), {"POINT-21"}, {"POINT-20"}]
    kept = of_insurer(world, "issue-points")
    assert [(one["code"], one["closes_on"], one["is_open"]) for one in kept] == [
        ("001", None, True),
        ("2", "2021-04-01", False),
        ("3", None, True),
    ]
    before = table()
    again = points(world, data)
    assert again["counts"] == {**NONE, "unchanged": 3}
    assert of_insurer(world, "issue-points") == kept
    assert [one for one in table() if one["SK"]["S"] == "OFFICES"] == [
        one for one in before if one["SK"]["S"] == "OFFICES"
    ]

    moved = points(world, json_pages([point("1", Address=f"{ADDRESS}, стр. 2")]), "application/json")
    (row,) = report_of(world, moved)
    assert (row["outcome"], [one["field"] for one in row["changes"]]) == ("changed", ["address"])
    assert [one["code"] for one in of_insurer(world, "issue-points")] == ["001", "2", "3"], "nothing is taken away"


def test_every_row_that_cannot_come_in_says_why_and_holds_up_no_other(world: World) -> None:
    job = points(
        world,
        points_file(
            point("1", insurer=""),
            point("1", insurer="99999"),
            point("1", insurer="78006"),
            point("х1", Address="ул.", DATEBEG="вчера", DATEEND="никогда"),
            point("4", DATEEND="01.01.2019"),
            point("5"),
            point("5", Address="другой адрес"),
        ),
    )
    found = [codes_of(row) for row in report_of(world, job)]
    assert found == [
        {"POINT-01"},
        {"POINT-02"},
        {"POINT-03"},
        {"POINT-04", "POINT-05", "POINT-06", "POINT-07"},
        {"POINT-07"},
        set(),
        {"POINT-08"},
    ]
    assert job["counts"] == {**NONE, "new": 1, "bad": 6}
    assert all(one["mend"] for row in report_of(world, job) for one in row["findings"])


def test_ratings_come_from_a_sheet_and_are_compared_and_sorted_by(world: World) -> None:
    csv = (
        "Рейтинг за 2025 год;;;;\n"
        "Код СМО;Год;Удовлетворённость по опросам, процентов;Обоснованные жалобы;Источник\n"
        "77012;2025;98,5;1 2,5;Опрос фонда\n"
        "77004;2025;91 %;3;\n"
        "77012;2024;много;0;\n"
        "77012;2031;90;;\n"
        "77004;2025;92;3;\n"
        "77004;2023;101;;\n"
    ).encode("cp1251")
    job = ratings(world, csv)
    assert job["counts"] == {**NONE, "new": 3, "bad": 3}
    assert [(row["row"], codes_of(row)) for row in report_of(world, job)] == [
        (3, set()),
        (4, set()),
        (5, {"RATING-20"}),
        (6, {"RATING-04"}),
        (7, {"RATING-06"}),
        (8, {"RATING-05", "RATING-21"}),
    ]
    first, second = of_insurer(world, "ratings")
    assert (first["year"], first["source"], {one["criterion"]: one["value"] for one in first["scores"]}) == (
        2025,
        "Опрос фонда",
        {"surveys": 98.5, "complaints": 12.5},
    )
    assert (second["year"], [one["value"] for one in second["scores"]]) == (2024, [0.0])
    assert ratings(world, csv)["counts"] == {**NONE, "unchanged": 3, "bad": 3}

    header = ["SMOCOD", "YEAR", "openness", "surveys"]
    book = FileSheets().workbook(header=header, rows=[SheetRow(cells=("77012", "2025", "4.5", ""))])
    changed = ratings(world, book, XLSX, person="administrator")
    (row,) = report_of(world, changed)
    assert (row["outcome"], [one["field"] for one in row["changes"]]) == ("changed", ["openness"])
    lines = world.ok("GET", "/v1/insurer-comparison?codes=77012,77004&year=2025", person=None)["lines"]
    told = {line["name"]: (line["values"], line["best"]) for line in lines}
    assert told["surveys"] == (["98.5", "91"], ["77012"])
    assert told["complaints"] == (["12.5", "3"], ["77004"])
    for sort, first, year in (("surveys", "77012", 2025), ("complaints", "77004", 2025), ("complaints", "77012", 2024)):
        path = f"/v1/insurers?region=77&sort={sort}&rating_year={year}"
        assert world.ok("GET", path, person=None)["items"][0]["code"] == first
    by_last_year = [one["code"] for one in world.ok("GET", "/v1/insurers?region=77&sort=surveys", person=None)["items"]]
    assert by_last_year[:2] == ["77012", "77004"]


def test_goes_on_where_it_was_killed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_insurer_table, "PAGES_AT_ONCE", 1)
    job = points(world, points_file(*(point(str(number)) for number in range(1, 61))))
    assert (job["state"], job["rows_done"], job["counts"]["new"], job["report_pages"]) == ("done", 60, 60, 3)
    assert len(of_insurer(world, "issue-points")) == 60


def test_no_insurer_has_more_points_than_may_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.domain.registry_table_check.MAX_POINTS", 2)
    job = points(world, points_file(*(point(str(number)) for number in range(1, 4))))
    assert [codes_of(row) for row in report_of(world, job)] == [set(), set(), {"POINT-09"}]


@pytest.mark.parametrize(
    ("registry", "data", "media_type", "failure"),
    [
        ("ratings", "Код СМО;Год\n77012;2025\n".encode(), "text/csv", "no_header"),
        ("ratings", "Код СМО;Год;surveys\n\n".encode(), "text/csv", "no_rows"),
        ("ratings", b"x\n" * 30, "text/csv", "no_header"),
        ("issue_points", b"\xd0\xcf\x11\xe0", "text/csv", "list_protected"),
        ("issue_points", b"<packet/>", "text/xml", "no_rows"),
        ("issue_points", b"[1]", "application/json", "not_pages"),
        ("issue_points", b"{", "application/json", "not_json"),
        ("issue_points", b'{"list": [5, ["x", {"column": 5}]]}', "application/json", ""),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    world: World, registry: str, data: bytes, media_type: str, failure: str
) -> None:
    job = taken_in(world, data, media_type=media_type, registry=registry)
    assert (job["state"], job["failure"]) == ("failed" if failure else "done", failure)
    assert bool(job["failure_message"]) is bool(failure)


def test_a_sheet_is_for_tables_alone_and_only_known_registries_are_taken(world: World) -> None:
    for body, field in (
        ({"media_type": "text/csv"}, "media_type"),
        ({"media_type": "text/csv", "registry": "doctors"}, "registry"),
    ):
        answer = problem(world.call("POST", IMPORTS, person="fund", json=body), 422, "validation_failed")
        assert [one["field"] for one in answer["errors"]] == [field]
