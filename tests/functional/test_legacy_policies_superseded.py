"""Policies of earlier samples that another policy takes the place of, or that are unfit (requirement F5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.birth_date import BirthDate
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.legacy_claim import LegacyClaim
from chalicelib.domain.principal import Assurance, IdentityDocumentClaims, PersonClaims, Principal, Role
from chalicelib.domain.records import DocumentType, StoredDocument
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import NotFound, PortError
from chalicelib.use_cases.register_legacy_policy import register_legacy_policy
from tests.journeys import (
    FIRST_INSURER,
    INSURER_CHANGE,
    OTHER_INSURER,
    actions,
    application,
    consented,
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
    ENP,
    OLD,
    PAPER,
    barcode,
    confirmed,
    known_to_register,
    legacy,
    register,
)
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World


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
