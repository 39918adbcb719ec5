"""Each function may query the indexes that its use cases list by, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROLES = {path.stem.removeprefix("iam-"): path for path in (Path(__file__).parents[2] / ".chalice").glob("iam-*.json")}
GRANTED = {
    # applications of a person, insurers, birth records that need an operator; cases by insurer and by region
    "api": {"gsi1", "gsi3", "gsi4"},
    "exchange": {"gsi1"},  # all insurers; who is insured by one that leaves
    "expire-certificates": {"gsi2"},
    "employer-lists": {"gsi1"},  # the names of insurers
    "issuance": {"gsi1"},  # applications about a child whose birth record is annulled
    "run-messages": {"gsi1", "gsi2"},  # webhooks that have stopped; what is due
    "run-retention": {"gsi1", "gsi2"},  # what is kept too long; what leads to a person
    "run-due": {"gsi1", "gsi2"},  # what is due; applications of who may not act any more
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_reaches_the_indexes_that_it_needs(role: str) -> None:
    statements = json.loads(ROLES[role].read_text(encoding="utf-8"))["Statement"]
    queried = {
        resource["Fn::Sub"].rpartition("/")[2]
        for statement in statements
        if "dynamodb:Query" in statement["Action"] and isinstance(statement["Resource"], list)
        for resource in statement["Resource"]
        if "/index/" in resource.get("Fn::Sub", "")
    }

    assert queried == GRANTED.get(role, set())
