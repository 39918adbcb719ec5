"""Later versions of a birth record: what is corrected, who is a parent, what is annulled (requirement N1)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.records import Pointer
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import AlreadyExists, NotFound
from infra.local.person_numbers import snils_of
from tests.applicants import CHILD, begun, carried_out, represent, scanned
from tests.journeys import (
    OTHER_INSURER,
    application,
    coded,
    insured,
    messages,
    problem,
    sign,
    signed,
)
from tests.newborns import (
    BORN_ON,
    CERTIFICATE,
    FATHER,
    MOTHER,
    REPRESENTED,
    SON,
    annulment,
    birth,
    cases,
    child,
    children,
    choice,
    decided,
    mother_insured,
    parent,
    policies,
    send,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World

DECLARED = {**CHILD, **{name: SON[name] for name in ("family_name", "given_name", "middle_name", "sex", "born_on")}}
PAPER = {"identity_document": {**CERTIFICATE, "issuer": "ЗАГС ДЛЯ ПРИМЕРА"}}


def kinds(world: World, *, person: str = "citizen") -> list[str]:
    return [message["kind"] for message in messages(world, person=person)]


def both_insured(world: World) -> None:
    insured(world, person="insured")
    mother_insured(world)


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


class TestParents:
    """Who may act for the child follows the record."""

    def test_a_father_who_is_added_later_sees_the_child(self, world: World) -> None:
        both_insured(world)
        told(world, birth())
        assert children(world, person="insured") == []

        told(world, birth(2, father=FATHER))

        assert child(world, person="insured")["person_id"] == child(world)["person_id"]

    def test_who_is_no_parent_any_more_sees_the_child_no_more(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        son = child(world)["person_id"]

        told(world, birth(2))

        assert child(world, person="insured")["state"] == "ended"
        problem(world.call("GET", f"{REPRESENTED}/{son}/insurance", person="insured"), 404)
        assert "representation_ended" in kinds(world, person="insured")
        assert child(world)["state"] == "active"

    def test_a_parent_whose_place_another_takes(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        insured(world, person="later")

        told(world, birth(2, father=parent("later")))

        assert child(world, person="insured")["state"] == "ended"
        assert child(world, person="later")["state"] == "active"

    def test_a_parent_who_comes_back_gets_the_right_again(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        told(world, birth(2))

        told(world, birth(3, father=FATHER))

        assert child(world, person="insured")["state"] == "active"

    def test_who_gave_the_right_up_does_not_get_it_again(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        son = child(world)["person_id"]
        world.ok("POST", f"{REPRESENTED}/{son}/termination", person="insured")
        world.settle()
        written = kinds(world, person="insured")

        told(world, birth(2, father=FATHER, child={"given_name": "Тимур", "born_on": "2026-03-21"}))

        assert child(world, person="insured")["state"] == "ended"
        assert kinds(world, person="insured") == written

    def test_a_parent_who_is_only_not_found_keeps_the_right(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))

        told(world, birth(2, father={"family_name": "Образцов", "given_name": "Пётр"}))

        assert child(world, person="insured")["state"] == "active"


class TestKnownChild:
    """A child that a parent declared, or insured, before the record came."""

    def test_one_that_was_only_declared_gets_the_policy(self, world: World) -> None:
        mother_insured(world)
        declared = represent(world, "citizen", {**DECLARED, "snils": snils_of(120)})

        told(world, birth())

        son = child(world)
        assert (son["person_id"], son["has_consent"]) == (declared, True)
        assert standing(world, declared)["periods"][0]["basis"] == "mother"
        question = {"snils": snils_of(120), "on": BORN_ON}
        found = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=question)
        assert found["policy_number"] == son["policy_number"]

    def test_one_that_is_insured_gets_no_second_policy(self, world: World) -> None:
        both_insured(world)
        declared = represent(world, "citizen", DECLARED)
        carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=declared, sections=PAPER)
        written = kinds(world)

        assert told(world, birth(father=FATHER))["state"] == "already_insured"

        assert [p["periods"][0]["basis"] for p in policies(world, declared)] == ["first_choice"]
        assert child(world, person="insured")["person_id"] == declared
        assert kinds(world) == written
        assert "newborn_linked" in kinds(world, person="insured")

    def test_one_that_is_insured_is_corrected_like_any_other(self, world: World) -> None:
        mother_insured(world)
        declared = represent(world, "citizen", DECLARED)
        carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=declared, sections=PAPER)
        told(world, birth())

        assert told(world, birth(2, child={"given_name": "Тимур"}))["state"] == "already_insured"

        old, new = policies(world, declared)
        assert (old["state"], new["state"], child(world)["given_name"]) == ("replaced", "active", "Тимур")
        assert new["valid_from"] == old["valid_from"] == "2026-03-26"

    def test_one_that_is_insured_as_a_foreigner_is_left_to_an_operator(self, world: World) -> None:
        mother_insured(world)
        declared = represent(world, "citizen", DECLARED)
        permit = {
            "type": "23",
            "series": "82",
            "number": "9000014",
            "issuer": "ГУ МВД ДЛЯ ПРИМЕРА",
            "issued_on": "2026-03-24",
            "expires_on": "2028-02-09",
        }
        passport = {"type": "9", "number": "9000120", "issuer": "МВД", "issued_on": "2026-03-24"}
        sections = {"identity_document": passport, "status_document": permit}
        wish = {"kind": "first_policy", "category": "foreigner_temporary", "person_id": declared}
        draft = world.ok("POST", "/v1/applications", json=wish)
        form = {
            **sections,
            "person": {
                **draft["form"]["person"],
                "citizenship": "UZB",
                "birthplace": "Г. МОСКВА",
                "snils": snils_of(120),
            },
            "insurer": {"code": "77012"},
            "representative": {**draft["form"]["representative"], "second_parent": "absent"},
        }
        saved = world.ok("PATCH", f"/v1/applications/{draft['id']}", json=form)
        assert saved["errors"] == []
        scanned(world, draft["id"], person="citizen")
        signed(world, draft["id"])
        world.settle()
        assert standing(world, declared)["category"] == "foreigner_temporary"

        told(world, birth(child={"snils": snils_of(120)}))

        assert [case["reason"] for case in cases(world)] == ["citizenship_differs"]
        assert len(policies(world, declared)) == 1

    def test_one_with_a_temporary_certificate_gets_its_policy_and_the_application_is_refused(
        self, world: World
    ) -> None:
        mother_insured(world)
        declared = represent(world, "citizen", DECLARED)
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = begun(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=declared, sections=PAPER)
        scanned(world, draft["id"], person="citizen")
        signed(world, draft["id"])
        world.settle()
        assert "certificate_issued" in kinds(world)

        told(world, birth())
        world.tools.registers.release()
        world.sleep(minutes=16)
        world.settle()

        assert standing(world, declared)["periods"][0]["basis"] == "mother"
        held = world.ok("GET", f"{REPRESENTED}/{declared}/insurance")
        assert [certificate["state"] for certificate in held["certificates"]] == ["revoked"]
        done = application(world, draft["id"])
        assert (done["state"], [refusal["code"] for refusal in done["refusals"]]) == ("refused", ["already_insured"])

    def test_two_papers_that_lead_to_two_persons_are_left_to_an_operator(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())

        told(world, birth(number="2", child={"snils": MOTHER["snils"]}))

        (case,) = cases(world)
        assert (case["reason"], case["may_proceed"]) == ("child_differs", False)

    def test_what_an_operator_has_released_by_its_name_is_another_child(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        told(world, birth(number="2", child={"certificate": {**CERTIFICATE, "number": "900121"}}))
        (case,) = cases(world)

        assert decided(world, case["record_id"], proceed=True).status_code == 200
        world.settle()

        assert cases(world) == []
        assert len({found["policy_number"] for found in children(world)}) == 2


class TestAnnulment:
    """An annulled record takes its policy with it."""

    def test_ends_the_policy_and_the_parents_rights(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        son = child(world)
        world.drain()

        assert told(world, annulment(2))["state"] == "annulled"

        for person in ("citizen", "insured"):
            assert child(world, person=person)["state"] == "ended"
            assert kinds(world, person=person).count("newborn_annulled") == 1
            assert "representation_ended" not in kinds(world, person=person)
        question = {"policy_number": son["policy_number"], "born_on": BORN_ON, "consent": True}
        answer = world.ok("POST", "/v1/validity-checks", person=None, json=question)
        assert (answer["status"], answer["reason"]) == ("not_valid", "annulled")

    def test_of_one_twin_leaves_the_other(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        told(
            world, birth(number="2", child={"given_name": "Матвей", "certificate": {**CERTIFICATE, "number": "900121"}})
        )

        told(world, annulment(2))

        assert {found["given_name"]: found["state"] for found in children(world)} == {
            "Тимофей": "ended",
            "Матвей": "active",
        }

    def test_of_a_record_that_insured_nobody_ends_what_was_shown(self, world: World) -> None:
        insured(world)
        world.sleep(days=10)
        told(world, birth(child={"citizenship": "KGZ"}))
        assert child(world)["state"] == "active"

        assert told(world, annulment(2))["state"] == "annulled"

        assert child(world)["state"] == "ended"
        assert "newborn_annulled" not in kinds(world)
        assert cases(world) == []

    def test_a_birth_that_was_a_stillbirth_ends_in_silence(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        son = child(world)
        written = kinds(world)

        assert told(world, birth(2, kind="stillbirth"))["state"] == "noted"

        assert child(world)["state"] == "ended"
        assert kinds(world) == written
        question = {"policy_number": son["policy_number"], "born_on": BORN_ON, "consent": True}
        assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == "not_valid"

    def test_leaves_a_policy_of_an_application_to_an_operator(self, world: World) -> None:
        mother_insured(world)
        declared = represent(world, "citizen", DECLARED)
        carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=declared, sections=PAPER)
        told(world, birth())

        told(world, annulment(2))

        (case,) = cases(world)
        assert (case["reason"], case["may_proceed"]) == ("other_policy", False)
        assert standing(world, declared)["state"] == "active"

    def test_a_restored_record_waits_for_an_operator_and_keeps_the_number(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        number = child(world)["policy_number"]
        told(world, annulment(2))
        assert told(world, birth(3))["state"] == "needs_operator"
        (case,) = cases(world)
        assert case["reason"] == "restored"

        assert decided(world, case["record_id"], proceed=True).status_code == 200
        world.settle()

        son = child(world)
        assert (son["state"], son["policy_number"]) == ("active", number)
        assert standing(world, son["person_id"])["policy_number"] == number

    def test_refuses_a_change_of_the_insurer_that_is_under_way(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        son = child(world)["person_id"]
        world.sleep(days=40)
        coming, draft = choice(world, son), choice(world, son)
        signed(world, coming)
        world.settle()

        told(world, annulment(2))
        world.sleep(days=10)
        world.run("run_due")
        world.settle()

        # The right to act has ended: the applications are not the parent's any more.
        stored = {
            application_id: world.tools.store.application_file(application_id=application_id).application
            for application_id in (coming, draft)
        }
        assert (stored[coming].state, [r.code for r in stored[coming].refusals]) == ("refused", ["policy_ended"])
        assert stored[draft].state == "expired"

    def test_lets_a_signature_come_too_late(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        son = child(world)["person_id"]
        world.sleep(days=40)
        draft = choice(world, son)
        code = coded(world, draft)
        told(world, annulment(2))

        answer: Any = sign(world, draft, code)
        assert answer.status_code == 409, answer.text


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
