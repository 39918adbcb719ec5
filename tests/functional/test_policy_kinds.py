"""What each kind of application does to a policy, and what everybody sees of it then (B2, F6, F7, G1-G3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.policy_term import TermProfile
from infra.local.person_numbers import policy_number_of
from tests.applicants import PERMIT, begun, carried_out, scanned
from tests.journeys import (
    OTHER_INSURER,
    application,
    asked_to_sign,
    document,
    insurance,
    insured,
    messages,
    problem,
    signed,
)

if TYPE_CHECKING:
    from tests.world import World

C = ApplicantCategory.CITIZEN_14_PLUS
STUDENT = ApplicantCategory.FOREIGNER_TEMPORARY
BORN_ON = "1990-05-14"


def policies(world: World, person: str = "citizen") -> list[dict[str, Any]]:
    return list(insurance(world, person=person)["policies"])


def apply(world: World, kind: str, **sections: dict[str, str]) -> dict[str, Any]:
    done = carried_out(world, C, kind, sections=sections)
    assert done["refusals"] == [], done["refusals"]
    return done


def public(world: World, number: str, born_on: str = BORN_ON) -> dict[str, Any]:
    question = {"policy_number": number, "born_on": born_on, "consent": True}
    return dict(world.ok("POST", "/v1/validity-checks", person=None, json=question))


def clinic(world: World, number: str, on: str | None = None) -> dict[str, Any]:
    question = {"policy_number": number, **({"on": on} if on else {})}
    return dict(world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=question))


def listed(world: World, policy_id: str) -> str | None:
    """What the published list of documents says of a policy's code."""
    person_id = world.tools.store.pointers(
        kind="policy_number",
        value_hash=world.tools.secrets.lookup_hash(kind="policy_number", value=policies(world)[0]["policy_number"]),
    )[0].person_id
    held = world.tools.store.person_file(person_id=person_id).policies
    index = next(policy.status_index for policy in held if policy.policy_id == policy_id)
    return world.tools.store.revocations(status_list=0).get(index)


def until(world: World, moment: datetime) -> None:
    world.sleep(seconds=(moment - world.tools.at).total_seconds())
    world.run("run_due")
    world.settle()


class TestReplacement:
    """A policy made anew: the old code dies at once."""

    @pytest.mark.parametrize("reason", ["lost", "damaged"])
    def test_the_old_code_is_dead_at_once_and_points_to_the_new_one(self, world: World, reason: str) -> None:
        insured(world)
        (first,) = policies(world)
        apply(world, "replacement", replacement={"reason": reason})
        world.drain()

        old, new = policies(world)
        assert (old["state"], old["end_reason"], old["successor_id"]) == ("replaced", reason, new["id"])
        assert new["policy_number"] == first["policy_number"]
        assert new["periods"] == first["periods"]
        assert (listed(world, old["id"]), listed(world, new["id"])) == ("replaced", None)
        assert public(world, new["policy_number"])["status"] == "valid"
        assert clinic(world, new["policy_number"], "2026-03-16")["is_insured"] is True
        assert document(world, "policy")["subject_id"] == new["id"]
        made = [d for d in insurance(world)["documents"] if d["document_type"] == "policy"]
        assert sorted(d["is_superseded"] for d in made) == [False, True]
        assert "policy_replaced" in {message["kind"] for message in messages(world)}

    def test_a_new_surname_needs_its_document_and_is_known_everywhere_then(self, world: World) -> None:
        insured(world)
        draft = begun(world, C, "replacement", sections={"replacement": {"reason": "data_changed"}})
        shown = application(world, draft["id"])
        assert "change_basis" in shown["missing_documents"]
        person = {**draft["form"]["person"], "birthplace": "г. Пример", "middle_name": "Петровна"}
        world.ok("PATCH", f"/v1/applications/{draft['id']}", json={"person": person})
        scanned(world, draft["id"], person="citizen")
        signed(world, draft["id"])
        world.settle()

        assert world.ok("GET", "/v1/me")["middle_name"] == "Петровна"
        assert clinic(world, policies(world)[0]["policy_number"])["middle_name"] == "Петровна"

    def test_an_error_has_to_be_described(self, world: World) -> None:
        insured(world)
        draft = begun(world, C, "replacement", sections={"replacement": {"reason": "error_found"}})

        assert draft["missing"] == ["replacement.comment"]

    def test_another_sex_makes_another_number_and_keeps_the_old_as_history(self, world: World) -> None:
        insured(world)
        (first,) = policies(world)
        person = {**begun(world, C, "replacement")["form"]["person"], "sex": "male"}
        apply(world, "replacement", replacement={"reason": "error_found", "comment": "Неверный пол"}, person=person)

        old, new = policies(world)
        assert old["policy_number"] == first["policy_number"] != new["policy_number"]
        assert public(world, old["policy_number"])["status"] == "not_valid"
        assert public(world, new["policy_number"])["status"] == "valid"
        assert clinic(world, old["policy_number"])["policy_number"] == new["policy_number"]
        assert world.ok("GET", "/v1/me")["policy_number"] == new["policy_number"]

    def test_the_insurer_is_the_one_who_insures(self, world: World) -> None:
        insured(world)
        sections = {"replacement": {"reason": "lost"}, "insurer": {"code": OTHER_INSURER}}
        draft = begun(world, C, "replacement", sections=sections)
        scanned(world, draft["id"], person="citizen")

        refused = problem(asked_to_sign(world, draft["id"]), 422, "validation_failed")
        assert [error["code"] for error in refused["errors"]] == ["insurer_code_mismatch"]


