"""Newborns are insured by what the civil registry tells, without an application (requirement N1; DOMAIN 6.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.checks import CheckKind
from infra.local.person_numbers import snils_of
from tests.journeys import FIRST_INSURER, insured, messages, policy, problem, submitted, wrong_fields
from tests.newborns import (
    BORN_ON,
    CERTIFICATE,
    FATHER,
    MOTHER,
    NUMBER,
    REPRESENTED,
    annulment,
    birth,
    cases,
    child,
    children,
    mother_insured,
    parent,
    policies,
    send,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World

UNNAMED = {"given_name": "", "middle_name": "", "family_name": ""}
OTHER_NUMBER = "110269770000100012004"
TWIN = {**CERTIFICATE, "number": "900121"}


def of_kind(world: World, kind: str, *, person: str = "citizen") -> list[dict[str, Any]]:
    return [message for message in messages(world, person=person) if message["kind"] == kind]


def activity(world: World, person_id: str) -> list[tuple[str, str]]:
    found = world.ok("GET", f"{REPRESENTED}/{person_id}/activity?limit=100")["items"]
    return [(entry["action"], entry["by"]) for entry in found]


def clinic(world: World, **key: Any) -> dict[str, Any]:
    return dict(world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json=key))


class TestBirth:
    """A birth makes a person, a ЕНП and a policy."""

    def test_is_insured_with_the_mothers_insurer_from_the_birth_date(self, world: World) -> None:
        mother_insured(world)

        assert told(world, birth())["state"] == "insured"

        son = child(world)
        held = standing(world, son["person_id"])
        assert (held["state"], held["valid_from"], held["valid_until"]) == ("active", BORN_ON, None)
        assert [(p["insurer_code"], p["basis"], p["insured_from"]) for p in held["periods"]] == [
            (FIRST_INSURER, "mother", BORN_ON)
        ]
        assert held["policy_number"][:2] == "77"
        assert held["policy_number"] != policy(world)["policy_number"]
        assert (son["relation"], son["until_on"], son["display_name"]) == (
            "parent",
            "2044-03-20",
            "Примеров Тимофей Петрович",
        )
        assert son["policy_number"] == held["policy_number"]

    def test_documents_are_made_without_an_application(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        world.drain()

        son = child(world)["person_id"]
        documents = world.ok("GET", f"{REPRESENTED}/{son}/insurance")["documents"]
        assert {(d["document_type"], d["is_ready"]) for d in documents} == {("policy", True), ("extract", True)}
        assert world.ok("POST", f"{REPRESENTED}/{son}/codes", json={"days": 2, "with_name": True})["qr_link"]
        more = world.ok("POST", f"{REPRESENTED}/{son}/extracts", json={"bilingual": True})
        world.drain()
        ready = world.ok("GET", f"{REPRESENTED}/{son}/insurance")["documents"]
        assert {d["id"]: d["is_ready"] for d in ready}[more["id"]] is True

    def test_the_parent_is_told_with_a_checklist_and_its_dates(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())

        (message,) = of_kind(world, "newborn_insured")
        for step in ("Что сделать дальше", "прикрепите", "До 24 апреля 2026 года", "С 25 апреля 2026 года"):
            assert step in message["text"]
        assert "Тимофей" not in message["text"]
        sms = [sent.text for sent in world.tools.sms.sent if "Ребёнку" in sent.text]
        dated = "Выбрать страховую организацию можно с 25.04.2026."
        assert sms == [f"Ребёнку оформлен полис ОМС. {dated} Подробности в личном кабинете."]

    def test_the_journal_of_the_child_shows_who_told(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())

        assert set(activity(world, child(world)["person_id"])) == {
            ("civil_record_received", "civil_registry"),
            ("newborn_insured", "system"),
            ("policy_issued", "system"),
            ("representation_given", "system"),
        }

    def test_appears_to_each_parent_who_is_known(self, world: World) -> None:
        insured(world, person="insured")
        mother_insured(world)

        told(world, birth(father=FATHER))

        assert child(world)["person_id"] == child(world, person="insured")["person_id"]
        assert len(of_kind(world, "newborn_insured")) == 1
        assert len(of_kind(world, "newborn_insured", person="insured")) == 1

    def test_clinics_and_anybody_with_the_number_find_it(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(child={"snils": snils_of(120)}))
        number = child(world)["policy_number"]

        keys = (
            {"policy_number": number},
            {"snils": snils_of(120)},
            {"document": {name: CERTIFICATE[name] for name in ("type", "series", "number")}},
            {
                "person": {
                    "family_name": "Примеров",
                    "given_name": "Тимофей",
                    "middle_name": "Петрович",
                    "born_on": BORN_ON,
                }
            },
        )
        for key in keys:
            found = clinic(world, **key, on=BORN_ON)
            assert (found["is_insured"], found["policy_number"]) == (True, number), key
        assert not clinic(world, policy_number=number, on="2026-03-19")["is_insured"]
        question = {"policy_number": number, "born_on": BORN_ON, "consent": True}
        assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == "valid"

    @pytest.mark.parametrize("mother", [{"snils": ""}, {"snils": snils_of(77)}], ids=["no СНИЛС", "unknown СНИЛС"])
    def test_the_mother_is_found_by_her_document(self, world: World, mother: dict[str, str]) -> None:
        mother_insured(world)

        assert told(world, birth(mother={**MOTHER, **mother}))["state"] == "insured"

    def test_a_changed_surname_does_not_hide_the_mother(self, world: World) -> None:
        mother_insured(world)

        assert told(world, birth(mother={**MOTHER, "family_name": "Девичья"}))["state"] == "insured"

    def test_a_mother_with_a_temporary_certificate_is_insured(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        submitted(world)
        world.drain(queues=("outbox_relay", "verification", "outbox_relay"))
        world.sleep(days=10)
        world.messages("verification")

        told(world, birth())

        (son,) = children(world)
        assert standing(world, son["person_id"])["periods"][0]["insurer_code"] == FIRST_INSURER

    def test_where_the_mother_is_unknown_the_father_insures(self, world: World) -> None:
        insured(world, person="insured")
        world.sleep(days=10)

        told(world, birth(mother=MOTHER, father=FATHER))

        son = child(world, person="insured")
        (period,) = standing(world, son["person_id"], person="insured")["periods"]
        assert (period["insurer_code"], period["basis"]) == (FIRST_INSURER, "father")

    def test_a_legal_representative_who_is_no_parent(self, world: World) -> None:
        mother_insured(world)
        powers = {"number": "12-О", "issuer": "ООиП ДЛЯ ПРИМЕРА", "issued_on": "2026-03-24"}

        told(world, birth(mother=None, representative={**MOTHER, "powers": powers}))

        ward = child(world)
        assert (ward["relation"], ward["until_on"]) == ("guardian", "2044-03-20")
        assert standing(world, ward["person_id"])["periods"][0]["basis"] == "representative"

    def test_one_person_in_two_roles_acts_for_the_child_once(self, world: World) -> None:
        mother_insured(world)
        powers = {"number": "12-О", "issuer": "ООиП ДЛЯ ПРИМЕРА", "issued_on": "2026-03-24"}

        told(world, birth(representative={**MOTHER, "powers": powers}))

        assert child(world)["relation"] == "parent"


class TestUnnamed:
    """A child may be registered before it has a name."""

    def test_is_insured_under_its_mothers_surname(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(child={**UNNAMED, "given_name": "Б/И"}))
        world.drain()

        son = child(world)
        assert (son["family_name"], son["given_name"], son["display_name"]) == ("Примерова", "", "Примерова Б/И")
        held = world.ok("GET", f"{REPRESENTED}/{son['person_id']}/insurance")
        assert [d["is_ready"] for d in held["documents"]] == [True, True]

    def test_is_named_by_a_correction_and_keeps_its_number(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(child=UNNAMED))
        before = child(world)

        assert told(world, birth(2))["state"] == "insured"

        after = child(world)
        assert (after["person_id"], after["display_name"]) == (before["person_id"], "Примеров Тимофей Петрович")
        old, new = policies(world, after["person_id"])
        assert (old["state"], old["successor_id"], old["end_reason"]) == ("replaced", new["id"], "record_corrected")
        assert old["policy_number"] == new["policy_number"] == after["policy_number"]
        assert (new["state"], new["valid_from"], new["periods"]) == ("active", BORN_ON, old["periods"])
        assert len(of_kind(world, "newborn_changed")) == 1
        question = {"policy_number": after["policy_number"], "family_name": "Примеров", "consent": True}
        assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == "valid"


class TestTwins:
    """Equal surname, birthday and mother: two children all the same."""

    @pytest.mark.parametrize("names", [({}, {"given_name": "Матвей"}), (UNNAMED, UNNAMED)], ids=["named", "unnamed"])
    def test_have_a_record_a_number_and_a_policy_each(
        self, world: World, names: tuple[dict[str, str], dict[str, str]]
    ) -> None:
        mother_insured(world)
        first, second = names
        told(world, birth(child={**first, "birth_order": 1, "children_born": 2}))
        twin = {**second, "certificate": TWIN, "birth_order": 2, "children_born": 2}
        assert told(world, birth(number=OTHER_NUMBER, child=twin))["state"] == "insured"

        both = children(world)
        assert len({found["person_id"] for found in both}) == len({found["policy_number"] for found in both}) == 2
        for found in both:
            assert standing(world, found["person_id"])["policy_number"] == found["policy_number"]

    def test_with_one_name_are_left_to_an_operator(self, world: World) -> None:
        mother_insured(world)
        told(world, birth())
        told(world, birth(number=OTHER_NUMBER, child={"certificate": TWIN}))

        assert [case["reason"] for case in cases(world)] == ["child_known"]
        assert len(children(world)) == 1


class TestOrder:
    """Messages come twice, and in any order."""

    def test_a_message_that_comes_twice_changes_nothing(self, world: World) -> None:
        mother_insured(world)
        first = send(world, birth())
        again = send(world, birth())
        world.settle()

        assert (first.status_code, first.json()["outcome"]) == (202, "accepted")
        assert (again.status_code, again.json()["outcome"]) == (200, "repeated")
        assert first.json()["record_id"] == again.json()["record_id"]
        assert len(policies(world, child(world)["person_id"])) == 1
        assert len(of_kind(world, "newborn_insured")) == 1

    def test_the_same_message_may_be_spelled_otherwise(self, world: World) -> None:
        world.sleep(days=10)
        assert send(world, birth(child={"snils": "112-233-445 95"})).status_code == 202
        spelled = birth(child={"snils": "11223344595", "given_name": " Тимофей "})
        assert send(world, spelled).json()["outcome"] == "repeated"

    def test_an_older_version_after_a_newer_one_is_passed_over(self, world: World) -> None:
        mother_insured(world)
        told(world, birth(3, child={"given_name": "Тимур"}))

        answer = send(world, birth(2))
        world.settle()

        assert (answer.status_code, answer.json()["outcome"], answer.json()["version"]) == (200, "outdated", 3)
        assert child(world)["given_name"] == "Тимур"

    def test_a_correction_before_its_original_is_the_record(self, world: World) -> None:
        mother_insured(world)
        assert told(world, birth(2, child={"given_name": "Тимур"}))["state"] == "insured"
        assert send(world, birth(1)).json()["outcome"] == "outdated"
        world.settle()

        son = child(world)
        assert son["given_name"] == "Тимур"
        assert len(policies(world, son["person_id"])) == 1

    def test_an_annulment_before_its_original_insures_nobody(self, world: World) -> None:
        mother_insured(world)
        assert told(world, annulment(2))["state"] == "annulled"
        assert send(world, birth(1)).json()["outcome"] == "outdated"
        world.settle()

        assert children(world) == []

    def test_one_version_has_one_content(self, world: World) -> None:
        world.sleep(days=10)
        send(world, birth())

        answer = problem(send(world, birth(child={"given_name": "Тимур"})), 409, "state_conflict")
        assert "следующую версию" in answer["detail"]

    def test_two_versions_that_wait_together_are_handled_as_the_newer(self, world: World) -> None:
        mother_insured(world)
        send(world, birth(child=UNNAMED))
        send(world, birth(2))
        world.settle()

        son = child(world)
        assert son["given_name"] == "Тимофей"
        assert len(policies(world, son["person_id"])) == 1

    def test_versions_of_one_moment_are_taken_in_one_after_another(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.sleep(days=10)
        real, seen = world.tools.store.pointers, []

        def blind_once(*, kind: str, value_hash: str) -> Any:
            seen.append(kind)
            return [] if len(seen) == 2 else real(kind=kind, value_hash=value_hash)

        monkeypatch.setattr(world.tools.store, "pointers", blind_once)
        assert send(world, birth(2)).json()["outcome"] == "accepted"
        answer = send(world, birth(1))
        assert (answer.status_code, answer.json()["outcome"]) == (200, "outdated")

    def test_a_crowd_of_versions_is_told_to_come_again(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.sleep(days=10)
        send(world, birth())
        monkeypatch.setattr(world.tools.store, "pointers", lambda **_: [])

        problem(send(world, birth(2)), 409, "stale_write")


class TestMistakes:
    """A wrong message writes nothing and hears every mistake at once."""

    @pytest.mark.parametrize(
        ("changed", "wrong"),
        [
            ({"number": "а б"}, {"number": "record_number"}),
            ({"region": "99"}, {"region": "region_unknown"}),
            ({"registered_on": "2026-06-01"}, {"registered_on": "date_in_future"}),
            ({"registered_on": "2026-03-19"}, {"registered_on": "registered_before_birth"}),
            ({"child": None}, {"child": "child_required"}),
            ({"mother": {"snils": "1"}}, {"mother.family_name": "name_full_required", "mother.snils": "snils_length"}),
            (
                {"mother": {**MOTHER, "born_on": BORN_ON, "document": {"type": "14", "number": "1"}}},
                {
                    "mother.born_on": "parent_too_young",
                    "mother.document.series": "document_series",
                    "mother.document.number": "document_number",
                },
            ),
            ({"father": {**FATHER, "snils": MOTHER["snils"]}}, {"father.snils": "same_person"}),
            (
                {"representative": {**FATHER, "document": {"type": "99", "number": "1"}}},
                {
                    "representative.document.type": "document_type_unknown",
                    "representative.powers.number": "required",
                    "representative.powers.issuer": "required",
                    "representative.powers.issued_on": "required",
                },
            ),
        ],
        ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
    )
    def test_in_the_record(self, shared_world: World, changed: dict[str, Any], wrong: dict[str, str]) -> None:
        shared_world.tools.at = shared_world.tools.at.replace(month=3, day=26)
        message = {**birth(), **changed}

        assert wrong_fields(problem(send(shared_world, message), 422, "validation_failed")) == wrong

    @pytest.mark.parametrize(
        ("changed", "wrong"),
        [
            ({"family_name": "Prim3rov"}, {"child.family_name": "name_latin"}),
            ({"born_on": "1899-01-01"}, {"child.born_on": "date_range"}),
            ({"birthplace": "<script>"}, {"child.birthplace": None}),
            ({"citizenship": "RF"}, {"child.citizenship": "country_unknown"}),
            ({"snils": "112-233-445 96"}, {"child.snils": "snils_check_digits"}),
            ({"birth_order": 3, "children_born": 2}, {"child.birth_order": "birth_order"}),
            ({"certificate": None}, {"child.certificate": "certificate_required"}),
            (
                {"certificate": {**CERTIFICATE, "type": "14", "series": "00 20"}},
                {"child.certificate.type": "certificate_type"},
            ),
            ({"certificate": {**CERTIFICATE, "issued_on": "2027-01-01"}}, {"child.certificate.issued_on": None}),
        ],
        ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
    )
    def test_in_the_child(self, shared_world: World, changed: dict[str, Any], wrong: dict[str, str | None]) -> None:
        shared_world.tools.at = shared_world.tools.at.replace(month=3, day=26)
        message = birth(child=changed, mother=None if "born_on" in changed else MOTHER)
        found = wrong_fields(problem(send(shared_world, message), 422, "validation_failed"))

        assert {field: code for field, code in found.items() if wrong.get(field, "") is not None} == {
            field: code for field, code in wrong.items() if code is not None
        }
        assert wrong.keys() <= found.keys()

    def test_a_child_without_any_surname(self, shared_world: World) -> None:
        shared_world.tools.at = shared_world.tools.at.replace(month=3, day=26)
        found = problem(send(shared_world, birth(child=UNNAMED, mother=None)), 422, "validation_failed")

        assert wrong_fields(found) == {"child.family_name": "family_name_required"}


def test_the_numbers_stay_out_of_queues_and_answers(world: World) -> None:
    mother_insured(world)
    answer = send(world, birth())
    world.settle()

    told_to_queues = " ".join(body for _, body in world.delivered)
    for text in (NUMBER, "Тимофей", "Примеров", BORN_ON, CERTIFICATE["number"]):
        assert text not in told_to_queues
        assert text not in answer.text


def test_a_stillborn_child_is_noted_and_nobody_is_written_to(world: World) -> None:
    mother_insured(world)
    before = (len(messages(world)), len(world.tools.sms.sent), len(world.tools.email.sent))
    stillborn = {"family_name": "", "given_name": "", "middle_name": "", "certificate": None}

    assert told(world, birth(kind="stillbirth", child=stillborn))["state"] == "noted"

    assert children(world) == []
    assert cases(world) == []
    assert (len(messages(world)), len(world.tools.sms.sent), len(world.tools.email.sent)) == before


def test_unknown_parents_are_a_case_and_not_lost(world: World) -> None:
    world.sleep(days=10)
    assert told(world, birth(father=parent("later")))["state"] == "needs_operator"

    (case,) = cases(world)
    assert (case["reason"], case["may_proceed"], case["kind"]) == ("parents_unknown", True, "birth")
