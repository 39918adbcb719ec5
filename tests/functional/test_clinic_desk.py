"""A clinic's desk: many people at once, printed and actual insurer, a day without network (requirement G3)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from chalicelib.use_cases import clinic_snapshot, views
from tests import clinics, journeys
from tests.clinics import FIRST, OTHER_THERAPIST, SECOND, wish
from tests.journeys import problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

BATCH, CHECK, SNAPSHOT = "/v1/clinic/validity-batches", "/v1/clinic/validity-checks", "/v1/clinic/snapshot"


def batch(world: World, *, person: str = "registrar", **body: Any) -> list[dict[str, Any]]:
    return list(world.ok("POST", BATCH, person=person, json=body)["items"])


def seen(world: World, name: str) -> list[dict[str, str]]:
    return [action["details"] for action in journeys.actions(world) if action["action"] == name]


@pytest.fixture(scope="class")
def desk(shared_world: World) -> World:
    """The citizen, insured and attached."""
    clinics.insured(shared_world)
    clinics.attached(shared_world)
    return shared_world


class TestBatch:
    """Up to a thousand questions, each answered for itself."""

    def test_answers_by_every_key_in_the_order_of_the_questions(self, desk: World) -> None:
        number = journeys.policy(desk)["policy_number"]
        name = {"family_name": "примерова", "given_name": "Анна", "born_on": "1990-05-14"}
        me = desk.ok("GET", "/v1/me")
        name = {key: me[key] for key in ("family_name", "given_name", "middle_name", "born_on")}
        found = batch(
            desk,
            questions=[
                {"ref": "a", "policy_number": number},
                {"ref": "b", "snils": me["snils"]},
                {"ref": "c", "document": {"type": "14", "series": "00 20", "number": "900001"}},
                {"ref": "d", "person": name},
                {"ref": "e", "snils": "112-233-445 95"},
                {"ref": "f", "snils": "112-233-445 96"},
                {"ref": "g"},
                {"ref": "h", "policy_number": number, "on": "2020-01-01"},
            ],
        )
        assert [row["row"] for row in found] == list(range(1, 9))
        assert [row["status"] for row in found] == [*["insured"] * 4, "not_found", "mistake", "mistake", "not_insured"]
        assert found[3]["answer"]["attachment"]["clinic_code"] == FIRST
        assert found[5]["errors"][0]["field"] == "snils"
        assert {row["answer"]["policy_number"] for row in found[:4]} == {number}

    def test_notes_one_view_of_each_person(self, desk: World) -> None:
        number = journeys.policy(desk)["policy_number"]
        before = len(seen(desk, "insurance_viewed"))
        batch(desk, questions=[{"policy_number": number}, {"policy_number": number}])
        after = seen(desk, "insurance_viewed")
        assert (len(after) - before, after[0]["batch"]) == (1, "yes")

    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_takes_and_gives_tables(self, desk: World, delimiter: str) -> None:
        number = journeys.policy(desk)["policy_number"]
        rows = [
            ["ref", "policy_number", "document_series", "document_number", "Family_Name", "born_on", "on"],
            ["1", number, "", "", "", "", "16.03.2026"],
            ["2", "", "00 20", "900001", "", "", ""],
            ["3", "", "", "", "Примерова", "", ""],
            ["4", "", "", "", "Примерова", "31.02.2000", "2026-13-01"],
            ["=5", "7", "", "", "", "", ""],
        ]
        text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows) + "\r\n\r\n"
        answer = desk.call("POST", BATCH, person="registrar", json={"csv": text}, headers={"Accept": "text/csv"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        table = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["status"] for row in table] == ["insured", "insured", "mistake", "mistake", "mistake"]
        assert (table[0]["policy_number"], table[0]["clinic_code"]) == (number, FIRST)
        assert table[2]["errors"].startswith("born_on: Укажите дату рождения")
        assert [mistake.split(":")[0] for mistake in table[3]["errors"].split("; ")] == ["on", "born_on"]
        assert table[4]["ref"] == "'=5"

    def test_columns_may_be_called_as_registrars_call_them(self, desk: World) -> None:
        number = journeys.policy(desk)["policy_number"]
        rows = batch(desk, csv=f"№ п/п;ЕНП;На дату\n1;{number};16.03.2026\n")
        assert [(row["ref"], row["status"]) for row in rows] == [("1", "insured")]
        answer = desk.call("POST", BATCH, person="registrar", json={"csv": "ЕНП;Палата;ЕНП\n1;2;3"})
        (error,) = problem(answer, 422, "validation_failed")["errors"]
        assert error["message"].startswith("Неизвестные столбцы по счёту: 2. Назовите столбцы")

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ({}, {"": "one_of"}),
            ({"csv": "a;b\n1;2"}, {"csv": "csv_columns"}),
            ({"csv": "on;on\n1;2"}, {"csv": "csv_columns"}),
            ({"csv": 'snils\n"1'}, {"csv": "csv_malformed"}),
            ({"csv": "snils\n" + "1\n" * 1001}, {"questions": "too_many_rows"}),
            (
                {"questions": [{"snils": 1}, {"on": "x"}]},
                {"questions.0.snils": "string_type", "questions.1.on": "date"},
            ),
        ],
    )
    def test_a_bad_list_is_refused_with_every_mistake(
        self, desk: World, body: dict[str, Any], wrong: dict[str, str]
    ) -> None:
        found = wrong_fields(problem(desk.call("POST", BATCH, person="registrar", json=body), 422))
        assert found.keys() == wrong.keys()

    def test_a_table_of_mistakes_alone_asks_for_nothing(self, desk: World) -> None:
        (row,) = batch(desk, csv="family_name\nПримерова")
        assert row["status"] == "mistake"

    def test_when_another_looks_at_the_same_moment_it_is_noted_again(
        self, desk: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = journeys.policy(desk)["policy_number"]
        files, other = desk.tools.store.person_files, {"policy_number": number}

        def late(**wanted: Any) -> Any:
            read = files(**wanted)
            desk.ok("POST", CHECK, person="second_registrar", json=other)
            return read

        before = len(seen(desk, "insurance_viewed"))
        monkeypatch.setattr(desk.tools.store, "person_files", late)
        assert batch(desk, questions=[other])[0]["status"] == "insured"
        assert len(seen(desk, "insurance_viewed")) - before == 2

        monkeypatch.setattr(views, "VIEW_TRIES", 0)
        monkeypatch.setattr(desk.tools.store, "person_files", lambda **wanted: _outdated(files(**wanted)))
        assert batch(desk, questions=[other])[0]["status"] == "busy"


def _outdated(read: Any) -> Any:
    from dataclasses import replace

    return {who: replace(file, views=replace(file.views, version=1)) for who, file in read.items()}


def test_tells_the_printed_insurer_from_the_one_that_insures(world: World) -> None:
    journeys.insured(world)
    world.drain()
    world.sleep(days=2)
    number = journeys.policy(world)["policy_number"]
    link = journeys.document(world, "policy")["qr_link"]

    def told(**key: str) -> tuple[str, str, dict[str, str]]:
        found = world.ok("POST", CHECK, person="registrar", json=key)
        return found["insurer_code"], found["printed_insurer_code"], found["sources"]

    assert told(policy_number=number) == (
        "77012",
        "77012",
        {"person": "e_government_account", "policy": "application", "insurer": "application"},
    )
    application = journeys.submitted(world, kind=journeys.INSURER_CHANGE)
    world.settle()
    world.sleep(days=10)
    world.run("run_due")
    world.settle()
    assert journeys.application(world, application)["state"] == "ready"
    assert told(policy_number=number)[:2] == ("77004", "77012")
    world.drain()
    assert told(policy_number=number)[:2] == ("77004", "77004")
    assert told(qr=link)[:2] == ("77004", "77012")


class TestSnapshot:
    """For a day without network."""

    def test_is_signed_by_a_published_key_and_holds_the_own_people_only(
        self, desk: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = desk.call("GET", SNAPSHOT, person="registrar")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jose")
        keys = jwt.PyJWKSet.from_dict(desk.ok("GET", "/.well-known/jwks.json", person=None))
        kid = jwt.get_unverified_header(answer.text)["kid"]
        options = {"verify_exp": False, "verify_iat": False}
        read = jwt.decode(answer.text, keys[kid], algorithms=["ES256"], options=options)
        (person,) = read["people"]
        assert person["policy_number"] == journeys.policy(desk)["policy_number"]
        assert (person["is_insured"], person["doctor_id"], read["clinic"]) == (True, "d001", FIRST)
        assert read["exp"] - read["iat"] == timedelta(hours=24).total_seconds()
        assert seen(desk, "snapshot_taken") == [{"clinic": FIRST}]
        head, _body, signature = answer.text.split(".")
        forged = json.dumps({**read, "clinic": SECOND}).encode()
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(f"{head}.{_encoded(forged)}.{signature}", keys[kid], algorithms=["ES256"], options=options)

        others = desk.call("GET", SNAPSHOT, person="second_registrar")
        assert jwt.decode(others.text, options={"verify_signature": False})["people"] == []
        problem(desk.call("GET", f"{SNAPSHOT}?part=2", person="registrar"), 404)


def test_a_snapshot_comes_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinic_snapshot, "PART", 1)
    clinics.insured(world)
    clinics.attached(world, wish(SECOND, OTHER_THERAPIST))
    clinics.attached(world, wish(SECOND, "d007"))
    first = world.call("GET", SNAPSHOT, person="second_registrar")
    assert first.headers["link"] == '</v1/clinic/snapshot?part=2>; rel="next"'
    second = world.call("GET", f"{SNAPSHOT}?part=2", person="second_registrar")
    assert "link" not in second.headers
    doctors = [
        person["doctor_id"]
        for part in (first, second)
        for person in jwt.decode(part.text, options={"verify_signature": False})["people"]
    ]
    assert sorted(doctors) == ["d006", "d007"]


def _encoded(data: bytes) -> str:
    return jwt.utils.base64url_encode(data).decode()
