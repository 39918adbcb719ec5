"""Lists of an employer that are not read, rows that lead nowhere, and requests out of turn (requirement K2)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.ports.errors import Unavailable
from chalicelib.use_cases import employer_requests, read_staff_list, work_on_request
from tests.cloud import cloud
from tests.employers import (
    CONSENTS,
    CSV,
    DETAILS,
    EMPLOYERS,
    counts,
    csv,
    employer,
    file,
    request,
    sheet,
    staff_row,
    uploaded,
)
from tests.journeys import actions, consented, insured, messages, policy, problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

NOBODY = ["Никтошкин", "Лев", "", "01.02.1990", "", ""]


def allowed(world: World, *, person: str = "citizen") -> None:
    """Let an employee agree to what an employer asks."""
    (asked,) = world.ok("GET", CONSENTS, person=person)["items"]
    world.ok("POST", f"{CONSENTS}/{asked['organisation_id']}/decision", person=person, json={"state": "given"})


def refreshed(world: World, path: str) -> dict[str, int]:
    world.ok("POST", f"{path}/refresh")
    world.settle()
    return counts(world.ok("GET", f"{path}/details"))


class TestRows:
    """Whom a row means, and what may be told of him."""

    def test_by_name_without_a_number_and_each_person_once(self, world: World) -> None:
        insured(world)
        insured(world, person="insured")
        path = request(world, employer(world))
        named = staff_row(world, "citizen", "")
        other = staff_row(world, "insured", policy(world, person="insured")["policy_number"])
        numbered = staff_row(world, "citizen", policy(world)["policy_number"])

        found = uploaded(world, path, csv(named, other, NOBODY, numbered, other))

        # The second row of a person says nothing new, under whatever number, nor does the same row twice.
        assert counts(found) == {"waiting_for_consent": 2, "not_found": 1, "repeated": 2}
        to_mend = sheet(file(world, path, "to_mend"))
        assert [row[-2] for row in to_mend[1:]] == [
            "Не нашли такого застрахованного: сверьте номер полиса, фамилию и дату рождения с полисом",
            "Этот сотрудник уже есть в запросе: удалите строку",
            "Этот сотрудник уже есть в запросе: удалите строку. Он указан в строке 3",
        ]

    def test_namesakes_of_one_birthday_are_not_guessed(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        insured(world)
        path = request(world, employer(world))
        store = type(world.tools.store)
        one = store.pointers

        def two(self: object, **asked: str) -> object:
            return [*one(self, **asked)] * 2

        monkeypatch.setattr(store, "pointers", two)
        assert counts(uploaded(world, path, csv(staff_row(world, "citizen", "")))) == {"several_found": 1}

    def test_days_before_the_policy_are_gaps(self, world: World) -> None:
        insured(world)
        world.sleep(days=10)
        employer_id = employer(world)
        days = {"from_on": "2026-03-10", "to_on": "2026-03-20"}
        row = csv(staff_row(world, "citizen", policy(world)["policy_number"]))
        path = request(world, employer_id, day=None, **days)
        uploaded(world, path, row)
        allowed(world)

        assert refreshed(world, path) == {"with_gaps": 1}
        (told,) = json.loads(file(world, path, "json"))["rows"]
        assert [(s["from_on"], s["to_on"], s["insurer_code"]) for s in told["stretches"]] == [
            ("2026-03-10", "2026-03-15", None),
            ("2026-03-16", "2026-03-20", "77012"),
        ]

    def test_lists_of_many_chunks_are_worked_on_chunk_by_chunk(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(read_staff_list, "CHUNK_ROWS", 1)
        path = request(world, employer(world))
        rows = [["Никтошкин", "Лев", "", f"{day:02}.02.1990", "", ""] for day in range(1, work_on_request.STEPS + 3)]
        assert counts(uploaded(world, path, csv(*rows))) == {"not_found": len(rows)}
        assert len(sheet(file(world, path, "to_mend"))) == 1 + len(rows)

    def test_a_list_in_which_everybody_is_settled_adds_nothing(self, world: World) -> None:
        insured(world)
        path = request(world, employer(world))
        row = staff_row(world, "citizen", policy(world)["policy_number"])
        first = uploaded(world, path, csv(row))
        again = uploaded(world, path, csv(row))
        assert (again["stage"], counts(again)) == ("ready", counts(first))

    def test_who_was_asked_by_another_list_at_the_same_moment_is_not_asked_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people = ("citizen", "insured")
        for person in people:
            insured(world, person=person)
        employer_id = employer(world)
        rows = [staff_row(world, person, policy(world, person=person)["policy_number"]) for person in people]
        uploaded(world, request(world, employer_id), csv(rows[0]))
        # What the other list has asked is not seen yet.
        monkeypatch.setattr(type(world.tools.store), "employee_consents", lambda *_, **__: {})
        both = uploaded(world, request(world, employer_id), csv(*rows))
        monkeypatch.undo()

        assert counts(both) == {"waiting_for_consent": 2}
        assert [len(world.ok("GET", CONSENTS, person=person)["items"]) for person in people] == [1, 1]
        for person in people:
            asked = [m for m in messages(world, person=person) if m["kind"] == "employer_asks_consent"]
            assert len(asked) == 1


class TestUnread:
    """A list that cannot be read changes nothing; the refusal says what to mend, and another list may come."""

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (csv(), "no_rows"),
            (b"\x00\x01\x02", "list_unreadable"),
            (csv(NOBODY, NOBODY, header=("Что", "Где", "Когда", "Как", "Зачем", "Почём")), "header_not_found"),
        ],
        ids=["empty", "no sheet", "no header"],
    )
    def test_names_what_is_wrong_with_it(self, world: World, data: bytes, code: str) -> None:
        path = request(world, employer(world))
        refused = uploaded(world, path, data)
        assert (refused["stage"], counts(refused)) == ("awaiting_list", {})
        assert [error["code"] for error in refused["lists"][-1]["errors"]] == [code]
        assert messages(world)[0]["kind"] == "employer_list_refused"
        assert counts(uploaded(world, path, csv(NOBODY))) == {"not_found": 1}

    def test_too_many_rows(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(read_staff_list, "MAX_ROWS", 1)
        path = request(world, employer(world))
        refused = uploaded(world, path, csv(NOBODY, ["Никтошкин", "Олег", "", "01.02.1990", "", ""]))
        assert [error["code"] for error in refused["lists"][-1]["errors"]] == ["too_many_rows"]

    def test_honours_the_verdict_of_an_outer_scanner_and_waits_for_it(self, world: World) -> None:
        path = request(world, employer(world))
        key = world.ok("POST", f"{path}/lists", json={"media_type": CSV})["upload"]["fields"]["key"]
        event = world.arrived(key, csv(NOBODY))
        world.tools.settings = replace(world.tools.settings, scanner_required=True)
        with pytest.raises(Unavailable):
            world.invoke("employer_lists", event)
        tags = {"TagSet": [{"Key": "scan-verdict", "Value": "infected"}]}
        cloud("s3").put_object_tagging(Bucket="polis-scans", Key=key, Tagging=tags)
        world.invoke("employer_lists", event)
        refused = world.ok("GET", f"{path}/details")
        assert [error["code"] for error in refused["lists"][-1]["errors"]] == ["infected"]

    @pytest.mark.parametrize("key", ["lists/x", "lists/a/b/", "scans/a/b"])
    def test_leaves_alone_objects_that_are_no_lists(self, world: World, key: str) -> None:
        world.invoke("employer_lists", world.arrived(key, csv(NOBODY)))
        assert world.messages("outbox_relay") == []


class TestOutOfTurn:
    """What is asked for at the wrong time is refused, and says when it is the right one."""

    def test_of_an_employer_that_the_register_does_not_confirm(self, world: World) -> None:
        consented(world)
        world.tools.registers.mismatch(CheckKind.ORGANISATION, "inn_differs")
        made = world.ok("POST", EMPLOYERS, json=DETAILS)
        world.settle()
        path = f"{EMPLOYERS}/{made['id']}"
        found = world.ok("GET", f"{path}/details")
        assert (found["state"], [refusal["code"] for refusal in found["refusals"]]) == ("refused", ["inn_differs"])
        wish = world.call("POST", f"{path}/certificate-requests", json={"day": "2026-03-16"})
        problem(wish, 422, "rule_refused", "employer_not_confirmed")
        assert "employer_refused" in {entry["action"] for entry in actions(world)}

    def test_while_a_list_is_worked_on_and_when_there_are_too_many(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = request(world, employer(world))
        upload = {"media_type": CSV}
        key = world.ok("POST", f"{path}/lists", json=upload)["upload"]["fields"]["key"]
        world.invoke("employer_lists", world.arrived(key, csv(NOBODY)))
        problem(world.call("POST", f"{path}/lists", json=upload), 409, "state_conflict")
        problem(world.call("GET", f"{path}/files/json/link"), 409, "state_conflict")
        world.settle()
        problem(world.call("GET", f"{path}/files/zip-9/link"), 404, "not_found")
        monkeypatch.setattr(employer_requests, "MAX_LISTS", 1)
        problem(world.call("POST", f"{path}/lists", json=upload), 422, "rule_refused", "too_many_lists")
        other = world.call("POST", f"{path}/lists", json={"media_type": "text/plain"})
        assert wrong_fields(problem(other, 422, "validation_failed")) == {"media_type": "unsupported_format"}
        gone = f"{path.rpartition('/')[0]}/01KKTXZ8M0J77M3GB40726KZTJ/details"
        problem(world.call("GET", gone), 404, "not_found")
