"""The change file of an insurer: what happened to policies, once each, the same bytes for the same number (P4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.policy import InsurerPeriod
from chalicelib.use_cases import change_files, make_change_file
from chalicelib.use_cases.change_files import begin_due_file
from chalicelib.use_cases.run_exchange import run_exchange
from tests import corrections
from tests.exchange import (
    FILES,
    FUND,
    OPERATOR,
    RECORDS,
    content,
    made,
    operations,
    protocol,
    reply,
    report_of,
    taken_in,
)
from tests.journeys import INSURER_CHANGE, OTHER_INSURER, actions, insured, policy, problem, submitted

if TYPE_CHECKING:
    from tests.world import World


CHILDS_PERIOD = (InsurerPeriod(insurer_code="77012", insured_from=date(2026, 3, 1), basis="mother"),)


def test_a_policy_is_told_refused_mended_and_told_again(world: World) -> None:
    problem(world.call("POST", FILES, person=OPERATOR, json={}), 422, "rule_refused", "nothing_to_tell")
    insured(world)

    first = made(world)

    assert (first["name"], first["state"], first["records"]) == ("i77012_0_03261", "made", 1)
    data = content(world, first["name"])
    assert check_exchange_file(name=f"{first['name']}.xml", data=data).errors == ()
    (op,) = operations(data)
    number = policy(world)["policy_number"]
    assert (op.value("TIP_OP"), op.first("INSURANCE").value("ENP")) == ("П010", number)
    assert (op.first("PERSON").value("FAM"), op.first("DOC_LIST").first("DOC").value("DOCTYPE")) == ("Примерова", "14")
    assert "told_to_fund" in [entry["action"] for entry in actions(world)]
    problem(world.call("POST", FILES, person=OPERATOR, json={}), 422, "rule_refused", "nothing_to_tell")

    sent = [world.ok("POST", f"{FILES}/{first['name']}/dispatch", person=OPERATOR) for _ in "12"]
    assert [(one["state"], one["version"]) for one in sent] == [("sent", sent[0]["version"])] * 2
    answer = protocol(first["name"], reply(op, "2", "Документ не найден"))
    job = taken_in(world, "p77012_0_03261", answer)
    assert (job["state"], job["counts"]["refused"], job["percent"]) == ("done", 1, 100)
    (row,) = report_of(world, job)
    assert (row["outcome"], row["remarks"][0]["message"]) == ("refused", "Нарушение правил ОМС: Документ не найден")
    (refused,) = world.ok("GET", RECORDS, person=OPERATOR)["items"]
    assert (refused["file"], refused["record"], refused["state"]) == (first["name"], 1, "refused")
    assert refused["remarks"] == row["remarks"]

    again = [world.ok("POST", f"{RECORDS}/{refused['id']}/resubmission", person=OPERATOR) for _ in "12"]
    assert again[0] == again[1]
    second = made(world)

    assert (second["name"], second["records"]) == ("i77012_0_03262", 1)
    assert content(world, first["name"]) == data
    (renewed,) = operations(content(world, second["name"]))
    assert (renewed.value("ID"), renewed.value("TIP_OP")) == (op.value("ID"), "П010")
    answered = taken_in(world, "p77012_0_03262", protocol(second["name"], reply(renewed)))
    assert answered["counts"]["accepted"] == 1
    files = world.ok("GET", FILES, person=FUND, params={"insurer": "77012", "limit": 1})
    assert [(f["name"], f["state"], f["unanswered"]) for f in files["items"]] == [(second["name"], "answered", 0)]
    older = world.ok("GET", FILES, person=OPERATOR, params={"cursor": files["next_cursor"]})
    assert [(f["name"], f["state"], f["refused"]) for f in older["items"]] == [(first["name"], "answered", 1)]


def test_another_insurer_tells_of_its_first_day_and_a_correction_of_what_it_changed(world: World) -> None:
    insured(world)
    made(world)
    submitted(world, kind=INSURER_CHANGE, insurer=OTHER_INSURER)
    world.settle()
    waiting = {"insurer": OTHER_INSURER, "state": "waiting"}
    (record,) = world.ok("GET", RECORDS, person=FUND, params=waiting)["items"]
    world.run("run_due")
    world.settle()
    assert world.ok("GET", FILES, person=FUND, params={"insurer": OTHER_INSURER})["items"] == []

    world.sleep(days=10)
    world.run("run_due")
    world.settle()
    world.run("run_due")
    world.settle()

    (file,) = world.ok("GET", FILES, person=FUND, params={"insurer": OTHER_INSURER})["items"]
    (op,) = operations(content(world, file["name"], person=FUND))
    assert (op.value("ID"), op.value("TIP_OP"), file["records"]) == (record["id"], "П031", 1)
    about = corrections.person_id(world)
    corrections.corrected(world, "wrong_name", about, family_name="Другая")
    world.sleep(days=1)
    world.run("run_due")
    world.settle()
    newest, *_ = world.ok("GET", FILES, person=FUND, params={"insurer": OTHER_INSURER})["items"]
    (renamed,) = operations(content(world, newest["name"], person=FUND))
    told = renamed.value("TIP_OP"), renamed.first("PERSON").value("FAM"), renamed.first("OLD_PERSON").value("FAM")
    assert told == ("П061", "Другая", "Примерова")
    assert world.ok("GET", RECORDS, person=FUND, params={"insurer": "77012", "state": "waiting"})["items"] == []


def test_goes_on_where_it_was_killed_and_gives_the_same_bytes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that are told stay so; the message that comes again tells the rest and puts the file together."""
    monkeypatch.setattr(make_change_file, "PAGE", 1)
    monkeypatch.setattr(make_change_file, "PAGES_AT_ONCE", 1)
    insured(world)
    about = corrections.person_id(world)
    corrections.corrected(world, "policy_annulled", about, annulment="lost_right", from_on="2026-03-16")
    write, calls = make_change_file._page_written, []

    def dies(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*arguments, **options)

    monkeypatch.setattr(make_change_file, "_page_written", dies)
    name = world.ok("POST", FILES, person=OPERATOR, json={"until": "2026-03-16"})["name"]
    with pytest.raises(KeyboardInterrupt):
        world.settle()
    halfway = world.ok("GET", f"{FILES}/{name}", person=OPERATOR)
    assert (halfway["state"], halfway["records"]) == ("making", 1)
    problem(world.call("GET", f"{FILES}/{name}/link", person=OPERATOR), 409, "state_conflict")
    problem(world.call("POST", f"{FILES}/{name}/dispatch", person=OPERATOR), 409, "state_conflict")
    assert world.ok("POST", FILES, person=OPERATOR, json={})["name"] == name

    world.sleep(minutes=10)
    world.settle()

    found = content(world, name)
    assert [op.value("TIP_OP") for op in operations(found)] == ["П010", "П025"]
    late = next(body for queue, body in reversed(world.delivered) if queue == "exchange")
    world.invoke("exchange", late)  # nothing happens any more
    assert content(world, name) == found


