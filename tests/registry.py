"""Steps around the insurers' registry, over HTTP, as the fund would take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.world import World

IMPORTS = "/v1/registry-imports"
FUND = "fund"


def taken_in(
    world: World,
    data: bytes,
    *,
    media_type: str = "application/xml",
    settle: bool = True,
    registry: str = "insurers",
    person: str = FUND,
) -> dict[str, Any]:
    """Order an import, upload the file, let it be taken in; returns what the import says then."""
    body = {"media_type": media_type, "registry": registry}
    ordered = world.ok("POST", IMPORTS, person=person, json=body)
    world.invoke("exchange", world.arrived(ordered["upload"]["fields"]["key"], data))
    if settle:
        world.settle()
    return dict(world.ok("GET", f"{IMPORTS}/{ordered['registry_import']['id']}", person=FUND))


def report_of(world: World, job: dict[str, Any]) -> list[dict[str, Any]]:
    """The whole report, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        query = {"cursor": cursor} if cursor else {}
        page = world.ok("GET", f"{IMPORTS}/{job['id']}/report", person=FUND, params=query)
        rows.extend(page["items"])
        cursor = page["next_cursor"]
    return rows


def codes_of(row: dict[str, Any]) -> set[str]:
    """The federal codes of what is wrong with a row."""
    return {finding["code"] for finding in row["findings"]}
