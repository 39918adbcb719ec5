"""Operators who correct with four eyes, over HTTP, and the state of everything kept about a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models import dynamodb_backends

from infra.local.persons import PERSONS
from tests.world import ACCOUNT, REGION

if TYPE_CHECKING:
    import httpx

    from tests.world import World

FUND, SECOND_FUND = "fund", "second_fund"
OPERATOR, SECOND_OPERATOR = "operator", "second_operator"
CORRECTIONS = "/v1/operator/corrections"
REASON = "Ошибка при вводе, подтверждена копией документа"

HISTORY = ("ACTIVITY#", "VERSION#", "MESSAGE#", "STATE#VIEWS")
"""The journal, the versions and the messages: they only grow."""

TECHNICAL = {"version", "chain", "awaited_message"}


def person_id(world: World, person: str = "citizen") -> str:
    """The id under which a person's account is kept."""
    from chalicelib.http.tokens import account_id_of

    subject = next(found.subject for found in PERSONS if found.key == person)
    return account_id_of(issuer=world.issuer, subject=subject)


def asked(
    world: World, kind: str, about: str, *, by: str = FUND, reason: str = REASON, **values: str
) -> httpx.Response:
    """Propose a correction; the answer may be a refusal."""
    body = {"kind": kind, "person_id": about, "reason": reason, "values": values}
    return world.call("POST", CORRECTIONS, person=by, json=body)


def proposed(world: World, kind: str, about: str, *, by: str = FUND, **values: str) -> dict[str, Any]:
    """Propose a correction that must be possible."""
    answer = asked(world, kind, about, by=by, **values)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def decided(world: World, correction_id: str, *, by: str = SECOND_FUND) -> httpx.Response:
    """Approve a proposal; the answer may be a refusal."""
    return world.call("POST", f"{CORRECTIONS}/{correction_id}/approval", person=by)


def approved(world: World, correction_id: str, *, by: str = SECOND_FUND) -> dict[str, Any]:
    """Approve a proposal that must be carried out."""
    answer = decided(world, correction_id, by=by)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "carried_out"
    return dict(answer.json())


def corrected(world: World, kind: str, about: str, **values: str) -> dict[str, Any]:
    """Propose and approve a correction."""
    return approved(world, proposed(world, kind, about, **values)["id"])


def reversed_(world: World, correction_id: str) -> dict[str, Any]:
    """Undo a correction, with four eyes again."""
    path = f"{CORRECTIONS}/{correction_id}/reversal"
    answer = world.call("POST", path, person=SECOND_FUND, json={"reason": "Исправление оказалось ошибочным"})
    assert answer.status_code == 201, answer.text
    return approved(world, answer.json()["id"], by=FUND)


def rows() -> list[dict[str, Any]]:
    """Everything that the table holds, as plain values."""
    table = dynamodb_backends[ACCOUNT][REGION].tables["polis"]
    return [
        {name: next(iter(value.to_regular_json().values())) for name, value in item.attrs.items()}
        for by_sort in table.items.values()
        for item in by_sort.values()
    ]


def state() -> dict[tuple[str, str], Any]:
    """What is true of everybody and everything: the table without what only grows, and without versions."""
    kept = {}
    for row in rows():
        key = (row["PK"], row["SK"])
        if _is_history(*key):
            continue
        kept[key] = _plain(row)
    return kept


def _is_history(partition: str, sort: str) -> bool:
    beside = ("OUTBOX#", "CORRECTION#", "COUNTER#", "STATUS#", "DELIVERY#", "IDEMPOTENCY#", "RATE#", "LOOKUPS#")
    return sort.startswith(HISTORY) or partition.startswith(beside)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the numbers that only move on; the texts inside are read."""
    plain = {name: value for name, value in row.items() if name not in {"version"}}
    data = json.loads(plain["data"])
    plain["data"] = {name: value for name, value in data.items() if name not in TECHNICAL}
    return plain


def statuses() -> dict[str, str]:
    """What the lists of revoked codes say, by place."""
    return {row["SK"]: json.loads(row["data"])["status"] for row in rows() if row["PK"].startswith("STATUS#")}
