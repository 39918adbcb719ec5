"""A birth record that is annulled, and one that is restored (requirement N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import ApplicantCategory
from tests.applicants import carried_out, represent
from tests.journeys import coded, insured, sign, signed
from tests.newborns import (
    BORN_ON,
    CERTIFICATE,
    DECLARED,
    FATHER,
    PAPER,
    annulment,
    birth,
    both_insured,
    cases,
    child,
    children,
    choice,
    decided,
    kinds,
    mother_insured,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World


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
