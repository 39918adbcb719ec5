"""Every use case keeps its budget of AWS calls, counted at the seam that all calls pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.calls import Counter, measured

if TYPE_CHECKING:
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
    "a page of the operators' queue",
    "take a case",
    "look at a case",
    "ask about a case",
    "send a case back",
    "decide a case",
    "statistics of a month",
    "verify with a temporary certificate, without the registers",
    "public lookup by certificate",
    "clinic lookup by certificate_number",
    "issue a change of insurer, policy known to the register",
    "issue a change of insurer, policy of this service",
    "expire 30 certificates",
)


def test_keeps_every_budget_of_aws_calls(world: World) -> None:
    found = measured(world)

    assert tuple(budget.use_case for budget in found) == MEASURED
    assert all(budget.calls for budget in found)
    assert {budget.use_case: budget.calls for budget in found if not budget.kept} == {}


def test_counts_every_call_and_none_after_the_measurement(world: World) -> None:
    counter = Counter()
    with counter.measuring("two reads", limit=1):
        world.tools.store.insurer(code="77012")
        world.tools.store.insurer(code="77004")
    world.tools.store.insurer(code="77012")

    (budget,) = counter.found
    assert budget.calls == ("dynamodb.GetItem", "dynamodb.GetItem")
    assert not budget.kept
