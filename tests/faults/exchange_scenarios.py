"""The exchange with the fund, to be broken at every call: files out, answers in, records told again (P4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3

from tests.exchange import ANSWERS, FILES, RECORDS, protocol, stop, stop_list
from tests.faults.correction_scenarios import signed_in
from tests.faults.rig import Waiting
from tests.faults.scenarios import CLIENT_WAITS, Scenario, deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

PROTOCOL, STOPS = "p77012_0_03261", "s77012_0_03261"


def _as_operator(rig: Rig, method: str, path: str, body: Any = None, **options: str) -> dict[str, Any]:
    with signed_in(rig, "operator"):
        return dict(rig.api(method, path, body, **options))


def _order(rig: Rig) -> None:
    assert _as_operator(rig, "POST", FILES, {}, key="file-0001")["name"]


def _begun(rig: Rig) -> None:
    _order(rig)
    rig.step("outbox_relay")


def _quiet(rig: Rig) -> None:
    rig.step("exchange")
    rig.waiting.clear()


def _body(row: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(row["data"]))


def _send(rig: Rig) -> None:
    _as_operator(rig, "POST", f"{FILES}/{{name}}/dispatch", name="i77012_0_03261")


def _order_answer(name: str) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        body = {"name": f"{name}.xml", "media_type": "text/xml"}
        assert _as_operator(rig, "POST", ANSWERS, body, key=f"answer-{name}")["upload"]["url"]

    return act


def _refusal(rig: Rig) -> bytes:
    """Of every record; a moment that is restored has no files, so that it is told by what the table holds."""
    told = [change for change in map(_body, rig.items("FundChange")) if change["record"]]
    rows = (
        f"<REP><N_REC>{c['record']}</N_REC><ID>{c['policy_id']}-{c['policy_version']}</ID>"
        "<CODE_ERP>2</CODE_ERP><COMMENT>Документ не найден</COMMENT></REP>"
        for c in told
    )
    return protocol("i77012_0_03261", *rows)


def _stops(rig: Rig) -> bytes:
    number = next(_body(row)["policy_number"] for row in rig.items("Policy"))
    return stop_list(STOPS, stop(number, "П025"), stop("12", "П025", ident="2"))


def _arrive(content: Callable[[Rig], bytes]) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        (job,) = map(_body, rig.items("FundAnswer"))
        put = boto3.client("s3").put_object(Bucket="polis-scans", Key=job["key"], Body=content(rig))
        event = {"Records": [{"s3": {"object": {"key": job["key"], "versionId": put["VersionId"]}}}]}
        rig.deliver(Waiting(queue="exchange", message_id="upload", body=json.dumps(event)))

    return act


def _round(rig: Rig) -> None:
    rig.schedule("due", "run_due")
    rig.step("outbox_relay")


def _again(rig: Rig) -> None:
    change = next(_body(row) for row in rig.items("FundChange"))
    record_id = f"{change['policy_id']}-{change['policy_version']}"
    _as_operator(rig, "POST", f"{RECORDS}/{{record_id}}/resubmission", record_id=record_id)


EXCHANGE_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "change_file_begun": ("registry_insured", _begun),
    "change_file_stands": ("change_file_begun", _quiet),
    "protocol_ordered": ("change_file_stands", _order_answer(PROTOCOL)),
    "protocol_stands": ("protocol_ordered", _arrive(_refusal)),
    "exchange_due": ("registry_insured", _round),
    "stops_ordered": ("registry_insured", _order_answer(STOPS)),
}

EXCHANGE_SCENARIOS = (
    Scenario(name="change_file_ordered", begins="registry_insured", act=_order, pause=CLIENT_WAITS),
    Scenario(name="change_file_made", begins="change_file_begun", act=deliver("exchange")),
    Scenario(name="change_files_of_the_day", begins="exchange_due", act=deliver("exchange")),
    Scenario(name="change_file_sent", begins="change_file_stands", act=_send, pause=CLIENT_WAITS),
    Scenario(name="fund_file_ordered", begins="", act=_order_answer(STOPS), pause=CLIENT_WAITS),
    Scenario(name="protocol_taken_in", begins="protocol_ordered", act=_arrive(_refusal)),
    Scenario(name="stop_list_taken_in", begins="stops_ordered", act=_arrive(_stops)),
    Scenario(name="record_told_again", begins="protocol_stands", act=_again, pause=CLIENT_WAITS),
)
