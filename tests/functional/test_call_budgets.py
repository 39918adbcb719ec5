"""Every use case keeps its budget of AWS calls, counted at the seam that all calls pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.calls import Counter, measured
from chalicelib import bootstrap
from tests import journeys
from tests.cloud import database
from tests.world import TestContainer, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.calls import Budget
    from tests.world import World

MEASURED = (
    "save a draft",
    "submit",
    "verify, without the registers",
    "issue a first policy",
    "status of an application",
    "public lookup by policy number and born_on",
    "public lookup by policy number and family_name",
    "clinic lookup by policy_number",
    "clinic lookup by snils",
    "clinic lookup by document",
    "clinic lookup by person",
    "clinic lookup by qr",
    "order an extract on paper",
    "list my deliveries",
    "list the deliveries of an insurer",
    "find a delivery by its number",
    "look at a delivery as an operator",
    "open an extract to print it",
    "paper ready in the office",
    "send another code of pickup",
    "hand over by the code",
    "ask for a code for another address",
    "change the address of a delivery",
    "form a parcel",
    "send a parcel",
    "note that a parcel came",
    "cancel a delivery",
    "run 2 due deliveries",
    "a page of the operators' queue",
    "take a case",
    "look at a case",
    "ask about a case",
    "send a case back",
    "decide a case",
    "delivery statistics of a month",
    "statistics of a month",
    "verify with a temporary certificate, without the registers",
    "public lookup by certificate",
    "clinic lookup by certificate_number",
    "issue a change of insurer, policy known to the register",
    "issue a change of insurer, policy of this service",
    "register a policy: paper_policy",
    "confirm a policy, without the registers: paper_policy",
    "public lookup by blank_number",
    "clinic lookup by blank_number",
    "register a policy: old_policy",
    "confirm a policy, without the registers: old_policy",
    "public lookup by old_policy",
    "clinic lookup by old_policy",
    "clinic lookup by barcode",
    "take in a birth record",
    "insure a newborn of two known parents",
    "take in a later version of a birth record",
    "correct a newborn of two known parents",
    "declare a represented person",
    "create a draft about a represented person",
    "issue a child's policy",
    "folder of a represented person",
    "issue a policy with a permit",
    "replace a policy",
    "suspend a policy",
    "resume a policy",
    "give a policy up",
    "issue a policy with a contract",
    "end a policy whose term is over",
    "clinics of a region",
    "a clinic with its doctors",
    "ask for attachment",
    "list of a clinic's requests",
    "look at a request for attachment",
    "attach",
    "mark a late request",
    "requests that are late, for the fund",
    "attach, another attachment ends",
    "monthly file of one who is attached",
    "ask for an appointment",
    "a clinic's queue of appointments",
    "look at a request for an appointment: details",
    "look at a request for an appointment: document",
    "answer a request for an appointment",
    "read a Patient by FHIR",
    "search for Coverage by FHIR",
    "a batch of two lookups",
    "card of a person",
    "insurance on a day",
    "insurance on a day, as known on another",
    "duplicates of a person, none found",
    "propose another name",
    "list of corrections",
    "a correction",
    "approve another name",
    "propose to undo a correction",
    "approve the undoing of a correction",
    "propose another birth date",
    "approve another birth date",
    "propose to merge two records",
    "approve a merger of two records",
    "propose a correction that is rejected",
    "reject a correction",
    "deliver a notification by e-mail and in the cabinet",
    "a receipt that is tried again",
    "queue a message whose moment has come",
    "another try by e-mail",
    "a receipt that stops a contact",
    "a receipt that is known",
    "take 100 receipts of the second provider",
    "my messages",
    "messages to a person, as an operator",
    "sign in to the pages",
    "open the cabinet",
    "open the cabinet after five minutes",
    "sign out of the pages",
    "an event of a case, nobody subscribed",
    "subscribe to webhooks",
    "an event of a case reaches its organisation",
    "subscriptions of an organisation",
    "subscriptions that have stopped",
    "feed of an organisation",
    "another secret of a subscription",
    "send events again from a cursor",
    "go on with a subscription",
    "end a subscription",
    "begin a change file",
    "make a change file",
    "look at a change file",
    "permit the upload of a file of the fund",
    "take in a protocol",
    "page of a report on a file of the fund",
    "records that the fund refused",
    "tell a record again",
    "order an import of the registry",
    "import 100 new rows",
    "progress of an import",
    "page of an import's report",
    "import 50 rows of issue_points",
    "import 14 rows of ratings",
    "tell a page of people that their insurer leaves",
    "begin an appeal",
    "permission to upload a document to an appeal",
    "file an appeal",
    "my appeals",
    "appeals to decide",
    "take an appeal",
    "look at an appeal as an operator",
    "ask about an appeal",
    "answer a question on an appeal",
    "decide an appeal against the person",
    "take an appeal to the fund",
    "uphold an appeal, of an application",
    "statistics of appeals of a month",
    "ask for a certificate of insurance",
    "decide on a certificate of insurance",
    "my certificates of insurance",
    "draw a certificate of insurance",
    "link to a certificate of insurance",
    "register an employer",
    "my employers",
    "make a request about staff",
    "permit the upload of a list",
    "read a list of one row",
    "progress of a request about staff",
    "take a file of a request about staff",
    "let an employer know",
    "look at all rows anew",
    "open a ticket",
    "my tickets",
    "a ticket with its thread",
    "permission to attach a file to a ticket",
    "tickets of a desk",
    "take a ticket",
    "look at a ticket as an operator",
    "answer a ticket",
    "take a letter in",
    "write to a ticket",
    "hand a ticket over",
    "close a ticket",
    "rate a ticket",
    "order an export",
    "make an export of a draft",
    "get a link to an export",
    "what a demand would destroy",
    "demand to be forgotten",
    "forget who has a draft and an export",
    "expire 30 certificates",
)


@pytest.fixture(scope="class")
def measured_once(issuer: str) -> Iterator[tuple[tuple[Budget, ...], tuple[str, ...]]]:
    """All use cases, each request to the table answered in memory and by moto: budgets, and what was compared."""
    with open_world(issuer, compared=True) as world:
        yield measured(world), tuple(database().compared)


class TestAllUseCases:
    def test_moto_answers_all_requests_as_the_table_in_memory_does(self, measured_once) -> None:
        """An answer that differs has failed the fixture: other tests may rely on the table in memory."""
        budgets, requests = measured_once
        asked = {call.partition(".")[2] for budget in budgets for call in budget.calls if call.startswith("dynamodb.")}

        assert asked <= set(requests)
        assert len(requests) > 1000

    def test_keeps_every_budget_of_aws_calls(self, measured_once) -> None:
        found, _ = measured_once

        assert tuple(budget.use_case for budget in found) == MEASURED
        assert all(budget.calls for budget in found)
        assert {budget.use_case: budget.calls for budget in found if not budget.kept} == {}


@pytest.mark.parametrize("is_cold", [True, False], ids=["cold", "warm"])
def test_a_found_number_costs_the_same_calls_as_an_unknown_one(world: World, is_cold: bool) -> None:
    journeys.insured(world)
    known = journeys.policy(world)["policy_number"]
    questions = {
        "valid": {"policy_number": known, "born_on": "1990-05-14"},
        "not_valid": {"policy_number": known, "born_on": "1990-05-14", "on": "2020-01-01"},
        "not_found": {"policy_number": "7856130840000017", "born_on": "1990-05-14"},
        "mismatch": {"policy_number": known, "born_on": "1990-05-15"},
        "by surname": {"policy_number": known, "family_name": "Иванова"},
        "certificate": {"certificate_number": "123456789"},
    }
    counter = Counter()
    for name, question in questions.items():
        if is_cold:
            bootstrap.use_container(TestContainer())
        with counter.measuring(name, limit=2):
            answer = world.ok("POST", "/v1/validity-checks", person=None, json={"consent": True, **question})
        assert name not in {"valid", "not_valid", "not_found"} or answer["status"] == name

    assert len({budget.calls for budget in counter.found[0 if is_cold else 1 :]}) == 1
    assert is_cold or all(budget.kept for budget in counter.found[1:])


def test_counts_every_call_and_none_after_the_measurement(world: World) -> None:
    counter = Counter()
    with counter.measuring("two reads", limit=1):
        world.tools.store.insurer(code="77012")
        world.tools.store.insurer(code="77004")
    world.tools.store.insurer(code="77012")

    (budget,) = counter.found
    assert budget.calls == ("dynamodb.GetItem", "dynamodb.GetItem")
    assert not budget.kept
