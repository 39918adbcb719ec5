"""A change file of 5,000 records for the fund, and its protocol taken in, against the very same calls alone (P4).

The floor is what nobody can save: the requests to the table that the job makes, replayed against the same table without
anything between them, and for the text of the file a bare reader of XML. All in this process, by CPU time.
"""

from __future__ import annotations

import copy
import json
import time
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from bench.figures import Figure
from chalicelib import bootstrap
from chalicelib.domain.change_file import MOST_RECORDS, FileState
from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.fund_answer import AnswerState
from chalicelib.use_cases.make_change_file import go_on_with_change_file
from chalicelib.use_cases.take_fund_answer import begin_answer, go_on_with_answer
from infra.local.person_numbers import policy_number_of
from tests.cloud import cloud, database, memory_table
from tests.exchange import ANSWERS, FILES, OPERATOR, content, operations, ordered, protocol, reply
from tests.journeys import insured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.world import World

PEOPLE = MOST_RECORDS
FEW = 500
KEPT = frozenset({"Person", "Policy", "Application", "FundChange"})
TIMES_CALLS = {"out": 3.0, "in": 6.0}
GROWTH = {"out": 2.0, "in": 3.5}
"""How much more a record may cost of its own in a file of ten times as many: each message of a protocol, 1,000 rows,
reads the whole file anew."""

TIMES_BARE_READER = 4.0


def figures() -> list[Figure]:
    """Cost of a record out and in, against the calls alone; cost of checking the file, against reading it alone."""
    from bench.in_process import opened

    measured: dict[tuple[str, int], tuple[float, float, int]] = {}
    found: list[Figure] = []
    for people in (FEW, PEOPLE):
        with opened() as world:
            _fill(world, people)
            name, out = _out(world, people)
            data = content(world, name)
            measured["out", people] = out
            measured["in", people] = _in(world, name, data, people)
            if people == PEOPLE:
                found += _reading(name, data)
    return [*_ratios(measured), *found]


def _ratios(measured: dict[tuple[str, int], tuple[float, float, int]]) -> Iterator[Figure]:
    for way, title in (("out", f"a change file of {PEOPLE:,} records"), ("in", f"a protocol of {PEOPLE:,} records")):
        spent, floor, calls = measured[way, PEOPLE]
        few, few_floor, _ = measured[way, FEW]
        detail = f"{spent:.1f} s of CPU; its {calls:,} requests to the table alone {floor:.2f} s"
        yield Figure(group="exchange", name=title, value=spent / floor, limit=TIMES_CALLS[way], unit="×", detail=detail)
        # Without the calls: the table in memory sorts an index anew for each page of it, DynamoDB does not.
        own, own_few = (spent - floor) / PEOPLE, (few - few_floor) / FEW
        growth = own / own_few
        detail = f"{own * 1000:.2f} ms a record beside its calls; of {FEW} records {own_few * 1000:.2f} ms"
        name = f"{title}: cost of a record against one of {FEW}"
        yield Figure(group="exchange", name=name, value=growth, limit=GROWTH[way], unit="×", detail=detail)


def _reading(name: str, data: bytes) -> Iterator[Figure]:
    spent = _cpu(lambda: check_exchange_file(name=f"{name}.xml", data=data))
    text = data.decode("cp1251").replace('encoding="windows-1251"', "")
    floor = min(_cpu(lambda: ET.fromstring(text)) for _ in range(3))  # noqa: S314 — our own file
    detail = f"{spent:.2f} s of CPU for {len(data) / 1e6:.1f} MB; ElementTree reads them in {floor:.2f} s"
    title = f"check of a file of {PEOPLE:,} records"
    yield Figure(group="exchange", name=title, value=spent / floor, limit=TIMES_BARE_READER, unit="×", detail=detail)


def _out(world: World, people: int) -> tuple[str, tuple[float, float, int]]:
    tools, name = world.tools, str(world.ok("POST", FILES, person=OPERATOR, json={})["name"])

    def act() -> None:
        while go_on_with_change_file(tools=tools, name=name, at=tools.at).state is FileState.MAKING:
            pass

    found = _against_calls(act)
    told = world.ok("GET", f"{FILES}/{name}", person=OPERATOR)
    if (told["state"], told["records"]) != ("made", people):
        raise AssertionError(told)
    return name, found


def _in(world: World, name: str, data: bytes, people: int) -> tuple[float, float, int]:
    """Half of the records are refused, with a comment that is kept."""
    replies = [reply(op, *(("2", "Документ не найден") if n % 2 else ("0",))) for n, op in enumerate(operations(data))]
    order = ordered(world, f"p{name[1:]}")
    tools, key = world.tools, order["upload"]["fields"]["key"]
    put = cloud("s3").put_object(Bucket="polis-scans", Key=key, Body=protocol(name, *replies))

    def act() -> None:
        job = begin_answer(tools=tools, key=key, version=put["VersionId"], at=tools.at)
        while job is not None and job.state is AnswerState.RUNNING:
            job = go_on_with_answer(tools=tools, answer_id=job.answer_id, at=tools.at)

    found = _against_calls(act)
    job = world.ok("GET", f"{ANSWERS}/{order['fund_answer']['id']}", person=OPERATOR)
    if (job["state"], job["counts"]["refused"], job["percent"]) != ("done", people // 2, 100):
        raise AssertionError(job)
    return found


def _against_calls(act: Callable[[], None]) -> tuple[float, float, int]:
    """CPU seconds of an act, of its requests to the table alone, and how many they are: each from the same table."""
    table, before = memory_table(), memory_table().copy()
    spent = _cpu(act)
    after = table.copy()
    table.restore(before)
    requests = _recorded(act)
    table.restore(before)
    answer = database().call
    floor = _cpu(lambda: [answer(operation, request) for operation, request in requests])
    table.restore(after)
    return spent, floor, len(requests)


def _recorded(act: Callable[[], None]) -> list[tuple[str, Any]]:
    kept: list[tuple[str, Any]] = []
    client = bootstrap.container().client("dynamodb")
    told = client._make_api_call  # noqa: SLF001 — the seam of the in-memory cloud

    def call(operation: str, request: Any) -> Any:
        kept.append((operation, copy.deepcopy(request)))
        return told(operation, request)

    client._make_api_call = call  # noqa: SLF001 — as above
    try:
        act()
    finally:
        client._make_api_call = told  # noqa: SLF001 — as above
    return kept


def _cpu(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _fill(world: World, people: int) -> None:
    """Let one person be insured, and as many like that one as a file takes."""
    insured(world)
    world.settle()
    rows = [row for row in memory_table().items.values() if row.get("type", {}).get("S") in KEPT]
    text = json.dumps(rows, ensure_ascii=False)
    policy = next(json.loads(row["data"]["S"]) for row in rows if row["type"]["S"] == "Policy")
    person = next(json.loads(row["data"]["S"]) for row in rows if row["type"]["S"] == "Person")
    application = next(json.loads(row["data"]["S"]) for row in rows if row["type"]["S"] == "Application")
    ids = {policy["policy_id"], policy["person_id"], person["account_id"], application["application_id"]}
    for number in range(1, people):
        like = text
        for one in ids:
            like = like.replace(one, f"{one[:-6]}{number:06d}")
        serial = policy_number_of(region="77", born_on=person["born_on"], sex=person["sex"], serial=number)
        for row in json.loads(like.replace(policy["policy_number"], serial)):
            cloud("dynamodb").put_item(TableName="polis", Item=row)
