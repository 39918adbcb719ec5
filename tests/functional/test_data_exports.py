"""All of one's own data as an archive: for the person alone, by links that end (requirement P2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain import data_export
from chalicelib.domain.checks import CheckKind
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import export_sections, make_export
from tests.cloud import cloud
from tests.journeys import FIRST_INSURER, actions, consented, insured, messages, policy, problem, submitted
from tests.privacy import EXPORTS, exported, files, values_of
from tests.tickets import opened, work

if TYPE_CHECKING:
    from tests.world import World


def test_holds_the_data_the_files_and_a_page_to_read_within_a_minute(world: World) -> None:
    insured(world)
    world.ok("PATCH", "/v1/me", json={"quiet_hours": {"begins": "23:30", "ends": "07:00"}})
    ticket_id = opened(world)["id"]
    assert work(world, ticket_id, "assignment").is_success
    assert work(world, ticket_id, "messages", text="Только для коллег", internal=True).is_success
    world.drain()
    archive = exported(world)
    names = set(archive.namelist())
    assert {"index.html", "data.json"} < names
    data = json.loads(archive.read("data.json"))
    assert data["format"] == "polis.export.2"
    (profile,) = data["profile"]
    assert (profile["family_name"], profile["snils"]) == (world.person("citizen").family_name, "90000000182")
    assert profile["quiet_hours"] == {"begins": "23:30:00", "ends": "07:00:00"}
    (held,) = data["policy"]
    assert held["policy_number"] == policy(world)["policy_number"]
    assert held["periods"][0]["insurer_code"] == FIRST_INSURER
    assert data["application"][0]["form"]["identity_document"]["number"] == world.person("citizen").document.number
    assert {entry["name"] for entry in data["journal"]} > {"application_submitted", "policy_issued", "export_ordered"}
    assert {one["name"] for one in data["files"]} == names - {"index.html", "data.json"}
    kinds = {name.partition("/")[0] + name.rpartition(".")[2] for name in names}
    assert {"scanspng", "documentspdf"} <= kinds
    assert all(archive.read(one["name"]) for one in data["files"])

    page = archive.read("index.html").decode()
    for shown in ("Сколько хранится", "5 лет: прекращение полиса. 326-ФЗ", world.person("citizen").family_name):
        assert shown in page
    texts = page + archive.read("data.json").decode()
    assert "Только для коллег" not in texts
    assert '"chain"' not in texts
    assert messages(world)[0]["kind"] == "export_ready"
    assert {"export_ordered", "export_made", "export_downloaded"} <= {action["action"] for action in actions(world)}


def test_only_its_person_downloads_it_and_only_for_a_week(world: World) -> None:
    consented(world)
    consented(world, person="paper_policy")
    ordered = world.ok("POST", EXPORTS)
    link = f"{EXPORTS}/{ordered['id']}/link"
    assert (ordered["state_title"], ordered["parts"]) == ("Готовится", 0)
    problem(world.call("GET", link), 404)
    queued = [body for queue, body in world.delivered if queue == "documents"]
    world.drain()
    assert not any(value in body for value in values_of(world) for body in queued)
    problem(world.call("GET", link, person="paper_policy"), 404)
    problem(world.call("GET", f"{link}?part=2"), 404)
    made = world.ok("GET", EXPORTS)["items"][0]
    assert (made["state_title"], made["parts"], made["kept_until"][:10]) == ("Готово к скачиванию", 1, "2026-03-23")
    assert world.ok("GET", link)["expires_in"] == 300

    world.sleep(days=7)
    problem(world.call("GET", link), 404)
    world.run("run_retention")
    assert world.ok("GET", EXPORTS)["items"] == []
    assert files("polis-documents") == []


def test_goes_on_where_it_was_and_is_ordered_five_times_a_day_at_most(world: World) -> None:
    consented(world)
    ordered = world.ok("POST", EXPORTS)
    world.drain(queues=("outbox_relay",))
    (message,) = world.messages("documents")
    made = [world.invoke("documents", message["Body"]) for _ in range(2)]
    assert made == [{"batchItemFailures": []}] * 2
    assert len(world.ok("GET", EXPORTS)["items"]) == 1
    assert world.ok("GET", f"{EXPORTS}/{ordered['id']}/link")["url"]
    with pytest.raises(NotFound):
        make_export.make_export(tools=world.tools, person_id="0", export_id="0", at=world.tools.at)
    for _ in range(data_export.EXPORTS_PER_DAY - 1):
        world.ok("POST", EXPORTS)
    problem(world.call("POST", EXPORTS), 429)


def test_what_is_large_comes_in_parts_and_a_lost_file_keeps_nobody_from_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_export, "PART_BYTES", 1)
    monkeypatch.setattr(make_export, "PARTS_AT_ONCE", 2)
    monkeypatch.setattr(export_sections, "PAGE", 5)
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    submitted(world)
    world.drain()
    (scan, *_) = [key for key in files("polis-scans") if key.startswith("scans/")]
    cloud("s3").delete_object(Bucket="polis-scans", Key=scan)
    archive = exported(world)
    made = world.ok("GET", EXPORTS)["items"][0]
    assert made["parts"] == 1 + len(json.loads(archive.read("data.json"))["files"])
    parts = [f"{EXPORTS}/{made['id']}/link?part={part}" for part in range(1, made["parts"] + 1)]
    assert len({world.ok("GET", link)["url"] for link in parts}) == made["parts"]
