"""Policies of earlier samples: registered by their holder, confirmed by the register, superseded (requirement F5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from chalicelib.domain.checks import CheckKind
from tests.journeys import (
    FIRST_INSURER,
    actions,
    application,
    asked_to_sign,
    consented,
    document,
    insurance,
    messages,
    policy,
    prepared,
    problem,
    submitted,
)
from tests.legacy import (
    BLANK,
    ENP,
    OLD,
    OTHER_ENP,
    PAPER,
    barcode,
    confirmed,
    known_to_register,
    legacy,
    refusal,
    register,
    registered,
)
from tests.world import cloud, table

if TYPE_CHECKING:
    from tests.world import World


class TestConfirmed:
    """A policy that the register knows becomes the person's policy."""

    @pytest.mark.parametrize(
        ("claim", "form", "letter"),
        [
            (PAPER, "paper", "П"),
            ({**PAPER, "policy_type": "plastic"}, "plastic", "Э"),
            ({"policy_type": "universal_card", "blank_number": "1234 5678 9012 34"}, "universal_card", "К"),
            (OLD, "old_sample", "С"),
            ({"barcode": barcode()}, "paper", "П"),
            ({"policy_type": "paper", "barcode": barcode(), "blank_number": BLANK}, "paper", "П"),
        ],
    )
    def test_is_the_one_active_policy_in_its_form(
        self, world: World, claim: dict[str, str], form: str, letter: str
    ) -> None:
        known_to_register(world)
        shown = registered(world, claim)
        assert (shown["state"], shown["state_title"], shown["policy_id"]) == ("pending", "Проверяется", None)
        world.settle()

        found = legacy(world)
        assert (found["id"], found["state"], found["policy_type"]) == (shown["id"], "confirmed", form)
        active = policy(world)
        assert (active["id"], active["policy_number"], active["state"]) == (found["policy_id"], ENP, "active")
        assert (active["form"], active["valid_from"], active["valid_until"]) == (form, "2019-03-01", None)
        assert [(p["insurer_code"], p["basis"]) for p in active["periods"]] == [(FIRST_INSURER, "register")]
        assert world.ok("GET", "/v1/me")["policy_number"] == ENP
        types = {row["code"]: row for row in world.ok("GET", "/v1/dictionaries/policy-types", person=None)["items"]}
        assert types[form]["letter"] == letter
        assert types[form]["may_be_registered"] is True

    def test_the_register_is_asked_about_the_person_and_the_policy(self, world: World) -> None:
        known_to_register(world)
        registered(world, OLD)
        world.settle()

        (asked,) = world.tools.registers.requests
        assert asked.kind is CheckKind.INSURED_PERSON
        assert dict(asked.subject) == {
            "family_name": "Примерова",
            "given_name": "Анна",
            "middle_name": "Сергеевна",
            "born_on": "1990-05-14",
            "sex": "female",
            "snils": world.ok("GET", "/v1/me")["snils"],
            "document_type": "14",
            "document_series": "00 20",
            "document_number": "900001",
            "policy_type": "С",
            "policy_series": "77МУ",
            "policy_number": "123456",
            "policy_okato": "45000",
        }

    def test_the_register_is_told_both_numbers_of_a_paper_policy(self, world: World) -> None:
        confirmed(world)

        (asked,) = world.tools.registers.requests
        told = {name: asked.subject.get(name) for name in ("policy_type", "enp", "blank_number", "policy_number")}
        assert told == {"policy_type": "П", "enp": ENP, "blank_number": BLANK, "policy_number": None}

    def test_its_holder_is_told_and_finds_it_in_the_journal(self, world: World) -> None:
        confirmed(world)

        assert [message["kind"] for message in messages(world)] == ["legacy_policy_confirmed", "consent_given"]
        told = messages(world)[0]
        assert told["delivery"] == {"email": "sent", "sms": "sent"}
        assert not any(text in told["text"] for text in (ENP, BLANK, "Примеров"))
        assert {entry["action"]: entry["by"] for entry in actions(world)} == {
            "legacy_policy_confirmed": "system",
            "policy_registered": "system",
            "legacy_policy_registered": "person",
            "consent_given": "person",
        }
        details = {entry["action"]: entry["details"] for entry in actions(world)}
        assert details["legacy_policy_registered"] == {"registration_id": legacy(world)["id"], "policy_type": "paper"}

    def test_an_extract_is_made_from_the_profile(self, world: World) -> None:
        confirmed(world)
        world.drain()

        assert [d["document_type"] for d in insurance(world)["documents"]] == ["extract"]
        made = document(world, "extract")
        assert (made["is_ready"], made["application_id"]) == (True, "")
        link = world.ok("GET", f"/v1/me/documents/{made['id']}/link")["url"]
        key = link.partition("?")[0].rpartition("/")[2]
        pdf = cloud("s3").get_object(Bucket="polis-documents", Key=f"documents/{key}")["Body"].read()
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
        assert all(name in text for name in ("Примерова", "Анна", "Сергеевна", "14.05.1990"))
        assert ENP in text.replace(" ", "")
        later = world.ok("POST", "/v1/me/extracts", json={"bilingual": True})
        world.drain()
        assert {d["id"]: d["is_ready"] for d in insurance(world)["documents"]}[later["id"]] is True

    def test_a_term_in_the_barcode_ends_the_policy(self, world: World) -> None:
        known_to_register(world)
        shown = registered(world, {"barcode": barcode(expires_on=date(2026, 12, 31))})
        world.settle()

        assert shown["valid_until"] == policy(world)["valid_until"] == "2027-01-01"

    def test_a_first_policy_is_not_given_beside_it(self, world: World) -> None:
        confirmed(world)

        problem(asked_to_sign(world, prepared(world)), 422, "rule_refused", "already_insured")

    def test_a_temporary_certificate_is_over(self, world: World) -> None:
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        draft = submitted(world)
        world.drain(rounds=6)
        number = application(world, draft)["certificate_number"]
        assert number
        known_to_register(world)
        assert register(world).status_code == 201
        world.settle()

        assert legacy(world)["state"] == "confirmed"
        (certificate,) = insurance(world)["certificates"]
        assert certificate["state"] == "revoked"
        question = {"certificate_number": number, "consent": True}
        assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["reason"] == "revoked"

    def test_a_fresh_code_can_be_shown(self, world: World) -> None:
        confirmed(world)

        link = world.ok("POST", "/v1/me/insurance/codes", json={"days": 1})["qr_link"]
        assert world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"qr": link})["is_insured"]


