"""Who was insured before this service gets the first extract with the new insurer (requirements F3, I2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckKind
from infra.local.person_numbers import policy_number_of
from tests.journeys import INSURER_CHANGE, policy, problem, submitted

if TYPE_CHECKING:
    from tests.world import World


def test_says_when_the_first_extract_appears(world: World) -> None:
    enp = policy_number_of(region="77", born_on="1990-05-14", sex="female", serial=90001)
    world.tools.registers.confirmed(CheckKind.INSURED_PERSON, enp=enp, insurer_code="77012", insured_from="2019-03-01")
    submitted(world, kind=INSURER_CHANGE)
    world.settle()
    assert policy(world)["state"] == "active"

    problem(world.call("POST", "/v1/me/extracts", json={}), 422, "rule_refused", "no_extract_yet")

    world.sleep(days=3)
    world.run("run_due")
    world.settle()
    assert world.call("POST", "/v1/me/extracts", json={}).status_code == 201
