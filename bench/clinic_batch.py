"""A clinic's batch of 1,000 lookups on the durable local cloud: how long it takes, in how many calls (G3)."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.expiry import AT, JOURNAL, LocalContainer
from bench.figures import Figure
from chalicelib.adapters.dynamodb import items
from chalicelib.domain.person import Person
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.records import Pointer
from chalicelib.use_cases.check_many import RowStatus, check_many
from chalicelib.use_cases.clinic_key import ClinicQuestion, NameKey
from chalicelib.use_cases.identity import name_value
from infra.local.person_numbers import policy_number_of, snils_of
from infra.local.stack_settings import table_request
from tests.concurrency.conftest import CloudProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ports.toolbox import Secrets

PEOPLE = 1_000
SECONDS = 10.0
CALLS = PEOPLE + PEOPLE // 4 + 10 + 20 + 10
"""A folder each, a query for each name (a quarter of the questions), batches of keys and journals, and some names."""

TABLE, BORN_ON = "polis-desk", "1990-05-14"
REGISTRAR = Principal(
    subject="registrar",
    account_id="registrar",
    roles=frozenset({Role.CLINIC_REGISTRAR}),
    assurance=Assurance.CONFIRMED,
    clinic="770001",
)


def figures() -> list[Figure]:
    """Ask for 1,000 people twice: whom nobody has looked at yet, and the same again."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = CloudProcess(Path(folder))
        cloud.start()
        try:
            secret = cloud.client("secretsmanager").create_secret(Name="lookup", SecretString="x" * 64)["ARN"]
            tools = LocalContainer(cloud=cloud, table=TABLE, secret=secret, hint=lambda _: None)
            _fill(cloud, tools.secrets)
            cloud.kill()
            cloud.start()
            return [*_asked(tools, "first seen"), *_asked(tools, "seen before")]
        finally:
            cloud.kill()


def _asked(tools: Any, title: str) -> list[Figure]:
    calls: Counter[str] = Counter()
    events = tools.client("dynamodb").meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.update([model.name]), unique_id=title)
    began = time.monotonic()
    found = check_many(tools=tools, principal=REGISTRAR, questions=_questions(), at=AT)
    seconds = time.monotonic() - began
    events.unregister("before-call.dynamodb", unique_id=title)
    statuses = Counter(row.status for row in found)
    if statuses != {RowStatus.INSURED: PEOPLE}:
        raise AssertionError(statuses)
    detail = ", ".join(f"{count} {name}" for name, count in sorted(calls.items()))
    name = f"batch of {PEOPLE:,} lookups, people {title}"
    return [
        Figure(group="desk", name=name, value=round(seconds, 2), limit=SECONDS, unit="s", detail=detail),
        Figure(group="desk", name=f"{name}: AWS calls", value=calls.total(), limit=CALLS),
    ]


def _questions() -> list[ClinicQuestion]:
    return [_question(number) for number in range(PEOPLE)]


def _question(number: int) -> ClinicQuestion:
    if number % 4 == 0:
        name = NameKey(family_name=_family_name(number), given_name="Пример", born_on=AT.date().replace(1990, 5, 14))
        return ClinicQuestion(on=AT.date(), person=name)
    if number % 4 == 1:
        return ClinicQuestion(on=AT.date(), snils=snils_of(number))
    return ClinicQuestion(on=AT.date(), policy_number=_policy_number(number))


def _family_name(number: int) -> str:
    return "Пример" + "".join("абвгдежзик"[int(digit)] for digit in str(number))


def _policy_number(number: int) -> str:
    return policy_number_of(region="77", born_on=BORN_ON, sex="male", serial=number)


def _fill(cloud: CloudProcess, secrets: Secrets) -> None:
    """Write the people straight into the journal of the local cloud: calls would take minutes."""
    table = cloud.client("dynamodb").create_table(**table_request(TABLE))["TableDescription"]
    journal = sqlite3.connect(cloud.folder / JOURNAL)
    rows = [items.to_item(entity) for number in range(PEOPLE) for entity in _entities(number, secrets)]
    with journal:
        journal.executemany(
            "INSERT INTO entry VALUES ('item', ?, ?, ?)",
            [(table["TableId"], json.dumps([row["PK"]["S"], row["SK"]["S"]]), json.dumps(row)) for row in rows],
        )
    journal.close()


def _entities(number: int, secrets: Secrets) -> Iterator[object]:
    who, policy_number, snils = f"person{number:020d}", _policy_number(number), snils_of(number)
    names = {"family_name": _family_name(number), "given_name": "Пример", "middle_name": ""}
    yield Person(person_id=who, account_id=who, born_on=BORN_ON, sex="male", snils=snils, **names)
    yield Policy(
        policy_id=f"policy{number:020d}",
        person_id=who,
        policy_number=policy_number,
        state=PolicyState.ACTIVE,
        issued_on=AT.date(),
        issued_at=AT,
        valid_from=AT.date(),
        periods=(InsurerPeriod(insurer_code="77012", insured_from=AT.date()),),
        status_index=number,
    )
    values = {
        "policy_number": policy_number,
        "snils": snils.replace("-", "").replace(" ", ""),
        "person": name_value(born_on=BORN_ON, **names),
    }
    for kind, value in values.items():
        value_hash = secrets.lookup_hash(kind=kind, value=value)
        yield Pointer(kind=kind, value_hash=value_hash, target=who, person_id=who, shared=kind == "person")