class TestOnce:
    """Registering twice changes nothing."""

    @pytest.mark.parametrize("is_settled", [False, True])
    @pytest.mark.parametrize(
        "again", [PAPER, {"barcode": barcode()}, {**PAPER, "policy_number": f" {ENP[:4]} {ENP[4:]}"}]
    )
    def test_the_same_policy_again(self, world: World, again: dict[str, str], is_settled: bool) -> None:
        known_to_register(world)
        first = registered(world)
        if is_settled:
            world.settle()
            world.drain()
        before = table()

        answer = register(world, again)

        assert (answer.status_code, answer.json()["id"]) == (200, first["id"])
        assert table() == before
        world.settle()
        assert len(insurance(world)["legacy_policies"]) == len(insurance(world)["policies"]) == 1

    def test_the_same_policy_under_a_new_key(self, world: World) -> None:
        first = confirmed(world)

        answer = register(world, headers={"Idempotency-Key": "another"})

        assert (answer.status_code, answer.json()["id"]) == (200, first["id"])

    def test_an_old_policy_spelled_otherwise(self, world: World) -> None:
        first = confirmed(world, OLD)

        answer = register(world, {**OLD, "series": "77-mу", "number": "№ 123 456"})

        assert (answer.status_code, answer.json()["id"]) == (200, first["id"])

    def test_the_same_key_again(self, world: World) -> None:
        known_to_register(world)
        consented(world)
        key = {"Idempotency-Key": "my-paper"}
        first = register(world, headers=key)
        again = register(world, headers=key)

        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["id"] == again.json()["id"]

    def test_the_same_key_after_a_refusal_registers_no_second_time(self, world: World) -> None:
        key = {"Idempotency-Key": "my-paper"}
        consented(world)
        first = register(world, headers=key).json()["id"]
        world.settle()
        assert refusal(world) == "not_in_register"

        again = register(world, headers=key)

        assert (again.status_code, again.json()["id"], again.json()["state"]) == (201, first, "refused")

    @pytest.mark.parametrize("is_settled", [False, True])
    def test_the_same_key_for_another_policy(self, world: World, is_settled: bool) -> None:
        known_to_register(world)
        consented(world)
        key = {"Idempotency-Key": "my-paper"}
        register(world, headers=key)
        if is_settled:
            world.settle()

        answer = register(world, {**PAPER, "blank_number": "10987654321"}, headers=key)

        problem(answer, 422, "rule_refused", "idempotency_key_reused")

    def test_another_policy_beside_it(self, world: World) -> None:
        confirmed(world)

        for claim in (OLD, {**PAPER, "policy_type": "plastic"}, {**PAPER, "policy_number": OTHER_ENP}):
            problem(register(world, claim), 422, "rule_refused", "another_policy_registered")

    def test_a_message_that_comes_again(self, world: World) -> None:
        confirmed(world)
        world.drain()
        before = table()
        for queue, body in list(world.delivered):
            world.invoke(queue, body)
        world.drain()

        assert table() == before


