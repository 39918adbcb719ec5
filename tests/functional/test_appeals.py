"""An appeal against a refusal, as the person makes it: begun, filed, answered, taken further, withdrawn (L1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.scan import MAX_SCANS
from chalicelib.use_cases.run_appeals import run_appeals
from tests.appeals import (
    EXPLANATION,
    GROUNDS,
    WORDS,
    act,
    appeal,
    attached,
    begun,
    filed,
    judged,
    listed,
    refused,
    work,
)
from tests.cases import meanwhile
from tests.journeys import (
    actions,
    application,
    document,
    drafted,
    insured,
    messages,
    policy,
    problem,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    import pytest

    from tests.world import World

ALL = "/v1/appeals"
SECOND = "second_operator"


def kinds(world: World) -> list[str]:
    """The kinds of the cabinet messages."""
    return [message["kind"] for message in messages(world)]


class TestTheWay:
    """Refused, appealed against, decided by another operator, carried on."""

    def test_an_upheld_appeal_reopens_the_application_which_goes_on_to_the_policy(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = begun(world, application_id)
        first, second = attached(world, appeal_id), attached(world, appeal_id)
        assert (first["state"], first["document"]) == ("accepted", "appeal_evidence")
        made = act(world, appeal_id, "submission", **GROUNDS).json()
        world.drain()

        assert re.fullmatch(r"Ж-2026-[0-9]{8}-[0-9]", made["number"])
        assert (made["state"], made["topic"], made["due_on"]) == ("filed", "1.1", "2026-03-30")
        receipt = document(world, "appeal_receipt")
        assert (receipt["id"], receipt["title"]) == (made["receipt_id"], "Расписка о приёме жалобы")
        assert receipt["made_at"] is not None
        states = [one["state"] for one in appeal(world, appeal_id)["documents"]]
        assert states == ["accepted", "accepted"], "each document of an appeal is another one"

        decision = judged(world, appeal_id, uphold=True)
        assert decision["decisions"][0]["effect"] == "checked_anew"

        assert application(world, application_id)["state"] == "ready"
        assert policy(world)["state"] == "active"
        assert {"appeal_filed", "appeal_upheld", "policy_issued"} <= set(kinds(world))
        assert appeal(world, appeal_id)["decisions"][0]["explanation"] == EXPLANATION
        names = {entry["action"] for entry in actions(world)}
        assert {"appeal_begun", "appeal_filed", "appeal_taken", "appeal_upheld", "refusal_undone"} <= names
        assert second["id"] != first["id"]

    def test_the_fund_decides_what_was_rejected_and_nobody_decides_twice(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = filed(world, application_id)["id"]
        rejected = judged(world, appeal_id, uphold=False, person="fund")
        assert (rejected["state"], rejected["may"]) == ("rejected", [])
        assert application(world, application_id)["state"] == "refused"
        assert appeal(world, appeal_id)["may"] == ["escalate"]

        world.sleep(days=20)
        taken = act(world, appeal_id, "second-level", text=WORDS).json()
        again = act(world, appeal_id, "second-level", text=WORDS).json()
        assert (taken["level"], taken["state"], taken["due_on"]) == ("fund", "filed", "2026-04-17")
        assert again == taken
        world.settle()

        assert listed(world) == [], "an insurer does not decide at the second level"
        problem(work(world, appeal_id, "lease", person=SECOND), 404)
        assert listed(world, person="second_fund") == [appeal_id]
        problem(work(world, appeal_id, "lease", person="fund"), 403, "not_permitted")
        finally_rejected = judged(world, appeal_id, uphold=False, person="second_fund")
        assert (finally_rejected["state"], len(finally_rejected["decisions"])) == ("rejected_finally", 2)
        problem(act(world, appeal_id, "second-level", text=WORDS + "!"), 409, "state_conflict")
        assert {"appeal_rejected", "appeal_escalated", "appeal_rejected_by_fund"} <= set(kinds(world))

    def test_a_question_stops_the_clock_and_its_answer_brings_documents(self, world: World) -> None:
        appeal_id = filed(world, refused(world))["id"]
        problem(act(world, appeal_id, "documents", media_type="image/png"), 409, "state_conflict")
        problem(act(world, appeal_id, "answer", text=WORDS), 409, "state_conflict")
        work(world, appeal_id, "lease")
        asked = work(world, appeal_id, "question", text="Пришлите, пожалуйста, справку").json()
        assert (asked["state"], asked["question"]["answer_until"], asked["lease"]) == (
            "question_asked",
            "2026-03-23",
            None,
        )
        assert work(world, appeal_id, "question", text="Пришлите, пожалуйста, справку").json() == asked
        world.settle()
        world.sleep(days=3)

        attached(world, appeal_id)
        assert wrong_fields(problem(act(world, appeal_id, "answer", text="да"), 422)) == {"text": "required"}
        answered = act(world, appeal_id, "answer", text=WORDS).json()
        assert (answered["state"], answered["due_on"]) == ("filed", "2026-04-02")
        assert (answered["history"][-1]["text"], answered["history"][-1]["paused_days"]) == (WORDS, 3)
        assert act(world, appeal_id, "answer", text=WORDS).json() == answered
        assert "appeal_question" in kinds(world)

    def test_what_is_withdrawn_may_be_appealed_against_again(self, world: World) -> None:
        application_id = refused(world)
        first = filed(world, application_id)["id"]
        withdrawn = act(world, first, "withdrawal").json()
        assert act(world, first, "withdrawal").json() == withdrawn
        world.settle()
        second = filed(world, application_id)["id"]
        draft = begun(world, insurer_change_refused(world))
        assert act(world, draft, "withdrawal").json()["state"] == "withdrawn"

        assert listed(world) == [second]
        assert [one["id"] for one in world.ok("GET", ALL)["items"]] == [draft, second, first]
        page = world.ok("GET", f"{ALL}?limit=2")
        assert [one["id"] for one in page["items"]] == [draft, second]
        rest = world.ok("GET", f"{ALL}?limit=2&cursor={page['next_cursor']}")
        assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([first], None)
        assert kinds(world).count("appeal_withdrawn") == 1


def insurer_change_refused(world: World) -> str:
    """A second refusal of the same person, of another kind."""
    return refused(world, kind="insurer_change", by="fund")


class TestTime:
    """What the schedule does."""

    def test_drafts_expire_questions_end_and_late_decisions_show(self, world: World) -> None:
        application_id = refused(world)
        draft = begun(world, application_id)
        world.sleep(days=30)
        world.run("run_due")
        assert appeal(world, draft)["state"] == "expired"

        appeal_id = filed(world, application_id)["id"]
        assert appeal(world, appeal_id)["due_on"] == "2026-04-29"
        work(world, appeal_id, "lease")
        work(world, appeal_id, "question", text="Пришлите, пожалуйста, справку")
        world.sleep(days=8)
        world.run("run_due")
        going = appeal(world, appeal_id)
        assert (going["state"], going["history"][-1]["event"], going["is_overdue"]) == ("filed", "go_on", False)

        world.sleep(days=30)
        world.run("run_due")
        late = appeal(world, appeal_id)
        assert late["is_overdue"] is True
        assert listed(world, query="overdue=true") == [appeal_id]
        assert listed(world, query="overdue=false") == []
        world.run("run_due")
        assert appeal(world, appeal_id) == late
        assert [entry["action"] for entry in actions(world)][:2] == ["appeal_overdue", "appeal_not_answered"]

    def test_what_changes_meanwhile_is_left_to_the_next_run(self, world: World) -> None:
        appeal_id = begun(world, refused(world))
        world.sleep(days=31)
        with meanwhile(lambda: act(world, appeal_id, "withdrawal")):
            assert run_appeals(tools=world.tools, at=world.tools.at) == {"skipped": 1}
        assert appeal(world, appeal_id)["state"] == "withdrawn"

    def test_comes_too_late(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = begun(world, application_id)
        world.tools.at += timedelta(days=91)
        problem(act(world, appeal_id, "submission", **GROUNDS), 422, "rule_refused", "appeal_too_late")
        world.run("run_due")
        body = {"subject": "application", "subject_id": application_id}
        problem(world.call("POST", ALL, json=body), 422, "rule_refused", "appeal_too_late")


class TestMistakes:
    """Nothing is half-written, and every mistake is named."""

    def test_only_a_refusal_of_ones_own_is_appealed_against_and_once(self, world: World) -> None:
        application_id = refused(world)
        begun(world, application_id)
        body = {"subject": "application", "subject_id": application_id}
        problem(world.call("POST", ALL, json=body), 409, "state_conflict")
        problem(world.call("POST", ALL, json={**body, "subject": "temporary_certificate"}), 404)
        problem(world.call("POST", ALL, json={**body, "subject": "delivery"}), 404)
        problem(world.call("POST", ALL, json={**body, "subject": "legacy_policy"}), 404)
        problem(world.call("POST", ALL, json={**body, "subject_id": "01KKTXZ8M0J77M3GB40726KZTJ"}), 404)
        problem(world.call("POST", ALL, json=body, person="insured"), 404)
        problem(world.call("POST", ALL, json=body, person="unconfirmed"), 403, "account_not_confirmed")
        problem(world.call("POST", ALL, json={**body, "subject": "weather"}), 422)
        assert len(world.ok("GET", ALL)["items"]) == 1

    def test_a_key_begins_one_appeal_only(self, world: World) -> None:
        key = {"Idempotency-Key": "my-appeal"}
        body = {"subject": "application", "subject_id": refused(world)}
        made = world.ok("POST", ALL, json=body, headers=key)
        assert world.ok("POST", ALL, json=body, headers=key) == made
        other = {**body, "subject_id": insurer_change_refused(world)}
        problem(world.call("POST", ALL, json=other, headers=key), 422, "rule_refused", "idempotency_key_reused")

    def test_what_stands_is_not_appealed_against(self, world: World) -> None:
        body = {"subject": "application", "subject_id": insured(world)}
        problem(world.call("POST", ALL, json=body), 409, "state_conflict")
        draft = {"subject": "application", "subject_id": drafted(world)}
        problem(world.call("POST", ALL, json=draft), 409, "state_conflict")

    def test_grounds_are_checked_before_anything_is_filed(self, world: World) -> None:
        appeal_id = begun(world, refused(world))
        answer = act(world, appeal_id, "submission", reasons=["paper_refused", "other"], text="")
        assert wrong_fields(problem(answer, 422)) == {"reasons.0": "not_in_list", "text": "required"}
        ordered = act(world, appeal_id, "documents", media_type="image/png").json()
        waiting = problem(act(world, appeal_id, "submission", **GROUNDS), 422)
        assert wrong_fields(waiting) == {"documents": "not_checked_yet"}
        path = f"{ALL}/{appeal_id}/documents"
        problem(world.call("GET", f"{path}/{ordered['scan']['id']}/preview"), 404)
        problem(world.call("GET", f"{path}/01KKTXZ8M0J77M3GB40726KZTJ/details"), 404)
        world.invoke("scan_uploads", world.arrived(ordered["upload"]["fields"]["key"], b"no picture"))
        rejected = world.ok("GET", f"{path}/{ordered['scan']['id']}/details")
        assert rejected["state"] == "rejected"
        made = act(world, appeal_id, "submission", **GROUNDS).json()
        assert act(world, appeal_id, "submission", **GROUNDS).json() == made
        problem(act(world, appeal_id, "submission", reasons=["facts_wrong"]), 409, "state_conflict")

    def test_documents_are_of_known_types_and_not_without_end(self, world: World) -> None:
        appeal_id = begun(world, refused(world))
        assert wrong_fields(problem(act(world, appeal_id, "documents", media_type="text/html"), 422)) == {
            "media_type": "unsupported_format"
        }
        for _ in range(MAX_SCANS):
            act(world, appeal_id, "documents", media_type="image/png")
        too_many = act(world, appeal_id, "documents", media_type="image/png")
        problem(too_many, 422, "rule_refused", "too_many_scans")

    def test_a_number_that_is_taken_is_drawn_again(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        first = filed(world, refused(world))
        second = begun(world, insurer_change_refused(world))
        taken = int(first["number"].split("-")[2])
        monkeypatch.setattr(world.tools.ids, "below", lambda limit: taken % limit)
        problem(act(world, second, "submission", **GROUNDS), 409)
        assert appeal(world, second)["state"] == "draft"
        draws = iter([taken, taken, 5])
        monkeypatch.setattr(world.tools.ids, "below", lambda limit: next(draws) % limit)
        assert act(world, second, "submission", **GROUNDS).json()["number"].startswith("Ж-2026-00000005-")

    def test_an_application_under_way_is_no_refusal(self, world: World) -> None:
        body = {"subject": "application", "subject_id": submitted(world)}
        problem(world.call("POST", ALL, json=body), 409, "state_conflict")
