"""The import of 500 dirty rows on the durable local cloud: seconds, and the same again changes nothing (H1)."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure
from chalicelib import bootstrap
from chalicelib.domain.registry_job import ImportState, RegistryImport
from chalicelib.settings import Settings
from chalicelib.use_cases.import_registry import begin_import
from chalicelib.use_cases.registry_imports import PREFIX
from infra.local.registry_sample import dirty_rows, xml_file
from infra.local.stack_settings import table_request
from tests.concurrency.conftest import CloudProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 500
SECONDS = 10
AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
BUCKET = "registry-files"


class LocalContainer(bootstrap.Container):
    """The real container over a table and a bucket of the local cloud; hints to the relay go nowhere."""

    def __init__(self, *, cloud: CloudProcess) -> None:
        names: dict[str, Any] = dict.fromkeys(Settings.__dataclass_fields__, "")
        super().__init__(settings=Settings(**{**names, "table_name": "registry", "scans_bucket": BUCKET}))
        self._clients = {name: cloud.client(name) for name in ("dynamodb", "s3")}

    def client(self, service: str) -> Any:
        """The local cloud's client."""
        return self._clients[service]

    def _hint(self, body: str) -> None:
        """The relay is not measured."""


def figures() -> list[Figure]:
    """Seconds of the first import and of the same file again, and rows that were lost or changed."""
    with tempfile.TemporaryDirectory() as folder:
        cloud = CloudProcess(Path(folder))
        cloud.start()
        try:
            return list(_measured(cloud))
        finally:
            cloud.kill()


def _measured(cloud: CloudProcess) -> Iterator[Figure]:
    tools = LocalContainer(cloud=cloud)
    cloud.client("dynamodb").create_table(**table_request("registry"))
    where = {"LocationConstraint": "eu-central-1"}
    cloud.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    data = xml_file(dirty_rows(ROWS))
    first, seconds = _taken_in(tools, data)
    yield Figure(
        group="registry",
        name=f"import of {ROWS} dirty rows",
        value=seconds,
        limit=SECONDS,
        unit=" s",
        detail=f"{first.pages} transactions, {first.warnings} rows with warnings",
    )
    yield Figure(group="registry", name="rows lost", value=ROWS - first.counts.get("new", 0), limit=0)
    again, seconds = _taken_in(tools, data)
    yield Figure(group="registry", name="the same file again", value=seconds, limit=SECONDS, unit=" s")
    changed = ROWS - again.counts.get("unchanged", 0)
    yield Figure(group="registry", name="rows changed by the same file", value=changed, limit=0)


def _taken_in(tools: LocalContainer, data: bytes) -> tuple[RegistryImport, float]:
    import_id = tools.ids.new_id(at=AT)
    key = f"{PREFIX}{import_id}"
    job = RegistryImport(
        import_id=import_id,
        account_id="bench",
        organisation="77",
        media_type="application/xml",
        object_key=key,
        state=ImportState.AWAITING_UPLOAD,
        created_at=AT,
    )
    work = tools.store.work(at=AT)
    work.create(job)
    work.commit()
    tools.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
    started = time.monotonic()
    done = begin_import(tools=tools, key=key, version=None, at=AT)
    assert done is not None
    return done, round(time.monotonic() - started, 2)
