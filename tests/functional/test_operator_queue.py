"""The operators' queue: who sees which cases, in which order, and what one case tells (requirements O1, O2, F9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.calls import Counter
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.records import ActivePolicyMarker
from chalicelib.ports.errors import Rejected
from chalicelib.use_cases import operator_queue
from infra.local.persons import PERSONS
from tests.applicants import OTHER_REGION, OTHER_REGION_INSURER
from tests.cases import (
    AUDITOR,
    FUND,
    OPERATOR,
    decided,
    left_to_operator,
    listed,
    overdue,
    path,
    queue,
    step,
    taken,
    viewed,
)
from tests.journeys import (
    INSURER_CHANGE,
    application,
    coded,
    policy,
    prepared,
    problem,
    sign,
    signed,
    submitted,
)

if TYPE_CHECKING:
    from tests.world import World

CITIZEN = next(person for person in PERSONS if person.key == "citizen")


class TestWhatStandsInTheQueue:
    """Everything that needs a person, with why, and everything that is late."""

    def test_a_case_that_the_registers_cannot_decide(self, world: World) -> None:
        application_id = left_to_operator(world)
        (row,) = queue(world)
        assert row["id"] == application_id
        assert row["number"] == application(world, application_id)["number"]
        assert (row["state"], row["kind"], row["category"]) == ("in_processing", "first_policy", "citizen_14_plus")
        assert (row["insurer_code"], row["region"]) == ("77012", "77")
        assert (row["due_on"], row["working_days_left"], row["is_overdue"]) == ("2026-04-27", 30, False)
        assert row["reason"]["code"] == "register_contradiction"
        assert row["reason"]["title"]
        assert row["reason"]["advice"]
        assert row["waiting_since"].startswith("2026-03-16T09:00")
        assert row["lease"] is None

    def test_a_row_tells_nothing_about_the_person(self, world: World) -> None:
        left_to_operator(world)
        text = world.call("GET", "/v1/operator/applications", person=OPERATOR).text
        person = CITIZEN
        for canary in (person.family_name, person.given_name, person.snils, person.document.number, person.born_on):
            assert canary not in text

    @pytest.mark.parametrize(
        ("reason", "code"),
        [("deceased", "register_contradiction"), ("never heard of", "register_answer_unclear")],
    )
    def test_names_the_registers_answer_that_nobody_can_judge(self, world: World, reason: str, code: str) -> None:
        world.tools.registers.mismatch(CheckKind.PASSPORT, reason)
        application_id = submitted(world)
        world.settle()
        case = viewed(world, application_id)
        assert (case["reason"]["code"], case["reason"]["detail"]) == (code, "passport")

    def test_a_question_that_a_register_refuses(self, world: World) -> None:
        world.tools.registers.failing(CheckKind.SNILS, Rejected("Реестр отклонил вопрос."))
        application_id = submitted(world)
        world.settle()
        case = viewed(world, application_id)
        assert (case["reason"]["code"], case["reason"]["detail"]) == ("question_refused", "snils")

    def test_a_number_of_the_register_that_is_not_the_persons(self, world: World) -> None:
        register = {"enp": "7856130840000017", "insurer_code": "77012", "insured_from": "2019-03-01"}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **register)
        application_id = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        (row,) = queue(world, person=FUND)
        assert (row["id"], row["state"]) == (application_id, "approved")
        assert row["reason"]["code"] == "register_number_wrong"

    def test_one_person_under_two_accounts(self, world: World) -> None:
        submitted(world)
        world.settle()
        same = world.ok("GET", "/v1/applications")["items"][0]["form"]["identity_document"]
        draft = prepared(world, person="insured")
        world.ok("PATCH", f"/v1/applications/{draft}", person="insured", json={"identity_document": same})
        assert sign(world, draft, coded(world, draft, person="insured"), person="insured").is_success
        world.settle()
        case = viewed(world, draft)
        assert (case["reason"]["code"], case["reason"]["detail"]) == ("identity_clash", "document")

    def test_a_policy_that_could_not_be_issued_can_be_tried_again(self, world: World) -> None:
        application_id = submitted(world)
        person_id = world.tools.store.application_file(application_id=application_id).application.person_id
        marker = ActivePolicyMarker(person_id=person_id, policy_id="unknown")
        work = world.tools.store.work(at=world.tools.at)
        work.put(marker)
        work.commit()
        world.settle()
        assert [(row["state"], row["reason"]["code"]) for row in queue(world)] == [("approved", "issue_failed")]
        work = world.tools.store.work(at=world.tools.at)
        work.remove(marker)
        work.commit()
        decided(world, application_id)
        world.settle()
        assert application(world, application_id)["state"] == "ready"

    def test_a_person_without_a_profile(self, world: World) -> None:
        application_id = submitted(world)
        person_id = world.tools.store.application_file(application_id=application_id).application.person_id
        work = world.tools.store.work(at=world.tools.at)
        work.remove(world.tools.store.person_file(person_id=person_id).person)
        work.commit()
        world.settle()
        assert [row["reason"]["code"] for row in queue(world)] == ["person_unknown"]

    def test_a_late_case_that_needs_nobody(self, world: World) -> None:
        application_id = overdue(world)
        (row,) = queue(world)
        assert (row["id"], row["needs_operator"], row["is_overdue"]) == (application_id, False, True)
        assert (row["reason"]["code"], row["working_days_left"] < 0) == ("overdue", True)
        # The due day ends at midnight of Moscow.
        assert row["waiting_since"] == "2026-04-27T21:00:00Z"

    def test_nothing_that_goes_its_way(self, world: World) -> None:
        submitted(world)
        assert queue(world) == []
        world.settle()
        assert queue(world) == []

    def test_nothing_that_has_ended(self, world: World) -> None:
        application_id = left_to_operator(world)
        world.ok("POST", f"/v1/applications/{application_id}/withdrawal")
        assert queue(world) == []
        assert application(world, application_id)["needs_operator"] is False
        problem(step(world, application_id, "lease"), 409, "state_conflict")

    def test_nothing_that_is_decided(self, world: World) -> None:
        application_id = left_to_operator(world)
        decided(world, application_id)
        assert queue(world) == []
        world.settle()
        assert application(world, application_id)["state"] == "ready"
        assert policy(world)["state"] == "active"


class TestOrderAndPages:
    """What is due first stands first; a cursor goes on where the page ended."""

    @pytest.fixture
    def three(self, world: World) -> list[str]:
        first = left_to_operator(world, person="insured")
        world.sleep(days=2)
        second = left_to_operator(world)
        world.sleep(days=2)
        return [first, second, left_to_operator(world, person="later")]

    def test_first_due_first(self, world: World, three: list[str]) -> None:
        assert listed(world) == three
        assert [row["due_on"] for row in queue(world)] == ["2026-04-27", "2026-04-29", "2026-05-04"]

    def test_pages_follow_one_another(self, world: World, three: list[str]) -> None:
        found, cursor = [], ""
        for _ in three:
            page = world.ok("GET", f"/v1/operator/applications?limit=1{cursor}", person=OPERATOR)
            found += [row["id"] for row in page["items"]]
            cursor = f"&cursor={page['next_cursor']}"
        assert found == three
        assert page["next_cursor"] is None

    def test_a_page_looks_at_a_bounded_number_of_cases(
        self, world: World, three: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(operator_queue, "EXAMINED", 2)
        page = world.ok("GET", "/v1/operator/applications?lease=mine", person=OPERATOR)
        assert page["items"] == []
        rest = world.ok("GET", f"/v1/operator/applications?cursor={page['next_cursor']}", person=OPERATOR)
        assert [row["id"] for row in rest["items"]] == three[2:]

    def test_the_number_of_calls_does_not_grow_with_what_is_stored(self, world: World, three: list[str]) -> None:
        counter = Counter()
        with counter.measuring("a page", limit=4):
            queue(world)
        (budget,) = counter.found
        assert budget.calls == ("dynamodb.Query",) * 4

    def test_reads_on_where_a_shard_is_longer_than_a_page(
        self, world: World, three: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(operator_queue, "READ_AT_ONCE", 1)
        assert listed(world) == three

    @pytest.mark.parametrize(
        "cursor", ["e30", "eyJkdWUiOiJ4IiwiaWQiOiJ4In0", "eyJkdWUiOiIyMDI2LTA0LTI3IiwiaWQiOiJ4In0", "?"]
    )
    def test_refuses_a_cursor_that_it_did_not_make(self, world: World, cursor: str) -> None:
        answer = world.call("GET", f"/v1/operator/applications?cursor={cursor}", person=OPERATOR)
        assert problem(answer, 422, "validation_failed")["errors"][0]["field"] == "cursor"


class TestFilters:
    """State, kind, category, waiting since, overdue, free or mine."""

    @pytest.fixture
    def both(self, world: World) -> dict[str, str]:
        late = overdue(world, person="insured")
        world.messages("verification")  # taken by a Lambda that is still at work
        world.tools.registers.confirmed(CheckKind.IDENTITY)
        return {"late": late, "left": left_to_operator(world)}

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["late", "left"]),
            ("overdue=true", ["late"]),
            ("overdue=false", ["left"]),
            ("state=in_processing", ["late", "left"]),
            ("state=approved", []),
            ("kind=first_policy", ["late", "left"]),
            ("kind=replacement", []),
            ("category=citizen_14_plus", ["late", "left"]),
            ("category=student", []),
            ("waiting_since=2026-05-05", ["late", "left"]),
            ("waiting_since=2026-05-04", ["late"]),
            ("waiting_since=2026-04-27", []),
            ("lease=free", ["late", "left"]),
            ("lease=mine", []),
            ("insurer=77012", ["late", "left"]),
            ("overdue=true&lease=free&kind=first_policy", ["late"]),
        ],
    )
    def test_lists_what_is_asked_for(self, world: World, both: dict[str, str], query: str, names: list[str]) -> None:
        assert listed(world, query) == [both[name] for name in names]

    def test_free_and_mine(self, world: World, both: dict[str, str]) -> None:
        taken(world, both["left"])
        taken(world, both["late"], person=FUND)
        assert listed(world, "lease=mine") == [both["left"]]
        assert listed(world, "lease=mine", person=FUND) == [both["late"]]
        assert listed(world, "lease=free") == []
        world.sleep(minutes=30)
        assert listed(world, "lease=free") == [both["late"], both["left"]]
        assert listed(world, "lease=mine") == []

    @pytest.mark.parametrize(
        "query",
        ["state=unknown", "kind=x", "category=x", "waiting_since=16.03.2026", "overdue=2", "lease=theirs", "limit=0"],
    )
    def test_refuses_a_filter_that_it_does_not_know(self, world: World, query: str) -> None:
        answer = world.call("GET", f"/v1/operator/applications?{query}", person=OPERATOR)
        (error,) = problem(answer, 422, "validation_failed")["errors"]
        assert error["field"] == query.partition("=")[0]
        assert error["message"]


class TestScopes:
    """An operator works for one insurer, or for one region."""

    def test_an_insurer_sees_its_own_and_the_region_all(self, world: World) -> None:
        own = left_to_operator(world)
        others = left_to_operator(world, person="insured", insurer="77015")
        assert listed(world) == [own]
        assert sorted(listed(world, person=FUND)) == sorted([own, others])
        problem(world.call("GET", path(others), person=OPERATOR), 404, "not_found")
        problem(step(world, others, "lease"), 404, "not_found")
        problem(step(world, others, "release"), 404, "not_found")

    def test_another_region_shows_nothing(self, world: World) -> None:
        world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
        draft = prepared(world)
        sections = {"registration_address": OTHER_REGION, "insurer": {"code": OTHER_REGION_INSURER}}
        world.ok("PATCH", f"/v1/applications/{draft}", json=sections)
        signed(world, draft)
        world.settle()
        assert application(world, draft)["needs_operator"] is True
        for person in (OPERATOR, FUND):
            assert listed(world, person=person) == []
            problem(world.call("GET", path(draft), person=person), 404, "not_found")
        assert listed(world, "region=78", person=AUDITOR) == [draft]

    def test_a_draft_is_nobodys_work(self, world: World) -> None:
        draft = prepared(world)
        problem(world.call("GET", path(draft), person=OPERATOR), 404, "not_found")
        problem(step(world, draft, "lease"), 404, "not_found")

    @pytest.mark.parametrize(
        ("person", "query"), [(OPERATOR, "insurer=77015"), (OPERATOR, "region=77"), (FUND, "region=78")]
    )
    def test_nobody_asks_for_the_work_of_others(self, world: World, person: str, query: str) -> None:
        problem(world.call("GET", f"/v1/operator/applications?{query}", person=person), 403, "not_permitted")

    def test_an_auditor_reads_the_queue_and_touches_nothing(self, world: World) -> None:
        application_id = left_to_operator(world)
        assert listed(world, "region=77", person=AUDITOR) == [application_id]
        assert listed(world, "insurer=77012", person=AUDITOR) == [application_id]
        assert listed(world, "insurer=77015", person=AUDITOR) == []
        for query in ("", "insurer=77012&region=77"):
            answer = world.call("GET", f"/v1/operator/applications?{query}", person=AUDITOR)
            assert problem(answer, 422)["errors"][0]["code"] == "scope_required"
        problem(world.call("GET", path(application_id), person=AUDITOR), 403, "not_permitted")
        for name, body in (("lease", None), ("release", None), ("decision", {"approve": True}), ("verification", {})):
            problem(step(world, application_id, name, person=AUDITOR, json=body), 403, "not_permitted")
