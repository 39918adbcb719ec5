"""Birth records that nobody but a person can decide: visible to the fund of the region, and decided there (N1, O1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.http.tokens import account_id_of
from infra.local.person_numbers import snils_of
from infra.local.persons import PERSONS
from tests.applicants import carried_out
from tests.journeys import FIRST_INSURER, OTHER_INSURER, insured, messages, problem, wrong_fields
from tests.newborns import (
    CASES,
    CERTIFICATE,
    FATHER,
    MOTHER,
    annulment,
    birth,
    cases,
    child,
    children,
    decided,
    mother_insured,
    parent,
    policies,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World

ABROAD = {"type": "24", "series": "ABC", "number": "777", "issuer": "КОНСУЛЬСТВО", "issued_on": "2026-03-25"}
CITIZEN = ApplicantCategory.CITIZEN_14_PLUS


def waiting(world: World) -> dict[str, Any]:
    (only,) = cases(world)
    return only


def settled(world: World, record_id: str, **decision: Any) -> None:
    answer = decided(world, record_id, **decision)
    assert answer.status_code == 200, answer.text
    world.settle()


class TestReasons:
    """Why a record waits for a person."""

    def test_a_foreign_record_waits_even_when_the_mother_is_insured(self, world: World) -> None:
        mother_insured(world)
        assert told(world, birth(kind="foreign", child={"certificate": ABROAD}))["state"] == "needs_operator"

        case = waiting(world)
        assert (case["reason"], case["kind_title"]) == ("foreign_record", "Рождение, зарегистрированное за рубежом")
        assert children(world) == []
        settled(world, case["record_id"], proceed=True)
        assert standing(world, child(world)["person_id"])["periods"][0]["basis"] == "mother"

    def test_a_correction_of_a_foreign_record_is_foreign_too(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(2, child={"certificate": ABROAD}))

        assert waiting(world)["reason"] == "foreign_record"

    def test_a_mother_whose_policy_is_suspended_insures_nobody(self, world: World) -> None:
        insured(world)
        rest = {"reason": "left_country", "from_on": "2026-03-16"}
        carried_out(world, CITIZEN, "suspension", sections={"suspension": rest})
        world.sleep(days=10)

        assert told(world, birth())["state"] == "needs_operator"

        assert waiting(world)["reason"] == "parents_not_insured"
        # The parents are certain: the child is theirs to see, and they are told.
        son = child(world)
        assert policies(world, son["person_id"]) == []
        assert [m["kind"] for m in messages(world)].count("newborn_waits") == 1

    def test_a_mother_whose_policy_has_expired_insures_nobody(self, world: World) -> None:
        done = carried_out(world, ApplicantCategory.EAEU_WORKER, "first_policy")
        assert done["state"] == "ready"
        world.sleep(days=280)
        world.run("run_due")
        days = {"born_on": "2026-12-15", "certificate": {**CERTIFICATE, "issued_on": "2026-12-18"}}

        told(world, birth(mother=parent("worker"), registered_on="2026-12-18", child=days))

        assert waiting(world)["reason"] == "parents_not_insured"

    def test_a_mother_whose_insurer_has_closed(self, world: World) -> None:
        mother_insured(world)
        insurer = world.tools.store.insurer(code=FIRST_INSURER)
        work = world.tools.store.work(at=world.tools.at)
        work.update(replace(insurer, licence_until=date(2026, 3, 24)))
        work.commit()

        told(world, birth())

        assert waiting(world)["reason"] == "insurer_closed"
        settled(world, waiting(world)["record_id"], proceed=True, insurer_code=OTHER_INSURER)
        (period,) = standing(world, child(world)["person_id"])["periods"]
        assert (period["insurer_code"], period["basis"]) == (OTHER_INSURER, "operator")

    @pytest.mark.parametrize("wrong", [{"given_name": "Ольга"}, {"born_on": "1991-05-14"}], ids=["name", "birth date"])
    def test_a_number_that_leads_to_somebody_else_makes_no_parent(self, world: World, wrong: dict[str, str]) -> None:
        mother_insured(world)
        told(world, birth(mother={**MOTHER, **wrong}))

        assert waiting(world)["reason"] == "parent_differs"
        assert children(world) == []
        settled(world, waiting(world)["record_id"], proceed=True)
        assert (waiting(world)["reason"], children(world)) == ("parents_unknown", [])

    def test_a_child_that_is_no_citizen(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(child={"citizenship": "KGZ"}))

        case = waiting(world)
        assert (case["reason"], case["may_proceed"]) == ("not_a_citizen", False)
        assert policies(world, child(world)["person_id"]) == []
        problem(decided(world, case["record_id"], proceed=True), 422, "rule_refused", "cannot_proceed")

    def test_a_birth_that_is_registered_years_later(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(child={"born_on": "2012-03-26"}))

        assert waiting(world)["reason"] == "not_a_child"

    def test_a_corrected_record_is_handled_without_a_person(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(mother={**MOTHER, "snils": snils_of(77), "document": None}))
        assert waiting(world)["reason"] == "parents_unknown"

        assert told(world, birth(2))["state"] == "insured"

        assert cases(world) == []
        assert standing(world, child(world)["person_id"])["periods"][0]["basis"] == "mother"

    def test_a_child_that_waits_keeps_its_person_when_it_is_corrected(self, world: World) -> None:
        insured(world, person="insured")
        mother_insured(world)
        told(world, birth(child={"citizenship": "KGZ"}, father=FATHER))
        before = child(world)["person_id"]

        told(world, birth(2, child={"citizenship": "KGZ"}))
        assert child(world, person="insured")["state"] == "ended"
        told(world, birth(3, child={"given_name": "Тимур"}))

        assert (child(world)["person_id"], child(world)["given_name"]) == (before, "Тимур")
        assert standing(world, before)["periods"][0]["basis"] == "mother"
        assert child(world, person="insured")["state"] == "ended"


class TestOperator:
    """What the fund's operator sees and decides."""

    def test_the_list_names_nobody_and_the_record_is_shown_with_a_trace(self, world: World) -> None:
        world.sleep(days=10)
        told(world, birth(father=FATHER))
        case = waiting(world)
        assert "Тимофей" not in str(case)

        shown = world.ok("GET", f"{CASES}/{case['record_id']}", person="fund")

        assert (shown["child_given_name"], shown["child_certificate"]["number"]) == ("Тимофей", "900120")
        assert [(p["role"], p["family_name"]) for p in shown["parents"]] == [
            ("mother", "Примерова"),
            ("father", "Образцов"),
        ]
        record = world.tools.store.civil_record(record_id=case["record_id"])
        entries = world.tools.store.activity(person_id=record.person_id, limit=10, after=None).items
        assert next((e.action.name, e.action.actor.kind) for e in entries) == ("civil_record_viewed", "operator")

    def test_a_record_without_a_child_is_shown_too(self, world: World) -> None:
        world.sleep(days=10)
        record = told(world, annulment(1))
        shown = world.ok("GET", f"{CASES}/{record['record_id']}", person="fund")
        assert (shown["child_sex"], shown["child_given_name"], shown["child_certificate"]) == (None, "", None)
        assert (shown["reason"], shown["reason_title"], shown["may_proceed"]) == (None, "", False)

    def test_the_list_is_that_of_the_region_oldest_first_and_paged(self, world: World) -> None:
        world.sleep(days=10)
        for number in range(3):
            told(world, birth(number=f"{number}", child={"certificate": {**CERTIFICATE, "number": f"90020{number}"}}))
            world.sleep(minutes=1)
        told(world, birth(number="9", region="78"))

        first = world.ok("GET", f"{CASES}?limit=2", person="fund")
        second = world.ok("GET", f"{CASES}?limit=2&cursor={first['next_cursor']}", person="fund")

        found = [case["received_at"] for case in (*first["items"], *second["items"])]
        assert (len(found), found) == (3, sorted(found))
        assert second["next_cursor"] is None

    def test_another_region_sees_nothing(self, world: World) -> None:
        world.sleep(days=10)
        record_id = told(world, birth(region="78"))["record_id"]

        assert cases(world) == []
        problem(world.call("GET", f"{CASES}/{record_id}", person="fund"), 404, "not_found")
        problem(decided(world, record_id, proceed=True), 404, "not_found")

    def test_an_insurer_is_named_where_none_follows(self, world: World) -> None:
        world.sleep(days=10)
        record_id = told(world, birth())["record_id"]
        for code in ("00000", "78006", "77999"):
            refused = problem(decided(world, record_id, proceed=True, insurer_code=code), 422, "validation_failed")
            assert wrong_fields(refused) == {"insurer_code": "insurer_not_available"}

        settled(world, record_id, proceed=True, insurer_code=OTHER_INSURER)

        assert cases(world) == []
        record = world.tools.store.civil_record(record_id=record_id)
        held = world.tools.store.person_file(person_id=record.person_id)
        assert (record.state, held.person.account_id) == ("insured", record.person_id)
        (period,) = held.standing_policy.periods
        assert (period.insurer_code, period.basis) == (OTHER_INSURER, "operator")

    def test_a_record_is_set_aside_with_a_reason(self, world: World) -> None:
        world.sleep(days=10)
        record_id = told(world, birth())["record_id"]
        refused = problem(decided(world, record_id, proceed=False, reason=" "), 422, "validation_failed")
        assert wrong_fields(refused) == {"reason": "required"}

        settled(world, record_id, proceed=False, reason="Родители застрахованы в другом регионе")

        assert cases(world) == []
        assert world.tools.store.civil_record(record_id=record_id).state == "set_aside"
        problem(decided(world, record_id, proceed=True), 409, "state_conflict")

    def test_the_parents_of_a_child_that_is_set_aside_learn_that_they_have_to_apply(self, world: World) -> None:
        mother_insured(world)
        record_id = told(world, birth(child={"citizenship": "KGZ"}))["record_id"]

        settled(world, record_id, proceed=False, reason="Нужен документ о праве на проживание")

        assert [m["kind"] for m in messages(world)].count("newborn_not_insured") == 1
        shown = world.ok("GET", f"{CASES}/{record_id}", person="fund")
        assert (shown["state"], shown["decision_note"]) == ("set_aside", "Нужен документ о праве на проживание")

    def test_the_parents_of_an_insured_child_are_not_told_of_what_is_set_aside(self, world: World) -> None:
        mother_insured(world)
        record_id = told(world, birth())["record_id"]
        told(world, birth(2, child={"citizenship": "KGZ"}))

        settled(world, record_id, proceed=False, reason="Разбираемся с гражданством")

        assert "newborn_not_insured" not in [m["kind"] for m in messages(world)]

    def test_a_new_version_of_a_record_that_was_set_aside_is_handled(self, world: World) -> None:
        world.sleep(days=10)
        settled(world, told(world, birth())["record_id"], proceed=False, reason="Ждём сведений")
        insured(world, person="insured")
        world.sleep(days=1)
        after = {"born_on": "2026-03-26", "certificate": {**CERTIFICATE, "issued_on": "2026-03-27"}}

        told(world, birth(2, child=after, father=FATHER, registered_on="2026-03-27"))

        assert standing(world, child(world, person="insured")["person_id"], person="insured")["state"] == "active"

    def test_nobody_decides_on_the_own_child(self, world: World) -> None:
        insured(world)
        world.sleep(days=10)
        record_id = told(world, birth(child={"citizenship": "KGZ"}))["record_id"]
        record = world.tools.store.civil_record(record_id=record_id)
        work = world.tools.store.work(at=world.tools.at)
        work.update(replace(record, granted={own_account(world, "fund"): "mother"}))
        work.commit()

        problem(decided(world, record_id, proceed=False, reason="Не моё дело"), 403, "not_permitted")


def own_account(world: World, key: str) -> str:
    """The account of a demonstration person, as the service derives it."""
    person = next(found for found in PERSONS if found.key == key)
    return account_id_of(issuer=world.issuer, subject=person.subject)


def test_what_is_released_is_that_reason_and_no_other(world: World) -> None:
    mother_insured(world)
    told(world, birth(kind="foreign", child={"certificate": ABROAD, "snils": MOTHER["snils"]}))

    settled(world, waiting(world)["record_id"], proceed=True)

    # Its СНИЛС is the mother's.
    assert (waiting(world)["reason"], waiting(world)["may_proceed"]) == ("child_differs", False)
    assert children(world) == []