class TestSuspension:
    """A policy that rests insures nobody, and wakes up."""

    def test_begins_today_and_is_seen_everywhere(self, world: World) -> None:
        insured(world)
        apply(world, "suspension", suspension={"reason": "military_service", "from_on": "2026-03-16"})

        (policy,) = policies(world)
        assert policy["state"] == "suspended"
        answer = public(world, policy["policy_number"])
        assert (answer["status"], answer["reason"]) == ("not_valid", "suspended")
        assert clinic(world, policy["policy_number"], "2026-03-16")["is_insured"] is False
        assert listed(world, policy["id"]) == "suspended"
        assert "policy_suspended" in {message["kind"] for message in messages(world)}

        world.sleep(days=3)
        apply(world, "resumption", resumption={"from_on": "2026-03-19"})
        assert public(world, policy["policy_number"])["status"] == "valid"
        assert listed(world, policy["id"]) is None
        days = {day: clinic(world, policy["policy_number"], day)["is_insured"] for day in ("2026-03-18", "2026-03-19")}
        assert days == {"2026-03-18": False, "2026-03-19": True}

    def test_a_planned_one_begins_and_ends_by_the_schedule(self, world: World) -> None:
        insured(world)
        plan = {"reason": "left_country", "from_on": "2026-04-01", "until_on": "2026-05-01"}
        done = apply(world, "suspension", suspension=plan)
        assert (done["state"], policies(world)[0]["state"]) == ("ready", "active")
        number = policies(world)[0]["policy_number"]

        until(world, datetime(2026, 3, 31, 20, 59, tzinfo=UTC))
        assert policies(world)[0]["state"] == "active"
        until(world, datetime(2026, 3, 31, 21, tzinfo=UTC))
        assert policies(world)[0]["state"] == "suspended"
        assert public(world, number)["reason"] == "suspended"
        until(world, datetime(2026, 4, 30, 21, tzinfo=UTC))
        assert policies(world)[0]["state"] == "active"
        assert public(world, number)["status"] == "valid"
        told = [message["kind"] for message in messages(world)]
        assert (told.count("policy_suspended"), told.count("policy_resumed")) == (2, 1)

    def test_military_service_is_proved_by_a_document(self, world: World) -> None:
        insured(world)
        rest = {"reason": "military_service", "from_on": "2026-03-16"}
        draft = begun(world, C, "suspension", sections={"suspension": rest})

        assert "suspension_basis" in application(world, draft["id"])["missing_documents"]

    def test_while_it_rests_nothing_else_is_done_with_it(self, world: World) -> None:
        insured(world)
        apply(world, "suspension", suspension={"reason": "left_country", "from_on": "2026-03-16"})
        world.sleep(minutes=2)
        draft = begun(world, C, "replacement", sections={"replacement": {"reason": "lost"}})
        scanned(world, draft["id"], person="citizen")
        problem(asked_to_sign(world, draft["id"]), 422, "rule_refused", "policy_suspended")

        again = begun(world, C, "first_policy", sections={"insurer": {"code": "77012"}})
        scanned(world, again["id"], person="citizen")
        problem(asked_to_sign(world, again["id"]), 422, "rule_refused", "already_insured")

    def test_what_does_not_rest_is_not_resumed(self, world: World) -> None:
        insured(world)
        draft = begun(world, C, "resumption", sections={"resumption": {"from_on": "2026-03-16"}})
        scanned(world, draft["id"], person="citizen")

        problem(asked_to_sign(world, draft["id"]), 422, "rule_refused", "policy_not_suspended")

    def test_a_rest_that_is_planned_twice_is_refused_with_its_reason(self, world: World) -> None:
        insured(world)
        apply(world, "suspension", suspension={"reason": "left_country", "from_on": "2026-04-01"})
        world.sleep(minutes=2)
        second = carried_out(
            world, C, "suspension", sections={"suspension": {"reason": "left_country", "from_on": "2026-03-16"}}
        )

        assert second["state"] == "refused"
        assert second["refusals"][0]["code"] == "state_conflict"
        assert second["refusals"][0]["mend"]