def test_what_the_fund_would_refuse_is_held_and_goes_once_it_is_mended(world: World) -> None:
    insured(world)
    about = corrections.person_id(world)
    known = world.tools.store.person_file(person_id=about).person
    work = world.tools.store.work(at=world.tools.at)
    work.update(replace(known, family_name="Ы" * 41))  # as no route would let it in
    work.commit()

    file = made(world)

    assert (file["records"], file["held"]) == (0, 1)
    assert operations(content(world, file["name"])) == []
    (held,) = world.ok("GET", RECORDS, person=OPERATOR, params={"state": "held"})["items"]
    assert [(r["code"], r["field"]) for r in held["remarks"]] == [("903", "FAM")]
    assert "не больше 40 знаков" in held["remarks"][0]["message"]
    corrections.corrected(world, "wrong_name", about, family_name="Примерова")
    world.ok("POST", f"{RECORDS}/{held['id']}/resubmission", person=OPERATOR)
    second = made(world)
    assert [op.value("TIP_OP") for op in operations(content(world, second["name"]))] == ["П010"]


def test_an_end_waits_until_the_fund_has_taken_the_beginning(world: World) -> None:
    insured(world)
    first = made(world)["name"]
    (op,) = operations(content(world, first))
    taken_in(world, f"p{first[1:]}", protocol(first, reply(op, "1", "Ошибка")))
    about = corrections.person_id(world)
    proposal = corrections.corrected(world, "policy_annulled", about, annulment="lost_right", from_on="2026-03-16")

    assert made(world)["held"] == 1

    (end,) = world.ok("GET", RECORDS, person=OPERATOR, params={"state": "held"})["items"]
    (beginning,) = world.ok("GET", RECORDS, person=OPERATOR)["items"]
    for record in (end, beginning):
        world.ok("POST", f"{RECORDS}/{record['id']}/resubmission", person=OPERATOR)
    second = made(world)
    assert [op.value("TIP_OP") for op in operations(content(world, second["name"]))] == ["П010", "П025"]
    corrections.reversed_(world, proposal["id"])
    third = made(world)["name"]
    (back,) = operations(content(world, third))
    assert back.value("TIP_OP") == "П010"
    wrong = protocol(third, reply(back, ID="x"))
    assert [row["outcome"] for row in report_of(world, taken_in(world, f"p{third[1:]}", wrong))] == ["bad"]


