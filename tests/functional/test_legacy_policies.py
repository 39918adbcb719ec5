"""Policies of earlier samples: registered by their holder, confirmed by the register, superseded (requirement F5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from chalicelib.domain.birth_date import BirthDate
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.legacy_claim import LegacyClaim
from chalicelib.domain.principal import Assurance, IdentityDocumentClaims, PersonClaims, Principal, Role
from chalicelib.domain.records import DocumentType, Pointer, StoredDocument
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import NotFound, PortError, Rejected
from chalicelib.use_cases.register_legacy_policy import register_legacy_policy
from infra.local.person_numbers import policy_number_of
from tests.journeys import (
    FIRST_INSURER,
    INSURER_CHANGE,
    OTHER_INSURER,
    actions,
    application,
    asked_to_sign,
    consented,
    document,
    drafted,
    insurance,
    insured,
    messages,
    policy,
    prepared,
    problem,
    signed,
    submitted,
)
from tests.legacy import (
    BLANK,
    ENP,
    OLD,
    OTHER_ENP,
    PAPER,
    PETRS_ENP,
    barcode,
    confirmed,
    known_to_register,
    legacy,
    register,
    registered,
)
from tests.world import cloud, table

if TYPE_CHECKING:
    from tests.world import World


def refusal(world: World, *, person: str = "citizen") -> str:
    """The code of the one reason for which the newest registration was refused."""
    found = legacy(world, person=person)
    assert found["state"] == "refused", found
    assert insurance(world, person=person)["policies"] == []
    (reason,) = found["refusals"]
    assert reason["message"]
    assert reason["mend"]
    return str(reason["code"])


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


class TestRefused:
    """What the register does not confirm is refused with a reason and a mend."""

    def test_a_policy_that_the_register_does_not_know(self, world: World) -> None:
        registered(world)
        world.settle()

        assert refusal(world) == "not_in_register"
        assert messages(world)[0]["kind"] == "legacy_policy_refused"
        assert actions(world)[0]["details"]["reason"] == "not_in_register"

    def test_a_number_that_is_not_the_persons(self, world: World) -> None:
        known_to_register(world, OTHER_ENP)
        registered(world)
        world.settle()

        assert refusal(world) == "policy_number_differs"

    @pytest.mark.parametrize("reason", ["policy_number_differs", "snils_differs", "deceased", "never_heard_of"])
    def test_what_the_register_knows_otherwise(self, world: World, reason: str) -> None:
        world.tools.registers.mismatch(CheckKind.INSURED_PERSON, reason)
        registered(world)
        world.settle()

        codes = {"snils_differs": "wrong_personal_data", "policy_number_differs": "policy_number_differs"}
        assert refusal(world) == codes.get(reason, "register_answer_unclear")

    @pytest.mark.parametrize(
        "data",
        [
            {"enp": "7700000000000005"},
            {"enp": "77"},
            {"insurer_code": ""},
            {"insurer_code": "SOGAZ"},
            {"insured_from": "yesterday"},
            {"enp": policy_number_of(region="77", born_on="1990-05-15", sex="female", serial=1)},
            {"enp": policy_number_of(region="77", born_on="1990-05-14", sex="male", serial=1)},
        ],
    )
    def test_an_answer_that_cannot_be(self, world: World, data: dict[str, str]) -> None:
        known_to_register(world, **data)
        registered(world)
        world.settle()

        assert refusal(world) in {"register_answer_unclear", "register_contradiction"}

    def test_a_question_that_the_register_refuses(self, world: World) -> None:
        world.tools.registers.failing(CheckKind.INSURED_PERSON, Rejected("no"))
        registered(world)
        world.settle()

        assert refusal(world) == "register_answer_unclear"

    def test_it_can_be_mended_and_registered_again(self, world: World) -> None:
        known_to_register(world)
        registered(world, {**PAPER, "policy_number": OTHER_ENP})
        world.settle()
        assert refusal(world) == "policy_number_differs"

        assert register(world).status_code == 201
        world.settle()

        assert [found["state"] for found in insurance(world)["legacy_policies"]] == ["refused", "confirmed"]

    def test_guessing_numbers_ends_soon(self, world: World) -> None:
        consented(world)
        for serial in range(10):
            assert register(world, {**OLD, "number": f"{serial}"}).status_code == 201
            world.settle()

        answer = register(world, OLD)

        problem(answer, 429, "too_many_requests")
        assert 0 < int(answer.headers["Retry-After"]) <= 86_400
        world.sleep(days=1)
        assert register(world, OLD).status_code == 201


class TestAnothers:
    """What is another person's is refused without telling whose."""

    def holds(self, world: World, claim: dict[str, str]) -> None:
        """The insured person has a policy; the citizen's own is known to the register."""
        known_to_register(world, PETRS_ENP)
        registered(world, claim, person="insured")
        world.settle()
        assert legacy(world, person="insured")["state"] == "confirmed"
        known_to_register(world)

    @pytest.mark.parametrize(
        ("his", "hers"),
        [
            ({"policy_type": "paper", "policy_number": PETRS_ENP, "blank_number": BLANK}, PAPER),
            (
                {"policy_type": "paper", "policy_number": PETRS_ENP, "blank_number": BLANK},
                {**PAPER, "policy_type": "plastic"},
            ),
            (OLD, {**OLD, "series": "77-МУ"}),
        ],
    )
    def test_a_number_of_another_person(self, world: World, his: dict[str, str], hers: dict[str, str]) -> None:
        self.holds(world, his)
        registered(world, hers)
        world.settle()

        assert refusal(world) == "another_persons_policy"
        told = json.dumps([legacy(world), messages(world), actions(world)], ensure_ascii=False)
        assert not any(text in told for text in ("Образцов", PETRS_ENP, "1985-11-30"))
        assert legacy(world, person="insured")["state"] == "confirmed"
        assert policy(world, person="insured")["policy_number"] == PETRS_ENP

    @pytest.mark.parametrize("kind", ["policy_number", "snils", "document"])
    def test_one_person_under_two_accounts(self, world: World, kind: str) -> None:
        known_to_register(world)
        registered(world)
        numbers = {"policy_number": ENP, "snils": world.ok("GET", "/v1/me")["snils"], "document": "14|0020|900001"}
        value_hash = world.tools.secrets.lookup_hash(kind=kind, value=numbers[kind])
        work = world.tools.store.work(at=world.tools.at)
        work.claim(Pointer(kind=kind, value_hash=value_hash, target="another", person_id="another"))
        work.commit()
        world.settle()

        assert refusal(world) == "another_persons_policy"

    def test_two_territories_may_have_given_one_number(self, world: World) -> None:
        self.holds(world, {**OLD, "region": "50"})
        registered(world, OLD)
        world.settle()

        assert legacy(world)["state"] == "confirmed"


