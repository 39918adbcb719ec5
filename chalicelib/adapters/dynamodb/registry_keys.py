"""The keys around the insurers' registry: imports, departures, offices, ratings, and who is insured by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.keys import Key

if TYPE_CHECKING:
    from datetime import date

REPORT_PREFIX = "REPORT#"
IMPORTS_PARTITION = "IMPORTS"
INSURED_SHARDS = 4
"""Over how many partitions the policies of an insurer are spread."""


def registry_import(import_id: str) -> Key:
    """An import of the registry, in its folder."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


def import_report(import_id: str, page: int) -> Key:
    """A page of an import's report."""
    return Key(f"IMPORT#{import_id}", f"{REPORT_PREFIX}{page:06d}")


def imports_index(import_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which imports are listed, newest first."""
    return {"gsi1pk": {"S": IMPORTS_PARTITION}, "gsi1sk": {"S": import_id}}


def departure(insurer_code: str, leaves_on: date) -> Key:
    """The departure of an insurer, in its folder."""
    return Key(f"INSURER#{insurer_code}", f"DEPARTURE#{leaves_on.isoformat()}")


def insured_shard(told_id: str) -> int:
    """The shard of a policy among those of an insurer: all that one person is told of lie together."""
    return sum(told_id.encode()) % INSURED_SHARDS


def insured_partition(insurer_code: str, shard: int) -> str:
    """One shard of the standing policies by which an insurer insures, or is going to."""
    return f"INSURED#{insurer_code}#{shard}"


def insured_index(insurer_code: str, place: str) -> dict[str, dict[str, str]]:
    """Index keys by which the policies of an insurer are found."""
    return {
        "gsi1pk": {"S": insured_partition(insurer_code, insured_shard(place.partition("#")[0]))},
        "gsi1sk": {"S": place},
    }


def insured_place(told_id: str, person_id: str, policy_id: str) -> str:
    """The place of a policy among those of its insurer: by whom messages about it reach."""
    return f"{told_id}#{person_id}#{policy_id}"


RATING_PREFIX = "RATING#"


def rating(insurer_code: str, year: int) -> Key:
    """The ratings of an insurer for a year, in its folder."""
    return Key(f"INSURER#{insurer_code}", f"{RATING_PREFIX}{year:04d}")


def ratings_partition(year: int) -> str:
    """The index partition of the ratings of a year."""
    return f"RATINGS#{year:04d}"


def ratings_index(year: int, region: str, insurer_code: str) -> dict[str, dict[str, str]]:
    """Index keys by which the ratings of a year are listed by region."""
    return {"gsi1pk": {"S": ratings_partition(year)}, "gsi1sk": {"S": f"{region}#{insurer_code}"}}


def offices(insurer_code: str) -> Key:
    """The issue points of an insurer, in its folder."""
    return Key(f"INSURER#{insurer_code}", "OFFICES")
