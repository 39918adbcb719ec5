"""What corrections do to applications, representatives and what rests (requirements D4, F7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from tests.applicants import CHILD, begun, carried_out, represent, scanned
from tests.corrections import (
    asked,
    check_invariants,
    corrected,
    person_id,
    reason,
    reversed_,
    rows,
    state,
)
from tests.journeys import (
    application,
    drafted,
    insurance,
    insured,
    messages,
    policy,
    problem,
    signed,
    submitted,
)

if TYPE_CHECKING:
    from tests.world import World

C = ApplicantCategory

LATER = "2026-03-20"


@pytest.fixture
def about(world: World) -> str:
    insured(world)
    world.drain()
    world.sleep(days=20)
    return person_id(world)


def public(world: World, number: str, born_on: str) -> tuple[str, str]:
    question = {"policy_number": number, "born_on": born_on, "consent": True}
    told = world.ok("POST", "/v1/validity-checks", person=None, json=question)
    return told["status"], told["reason"]


class TestRests:
    """Suspensions by mistake."""

    @pytest.fixture
    def resting(self, world: World, about: str) -> str:
        section = {"suspension": {"reason": "left_country", "from_on": "2026-04-05"}}
        carried_out(world, C.CITIZEN_14_PLUS, "suspension", sections=section)
        assert policy(world)["state"] == "suspended"
        return about

    def test_a_lifted_one_was_never_there(self, world: World, resting: str) -> None:
        corrected(world, "suspended_by_mistake", resting)
        shown = policy(world)
        assert (shown["state"], shown["suspensions"]) == ("active", [])
        assert public(world, shown["policy_number"], "1990-05-14") == ("valid", "")

    def test_its_right_days_may_lie_ahead_or_behind(self, world: World, resting: str) -> None:
        corrected(world, "wrong_suspension_dates", resting, from_on="2026-04-20", until_on="2026-05-01")
        assert policy(world)["state"] == "active"
        world.sleep(days=16)
        world.run("run_due")
        assert policy(world)["state"] == "suspended"
        corrected(world, "wrong_suspension_dates", resting, from_on="2026-04-01", until_on="2026-04-03")
        assert policy(world)["state"] == "active"
        days = {"from_on": "2026-04-01", "until_on": "2026-04-03"}
        assert reason(world, "wrong_suspension_dates", resting, **days) == "nothing_to_correct"
        days = {"from_on": "2026-04-03", "until_on": "2026-04-01"}
        assert reason(world, "wrong_suspension_dates", resting, **days) == "rest_out_of_order"
        check_invariants(world)

    def test_a_taken_back_resumption_lets_it_go_on(self, world: World, resting: str) -> None:
        assert reason(world, "resumed_by_mistake", resting) == "policy_not_resumed"
        world.sleep(days=5)
        carried_out(world, C.CITIZEN_14_PLUS, "resumption", sections={"resumption": {"from_on": "2026-04-10"}})
        assert reason(world, "resumed_by_mistake", resting, until_on="2026-04-01") == "rest_out_of_order"
        corrected(world, "resumed_by_mistake", resting, until_on="2026-04-20")
        assert policy(world)["state"] == "suspended"
        world.sleep(days=11)
        world.run("run_due")
        assert policy(world)["state"] == "active"
        check_invariants(world)

    def test_a_resting_policy_that_ended_rests_again(self, world: World, resting: str) -> None:
        corrected(world, "policy_annulled", resting, annulment="duplicate", from_on="2026-04-05")
        corrected(world, "policy_ended_by_mistake", resting, policy_id=policy(world)["id"])
        assert policy(world)["state"] == "suspended"
        check_invariants(world)


class TestApplications:
    """What was closed by mistake."""

    def test_a_refused_one_is_verified_anew_and_its_certificate_may_count_again(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world)
        world.settle()
        world.ok("POST", f"/v1/applications/{draft}/withdrawal")
        about = person_id(world)
        corrected(world, "application_closed_by_mistake", about, application_id=draft)
        corrected(world, "certificate_revoked_by_mistake", about, application_id=draft)
        world.drain()
        kinds = [message["kind"] for message in messages(world)]
        assert {"application_reopened", "certificate_restored"} <= set(kinds)
        number = insurance(world)["certificates"][0]["number"]
        question = {"certificate_number": number, "consent": True}
        assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == "valid"
        world.tools.registers.release()
        world.sleep(minutes=20)
        world.settle()
        assert application(world, draft)["state"] == "ready"
        assert insurance(world)["certificates"][0]["state"] == "revoked"
        check_invariants(world)

    def test_a_certificate_comes_back_with_its_warnings_ahead(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world)
        world.settle()
        world.ok("POST", f"/v1/applications/{draft}/withdrawal")
        world.sleep(days=25)
        about = person_id(world)
        corrected(world, "certificate_revoked_by_mistake", about, application_id=draft)
        assert reason(world, "certificate_revoked_by_mistake", about, application_id=draft) == "certificate_not_revoked"
        world.run("expire_certificates")
        world.sleep(days=5)
        world.run("expire_certificates")
        assert insurance(world)["certificates"][0]["state"] == "expired"

    def test_a_certificate_whose_term_is_over_stays(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world)
        world.settle()
        world.ok("POST", f"/v1/applications/{draft}/withdrawal")
        world.sleep(days=31)
        answer = asked(world, "certificate_revoked_by_mistake", person_id(world), application_id=draft)
        problem(answer, 409, "state_conflict")

    def test_a_certificate_is_not_needed_beside_a_policy(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world)
        world.settle()
        world.tools.registers.release()
        world.sleep(minutes=20)
        world.settle()
        assert reason(world, "certificate_revoked_by_mistake", person_id(world), application_id=draft) == (
            "already_covered"
        )

    def test_a_closed_draft_is_a_draft_again(self, world: World) -> None:
        draft = drafted(world)
        world.ok("POST", f"/v1/applications/{draft}/withdrawal")
        made = corrected(world, "application_closed_by_mistake", person_id(world), application_id=draft)
        world.drain()
        assert application(world, draft)["state"] == "draft"
        assert messages(world)[0]["kind"] == "draft_reopened"
        world.ok("PATCH", f"/v1/applications/{draft}", json={"insurer": {"code": "77012"}})
        reversed_(world, made["id"])
        assert application(world, draft)["state"] == "withdrawn"
        assert application(world, draft)["form"]["insurer"] == {"code": "77012"}

    def test_reopens_only_what_is_closed_and_has_its_place(self, world: World) -> None:
        about = person_id(world)
        first = submitted(world)
        assert reason(world, "application_refused_by_mistake", about, application_id=first) == "application_not_refused"
        assert reason(world, "application_closed_by_mistake", about, application_id=first) == "application_not_closed"
        world.ok("POST", f"/v1/applications/{first}/withdrawal")
        second = submitted(world)
        assert reason(world, "application_closed_by_mistake", about, application_id=first) == "live_application"
        world.settle()
        assert application(world, second)["state"] == "ready"

    def test_what_a_death_closed_after_its_effect_is_corrected_at_the_policy(self, world: World, about: str) -> None:
        change = submitted(world, kind="insurer_change")
        world.settle()
        corrected(world, "policy_annulled", about, annulment="duplicate", from_on=LATER)
        assert reason(world, "application_closed_by_mistake", about, application_id=change) == "application_had_effect"


class TestRepresentatives:
    """Who acts for another."""

    def test_powers_come_back_with_what_they_showed(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        path = f"/v1/represented-persons/{child}"
        assert reason(world, "representation_ended_by_mistake", child) == "representation_stands"
        world.ok("POST", f"{path}/termination")
        problem(world.call("GET", f"{path}/insurance"), 404, "not_found")
        corrected(world, "representation_ended_by_mistake", child, representative_id=person_id(world))
        world.ok("GET", f"{path}/insurance")
        world.drain()
        assert messages(world)[0]["kind"] == "representation_restored"
        assert reason(world, "representation_wrong", child, representative_id=child) == "no_representation"

    def test_powers_that_ran_out_need_a_new_paper(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        world.sleep(days=366 * 12)
        world.run("run_due")
        assert reason(world, "representation_ended_by_mistake", child) == "powers_expired"

    def test_wrong_powers_end_with_what_was_begun_by_them(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        left = begun(world, C.CHILD_UNDER_14, "first_policy", about=child)
        waiting = begun(world, C.CHILD_UNDER_14, "first_policy", about=child)
        scanned(world, waiting["id"], person="citizen")
        world.tools.registers.mismatch(CheckKind.BIRTH_RECORD, "surname_differs")
        signed(world, waiting["id"])
        world.settle()
        assert application(world, waiting["id"])["state"] == "clarification_required"
        world.drain()
        before = state()
        made = corrected(world, "representation_wrong", child)
        kept = {row["PK"]: row for row in rows() if row.get("type") == "Application"}
        assert kept[f"APPLICATION#{left['id']}"]["state"] == "withdrawn"
        assert kept[f"APPLICATION#{waiting['id']}"]["state"] == "in_processing"
        assert kept[f"APPLICATION#{waiting['id']}"]["account"] == child
        world.drain()
        assert messages(world)[0]["kind"] == "representation_ended"
        assert reason(world, "representation_wrong", child) == "representation_ended"
        check_invariants(world)
        reversed_(world, made["id"])
        assert state() == before
