"""The keys of corrections, of what was known before them, and the index of what leads to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.keys import Key

if TYPE_CHECKING:
    from datetime import datetime

VERSION_PREFIX = "VERSION#"


def policy_version(person_id: str, policy_id: str, known_at: datetime, version: int) -> Key:
    """What was known of a policy from a moment on, in the person's folder."""
    return _proof_version(person_id, f"POLICY#{policy_id}", known_at, version)


def certificate_version(person_id: str, application_id: str, known_at: datetime, version: int) -> Key:
    """What was known of a temporary certificate from a moment on, in the person's folder."""
    return _proof_version(person_id, f"CERTIFICATE#{application_id}", known_at, version)


def _proof_version(person_id: str, proof: str, known_at: datetime, version: int) -> Key:
    moment = known_at.isoformat(timespec="microseconds")
    return Key(f"PERSON#{person_id}", f"{VERSION_PREFIX}{proof}#{moment}#{version:06d}")


def correction(correction_id: str) -> Key:
    """A correction, in its folder."""
    return Key(f"CORRECTION#{correction_id}", "CORRECTION")


def correction_changes(correction_id: str) -> Key:
    """What a correction changed, in its folder."""
    return Key(f"CORRECTION#{correction_id}", "CHANGES")


def correction_partition(scope: str, state: str) -> str:
    """The index partition of the corrections of a scope that are in one state."""
    return f"CORRECTIONS#{scope}#{state}"


def correction_index(scope: str, state: str, correction_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which the corrections of a scope are listed."""
    return {"gsi1pk": {"S": correction_partition(scope, state)}, "gsi1sk": {"S": correction_id}}


def pointers_partition(person_id: str) -> str:
    """The index partition of everything that leads to a person."""
    return f"POINTERS#{person_id}"


def pointers_index(person_id: str, kind: str, value_hash: str) -> dict[str, dict[str, str]]:
    """Index keys by which the identifiers that lead to a person are listed."""
    return {"gsi1pk": {"S": pointers_partition(person_id)}, "gsi1sk": {"S": f"{kind}#{value_hash}"}}
