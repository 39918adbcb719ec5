"""Acting for another person: who may, how long, and what becomes of live applications (requirement A6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.use_cases import run_representations
from infra.local.person_numbers import snils_of
from tests.applicants import BIRTH_CERTIFICATE, CHILD, begun, carried_out, represent, scanned
from tests.cases import taken
from tests.journeys import (
    actions,
    application,
    asked_to_sign,
    coded,
    consented,
    messages,
    problem,
    scan,
    sign,
    signed,
    wrong_fields,
)

if TYPE_CHECKING:
    from tests.world import World

PERSONS = "/v1/represented-persons"
CHILD_CATEGORY, ADULT = ApplicantCategory.CHILD_UNDER_14, ApplicantCategory.CITIZEN_14_PLUS
PAPER = {"number": "77 АВ 1234567", "issuer": "нотариус Примеров И. И.", "issued_on": "2026-01-15"}
GRANDMOTHER = {
    "relation": "attorney",
    "family_name": "Старшая",
    "given_name": "Вера",
    "born_on": "1950-02-03",
    "sex": "female",
    "snils": snils_of(55),
    "powers": {**PAPER, "valid_until": "2026-12-31"},
}
GRANDMOTHERS_FORM = {
    "identity_document": {
        "type": "14",
        "series": "00 11",
        "number": "900055",
        "issuer": "ОВД ДЛЯ ПРИМЕРА",
        "issuer_code": "770-001",
        "issued_on": "2005-03-03",
    },
}


def declared(world: World, about: dict[str, Any], **changed: Any) -> Any:
    """Declare a person; the answer may be a refusal."""
    consented(world)
    body = {**about, "consent_version": "2026-11", **changed}
    return world.call("POST", PERSONS, json=body)


def known(world: World) -> list[dict[str, Any]]:
    return list(world.ok("GET", PERSONS)["items"])


def overdue(world: World, moment: datetime) -> None:
    """Let time come and the schedule run."""
    world.sleep(seconds=(moment - world.tools.at).total_seconds())
    world.run("run_due")
    world.settle()


class TestMistakes:
    """Whom one may not declare."""

    @pytest.mark.parametrize(
        ("changed", "wrong"),
        [
            ({"born_on": "2030-01-01"}, {"born_on": "date_in_future"}),
            ({"born_on": "1991-01-01"}, {"born_on": "over_age", "relation": "not_a_parent"}),
            ({"born_on": "31.02.2020"}, {"born_on": "date_calendar"}),
            ({"family_name": "Prim3rov"}, {"family_name": "name_latin"}),
            ({"sex": "x", "snils": "1"}, {"sex": "not_in_list", "snils": None}),
            (
                {"relation": "guardian"},
                {"powers.number": "required", "powers.issuer": "required", "powers.issued_on": "required"},
            ),
            (
                {"relation": "guardian", "powers": {**PAPER, "valid_until": "2026-02-01"}},
                {"powers.valid_until": "powers_expired"},
            ),
            (
                {"relation": "guardian", "powers": {**PAPER, "issued_on": "x", "valid_until": "y"}},
                {"powers.issued_on": "date_format", "powers.valid_until": "date_format"},
            ),
        ],
    )
    def test_names_every_mistake_and_writes_nothing(
        self, shared_world: World, changed: dict[str, Any], wrong: dict[str, str | None]
    ) -> None:
        before = known(shared_world)
        found = wrong_fields(problem(declared(shared_world, CHILD, **changed), 422, "validation_failed"))

        assert set(found) == set(wrong)
        assert all(code in (None, found[field]) for field, code in wrong.items()), found
        assert known(shared_world) == before

    def test_needs_the_present_text_of_the_consent(self, shared_world: World) -> None:
        answer = declared(shared_world, CHILD, consent_version="2019-01")

        problem(answer, 422, "rule_refused", "consent_outdated")


class TestDeclaring:
    """Whom one may act for."""

    def test_lists_a_child_with_the_day_on_which_the_right_ends(self, world: World) -> None:
        person_id = represent(world, "citizen", CHILD)

        (child,) = known(world)
        assert child["person_id"] == person_id
        assert (child["relation"], child["state"], child["until_on"]) == ("parent", "active", "2038-03-15")
        assert child["relation_title"] == "Родитель или усыновитель"

    def test_a_repeated_key_declares_once(self, world: World) -> None:
        consented(world)
        body, headers = {**CHILD, "consent_version": "2026-11"}, {"Idempotency-Key": "k-1"}
        first, again = (world.ok("POST", PERSONS, json=body, headers=headers) for _ in range(2))

        assert first == again
        assert len(known(world)) == 1
        other = world.call("POST", PERSONS, json={**body, "given_name": "Олег"}, headers=headers)
        problem(other, 422, "rule_refused", "idempotency_key_reused")

    def test_an_unconfirmed_account_represents_nobody(self, world: World) -> None:
        body = {**CHILD, "consent_version": "2026-11"}

        problem(world.call("POST", PERSONS, person="unconfirmed", json=body), 403, "account_not_confirmed")

    def test_there_is_a_limit(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chalicelib.use_cases.representations.MAX_REPRESENTED", 1)
        represent(world, "citizen", CHILD)

        problem(declared(world, CHILD), 422, "rule_refused", "too_many_represented")


class TestActing:
    """What the representative sees and does."""

    def test_the_policy_and_the_journal_of_a_child_show_both(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        done = carried_out(world, CHILD_CATEGORY, "first_policy", about=child)
        world.drain()

        held = world.ok("GET", f"{PERSONS}/{child}/insurance")
        assert [policy["category"] for policy in held["policies"]] == ["child_under_14"]
        link = world.ok("GET", f"{PERSONS}/{child}/documents/{held['documents'][0]['id']}/link")
        assert link["expires_in"] == 300
        assert world.ok("POST", f"{PERSONS}/{child}/codes", json={"days": 2})["qr_link"]
        assert world.ok("POST", f"{PERSONS}/{child}/extracts", json={"bilingual": True})["document_type"] == "extract"
        entries = world.ok("GET", f"{PERSONS}/{child}/activity")["items"]
        assert {entry["by"] for entry in entries} == {"representative", "system"}
        assert "application_submitted" in {entry["action"] for entry in entries if entry["by"] == "representative"}
        assert world.ok("GET", "/v1/me/insurance")["policies"] == []
        assert done["relation"] == "parent"
        assert "policy_issued" in {message["kind"] for message in messages(world)}

    def test_others_see_nothing(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        consented(world, person="insured")
        for method, path, body in (
            ("GET", f"{PERSONS}/{child}/insurance", None),
            ("GET", f"{PERSONS}/{child}/activity", None),
            ("POST", f"{PERSONS}/{child}/codes", {"days": 1}),
            ("POST", f"{PERSONS}/{child}/termination", None),
            ("POST", "/v1/applications", {"kind": "first_policy", "category": "child_under_14", "person_id": child}),
        ):
            options = {"json": body} if body is not None else {}
            problem(world.call(method, path, person="insured", **options), 404, "not_found")

    def test_a_child_needs_a_representative(self, world: World) -> None:
        consented(world)
        wish = {"kind": "first_policy", "category": "child_under_14"}

        found = problem(world.call("POST", "/v1/applications", json=wish), 422, "validation_failed")
        assert wrong_fields(found) == {"person_id": "representative_required"}

    def test_an_adult_by_a_power_of_attorney(self, world: World) -> None:
        grandmother = represent(world, "citizen", GRANDMOTHER)
        # She was born in 1950; her passport was given after she was 45.
        draft = begun(world, ADULT, "first_policy", about=grandmother, sections=GRANDMOTHERS_FORM)
        assert draft["errors"] == []
        assert draft["form"]["representative"]["powers_valid_until"] == "2026-12-31"
        scanned(world, draft["id"], person="citizen")
        signed(world, draft["id"])
        world.settle()

        done = application(world, draft["id"])
        assert done["state"] == "ready"
        assert "powers" in {check["kind"] for check in done["checks"]}

    def test_revoked_powers_refuse(self, world: World) -> None:
        grandmother = represent(world, "citizen", GRANDMOTHER)
        world.tools.registers.mismatch(CheckKind.POWERS, "powers_revoked")
        refused = carried_out(world, ADULT, "first_policy", about=grandmother, sections=GRANDMOTHERS_FORM)

        assert (refused["state"], refused["refusals"][0]["code"]) == ("refused", "powers_revoked")

    def test_another_parent_in_the_civil_register_is_asked_about(self, world: World) -> None:
        world.tools.registers.mismatch(CheckKind.BIRTH_RECORD, "parent_differs")
        asked = carried_out(world, CHILD_CATEGORY, "first_policy")

        assert asked["state"] == "clarification_required"
        assert asked["clarification"]["fields"] == ["representative.family_name"]

    def test_the_consent_of_the_other_parent_is_demanded_where_it_applies(self, world: World) -> None:
        draft = begun(world, CHILD_CATEGORY, "first_policy")
        form = {"representative": {**draft["form"]["representative"], "second_parent": "consents"}}
        saved = world.ok("PATCH", f"/v1/applications/{draft['id']}", json=form)
        shown = application(world, draft["id"])

        assert saved["missing"] == ["representative.second_parent_name"]
        assert "second_parent_consent" in shown["missing_documents"]
        assert "representative_identity" in shown["missing_documents"]

    def test_the_representative_acts_under_the_own_name(self, world: World) -> None:
        draft = begun(world, CHILD_CATEGORY, "first_policy")
        form = {"representative": {**draft["form"]["representative"], "family_name": "Чужая"}}
        world.ok("PATCH", f"/v1/applications/{draft['id']}", json=form)
        scanned(world, draft["id"], person="citizen")

        found = wrong_fields(problem(asked_to_sign(world, draft["id"]), 422, "validation_failed"))
        assert found == {"representative.family_name": "differs_from_account"}


class TestEnding:
    """Powers end by themselves; what was submitted is not lost."""

    def test_at_18_the_right_ends_and_is_told(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        carried_out(world, CHILD_CATEGORY, "first_policy", about=child)
        overdue(world, datetime(2034, 3, 14, 22, tzinfo=UTC))
        assert known(world)[0]["state"] == "active"
        overdue(world, datetime(2038, 3, 14, 20, tzinfo=UTC))
        assert known(world)[0]["state"] == "active"
        overdue(world, datetime(2038, 3, 14, 21, tzinfo=UTC))

        assert known(world)[0]["state"] == "ended"
        problem(world.call("GET", f"{PERSONS}/{child}/insurance"), 404, "not_found")
        kinds = [message["kind"] for message in messages(world)]
        assert kinds.count("child_turned_14") == 1
        assert kinds.count("representation_ended") == 1

    def test_at_14_a_draft_becomes_that_of_a_citizen(self, world: World) -> None:
        soon = {**CHILD, "born_on": "2012-03-30"}
        child = represent(world, "citizen", soon)
        certificate = {"identity_document": {**BIRTH_CERTIFICATE, "issued_on": "2012-04-10"}}
        draft = begun(world, CHILD_CATEGORY, "first_policy", about=child, sections=certificate)
        assert draft["errors"] == []
        overdue(world, datetime(2026, 3, 29, 21, tzinfo=UTC))

        grown = application(world, draft["id"])
        assert grown["category"] == "citizen_14_plus"
        assert "person.snils" in grown["missing"]
        assert any(message["kind"] == "child_turned_14" for message in messages(world))

    def test_what_was_submitted_goes_to_an_operator(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run_representations, "PAGE", 1)
        grandmother = represent(world, "citizen", GRANDMOTHER)
        world.tools.registers.unavailable(CheckKind.IDENTITY)
        waiting = carried_out(world, ADULT, "first_policy", about=grandmother, sections=GRANDMOTHERS_FORM)
        draft = begun(world, ADULT, "insurer_change", about=grandmother, sections=GRANDMOTHERS_FORM)
        assert waiting["state"] == "in_processing"
        world.ok("POST", f"{PERSONS}/{grandmother}/termination")
        world.settle()

        problem(world.call("GET", f"/v1/applications/{waiting['id']}"), 404, "not_found")
        assert application(world, draft["id"])["state"] == "expired"
        taken(world, waiting["id"])
        decision = f"/v1/operator/applications/{waiting['id']}/decision"
        decided = world.ok("POST", decision, person="operator", json={"approve": True, "reason": "Проверено"})
        assert decided["state"] == "approved"
        world.settle()
        moved = world.tools.store.application_file(application_id=waiting["id"]).application
        assert (moved.state.value, moved.account_id) == ("ready", grandmother)

    def test_a_clarification_that_nobody_can_answer_goes_to_an_operator(self, world: World) -> None:
        grandmother = represent(world, "citizen", GRANDMOTHER)
        world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
        asked = carried_out(world, ADULT, "first_policy", about=grandmother, sections=GRANDMOTHERS_FORM)
        assert asked["state"] == "clarification_required"
        world.ok("POST", f"{PERSONS}/{grandmother}/termination")

        moved = world.tools.store.application_file(application_id=asked["id"]).application
        assert (moved.state.value, moved.needs_operator, moved.clarification) == ("in_processing", True, None)

    def test_a_code_is_not_sent_once_the_powers_are_over(self, world: World) -> None:
        grandmother = represent(world, "citizen", GRANDMOTHER)
        draft = begun(world, ADULT, "first_policy", about=grandmother, sections=GRANDMOTHERS_FORM)
        scanned(world, draft["id"], person="citizen")
        world.sleep(days=20)
        world.ok("PATCH", f"/v1/applications/{draft['id']}", json={"insurer": {"code": "77012"}})
        world.sleep(seconds=(datetime(2026, 12, 31, 21, 1, tzinfo=UTC) - world.tools.at).total_seconds())

        problem(asked_to_sign(world, draft["id"]), 404, "not_found")

    def test_the_right_is_given_up_once(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        world.ok("POST", f"{PERSONS}/{child}/termination")

        problem(world.call("POST", f"{PERSONS}/{child}/termination"), 404, "not_found")
        assert known(world)[0]["state"] == "ended"


def test_a_submission_by_a_representative_is_repeatable(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    draft = begun(world, CHILD_CATEGORY, "first_policy", about=child)
    scanned(world, draft["id"], person="citizen")
    code = coded(world, draft["id"])
    headers = {"Idempotency-Key": "once"}
    first, again = (sign(world, draft["id"], code, headers=headers).json() for _ in range(2))

    assert first["number"] == again["number"]
    world.settle()
    numbers = [
        entry
        for entry in world.ok("GET", f"{PERSONS}/{child}/activity")["items"]
        if entry["action"] == "application_submitted"
    ]
    assert len(numbers) == 1
    assert all(entry["action"] != "application_submitted" for entry in actions(world))


def test_a_scan_belongs_to_the_child(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    draft = begun(world, CHILD_CATEGORY, "first_policy", about=child)
    world.upload(draft["id"], scan(), document="identity_document")

    entries = world.ok("GET", f"{PERSONS}/{child}/activity")["items"]
    assert "scan_checked" in {entry["action"] for entry in entries}
