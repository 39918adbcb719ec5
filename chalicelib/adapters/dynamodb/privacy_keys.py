"""The keys of demands to be forgotten, of exports of one's own data, and of what is left of what was destroyed."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import FILE_PREFIX, Key, person

ERASURE_PREFIX = "ERASURE#"
EXPORT_PREFIX = "EXPORT#"
RETENTION = "retention"
"""Under what name the index of due dates knows what is kept too long."""


def erasure_request(person_id: str, request_id: str) -> Key:
    """A demand to destroy one's data, in the person's folder."""
    return Key(person(person_id).partition, f"{ERASURE_PREFIX}{request_id}")


def data_export(person_id: str, export_id: str) -> Key:
    """An export of one's own data, in the person's folder."""
    return Key(person(person_id).partition, f"{EXPORT_PREFIX}{export_id}")


def erased(person_id: str, name: str) -> Key:
    """What is left of a destroyed thing, in the person's folder."""
    return Key(person(person_id).partition, f"{FILE_PREFIX}ERASED#{name}")
