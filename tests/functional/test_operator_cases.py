"""One case of the operators' queue: what it tells, who holds its lease, who may not see it (O1, O2, F9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.use_cases.operator_queue import Wanted, list_cases
from infra.local.persons import PERSONS
from tests.cases import (
    FUND,
    OPERATOR,
    left_to_operator,
    listed,
    meanwhile,
    overdue,
    path,
    queue,
    step,
    taken,
    viewed,
)
from tests.journeys import (
    actions,
    problem,
    submitted,
)

if TYPE_CHECKING:
    from tests.world import World

CITIZEN = next(person for person in PERSONS if person.key == "citizen")


def principal(**more: Any) -> Principal:
    known = {"subject": "s", "account_id": "B" * 26, "assurance": Assurance.CONFIRMED}
    return Principal(**{**known, **more})


class TestOddAccounts:
    """Accounts that the demonstration's identity provider does not have."""

    def test_an_auditor_of_a_region_reads_that_region_only(self, world: World) -> None:
        application_id = left_to_operator(world)
        auditor = principal(roles=frozenset({Role.AUDITOR}), region="77")
        for region in (None, "77"):
            found = list_cases(
                tools=world.tools, principal=auditor, wanted=Wanted(limit=5, region=region), at=world.tools.at
            )
            assert [case.application_id for case in found.items] == [application_id]
        for wanted in (Wanted(limit=5, region="78"), Wanted(limit=5, insurer="77012")):
            with pytest.raises(Exception, match="только своего региона"):
                list_cases(tools=world.tools, principal=auditor, wanted=wanted, at=world.tools.at)

    def test_an_account_without_its_place_of_work_is_told_so(self, world: World) -> None:
        for role in (Role.INSURER_OPERATOR, Role.FUND_OPERATOR):
            with pytest.raises(Exception, match="где вы работаете"):
                list_cases(
                    tools=world.tools,
                    principal=principal(roles=frozenset({role})),
                    wanted=Wanted(limit=5),
                    at=world.tools.at,
                )

    def test_nobody_sees_the_own_application_in_the_queue(self, world: World) -> None:
        application_id = left_to_operator(world)
        own = world.tools.store.application_file(application_id=application_id).application.account_id
        operator = principal(
            account_id=own, roles=frozenset({Role.CITIZEN, Role.INSURER_OPERATOR}), insurer="77012", region="77"
        )
        found = list_cases(tools=world.tools, principal=operator, wanted=Wanted(limit=5), at=world.tools.at)
        assert found.items == ()
        assert listed(world) == [application_id]


