"""The scenario of one's own data: taken away as an archive, then forgotten, but for what the law keeps."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.scenarios.stage import INSURER, today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_EXPORTS, _ERASURES = "/v1/me/data-exports", "/v1/me/erasure-requests"


def privacy(stage: Stage) -> None:
    """Who only drafted is forgotten whole; who is insured loses the contacts and is told what stays and why."""
    journey = stage.journey
    visitor = stage.someone("Забытова Зоя Захаровна", born_on="1989-07-09", sex="female")
    journey.draft(visitor, "first_policy", {"code": INSURER})
    insured = stage.someone("Полисова Полина Павловна", born_on="1983-03-08", sex="female")
    stage.insured(insured)
    stage.all_documents(insured)
    _taken_away(stage, insured)
    for person in (visitor, insured):
        asked = journey.ok("POST", _ERASURES, person=person, json={"is_sure": True})
        journey.expect(asked["state"] == "accepted", "a demand was not accepted")
    journey.step("both demand that their data are destroyed", due_on=asked["due_on"], law=asked["law"])
    stage.fire("run_retention", today() + timedelta(days=1))
    forgotten, kept = _answer(stage, visitor), _answer(stage, insured)
    journey.expect(not forgotten["stays"], "something stays of who only drafted")
    journey.refused(422, "POST", "/v1/applications", person=visitor, json={"kind": "first_policy"})
    journey.step("who only drafted is forgotten", erased=[row["title"] for row in forgotten["erased"]])
    journey.expect({"policy", "application"} <= {row["kind"] for row in kept["stays"]}, "the law was not heeded")
    journey.expect(journey.ok("GET", "/v1/me", person=insured)["phone"] is None, "the phone is still there")
    stays = {row["title"]: row["kept_until"] or row["reason"] for row in kept["stays"]}
    journey.step("who is insured is told what stays, until when, and why", stays=stays)


def _taken_away(stage: Stage, person: str) -> None:
    journey = stage.journey
    ordered = journey.ok("POST", _EXPORTS, person=person)

    def look() -> Any:
        found = next(one for one in journey.ok("GET", _EXPORTS, person=person)["items"] if one["id"] == ordered["id"])
        return found if found["state"] == "ready" else None

    made = journey.wait("the export", look)
    link = journey.ok("GET", f"{_EXPORTS}/{made['id']}/link", person=person)["url"]
    archive = zipfile.ZipFile(io.BytesIO(journey.fetch(link).content))
    data = json.loads(archive.read("data.json"))
    names = set(archive.namelist())
    journey.expect({file["name"] for file in data["files"]} | {"index.html", "data.json"} == names, "files are missing")
    journey.step("all data taken away as an archive", bytes=made["bytes"], files=len(data["files"]))


def _answer(stage: Stage, person: str) -> Any:
    def look() -> Any:
        (demand,) = stage.journey.ok("GET", _ERASURES, person=person)["items"]
        return demand if demand["state"] == "done" else None

    return stage.journey.wait("the answer to a demand", look)
