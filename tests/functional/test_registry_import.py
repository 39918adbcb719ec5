"""The federal file of insurers is taken in: nothing is lost or doubled, and the report tells of each row (H1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.use_cases import import_registry
from infra.local.registry_sample import clean_row, dirty_rows, json_pages, xml_file
from tests.cloud import cloud
from tests.journeys import problem
from tests.registry import FUND, IMPORTS, codes_of, report_of, taken_in
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World

NONE = {"new": 0, "changed": 0, "unchanged": 0, "excluded": 0, "bad": 0}


def test_a_file_comes_in_and_the_same_file_changes_nothing(world: World) -> None:
    rows = [
        clean_row("66301", NAM_SMOK='ООО "СМО "Берёза"'),
        clean_row("66302", KPP="НЕТ", LICENZIY=[{"N_DOC": "C № 0193 77", "D_START": "09.07.2013"}]),
        clean_row("6630", NAM_SMOK="Без кода"),
    ]

    first = taken_in(world, xml_file(rows))

    assert (first["state"], first["rows_done"], first["rows_total"], first["percent"]) == ("done", 3, 3, 100)
    assert first["counts"] == {**NONE, "new": 2, "bad": 1}
    new, warned, bad = report_of(world, first)
    assert (new["outcome"], new["findings"]) == ("new", [])
    assert (warned["outcome"], codes_of(warned)) == ("new", {"F002-10"})
    assert (bad["row"], bad["outcome"], codes_of(bad)) == (3, "bad", {"F002-02"})
    assert "нарушением формата" in bad["findings"][0]["message"]
    shown = world.ok("GET", "/v1/insurers/66302", person=None)
    assert (shown["kpp"], shown["licence_number"], shown["may_be_chosen"]) == ("", "С 0193 77", True)
    assert [i["code"] for i in world.ok("GET", "/v1/insurers?search=береза", person=None)["items"]] == ["66301"]

    again = taken_in(world, xml_file(rows))

    assert again["counts"] == {**NONE, "unchanged": 2, "bad": 1}
    assert world.ok("GET", "/v1/insurers/66302", person=None) == shown
    imports = world.ok("GET", IMPORTS, person="auditor", params={"limit": 1})
    assert [job["id"] for job in imports["items"]] == [again["id"]]
    older = world.ok("GET", IMPORTS, person="auditor", params={"cursor": imports["next_cursor"]})
    assert [job["id"] for job in older["items"]] == [first["id"]]
    names = [entry["action"] for entry in world.ok("GET", "/v1/me/activity", person="citizen")["items"]]
    assert names == []  # what the fund does with the registry stands in its own journal
    kept = [
        item["data"]["S"] for item in table() if item["PK"]["S"].startswith("PERSON#") and "ACTIVITY" in item["SK"]["S"]
    ]
    assert sum("registry_imported" in entry for entry in kept) == 2


def test_pages_of_the_newer_interface_say_the_same(world: World) -> None:
    rows = dirty_rows(60)

    first = taken_in(world, xml_file(rows))
    again = taken_in(world, json_pages(rows, size=20), media_type="application/json")

    assert (first["counts"]["new"], first["report_pages"]) == (60, 3)
    changed = {change["field"] for row in report_of(world, again) for change in row["changes"]}
    assert again["counts"]["bad"] == 0
    assert changed <= {"email", "phones"}  # several in one cell there


def test_goes_on_where_it_was_killed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are written stay; the message that comes again writes the rest, in as many turns as it needs."""
    monkeypatch.setattr(import_registry, "PAGES_AT_ONCE", 2)
    data = xml_file(dirty_rows(110))
    write, calls = import_registry._written, []

    def dies(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*arguments, **options)

    monkeypatch.setattr(import_registry, "_written", dies)
    ordered = world.ok("POST", IMPORTS, person=FUND, json={"media_type": "text/xml"})
    event = world.arrived(ordered["upload"]["fields"]["key"], data)
    with pytest.raises(KeyboardInterrupt):
        world.invoke("exchange", event)
    path = f"{IMPORTS}/{ordered['registry_import']['id']}"
    halfway = world.ok("GET", path, person=FUND)
    assert (halfway["state"], halfway["rows_done"], halfway["percent"]) == ("running", 25, 22)

    world.invoke("exchange", event)
    world.settle()
    world.invoke("exchange", event)  # too late: nothing happens

    done = world.ok("GET", path, person=FUND)
    assert (done["state"], done["rows_done"], done["counts"]["new"], done["report_pages"]) == ("done", 110, 110, 5)
    assert [row["row"] for row in report_of(world, done)] == list(range(1, 111))


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><packet>&x;</packet>', "document_type_refused"),
        (b"<packet><insCompany></packet>", "not_xml"),
        (b"<packet/>", "no_rows"),
        (b"{}", "not_pages"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(world: World, data: bytes, failure: str) -> None:
    before = len(world.ok("GET", "/v1/insurers", person=None)["items"])

    job = taken_in(world, data)

    assert (job["state"], job["failure"], job["rows_done"]) == ("failed", failure, 0)
    assert job["failure_message"]
    assert report_of(world, job) == []
    assert len(world.ok("GET", "/v1/insurers", person=None)["items"]) == before


class TestMistakes:
    """Bad input is told, and changes nothing."""

    def test_of_orders_and_reports(self, shared_world: World) -> None:
        world = shared_world
        wrong = world.call("POST", IMPORTS, person=FUND, json={"media_type": "text/csv"})
        assert problem(wrong, 422, "validation_failed")["errors"][0]["field"] == "media_type"
        unknown = f"{IMPORTS}/01KKTXZ8M0J77M3GB40726KZTJ"
        for path in (unknown, f"{unknown}/report", f"{IMPORTS}/x"):
            problem(world.call("GET", path, person=FUND), 404, "not_found")
        ordered = world.ok("POST", IMPORTS, person="administrator", json={"media_type": "text/xml"})
        report = f"{IMPORTS}/{ordered['registry_import']['id']}/report"
        assert world.ok("GET", report, person=FUND) == {"items": [], "next_cursor": None}
        for cursor, status in (("eyJwYWdlIjoiMSJ9", 404), ("eyJwYWdlIjoieCJ9", 422), ("?", 422)):
            assert world.call("GET", report, person=FUND, params={"cursor": cursor}).status_code == status
        assert ordered["upload"]["max_bytes"] == 10 * 1024 * 1024

    def test_a_repeated_key_awaits_no_second_file(self, shared_world: World) -> None:
        key = {"Idempotency-Key": "import-0001"}
        first, second = (
            shared_world.ok("POST", IMPORTS, person=FUND, json={"media_type": "text/xml"}, headers=key) for _ in "12"
        )
        other = shared_world.call("POST", IMPORTS, person=FUND, json={"media_type": "application/json"}, headers=key)

        assert first["registry_import"]["id"] == second["registry_import"]["id"]
        problem(other, 422, "rule_refused")
        assert cloud("s3").list_objects_v2(Bucket="polis-scans")["KeyCount"] == 0
