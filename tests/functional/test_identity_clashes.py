"""One person under two accounts: the identifiers are claimed once, and an operator decides (requirement D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckKind
from tests.journeys import application, coded, insurance, prepared, sign, submitted

if TYPE_CHECKING:
    from tests.world import World


def test_comes_to_an_operator_before_a_certificate_is_issued(world: World) -> None:
    submitted(world)
    world.settle()
    same = world.ok("GET", "/v1/applications")["items"][0]["form"]["identity_document"]
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    draft = prepared(world, person="insured")
    world.ok("PATCH", f"/v1/applications/{draft}", person="insured", json={"identity_document": same})
    assert sign(world, draft, coded(world, draft, person="insured"), person="insured").status_code == 201
    world.settle()

    left = application(world, draft, person="insured")
    assert (left["state"], left["needs_operator"]) == ("in_processing", True)
    assert insurance(world, person="insured")["certificates"] == []
