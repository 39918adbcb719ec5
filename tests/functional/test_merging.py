"""Duplicates: found with an explanation, merged by two operators, separated exactly (requirement D4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.table import Table
from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from tests.applicants import CHILD, begun, carried_out, represent, scanned
from tests.corrections import (
    FUND,
    asked,
    check_invariants,
    corrected,
    person_id,
    reversed_,
    rows,
    state,
    statuses,
)
from tests.journeys import (
    actions,
    application,
    coded,
    drafted,
    insurance,
    insured,
    messages,
    policy,
    prepared,
    problem,
    sign,
    submitted,
)

if TYPE_CHECKING:
    import pytest

    from chalicelib.adapters.dynamodb.table import Page
    from tests.world import World

FIRST, SECOND = "citizen", "later"
C = ApplicantCategory


def duplicates(world: World, about: str, *, by: str = FUND) -> list[dict[str, Any]]:
    return list(world.ok("GET", f"/v1/operator/persons/{about}/duplicates", person=by)["items"])


def search(world: World, by: str = FUND, **key: Any) -> list[dict[str, Any]]:
    return list(world.ok("POST", "/v1/operator/person-searches", person=by, json=key)["items"])


def clash(world: World, *, other: str = SECOND) -> str:
    """The first person's document in the second one's application, which waits for an operator then."""
    same = world.ok("GET", "/v1/applications")["items"][0]["form"]["identity_document"]
    draft = prepared(world, person=other)
    world.ok("PATCH", f"/v1/applications/{draft}", person=other, json={"identity_document": same})
    assert sign(world, draft, coded(world, draft, person=other), person=other).status_code == 201
    world.settle()
    assert application(world, draft, person=other)["needs_operator"]
    return draft


def merged(world: World, main: str = FIRST, other: str = SECOND) -> dict[str, Any]:
    return corrected(world, "persons_merged", person_id(world, main), other_person_id=person_id(world, other))


class TestFinding:
    """Candidates with everything that speaks for them and against."""

    def test_finds_by_document_and_says_why(self, world: World) -> None:
        insured(world)
        clash(world)
        (found,) = duplicates(world, person_id(world, SECOND))
        assert found["person_id"] == person_id(world)
        assert found["score"] == sum(signal["weight"] for signal in found["signals"])
        assert {signal["code"] for signal in found["signals"]} >= {"same_document", "other_snils", "other_birth_date"}
        assert found["likeness"] == "possible"
        assert next(a["action"] for a in actions(world)) == "person_viewed"

    def test_finds_by_name_and_birthday_and_takes_namesakes_for_no_certainty(self, world: World) -> None:
        insured(world)
        insured(world, person=SECOND)
        main, other = person_id(world), person_id(world, SECOND)
        assert duplicates(world, main) == []
        names = {"family_name": "ПРИМЕРОВА", "given_name": "Анна", "middle_name": "Сергеевна"}
        corrected(world, "wrong_name", other, **names)
        corrected(world, "wrong_birth_date", other, born_on="1990-05-14")

        (found,) = duplicates(world, main)
        assert found["person_id"] == other
        assert (found["likeness"], found["likeness_title"]) == (
            "possible",
            "Может быть, разные люди: тёзки или близнецы",
        )
        corrected(world, "wrong_snils", other, snils="")
        (found,) = duplicates(world, main)
        assert found["likeness"] == "likely"
        assert duplicates(world, other)[0]["person_id"] == main

    def test_a_merged_record_is_no_candidate_any_more(self, world: World) -> None:
        insured(world)
        clash(world)
        merged(world)
        assert duplicates(world, person_id(world)) == []

    def test_strangers_find_nothing(self, world: World) -> None:
        insured(world)
        path = f"/v1/operator/persons/{person_id(world)}/duplicates"
        problem(world.call("GET", path, person="neighbour_fund"), 404, "not_found")


class TestSearch:
    """Operators find their own people by one identifier."""

    def test_finds_by_every_identifier_and_notes_the_look(self, world: World) -> None:
        insured(world)
        name = {"family_name": "Примерова", "given_name": "Анна", "middle_name": "Сергеевна", "born_on": "1990-05-14"}
        for key in (
            {"policy_number": policy(world)["policy_number"]},
            {"snils": world.ok("GET", "/v1/me")["snils"]},
            {"document": {"type": "14", "series": "00 20", "number": "900001"}},
            {"person": name},
        ):
            (found,) = search(world, **key)
            assert (found["person_id"], found["family_name"]) == (person_id(world), "Примерова")
            assert search(world, by="neighbour_fund", **key) == []
        looks = [a for a in actions(world) if a["action"] == "person_viewed"]
        assert sorted(a["details"]["by"] for a in looks) == ["document", "person", "policy_number", "snils"]
        assert search(world, snils="112-233-445 95") == []

    def test_asks_for_exactly_one_well_formed_identifier(self, world: World) -> None:
        for key, field in (({}, "key"), ({"snils": "1", "policy_number": "1"}, "key"), ({"snils": "1"}, "snils")):
            answer = world.call("POST", "/v1/operator/person-searches", person=FUND, json=key)
            body = problem(answer, 422, "validation_failed")
            assert [error["field"] for error in body["errors"]] == [field]

    def test_too_many_namesakes_have_to_be_told_apart(self, world: World) -> None:
        work = world.tools.store.work(at=world.tools.at)
        from chalicelib.domain.records import Pointer
        from chalicelib.use_cases.identity import name_value

        key = {"family_name": "Иванов", "given_name": "Иван", "middle_name": "", "born_on": "1990-01-01"}
        value_hash = world.tools.secrets.lookup_hash(kind="person", value=name_value(**key))
        for number in range(11):
            who = f"01KKTXZ8M0J77M3GB40726K{number:03d}"
            work.create(Pointer(kind="person", value_hash=value_hash, target=who, person_id=who, shared=True))
        work.commit()
        answer = world.call("POST", "/v1/operator/person-searches", person=FUND, json={"person": key})
        problem(answer, 422, "validation_failed")

    def test_the_card_shows_everything_kept(self, world: World) -> None:
        application_id = insured(world)
        child = represent(world, "citizen", CHILD)
        shown = world.ok("GET", f"/v1/operator/persons/{person_id(world)}", person=FUND)
        assert (shown["region"], shown["insurer_code"], shown["representation"]) == ("77", "77012", None)
        assert shown["applications"][0]["id"] == application_id
        assert shown["insurance"]["policies"][0]["state"] == "active"
        of_child = world.ok("GET", f"/v1/operator/persons/{child}", person=FUND)
        assert of_child["representation"]["representative_id"] == person_id(world)
        problem(world.call("GET", f"/v1/operator/persons/{child}", person="neighbour_fund"), 404, "not_found")


class TestMerging:
    """One person, two records."""

    def test_the_waiting_application_goes_on_by_itself(self, world: World) -> None:
        insured(world)
        draft = clash(world)
        merged(world)
        world.settle()

        done = application(world, draft, person=SECOND)
        assert (done["state"], done["needs_operator"]) == ("refused", False)
        assert [reason["code"] for reason in done["refusals"]] == ["already_insured"]
        check_invariants(world)

    def test_an_application_that_waited_leads_to_a_policy_of_the_main_record(self, world: World) -> None:
        insured(world)
        clash(world)
        days = {"annulment": "duplicate", "from_on": "2026-03-16"}
        corrected(world, "policy_annulled", person_id(world), **days)
        merged(world)
        world.settle()

        ended, active = insurance(world)["policies"]
        assert (ended["state"], active["state"]) == ("annulled", "active")
        assert [p["id"] for p in insurance(world, person=SECOND)["policies"]] == [ended["id"], active["id"]]
        check_invariants(world)

    def test_both_accounts_see_one_insurance_and_its_documents(self, world: World) -> None:
        insured(world)
        insured(world, person=SECOND)
        world.drain()
        number = policy(world)["policy_number"]
        merged(world)
        world.drain()

        for person in (FIRST, SECOND):
            seen = insurance(world, person=person)
            assert sorted((p["policy_number"] == number, p["state"]) for p in seen["policies"]) == [
                (False, "replaced"),
                (True, "active"),
            ]
            for document in seen["documents"]:
                link = world.ok("GET", f"/v1/me/documents/{document['id']}/link", person=person)
                assert link["url"]
            code = world.ok("POST", "/v1/me/insurance/codes", person=person, json={"days": 1})
            assert code["qr_link"]
            assert "records_merged" in {message["kind"] for message in messages(world, person=person)}
        assert len(world.ok("GET", "/v1/applications", person=SECOND)["items"]) == 2
        assert len(world.ok("GET", "/v1/applications")["items"]) == 2

    def test_lookups_by_either_number_find_the_main_record(self, world: World) -> None:
        insured(world)
        insured(world, person=SECOND)
        main, other = policy(world)["policy_number"], policy(world, person=SECOND)["policy_number"]
        merged(world)
        for number in (main, other):
            seen = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"policy_number": number})
            assert (seen["is_insured"], seen["policy_number"], seen["family_name"]) == (True, main, "Примерова")
        question = {"policy_number": other, "born_on": "1990-05-14", "consent": True}
        told = world.ok("POST", "/v1/validity-checks", person=None, json=question)
        assert (told["status"], told["reason"]) == ("not_valid", "replaced")

    def test_of_two_alike_applications_the_second_records_is_closed(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        first = submitted(world)
        world.settle()
        second = clash(world)
        merged(world)
        closed = application(world, second, person=SECOND)
        assert (closed["state"], closed["refusals"][0]["code"]) == ("refused", "duplicate_application")
        world.tools.registers.release()
        world.sleep(minutes=20)
        world.settle()
        assert application(world, first)["state"] == "ready"
        check_invariants(world)

    def test_a_certificate_ends_beside_the_other_records_policy(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        submitted(world)
        world.settle()
        world.tools.registers.not_found(CheckKind.INSURED_PERSON)
        insured(world, person=SECOND)
        before = state()
        made = merged(world)
        (certificate,) = insurance(world)["certificates"]
        assert certificate["state"] == "revoked"
        check_invariants(world)
        reversed_(world, made["id"])
        assert state() == before

    def test_the_second_records_certificate_ends_beside_a_policy_and_moves(self, world: World) -> None:
        insured(world)
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world, person=SECOND)
        world.settle()
        number = application(world, draft, person=SECOND)["certificate_number"]
        before = state()
        made = merged(world)
        (certificate,) = insurance(world)["certificates"]
        assert (certificate["number"], certificate["state"]) == (number, "revoked")
        seen = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"certificate_number": number})
        assert (seen["is_insured"], seen["family_name"]) == (True, "Примерова")
        check_invariants(world)
        reversed_(world, made["id"])
        assert state() == before

    def test_one_certificate_is_enough_for_two_records(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        first = submitted(world)
        second = submitted(world, person=SECOND)
        world.settle()
        merged(world)
        assert sorted(found["state"] for found in insurance(world)["certificates"]) == ["active", "revoked"]
        assert application(world, second, person=SECOND)["state"] == "refused"
        world.tools.registers.release()
        world.sleep(minutes=20)
        world.settle()
        assert application(world, first)["state"] == "ready"
        check_invariants(world)

    def test_the_only_certificate_moves_and_bridges_the_wait_of_the_main_record(self, world: World) -> None:
        drafted(world)
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world, person=SECOND)
        world.settle()
        before, listed = state(), statuses()
        made = merged(world)
        (certificate,) = insurance(world)["certificates"]
        assert certificate["state"] == "active"
        check_invariants(world)
        reversed_(world, made["id"])
        assert (state(), statuses()) == (before, listed)
        merged(world)
        world.tools.registers.release()
        world.sleep(minutes=20)
        world.settle()
        assert application(world, draft, person=SECOND)["state"] == "ready"
        assert insurance(world)["certificates"][0]["state"] != "active"
        check_invariants(world)

    def test_finds_what_leads_to_a_record_on_every_page(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        insured(world)
        insured(world, person=SECOND)
        before = state()
        query = Table.query_index

        def short(table: Table, index: str, partition: str, **how: Any) -> Page:
            return query(table, index, partition, **{**how, "limit": how.get("limit") or 1})

        monkeypatch.setattr(Table, "query_index", short)
        made = merged(world)
        check_invariants(world)
        reversed_(world, made["id"])
        assert state() == before

    def test_a_second_alike_that_waits_for_an_answer_is_closed_too(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        submitted(world)
        world.settle()
        world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
        second = submitted(world, person=SECOND)
        world.settle()
        assert application(world, second, person=SECOND)["state"] == "clarification_required"
        merged(world)
        assert application(world, second, person=SECOND)["state"] == "withdrawn"
        check_invariants(world)

    def test_the_second_account_applies_about_the_main_record(self, world: World) -> None:
        insured(world)
        draft = drafted(world, person=SECOND, kind="insurer_change")
        merged(world)
        begun_later = drafted(world, person=SECOND, kind="insurer_change")

        kept = {row["PK"]: row for row in rows() if row.get("type") == "Application"}
        for application_id in (draft, begun_later):
            data = json.loads(kept[f"APPLICATION#{application_id}"]["data"])
            assert data["person_id"] == person_id(world)
        answer = world.call("POST", f"/v1/applications/{begun_later}/signing-codes", person=SECOND)
        assert "insurer.code" in {error["field"] for error in problem(answer, 422)["errors"]}

    def test_who_acted_for_a_child_acts_for_its_grown_record(self, world: World) -> None:
        """The parent had declared the child; at 14 the child has come with an account of its own."""
        child = represent(world, "citizen", CHILD)
        early = begun(world, C.CHILD_UNDER_14, "first_policy", about=child)
        insured(world, person=SECOND)
        grown = person_id(world, SECOND)
        names = {name: CHILD[name] for name in ("family_name", "given_name", "middle_name")}
        corrected(world, "wrong_name", grown, **names)
        corrected(world, "wrong_birth_date", grown, born_on=CHILD["born_on"])
        problem(asked(world, "persons_merged", child, other_person_id=grown), 422, reason="main_has_no_account")
        made = corrected(world, "persons_merged", grown, other_person_id=child)

        seen = world.ok("GET", f"/v1/represented-persons/{child}/insurance")
        assert seen["policies"][-1]["state"] == "active"
        lost = {"replacement": {"reason": "lost"}}
        done = carried_out(world, C.CHILD_UNDER_14, "replacement", about=child, sections=lost)
        states = [found["state"] for found in insurance(world, person=SECOND)["policies"]]
        assert (done["state"], states) == ("ready", ["replaced", "replaced", "active"])
        check_invariants(world)
        world.ok("POST", f"/v1/represented-persons/{child}/termination")
        assert application(world, early["id"])["state"] == "expired"
        reversed_(world, made["id"])
        kept = {row["PK"]: json.loads(row["data"]) for row in rows() if row.get("type") == "Application"}
        assert kept[f"APPLICATION#{early['id']}"]["person_id"] == child
        assert kept[f"APPLICATION#{done['id']}"]["person_id"] == grown
        check_invariants(world)

    def test_a_right_to_act_for_somebody_else_opens_nothing(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        draft = begun(world, C.CHILD_UNDER_14, "first_policy", about=child)
        scanned(world, draft["id"], person="citizen")
        world.ok("POST", f"/v1/represented-persons/{child}/termination")
        corrected(world, "representation_ended_by_mistake", child)
        corrected(world, "application_closed_by_mistake", child, application_id=draft["id"])
        corrected(world, "representation_wrong", child)
        assert application(world, draft["id"])["state"] == "withdrawn"

    def test_refuses_what_is_not_two_records_of_one_person(self, world: World) -> None:
        insured(world)
        insured(world, person=SECOND)
        main, other = person_id(world), person_id(world, SECOND)
        child = represent(world, "citizen", CHILD)

        def reason(about: str, second: str) -> str:
            return str(problem(asked(world, "persons_merged", about, other_person_id=second), 422)["reason"])

        assert reason(main, main) == "same_record"
        assert reason(main, child) == "represents_the_other"
        insured(world, person="other_surname")
        merged(world)
        third = person_id(world, "other_surname")
        assert reason(third, other) == "record_merged"
        assert reason(other, third) == "record_merged"
        corrected(world, "death_recorded", third, died_on="2026-03-16")
        assert reason(main, third) == "person_died"

    def test_what_waits_at_the_main_record_goes_on_too(self, world: World) -> None:
        insured(world)
        draft = clash(world)
        merged(world, SECOND, FIRST)
        world.settle()
        assert application(world, draft, person=SECOND)["state"] == "refused"
        check_invariants(world)

    def test_another_regions_record_is_merged_only_if_nothing_speaks_against_it(self, world: World) -> None:
        insured(world)
        insured(world, person=SECOND)
        main, other = person_id(world), person_id(world, SECOND)
        moved = {"region": "78", "insurer_code": "78006", "from_on": "2026-03-16"}
        corrected(world, "wrong_region", other, **moved)
        problem(asked(world, "persons_merged", main, other_person_id=other), 404, "not_found")

    def test_too_many_records_are_refused_with_advice(self, world: World) -> None:
        insured(world)
        for _ in range(46):
            drafted(world, person=SECOND)
        answer = asked(world, "persons_merged", person_id(world), other_person_id=person_id(world, SECOND))
        assert "черновики" in problem(answer, 422, "rule_refused", "too_many_records")["detail"]


class TestSeparating:
    """Records of two people, merged by mistake."""

    def test_a_policy_that_a_moved_application_gave_cannot_be_taken_along(self, world: World) -> None:
        insured(world)
        clash(world)
        corrected(world, "policy_annulled", person_id(world), annulment="duplicate", from_on="2026-03-16")
        merged(world)
        world.settle()
        ids = {"other_person_id": person_id(world, SECOND)}
        problem(asked(world, "persons_separated", person_id(world), **ids), 409, "state_conflict")

    def test_an_application_decided_since_goes_back_as_it_is(self, world: World) -> None:
        insured(world)
        draft = clash(world)
        merged(world)
        world.settle()
        corrected(world, "persons_separated", person_id(world), other_person_id=person_id(world, SECOND))
        done = application(world, draft, person=SECOND)
        assert (done["state"], done["needs_operator"]) == ("refused", False)
        assert "records_separated" in {m["kind"] for m in messages_of(world, SECOND)}
        check_invariants(world)


def messages_of(world: World, person: str) -> list[dict[str, Any]]:
    world.drain()
    return messages(world, person=person)
