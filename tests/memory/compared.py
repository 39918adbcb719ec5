"""DynamoDB in memory beside moto: each request goes to both, and both must answer the same."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.memory.dynamodb import MemoryDynamoDB

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = {"PK", "SK"}
READS = frozenset({"GetItem", "Query", "BatchGetItem", "TransactGetItems", "Scan"})
ENOUGH = 5
"""Reads of one shape that are compared; writes are, all of them: moto's table is to hold the same."""

_SETS = frozenset({"SS", "NS", "BS"})


class ComparedDynamoDB(MemoryDynamoDB):
    """Answers in memory, when moto has answered the same."""

    def __init__(self, wired: Callable[[str, Any], Any]) -> None:
        """Make it.

        Args:
            wired: Sends an operation with its request to moto.
        """
        super().__init__()
        self._wired = wired
        self.compared: list[str] = []
        self._shapes: Counter[str] = Counter()

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a call; raises AssertionError if the two differ, else what both raise."""
        if operation in READS and self._is_known(operation, request):
            return super().call(operation, request)
        theirs = _outcome(self._wired, operation, request)
        ours = _outcome(super().call, operation, request)
        self.compared.append(operation)
        if request.get("ReturnValues") == "UPDATED_NEW" and isinstance(theirs, dict):
            # Of an item that is new moto shows the key too, which no update has touched.
            theirs["Attributes"] = {name: theirs["Attributes"][name] for name in theirs["Attributes"].keys() - KEYS}
        assert _told(operation, ours) == _told(operation, theirs), (operation, request)
        if isinstance(ours, ClientError):
            raise ours
        return ours

    def _is_known(self, operation: str, request: dict[str, Any]) -> bool:
        """Tell whether reads that differ in values only were compared often enough."""
        shape = repr((operation, _shape(request)))
        self._shapes[shape] += 1
        return self._shapes[shape] > ENOUGH


def _shape(request: Any) -> Any:
    """Tell what of a request is not a value: its expressions, index, direction, and how many keys it names."""
    if isinstance(request, list):
        return [_shape(member) for member in request]
    if not isinstance(request, dict):
        return request
    values = {"Key", "ExpressionAttributeValues", "ExclusiveStartKey"}
    return {name: sorted(part) if name in values else _shape(part) for name, part in request.items()}


def _outcome(call: Callable[[str, Any], Any], operation: str, request: Any) -> Any:
    try:
        return call(operation, request)
    except ClientError as failure:
        return failure


def _failure(failure: ClientError) -> tuple[Any, ...]:
    """Tell what of a refusal the service can read: the code, the reasons, the items."""
    answer: Any = failure.response
    reasons = [(one.get("Code", "None"), _plain(one.get("Item"))) for one in answer.get("CancellationReasons", [])]
    return (answer["Error"]["Code"], reasons, _plain(answer.get("Item")))


def _told(operation: str, answer: Any) -> Any:
    """Tell an answer without what neither the service nor its tests read."""
    if isinstance(answer, ClientError):
        return _failure(answer)
    if operation == "CreateTable":
        return answer["TableDescription"]["TableName"]
    told = {name: value for name, value in answer.items() if name not in {"ResponseMetadata", "ConsumedCapacity"}}
    told = {name: value for name, value in told.items() if value not in ({}, [], None)}
    if operation == "BatchGetItem":
        return {table: sorted(map(repr, map(_plain, rows))) for table, rows in told.get("Responses", {}).items()}
    return {name: _plain(value) for name, value in told.items()}


def _plain(value: Any) -> Any:
    """Write sets without an order, and numbers by their value."""
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((kind, content),) = value.items()
        if kind == "N" and isinstance(content, str):
            return {kind: Decimal(content)}
        if kind in _SETS and isinstance(content, list):
            return {kind: sorted(content)}
    return {name: _plain(member) for name, member in value.items()}
