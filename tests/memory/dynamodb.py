"""A DynamoDB client in memory: the operations, conditions and errors that the adapters rely on, and no other.

It answers in a thirtieth of the time of an HTTP emulator in the same process, behind the same seam for faults. That it
does as DynamoDB does is held by ``tests/contract/test_memory_dynamodb.py``, which asks it and moto the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.adapters import aws
from tests.memory import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Item = dict[str, Any]
    Key = tuple[str, str]

PAGE_BYTES = 1_000_000
_CONDITION_FAILED = "ConditionalCheckFailedException"
_READS = {"TableName", "Key", "ConsistentRead"}
_WRITES = {
    "TableName",
    "Key",
    "Item",
    "UpdateExpression",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
}
_QUERIES = {
    "TableName",
    "IndexName",
    "KeyConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ConsistentRead",
    "ScanIndexForward",
    "Limit",
    "ExclusiveStartKey",
}


class _Refused(Exception):
    """A condition did not hold; has the item as it is."""

    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self.item = item


class MemoryTable:
    """The items of one table and the keys of its indexes. No item is ever altered: a changed one takes its place."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.hash_name, self.range_name = _schema(description)
        self.indexes = {i["IndexName"]: i for i in description.get("GlobalSecondaryIndexes", ())}
        self.items: dict[Key, Item] = {}
        self.partitions: dict[tuple[str | None, str], set[Key]] = {}

    def copy(self) -> dict[Key, Item]:
        """The items as they are now; they do not change by what comes after."""
        return dict(self.items)

    def restore(self, items: Mapping[Key, Item]) -> None:
        """Put other items in the place of all."""
        self.items = {}
        self.partitions = {}
        for item in items.values():
            self.put(item)

    def key_of(self, item: Mapping[str, Any]) -> Key:
        return item[self.hash_name]["S"], item[self.range_name]["S"]

    def put(self, item: Item) -> None:
        key = self.key_of(item)
        for place in self._places(self.items.get(key, item)):
            self.partitions.get(place, set()).discard(key)
        self.items[key] = item
        for place in self._places(item):
            self.partitions.setdefault(place, set()).add(key)

    def delete(self, key: Key) -> None:
        item = self.items.pop(key, None)
        if item is not None:
            for place in self._places(item):
                self.partitions[place].discard(key)

    def _places(self, item: Item) -> Iterator[tuple[str | None, str]]:
        yield None, item[self.hash_name]["S"]
        for name, index in self.indexes.items():
            hash_name, range_name = _schema(index)
            if hash_name in item and range_name in item:
                yield name, item[hash_name]["S"]

    def sorted_partition(self, index: str | None, partition: str) -> list[tuple[tuple[str, str, str], Item]]:
        """The items of a partition in the order of its sort key, each with the place it has in that order."""
        range_name = self.range_name if index is None else _schema(self.indexes[index])[1]
        found = [self.items[key] for key in self.partitions.get((index, partition), ())]
        placed = [((item[range_name]["S"], *self.key_of(item)), item) for item in found]
        return sorted(placed, key=lambda row: row[0])

    def projected(self, index: str | None, item: Item) -> Item:
        """What an index keeps of an item."""
        if index is None or self.indexes[index]["Projection"]["ProjectionType"] == "ALL":
            return dict(item)
        kept = {self.hash_name, self.range_name, *_schema(self.indexes[index])}
        kept.update(self.indexes[index]["Projection"].get("NonKeyAttributes", ()))
        return {name: value for name, value in item.items() if name in kept}


def _schema(description: Mapping[str, Any]) -> tuple[str, str]:
    names = {key["KeyType"]: key["AttributeName"] for key in description["KeySchema"]}
    return names["HASH"], names["RANGE"]


class _Exceptions:
    ClientError = ClientError


