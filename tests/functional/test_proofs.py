"""What an insured person shows: codes for a limited time, extracts in two languages (requirements F3, F4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest

from chalicelib.use_cases import share_policy
from tests.cloud import cloud
from tests.journeys import problem, submitted

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def insured(world: World) -> World:
    submitted(world)
    world.drain()
    return world


def test_shares_a_code_that_ends_by_itself(insured: World) -> None:
    code = insured.ok("POST", "/v1/me/insurance/codes", json={"days": 3})
    asked = {"qr": code["qr_link"]}

    now = insured.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=asked)
    insured.sleep(days=4)
    later = insured.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=asked)

    assert (now["qr"]["reason"], later["qr"]["reason"]) == ("valid", "expired")
    assert code["svg"].startswith("<svg") or "<svg" in code["svg"]


@pytest.mark.parametrize("days", [0, 31, -1])
def test_refuses_a_code_for_too_long_or_too_short(insured: World, days: int) -> None:
    answer = insured.call("POST", "/v1/me/insurance/codes", json={"days": days})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["days"]


def test_refuses_a_code_without_a_policy(world: World) -> None:
    answer = world.call("POST", "/v1/me/insurance/codes", json={})

    assert (answer.status_code, answer.json()["reason"]) == (422, "no_active_policy")


def test_keeps_fifty_extracts_and_no_more(insured: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share_policy, "MAX_EXTRACTS", 1)
    answer = insured.call("POST", "/v1/me/extracts", json={"bilingual": True})
    problem(answer, 422, "rule_refused", "too_many_extracts")


def test_makes_an_extract_in_two_languages(insured: World) -> None:
    ordered = insured.ok("POST", "/v1/me/extracts", json={"bilingual": True})
    insured.drain()

    documents = {d["id"]: d for d in insured.ok("GET", "/v1/me/insurance")["documents"]}
    stored = cloud("s3").get_object(Bucket="polis-documents", Key=f"documents/{ordered['id']}.pdf")
    text = pypdfium2.PdfDocument(stored["Body"].read())[0].get_textpage().get_text_range()
    assert documents[ordered["id"]]["is_ready"]
    assert "Surname" in text or "Family name" in text


def test_sorts_and_searches_insurers(world: World) -> None:
    found = world.ok("GET", "/v1/insurers?region=77&search=макс&may_be_chosen=true", person=None)["items"]
    names = [i["name"] for i in world.ok("GET", "/v1/insurers?sort=name", person=None)["items"]]

    assert [insurer["code"] for insurer in found] == ["77004"]
    assert names == sorted(names)
