"""The time-outs of the registers fit into that of the Lambda that asks them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.adapters.registers import RetryPolicy
from chalicelib.domain.matrix import MATRIX, represented
from chalicelib.domain.representation import Relation

ROOT = Path(__file__).parents[2]
STAGES = json.loads((ROOT / ".chalice/config.json").read_text(encoding="utf-8"))["stages"]
TABLE_AND_QUEUE_SECONDS = 5


@pytest.mark.parametrize("stage", STAGES)
def test_all_registers_may_hang_and_the_verification_still_ends(stage: str) -> None:
    time_out = STAGES[stage]["lambda_functions"]["verification"]["lambda_timeout"]
    asked = max(len(represented(row, relation=relation).checks) for row in MATRIX for relation in Relation)
    assert asked * RetryPolicy().total_seconds + TABLE_AND_QUEUE_SECONDS <= time_out
