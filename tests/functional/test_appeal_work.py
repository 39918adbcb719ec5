"""What operators do with appeals, and what an upheld one undoes by itself (requirements L1, O1-O3)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.appeal import Effect
from chalicelib.domain.checks import CheckAnswer, CheckKind, CheckStatus
from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.ports.folders import PersonFile
from chalicelib.use_cases import undo_refusal
from chalicelib.use_cases.handle_appeals import handled_appeal
from tests import papers
from tests.appeals import EXPLANATION, act, appeal, attached, begun, filed, judged, listed, refused, work
from tests.cases import FUND, OPERATOR, meanwhile
from tests.corrections import corrected, person_id
from tests.journeys import (
    actions,
    application,
    document,
    insurance,
    messages,
    problem,
    scan,
    signed,
    submitted,
    wrong_fields,
)
from tests.legacy import known_to_register, legacy, registered

if TYPE_CHECKING:
    from tests.world import World

SECOND, SECOND_FUND = "second_operator", "second_fund"
REFUSES = CheckAnswer(status=CheckStatus.MISMATCH, reasons=("document_invalid",), data={}, register_version="1")


def effect(decision: dict[str, Any]) -> str:
    """What the last decision did."""
    return str(decision["decisions"][-1]["effect"])


def refused_by_registers(world: World) -> str:
    """An application that was refused while its certificate stood; returns its id."""
    world.tools.registers.pending(CheckKind.INSURED_PERSON, then=REFUSES)
    application_id = submitted(world)
    world.settle()
    assert insurance(world)["certificates"][0]["state"] == "active"
    world.tools.registers.release()
    world.sleep(minutes=1)
    world.settle()
    assert application(world, application_id)["state"] == "refused"
    assert insurance(world)["certificates"][0]["state"] == "revoked"
    return application_id


class TestEyes:
    """Who may decide, and who may look."""

    def test_not_who_refused_nor_whose_it_is_nor_whose_work_it_is_not(self, world: World) -> None:
        appeal_id = filed(world, refused(world))["id"]
        problem(work(world, appeal_id, "lease", person=OPERATOR), 403, "not_permitted")
        problem(work(world, appeal_id, "decision", person=OPERATOR, uphold=True, explanation=EXPLANATION), 403)
        problem(work(world, appeal_id, "lease", person="neighbour_fund"), 404)
        row = world.ok("GET", "/v1/operator/appeals", person=OPERATOR)["items"][0]
        assert (row["id"], row["may_be_taken"], row["lease"]) == (appeal_id, False, None)
        assert {"text", "person_id", "reasons"} & set(row) == set()
        problem(
            world.call("GET", f"/v1/operator/appeals/{begun(world, insurer_change(world))}/details", person=FUND), 404
        )

        own = Principal(
            subject="x",
            account_id=world.tools.store.appeal_file(appeal_id=appeal_id).appeal.account_id,
            roles=frozenset({Role.INSURER_OPERATOR}),
            assurance=Assurance.CONFIRMED,
            insurer="77012",
        )
        with pytest.raises(NotPermitted):
            handled_appeal(tools=world.tools, principal=own, appeal_id=appeal_id)
        world.ok("GET", f"/v1/operator/appeals/{appeal_id}/details", person=SECOND)
        viewed = next(entry for entry in actions(world) if entry["action"] == "appeal_viewed")
        assert viewed["organisation"] == "77012"

    def test_one_at_a_time_and_only_with_a_lease(self, world: World) -> None:
        appeal_id = filed(world, refused(world))["id"]
        body = {"uphold": False, "explanation": EXPLANATION}
        problem(work(world, appeal_id, "decision", **body), 409, "state_conflict")
        assert work(world, appeal_id, "release").status_code == 204
        assert work(world, appeal_id, "lease").json()["is_mine"] is True
        assert work(world, appeal_id, "lease").json()["is_mine"] is True
        for step, options in {"lease": {}, "release": {}, "decision": body, "question": {"text": EXPLANATION}}.items():
            problem(work(world, appeal_id, step, person=FUND, **options), 409, "case_taken")
        details = world.ok("GET", f"/v1/operator/appeals/{appeal_id}/details", person=FUND)
        assert (details["lease"]["is_mine"], details["person_id"]) == (False, person_id(world))
        assert work(world, appeal_id, "release").status_code == 204
        assert work(world, appeal_id, "lease", person=FUND).status_code == 200
        names = [entry["action"] for entry in actions(world)]
        assert (names.count("appeal_taken"), names.count("appeal_released")) == (2, 1)

    def test_of_two_who_take_it_at_once_one_gets_it(self, world: World) -> None:
        appeal_id = filed(world, refused(world))["id"]
        with meanwhile(lambda: work(world, appeal_id, "lease", person=FUND)):
            problem(work(world, appeal_id, "lease"), 409, "case_taken")
        world.sleep(minutes=31)
        with meanwhile(lambda: work(world, appeal_id, "release", person=FUND)):
            assert work(world, appeal_id, "lease").status_code == 200

    def test_an_appeal_that_never_stands_still_is_not_taken(self, world: World, monkeypatch: Any) -> None:
        appeal_id = filed(world, refused(world))["id"]
        store = world.tools.store
        read = store.appeal_file

        def older(*, appeal_id: str) -> Any:
            file = read(appeal_id=appeal_id)
            return replace(file, appeal=replace(file.appeal, version=file.appeal.version - 1))

        monkeypatch.setattr(store, "appeal_file", older)
        problem(work(world, appeal_id, "lease"), 409)

    def test_documents_are_shown_with_the_viewers_name(self, world: World) -> None:
        appeal_id = begun(world, refused(world))
        evidence = attached(world, appeal_id)
        filed_now = act(world, appeal_id, "submission", reasons=["facts_wrong"])
        assert filed_now.status_code == 200
        assert world.ok("GET", f"/v1/appeals/{appeal_id}/documents/{evidence['id']}/preview")["url"]
        shown = work(world, appeal_id, f"documents/{evidence['id']}/views", page=1).json()
        assert (shown["page"], shown["pages"]) == (1, 1)
        assert "/shown/" in shown["url"]
        problem(work(world, appeal_id, f"documents/{evidence['id']}/views", page=2), 404)
        assert "scan_viewed" in {entry["action"] for entry in actions(world)}

    def test_a_decision_explains_itself(self, world: World) -> None:
        appeal_id = filed(world, refused(world))["id"]
        work(world, appeal_id, "lease")
        bad = work(world, appeal_id, "decision", uphold=False, explanation=" ", topic="7.7", carry_out=True)
        assert wrong_fields(problem(bad, 422)) == {
            "topic": "not_in_list",
            "carry_out": "not_allowed",
            "explanation": "required",
        }
        bad = work(world, appeal_id, "decision", uphold=False, explanation=EXPLANATION, topic="7.7")
        assert wrong_fields(problem(bad, 422)) == {"topic": "not_in_list"}
        done = judged(world, appeal_id, uphold=False, topic="1.5")
        again = work(world, appeal_id, "decision", uphold=False, explanation=EXPLANATION)
        assert (done["topic"], again.json()["decisions"]) == ("1.5", done["decisions"])
        problem(work(world, appeal_id, "decision", uphold=True, explanation=EXPLANATION), 403, "not_permitted")


def insurer_change(world: World) -> str:
    """A second refusal of the same person, of another kind."""
    return refused(world, kind="insurer_change", by="fund")


class TestUpheld:
    """The refusal is undone in the transaction of the decision, and the case goes on."""

    def test_carried_out_without_asking_the_registers(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = filed(world, application_id)["id"]
        world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
        assert effect(judged(world, appeal_id, uphold=True, carry_out=True)) == "carried_out"
        ready = application(world, application_id)
        assert (ready["state"], [step["state"] for step in ready["history"]][-3:]) == (
            "ready",
            ["in_processing", "approved", "ready"],
        )

    def test_the_certificate_that_went_with_the_refusal_counts_again(self, world: World) -> None:
        application_id = refused_by_registers(world)
        appeal_id = filed(world, application_id)["id"]
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        assert effect(judged(world, appeal_id, uphold=True)) == "checked_anew"
        going = application(world, application_id)
        assert (going["state"], going["due_on"], going["refusals"]) == ("in_processing", "2026-04-27", [])
        assert insurance(world)["certificates"][0]["state"] == "active"

    def test_the_certificate_alone(self, world: World) -> None:
        application_id = refused_by_registers(world)
        appeal_id = filed(world, application_id, subject="temporary_certificate")["id"]
        assert effect(judged(world, appeal_id, uphold=True)) == "restored"
        assert insurance(world)["certificates"][0]["state"] == "active"
        assert application(world, application_id)["state"] == "refused"
        body = {"subject": "temporary_certificate", "subject_id": application_id}
        problem(world.call("POST", "/v1/appeals", json=body), 409, "state_conflict")

    @pytest.mark.parametrize("days", [0, 40])
    def test_a_certificate_whose_term_is_over_stays_so(self, world: World, days: int) -> None:
        application_id = refused_by_registers(world)
        certificate = filed(world, application_id, subject="temporary_certificate")["id"]
        whole = filed(world, application_id)["id"]
        world.sleep(days=days)
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        judged(world, whole, uphold=True)
        assert insurance(world)["certificates"][0]["state"] == ("revoked" if days else "active")
        work(world, certificate, "lease")
        late = work(world, certificate, "decision", uphold=True, explanation=EXPLANATION)
        if days:
            problem(late, 409, "state_conflict")
        else:
            assert effect(late.json()) == "already_undone"

    def test_a_certificate_is_not_restored_beside_a_policy(self, world: World) -> None:
        application_id = refused_by_registers(world)
        certificate = filed(world, application_id, subject="temporary_certificate")["id"]
        world.tools.registers.not_found(CheckKind.INSURED_PERSON)
        whole = filed(world, application_id)["id"]
        again = submitted(world)
        world.settle()
        assert application(world, again)["state"] == "ready"
        assert effect(judged(world, certificate, uphold=True)) == "already_undone"
        assert effect(judged(world, whole, uphold=True)) == "checked_anew"
        assert insurance(world)["certificates"][0]["state"] == "revoked"

    def test_a_policy_of_an_earlier_sample_is_checked_again(self, world: World) -> None:
        world.tools.registers.not_found(CheckKind.INSURED_PERSON)
        registration = registered(world)["id"]
        world.settle()
        assert legacy(world)["state"] == "refused"
        appeal_id = filed(world, registration, subject="legacy_policy", reasons=["register_error"])["id"]
        assert listed(world) == [], "its insurer is not known: the fund decides"
        world.drain()
        assert document(world, "appeal_receipt")["made_at"] is not None
        known_to_register(world)
        assert effect(judged(world, appeal_id, uphold=True, person=FUND)) == "checked_anew"
        assert legacy(world)["state"] == "confirmed"
        body = {"subject": "legacy_policy", "subject_id": registration}
        problem(world.call("POST", "/v1/appeals", json=body), 409, "state_conflict")

    def test_an_earlier_sample_that_is_registered_anew_meanwhile(self, world: World) -> None:
        world.tools.registers.not_found(CheckKind.INSURED_PERSON)
        registration = registered(world)["id"]
        world.settle()
        first = filed(world, registration, subject="legacy_policy")["id"]
        known_to_register(world)
        registered(world)
        assert effect(judged(world, first, uphold=True, person=FUND)) == "another_under_way"

    def test_a_paper_that_went_back_is_ordered_again(self, world: World) -> None:
        delivery_id = papers.ordered(world, papers.BY_POST)["id"]
        for step, body in {
            "parcel": {},
            "dispatch": {"tracking_number": papers.TRACKING_NUMBER},
        }.items():
            papers.done(world, delivery_id, step, **body)
        body = {"subject": "delivery", "subject_id": delivery_id}
        problem(world.call("POST", "/v1/appeals", json=body), 409, "state_conflict")
        for outcome in ("not_claimed", "returned"):
            papers.done(world, delivery_id, "outcome", outcome=outcome)
        text = "Извещения в почтовом ящике не было"
        made = filed(world, delivery_id, subject="delivery", reasons=["paper_refused"], text=text)
        assert effect(judged(world, made["id"], uphold=True)) == "restored"
        again = papers.delivery(world, delivery_id)
        assert (again["state"], again["tracking_number"], again["history"][-1]["event"]) == ("ordered", "", "reopen")
        assert "delivery_reopened" in {entry["action"] for entry in actions(world)}

    def test_a_refusal_that_stands_no_more_is_left_alone(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = filed(world, application_id)["id"]
        corrected(world, "application_refused_by_mistake", person_id(world), application_id=application_id)
        world.settle()
        assert effect(judged(world, appeal_id, uphold=True)) == "already_undone"
        assert application(world, application_id)["state"] == "in_processing"

    def test_another_application_of_the_kind_goes_first(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = filed(world, application_id)["id"]
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        again = world.ok("POST", f"/v1/applications/{application_id}/resubmission")["id"]
        world.ok("PATCH", f"/v1/applications/{again}", json={"insurer": {"code": "77012"}})
        world.upload(again, scan())
        signed(world, again)
        assert effect(judged(world, appeal_id, uphold=True)) == "another_under_way"
        assert application(world, application_id)["state"] == "refused"

    def test_what_has_changed_the_policy_is_corrected_there(self, world: World) -> None:
        application_id = refused(world)
        appeal_id = filed(world, application_id)["id"]
        work_unit = world.tools.store.work(at=world.tools.at)
        known = world.tools.store.application_file(application_id=application_id).application
        work_unit.update(replace(known, policy_id="01KKTXZ8M0J77M3GB40726KZTJ", due_on=None))
        work_unit.commit()
        work(world, appeal_id, "lease")
        answer = work(world, appeal_id, "decision", uphold=True, explanation=EXPLANATION)
        problem(answer, 422, "rule_refused", "application_had_effect")
        assert appeal(world, appeal_id)["state"] == "filed"


@pytest.mark.parametrize(
    "undo", [undo_refusal.restore_certificate, undo_refusal.check_legacy_again, undo_refusal.deliver_again]
)
def test_what_is_gone_is_left_alone(undo: Any) -> None:
    store = SimpleNamespace(person_file=lambda **_: PersonFile(), delivery=lambda **_: None)
    refusal = SimpleNamespace(subject_id="gone", refused_at=None)
    about = SimpleNamespace(person_id="somebody", refused=refusal)
    undoing = SimpleNamespace(tools=SimpleNamespace(store=store), appeal=about, at=None)
    assert undo(undoing) is Effect.ALREADY_UNDONE


class TestStatistics:
    """By topic of the journal, as JSON and CSV."""

    def test_counts_the_appeals_of_the_scope(self, world: World) -> None:
        upheld = filed(world, refused(world))["id"]
        judged(world, upheld, uphold=True)
        text = "Данные передали третьим лицам без согласия"
        filed(world, insurer_change(world), reasons=["data_misused"], text=text)

        of_region = world.ok("GET", "/v1/operator/appeal-statistics", person=FUND)
        assert of_region["total"] == {
            "filed": 2,
            "open": 1,
            "upheld": 1,
            "rejected": 0,
            "withdrawn": 0,
            "overdue": 0,
        }
        assert list(of_region["by_topic"]) == ["1.1", "1.17"]
        assert of_region["time_to_decision"]["count"] == 1
        of_insurer = world.ok("GET", "/v1/operator/appeal-statistics", person=OPERATOR)
        assert (of_insurer["total"]["filed"], of_insurer["by_state"]) == (1, {"upheld": 1})

        answer = world.call(
            "GET",
            "/v1/operator/appeal-statistics",
            person="auditor",
            params={"region": "77"},
            headers={"Accept": "text/csv"},
        )
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert ["by_topic", "1.17.filed", "Неправомерное использование персональных данных: подано", "1"] in rows
        outside = world.ok("GET", "/v1/operator/appeal-statistics?from=2026-01-01&until=2026-02-01", person=FUND)
        assert outside["total"]["filed"] == 0
        assert "appeal_upheld" in {message["kind"] for message in messages(world)}
