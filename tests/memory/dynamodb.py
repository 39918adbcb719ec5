"""The calls of DynamoDB that the service makes, answered in memory.

Moto answers the same calls over HTTP objects, forty times slower: most of the time of the tests went there. What is
asked here, with what is refused, is a part of DynamoDB: whatever else is asked fails loudly. `tests/contract` holds
both to the same answers.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import ClientError

from tests.memory import expressions
from tests.memory.changes import changed
from tests.memory.table import MemoryTable, Row, Wanted
from tests.memory.values import Invalid, Item, Sight, copied, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Request = dict[str, Any]
Answer = dict[str, Any]

WRITTEN_AT_ONCE, READ_AT_ONCE, TRANSACTED_AT_ONCE = 25, 100, 100
_PLACEHOLDERS = {"ExpressionAttributeNames", "ExpressionAttributeValues"}
_CONDITION = {"ConditionExpression", "ReturnValuesOnConditionCheckFailure", *_PLACEHOLDERS}
_ON_TABLE = {"TableName", *_CONDITION}
_KNOWN = {
    "CreateTable": {"TableName", "BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"},
    "GetItem": {"TableName", "Key", "ConsistentRead"},
    "PutItem": {*_ON_TABLE, "Item"},
    "DeleteItem": {*_ON_TABLE, "Key"},
    "UpdateItem": {*_ON_TABLE, "Key", "UpdateExpression", "ReturnValues"},
    "Query": {
        *("TableName", "IndexName", "KeyConditionExpression", "ScanIndexForward", "ConsistentRead"),
        *("Limit", "ExclusiveStartKey", *_PLACEHOLDERS),
    },
    "Scan": {"TableName", "Limit", "ExclusiveStartKey", "ConsistentRead"},
    "BatchGetItem": {"RequestItems"},
    "BatchWriteItem": {"RequestItems"},
    "TransactWriteItems": {"TransactItems", "ClientRequestToken"},
    "Put": {*_ON_TABLE, "Item"},
    "Delete": {*_ON_TABLE, "Key"},
    "Update": {*_ON_TABLE, "Key", "UpdateExpression"},
    "ConditionCheck": {*_ON_TABLE, "Key"},
}
_RANGES = frozenset({"=", "<", "<=", ">", ">=", "between", "begins_with"})


class Refused(Exception):
    """The condition of a write does not hold; carries the item, if the request wants it."""

    def __init__(self, item: Item | None) -> None:
        super().__init__()
        self.item = item


class MemoryDynamoDB:
    """All tables of one account."""

    def __init__(self) -> None:
        self.tables: dict[str, MemoryTable] = {}
        self._lock = RLock()

    def call(self, operation: str, request: Request) -> Answer:
        """Answer a call by its name; raises ClientError as botocore would."""
        handler = _HANDLERS.get(operation)
        if handler is None:
            raise NotImplementedError(f"{operation} is not answered in memory")
        _refuse_unknown(operation, request)
        with self._lock:
            try:
                answer = handler(self, request)
            except Invalid as failure:
                _fail(operation, "ValidationException", str(failure))
            except expressions.Malformed as failure:
                _fail(operation, "ValidationException", f"Invalid expression: {failure}")
            except Refused as failure:
                extra = {} if failure.item is None else {"Item": failure.item}
                _fail(operation, "ConditionalCheckFailedException", "The conditional request failed", **extra)
        return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}}

    def table(self, request: Mapping[str, Any]) -> MemoryTable:
        """Return the table that a request names."""
        found = self.tables.get(request["TableName"])
        if found is None:
            _fail("", "ResourceNotFoundException", "Requested resource not found")
        return found

    def create_table(self, request: Request) -> Answer:
        self.tables[request["TableName"]] = MemoryTable.of(request)
        return {"TableDescription": {"TableName": request["TableName"], "TableStatus": "ACTIVE"}}

    def get_item(self, request: Request) -> Answer:
        table = self.table(request)
        row = table.row(table.key_of(request["Key"]))
        return {} if row is None else {"Item": row.copy()}

    def put_item(self, request: Request) -> Answer:
        _act(self.table(request), "Put", request)()
        return {}

    def delete_item(self, request: Request) -> Answer:
        _act(self.table(request), "Delete", request)()
        return {}

    def update_item(self, request: Request) -> Answer:
        table = self.table(request)
        place = table.key_of(request["Key"])
        before = table.row(place)
        after, touched = _updated(table, place, request)
        row = table.made(after)[1]
        table.put(place, row)
        kind = request.get("ReturnValues", "NONE")
        shown = _shown(kind, before, row, touched)
        return {"Attributes": shown} if shown else {}

    def query(self, request: Request) -> Answer:
        table = self.table(request)
        index = request.get("IndexName")
        if index is not None and index not in table.indexes:
            raise Invalid(f"The table does not have the specified index: {index}")
        if index is not None and request.get("ConsistentRead"):
            raise Invalid("Consistent reads are not supported on global secondary indexes")
        names, values = _placeholders(request, [expressions.condition(request["KeyConditionExpression"])])
        keys = table.keys if index is None else table.indexes[index].keys
        partition, rest = _key_condition(expressions.condition(request["KeyConditionExpression"]).tree, keys, names)
        wanted = Wanted(
            partition=values[partition[1]]["S"],
            index=index,
            descending=not request.get("ScanIndexForward", True),
            limit=_limit(request),
            after=request.get("ExclusiveStartKey"),
        )
        found = table.candidates(wanted.partition, index)
        if rest is not None:
            found = [row for row in found if Sight(row.item, names, values).holds(rest)]
        return _page(table, wanted, found)

    def scan(self, request: Request) -> Answer:
        table = self.table(request)
        after = request.get("ExclusiveStartKey")
        wanted = Wanted(partition="", index=None, descending=False, limit=_limit(request), after=after)
        return _page(table, wanted, table.everything())

    def batch_get_item(self, request: Request) -> Answer:
        found: dict[str, list[Item]] = {}
        asked = request["RequestItems"]
        _refuse_many([key for part in asked.values() for key in part["Keys"]], READ_AT_ONCE)
        for name, part in asked.items():
            table = self.table({"TableName": name})
            places = [table.key_of(key) for key in part["Keys"]]
            _refuse_doubles(places, "Provided list of item keys contains duplicates")
            rows = [table.row(place) for place in places]
            found[name] = [row.copy() for row in rows if row is not None]
        return {"Responses": found, "UnprocessedKeys": {}}

    def batch_write_item(self, request: Request) -> Answer:
        asked = request["RequestItems"]
        _refuse_many([write for part in asked.values() for write in part], WRITTEN_AT_ONCE)
        for name, part in asked.items():
            table = self.table({"TableName": name})
            writes = [next(iter(write.items())) for write in part]
            bodies = [(kind.removesuffix("Request"), body) for kind, body in writes]
            places = [_place(table, body) for _, body in bodies]
            _refuse_doubles(places, "Provided list of item keys contains duplicates")
            for kind, body in bodies:
                _act(table, kind, body)()
        return {"UnprocessedItems": {}}

    def transact_write_items(self, request: Request) -> Answer:
        actions = [_action(item) for item in request["TransactItems"]]
        _refuse_many(actions, TRANSACTED_AT_ONCE)
        tables = [self.table(body) for _, body in actions]
        places = [(body["TableName"], _place(table, body)) for table, (_, body) in zip(tables, actions, strict=True)]
        _refuse_doubles(places, "Transaction request cannot include multiple operations on one item")
        writes: list[Callable[[], None]] = []
        reasons: list[dict[str, Any]] = []
        for table, (kind, body) in zip(tables, actions, strict=True):
            try:
                writes.append(_act(table, kind, body))
                reasons.append({"Code": "None"})
            except Refused as failure:
                reasons.append(_reason(failure))
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
            _fail("TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=reasons)
        for write in writes:
            write()
        return {}


_HANDLERS: dict[str, Callable[[MemoryDynamoDB, Request], Answer]] = {
    "CreateTable": MemoryDynamoDB.create_table,
    "GetItem": MemoryDynamoDB.get_item,
    "PutItem": MemoryDynamoDB.put_item,
    "DeleteItem": MemoryDynamoDB.delete_item,
    "UpdateItem": MemoryDynamoDB.update_item,
    "Query": MemoryDynamoDB.query,
    "Scan": MemoryDynamoDB.scan,
    "BatchGetItem": MemoryDynamoDB.batch_get_item,
    "BatchWriteItem": MemoryDynamoDB.batch_write_item,
    "TransactWriteItems": MemoryDynamoDB.transact_write_items,
}


def _fail(operation: str, code: str, message: str, **extra: Any) -> NoReturn:
    metadata = {"HTTPStatusCode": 400, "HTTPHeaders": {}, "RetryAttempts": 0}
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata, **extra}
    raise ClientError(answer, operation)


def _refuse_unknown(kind: str, request: Mapping[str, Any]) -> None:
    unknown = set(request) - _KNOWN[kind]
    if unknown:
        raise NotImplementedError(f"{kind} is not answered in memory with {', '.join(sorted(unknown))}")


def _refuse_many(asked: list[Any], most: int) -> None:
    if not 0 < len(asked) <= most:
        raise Invalid(f"1 validation error detected: between 1 and {most} items are taken")


def _refuse_doubles(places: list[Any], message: str) -> None:
    if len(set(places)) != len(places):
        raise Invalid(message)


def _limit(request: Request) -> int | None:
    limit: int | None = request.get("Limit")
    if limit is not None and limit < 1:
        raise Invalid("1 validation error detected: Limit must be greater than or equal to 1")
    return limit


def _action(item: Mapping[str, Any]) -> tuple[str, Request]:
    if len(item) != 1:
        raise Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
    ((kind, body),) = item.items()
    _refuse_unknown(kind, body)
    return kind, body


def _place(table: MemoryTable, body: Request) -> tuple[str, str]:
    return table.key_of(body["Key"]) if "Key" in body else table.made(body["Item"])[0]


def _placeholders(
    request: Request, used: Iterable[expressions.Parsed]
) -> tuple[Mapping[str, str], Mapping[str, dict[str, Any]]]:
    """Return the meanings of the placeholders; one that is not used, or not given, is refused."""
    names, values = request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
    if names == {} or values == {}:
        raise Invalid("ExpressionAttributeNames and ExpressionAttributeValues must not be empty")
    parsed = list(used)
    _refuse_misfit("ExpressionAttributeNames", set(names or ()), {name for one in parsed for name in one.names})
    _refuse_misfit("ExpressionAttributeValues", set(values or ()), {name for one in parsed for name in one.values})
    return names or {}, stored(values or {})


def _refuse_misfit(kind: str, given: set[str], used: set[str]) -> None:
    if given != used:
        unused, missing = sorted(given - used), sorted(used - given)
        raise Invalid(f"Value provided in {kind} unused in expressions: {unused}; used but not defined: {missing}")


def _sight(request: Request, row: Row | None) -> Sight:
    """Show the item to the condition and the update of a request; raises Refused if the condition does not hold."""
    condition, update = request.get("ConditionExpression"), request.get("UpdateExpression")
    parsed = [expressions.condition(condition)] if condition else []
    more = [expressions.update(update)] if update else []
    names, values = _placeholders(request, [*parsed, *more])
    sight = Sight(None if row is None else row.item, names, values)
    if parsed and not sight.holds(parsed[0].tree):
        wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        raise Refused(row.copy() if wanted and row is not None else None)
    return sight


def _updated(table: MemoryTable, place: tuple[str, str], request: Request) -> tuple[Item, set[str]]:
    row = table.row(place)
    sight = _sight(request, row)
    if row is None:
        sight.item = copied(request["Key"])
    after, touched = changed(expressions.update(request["UpdateExpression"]).tree, sight)
    if touched & set(table.keys):
        raise Invalid("One or more parameter values were invalid: Cannot update attribute of the key")
    return after, touched


def _act(table: MemoryTable, kind: str, body: Request) -> Callable[[], None]:
    """Check a write and return what does it."""
    if kind == "Put":
        place, row = table.made(body["Item"])
        _sight(body, table.row(place))
        return lambda: table.put(place, row)
    place = table.key_of(body["Key"])
    if kind == "Update":
        after = table.made(_updated(table, place, body)[0])[1]
        return lambda: table.put(place, after)
    _sight(body, table.row(place))
    return (lambda: table.delete(place)) if kind == "Delete" else (lambda: None)


def _reason(failure: Refused) -> dict[str, Any]:
    reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    return reason if failure.item is None else {**reason, "Item": failure.item}


def _shown(kind: str, before: Row | None, after: Row, touched: set[str]) -> Item:
    old, new = ({} if before is None else before.copy()), after.copy()
    wanted = {"NONE": {}, "ALL_OLD": old, "ALL_NEW": new, "UPDATED_OLD": old, "UPDATED_NEW": new}[kind]
    return {name: wanted[name] for name in wanted if name in touched or kind.startswith("ALL")}


def _key_condition(
    tree: expressions.Tree, keys: tuple[str, str], names: Mapping[str, str]
) -> tuple[expressions.Tree, expressions.Tree | None]:
    """Take the value of the partition key and the condition of the sort key, if there is one."""
    terms = [tree[1], tree[2]] if tree[0] == "and" else [tree]
    by_key = {_key_named(term, names): term for term in terms}
    first = by_key.get(keys[0])
    rest = [term for name, term in by_key.items() if name != keys[0]]
    if first is None or first[0] != "=" or len(by_key) != len(terms):
        raise Invalid("Query condition missed key schema element")
    if rest and (keys[1] not in by_key or rest[0][0] not in _RANGES):
        raise Invalid("Query key condition not supported")
    return first[2], rest[0] if rest else None


def _key_named(term: expressions.Tree, names: Mapping[str, str]) -> str:
    paths = [part for part in term[1:] if isinstance(part, tuple) and part[0] == "path" and len(part) == 2]
    return names.get(paths[0][1], paths[0][1]) if len(paths) == 1 else ""


def _page(table: MemoryTable, wanted: Wanted, found: list[Row]) -> Answer:
    items, last = table.page(wanted, found)
    answer: Answer = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    return answer if last is None else {**answer, "LastEvaluatedKey": last}
