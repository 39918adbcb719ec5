"""Attribute values as DynamoDB writes them: what may be stored, how values compare, what expressions make of them."""

from __future__ import annotations

import marshal
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.memory.expressions import Tree

Value = dict[str, Any]
Item = dict[str, Value]

_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,37}")
_SETS = {"SS": "S", "NS": "N", "BS": "B"}
_ORDERED = frozenset({"S", "N", "B"})


class Invalid(Exception):
    """DynamoDB refuses the request with a ValidationException."""


def stored(item: Mapping[str, Any]) -> Item:
    """Copy an item as the table keeps it; raises Invalid for what is no attribute value."""
    return {str(name): value_of(value) for name, value in item.items()}


def value_of(value: Any) -> Value:
    """Copy one attribute value in its canonical form; raises Invalid."""
    if not isinstance(value, dict) or len(value) != 1:
        raise Invalid("Supplied AttributeValue has more than one datatypes set, or none")
    ((kind, content),) = value.items()
    if kind not in _WRITTEN:
        raise Invalid(f"Supplied AttributeValue is empty or unknown: {kind}")
    return {kind: _WRITTEN[kind](content)}


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise Invalid("A string is not a string")
    return str(content)


def _number(content: Any) -> str:
    text = _text(content)
    if _CANONICAL.fullmatch(text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Invalid("The parameter cannot be converted to a numeric value") from None
    if not number.is_finite() or len(number.normalize().as_tuple().digits) > 38:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    return "0" if number == 0 else f"{number.normalize():f}"


def _bytes(content: Any) -> bytes:
    if not isinstance(content, bytes | bytearray):
        raise Invalid("Binary is not binary")
    return bytes(content)


def _flag(content: Any) -> bool:
    if not isinstance(content, bool):
        raise Invalid("A flag is not a flag")
    return content


def _list(content: Any) -> list[Value]:
    return [value_of(value) for value in content]


def _set(write: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def written(content: Any) -> list[Any]:
        members = [write(member) for member in content]
        if not members or len(set(members)) != len(members):
            raise Invalid("Input collection is empty or contains duplicates")
        return members

    return written


_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "S": _text,
    "N": _number,
    "B": _bytes,
    "BOOL": _flag,
    "NULL": _flag,
    "M": stored,
    "L": _list,
    "SS": _set(_text),
    "NS": _set(_number),
    "BS": _set(_bytes),
}


def size_of(item: Item) -> int:
    """Count the bytes of an item about as DynamoDB does."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Value) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "M":
        return 3 + size_of(content) + len(content)
    if kind == "L":
        return 3 + sum(_size(member) + 1 for member in content)
    if kind in _SETS:
        return sum(_size({_SETS[kind]: member}) for member in content)
    return len(content) if kind == "B" else 1


def copied(item: Any) -> Any:
    """Copy what consists of dicts, lists, texts and flags only: by far the fastest way."""
    return marshal.loads(marshal.dumps(item, 2))  # noqa: S302 — it was packed here


class Sight:
    """What an expression sees: an item, perhaps none, and the meaning of its placeholders."""

    __slots__ = ("item", "names", "values")

    def __init__(self, item: Item | None, names: Mapping[str, str], values: Mapping[str, Value]) -> None:
        self.item = item or {}
        self.names = names
        self.values = values

    def parts(self, path: Tree) -> list[str | int]:
        """Resolve the names of a path."""
        return [self.names[part] if isinstance(part, str) and part[0] == "#" else part for part in path[1:]]

    def value(self, tree: Tree) -> Value | None:
        """Return an operand's value, or None where there is none."""
        kind = tree[0]
        if kind == "value":
            return self.values[tree[1]]
        if kind == "size":
            return _measured(self.value(tree[1]))
        first, *rest = self.parts(tree)
        found: Value | None = self.item.get(str(first))
        for part in rest:
            found = inside(found, part)
        return found

    def holds(self, tree: Tree) -> bool:
        """Tell whether a condition holds."""
        kind = tree[0]
        if kind == "and":
            return self.holds(tree[1]) and self.holds(tree[2])
        if kind == "or":
            return self.holds(tree[1]) or self.holds(tree[2])
        if kind == "not":
            return not self.holds(tree[1])
        return _TESTS[kind](*[self.value(operand) for operand in tree[1:]])


def inside(value: Value | None, part: str | int) -> Value | None:
    """Return a member of a map or list, or None."""
    if value is None:
        return None
    if isinstance(part, int):
        members = value.get("L", [])
        return members[part] if part < len(members) else None
    return value.get("M", {}).get(part)


def _measured(value: Value | None) -> Value | None:
    if value is None:
        return None
    ((kind, content),) = value.items()
    if kind in {"N", "BOOL", "NULL"}:
        raise Invalid("Incorrect operand type for operator or function: size")
    return {"N": str(len(content.encode()) if kind == "S" else len(content))}


def comparable(value: Value) -> Any:
    """Return what a value is ordered by, within its type."""
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content


def _same(left: Value | None, right: Value | None) -> bool:
    if left is None or right is None:
        return False
    if left.keys() != right.keys():
        return False
    (kind,) = left
    if kind in _SETS:
        return set(left[kind]) == set(right[kind])
    return bool(comparable(left) == comparable(right))


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Value | None, Value | None], bool]:
    def compared(left: Value | None, right: Value | None) -> bool:
        if left is None or right is None or left.keys() != right.keys() or not left.keys() <= _ORDERED:
            return False
        return test(comparable(left), comparable(right))

    return compared


_at_least = _ordered(lambda left, right: left >= right)
_at_most = _ordered(lambda left, right: left <= right)


def _begins(value: Value | None, start: Value | None) -> bool:
    if value is None or start is None or value.keys() != start.keys():
        return False
    (kind,) = value
    return kind in {"S", "B"} and bool(value[kind].startswith(start[kind]))


def _contains(value: Value | None, wanted: Value | None) -> bool:
    if value is None or wanted is None:
        return False
    ((kind, content),) = value.items()
    ((wanted_kind, wanted_content),) = wanted.items()
    if kind == "L":
        return any(_same(member, wanted) for member in content)
    if kind in _SETS:
        return _SETS[kind] == wanted_kind and wanted_content in content
    return kind == wanted_kind and kind in {"S", "B"} and wanted_content in content


_TESTS: dict[str, Callable[..., bool]] = {
    "=": _same,
    "<>": lambda left, right: not _same(left, right),
    "<": _ordered(lambda left, right: left < right),
    "<=": _at_most,
    ">": _ordered(lambda left, right: left > right),
    ">=": _at_least,
    "between": lambda value, low, high: _at_least(value, low) and _at_most(value, high),
    "in": lambda value, *members: any(_same(value, member) for member in members),
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "attribute_type": lambda value, kind: value is not None and kind["S"] in value,
    "begins_with": _begins,
    "contains": _contains,
}
