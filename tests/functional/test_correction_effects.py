"""What corrections do that their undoing does not show: lookups, codes, messages, and what they refuse (D4, F7, G1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.use_cases.identity import name_value
from tests.applicants import CHILD, PERMIT, begun, carried_out, represent, scanned
from tests.corrections import (
    CORRECTIONS,
    FUND,
    REASON,
    Kept,
    check_invariants,
    corrected,
    person_id,
    proposed,
    reason,
    reversed_,
    rows,
    state,
    statuses,
)
from tests.journeys import (
    OTHER_INSURER,
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


def test_a_new_birth_date_makes_a_new_number_and_keeps_the_old_one_as_history(world: World, about: str) -> None:
    old = policy(world)["policy_number"]
    made = corrected(world, "wrong_birth_date", about, born_on="1990-05-15")

    retired, active = insurance(world)["policies"]
    new = active["policy_number"]
    assert (retired["policy_number"], retired["state"], retired["successor_id"]) == (old, "replaced", active["id"])
    assert new != old
    assert public(world, new, "1990-05-15") == ("valid", "")
    assert public(world, old, "1990-05-15") == ("not_valid", "replaced")
    assert public(world, new, "1990-05-14") == ("not_found", "not_found")
    assert world.ok("GET", "/v1/me")["policy_number"] == new
    assert active["periods"] == retired["periods"]

    dead = statuses()
    reversed_(world, made["id"])
    assert public(world, old, "1990-05-14") == ("valid", "")
    assert public(world, new, "1990-05-15") == ("not_found", "not_found")
    (successors,) = [place for place, status in statuses().items() if place not in dead]
    assert statuses()[successors] == "revoked", "the codes that were printed meanwhile are dead"


def test_a_birth_date_moves_the_terms_of_who_acts_for_a_child(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    corrected(world, "wrong_birth_date", child, born_on="2019-03-15")
    (item,) = world.ok("GET", "/v1/represented-persons")["items"]
    assert (item["born_on"], item["until_on"]) == ("2019-03-15", "2037-03-15")


def test_a_persons_number_is_another_when_the_ended_policys_fits_no_more(world: World, about: str) -> None:
    corrected(world, "policy_annulled", about, annulment="lost_right", from_on=LATER)
    old = policy(world)["policy_number"]
    corrected(world, "wrong_sex", about, sex="male")
    assert policy(world)["policy_number"] == old
    assert world.ok("GET", "/v1/me")["sex"] == "male"
    check_invariants(world)


def test_a_wrong_snils_leads_nobody_to_the_person(world: World, about: str) -> None:
    wrong = world.ok("GET", "/v1/me")["snils"]
    corrected(world, "wrong_snils", about, snils="112-233-445 95")

    def seen(snils: str) -> bool:
        answer = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"snils": snils})
        return bool(answer["is_insured"])

    assert (seen("112-233-445 95"), seen(wrong)) == (True, False)
    insured(world, person="later")
    assert reason(world, "wrong_snils", person_id(world, "later"), snils="11223344595") == "belongs_to_another"
    corrected(world, "wrong_snils", about, snils="")
    assert world.ok("GET", "/v1/me")["snils"] == ""
    corrected(world, "wrong_snils", person_id(world, "later"), snils="112-233-445 95")
    check_invariants(world)


def test_a_wrong_document_can_be_corrected_twice(world: World, about: str) -> None:
    right = {"document_type": "14", "document_series": "4510", "document_number": "123456"}
    corrected(world, "wrong_document", about, **right)
    assert reason(world, "wrong_document", about, **right) == "nothing_to_correct"
    corrected(world, "wrong_document", about, **{**right, "document_number": "123457"})

    def seen(number: str) -> bool:
        document = {"type": "14", "series": "45 10", "number": number}
        answer = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"document": document})
        return bool(answer["is_insured"])

    assert (seen("123457"), seen("123456")) == (True, False)


def test_a_person_without_insurance_is_not_made_findable(world: World) -> None:
    drafted(world)
    before = {key for key in state() if key[0].startswith("LOOKUP")}
    corrected(world, "wrong_name", person_id(world), given_name="Анфиса")
    corrected(world, "wrong_birth_date", person_id(world), born_on="1990-05-15")
    assert {key for key in state() if key[0].startswith("LOOKUP")} == before


def test_a_strangers_contact_is_written_to_no_more(world: World, about: str) -> None:
    world.drain()
    corrected(world, "contact_of_another", about, contact="email")
    letters, texts = len(world.tools.email.sent), len(world.tools.sms.sent)
    world.drain()
    assert len(world.tools.email.sent) == letters
    assert messages(world)[0]["kind"] == "contact_removed"
    assert world.ok("GET", "/v1/me")["email"] is None
    assert reason(world, "contact_of_another", about, contact="email") == "nothing_to_correct"
    assert len(world.tools.sms.sent) == texts


def test_both_insurers_are_told_of_another_insurer(world: World, about: str) -> None:
    world.drain()
    letters = len(world.tools.email.sent)
    corrected(world, "wrong_insurer", about, insurer_code=OTHER_INSURER, from_on=LATER)
    world.drain()
    told = [letter for letter in world.tools.email.sent[letters:] if "застрахованном лице" in letter.subject]
    assert len({letter.to for letter in told}) == 2
    periods = policy(world)["periods"]
    assert [(p["insurer_code"], p["insured_from"], p["insured_until"]) for p in periods] == [
        ("77012", "2026-03-16", LATER),
        (OTHER_INSURER, LATER, None),
    ]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("wrong_insurer", {"insurer_code": "77012", "from_on": LATER}, "nothing_to_correct"),
        ("wrong_insurer", {"insurer_code": OTHER_INSURER, "from_on": "2026-03-01"}, "no_period"),
        ("wrong_insurer", {"insurer_code": "99999", "from_on": LATER}, "insurer_not_available"),
        ("wrong_region", {"region": "74", "insurer_code": "78006", "from_on": LATER}, "insurer_of_other_region"),
        ("wrong_period_boundary", {"from_on": LATER, "new_from_on": LATER}, "no_boundary"),
        ("wrong_period_boundary", {"from_on": "2026-03-16", "new_from_on": "2026-03-16"}, "nothing_to_correct"),
        ("wrong_term", {"valid_until": ""}, "nothing_to_correct"),
        ("wrong_term", {"valid_until": "2026-04-05"}, "term_is_over"),
        ("wrong_category", {"category": "citizen_14_plus"}, "nothing_to_correct"),
        ("policy_annulled", {"annulment": "duplicate", "from_on": "2026-03-01"}, "before_policy"),
        ("suspended_by_mistake", {}, "never_suspended"),
        ("wrong_suspension_dates", {"from_on": LATER, "until_on": ""}, "never_suspended"),
        ("resumed_by_mistake", {}, "never_suspended"),
        ("duplicate_number", {"policy_number": "7856130840000017"}, "no_such_number"),
        ("certificate_revoked_by_mistake", {"application_id": "01KKTXZ8M0J77M3GB40726KZTJ"}, "certificate_not_revoked"),
    ],
)
def test_refuses_what_makes_no_sense(
    world: World, about: str, kind: str, values: dict[str, str], expected: str
) -> None:
    assert reason(world, kind, about, **values) == expected


def test_what_has_ended_is_not_corrected_as_if_it_stood(world: World, about: str) -> None:
    stands = policy(world)["id"]
    assert reason(world, "policy_ended_by_mistake", about, policy_id=stands) == "policy_stands"
    corrected(world, "policy_annulled", about, annulment="duplicate", from_on=LATER)
    for kind, values in (
        ("policy_annulled", {"annulment": "duplicate", "from_on": LATER, "policy_id": stands}),
        ("wrong_term", {"valid_until": "2030-01-01", "policy_id": stands}),
    ):
        assert reason(world, kind, about, **values) == "policy_ended"
    assert reason(world, "suspended_by_mistake", about) == "no_such_policy"
    corrected(world, "wrong_insurer", about, insurer_code=OTHER_INSURER, from_on=LATER, policy_id=stands)
    check_invariants(world)


def test_a_category_alone_leaves_documents_and_term(world: World, about: str) -> None:
    before = insurance(world)["documents"]
    corrected(world, "wrong_category", about, category="refugee")
    assert policy(world)["category"] == "refugee"
    assert insurance(world)["documents"] == before


def test_an_expired_policy_stands_again_with_its_right_term(world: World) -> None:
    sections = {"status_document": {**PERMIT, "type": "23", "expires_on": "2026-05-31"}}
    carried_out(world, C.FOREIGNER_TEMPORARY, "first_policy", sections=sections)
    world.drain()
    world.sleep(days=100)
    world.run("run_due")
    world.settle()
    expired = policy(world, person="foreigner")
    about = person_id(world, "foreigner")
    assert expired["state"] == "expired"
    assert reason(world, "policy_ended_by_mistake", about, policy_id=expired["id"]) == "term_is_over"
    corrected(world, "policy_ended_by_mistake", about, policy_id=expired["id"], valid_until="2027-01-01")
    again = policy(world, person="foreigner")
    assert (again["state"], again["valid_until"], again["ended_on"]) == ("active", "2027-01-01", None)
    check_invariants(world)


def test_one_policy_stands_whatever_is_revived(world: World, about: str) -> None:
    corrected(world, "wrong_birth_date", about, born_on="1990-05-15")
    retired = insurance(world)["policies"][0]["id"]
    assert reason(world, "policy_ended_by_mistake", about, policy_id=retired) == "other_policy_stands"


def test_a_policy_is_not_revived_beside_a_certificate(world: World, about: str) -> None:
    stood = policy(world)["id"]
    corrected(world, "policy_annulled", about, annulment="duplicate", from_on=LATER)
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    submitted(world)
    world.settle()
    assert reason(world, "policy_ended_by_mistake", about, policy_id=stood) == "certificate_stands"


def test_an_annulled_policy_takes_its_scheduled_change_of_insurer_along(world: World, about: str) -> None:
    change = submitted(world, kind="insurer_change")
    world.settle()
    assert application(world, change)["state"] == "approved"
    before = state()
    made = corrected(world, "policy_annulled", about, annulment="wrong_person", from_on=LATER)
    assert application(world, change)["state"] == "withdrawn"
    check_invariants(world)
    reversed_(world, made["id"])
    assert state() == before
    world.sleep(days=10)
    world.run("run_due")
    world.settle()
    assert application(world, change)["state"] == "ready"
    check_invariants(world)


def test_of_two_numbers_the_main_one_has_to_fit(world: World, about: str) -> None:
    corrected(world, "wrong_birth_date", about, born_on="1990-05-15")
    old, new = (found["policy_number"] for found in insurance(world)["policies"])
    assert reason(world, "duplicate_number", about, policy_number=old) == "number_does_not_fit"
    assert reason(world, "duplicate_number", about, policy_number=new) == "nothing_to_correct"


def test_a_correction_can_be_shown_in_every_dictionary(world: World) -> None:
    rules = world.ok("GET", "/v1/dictionaries/corrections", person=None)["items"]
    by_code: dict[str, Any] = {rule["code"]: rule for rule in rules}
    assert by_code["death_recorded"]["roles"] == ["fund_operator"]
    assert [need["name"] for need in by_code["wrong_birth_date"]["needs"]] == ["born_on"]
    assert all(rule["title"] and rule["changes"] and rule["article"] for rule in rules)
    for name in ("correction-states", "annulments", "duplicate-signals"):
        assert world.ok("GET", f"/v1/dictionaries/{name}", person=None)["items"]


def test_a_proposal_writes_nothing_but_itself(world: World, about: str) -> None:
    before = state()
    proposed(world, "wrong_birth_date", about, born_on="1990-05-15")
    assert state() == before


def test_an_end_is_not_undone_once_another_policy_stands(world: World, about: str) -> None:
    made = corrected(world, "policy_annulled", about, annulment="duplicate", from_on=LATER)
    insured(world)
    path = f"{CORRECTIONS}/{made['id']}/reversal"
    answer = world.call("POST", path, person=FUND, json={"reason": REASON})
    problem(answer, 422, "rule_refused", "two_policies_stand")
    check_invariants(world)


def test_a_name_by_which_the_person_is_found_already_stays(world: World, about: str) -> None:
    """The name before a replacement still leads to the person; a correction back to it claims nothing anew."""
    corrected(world, "wrong_name", about, given_name="Анфиса")
    pointer = next(found for found in Kept().pointers if found.kind == "person")
    value = name_value(family_name="Примерова", given_name="Анна", middle_name="Сергеевна", born_on="1990-05-14")
    work = world.tools.store.work(at=world.tools.at)
    work.create(replace(pointer, value_hash=world.tools.secrets.lookup_hash(kind="person", value=value)))
    work.commit()
    made = corrected(world, "wrong_name", about, given_name="Анна")
    assert len([found for found in Kept().pointers if found.kind == "person"]) == 1
    reversed_(world, made["id"])
    assert len([found for found in Kept().pointers if found.kind == "person"]) == 2


def test_a_representative_who_died_leaves_what_was_begun_to_operators(world: World) -> None:
    child = represent(world, "citizen", CHILD)
    world.ok("POST", f"/v1/represented-persons/{represent(world, 'citizen', CHILD)}/termination")
    waiting = begun(world, C.CHILD_UNDER_14, "first_policy", about=child)
    scanned(world, waiting["id"], person="citizen")
    world.tools.registers.pending(CheckKind.BIRTH_RECORD)
    signed(world, waiting["id"])
    corrected(world, "death_recorded", person_id(world), died_on="2026-03-16")
    kept = {row["PK"]: row for row in rows() if row.get("type") == "Application"}
    assert kept[f"APPLICATION#{waiting['id']}"]["account"] == child
    assert '"needs_operator":true' in kept[f"APPLICATION#{waiting['id']}"]["data"]
    assert {item["state"] for item in world.ok("GET", "/v1/represented-persons")["items"]} == {"ended"}
