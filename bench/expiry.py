"""Expiry of 1,000 certificates among few and among many, on the durable local cloud: what is read for each of them."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.calls import due_certificate
from bench.figures import Figure
from chalicelib import bootstrap
from chalicelib.adapters.dynamodb import items
from chalicelib.domain.temporary_certificate import CertificateStep, TemporaryCertificate
from chalicelib.settings import Settings
from chalicelib.use_cases.certificates import expire_certificates
from infra.local.stack_settings import table_request
from tests.concurrency.conftest import CloudProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DUE = 1_000
SIZES = (1_000, 100_000)
LIMIT = 1.1
JOURNAL = "journal.sqlite"
AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Reads:
    """What one sweep cost."""

    certificates: int
    queries: int = 0
    transactions: int = 0
    hints: int = 0
    items_read: int = 0
    items_scanned: int = 0
    expired: int = 0
    load_seconds: float = 0
    sweep_seconds: float = 0

    def note_hint(self, _body: str) -> None:
        """Count one hint to the relay."""
        self.hints += 1

    def note(self, model: Any, parsed: dict[str, Any]) -> None:
        """Count one call."""
        self.queries += model.name == "Query"
        self.transactions += model.name == "TransactWriteItems"
        self.items_read += len(parsed.get("Items", ())) + ("Item" in parsed)
        self.items_scanned += parsed.get("ScannedCount", 0)


class LocalContainer(bootstrap.Container):
    """The real container over one table of the local cloud; hints to the relay are only counted."""

    def __init__(self, *, cloud: CloudProcess, table: str, secret: str, hint: Callable[[str], None]) -> None:
        names: dict[str, Any] = dict.fromkeys(Settings.__dataclass_fields__, "")
        super().__init__(settings=Settings(**{**names, "table_name": table, "lookup_secret_id": secret}))
        self._clients = {name: cloud.client(name) for name in ("dynamodb", "secretsmanager")}
        self._hint = hint

    def client(self, service: str) -> Any:
        """The local cloud's client."""
        return self._clients[service]


def measure(sizes: tuple[int, ...] = SIZES, due: int = DUE) -> list[Reads]:
    """Sweep a table of every size; each holds ``due`` certificates whose last day has passed."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = CloudProcess(Path(folder))
        cloud.start()
        try:
            found = [_filled(cloud, size, due) for size in sizes]
            secret = cloud.client("secretsmanager").create_secret(Name="lookup", SecretString="x" * 64)["ARN"]
            _reload(cloud)
            return [_swept(cloud, secret, reads) for reads in found]
        finally:
            cloud.kill()


def _filled(cloud: CloudProcess, size: int, due: int) -> Reads:
    """Create a table and write its items straight into the journal of the local cloud: calls would take minutes."""
    started = time.monotonic()
    table = cloud.client("dynamodb").create_table(**table_request(_table(size)))["TableDescription"]
    journal = sqlite3.connect(cloud.folder / JOURNAL)
    with journal:
        journal.executemany("INSERT INTO entry VALUES ('item', ?, ?, ?)", _rows(table["TableId"], size, due))
    journal.close()
    return Reads(certificates=size, load_seconds=round(time.monotonic() - started, 1))


def _rows(table_id: str, size: int, due: int) -> Iterator[tuple[str, str, str]]:
    for number in range(size):
        item = items.to_item(_certificate(number, is_due=number % (size // due) == 0))
        yield table_id, json.dumps([item["PK"]["S"], item["SK"]["S"]]), json.dumps(item)


def _reload(cloud: CloudProcess) -> None:
    """Let the local cloud read its journal, as it does after it was killed."""
    cloud.kill()
    cloud.start()


def _table(size: int) -> str:
    return f"polis-{size}"


def _swept(cloud: CloudProcess, secret: str, reads: Reads) -> Reads:
    tools = LocalContainer(cloud=cloud, table=_table(reads.certificates), secret=secret, hint=reads.note_hint)
    events = tools.client("dynamodb").meta.events
    events.register("after-call.dynamodb", lambda model, parsed, **_: reads.note(model, parsed))
    started = time.monotonic()
    reads.expired = expire_certificates(tools=tools, at=AT).expired
    reads.sweep_seconds = round(time.monotonic() - started, 1)
    return reads


def _certificate(number: int, *, is_due: bool) -> TemporaryCertificate:
    certificate = due_certificate(number=number, at=AT)
    if is_due:
        return certificate
    later = AT.date() + timedelta(days=10 + number % 20)
    return replace(certificate, valid_until=later, next_step=CertificateStep.WARN_7_DAYS)


def figures(found: list[Reads]) -> list[Figure]:
    """Items read for each one expired, and that it is the same at every size."""
    ratios = [reads.items_read / max(1, reads.expired) for reads in found]
    measured = [
        Figure(
            group="expiry",
            name=f"items read per certificate expired, {reads.expired:,} among {reads.certificates:,}",
            value=ratio,
            limit=LIMIT,
            detail=f"{reads.queries} queries, {reads.transactions} transactions, {reads.sweep_seconds} s",
        )
        for reads, ratio in zip(found, ratios, strict=True)
    ]
    missing = sum(DUE - reads.expired for reads in found)
    return [
        *measured,
        Figure(group="expiry", name="certificates left unexpired", value=missing, limit=0),
        Figure(
            group="expiry",
            name="difference of items read between the sizes",
            value=max(ratios) - min(ratios),
            limit=0,
        ),
    ]


def details(found: list[Reads]) -> list[dict[str, Any]]:
    """What bench/results.json keeps."""
    return [asdict(reads) for reads in found]
