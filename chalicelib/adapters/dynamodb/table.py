"""The few DynamoDB requests that the adapters share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.adapters.dynamodb import index_keys, items, keys
from chalicelib.adapters.dynamodb.failures import translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

E = TypeVar("E")
Page = tuple[list[items.Item], str | None]

BATCH = 100
"""How many items one BatchGetItem reads at most."""


class Table:
    """One table and the client that reaches it."""

    def __init__(self, *, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def get(self, kind: type[E], key: keys.Key) -> E | None:
        """Read one entity with strong consistency, or None."""
        with translated():
            answer = self.client.get_item(TableName=self.name, Key=key.item(), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else items.from_item(kind, item)

    def batch_get(self, wanted: Sequence[keys.Key]) -> list[items.Item]:
        """Read many items by their keys with strong consistency, a hundred a call; what is not there is left out."""
        found: list[items.Item] = []
        asked = [key.item() for key in dict.fromkeys(wanted)]
        while asked:
            request = {self.name: {"Keys": asked[:BATCH], "ConsistentRead": True}}
            with translated():
                answer = self.client.batch_get_item(RequestItems=request)
            found.extend(answer["Responses"].get(self.name, []))
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            asked = [*left, *asked[BATCH:]]
        return found

    def query_all(self, partition: str, *, prefix: str = "") -> list[items.Item]:
        """Read a whole partition (or the part under a prefix) with strong consistency."""
        found: list[items.Item] = []
        after: str | None = None
        while True:
            page, after = self.query(partition, prefix=prefix, after=after)
            found.extend(page)
            if after is None:
                return found

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        limit: int | None = None,
        after: str | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Read one page of a partition."""
        return self._page(
            {
                "ConsistentRead": True,
                "ScanIndexForward": not newest_first,
                **_condition(keys.PARTITION, keys.SORT, partition, prefix),
            },
            limit,
            after,
        )

    def query_range(
        self, partition: str, *, low: str, high: str, limit: int, index: str | None = None
    ) -> tuple[list[items.Item], bool]:
        """Read what lies between two sort keys, both included; tells whether more follows."""
        names = (keys.PARTITION, keys.SORT) if index is None else (f"{index}pk", f"{index}sk")
        request: dict[str, Any] = {
            "KeyConditionExpression": f"{names[0]} = :p AND {names[1]} BETWEEN :low AND :high",
            "ExpressionAttributeValues": {":p": {"S": partition}, ":low": {"S": low}, ":high": {"S": high}},
        }
        request |= {"ConsistentRead": True} if index is None else {"IndexName": index}
        found, following = self._page(request, limit, None)
        return found, following is not None

    def query_index(
        self,
        index: str,
        partition: str,
        *,
        prefix: str = "",
        limit: int | None = None,
        after: str | None = None,
        newest_first: bool = True,
    ) -> Page:
        """Read one page of an index partition."""
        return self._page(
            {
                "IndexName": index,
                "ScanIndexForward": not newest_first,
                **_condition(f"{index}pk", f"{index}sk", partition, prefix),
            },
            limit,
            after,
        )

    def query_due(self, partition: str, *, until: str, limit: int, after: str | None) -> Page:
        """Read one page of what is due up to a moment."""
        return self._page(
            {
                "IndexName": index_keys.DUE_INDEX,
                "KeyConditionExpression": f"{index_keys.DUE_INDEX}pk = :p AND {index_keys.DUE_INDEX}sk <= :until",
                "ExpressionAttributeValues": {":p": {"S": partition}, ":until": {"S": until}},
            },
            limit,
            after,
        )

    def query_between(
        self, index: str, partition: str, *, since: str, until: str, limit: int | None, after: str | None
    ) -> Page:
        """Read one page of a part of an index partition, both ends included, earliest first."""
        return self._page(
            {
                "IndexName": index,
                "KeyConditionExpression": f"{index}pk = :p AND {index}sk BETWEEN :since AND :until",
                "ExpressionAttributeValues": {":p": {"S": partition}, ":since": {"S": since}, ":until": {"S": until}},
            },
            limit,
            after,
        )

    def add_one(self, key: keys.Key) -> int:
        """Add one to a counter and return its new value."""
        return self.add(key, 1)

    def add(self, key: keys.Key, count: int) -> int:
        """Add to a counter and return its new value."""
        with translated():
            answer = self.client.update_item(
                TableName=self.name,
                Key=key.item(),
                UpdateExpression="ADD #count :more",
                ExpressionAttributeNames={"#count": "count"},
                ExpressionAttributeValues={":more": {"N": str(count)}},
                ReturnValues="UPDATED_NEW",
            )
        return int(answer["Attributes"]["count"]["N"])

    def _page(self, request: Mapping[str, Any], limit: int | None, after: str | None) -> Page:
        extra: dict[str, Any] = {}
        if limit is not None:
            extra["Limit"] = limit
        if after is not None:
            extra["ExclusiveStartKey"] = json.loads(after)
        with translated():
            answer = self.client.query(TableName=self.name, **request, **extra)
        last = answer.get("LastEvaluatedKey")
        return answer["Items"], None if last is None else json.dumps(last, sort_keys=True)


def _condition(partition_name: str, sort_name: str, partition: str, prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {":p": {"S": partition}}
    expression = f"{partition_name} = :p"
    if prefix:
        values[":prefix"] = {"S": prefix}
        expression += f" AND begins_with({sort_name}, :prefix)"
    return {"KeyConditionExpression": expression, "ExpressionAttributeValues": values}
