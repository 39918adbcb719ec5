"""The keys of appeals, and of the indexes by which they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import index_keys, keys

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.keys import Key
    from chalicelib.domain.appeal_summary import AppealSummary

SCAN_PREFIX = "SCAN#"


def appeal(appeal_id: str) -> Key:
    """An appeal, in a folder like an application's: its documents lie beside it."""
    return keys.Key(keys.application(appeal_id).partition, "APPEAL")


def appealed_refusal(name: str) -> Key:
    """The place of the one appeal against a refusal."""
    return keys.Key(f"APPEALED#{name}", "APPEALED")


def appeal_number(number_hash: str) -> Key:
    """The place of a number that was given out."""
    return keys.Key(f"APPEAL_NUMBER#{number_hash}", "NUMBER")


def appeals_partition(account_id: str) -> str:
    """The index partition of the appeals that one account made."""
    return f"APPEALS#{account_id}"


def appeals_index(account_id: str, appeal_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which one's own appeals are listed."""
    return {"gsi1pk": {"S": appeals_partition(account_id)}, "gsi1sk": {"S": appeal_id}}


def open_appeals_partition(scope: str, code: str) -> str:
    """The index partition of the appeals that operators of a scope have to decide."""
    return f"APPEALS_OPEN#{scope}#{code}"


def filed_appeals_partition(scope: str, code: str, month: str) -> str:
    """The index partition of the other appeals of a scope that were filed in a month."""
    return f"APPEALS_FILED#{scope}#{code}#{month}"


def appeal_cases_index(summary: AppealSummary) -> dict[str, dict[str, str]]:
    """Whose work an appeal is: in the list of whoever has to decide it, else among those filed in its month."""
    found: dict[str, dict[str, str]] = {}
    for scope in summary.scopes:
        kind, code = scope.kind.value, scope.code
        if summary.is_work_of(scope.kind):
            partition, day = open_appeals_partition(kind, code), summary.due_on
        else:
            partition, day = filed_appeals_partition(kind, code, f"{summary.filed_on:%Y-%m}"), summary.filed_on
        index = index_keys.CASE_INDEXES[scope.kind]
        found |= index_keys.case_index(index, partition, index_keys.case_sort(day, summary.appeal_id))
    return found
