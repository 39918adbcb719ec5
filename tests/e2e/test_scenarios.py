"""The scenarios of the demonstration on the whole service; those that fire the schedules of a far day are not here."""

from __future__ import annotations

import pytest

from infra.local.scenarios.catalogue import SCENARIOS
from infra.local.scenarios.stage import Stage

NAMES = [
    "child",
    "worker",
    "attorney",
    "loss",
    "suspension",
    "refusal",
    "moving",
    "newborn",
    "correction",
    "bounces",
    "appeal",
    "support",
    "privacy",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_comes_to_its_end(name, journey, stack):
    before = len(journey.steps)
    SCENARIOS[name](Stage(journey=journey, pump=stack.urls["pump"]))

    assert len(journey.steps) > before