class TestOneCase:
    """The case whole; each look stands in the person's journal."""

    def test_shows_form_checks_history_scans_and_why_it_waits(self, world: World) -> None:
        application_id = left_to_operator(world)
        case = viewed(world, application_id)
        assert case["form"]["person"]["family_name"] == CITIZEN.family_name
        by_kind = {check["kind"]: check for check in case["checks"]}
        assert by_kind["identity"]["status"] == "mismatch"
        assert by_kind["identity"]["reasons"] == ["deceased"]
        assert all(check["request_id"] and check["rules_version"] and check["is_current"] for check in case["checks"])
        assert by_kind["snils"]["register_version"] == "fake-1"
        assert [(m["state"], m["by"], m["reason"]) for m in case["history"]] == [
            ("draft", "person", "created"),
            ("awaiting_signature", "person", "code_requested"),
            ("in_processing", "person", "signed"),
        ]
        assert [(scan["document"], scan["state"]) for scan in case["scans"]] == [("identity_document", "accepted")]
        assert (case["missing"], case["missing_documents"], case["errors"]) == ([], [], [])
        assert (case["reason"]["code"], case["lease"], case["may_be_taken"]) == ("register_contradiction", None, True)

    def test_tells_what_is_missing_by_the_rules_of_today(self, world: World) -> None:
        application_id = left_to_operator(world)
        # A passport runs out 90 days after the forty-fifth birthday; the person was born in 1990.
        world.sleep(days=366 * 10)
        case = viewed(world, application_id)
        assert {error["field"] for error in case["errors"]} == {"identity_document.issued_on"}

    def test_each_look_stands_in_the_journal(self, world: World) -> None:
        application_id = left_to_operator(world)
        viewed(world, application_id)
        viewed(world, application_id, person=FUND)
        views = [entry for entry in actions(world) if entry["action"] == "application_viewed"]
        assert [(v["by"], v["organisation"]) for v in views] == [("operator", "77"), ("operator", "77012")]
        assert all(view["details"]["application_id"] == application_id for view in views)

    def test_a_refused_look_leaves_no_entry(self, world: World) -> None:
        application_id = left_to_operator(world, insurer="77015")
        problem(world.call("GET", path(application_id), person=OPERATOR), 404)
        assert [entry for entry in actions(world) if entry["action"] == "application_viewed"] == []

    def test_a_case_that_goes_its_way_can_be_seen_but_not_taken(self, world: World) -> None:
        application_id = submitted(world)
        case = viewed(world, application_id)
        assert (case["reason"], case["may_be_taken"]) == (None, False)
        problem(step(world, application_id, "lease"), 409, "state_conflict")

    def test_shows_who_is_working_only_as_mine_or_not(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        mine, theirs = viewed(world, application_id), viewed(world, application_id, person=FUND)
        assert mine["lease"]["is_mine"] is True
        assert theirs["lease"] == {"is_mine": False, "until": mine["lease"]["until"]}

    def test_has_a_version_like_everything(self, world: World) -> None:
        application_id = left_to_operator(world)
        answer = world.call("GET", path(application_id), person=OPERATOR)
        assert answer.headers["etag"] == f'"v{answer.json()["version"]}"'

    def test_a_look_between_two_others_is_chained_after_them(self, world: World) -> None:
        application_id = left_to_operator(world)
        with meanwhile(lambda: viewed(world, application_id, person=FUND)):
            viewed(world, application_id)
        views = [entry for entry in actions(world) if entry["action"] == "application_viewed"]
        assert len(views) == 2

    def test_gives_up_after_some_tries_and_shows_nothing(self, world: World) -> None:
        application_id = left_to_operator(world)
        with meanwhile(lambda: viewed(world, application_id, person=FUND), times=4):
            answer = world.call("GET", path(application_id), person=OPERATOR)
        problem(answer, 409, "stale_write")


class TestLease:
    """One operator at a time, for half an hour, renewed by work."""

    def test_is_for_half_an_hour(self, world: World) -> None:
        application_id = left_to_operator(world)
        lease = world.ok("POST", path(application_id, "lease"), person=OPERATOR)
        assert lease == {"is_mine": True, "until": "2026-03-16T09:30:00Z"}
        assert [row["lease"] for row in queue(world)] == [lease]
        assert "case_taken" in {entry["action"] for entry in actions(world)}

    def test_a_taken_case_is_refused_to_others_with_when_it_is_free(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        holder = world.tools.store.application_file(application_id=application_id).application.lease
        for name, body in (("lease", None), ("release", None), ("decision", {"approve": True}), ("verification", {})):
            answer = step(world, application_id, name, person=FUND, json=body)
            refused = problem(answer, 409, "case_taken")
            assert refused["free_at"] == "2026-03-16T09:30:00+00:00"
            assert "12:30" in refused["detail"]
            assert holder is not None
            assert holder.operator_id not in answer.text

    def test_ends_by_itself(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        world.sleep(minutes=29, seconds=59)
        problem(step(world, application_id, "lease", person=FUND), 409, "case_taken")
        world.sleep(seconds=1)
        refused = problem(step(world, application_id, "decision", json={"approve": True}), 409, "state_conflict")
        assert "возьмите заявление" in refused["detail"]
        taken(world, application_id, person=FUND)
        problem(step(world, application_id, "lease"), 409, "case_taken")

    @pytest.mark.parametrize("work", ["look", "take"])
    def test_is_renewed_by_work(self, world: World, work: str) -> None:
        application_id = taken(world, left_to_operator(world))
        world.sleep(minutes=20)
        if work == "look":
            assert viewed(world, application_id)["lease"]["until"] == "2026-03-16T09:50:00Z"
        else:
            taken(world, application_id)
        world.sleep(minutes=20)
        problem(step(world, application_id, "lease", person=FUND), 409, "case_taken")
        assert [entry["action"] for entry in actions(world)].count("case_taken") == 1

    def test_the_look_of_another_renews_nothing(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        world.sleep(minutes=20)
        viewed(world, application_id, person=FUND)
        world.sleep(minutes=10)
        taken(world, application_id, person=FUND)

    def test_is_given_back(self, world: World) -> None:
        application_id = taken(world, left_to_operator(world))
        assert step(world, application_id, "release").status_code == 204
        assert step(world, application_id, "release").status_code == 204
        assert [entry["action"] for entry in actions(world)].count("case_released") == 1
        taken(world, application_id, person=FUND)

    def test_of_a_late_case_outlives_the_answer_of_the_register(self, world: World) -> None:
        application_id = taken(world, overdue(world))
        world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
        world.sleep(minutes=16)
        world.settle()
        (row,) = queue(world, "lease=mine")
        assert (row["id"], row["reason"]["code"]) == (application_id, "register_contradiction")

    def test_of_two_operators_at_the_very_same_moment_one_gets_it(self, world: World) -> None:
        application_id = left_to_operator(world)
        with meanwhile(lambda: taken(world, application_id, person=FUND)):
            refused = step(world, application_id, "lease")
        problem(refused, 409, "case_taken")
        assert listed(world, "lease=mine", person=FUND) == [application_id]
        assert [entry["action"] for entry in actions(world)].count("case_taken") == 1

    def test_what_changed_for_another_reason_is_taken_all_the_same(self, world: World) -> None:
        application_id = left_to_operator(world)
        with meanwhile(lambda: touch(world, application_id)):
            taken(world, application_id)
        assert listed(world, "lease=mine") == [application_id]

    def test_a_case_that_never_rests_is_told_to_be_tried_again(self, world: World) -> None:
        application_id = left_to_operator(world)
        with meanwhile(lambda: touch(world, application_id), times=3):
            problem(step(world, application_id, "lease"), 409, "stale_write")
        assert listed(world, "lease=free") == [application_id]


def touch(world: World, application_id: str) -> None:
    """Let the application move on to its next version, as any work on it does."""
    found = world.tools.store.application_file(application_id=application_id).application
    work = world.tools.store.work(at=world.tools.at + timedelta(seconds=1))
    work.update(found)
    work.commit()
