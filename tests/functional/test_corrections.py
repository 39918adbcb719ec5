"""Corrections with four eyes: who may propose and decide, on what, and what is left behind (D4, F7, O1, O2)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.person import Person
from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.records import Pointer
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import correction_case
from chalicelib.use_cases.correction_case import scope_of
from tests.corrections import (
    CORRECTIONS,
    FUND,
    OPERATOR,
    REASON,
    SECOND_FUND,
    SECOND_OPERATOR,
    approved,
    asked,
    check_invariants,
    corrected,
    decided,
    person_id,
    proposed,
    reversed_,
    rows,
    state,
)
from tests.journeys import (
    OTHER_INSURER,
    actions,
    application,
    consented,
    drafted,
    insurance,
    insured,
    messages,
    policy,
    problem,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    from tests.world import World

NOBODY = "01KKTXZ8M0J77M3GB40726KZTJ"


@pytest.fixture
def about(world: World) -> str:
    """A citizen insured by 77012 in Moscow for some days."""
    insured(world)
    world.drain()
    world.sleep(days=20)
    return person_id(world)


def one(world: World, correction_id: str, *, by: str = FUND) -> dict[str, Any]:
    return dict(world.ok("GET", f"{CORRECTIONS}/{correction_id}", person=by))


def rejected(world: World, correction_id: str, *, by: str = SECOND_FUND, reason: str = "Копия не та") -> Any:
    return world.call("POST", f"{CORRECTIONS}/{correction_id}/rejection", person=by, json={"reason": reason})


class TestFourEyes:
    """One proposes, another decides, never about oneself, and only in one's own scope."""

    def test_nobody_decides_on_the_own_proposal(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_sex", about, sex="male")
        before = state()

        problem(decided(world, made["id"], by=FUND), 403, "not_permitted")
        problem(rejected(world, made["id"], by=FUND), 403, "not_permitted")
        assert state() == before
        assert one(world, made["id"])["state"] == "proposed"

    def test_the_second_operator_is_of_the_same_scope(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_name", about, given_name="Анфиса")

        for stranger in (SECOND_OPERATOR, "neighbour_fund"):
            problem(decided(world, made["id"], by=stranger), 404, "not_found")
            problem(rejected(world, made["id"], by=stranger), 404, "not_found")
            problem(world.call("GET", f"{CORRECTIONS}/{made['id']}", person=stranger), 404, "not_found")
            problem(world.call("GET", f"{CORRECTIONS}/{NOBODY}", person=stranger), 404, "not_found")
        assert approved(world, made["id"], by=SECOND_FUND)["state_title"] == "Исполнено"

    def test_an_insurer_corrects_its_own_people_only(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_name", about, by=OPERATOR, given_name="Анфиса")
        approved(world, made["id"], by=SECOND_OPERATOR)
        assert world.ok("GET", "/v1/me")["given_name"] == "Анфиса"

        corrected(world, "wrong_insurer", about, insurer_code=OTHER_INSURER, from_on="2026-03-20")
        problem(asked(world, "wrong_name", about, by=OPERATOR, given_name="Анна"), 404, "not_found")

    def test_some_corrections_are_the_funds_alone(self, world: World, about: str) -> None:
        refused = asked(world, "death_recorded", about, by=OPERATOR, died_on="2026-03-20")
        problem(refused, 403, "not_permitted")
        refused = asked(world, "policy_annulled", about, by=OPERATOR, annulment="duplicate", from_on="2026-03-20")
        problem(refused, 403, "not_permitted")

    def test_nobody_corrects_what_is_about_the_operator(self, world: World) -> None:
        own = person_id(world, FUND)
        work = world.tools.store.work(at=world.tools.at)
        names = {"family_name": "Фондова", "given_name": "Нина", "middle_name": "Егоровна"}
        born = {"born_on": "1993-06-21", "sex": "female", "snils": ""}
        work.create(Person(person_id=own, account_id=own, address={"region": "77"}, **names, **born))
        child = "01KKTXZ8M0J77M3GB40726KZTK"
        work.create(Person(person_id=child, account_id=own, **names, **{**born, "born_on": "2020-01-01"}))
        work.commit()

        for person in (own, child):
            problem(asked(world, "wrong_sex", person, sex="male"), 403, "not_permitted")
            made = proposed(world, "wrong_sex", person, by=SECOND_FUND, sex="male")
            problem(decided(world, made["id"], by=FUND), 403, "not_permitted")

    def test_people_of_other_regions_are_not_found(self, world: World, about: str) -> None:
        problem(asked(world, "wrong_sex", about, by="neighbour_fund", sex="male"), 404, "not_found")
        problem(asked(world, "wrong_sex", NOBODY, sex="male"), 404, "not_found")
        problem(asked(world, "wrong_sex", "x", sex="male"), 404, "not_found")


class TestProposals:
    """What may be proposed, and what the second operator sees."""

    def test_names_every_mistake_at_once(self, world: World, about: str) -> None:
        refused = asked(world, "wrong_document", about, reason="ошибка", document_type="99", born_on="x")
        body = problem(refused, 422, "validation_failed")

        assert wrong_fields(body) == {
            "values.born_on": "unknown_field",
            "values.document_number": "required",
            "values.document_type": "document_type_unknown",
            "reason": "too_short",
        }

    @pytest.mark.parametrize(
        ("kind", "values", "field", "code"),
        [
            ("wrong_birth_date", {"born_on": "31.02.1990"}, "values.born_on", "date_calendar"),
            ("wrong_birth_date", {"born_on": " "}, "values.born_on", "required"),
            ("wrong_sex", {"sex": "мужской"}, "values.sex", "not_in_list"),
            ("wrong_name", {"family_name": "Smith"}, "values.family_name", "name_latin"),
            ("wrong_name", {"family_name": "", "given_name": ""}, "values.family_name", "name_full_required"),
            ("wrong_snils", {"snils": "112-233-445 96"}, "values.snils", "snils_check_digits"),
            ("wrong_region", {"region": "99"}, "values.region", "region_unknown"),
            ("wrong_insurer", {"insurer_code": "СОГАЗ"}, "values.insurer_code", "wrong_format"),
            ("duplicate_number", {"policy_number": "1"}, "values.policy_number", "enp_length"),
            ("policy_annulled", {"annulment": "мешает"}, "values.annulment", "not_in_list"),
            ("persons_merged", {"other_person_id": "../.."}, "values.other_person_id", "wrong_format"),
            (
                "wrong_document",
                {"document_type": "14", "document_series": "45", "document_number": "1"},
                "values.document_series",
                "document_series",
            ),
            ("reversal", {}, "kind", "not_allowed"),
        ],
    )
    def test_explains_each_mistake(
        self, world: World, kind: str, values: dict[str, str], field: str, code: str
    ) -> None:
        consented(world)
        body = problem(asked(world, kind, person_id(world), **values), 422, "validation_failed")
        assert wrong_fields(body)[field] == code
        assert all(error["message"] for error in body["errors"])

    def test_shows_what_will_change_and_draws_nothing(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_birth_date", about, born_on="1990-05-15")
        shown = one(world, made["id"], by=SECOND_FUND)

        assert (shown["reason"], shown["values"], shown["is_mine"]) == (REASON, {"born_on": "1990-05-15"}, False)
        told = {(found["field"], found["before"], found["after"]) for found in shown["differences"]}
        assert ("дата рождения", "1990-05-14", "1990-05-15") in told
        assert ("состояние", "Действует", "Заменён") in told
        assert ("ЕНП", "", "будет рассчитан") in told
        serial = next(row["count"] for row in rows() if row["PK"] == "COUNTER#status")
        assert int(serial) == 2, "the places of receipt and policy"

    def test_what_cannot_be_carried_out_is_not_proposed(self, world: World, about: str) -> None:
        refusals = {
            "nothing_to_correct": asked(world, "wrong_sex", about, sex="female"),
            "day_in_future": asked(world, "wrong_birth_date", about, born_on="2030-01-01"),
            "no_such_policy": asked(world, "wrong_term", about, policy_id=NOBODY, valid_until="2030-01-01"),
            "no_such_application": asked(world, "application_refused_by_mistake", about, application_id=NOBODY),
            "no_such_record": asked(world, "persons_merged", about, other_person_id=NOBODY),
            "no_death": asked(world, "death_cancelled", about),
            "no_representation": asked(world, "representation_wrong", about),
            "not_merged": asked(world, "persons_separated", about, other_person_id=about),
        }
        for reason, answer in refusals.items():
            problem(answer, 422, "rule_refused", reason)

    def test_two_proposals_of_one_thing_do_not_add_up(self, world: World, about: str) -> None:
        first = proposed(world, "wrong_name", about, given_name="Анфиса")
        second = proposed(world, "wrong_name", about, given_name="Алиса")
        approved(world, first["id"])

        body = problem(decided(world, second["id"]), 409, "stale_write")
        assert body["detail"] == "Данные изменились, предложите снова"
        assert one(world, second["id"])["state"] == "outdated"
        problem(decided(world, second["id"]), 409, "state_conflict")
        assert world.ok("GET", "/v1/me")["given_name"] == "Анфиса"

    def test_what_became_impossible_is_outdated_too(self, world: World, about: str) -> None:
        days = {"annulment": "duplicate", "from_on": "2026-03-20"}
        first = proposed(world, "policy_annulled", about, **days)
        second = proposed(world, "policy_annulled", about, **days)
        approved(world, first["id"])
        problem(decided(world, second["id"]), 409, "stale_write")
        assert one(world, second["id"])["state_title"] == "Устарело: данные изменились"

    def test_a_contact_that_changed_meanwhile_outdates_it(self, world: World, about: str) -> None:
        made = proposed(world, "contact_of_another", about, contact="phone")
        world.ok("PATCH", "/v1/me", json={"preferences": {}})
        problem(decided(world, made["id"]), 409, "stale_write")


class TestDecisions:
    """Approval and rejection, once."""

    def test_approving_again_changes_nothing(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_name", about, given_name="Анфиса")
        first = approved(world, made["id"])
        before = state()
        assert approved(world, made["id"]) == first
        assert state() == before
        problem(rejected(world, made["id"]), 409, "state_conflict")

    def test_a_rejection_has_its_reason_and_is_final(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_name", about, given_name="Анфиса")
        body = problem(rejected(world, made["id"], reason=" "), 422, "validation_failed")
        assert wrong_fields(body) == {"reason": "required"}

        first = rejected(world, made["id"]).json()
        assert (first["state"], first["decision_reason"]) == ("rejected", "Копия не та")
        assert rejected(world, made["id"]).json() == first
        problem(decided(world, made["id"]), 409, "state_conflict")
        assert world.ok("GET", "/v1/me")["given_name"] == "Анна"

    def test_an_insurers_operator_cannot_reject_what_is_the_funds(self, world: World, about: str) -> None:
        made = proposed(world, "death_recorded", about, died_on="2026-03-20")
        problem(rejected(world, made["id"], by=OPERATOR), 404, "not_found")

    def test_the_list_shows_the_own_scope_by_state_page_by_page(self, world: World, about: str) -> None:
        made = [proposed(world, "wrong_name", about, given_name=name)["id"] for name in ("Алла", "Ася", "Ада")]
        proposed(world, "wrong_name", about, by=OPERATOR, given_name="Ева")
        approved(world, made[2])

        page = world.ok("GET", f"{CORRECTIONS}?limit=1", person=FUND)
        rest = world.ok("GET", f"{CORRECTIONS}?limit=1&cursor={page['next_cursor']}", person=FUND)
        assert [item["id"] for item in (*page["items"], *rest["items"])] == [made[1], made[0]]
        done = world.ok("GET", f"{CORRECTIONS}?state=carried_out", person=SECOND_FUND)["items"]
        assert [(item["id"], item["is_mine"]) for item in done] == [(made[2], False)]
        assert world.ok("GET", CORRECTIONS, person="neighbour_fund")["items"] == []
        assert "Алла" not in json.dumps(page, ensure_ascii=False)
        assert len(world.ok("GET", CORRECTIONS, person=OPERATOR)["items"]) == 1


class TestTraces:
    """Every step in the person's journal, a message where the person should know, nothing personal beside."""

    def test_each_step_stands_in_the_journal(self, world: World, about: str) -> None:
        made = corrected(world, "wrong_name", about, given_name="Анфиса")
        reversed_(world, made["id"])
        rejected(world, proposed(world, "wrong_name", about, given_name="Ася")["id"])
        one(world, made["id"], by=SECOND_FUND)

        steps = [entry for entry in reversed(actions(world)) if entry["details"].get("correction_id")]
        assert [entry["action"] for entry in steps if entry["action"] != "corrected"] == [
            "correction_proposed",
            "correction_carried_out",
            "correction_proposed",
            "correction_reversed",
            "correction_carried_out",
            "correction_proposed",
            "correction_rejected",
            "person_viewed",
        ]
        assert {entry["by"] for entry in steps} == {"operator"}
        assert "Анфиса" not in json.dumps(steps, ensure_ascii=False)
        assert REASON not in json.dumps(steps, ensure_ascii=False)

    def test_the_person_is_told_once_of_what_was_done(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_name", about, given_name="Анфиса")
        world.drain()
        before = len(messages(world))
        approved(world, made["id"])
        approved(world, made["id"])
        world.drain()
        told = messages(world)
        assert len(told) == before + 1
        assert told[0]["kind"] == "personal_data_corrected"
        assert not [body for _, body in world.delivered if "Анфиса" in body]

    def test_documents_are_made_anew_with_what_is_right(self, world: World, about: str) -> None:
        old = policy(world)
        corrected(world, "wrong_name", about, family_name="Правильная")
        world.drain()
        found = [d for d in insurance(world)["documents"] if d["document_type"] in {"policy", "extract"}]
        assert sorted((d["document_type"], d["is_superseded"], d["is_ready"]) for d in found) == [
            ("extract", False, True),
            ("extract", True, True),
            ("policy", False, True),
            ("policy", True, True),
        ]
        assert policy(world)["id"] == old["id"]
        key = {"person": {"family_name": "Правильная", "given_name": "Анна", "middle_name": "Сергеевна"}}
        key["person"]["born_on"] = "1990-05-14"
        seen = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=key)
        assert (seen["is_insured"], seen["family_name"]) == (True, "Правильная")
        key["person"]["family_name"] = "Примерова"
        assert not world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=key)["is_insured"]


class TestReversals:
    """Undoing, and what stands in its way."""

    def test_only_what_was_carried_out_is_undone(self, world: World, about: str) -> None:
        made = proposed(world, "wrong_name", about, given_name="Анфиса")
        path = f"{CORRECTIONS}/{made['id']}/reversal"
        problem(world.call("POST", path, person=FUND, json={"reason": REASON}), 409, "state_conflict")
        approved(world, made["id"])
        body = problem(world.call("POST", path, person=FUND, json={"reason": "нет"}), 422, "validation_failed")
        assert wrong_fields(body) == {"reason": "too_short"}
        undone = reversed_(world, made["id"])
        assert (undone["kind"], undone["reverses"]) == ("reversal", made["id"])
        original = one(world, made["id"])
        assert (original["state"], original["reversed_by"]) == ("reversed", undone["id"])
        problem(world.call("POST", path, person=FUND, json={"reason": REASON}), 409, "state_conflict")

    def test_what_happened_to_other_fields_since_stays(self, world: World, about: str) -> None:
        made = corrected(world, "wrong_name", about, given_name="Анфиса")
        world.ok("PATCH", "/v1/me", json={"preferences": {"policy_corrected.email": False}})
        reversed_(world, made["id"])
        profile = world.ok("GET", "/v1/me")
        assert profile["given_name"] == "Анна"
        assert profile["preferences"] == {"policy_corrected.email": False}

    def test_a_later_correction_of_the_same_is_undone_first(self, world: World, about: str) -> None:
        first = corrected(world, "wrong_name", about, given_name="Анфиса")
        second = corrected(world, "wrong_name", about, given_name="Алиса")
        path = f"{CORRECTIONS}/{first['id']}/reversal"
        problem(world.call("POST", path, person=FUND, json={"reason": REASON}), 409, "state_conflict")
        reversed_(world, second["id"])
        reversed_(world, first["id"])
        assert world.ok("GET", "/v1/me")["given_name"] == "Анна"
        check_invariants(world)

    def test_a_reopened_application_that_has_gone_on_is_not_closed_again(self, world: World) -> None:
        draft = submitted(world)
        world.ok("POST", f"/v1/applications/{draft}/withdrawal")
        made = corrected(world, "application_closed_by_mistake", person_id(world), application_id=draft)
        world.settle()
        assert application(world, draft)["state"] == "ready"
        path = f"{CORRECTIONS}/{made['id']}/reversal"
        problem(world.call("POST", path, person=FUND, json={"reason": REASON}), 409, "state_conflict")
        assert policy(world)["state"] == "active"
        check_invariants(world)


def test_an_operator_without_a_place_sees_nobody() -> None:
    for roles in ({Role.FUND_OPERATOR}, {Role.INSURER_OPERATOR}, set()):
        principal = Principal(
            subject="s", account_id="a", roles=frozenset(roles), assurance=Assurance.CONFIRMED, clinic="1"
        )
        with pytest.raises(NotFound):
            scope_of(principal)


def test_numbers_that_are_taken_are_passed_over(world: World, about: str) -> None:
    made = proposed(world, "wrong_birth_date", about, born_on="1990-05-15")
    work = world.tools.store.work(at=world.tools.at)
    born = {"territory": "77", "born_on": date(1990, 5, 15), "sex": Sex.FEMALE}
    for serial in range(1, 7):
        number = build_policy_number(serial=serial, **born)
        value_hash = world.tools.secrets.lookup_hash(kind="policy_number", value=number)
        work.create(Pointer(kind="policy_number", value_hash=value_hash, target=NOBODY, person_id=NOBODY))
    work.commit()
    problem(decided(world, made["id"]), 409, "already_exists", "policy_number")
    approved(world, made["id"])
    assert insurance(world)["policies"][-1]["policy_number"] == build_policy_number(serial=7, **born)


def test_reads_every_page_of_a_persons_applications(world: World, about: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correction_case, "PAGE", 1)
    drafts = [drafted(world) for _ in range(3)]
    corrected(world, "death_recorded", about, died_on="2026-03-20")
    assert {application(world, draft)["state"] for draft in drafts} == {"withdrawn"}
