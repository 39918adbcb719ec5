"""What moto does slowly, done quickly: the tests ask it a hundred thousand times."""

from __future__ import annotations

import copy
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.core import responses
from moto.core.serialize import XFormedAttributePicker
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.sqs import models as sqs_models

if TYPE_CHECKING:
    import pytest

_update_item = DynamoDBBackend.update_item
_possible_keys = XFormedAttributePicker.get_possible_keys
_keys: dict[tuple[str, ...], tuple[str, ...]] = {}


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Let moto remember what it would find out anew for each call."""
    patch.setattr(Table, "__deepcopy__", _same_items, raising=False)
    patch.setattr(DynamoDBBackend, "update_item", _update_a_copy)
    patch.setattr(XFormedAttributePicker, "get_possible_keys", _remembered_keys)
    patch.setattr(responses, "method_names_from_class", cache(responses.method_names_from_class))
    for module in (responses, sqs_models):
        patch.setattr(module, "camelcase_to_underscores", cache(module.camelcase_to_underscores))


def _same_items(table: Any, _: Any) -> Any:
    """Copy a table for the roll-back of a transaction: no item of it is ever altered, only replaced.

    Moto copies the whole table once for each action of a transaction; with deep copies that is most of the time here.
    """
    same = copy.copy(table)
    same.items = defaultdict(dict, {partition: dict(rows) for partition, rows in table.items.items()})
    return same


def _update_a_copy(backend: Any, table_name: str, key: dict[str, Any], *arguments: Any, **options: Any) -> Any:
    """Put a copy of the item in its place and let moto alter that: copies of the table may hold the item itself."""
    table = backend.get_table(table_name)
    partition, sort = backend.get_keys_value(table, key)
    item = table.get_item(partition, sort)
    if item is not None:
        table.items[partition][sort] = copy.deepcopy(item)
    return _update_item(backend, table_name, key, *arguments, **options)


def _remembered_keys(picker: Any, context: Any) -> Any:
    """Tell under which names a member of an answer may be found: they follow from the description of the service."""
    if hasattr(context.obj, "Meta"):  # it may name them itself
        return _possible_keys(picker, context)
    parent = getattr(context.shape, "parent", context.shape)
    kind = type(context.obj).__name__
    place = (context.service_model.service_name, parent.name, context.shape.name, context.key, kind)
    if place not in _keys:
        _keys[place] = tuple(_possible_keys(picker, context))
    return _keys[place]
