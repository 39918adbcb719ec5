"""The keys of the exchange with the fund: what it has to be told of policies, files to it and its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.keys import Key

if TYPE_CHECKING:
    from datetime import date, datetime

CHANGE_PREFIX = "CHANGE#"
FILE_PREFIX = "FILE#"
PAGE_PREFIX = "PAGE#"


def changes_of(policy_id: str) -> str:
    """The partition of all that the fund has to be told of a policy."""
    return f"FUNDCHANGES#{policy_id}"


def fund_change(policy_id: str, policy_version: int) -> Key:
    """What the fund has to be told of a version of a policy, in the folder of the policy's records."""
    return Key(changes_of(policy_id), f"{CHANGE_PREFIX}{policy_version:06d}")


def changes_partition(insurer_code: str, state: str) -> str:
    """The index partition of the records of an insurer that are in one state."""
    return f"FUNDCHANGES#{insurer_code}#{state}"


def change_place(due_at: datetime, policy_id: str, policy_version: int) -> str:
    """The place of a record among those of its insurer: when it may be told."""
    return f"{due_at.isoformat(timespec='microseconds')}#{policy_id}#{policy_version:06d}"


def changes_until(at: datetime) -> str:
    """Sorts behind every record that may be told at a moment."""
    return f"{at.isoformat(timespec='microseconds')}~"


def changes_index(insurer_code: str, state: str, place: str) -> dict[str, dict[str, str]]:
    """Index keys by which the records of an insurer are found, what may be told first first."""
    return {"gsi1pk": {"S": changes_partition(insurer_code, state)}, "gsi1sk": {"S": place}}


def change_of_place(place: str) -> Key:
    """The key of the record at a place."""
    _, policy_id, policy_version = place.split("#")
    return fund_change(policy_id, int(policy_version))


def change_file(insurer_code: str, year: int, month: int, number: int) -> Key:
    """A change file, in the folder of its insurer: the last number sorts last."""
    return Key(f"FUNDFILES#{insurer_code}", f"{FILE_PREFIX}{year:04d}-{month:02d}#{number:04d}")


def change_file_page(insurer_code: str, file: str, page: int) -> Key:
    """A page of a change file, in the file's folder."""
    return Key(f"FUNDFILE#{insurer_code}#{file}", f"{PAGE_PREFIX}{page:06d}")


def fund_answer(answer_id: str) -> Key:
    """A file of the fund that is taken in, in its folder."""
    return Key(f"FUNDANSWER#{answer_id}", "ANSWER")


def answer_page(answer_id: str, page: int) -> Key:
    """A page of the report on a file of the fund."""
    return Key(f"FUNDANSWER#{answer_id}", f"{PAGE_PREFIX}{page:06d}")


def answers_partition(insurer_code: str) -> str:
    """The index partition of the fund's files for an insurer."""
    return f"FUNDANSWERS#{insurer_code}"


def answers_index(insurer_code: str, answer_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which the fund's files for an insurer are listed, newest first."""
    return {"gsi1pk": {"S": answers_partition(insurer_code)}, "gsi1sk": {"S": answer_id}}


def taken_file(insurer_code: str, name: str) -> Key:
    """The marker of a file of the fund that is taken in: its name is used once."""
    return Key(f"FUNDTAKEN#{insurer_code}", f"TAKEN#{name}")


def exchange_round(on: date) -> Key:
    """The marker of a day on which the change files of all insurers were begun."""
    return Key("FUNDROUNDS", f"ROUND#{on.isoformat()}")
