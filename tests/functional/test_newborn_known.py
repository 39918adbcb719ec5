"""A birth record of a child that is known already (requirement N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from infra.local.person_numbers import snils_of
from tests.applicants import begun, carried_out, represent, scanned
from tests.journeys import application, signed
from tests.newborns import (
    BORN_ON,
    CERTIFICATE,
    DECLARED,
    FATHER,
    MOTHER,
    PAPER,
    REPRESENTED,
    birth,
    both_insured,
    cases,
    child,
    children,
    decided,
    kinds,
    mother_insured,
    policies,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World


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
