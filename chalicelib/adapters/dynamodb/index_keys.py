"""Every key of an index: what is listed by whose it is, by who works on it and by when it falls due."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.keys import APPLICATION_PREFIX, Key, paper
from chalicelib.domain.case_summary import ScopeKind, scopes_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.domain.case_summary import CaseSummary

OWNER_INDEX = "gsi1"
DUE_INDEX = "gsi2"
DUE_SORT = "gsi2sk"
INSURER_INDEX = "gsi3"
REGION_INDEX = "gsi4"
CASE_INDEXES = {ScopeKind.INSURER: INSURER_INDEX, ScopeKind.REGION: REGION_INDEX}

DUE_SHARDS = 4
"""Over how many partitions what falls due is spread."""

CASE_SHARDS = 4
"""Over how many partitions the applications of an insurer, or of a region, are spread."""

FIRST = "0"
LAST = "~"
"""Sort before and after every day."""


def index_start(key: Key, index: Mapping[str, Mapping[str, str]]) -> str:
    """Where a page of an index begins that follows an item."""
    return json.dumps({**key.item(), **index}, sort_keys=True)


def owner_partition(person_id: str) -> str:
    """The index partition of a person's applications."""
    return f"PERSON#{person_id}"


def owner_index(person_id: str, application_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which a person's applications are listed."""
    return {
        "gsi1pk": {"S": owner_partition(person_id)},
        "gsi1sk": {"S": f"{APPLICATION_PREFIX}{application_id}"},
    }


REGISTRY_PARTITION = "INSURERS"


def region_index(region: str, code: str) -> dict[str, dict[str, str]]:
    """Index keys by which a region's insurers are listed."""
    return {"gsi1pk": {"S": REGISTRY_PARTITION}, "gsi1sk": {"S": f"{region}#{code}"}}


def papers_partition(insurer_code: str, state: str) -> str:
    """The index partition of an insurer's deliveries in one state."""
    return f"PAPERS#{insurer_code}#{state}"


def papers_index(insurer_code: str, state: str, due_on: str, delivery_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which an insurer's deliveries are listed, what is due first first."""
    return {"gsi1pk": {"S": papers_partition(insurer_code, state)}, "gsi1sk": {"S": f"{due_on}#{delivery_id}"}}


def papers_start(person_id: str, index: dict[str, dict[str, str]]) -> str:
    """Where a page of an insurer's deliveries begins that follows one of them."""
    return index_start(paper(person_id, index["gsi1sk"]["S"].split("#")[1]), index)


def birth_partition(region: str) -> str:
    """The index partition of a region's birth records that need an operator."""
    return f"CASES#{region}"


def birth_index(region: str, record_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which an operator finds birth records, oldest first."""
    return {"gsi1pk": {"S": birth_partition(region)}, "gsi1sk": {"S": record_id}}


def due_partition(kind: str, shard: int) -> str:
    """One shard of what falls due."""
    return f"DUE#{kind}#{shard}"


def due_shard(entity_id: str) -> int:
    """The shard of an entity."""
    return sum(entity_id.encode()) % DUE_SHARDS


def due_index(kind: str, entity_id: str, at: datetime) -> dict[str, dict[str, str]]:
    """Index keys by which what is due is found, earliest first."""
    return {
        "gsi2pk": {"S": due_partition(kind, due_shard(entity_id))},
        "gsi2sk": {"S": f"{at.isoformat(timespec='seconds')}#{entity_id}"},
    }


def case_shard(application_id: str) -> int:
    """The shard of an application among those of its insurer and of its region."""
    return sum(application_id.encode()) % CASE_SHARDS


def queue_partition(scope: str, code: str, shard: int) -> str:
    """One shard of the cases that wait for an operator or are late."""
    return f"QUEUE#{scope}#{code}#{shard}"


def filed_partition(scope: str, code: str, month: str, shard: int) -> str:
    """One shard of the other applications that were filed in a month."""
    return f"FILED#{scope}#{code}#{month}#{shard}"


def case_sort(day: date, application_id: str) -> str:
    """The place of an application: in the queue by its due date, else by the day on which it was filed."""
    return f"{day.isoformat()}#{application_id}"


def case_after(day: date, application_id: str) -> str:
    """What sorts right behind an application."""
    return f"{case_sort(day, application_id)}!"


def case_index(index: str, partition: str, sort: str) -> dict[str, dict[str, str]]:
    """Index keys by which operators of an insurer or a region find an application."""
    return {f"{index}pk": {"S": partition}, f"{index}sk": {"S": sort}}


def case_keys(summary: CaseSummary) -> dict[str, dict[str, str]]:
    """Whose work an application is: in the queue while it needs a person, else among those filed in its month."""
    found: dict[str, dict[str, str]] = {}
    shard = case_shard(summary.application_id)
    month = f"{summary.submitted_on:%Y-%m}"
    for scope in scopes_of(summary):
        kind, code = scope.kind.value, scope.code
        if summary.waits is not None:
            partition, day = queue_partition(kind, code, shard), summary.due_on
        else:
            partition, day = filed_partition(kind, code, month, shard), summary.submitted_on
        found |= case_index(CASE_INDEXES[scope.kind], partition, case_sort(day, summary.application_id))
    return found


JOURNAL_SHARDS = 4
"""Over how many partitions the entries of a day are spread."""


def journal_partition(day: date, shard: int) -> str:
    """One shard of everybody's journal entries of a day (UTC)."""
    return f"JOURNAL#{day.isoformat()}#{shard}"


def journal_index(entry_id: str, at: datetime) -> dict[str, dict[str, str]]:
    """Index keys by which everybody's journal entries of a day are found, oldest first."""
    shard = sum(entry_id.encode()) % JOURNAL_SHARDS
    return {
        "gsi1pk": {"S": journal_partition(at.astimezone(UTC).date(), shard)},
        "gsi1sk": {"S": entry_id},
    }
