"""The change file of an insurer: what happened to policies, once each, the same bytes for the same number (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.exchange_check import check_exchange_file
from tests.exchange import FILES, OPERATOR, RECORDS, content, made, operations, protocol, reply, report_of, taken_in
from tests.journeys import insured, policy, problem

if TYPE_CHECKING:
    from tests.world import World


def test_a_policy_is_told_refused_mended_and_told_again(world: World) -> None:
    problem(world.call("POST", FILES, person=OPERATOR, json={}), 422, "rule_refused")
    insured(world)

    first = made(world)

    assert (first["name"], first["state"], first["records"]) == ("i77012_0_03261", "made", 1)
    data = content(world, first["name"])
    assert check_exchange_file(name=f"{first['name']}.xml", data=data).errors == ()
    (op,) = operations(data)
    number = policy(world)["policy_number"]
    assert op.value("TIP_OP") == "П010"
    assert op.first("INSURANCE").value("ENP") == number
    assert op.first("PERSON").value("FAM")
    problem(world.call("POST", FILES, person=OPERATOR, json={}), 422, "rule_refused")

    sent = world.ok("POST", f"{FILES}/{first['name']}/dispatch", person=OPERATOR)
    assert sent["state"] == "sent"
    answer = protocol(first["name"], reply(op, "2", "Документ не найден"))
    job = taken_in(world, "p77012_0_03261", answer)
    assert (job["state"], job["counts"]["refused"]) == ("done", 1)
    (row,) = report_of(world, job)
    assert row["remarks"][0]["message"] == "Нарушение правил ОМС: Документ не найден"
    (refused,) = world.ok("GET", RECORDS, person=OPERATOR)["items"]
    assert (refused["file"], refused["record"], refused["state"]) == (first["name"], 1, "refused")

    world.ok("POST", f"{RECORDS}/{refused['id']}/resubmission", person=OPERATOR)
    second = made(world)

    assert (second["name"], second["records"]) == ("i77012_0_03262", 1)
    assert content(world, first["name"]) == data
    (again,) = operations(content(world, second["name"]))
    assert again.value("ID") == op.value("ID")
