"""What moto does slowly, done quickly: the tests ask it a hundred thousand times."""

from __future__ import annotations

import copy
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.core import responses
from moto.core.serialize import XFormedAttributePicker
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DDBType, DynamoType
from moto.dynamodb.models.table import Table
from moto.sqs import models as sqs_models

if TYPE_CHECKING:
    import pytest

_all_items = Table.all_items
_cast_value = DynamoType.cast_value
_update_item = DynamoDBBackend.update_item
_possible_keys = XFormedAttributePicker.get_possible_keys
_keys: dict[tuple[str, ...], tuple[str, ...]] = {}


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Let moto remember what it would find out anew for each call."""
    patch.setattr(Table, "__deepcopy__", _same_items, raising=False)
    patch.setattr(Table, "all_items", _items_in_order)
    patch.setattr(DynamoType, "cast_value", property(_value))
    patch.setattr(DynamoType, "__eq__", _is_same)
    patch.setattr(DynamoType, "__hash__", _hash)
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


def _items_in_order(table: Any) -> Any:
    """Tell all items in the order of their keys, which are compared as the strings that they are.

    Moto sorts the whole table for each query, and sorts what it has found once more.
    """
    if {table.hash_key_type, table.range_key_type} != {DDBType.STRING}:
        return _all_items(table)
    items = [item for rows in table.items.values() for item in rows.values()]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def _value(value: Any) -> Any:
    return value.value if value.type == DDBType.STRING else _cast_value.fget(value)


def _is_same(value: Any, other: Any) -> bool:
    if value.type != other.type:
        return False
    return value.value == other.value if value.type == DDBType.STRING else value.cast_value == other.cast_value


def _hash(value: Any) -> int:
    return hash(value.value if value.type == DDBType.STRING else (value.type, value.cast_value))


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
