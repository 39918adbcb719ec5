"""Operators' pages without a browser: the queue, the case, and every step of work on it (requirements O1, O2)."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.cases import left_to_operator, overdue, viewed
from tests.journeys import application, messages
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def operator(world: World) -> Visitor:
    return come(world, "operator")


def come(world, person):
    made = Visitor(world)
    assert made.sign_in(person, to="").headers["location"] == "/sign-in"
    assert made.call("GET", "/sign-in").headers["location"] == "/operator"
    return made


def page_of(case):
    return f"/operator/applications/{case}"


def took(operator, case):
    sent = operator.send(f"{page_of(case)}/lease", {}, seen=operator.open(page_of(case)))
    assert sent.headers["location"] == f"{page_of(case)}?done=taken"
    return operator.open(page_of(case))


def test_the_queue_is_filtered_by_its_address_and_marks_what_is_late(world, operator):
    assert "Очередь пуста" in operator.open("/operator").text
    waiting, late = left_to_operator(world), overdue(world, person="later")
    operator.sign_in("operator")  # fifty days have passed
    both = operator.open("/operator").text
    assert both.index(page_of(waiting)) < both.index(page_of(late))
    assert "Просрочено" in both
    assert "Примерова" not in both
    for query, found in {
        "reason=overdue": {late},
        "reason=register_contradiction": {waiting},
        "lease=mine": set(),
        "state=refused": set(),
        "kind=no_such": {waiting, late},
    }.items():
        text = operator.open(f"/operator?{query}").text
        assert {case for case in (waiting, late) if page_of(case) in text} == found, query


def test_a_case_shows_its_data_checks_and_history_and_the_look_is_noted(world, operator):
    case = left_to_operator(world)
    page = operator.open(page_of(case)).text
    for told in ("Примерова", "Регистр застрахованных лиц", "Версия правил", "История", "Взять в работу"):
        assert told in page
    assert "/approval" not in page
    assert [e["action"] for e in world.ok("GET", "/v1/me/activity")["items"]].count("application_viewed") == 1


def test_a_scan_stands_beside_the_data_and_is_turned_by_links(world, operator):
    case = left_to_operator(world)
    link = unescape(re.search(rf'href="({page_of(case)}\?scan=\w+)#scan"', operator.open(page_of(case)).text)[1])
    shown = operator.open(link)
    source = unescape(re.search(r'<img src="([^"]+)"', shown.text)[1])
    storage = source.partition("/shown/")[0]
    assert re.match(r"https://[^/]+", storage)[0] in shown.headers["content-security-policy"]
    turned = unescape(re.search(r'href="([^"]+turn=90)#scan"', shown.text)[1])
    assert "turn=180" in operator.open(turned).text
    for wrong in ("page=99", "page=x&turn=7"):
        assert operator.call("GET", f"{link}&{wrong}").status_code == 200
    assert "недоступен" in operator.open(f"{page_of(case)}?scan=01ARZ3NDEKTSV4RRFFQ69G5FAV").text


def test_a_case_is_taken_by_one_given_back_and_taken_by_another(world, operator):
    case = left_to_operator(world)
    mine = took(operator, case)
    second = come(world, "second_operator")
    other = second.open(page_of(case))
    assert "У другого оператора" in other.text
    assert "/lease" not in other.text
    refused = second.send(f"{page_of(case)}/approval", {"note": ""}, seen=other)
    assert (refused.status_code, "другой оператор" in refused.text) == (422, True)
    back = operator.send(f"{page_of(case)}/release", {}, seen=mine)
    assert back.headers["location"] == "/operator?done=released"
    took(second, case)


def test_a_refusal_needs_reasons_keeps_what_was_typed_and_tells_the_person(world, operator):
    case = left_to_operator(world)
    page = took(operator, case)
    empty = operator.send(f"{page_of(case)}/refusal", {}, seen=page)
    assert (empty.status_code, "хотя бы одну причину" in empty.text) == (422, True)
    debt = operator.send(f"{page_of(case)}/refusal", {"reasons": "debt", "mend": "Заплатите"}, seen=page)
    assert debt.status_code == 422
    assert "Назовите норму" in debt.text
    assert 'value="debt" checked' in debt.text
    assert "Заплатите</textarea>" in debt.text
    given = {"reasons": "missing_document", "message": "Нет подписи", "mend": "Подпишите"}
    for _ in range(2):  # a double click decides once
        done = operator.send(f"{page_of(case)}/refusal", given, seen=page)
        assert done.headers["location"] == f"{page_of(case)}?done=refused"
    refusals = application(world, case)["refusals"]
    assert [refusal["code"] for refusal in refusals] == ["missing_document", "operator_refused"]
    world.drain()
    assert "application_refused" in {message["kind"] for message in messages(world)}


def test_an_approval_issues_and_a_vain_one_says_what_to_do_first(world, operator):
    case = left_to_operator(world)
    page = took(operator, case)
    done = operator.send(f"{page_of(case)}/approval", {"note": "Сверено"}, seen=page)
    assert "Заявление одобрено" in operator.open(done.headers["location"]).text
    assert "Сверено" in operator.open(page_of(case)).text
    again = operator.send(f"{page_of(case)}/verification", {"again_note": "", "request_key": ""}, seen=page)
    assert (again.status_code, "не ждёт решения" in again.text) == (422, True)


def test_the_applicant_is_asked_and_the_registers_are_asked_anew(world, operator):
    case = left_to_operator(world)
    page = took(operator, case)
    wrong = operator.send(f"{page_of(case)}/clarification", {"question": "Зачем-то", "documents": "x"}, seen=page)
    assert (wrong.status_code, "хотя бы одно поле" in wrong.text, "Зачем-то" in wrong.text) == (422, True, True)
    question = {"question": "Уточните место рождения", "fields": "person.birthplace", "documents": "snils_card"}
    asked = operator.send(f"{page_of(case)}/clarification", question, seen=page)
    assert asked.headers["location"].endswith("?done=asked")
    assert application(world, case)["clarification"]["documents"] == ["snils_card"]
    other = left_to_operator(world, person="later")
    sent = operator.send(
        f"{page_of(other)}/verification", {"again_note": "Реестр починили"}, seen=took(operator, other)
    )
    assert sent.headers["location"].endswith("?done=sent-back")
    world.drain()
    assert viewed(world, other)["state"] == "ready"


def test_an_auditor_names_whose_queue_and_others_see_none(world):
    case = left_to_operator(world)
    auditor = come(world, "auditor")
    listed = auditor.open("/operator?region=77")
    assert "№" in listed.text
    assert page_of(case) not in listed.text
    assert auditor.call("GET", "/operator?region=77&insurer=77012").status_code == 422
    assert "Укажите либо код" in auditor.open("/operator").text
    assert auditor.call("GET", page_of(case)).status_code == 403
    citizen = Visitor(world)
    citizen.sign_in("citizen")
    assert citizen.call("GET", "/operator").status_code == 403
    neighbour = come(world, "neighbour_fund")
    assert neighbour.call("GET", page_of(case)).status_code == 404
