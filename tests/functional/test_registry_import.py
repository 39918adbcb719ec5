"""The federal file of insurers is taken in: nothing is lost or doubled, and the report tells of each row (H1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.registry_sample import clean_row, xml_file
from tests.registry import codes_of, report_of, taken_in

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
