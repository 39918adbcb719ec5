"""Pages for anyone without a browser: a number checked, insurers found, rules made of the tables that decide."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from chalicelib.adapters.templates import template_root
from chalicelib.domain.application import KIND_TITLES
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.matrix import MATRIX
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from tests import journeys
from tests.legacy import OLD, known_to_register, registered
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World

SURNAME = {"family_name": "Примерова", "consent": "yes"}


@pytest.fixture
def anyone(world: World) -> Visitor:
    return Visitor(world)


def checked(anyone, **fields):
    return anyone.send("/check", fields, seen=anyone.open("/check"))


def test_a_policy_is_checked_without_telling_whose_it_is(world, anyone):
    journeys.insured(world)
    number = journeys.policy(world)["policy_number"]
    for factor in (SURNAME, {"born_on": "14.05.1990", "consent": "yes"}):
        found = checked(anyone, number=number, **factor)
        assert found.status_code == 200
        assert "Действует" in found.text
        assert "16.03.2026" in found.text
        assert "Примерова" not in found.text
        assert number not in found.text
    wrong = checked(anyone, number=number, family_name="Другая", consent="yes")
    unknown = checked(anyone, number="7856130840000017", **SURNAME)
    assert "Не найден" in wrong.text
    assert re.findall(r'id="answer".*?</section>', wrong.text, re.DOTALL) == re.findall(
        r'id="answer".*?</section>', unknown.text, re.DOTALL
    )


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"number": "1", **SURNAME}, "number"),
        ({"number": "7754900885000012", "consent": "yes"}, "born_on"),
        ({"number": "7754900885000012", "born_on": "99", "consent": "yes"}, "born_on"),
        ({"number": "7754900885000012", "family_name": "Примерова"}, "consent"),
    ],
)
def test_a_mistake_stands_beside_its_field(anyone, fields, place):
    refused = checked(anyone, **fields)
    assert (refused.status_code, f'id="{place}-error"' in refused.text) == (422, True)
    assert f'value="{fields["number"]}"' in refused.text


def test_a_certificate_and_a_blank_are_told_by_their_length(anyone):
    for number in ("123456789", "00000000014"):
        assert "Не найден" in checked(anyone, number=number, **SURNAME).text


def test_an_old_policy_is_found_by_its_series_and_number(world, anyone):
    known_to_register(world)
    registered(world, OLD)
    world.drain()
    old = {"series": OLD["series"], "number": OLD["number"], "consent": "yes"}
    found = checked(anyone, born_on="14.05.1990", **old)
    assert "Действует" in found.text
    refused = checked(anyone, **{**old, "series": "?" * 30, "number": ""}, family_name="Другая")
    assert (refused.status_code, 'id="number-error"' in refused.text, "<details open>" in refused.text) == (
        422,
        True,
        True,
    )


def test_every_macro_is_shown_on_the_page_of_components(anyone):
    shown = anyone.open("/ui").text
    assert "Из чего сделаны страницы" in shown
    page = (template_root() / "web" / "pages" / "ui.html").read_text(encoding="utf-8")
    for path in (template_root() / "web" / "macros").glob("*.html"):
        for name in re.findall(r"{% macro (\w+)", path.read_text(encoding="utf-8")):
            assert f"{name}(" in page or name in {"csrf_fields", "for_field"}, name  # which nobody sees


def test_a_proof_of_work_is_asked_for_where_the_service_wants_one(world, anyone):
    world.tools.settings = replace(world.tools.settings, proof_of_work=50)
    fields = {"number": "7754900885000012", **SURNAME}
    refused = checked(anyone, **fields)
    assert (refused.status_code, "ещё раз" in refused.text) == (422, True)
    challenge = json.loads(unescape(re.search(r'data-challenge="([^"]+)"', refused.text)[1]))
    number = next(
        n
        for n in range(challenge["maxnumber"] + 1)
        if hashlib.sha256(f"{challenge['salt']}{n}".encode()).hexdigest() == challenge["challenge"]
    )
    solved = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    proof = base64.b64encode(json.dumps({**solved, "number": number}).encode()).decode()
    assert "Не найден" in checked(anyone, altcha=proof, **fields).text


def test_insurers_are_found_by_the_address(world, anyone):
    def codes(query):
        return re.findall(r'href="/insurers/(\d{5})"', anyone.open(f"/insurers?{query}").text)

    every = world.ok("GET", "/v1/insurers?sort=name", person=None)["items"]
    assert codes("") == [insurer["code"] for insurer in every]
    assert codes("sort=code") == sorted(insurer["code"] for insurer in every)
    assert codes("region=77") == [insurer["code"] for insurer in every if insurer["region"] == "77"]
    assert codes("open=yes&region=77") == [i["code"] for i in every if i["region"] == "77" and i["may_be_chosen"]]
    assert codes("search=77012") == ["77012"]
    assert codes("search=%3Cscript%3E") == []
    assert codes("region=x&sort=x") == codes("")
    one = anyone.open("/insurers/77012").text
    assert "Лицензия" in one
    assert anyone.call("GET", "/insurers/00000").status_code == 404


@pytest.mark.parametrize("category", CATEGORY_RULES)
def test_help_says_of_each_category_what_the_matrix_demands(shared_help, category):
    text = unescape(shared_help.open(f"/help?category={category}").text)
    for row in (row for row in MATRIX if row.category is category):
        assert f"<h3>{KIND_TITLES[row.kind]}</h3>" in text
        assert f"до {row.decision_days} рабочих дней" in text
        assert all(DOCUMENT_TITLES[document] in text for document in row.documents)


@pytest.fixture(scope="module")
def shared_help(issuer):
    from tests.world import open_world

    with open_world(issuer) as world:
        yield Visitor(world)


def test_help_names_every_kind_and_its_term(shared_help):
    text = shared_help.open("/help?category=nobody").text
    assert all(title in text for title in KIND_TITLES.values())