def test_what_was_refused_is_settled_by_what_was_told_since(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_change_file, "MOST_RECORDS", 1)
    insured(world)
    first = made(world)["name"]
    (op,) = operations(content(world, first))
    taken_in(world, f"p{first[1:]}", protocol(first, reply(op, "1", "Ошибка")))
    corrections.corrected(world, "wrong_name", corrections.person_id(world), family_name="Другая")
    second = made(world)
    (whole,) = operations(content(world, second["name"]))
    assert (whole.value("TIP_OP"), whole.first("PERSON").value("FAM")) == ("П010", "Другая")

    (refused,) = world.ok("GET", RECORDS, person=OPERATOR)["items"]
    world.ok("POST", f"{RECORDS}/{refused['id']}/resubmission", person=OPERATOR)

    assert made(world)["records"] == 0
    assert world.ok("GET", RECORDS, person=OPERATOR, params={"state": "waiting"})["items"] == []


def test_a_policy_that_no_application_made_is_told_by_the_profile(world: World) -> None:
    """As that of a newborn, which the record of the birth makes."""
    insured(world)
    known = world.tools.store.person_file(person_id=corrections.person_id(world))
    work = world.tools.store.work(at=world.tools.at)
    work.create(replace(known.person, person_id="CHILD", account_id="PARENT", version=1))
    work.create(replace(known.policies[0], policy_id="CHILDS", person_id="CHILD", periods=CHILDS_PERIOD, version=1))
    work.commit()

    childs = next(op for op in operations(content(world, made(world)["name"])) if op.value("ID") == "CHILDS-1")

    assert (childs.first("VIZIT"), childs.value("TIP_OP")) == (None, "П010")


def test_two_who_begin_in_the_same_moment_begin_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    insured(world)
    tools = world.tools
    begun = begin_due_file(tools=tools, insurer_code="77012", at=tools.at)
    assert begin_due_file(tools=tools, insurer_code="77012", at=tools.at) == begun
    monkeypatch.setattr(change_files, "last_file", lambda **_: None)
    assert begin_due_file(tools=tools, insurer_code="77012", at=tools.at) is None
    assert run_exchange(tools=tools, at=tools.at) == 1
    assert run_exchange(tools=tools, at=tools.at) == 0
    monkeypatch.setattr(tools.store, "exchange_round", lambda **_: None)
    assert run_exchange(tools=tools, at=tools.at) == 0


def test_what_is_anothers_does_not_show(world: World) -> None:
    insured(world)
    submitted(world, kind=INSURER_CHANGE, insurer=OTHER_INSURER)
    world.settle()
    world.sleep(days=10)
    world.run("run_due")
    world.settle()
    (theirs,) = world.ok("GET", FILES, person=FUND, params={"insurer": OTHER_INSURER})["items"]
    (op,) = operations(content(world, theirs["name"], person=FUND))

    for path in (f"{FILES}/{theirs['name']}", f"{FILES}/{theirs['name']}/link"):
        problem(world.call("GET", path, person=OPERATOR), 404, "not_found")
    problem(world.call("POST", f"{RECORDS}/{op.value('ID')}/resubmission", person=OPERATOR), 404, "not_found")


def test_mistakes(shared_world: World) -> None:
    world = shared_world
    late = world.call("POST", FILES, person=OPERATOR, json={"until": "2026-03-17"})
    assert problem(late, 422, "validation_failed")["errors"][0]["field"] == "until"
    early = world.call("POST", FILES, person=OPERATOR, json={"until": "2020-01-01"})
    problem(early, 422, "rule_refused", "nothing_to_tell")
    for path in ("x", "p77012_0_03261", "i77012_1_03261", "i77012_0_03261"):
        problem(world.call("GET", f"{FILES}/{path}", person=OPERATOR), 404, "not_found")
    for record in ("x", "x-1", "x-", "-1", "x-1234567"):
        problem(world.call("POST", f"{RECORDS}/{record}/resubmission", person=OPERATOR), 404, "not_found")
    for path in (FILES, RECORDS):
        problem(world.call("GET", path, person=FUND, params={"insurer": "16051"}), 403, "not_permitted")
        unsaid = problem(world.call("GET", path, person=FUND), 422, "validation_failed")
        assert unsaid["errors"][0]["field"] == "insurer"
    problem(world.call("GET", FILES, person=OPERATOR, params={"insurer": "77004"}), 403, "not_permitted")
    for path in (FILES, RECORDS):
        wrong = world.call("GET", path, person=OPERATOR, params={"cursor": "eyJhZnRlciI6IngifQ"})
        assert problem(wrong, 422, "validation_failed")["errors"][0]["code"] == "invalid_cursor"
