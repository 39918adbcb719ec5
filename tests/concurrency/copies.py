"""Many copies of one request at once over the local cloud, and the same one after another over the table in memory.

A request is prepared in memory; its table is copied into the local cloud, where the copies arrive together; then the
table comes back, everything that waits is handled, and what is left is compared.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from chalicelib import bootstrap
from chalicelib.adapters import aws
from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions
from infra.local.stack import REGION
from infra.local.stack_settings import table_request
from tests.cloud import memory_table
from tests.concurrency.step import Step
from tests.faults.invariants import Facts, check
from tests.world import TestContainer, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


WRITTEN_AT_ONCE = 25
RELAYED_AFTER = 61
COUNTED = ("RATE#", "COUNTER#", "TURN#")
"""Tries are counted, and numbers taken, whether they had an effect or not."""

_numbers = itertools.count()


class Everything:
    """The table, as the checks of invariants want it."""

    waiting = handled = ()
    hooks = None

    def __init__(self, world: World) -> None:
        self.at = world.tools.at

    def items(self, kind: str = "") -> list[dict[str, Any]]:
        """All rows, or those of a type."""
        rows = [
            {name: next(iter(value.values())) for name, value in item.items()} for item in memory_table().items.values()
        ]
        return [row for row in rows if not kind or row.get("type") == kind]


@dataclass(kw_only=True)
class Copies:
    """One request, prepared; the cloud where it is sent many times at once."""

    world: World
    cloud: Any
    step: Step
    count: int

    def __post_init__(self) -> None:
        """Remember the moment before the request; whoever sends it has a token."""
        self.before, self.at = memory_table().copy(), self.world.tools.at
        if self.step.person is not None:
            self.world.token(self.step.person)

    def at_once(self, keys: Sequence[str | None]) -> list[httpx.Response]:
        """Send a copy for each key in the same moment, over the cloud; what is left comes back into memory."""
        self._begin_again()
        with self._in_the_cloud() as read:
            answers = asyncio.run(self._together(keys))
            memory_table().restore({})
            for item in read():
                memory_table().put(*memory_table().made(item))
        return answers

    def one_by_one(self, keys: Sequence[str | None]) -> list[httpx.Response]:
        """Send a copy for each key, one after another, from the same moment."""
        self._begin_again()
        return [self.again(key) for key in keys]

    def again(self, key: str | None) -> httpx.Response:
        """Send one more copy."""
        options = self._options(key)
        return self.world.call("POST", self.step.path, person=self.step.person, **options)

    def end(self) -> Counter[str]:
        """Let everything come to its end, check what always holds, and tell what is left: rows and their versions."""
        world = self.world
        for _ in range(5):
            world.sleep(seconds=RELAYED_AFTER)
            world.run("relay_outbox")
            world.settle()
        check(Facts(Everything(world)))
        return Counter(_told(row) for row in Everything(world).items() if not row["PK"].startswith(COUNTED))

    def _begin_again(self) -> None:
        world = self.world
        world.settle()
        memory_table().restore(self.before)
        world.tools.at = self.at

    def _options(self, key: str | None) -> dict[str, Any]:
        options = self.step.sent()
        headers = {**options.get("headers", {}), **({"Idempotency-Key": key} if key else {})}
        return {**options, "headers": headers}

    async def _together(self, keys: Sequence[str | None]) -> list[httpx.Response]:
        served = gateway(self.world.app, options=GatewayOptions(rate_per_second=0, threads=self.count))
        person = self.step.person
        token = {} if person is None else {"Authorization": f"Bearer {self.world.token(person)}"}
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=120) as client:

            def send(key: str | None) -> Any:
                options = self._options(key)
                options["headers"] = {**options["headers"], **token}
                return client.post(self.step.path, **options)

            return list(await asyncio.gather(*(send(key) for key in keys)))

    @contextmanager
    def _in_the_cloud(self) -> Iterator[Any]:
        """Put the table into the cloud and let the service work there; yields what reads it back."""
        name = f"polis-{next(_numbers)}"
        database = self._client("dynamodb")
        database.create_table(**table_request(name))
        rows = list(memory_table().items.values())
        for start in range(0, len(rows), WRITTEN_AT_ONCE):
            items = rows[start : start + WRITTEN_AT_ONCE]
            database.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": item}} for item in items]})
        queue = self._client("sqs").create_queue(QueueName=f"{name}-relay")["QueueUrl"]
        here = self.world.tools
        there = TestContainer()
        urls = {"outbox_relay_queue_url": queue, "receipts_queue_url": queue}
        there.settings = replace(there.settings, table_name=name, **urls)
        there.at, there.registers = here.at, here.registers
        there.sms_receipt_secrets = here.sms_receipt_secrets
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(aws._clients, "dynamodb", database)
            patch.setitem(aws._clients, "sqs", self._client("sqs"))
            bootstrap.use_container(there)
            try:
                yield lambda: _all_rows(database, name)
            finally:
                bootstrap.use_container(here)
                database.delete_table(TableName=name)

    def _client(self, service: str) -> Any:
        return aws.session().create_client(
            service,
            endpoint_url=self.cloud.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=aws._config(service),
        )


def _all_rows(database: Any, name: str) -> list[Mapping[str, Any]]:
    pages = database.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def _told(row: Mapping[str, Any]) -> str:
    """What a row is, without ids, times and what was drawn by chance."""
    data = json.loads(row["data"]) if isinstance(row.get("data"), str) else {}
    words = [data[name] for name in ("state", "status", "kind", "action", "channel") if isinstance(data.get(name), str)]
    return " ".join([row.get("type", row["SK"]), str(row.get("version", "")), *words])
