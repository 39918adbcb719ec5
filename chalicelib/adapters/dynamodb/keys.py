"""The keys of items; those of indexes, corrections and registries are in modules of their own, no others spell one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.records import STATUS_LIST_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTITION = "PK"
SORT = "SK"

FILE_PREFIX = "STATE#"
ACTIVITY_PREFIX = "ACTIVITY#"
MESSAGE_PREFIX = "MESSAGE#"
APPLICATION_PREFIX = "APPLICATION#"
PAPER_PREFIX = "PAPER#"


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


def person_of(partition: str) -> str:
    """The id of the person whose folder a partition is."""
    return partition.removeprefix("PERSON#")


def policy(person_id: str, policy_id: str) -> Key:
    """A policy in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}POLICY#{policy_id}")


def certificate(person_id: str, application_id: str) -> Key:
    """A temporary certificate in the person's folder: one per application."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}CERTIFICATE#{application_id}")


def representation(representative_id: str, person_id: str) -> Key:
    """The right to act for another person, in the folder of who acts."""
    return Key(f"PERSON#{representative_id}", f"{FILE_PREFIX}REPRESENTED#{person_id}")


def civil_record(record_id: str) -> Key:
    """A birth record of the civil registry, in its folder."""
    return Key(f"CIVIL#{record_id}", "RECORD")


def civil_version(record_id: str, version: int) -> Key:
    """A version of a birth record as it came."""
    return Key(f"CIVIL#{record_id}", f"VERSION#{version:06d}")


def legacy_policy(person_id: str, registration_id: str) -> Key:
    """The registration of a policy of an earlier sample, in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}LEGACY#{registration_id}")


def views(person_id: str) -> Key:
    """The chain of views of a person's data."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}VIEWS")


def document(person_id: str, document_id: str) -> Key:
    """A generated document in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}DOCUMENT#{document_id}")


def paper(person_id: str, delivery_id: str) -> Key:
    """The delivery of an extract on paper to a person."""
    return Key(f"PERSON#{person_id}", f"{PAPER_PREFIX}{delivery_id}")


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


CARD_PREFIX = "CARD"


def card(kind: str, value_hash: str, shared_by: str = "") -> Key:
    """The validity card of a number; one that several people may share has an item for each."""
    return Key(f"LOOKUP#{kind}#{value_hash}", f"{CARD_PREFIX}#{shared_by}" if shared_by else CARD_PREFIX)


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


def turn(name: str, folder: str) -> Key:
    """Who added to a bounded folder last."""
    return Key(f"TURN#{name}#{folder}", "TURN")


def spent(token: str) -> Key:
    """What may be used once and was."""
    return Key(f"SPENT#{token}", "SPENT")


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


def start(key: Key) -> str:
    """Where a page begins that follows an item."""
    return json.dumps(key.item(), sort_keys=True)


def of_item(item: Mapping[str, Mapping[str, str]]) -> Key:
    """The key of a stored item."""
    return Key(item[PARTITION]["S"], item[SORT]["S"])
