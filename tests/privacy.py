"""Steps of journeys about one's own data, and the search for what must not be left (requirement P2)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend

from tests.cloud import ACCOUNT, REGION, cloud
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World

EXPORTS = "/v1/me/data-exports"
ERASURES = "/v1/me/erasure-requests"
PREVIEW = "/v1/me/erasure-preview"
MEANINGLESS = 4
"""So few characters tell of nobody."""


def demanded(world: World, *, person: str = "citizen", **options: Any) -> dict[str, Any]:
    """Demand that one's data are destroyed."""
    return dict(world.ok("POST", ERASURES, person=person, json={"is_sure": True}, **options))


def answered(world: World, *, person: str = "citizen") -> dict[str, Any]:
    """Let the schedule carry demands out; returns the newest one."""
    world.run("run_retention")
    world.settle()
    return dict(world.ok("GET", ERASURES, person=person)["items"][0])


def kinds(rows: list[dict[str, Any]]) -> dict[str, int]:
    """What was destroyed, or stays, by kind."""
    return {row["kind"]: row["count"] for row in rows}


def exported(world: World, *, person: str = "citizen") -> zipfile.ZipFile:
    """Order an export and download its first archive, as a browser would."""
    ordered = world.ok("POST", EXPORTS, person=person)
    world.drain()
    link = world.ok("GET", f"{EXPORTS}/{ordered['id']}/link", person=person)["url"]
    key = link.split("?")[0].rpartition("/exports/")[2]
    body = cloud("s3").get_object(Bucket="polis-documents", Key=f"exports/{key}")["Body"].read()
    return zipfile.ZipFile(io.BytesIO(body))


def values_of(world: World, person: str = "citizen") -> set[str]:
    """What tells who a demonstration person is, as it is typed and as it is kept."""
    known = world.person(person)
    claims = [value for value in known.claims().values() if isinstance(value, str)]
    texts = {*claims, known.document.number, known.address.get("street", "")}
    texts |= {"".join(filter(str.isalnum, text)) for text in (known.snils, known.phone)}
    public = {known.subject, known.sex, known.assurance}
    return {text for text in texts if len(text) > MEANINGLESS} - public


def left_of(values: set[str]) -> list[str]:
    """Where any of the values is still found: in items of the table, in files and their versions, in queues."""
    found = [
        f"{item['PK']['S']} {item['SK']['S']}: {value}"
        for item in table()
        for value in values
        if value in json.dumps(item, ensure_ascii=False)
    ]
    found.extend(f"{bucket}/{key}" for bucket in ("polis-scans", "polis-documents") for key in files(bucket))
    for name, queue in get_backend("sqs")[ACCOUNT][REGION].queues.items():
        found.extend(f"{name}: {value}" for message in queue._messages for value in values if value in message.body)
    return found


def files(bucket: str) -> list[str]:
    """The keys of a bucket, with those of earlier versions."""
    listed = cloud("s3").list_object_versions(Bucket=bucket)
    return [found["Key"] for part in ("Versions", "DeleteMarkers") for found in listed.get(part, ())]
