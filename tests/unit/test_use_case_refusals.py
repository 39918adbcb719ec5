"""What use cases pass over, and what they refuse whoever calls them: the routes refuse most of it before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.errors import NotPermitted, ValidationFailed
from chalicelib.domain.insurance_certificate import InsuranceCertificateState
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.principal import Role
from chalicelib.domain.records import DocumentType
from chalicelib.domain.representation import Powers, Relation
from chalicelib.domain.ticket import Ticket, TicketCategory, TicketState
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.ports.folders import PersonFile
from chalicelib.ports.tickets import TicketFile
from chalicelib.use_cases.handle_tickets import handled_ticket
from chalicelib.use_cases.issue_insurance_certificate import mark_made
from chalicelib.use_cases.representations import RepresentedPerson, add_represented
from chalicelib.use_cases.tickets import rate_ticket
from chalicelib.use_cases.verify_employer import verify_employer
from chalicelib.use_cases.work_on_request import work_on_request
from tests.unit.test_missing_records import (
    CERTIFICATE,
    CITIZEN,
    DOCUMENT,
    EMPLOYER,
    KEY,
    NOW,
    PERSON,
    REQUEST,
    TODAY,
    USED,
    Tools,
    Untouched,
)

TICKET = Ticket(
    ticket_id="t",
    person_id="a",
    account_id="a",
    number="О-2026-00000001-0",
    category=TicketCategory.OTHER,
    subject="Вопрос",
    desk=Scope(kind=ScopeKind.REGION, code="77"),
    region="77",
    state=TicketState.CLOSED,
    opened_at=NOW,
    updated_at=NOW,
    due_on=TODAY,
)
CHILD = RepresentedPerson(
    relation=Relation.PARENT,
    family_name="Примеров",
    given_name="Егор",
    middle_name="",
    born_on=parse_birth_date(text="2020-01-02"),
    sex="male",
    snils="",
    powers=Powers(),
    consent_version=CONSENT_VERSION,
)


class TestPassedOver:
    """What was decided, or is on another message's way, is answered as it is and nothing is written."""

    def test_the_message_of_an_employer_whose_successor_is_on_its_way(self) -> None:
        waiting = replace(EMPLOYER, awaited_message="next")
        tools: Any = Tools(employer=waiting)
        assert verify_employer(tools=tools, account_id="a", employer_id="e", at=NOW, message_id="this") == waiting

    def test_the_message_of_a_request_that_rests(self) -> None:
        tools: Any = Tools(employer_request=REQUEST)
        assert work_on_request(tools=tools, employer_id="e", request_id="r", at=NOW) == REQUEST

    def test_the_document_of_a_certificate_that_is_ready(self) -> None:
        ready = replace(CERTIFICATE, state=InsuranceCertificateState.READY)
        document = replace(DOCUMENT, document_type=DocumentType.INSURANCE_CERTIFICATE, subject_id="c")
        tools: Any = Tools(insurance_certificate=ready)
        mark_made(Untouched(), tools, document, NOW)


class TestRefused:
    def test_an_operator_does_not_answer_the_own_ticket(self) -> None:
        tools: Any = Tools(ticket_file=TicketFile(ticket=TICKET))
        fund = replace(CITIZEN, roles=frozenset({Role.FUND_OPERATOR}), region="77")
        with pytest.raises(NotPermitted, match="другой"):
            handled_ticket(tools=tools, principal=fund, ticket_id="t")

    @pytest.mark.parametrize("rating", [0, 6])
    def test_there_are_five_ratings(self, rating: int) -> None:
        tools: Any = Tools(ticket_file=TicketFile(ticket=TICKET))
        with pytest.raises(ValidationFailed) as refusal:
            rate_ticket(tools=tools, principal=CITIZEN, ticket_id="t", rating=rating, comment="", at=NOW)
        assert [(error.field, error.code) for error in refusal.value.errors] == [("rating", "out_of_range")]

    def test_a_declaration_that_was_made_before_and_is_there_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def taken(_: Untouched) -> None:
            raise AlreadyExists

        monkeypatch.setattr(Untouched, "commit", taken)
        tools: Any = Tools(person_file=PersonFile(person=PERSON), idempotency_record=USED)
        with pytest.raises(NotFound):
            add_represented(tools=tools, principal=CITIZEN, wanted=CHILD, at=NOW, request=KEY)
