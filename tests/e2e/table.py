"""The table of the running service, read back for the invariants that hold whatever broke."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.e2e.people import until
from tests.faults.invariants import Facts, check


class Table:
    """Shows the table as the checks of invariants want it."""

    waiting = handled = ()
    hooks = None

    def __init__(self, client, name):
        self._client, self._name = client, name
        self.at = datetime.now(tz=UTC)

    def items(self, kind=""):
        pages = self._client.get_paginator("scan").paginate(TableName=self._name, ConsistentRead=True)
        rows = [
            {name: next(iter(value.values())) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]
        return [row for row in rows if not kind or row.get("type") == kind]


def assert_all_is_consistent(aws, stack):
    """Wait until the outbox is empty; then nothing may be torn, lost or doubled."""
    table = Table(aws("dynamodb"), stack.environment["TABLE_NAME"])
    until("an empty outbox", lambda: not table.items("OutboxEntry"))
    check(Facts(table))