class TestLate:
    """A register that is silent delays and never refuses."""

    def test_waits_until_the_register_answers(self, world: World) -> None:
        world.tools.registers.unavailable(CheckKind.INSURED_PERSON, times=2)
        known = legacy_after(world)
        assert known["state"] == "pending"
        assert known["delay"]["waiting_for"] == ["insured_person"]
        assert "делать ничего не нужно" in known["delay"]["message"]

        known_to_register(world)
        world.sleep(minutes=16)
        world.settle()

        assert (legacy(world)["state"], legacy(world)["delay"]) == ("confirmed", None)
        assert [a["action"] for a in actions(world)].count("legacy_policy_delayed") == 1
        assert "legacy_policy_confirmed" in {message["kind"] for message in messages(world)}

    def test_collects_what_a_ticket_promised(self, world: World) -> None:
        known_to_register(world)
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        assert legacy_after(world)["state"] == "pending"
        world.sleep(seconds=2)
        world.settle()
        assert legacy(world)["state"] == "pending"

        world.tools.registers.release()
        world.sleep(seconds=2)
        world.settle()

        assert legacy(world)["state"] == "confirmed"
        assert len(world.tools.registers.requests) == 1

    def test_asks_anew_what_the_register_has_forgotten(self, world: World) -> None:
        known_to_register(world)
        world.tools.registers.pending(CheckKind.INSURED_PERSON)
        assert legacy_after(world)["state"] == "pending"

        world.tools.registers.forget_tickets()
        known_to_register(world)
        world.sleep(seconds=2)
        world.settle()

        assert legacy(world)["state"] == "confirmed"
        assert len({request.request_id for request in world.tools.registers.requests}) == 1

    def test_a_stale_message_asks_nothing(self, world: World) -> None:
        world.tools.registers.unavailable(CheckKind.INSURED_PERSON)
        legacy_after(world)
        first = next(body for queue, body in world.delivered if queue == "verification")
        asked = len(world.tools.registers.requests)

        world.invoke("verification", first)

        assert len(world.tools.registers.requests) == asked


def legacy_after(world: World) -> dict[str, Any]:
    """Register and let what can happen happen."""
    registered(world)
    world.settle()
    return legacy(world)
