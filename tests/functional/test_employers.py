"""An employer asks about its staff: a list is sent, employees are asked, certificates come (requirement K2)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pypdf

from tests.employers import CONSENTS, counts, csv, employer, file, request, sheet, staff_row, told, uploaded
from tests.journeys import actions, insured, messages, policy, problem

if TYPE_CHECKING:
    from tests.world import World


def consent(world: World, state: str, *, person: str = "citizen") -> None:
    (asked,) = world.ok("GET", CONSENTS, person=person)["items"]
    path = f"{CONSENTS}/{asked['organisation_id']}/decision"
    decided = world.ok("POST", path, person=person, json={"state": state})
    assert decided["state"] == state


def test_from_the_request_over_the_consent_to_the_documents(world: World) -> None:
    insured(world)
    number = policy(world)["policy_number"]
    path = request(world, employer(world), outputs=["pdf", "zip", "xlsx", "json"])
    row = staff_row(world, "citizen", number)

    first = uploaded(world, path, csv(row, ["Никтошкин", "Лев", "", "01.02.1990", number, ""]))
    assert (first["stage"], first["stage_title"]) == ("ready", "Готово к скачиванию")
    assert counts(first) == {"waiting_for_consent": 1, "not_found": 1}
    assert messages(world)[0]["kind"] == "employer_request_ready"
    assert "employer_asks_consent" in {message["kind"] for message in messages(world)}
    assert "Застрахован" not in file(world, path, "json").decode()

    consent(world, "given")
    refreshed = world.ok("POST", f"{path}/refresh")
    assert refreshed["stage"] == "checking"
    world.settle()
    done = world.ok("GET", f"{path}/details")
    assert counts(done) == {"confirmed": 1, "not_found": 1}
    assert done["progress"] == {"rows": 2, "rows_done": 2, "percent": 100, "seconds_left": 0}
    assert done["files"] == ["json", "pdf", "to_mend", "xlsx", "zip-1"]

    found = json.loads(file(world, path, "json"))
    (told_row, _) = found["rows"]
    assert told_row["stretches"] == [{"from_on": "2026-03-16", "to_on": "2026-03-16", "insurer_code": "77012"}]
    title, *lines = sheet(file(world, path, "xlsx"))
    assert title[6:8] == ["Итог", "Кто страховал"]
    assert [line[6] for line in lines] == ["Застрахован все дни", "Не найден"]
    pages = pypdf.PdfReader(io.BytesIO(file(world, path, "pdf"))).pages
    text = " ".join(page.extract_text() for page in pages)
    assert row[0] in text
    assert "ООО «Пример»" in text
    assert "Никтошкин" not in text
    archive = zipfile.ZipFile(io.BytesIO(file(world, path, "zip-1")))
    manifest = json.loads(archive.read("manifest.json"))
    (document,) = manifest["documents"]
    single = pypdf.PdfReader(io.BytesIO(archive.read(document["file"])))
    assert row[0] in single.pages[0].extract_text()
    entries = [action["action"] for action in actions(world)]
    assert "employer_file_taken" in entries
    assert "employee_consent_given" in entries


def test_mended_rows_come_into_the_same_request_and_nothing_is_doubled(world: World) -> None:
    insured(world)
    number = policy(world)["policy_number"]
    path = request(world, employer(world))
    right = staff_row(world, "citizen", number)
    typo = [*right[:4], number[:-1] + str((int(number[-1]) + 1) % 10), right[5]]

    first = uploaded(world, path, csv(typo, ["", "", "", "вчера", "1", "=2+5"]))
    assert counts(first) == {"invalid": 2}
    header, wrong, worse = sheet(file(world, path, "to_mend"))
    assert header[0] == "Код строки (не менять)"
    assert header[-2:] == ["Что исправить", "Подсказка"]
    assert "сверьте все 16 цифр" in wrong[-2]
    assert worse[6] == "=2+5"

    mended = csv([*wrong[:5], number, *wrong[6:]], header=header)
    second = uploaded(world, path, mended)
    assert counts(second) == {"waiting_for_consent": 1, "invalid": 1}
    again = uploaded(world, path, mended)
    assert counts(again) == counts(second)
    assert told(world, path) == {" ".join(right[:3]): "waiting_for_consent", "": "invalid"}
    asked = [message for message in messages(world) if message["kind"] == "employer_asks_consent"]
    assert len(asked) == 1


def test_what_the_employee_refuses_or_revokes_is_not_told(world: World) -> None:
    insured(world)
    path = request(world, employer(world))
    uploaded(world, path, csv(staff_row(world, "citizen", policy(world)["policy_number"])))
    for state, outcome in (("refused", "consent_refused"), ("given", "confirmed"), ("revoked", "consent_refused")):
        consent(world, state)
        world.ok("POST", f"{path}/refresh")
        world.settle()
        assert counts(world.ok("GET", f"{path}/details")) == {outcome: 1}
    (asked,) = world.ok("GET", CONSENTS)["items"]
    again = world.call("POST", f"{CONSENTS}/{asked['organisation_id']}/decision", json={"state": "refused"})
    problem(again, 409, "state_conflict")


def test_a_decision_that_is_sent_again_changes_nothing(world: World) -> None:
    insured(world)
    uploaded(world, request(world, employer(world)), csv(staff_row(world, "citizen", policy(world)["policy_number"])))
    consent(world, "given")
    noted, asked = actions(world), world.ok("GET", CONSENTS)
    consent(world, "given")
    assert (actions(world), world.ok("GET", CONSENTS)) == (noted, asked)
