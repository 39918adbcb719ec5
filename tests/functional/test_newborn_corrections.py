"""Later versions of a birth record: what is corrected, once, and what an operator decides (requirement N1)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.records import Pointer
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import AlreadyExists, NotFound
from infra.local.person_numbers import snils_of
from tests.journeys import OTHER_INSURER, application, signed
from tests.newborns import (
    BORN_ON,
    CERTIFICATE,
    MOTHER,
    REPRESENTED,
    birth,
    cases,
    child,
    children,
    choice,
    kinds,
    mother_insured,
    policies,
    send,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World


class TestCorrection:
    """What the record corrects is taken over; the rest stays."""

    @pytest.mark.parametrize("corrected", [{"sex": "female"}, {"born_on": "2026-03-21"}], ids=["sex", "birth date"])
    def test_another_sex_or_birth_date_makes_another_number(self, world: World, corrected: dict[str, str]) -> None:
        mother_insured(world)
        told(world, birth())
        son = child(world)["person_id"]

        told(world, birth(2, child=corrected))

        old, new = policies(world, son)
        assert (old["state"], old["successor_id"]) == ("replaced", new["id"])
        assert old["policy_number"] != new["policy_number"]
        assert child(world)["policy_number"] == new["policy_number"]
        born_on = corrected.get("born_on", BORN_ON)
        assert (new["state"], new["valid_from"], new["periods"][0]["insured_from"]) == ("active", born_on, born_on)
        assert (child(world)["born_on"], child(world)["until_on"]) == (born_on, born_on.replace("2026", "2044"))
        for policy, status in ((old, "not_valid"), (new, "valid")):
            question = {"policy_number": policy["policy_number"], "born_on": born_on, "consent": True}
            assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == status
        assert kinds(world).count("newborn_changed") == 1

    def test_what_does_not_stand_on_the_policy_changes_no_policy(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        son = child(world)["person_id"]
        later = {"snils": snils_of(120), "certificate": {**CERTIFICATE, "number": "900555"}}

        assert told(world, birth(2, child=later))["state"] == "insured"

        assert len(policies(world, son)) == 1
        assert "newborn_changed" not in kinds(world)
        for key in ({"snils": snils_of(120)}, {"document": {"type": "3", "series": "I-АА", "number": "900555"}}):
            found = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={**key, "on": BORN_ON})
            assert found["is_insured"], key

    def test_a_new_version_without_news_changes_nothing(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        before = child(world)

        assert told(world, birth(2, reason="Уточнён орган ЗАГС", office="ДРУГОЙ ОРГАН ЗАГС"))["state"] == "insured"

        assert child(world) == before
        assert len(policies(world, before["person_id"])) == 1

    def test_a_number_that_is_somebody_elses_is_left_to_an_operator(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())

        told(world, birth(2, child={"given_name": "Тимур", "snils": MOTHER["snils"]}))

        assert [case["reason"] for case in cases(world)] == ["child_differs"]
        assert child(world)["given_name"] == "Тимофей"

    def test_a_child_that_is_no_citizen_after_all_is_left_to_an_operator(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())

        told(world, birth(2, child={"citizenship": "KGZ", "given_name": "Тимур"}))

        assert [(case["reason"], case["may_proceed"]) for case in cases(world)] == [("not_a_citizen", False)]
        assert (child(world)["given_name"], len(policies(world, child(world)["person_id"]))) == ("Тимофей", 1)

    def test_a_coming_change_of_the_insurer_survives_a_correction(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        son = child(world)["person_id"]
        world.sleep(days=40)
        chosen = choice(world, son)
        signed(world, chosen)
        world.settle()
        assert application(world, chosen)["state"] == "approved"

        told(world, birth(2, child={"given_name": "Тимур"}))
        world.sleep(days=10)
        world.run("run_due")
        world.drain()

        assert application(world, chosen)["state"] == "ready"
        held = standing(world, son)
        assert [period["insurer_code"] for period in held["periods"]][-1] == OTHER_INSURER
        documents = world.ok("GET", f"{REPRESENTED}/{son}/insurance")["documents"]
        present = [d for d in documents if d["subject_id"] == held["id"] and not d["is_superseded"]]
        assert [(d["is_ready"], d["application_id"]) for d in present] == [(True, ""), (True, "")]


def test_a_record_is_handled_once_however_often_its_message_comes(world: World) -> None:
    mother_insured(world)
    told(world, birth())
    send(world, birth(2, child={"given_name": "Тимур"}))
    world.settle()
    before = policies(world, child(world)["person_id"])

    for queue, body in list(world.delivered):
        if queue == "issuance":
            world.invoke(queue, body)
    world.settle()

    assert policies(world, child(world)["person_id"]) == before


def test_a_message_of_an_unknown_record_is_poison(world: World) -> None:
    body = {"id": "x", "at": "2026-03-26T09:00:00+00:00", "body": {"record_id": "01KKTXZ8M0J77M3GB40726KZTJ"}}
    with pytest.raises(NotFound):
        world.invoke("issuance", json.dumps(body))


def test_a_number_that_is_taken_is_drawn_again_when_the_message_comes_again(world: World) -> None:
    mother_insured(world)
    taken = build_policy_number(territory="77", born_on=date(2026, 3, 20), sex=Sex.MALE, serial=1)
    value_hash = world.tools.secrets.lookup_hash(kind="policy_number", value=taken)
    work = world.tools.store.work(at=world.tools.at)
    work.claim(Pointer(kind="policy_number", value_hash=value_hash, target="somebody", person_id="somebody"))
    work.commit()
    send(world, birth())
    world.drain(queues=("outbox_relay",))
    (message,) = world.messages("issuance")

    with pytest.raises(AlreadyExists):
        world.deliver("issuance", message)
    assert children(world) == []
    world.deliver("issuance", message)

    assert child(world)["policy_number"][10:15] == "00002"
