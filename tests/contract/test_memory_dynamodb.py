"""The table in memory answers as moto does, which is tested against DynamoDB itself: the same requests to both."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from infra.local.stack_settings import table_request
from tests.memory.clients import answered_in_memory
from tests.memory.dynamodb import MemoryDynamoDB

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "polis"
_description = cache(table_request)
PARTITIONS, SORTS = ("A", "B"), ("1", "2", "2x", "3")
keys = st.builds(lambda p, s: {"PK": {"S": p}, "SK": {"S": s}}, st.sampled_from(PARTITIONS), st.sampled_from(SORTS))
versions = st.builds(lambda number: {"N": str(number)}, st.integers(1, 3))
indexed = st.fixed_dictionaries(
    {"gsi1pk": st.sampled_from([{"S": "x"}, {"S": "y"}]), "gsi1sk": st.sampled_from([{"S": "1"}, {"S": "2"}])}
)
summed = st.fixed_dictionaries(
    {"gsi3pk": st.just({"S": "x"}), "gsi3sk": st.sampled_from([{"S": "1"}, {"S": "2"}]), "summary": st.just({"S": "s"})}
)
bodies = st.builds(
    lambda version, *more: {k: v for part in ({"version": version}, *more) for k, v in part.items()},
    versions,
    st.one_of(st.just({}), indexed),
    st.one_of(st.just({}), summed),
    st.just({"form": {"M": {"person": {"M": {"name": {"S": "n"}}}}}}),
)
conditions = st.one_of(
    st.just({}),
    st.just({"ConditionExpression": "attribute_not_exists(PK)"}),
    st.just({"ConditionExpression": "attribute_exists(PK)"}),
    versions.map(
        lambda version: {
            "ConditionExpression": "attribute_not_exists(#v) OR (#v = :v AND NOT #v > :v)",
            "ExpressionAttributeNames": {"#v": "version"},
            "ExpressionAttributeValues": {":v": version},
        }
    ),
)
updates = st.sampled_from(
    [
        ("ADD #c :one", {"#c": "count"}, {":one": {"N": "1"}}),
        ("ADD #c :one SET note = :note", {"#c": "count"}, {":one": {"N": "2"}, ":note": {"S": "later"}}),
        ("SET #v = if_not_exists(#v, :zero) + :one", {"#v": "version"}, {":zero": {"N": "0"}, ":one": {"N": "1"}}),
        ("SET note = :note REMOVE gsi1sk", {}, {":note": {"S": "moved"}}),
        ("SET gsi1pk = :p, gsi1sk = :s", {}, {":p": {"S": "y"}, ":s": {"S": "9"}}),
    ]
)


def _put(key: Any, body: Any, condition: Any) -> tuple[str, dict[str, Any]]:
    return "put_item", {"TableName": TABLE, "Item": {**key, **body}, **condition}


def _delete(key: Any, condition: Any) -> tuple[str, dict[str, Any]]:
    return "delete_item", {"TableName": TABLE, "Key": key, **condition}


def _update(key: Any, update: Any, returned: str) -> tuple[str, dict[str, Any]]:
    text, names, values = update
    request = {"TableName": TABLE, "Key": key, "UpdateExpression": text, "ExpressionAttributeValues": values}
    return "update_item", {
        **request,
        **({"ExpressionAttributeNames": names} if names else {}),
        "ReturnValues": returned,
    }


def _transaction(entries: Any) -> tuple[str, dict[str, Any]]:
    unique = {(e["key"]["PK"]["S"], e["key"]["SK"]["S"]): e for e in entries}.values()
    actions = [
        {"Put": {"TableName": TABLE, "Item": {**e["key"], **e["body"]}, **e["condition"]}}
        if e["put"]
        else {"Delete": {"TableName": TABLE, "Key": e["key"], **e["condition"]}}
        for e in unique
    ]
    return "transact_write_items", {"TransactItems": actions}


writes = st.one_of(
    st.builds(_put, keys, bodies, conditions),
    st.builds(_delete, keys, conditions),
    st.builds(_update, keys, updates, st.sampled_from(["NONE", "ALL_NEW"])),
    st.lists(
        st.fixed_dictionaries({"key": keys, "body": bodies, "condition": conditions, "put": st.booleans()}),
        min_size=1,
        max_size=4,
    ).map(_transaction),
)
queries = st.one_of(
    *(
        st.builds(
            lambda p, names=names, more=more, **options: {
                "TableName": TABLE,
                "KeyConditionExpression": f"{names[0]} = :p{more[0].format(names[1])}",
                "ExpressionAttributeValues": {":p": {"S": p}, **more[1]},
                **({"IndexName": names[2]} if names[2] else {"ConsistentRead": True}),
                **{name: value for name, value in options.items() if value is not None},
            },
            p=st.sampled_from(["A", "x", "y"]),
            ScanIndexForward=st.booleans(),
            Limit=st.sampled_from([None, 1, 2]),
        )
        for names in (("PK", "SK", None), ("gsi1pk", "gsi1sk", "gsi1"), ("gsi3pk", "gsi3sk", "gsi3"))
        for more in (
            ("", {}),
            (" AND begins_with({0}, :b)", {":b": {"S": "2"}}),
            (" AND {0} BETWEEN :l AND :h", {":l": {"S": "1"}, ":h": {"S": "2"}}),
            (" AND {0} <= :u", {":u": {"S": "2"}}),
        )
    )
)


class Pair:
    """The two tables; each answer is compared at once."""

    def __init__(self) -> None:
        self.moto = boto3.client("dynamodb")
        self.database = MemoryDynamoDB()
        self.memory = answered_in_memory(boto3.client("dynamodb"), self.database)

    def empty(self) -> None:
        if "polis" in self.moto.list_tables()["TableNames"]:
            self.moto.delete_table(TableName=TABLE)
        for client in (self.moto, self.memory):
            client.create_table(**_description(TABLE))

    def ask(self, operation: str, request: dict[str, Any]) -> Any:
        answers = [_answer(client, operation, request) for client in (self.moto, self.memory)]
        assert answers[1] == answers[0], (operation, request)
        return answers[0]

    def pages(self, request: dict[str, Any]) -> None:
        """Read a query to its end on both: the same in the same order, on pages that keep to the limit.

        Where a page is full and what follows is not asked for, moto promises another page, which is empty.
        """
        read = [_all_pages(client, request) for client in (self.moto, self.memory)]
        assert read[1] == read[0], request


def _all_pages(client: Any, request: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    start: dict[str, Any] = {}
    while True:
        answer = client.query(**request, **start)
        assert len(answer["Items"]) <= request.get("Limit", len(answer["Items"]))
        found += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _answer(client: Any, operation: str, request: dict[str, Any]) -> Any:
    try:
        answer = getattr(client, operation)(**request)
    except ClientError as failure:
        reasons = [reason["Code"] for reason in failure.response.get("CancellationReasons", [])]
        return failure.response["Error"]["Code"], reasons, failure.response.get("Item")
    return {name: answer[name] for name in ("Item", "Items", "Attributes", "LastEvaluatedKey") if name in answer}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with mock_aws():
        yield Pair()


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(writes, min_size=1, max_size=14), reads=st.lists(queries, min_size=1, max_size=5))
def test_answers_alike(pair: Pair, steps: list[Any], reads: list[Any]) -> None:
    pair.empty()
    for operation, request in steps:
        pair.ask(operation, request)
    for partition in PARTITIONS:
        for sort in SORTS:
            pair.ask("get_item", {"TableName": TABLE, "Key": {"PK": {"S": partition}, "SK": {"S": sort}}})
    for request in reads:
        pair.pages(request)


def test_a_nested_section_of_a_form_is_set_and_the_refused_item_shown(pair: Pair) -> None:
    pair.empty()
    key = {"PK": {"S": "A"}, "SK": {"S": "1"}}
    form = {"M": {"person": {"M": {"name": {"S": "n"}}}, "kept": {"S": "k"}}}
    pair.ask("put_item", {"TableName": TABLE, "Item": {**key, "form": form, "state": {"S": "draft"}}})
    change = {
        "TableName": TABLE,
        "Key": key,
        "UpdateExpression": "SET #form.#s0 = :s0",
        "ConditionExpression": "#state = :state",
        "ExpressionAttributeNames": {"#form": "form", "#s0": "person", "#state": "state"},
        "ExpressionAttributeValues": {":s0": {"M": {"name": {"S": "new"}}}, ":state": {"S": "draft"}},
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    table = pair.database.tables[TABLE]
    before = table.copy()

    assert pair.ask("update_item", change)["Attributes"]["form"]["M"]["person"] == {"M": {"name": {"S": "new"}}}
    change["ExpressionAttributeValues"][":state"] = {"S": "ready"}
    assert pair.ask("update_item", change)[0] == "ConditionalCheckFailedException"
    table.restore(before)
    assert table.items["A", "1"]["form"] == form, "a copy made before has changed"


def test_writes_and_reads_of_many(pair: Pair) -> None:
    pair.empty()
    items = [{"PK": {"S": "A"}, "SK": {"S": f"{number:03d}"}, "data": {"S": "x" * 90_000}} for number in range(24)]
    requests = [{"PutRequest": {"Item": item}} for item in items]
    pair.ask("batch_write_item", {"RequestItems": {TABLE: requests}})
    pair.pages(
        {
            "TableName": TABLE,
            "KeyConditionExpression": "PK = :p",
            "ExpressionAttributeValues": {":p": {"S": "A"}},
            "ConsistentRead": True,
        }
    )
    asked = {TABLE: {"Keys": [{"PK": {"S": "A"}, "SK": {"S": sort}} for sort in ("003", "900")]}}
    found = [client.batch_get_item(RequestItems=asked)["Responses"][TABLE] for client in (pair.moto, pair.memory)]
    assert found[0] == found[1] == [items[3]]


@pytest.mark.parametrize(
    "request_",
    [
        {"Key": {"PK": {"S": "A"}, "SK": {"S": "1"}}, "ProjectionExpression": "PK"},
        {"Key": {"PK": {"S": "A"}, "SK": {"S": "1"}}, "AttributesToGet": ["PK"]},
    ],
)
def test_what_it_does_not_know_it_refuses(pair: Pair, request_: dict[str, Any]) -> None:
    pair.empty()
    with pytest.raises(NotImplementedError):
        pair.memory.get_item(TableName=TABLE, **request_)