class MemoryDynamoDB:
    """Stands in for ``boto3.client("dynamodb")``."""

    exceptions = _Exceptions

    def __init__(self) -> None:
        self.tables: dict[str, MemoryTable] = {}

    def create_table(self, **description: Any) -> None:
        self.tables[description["TableName"]] = MemoryTable(description)

    def get_item(self, **request: Any) -> Any:
        _only(request, _READS)
        with _seam("GetItem"):
            table = self.tables[request["TableName"]]
            item = table.items.get(table.key_of(request["Key"]))
            return {} if item is None else {"Item": dict(item)}

    def batch_get_item(self, **request: Any) -> Any:
        _only(request, {"RequestItems"})
        with _seam("BatchGetItem"):
            found: dict[str, list[Item]] = {}
            for name, asked in request["RequestItems"].items():
                _only(asked, {"Keys", "ConsistentRead"})
                table = self.tables[name]
                items = [table.items.get(table.key_of(key)) for key in asked["Keys"]]
                found[name] = [dict(item) for item in items if item is not None]
            return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> Any:
        _only(request, _QUERIES)
        with _seam("Query"):
            return _query(self.tables[request["TableName"]], request)

    def scan(self, **request: Any) -> Any:
        _only(request, {"TableName", "IndexName"})
        with _seam("Scan"):
            table, index = self.tables[request["TableName"]], request.get("IndexName")
            items = [item for item in table.items.values() if index is None or _schema(table.indexes[index])[0] in item]
            return {"Items": [table.projected(index, item) for item in items], "Count": len(items)}

    def get_paginator(self, operation: str) -> Any:
        return _OnePage(getattr(self, operation))

    def put_item(self, **request: Any) -> Any:
        return self._write("PutItem", "Put", request)

    def delete_item(self, **request: Any) -> Any:
        return self._write("DeleteItem", "Delete", request)

    def update_item(self, **request: Any) -> Any:
        return self._write("UpdateItem", "Update", request)

    def _write(self, operation: str, action: str, request: Mapping[str, Any]) -> Any:
        with _seam(operation):
            table = self.tables[request["TableName"]]
            try:
                key, item = _outcome(table, action, request)
            except _Refused as refused:
                shown = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and refused.item is not None
                extra = {"Item": dict(refused.item or {})} if shown else {}
                raise _error(_CONDITION_FAILED, operation, **extra) from None
            before = table.items.get(key)
            _put(table, key, item)
            return _returned(request.get("ReturnValues", "NONE"), before, item)

    def batch_write_item(self, **request: Any) -> Any:
        _only(request, {"RequestItems"})
        with _seam("BatchWriteItem"):
            for name, writes in request["RequestItems"].items():
                table = self.tables[name]
                for write in writes:
                    if "PutRequest" in write:
                        table.put(dict(write["PutRequest"]["Item"]))
                    else:
                        table.delete(table.key_of(write["DeleteRequest"]["Key"]))
            return {"UnprocessedItems": {}}

    def transact_write_items(self, **request: Any) -> Any:
        _only(request, {"TransactItems", "ClientRequestToken"})
        with _seam("TransactWriteItems"):
            outcomes, reasons = [], []
            for entry in request["TransactItems"]:
                ((action, body),) = entry.items()
                try:
                    outcomes.append(
                        (self.tables[body["TableName"]], *_outcome(self.tables[body["TableName"]], action, body))
                    )
                    reasons.append({"Code": "None"})
                except _Refused:
                    reasons.append({"Code": "ConditionalCheckFailed"})
            _refuse_twins(request["TransactItems"], self.tables)
            if len(outcomes) < len(reasons):
                raise _error("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
            for table, key, item in outcomes:
                _put(table, key, item)
            return {}


def _refuse_twins(actions: list[Any], tables: Mapping[str, MemoryTable]) -> None:
    """One transaction may name an item once only, and a hundred of them."""
    bodies = [body for entry in actions for body in entry.values()]
    keys = [(body["TableName"], tables[body["TableName"]].key_of(body.get("Item") or body["Key"])) for body in bodies]
    if len(set(keys)) < len(keys) or len(keys) > 100:
        raise _error("ValidationException", "TransactWriteItems")


def _outcome(table: MemoryTable, action: str, body: Mapping[str, Any]) -> tuple[Key, Item | None]:
    """What a write would leave under its key; raises _Refused if its condition does not hold."""
    _only(body, _WRITES)
    key = table.key_of(body.get("Item") or body["Key"])
    before = table.items.get(key)
    names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
    text = body.get("ConditionExpression")
    if text is not None and not expressions.condition(text)(before or {}, names, values):
        raise _Refused(before)
    if action == "ConditionCheck":
        return key, before
    if action == "Delete":
        return key, None
    if action == "Put":
        return key, dict(body["Item"])
    item = dict(before or body["Key"])
    expressions.update(body["UpdateExpression"])(item, names, values)
    return key, item


def _put(table: MemoryTable, key: Key, item: Item | None) -> None:
    if item is None:
        table.delete(key)
    elif table.items.get(key) is not item:
        table.put(item)


def _returned(wanted: str, before: Item | None, after: Item | None) -> Any:
    if wanted == "NONE":
        return {}
    if wanted == "ALL_OLD":
        return {"Attributes": dict(before)} if before else {}
    if wanted == "ALL_NEW":
        return {"Attributes": dict(after or {})}
    if wanted == "UPDATED_NEW":
        old = before or {}
        return {"Attributes": {name: value for name, value in (after or {}).items() if old.get(name) != value}}
    raise NotImplementedError(wanted)


def _query(table: MemoryTable, request: Mapping[str, Any]) -> Any:
    index = request.get("IndexName")
    hash_name = table.hash_name if index is None else _schema(table.indexes[index])[0]
    names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
    rows = table.sorted_partition(index, values[_partition_value(request["KeyConditionExpression"], hash_name)]["S"])
    forward = request.get("ScanIndexForward", True)
    start = request.get("ExclusiveStartKey")
    if start is not None:
        range_name = table.range_name if index is None else _schema(table.indexes[index])[1]
        place = (start[range_name]["S"], *table.key_of(start))
        places = [row[0] for row in rows]
        rows = rows[bisect_right(places, place) :] if forward else rows[: bisect_left(places, place)]
    if not forward:
        rows.reverse()
    holds = expressions.condition(request["KeyConditionExpression"])
    return _page(table, index, [item for _, item in rows if holds(item, names, values)], request.get("Limit"))


def _partition_value(text: str, hash_name: str) -> str:
    words = text.replace("=", " = ").split()
    return words[words.index(hash_name) + 2]


def _page(table: MemoryTable, index: str | None, found: list[Item], limit: int | None) -> Any:
    page: list[Item] = []
    size = 0
    for item in found:
        size += _size(item)
        if len(page) == limit or (size > PAGE_BYTES and page):
            break
        page.append(item)
    answer: dict[str, Any] = {"Items": [table.projected(index, item) for item in page], "Count": len(page)}
    if len(page) < len(found):
        key_names = {table.hash_name, table.range_name, *(_schema(table.indexes[index]) if index else ())}
        answer["LastEvaluatedKey"] = {name: page[-1][name] for name in key_names}
    return answer


def _size(item: Item) -> int:
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())


class _OnePage:
    def __init__(self, operation: Any) -> None:
        self._operation = operation

    def paginate(self, **request: Any) -> list[Any]:
        return [self._operation(**request)]


def _only(request: Mapping[str, Any], known: set[str]) -> None:
    if not request.keys() <= known:
        raise NotImplementedError(f"unknown parameters: {sorted(request.keys() - known)}")


def _error(code: str, operation: str, **more: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}, **more}
    return ClientError(answer, operation)


@contextmanager
def _seam(operation: str) -> Iterator[None]:
    name = f"dynamodb.{operation}"
    for seam in list(aws._seams):
        seam(name, "before")
    refusal: ClientError | None = None
    try:
        yield
    except ClientError as failure:
        refusal = failure  # an answer too: it may get lost
    for seam in list(aws._seams):
        seam(name, "after")
    if refusal is not None:
        raise refusal