class TestGivingUp:
    """The holder may give the policy up; the number stays."""

    def test_ends_the_policy_and_frees_the_place(self, world: World) -> None:
        insured(world)
        number = policies(world)[0]["policy_number"]
        apply(world, "policy_refusal", refusal={"understood": "yes"})

        (ended,) = policies(world)
        assert (ended["state"], ended["ended_on"], ended["end_reason"]) == ("annulled", "2026-03-16", "given_up")
        assert public(world, number)["status"] == "not_valid"
        assert listed(world, ended["id"]) == "revoked"
        assert "policy_given_up" in {message["kind"] for message in messages(world)}

        world.sleep(days=2)
        apply(world, "first_policy", insurer={"code": OTHER_INSURER})
        assert policies(world)[-1]["policy_number"] == number
        assert public(world, number)["status"] == "valid"


class TestTerms:
    """The policy of a temporary resident ends with the permit or the year."""

    def policy(self, world: World) -> dict[str, Any]:
        permit = {"status_document": {**PERMIT, "type": "23", "expires_on": "2026-09-30"}}
        done = carried_out(world, STUDENT, "first_policy", sections=permit)
        assert done["state"] == "ready"
        return policies(world, "foreigner")[0]

    def test_warns_twice_and_ends_by_the_schedule(self, world: World) -> None:
        policy = self.policy(world)
        assert policy["valid_until"] == "2026-10-01"
        for moment in (
            datetime(2026, 9, 1, 7, tzinfo=UTC),
            datetime(2026, 9, 24, 7, tzinfo=UTC),
            datetime(2026, 9, 30, 20, 59, tzinfo=UTC),
        ):
            until(world, moment)
        kinds = [message["kind"] for message in messages(world, person="foreigner")]
        assert kinds.count("policy_expires_soon") == 2
        assert public(world, policy["policy_number"], "1988-04-17")["status"] == "valid"

        until(world, datetime(2026, 9, 30, 21, tzinfo=UTC))
        (ended,) = policies(world, "foreigner")
        assert (ended["state"], ended["ended_on"]) == ("expired", "2026-10-01")
        answer = public(world, policy["policy_number"], "1988-04-17")
        assert (answer["status"], answer["reason"]) == ("not_valid", "expired")
        assert "policy_expired" in {message["kind"] for message in messages(world, person="foreigner")}

    def test_a_new_permit_makes_a_longer_policy_with_the_same_number(self, world: World) -> None:
        policy = self.policy(world)
        world.sleep(days=60)
        renewed = {"status_document": {**PERMIT, "type": "23"}, "replacement": {"reason": "data_changed"}}
        assert carried_out(world, STUDENT, "replacement", sections=renewed)["state"] == "ready"

        new = policies(world, "foreigner")[-1]
        assert (new["policy_number"], new["valid_until"]) == (policy["policy_number"], "2027-01-01")

    def test_the_rules_of_2019_end_the_policy_of_a_permanent_resident_with_the_year(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = replace(world.tools.settings, policy_terms=TermProfile.RULES_2019)
        monkeypatch.setattr(world.tools, "settings", settings)
        carried_out(world, ApplicantCategory.FOREIGNER_PERMANENT, "first_policy")

        assert policies(world, "foreigner")[0]["valid_until"] == "2027-01-01"

    def test_a_complaint_against_the_loss_of_refuge_insures_for_fifteen_days(self, world: World) -> None:
        complaint = {
            "type": "27",
            "number": "123",
            "issuer": "СУД ДЛЯ ПРИМЕРА",
            "issued_on": "2026-03-10",
            "expires_on": "2026-12-31",
        }
        carried_out(world, ApplicantCategory.REFUGEE, "first_policy", sections={"identity_document": complaint})

        assert policies(world, "foreigner")[0]["valid_until"] == "2026-03-31"


class TestPoliciesOfTheRegister:
    """A policy that only the register of insured persons knows is taken over and changed in one step."""

    def registered(self, world: World) -> str:
        number = policy_number_of(region="77", born_on=BORN_ON, sex="female", serial=7)
        world.tools.registers.confirmed(
            CheckKind.INSURED_PERSON, enp=number, insurer_code="77012", insured_from="2019-03-01", region="77"
        )
        return number

    @pytest.mark.parametrize(
        ("kind", "sections", "state"),
        [
            ("replacement", {"replacement": {"reason": "lost"}}, "active"),
            ("suspension", {"suspension": {"reason": "left_country", "from_on": "2026-03-16"}}, "suspended"),
            ("policy_refusal", {"refusal": {"understood": "yes"}}, "annulled"),
        ],
    )
    def test_is_taken_over(self, world: World, kind: str, sections: dict[str, dict[str, str]], state: str) -> None:
        number = self.registered(world)
        apply(world, kind, insurer={"code": "77012"}, **sections)

        (policy,) = policies(world)
        assert (policy["policy_number"], policy["state"]) == (number, state)
        assert policy["periods"][0]["insured_from"] == "2019-03-01"

    def test_the_present_insurer_has_to_be_named(self, world: World) -> None:
        self.registered(world)
        draft = begun(world, C, "replacement", sections={"replacement": {"reason": "lost"}})

        assert draft["missing"] == ["insurer.code"]

    def test_who_is_not_insured_is_refused(self, world: World) -> None:
        sections = {"replacement": {"reason": "lost"}, "insurer": {"code": "77012"}}
        refused = carried_out(world, C, "replacement", sections=sections)

        assert (refused["state"], refused["refusals"][0]["code"]) == ("refused", "not_insured_yet")


class TestFilingAgain:
    """A refused application is the beginning of the next."""

    def refused(self, world: World) -> dict[str, Any]:
        world.tools.registers.mismatch(CheckKind.PASSPORT, "document_invalid")
        done = carried_out(world, C, "first_policy", sections={"insurer": {"code": "77012"}})
        assert done["state"] == "refused"
        world.tools.registers.confirmed(CheckKind.PASSPORT)
        return done

    def test_is_prefilled_and_linked(self, world: World) -> None:
        done = self.refused(world)
        path = f"/v1/applications/{done['id']}/resubmission"
        first, again = (world.call("POST", path, headers={"Idempotency-Key": "again"}) for _ in range(2))
        draft = first.json()

        assert first.status_code == 201
        assert first.headers["location"] == f"/v1/applications/{draft['id']}"
        assert again.json()["id"] == draft["id"]
        assert (draft["previous_id"], draft["form"], draft["state"]) == (done["id"], done["form"], "draft")
        assert draft["missing"] == []
        scanned(world, draft["id"], person="citizen")
        signed(world, draft["id"])
        world.settle()
        assert application(world, draft["id"])["state"] == "ready"

    def test_only_what_ended_without_effect_is_filed_again(self, world: World) -> None:
        ready = insured(world)

        problem(world.call("POST", f"/v1/applications/{ready}/resubmission"), 409, "state_conflict")

    def test_is_nobody_elses(self, world: World) -> None:
        done = self.refused(world)

        answer = world.call("POST", f"/v1/applications/{done['id']}/resubmission", person="insured")
        problem(answer, 404, "not_found")


def test_moving_within_a_region_is_no_reason_to_change(world: World) -> None:
    insured(world)
    draft = begun(world, C, "region_change", sections={"insurer": {"code": OTHER_INSURER}})
    scanned(world, draft["id"], person="citizen")

    found = problem(asked_to_sign(world, draft["id"]), 422, "rule_refused", "moved_within_region")
    assert date.fromisoformat(found["possible_on"]) > date(2026, 3, 15)
