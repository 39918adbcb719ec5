"""Every key of the table; no other module spells one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.records import STATUS_LIST_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

PARTITION = "PK"
SORT = "SK"
OWNER_INDEX = "gsi1"
DUE_INDEX = "gsi2"
DUE_SORT = "gsi2sk"
INSURER_INDEX = "gsi3"
REGION_INDEX = "gsi4"

DUE_SHARDS = 4
"""Over how many partitions what falls due is spread."""

CASE_SHARDS = 4
"""Over how many partitions the applications of an insurer, or of a region, are spread."""

FIRST = "0"
LAST = "~"
"""Sort before and after every day."""

FILE_PREFIX = "STATE#"
ACTIVITY_PREFIX = "ACTIVITY#"
MESSAGE_PREFIX = "MESSAGE#"
APPLICATION_PREFIX = "APPLICATION#"


class Key(NamedTuple):
    """Partition and sort key of an item."""

    partition: str
    sort: str

    def item(self) -> dict[str, dict[str, str]]:
        """The key in DynamoDB's notation."""
        return {PARTITION: {"S": self.partition}, SORT: {"S": self.sort}}


def application(application_id: str) -> Key:
    """The application itself, in its folder."""
    return Key(f"APPLICATION#{application_id}", "APPLICATION")


def scan(application_id: str, scan_id: str) -> Key:
    """A scan in an application's folder."""
    return Key(f"APPLICATION#{application_id}", f"SCAN#{scan_id}")


def application_challenge(application_id: str) -> Key:
    """The signing challenge of an application."""
    return Key(f"APPLICATION#{application_id}", "CHALLENGE")


def challenge(challenge_id: str) -> Key:
    """A challenge that is not an application's, such as a contact's."""
    return Key(f"CHALLENGE#{challenge_id}", "CHALLENGE")


def person(person_id: str) -> Key:
    """A person's profile."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}PERSON")


def policy(person_id: str, policy_id: str) -> Key:
    """A policy in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}POLICY#{policy_id}")


def certificate(person_id: str, application_id: str) -> Key:
    """A temporary certificate in the person's folder: one per application."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}CERTIFICATE#{application_id}")


def representation(representative_id: str, person_id: str) -> Key:
    """The right to act for another person, in the folder of who acts."""
    return Key(f"PERSON#{representative_id}", f"{FILE_PREFIX}REPRESENTED#{person_id}")


def views(person_id: str) -> Key:
    """The chain of views of a person's data."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}VIEWS")


def document(person_id: str, document_id: str) -> Key:
    """A generated document in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}DOCUMENT#{document_id}")


def activity(person_id: str, entry_id: str) -> Key:
    """An entry of a person's journal of actions."""
    return Key(f"PERSON#{person_id}", f"{ACTIVITY_PREFIX}{entry_id}")


def message(person_id: str, message_id: str) -> Key:
    """A cabinet message."""
    return Key(f"PERSON#{person_id}", f"{MESSAGE_PREFIX}{message_id}")


def live_marker(person_id: str, kind: str) -> Key:
    """The place of the one live application of a kind."""
    return Key(f"PERSON#{person_id}", f"LIVE#{kind}")


def active_policy(person_id: str) -> Key:
    """The place of the one active policy."""
    return Key(f"PERSON#{person_id}", "ACTIVE#POLICY")


POINTER_PREFIX = "POINTER"


def pointer(kind: str, value_hash: str, shared_by: str = "") -> Key:
    """Where an identifier leads; one that several people may share has an item for each."""
    return Key(f"LOOKUP#{kind}#{value_hash}", f"{POINTER_PREFIX}#{shared_by}" if shared_by else POINTER_PREFIX)


def card(kind: str, value_hash: str) -> Key:
    """The validity card of a policy's or certificate's number."""
    return Key(f"LOOKUP#{kind}#{value_hash}", "CARD")


def idempotency(account_id: str, key_hash: str) -> Key:
    """What a client's Idempotency-Key created."""
    return Key(f"IDEMPOTENCY#{account_id}#{key_hash}", "IDEMPOTENCY")


def insurer(code: str) -> Key:
    """An insurer of the registry."""
    return Key(f"INSURER#{code}", "INSURER")


def outbox(shard: int, entry_id: str) -> Key:
    """A message that waits to leave."""
    return Key(f"OUTBOX#{shard}", entry_id)


def counter(name: str) -> Key:
    """A counter."""
    return Key(f"COUNTER#{name}", "COUNTER")


def rate(name: str, subject: str, window: int) -> Key:
    """The uses of a limit within one window."""
    return Key(f"RATE#{name}#{subject}#{window}", "RATE")


def lookup_record(record_id: str) -> Key:
    """The record of one public lookup; ids begin with their time, so those of a quarter of an hour lie together."""
    return Key(f"LOOKUPS#{record_id[:6]}", record_id)


def revocation(status_index: int) -> Key:
    """An entry of a status list."""
    number, offset = divmod(status_index, STATUS_LIST_SIZE)
    return Key(f"STATUS#{number}", f"{offset:06d}")


def status_list(number: int) -> str:
    """The partition of a status list."""
    return f"STATUS#{number}"


def delivery(key: str) -> Key:
    """The claim of one delivery by one channel."""
    return Key(f"DELIVERY#{key}", "DELIVERY")


def start(key: Key) -> str:
    """Where a page begins that follows an item."""
    return json.dumps(key.item(), sort_keys=True)


def owner_partition(person_id: str) -> str:
    """The index partition of a person's applications."""
    return f"PERSON#{person_id}"


def owner_start(person_id: str, application_id: str) -> str:
    """Where a page of a person's applications begins that follows one of them."""
    key = {**application(application_id).item(), **owner_index(person_id, application_id)}
    return json.dumps(key, sort_keys=True)


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


def of_item(item: Mapping[str, Mapping[str, str]]) -> Key:
    """The key of a stored item."""
    return Key(item[PARTITION]["S"], item[SORT]["S"])
