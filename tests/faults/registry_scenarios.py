"""Imports of the insurers' registry and what follows from them, to be broken at every call like the other use cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3

from infra.local.registry_sample import dirty_rows, sample_rows, xml_file
from tests.faults.correction_scenarios import signed_in
from tests.faults.rig import Waiting
from tests.faults.scenarios import CLIENT_WAITS, Scenario, deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

IMPORTS = "/v1/registry-imports"
LEFT = "77012"


def _order(rig: Rig, registry: str = "insurers") -> dict[str, Any]:
    with signed_in(rig, "fund"):
        return dict(rig.api("POST", IMPORTS, {"media_type": "text/xml", "registry": registry}, key="registry"))


def _ordered(rig: Rig) -> None:
    _order(rig)


def _registry() -> bytes:
    """Two pages of rows, among them one of an insurer that leaves."""
    rows = [*sample_rows()[:3], *dirty_rows(24)]
    left = next(row for row in rows if row["SMOCOD"] == LEFT)
    left["INSINCLUDE"] = [{"D_BEGIN": "2012-01-01", "D_END": "2026-04-01", "NAME_E": "5", "NAL_P": "1"}]
    return xml_file(rows)


def _insured(rig: Rig) -> None:
    rig.settle()
    rig.waiting.clear()


def _table_ordered(registry: str) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        _order(rig, registry)

    return act


_POINT = "<SMOCOD>{code}</SMOCOD><CODPVP>{number}</CODPVP><ADDRESS>г. Москва</ADDRESS><DATEBEG>2020-01-01</DATEBEG>"
_RATING = "<SMOCOD>{code}</SMOCOD><YEAR>{number}</YEAR><SURVEYS>90</SURVEYS>"


def _table(row: str, numbers: range) -> bytes:
    """Two pages of rows about two insurers."""
    rows = (row.format(code=code, number=number) for number in numbers for code in (LEFT, "77004"))
    return f"<packet>{''.join(f'<row>{one}</row>' for one in rows)}</packet>".encode("cp1251")


def _table_arrives(row: str, numbers: range) -> Callable[[Rig], None]:
    return lambda rig: _arrive(rig, _table(row, numbers))


def _arrive(rig: Rig, data: bytes | None = None) -> None:
    """Upload the file and let its event be handled; a moment that is restored has no files, so it is put anew."""
    (job,) = map(_body, rig.items("RegistryImport"))
    put = boto3.client("s3").put_object(Bucket="polis-scans", Key=job["object_key"], Body=data or _registry())
    event = {"Records": [{"s3": {"object": {"key": job["object_key"], "versionId": put["VersionId"]}}}]}
    rig.deliver(Waiting(queue="exchange", message_id="upload", body=json.dumps(event)))


def _taken_in(rig: Rig) -> None:
    _arrive(rig)
    rig.step()


def _stays(rig: Rig) -> None:
    """The registry mends its mistake: the insurer goes on, and whoever was told has to learn of it."""
    rig.settle()
    rig.waiting.clear()
    with signed_in(rig, "fund"):
        ordered = rig.api("POST", IMPORTS, {"media_type": "text/xml"}, key="stays")
    key = ordered["upload"]["fields"]["key"]
    put = boto3.client("s3").put_object(Bucket="polis-scans", Key=key, Body=xml_file(sample_rows()[:3]))
    event = {"Records": [{"s3": {"object": {"key": key, "versionId": put["VersionId"]}}}]}
    rig.deliver(Waiting(queue="exchange", message_id="stays", body=json.dumps(event)))
    rig.step()
    _first_shards_told(rig)


def _first_shards_told(rig: Rig) -> None:
    """All but the page in which somebody is told."""
    while not any(entry["queue"] == "notifications" for entry in map(_body, rig.items("OutboxEntry"))):
        before = rig.keep()
        deliver("exchange")(rig)
        if any(entry["queue"] == "notifications" for entry in map(_body, rig.items("OutboxEntry"))):
            rig.restore(before)
            return
        rig.step()


def _body(row: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(row["data"]))


def _kept(path: str, body: dict[str, Any]) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        with signed_in(rig, "administrator"):
            assert rig.api("PUT", f"/v1/insurers/{{code}}/{path}", body, code=LEFT, year="2025")

    return act


POINT = {"code": "1", "address": "г. Москва, ул. Примерная", "phone": "8(495)225-23-10", "opens_on": "2020-01-01"}

REGISTRY_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "registry_insured": ("approved", _insured),
    "registry_uploaded": ("registry_insured", _ordered),
    "points_uploaded": ("", _table_ordered("issue_points")),
    "ratings_uploaded": ("", _table_ordered("ratings")),
    "registry_taken_in": ("registry_uploaded", _taken_in),
    "departure_reaches_people": ("registry_taken_in", _first_shards_told),
    "stay_reaches_people": ("registry_taken_in", _stays),
}

REGISTRY_SCENARIOS = (
    Scenario(name="registry_ordered", begins="", act=_order, pause=CLIENT_WAITS),
    Scenario(name="registry_taken_in", begins="registry_uploaded", act=_arrive),
    Scenario(name="points_taken_in", begins="points_uploaded", act=_table_arrives(_POINT, range(1, 15))),
    Scenario(name="ratings_taken_in", begins="ratings_uploaded", act=_table_arrives(_RATING, range(2012, 2026))),
    Scenario(name="departure_told", begins="departure_reaches_people", act=deliver("exchange")),
    Scenario(name="stay_told", begins="stay_reaches_people", act=deliver("exchange")),
    Scenario(
        name="insurer_rated", begins="", act=_kept("ratings/{year}", {"values": {"surveys": 90}}), pause=CLIENT_WAITS
    ),
    Scenario(name="offices_kept", begins="", act=_kept("issue-points", {"points": [POINT]}), pause=CLIENT_WAITS),
)