class TestSuperseded:
    """A digital policy takes the place of the earlier one."""

    def change(self, world: World) -> None:
        draft = submitted(world, kind=INSURER_CHANGE)
        world.settle()
        assert application(world, draft)["effective_on"] == "2026-03-19"
        assert (policy(world)["form"], legacy(world)["state"]) == ("paper", "confirmed")
        world.sleep(days=3)
        world.run("run_due")
        world.settle()
        assert application(world, draft)["state"] == "ready"

    def test_when_the_insurer_changes(self, world: World) -> None:
        confirmed(world)
        self.change(world)

        assert (legacy(world)["state"], legacy(world)["state_title"]) == ("superseded", "Заменён цифровым полисом")
        active = policy(world)
        assert (active["form"], active["policy_number"]) == ("digital", ENP)
        assert [p["insurer_code"] for p in active["periods"]] == [FIRST_INSURER, OTHER_INSURER]
        assert "legacy_policy_superseded" in {message["kind"] for message in messages(world)}
        assert "legacy_policy_superseded" in {entry["action"] for entry in actions(world)}
        world.drain()
        present = sorted(d["document_type"] for d in insurance(world)["documents"] if not d["is_superseded"])
        assert present == ["extract", "policy", "receipt"]

    def test_it_needs_no_registration_any_more(self, world: World) -> None:
        insured(world)

        answer = register(world, {**PAPER, "policy_number": policy(world)["policy_number"]})

        problem(answer, 422, "rule_refused", "digital_policy_exists")
        assert insurance(world)["legacy_policies"] == []

    def test_when_a_first_policy_is_issued_while_the_register_is_silent(self, world: World) -> None:
        draft = submitted(world)
        world.drain(queues=("outbox_relay", "verification", "outbox_relay"), rounds=2)
        world.tools.registers.unavailable(CheckKind.INSURED_PERSON)
        assert register(world).status_code == 201
        world.settle()

        assert application(world, draft)["state"] == "ready"
        assert (legacy(world)["state"], policy(world)["form"]) == ("superseded", "digital")
        world.tools.registers.working(CheckKind.INSURED_PERSON)
        known_to_register(world)
        world.sleep(minutes=16)
        world.settle()
        assert legacy(world)["state"] == "superseded"
        assert len(insurance(world)["policies"]) == 1

    def test_when_a_policy_comes_from_the_register_with_a_change_of_insurer(self, world: World) -> None:
        known_to_register(world)
        draft = prepared(world, kind=INSURER_CHANGE)
        signed(world, draft)
        world.tools.registers.unavailable(CheckKind.INSURED_PERSON, times=0)
        world.drain(queues=("outbox_relay", "verification", "outbox_relay"), rounds=2)
        world.tools.registers.unavailable(CheckKind.INSURED_PERSON)
        assert register(world).status_code == 201
        world.settle()

        assert (legacy(world)["state"], policy(world)["form"]) == ("superseded", "digital")

    def test_when_a_policy_was_issued_at_the_very_moment_of_the_registration(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        consented(world)
        (person_id,) = accounts()
        before = world.tools.store.person_file(person_id=person_id)
        insured(world)
        with monkeypatch.context() as patch:
            patch.setattr(world.tools.store, "person_file", lambda person_id: before)
            assert register(world).status_code == 201
        assert legacy(world)["state"] == "pending"

        world.settle()

        assert (legacy(world)["state"], policy(world)["form"]) == ("superseded", "digital")
        assert world.tools.registers.requests[-1].subject.get("blank_number") is None

    def test_when_a_policy_is_issued_while_the_register_is_asked(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the message has read is old: it fails, comes again and finds the policy."""
        draft = submitted(world)
        world.drain(queues=("outbox_relay", "verification", "outbox_relay"), rounds=2)
        assert register(world).status_code == 201
        (message,) = pulled(world)
        (person_id,) = accounts()
        before = world.tools.store.person_file(person_id=person_id)
        world.drain(queues=("issuance",))
        assert application(world, draft)["state"] == "ready"
        known_to_register(world)
        stale = replace(before, legacy_policies=(replace(before.legacy_policies[0], awaited_message=None),))
        with monkeypatch.context() as patch:
            patch.setattr(world.tools.store, "person_file", lambda person_id: stale)
            with pytest.raises(PortError):
                world.invoke("verification", message["Body"], message["MessageId"])

        world.invoke("verification", message["Body"], message["MessageId"])

        assert (legacy(world)["state"], len(insurance(world)["policies"])) == ("superseded", 1)


def pulled(world: World) -> list[dict[str, Any]]:
    """Take the messages of verification that wait."""
    world.drain(queues=("outbox_relay",))
    return world.messages("verification")


class TestUnfit:
    """What cannot be worked on fails by itself."""

    def test_a_message_about_no_registration(self, world: World) -> None:
        body = {"id": "x", "at": "2026-03-16T09:00:00+00:00", "body": {"person_id": "p", "registration_id": "r"}}
        with pytest.raises(NotFound):
            world.invoke("verification", json.dumps(body))

    @pytest.mark.parametrize("kind", [DocumentType.EXTRACT, DocumentType.RECEIPT])
    def test_a_document_of_nothing(self, world: World, kind: DocumentType) -> None:
        ordered = StoredDocument(
            document_id="d",
            person_id="p",
            document_type=kind,
            subject_id="s",
            application_id="",
            object_key="documents/d.pdf",
            ordered_at=world.tools.at,
        )
        work = world.tools.store.work(at=world.tools.at)
        work.create(ordered)
        work.commit()
        body = {"id": "x", "at": "2026-03-16T09:00:00+00:00", "body": {"person_id": "p", "document_id": "d"}}
        with pytest.raises(NotFound):
            world.invoke("documents", json.dumps(body))

    @pytest.mark.parametrize(
        "missing",
        [
            {"born_on": None},
            {"sex": None},
            {"snils": ""},
            {"identity_document": None},
            {"family_name": "", "given_name": ""},
        ],
    )
    def test_an_account_that_does_not_say_enough(self, world: World, missing: dict[str, Any]) -> None:
        claims = PersonClaims(
            family_name="Примерова",
            given_name="Анна",
            born_on=BirthDate(earliest=date(1990, 5, 14)),
            sex=Sex.FEMALE,
            snils="900-000-001 82",
            identity_document=IdentityDocumentClaims(type_code="14", series="00 20", number="900001"),
        )
        principal = Principal(
            subject="s",
            account_id="a",
            roles=frozenset({Role.CITIZEN}),
            assurance=Assurance.CONFIRMED,
            person=replace(claims, **missing),
        )
        with pytest.raises(RuleRefused) as caught:
            register_legacy_policy(
                tools=world.tools,
                principal=principal,
                claim=LegacyClaim(barcode=barcode()),
                at=world.tools.at,
            )
        assert caught.value.reason == "account_incomplete"


def accounts() -> list[str]:
    """The ids of the persons that the table holds."""
    return [item["PK"]["S"].partition("#")[2] for item in table() if item.get("type") == {"S": "Person"}]


class TestConsent:
    """Nothing is processed that was not agreed to."""

    def test_it_takes_consent(self, world: World) -> None:
        problem(register(world), 422, "rule_refused", "consent_required")
        consented(world)
        world.ok("POST", "/v1/me/consents/revocation")
        problem(register(world), 422, "rule_refused", "consent_required")
        assert insurance(world)["legacy_policies"] == []

    def test_a_draft_of_an_application_does_not_hinder(self, world: World) -> None:
        drafted(world)

        confirmed(world)


def test_nothing_personal_stands_in_keys_and_messages(world: World) -> None:
    confirmed(world, {**OLD, "number": "ЖЮ 777-123456"})
    world.drain()
    snils = world.ok("GET", "/v1/me")["snils"]
    secrets = (ENP, "777123456", "777-123456", snils, "ПРИМЕРОВ", "1990-05-14", "19900514", "900001")

    for item in table():
        keys = " ".join(
            value["S"] for name, value in item.items() if name in {"PK", "SK", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"}
        )
        assert not any(secret in keys.upper() for secret in secrets), item.get("type")
        if item.get("type", {}).get("S") in {
            "OutboxEntry",
            "AuditEntry",
            "Pointer",
            "ValidityCard",
            "LiveMarker",
            "StoredDocument",
        }:
            assert not any(secret in item["data"]["S"].upper() for secret in secrets), item["type"]
    for queue, body in world.delivered:
        assert not any(secret in body.upper() for secret in secrets), queue
    for sms in world.tools.sms.sent:
        assert not any(secret in sms.text.upper() for secret in secrets)
