"""Employers and their lists, as an authorised person would send them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from chalicelib.domain.checks import CheckKind
from infra.local.organisations import ACCOUNT, BIC
from tests.cloud import cloud
from tests.journeys import consented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.world import World

EMPLOYERS = "/v1/me/employers"
CONSENTS = "/v1/me/employer-consents"
DETAILS = {
    "inn": "7700900017",
    "kpp": "770001001",
    "ogrn": "1027700900006",
    "bic": BIC,
    "account": ACCOUNT,
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
HEADER = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Номер полиса", "Должность")


def employer(world: World, *, person: str = "citizen") -> str:
    """Register an employer that the register confirms; returns its id."""
    consented(world, person=person)
    world.tools.registers.confirmed(CheckKind.ORGANISATION, name="ООО «Пример»", basis="head")
    made = world.ok("POST", EMPLOYERS, person=person, json=DETAILS)
    world.settle()
    assert world.ok("GET", f"{EMPLOYERS}/{made['id']}/details", person=person)["state"] == "confirmed"
    return str(made["id"])


def request(world: World, employer_id: str, *, person: str = "citizen", **wish: Any) -> str:
    """Make a request; returns the path below which it stands."""
    path = f"{EMPLOYERS}/{employer_id}/certificate-requests"
    made = world.ok("POST", path, person=person, json={"day": "2026-03-16", **wish})
    assert (made["stage"], made["progress"]["percent"]) == ("awaiting_list", 0)
    return f"{path}/{made['id']}"


def uploaded(world: World, path: str, data: bytes, *, media_type: str = CSV, person: str = "citizen") -> dict[str, Any]:
    """Send a list where the form says and let it be worked on; returns the request."""
    ordered = world.ok("POST", f"{path}/lists", person=person, json={"media_type": media_type})
    world.invoke("employer_lists", world.arrived(ordered["upload"]["fields"]["key"], data))
    world.settle()
    return dict(world.ok("GET", f"{path}/details", person=person))


def csv(*rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """A list as CSV with semicolons."""
    return "\n".join(";".join(row) for row in (header, *rows)).encode()


def xlsx(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> bytes:
    """A list as XLSX, numbers as numbers."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((header, *rows)):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def file(world: World, path: str, name: str, *, person: str = "citizen") -> bytes:
    """Download a file of a request."""
    link = world.ok("GET", f"{path}/files/{name}/link", person=person)["url"]
    key = link.split("?")[0].rpartition("/employers/")[2]
    body: bytes = cloud("s3").get_object(Bucket="polis-documents", Key=f"employers/{key}")["Body"].read()
    return body


def sheet(data: bytes) -> list[list[Any]]:
    """The rows of a workbook."""
    return list(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())


def told(world: World, path: str) -> dict[str, str]:
    """The outcomes of a request by line, as its JSON tells them."""
    found = json.loads(file(world, path, "json"))
    return {row["name"]: row["outcome"] for row in found["rows"]}


def counts(request: dict[str, Any]) -> dict[str, int]:
    """Rows by outcome."""
    return {count["outcome"]: count["rows"] for count in request["counts"]}


def staff_row(world: World, person: str, number: str, position: str = "инженер") -> list[str]:
    """The row of a person with a policy."""
    known = world.ok("GET", "/v1/me", person=person)
    names = [known[name] for name in ("family_name", "given_name", "middle_name")]
    return [*names, known["born_on"], number, position]
