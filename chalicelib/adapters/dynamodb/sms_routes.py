"""The route of text messages and the counts by minute: one read for all of it, one atomic addition for each send."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import items, sms_keys
from chalicelib.adapters.dynamodb.attributes import expiry
from chalicelib.adapters.dynamodb.failures import translated
from chalicelib.adapters.dynamodb.keys import PARTITION, of_item
from chalicelib.domain.sms_route import SmsProvider, SmsRoute, Tally, minute_of, minutes_before

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.sms_route import Tallies

TALLIES_KEPT_FOR: Final = timedelta(days=1)
_TAKEN: Final = "ConditionalCheckFailedException"


class SmsRouteReads:
    """The part of the store by which text messages find their provider."""

    _table: Table

    def sms_route(self, *, at: datetime) -> tuple[SmsRoute, Tallies]:
        """Read the route and the counts of the window."""
        minutes = (*minutes_before(at), minute_of(at))
        wanted = {sms_keys.sms_tally(by.value, minute): (by, minute) for by in SmsProvider for minute in minutes}
        route, tallies = SmsRoute(), {by: list[Tally]() for by in SmsProvider}
        for item in self._table.batch_get([sms_keys.sms_route(), *wanted]):
            key = of_item(item)
            if key == sms_keys.sms_route():
                # The version beside the body wins: a new route is written with the next one.
                route = replace(items.from_item(SmsRoute, item), version=int(item["version"]["N"]))
            else:
                by, minute = wanted[key]
                tallies[by].append(_tally(minute, item))
        return route, tallies

    def count_sms(self, *, provider: SmsProvider, bad: bool, at: datetime) -> Tally:
        """Count one send in its minute."""
        minute = minute_of(at)
        with translated():
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key=sms_keys.sms_tally(provider.value, minute).item(),
                UpdateExpression="ADD sent :one, bad :bad SET expires_epoch = :end",
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":bad": {"N": str(int(bad))},
                    ":end": expiry(at + TALLIES_KEPT_FOR)["expires_epoch"],
                },
                ReturnValues="ALL_NEW",
            )
        return _tally(minute, answer["Attributes"])

    def keep_sms_route(self, *, route: SmsRoute, at: datetime) -> bool:  # noqa: ARG002 — the port names the moment
        """Keep a route of the version read."""
        following = replace(route, version=route.version + 1)
        with translated():
            try:
                self._table.client.put_item(
                    TableName=self._table.name,
                    Item=items.to_item(following),
                    ConditionExpression=f"#version = :read OR attribute_not_exists({PARTITION})",
                    ExpressionAttributeNames={"#version": "version"},
                    ExpressionAttributeValues={":read": {"N": str(route.version)}},
                )
            except self._table.client.exceptions.ClientError as failure:
                if failure.response.get("Error", {}).get("Code") != _TAKEN:
                    raise
                return False
        return True


def _tally(minute: int, item: Mapping[str, Mapping[str, Any]]) -> Tally:
    return Tally(minute=minute, sent=int(item["sent"]["N"]), bad=int(item["bad"]["N"]))
