"""What an update expression makes of an item."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.memory.values import Invalid, Item, Sight, Value, copied, inside, value_of

if TYPE_CHECKING:
    from tests.memory.expressions import Tree

_SETS = frozenset({"SS", "NS", "BS"})


def changed(steps: Tree, sight: Sight) -> tuple[Item, set[str]]:
    """Return the item after an update, and which of its attributes the update touched; raises Invalid.

    Every operand is read from the item as it was before.
    """
    _refuse_overlaps(steps, sight)
    after: Item = copied(sight.item)
    for step in steps:
        _STEPS[step[0]](after, sight, *step[1:])
    return after, {str(sight.parts(step[1])[0]) for step in steps}


def _refuse_overlaps(steps: Tree, sight: Sight) -> None:
    paths = [sight.parts(step[1]) for step in steps]
    for position, path in enumerate(paths):
        for other in paths[:position]:
            if all(one == two for one, two in zip(path, other, strict=False)):
                raise Invalid("Two document paths overlap with each other")


def _put(after: Item, parts: list[str | int], value: Value) -> None:
    *way, last = parts
    if not way:
        after[str(last)] = value
        return
    holder: Value | None = after.get(str(way[0]))
    for part in way[1:]:
        holder = inside(holder, part)
    if isinstance(last, str) and holder is not None and "M" in holder:
        holder["M"][last] = value
    elif isinstance(last, int) and holder is not None and "L" in holder:
        holder["L"][last : last + 1] = [value]
    else:
        raise Invalid("The document path provided in the update expression is invalid for update")


def _set(after: Item, sight: Sight, path: Tree, operand: Tree) -> None:
    _put(after, sight.parts(path), copied(_operand(sight, operand)))


def _operand(sight: Sight, tree: Tree) -> Value:
    kind = tree[0]
    if kind == "if_not_exists":
        found = sight.value(tree[1])
        return _operand(sight, tree[2]) if found is None else found
    if kind == "list_append":
        first, second = _operand(sight, tree[1]), _operand(sight, tree[2])
        if "L" not in first or "L" not in second:
            raise Invalid("An operand in the update expression has an incorrect data type")
        return {"L": [*first["L"], *second["L"]]}
    if kind in {"+", "-"}:
        return _total(_operand(sight, tree[1]), _operand(sight, tree[2]), 1 if kind == "+" else -1)
    found = sight.value(tree)
    if found is None:
        raise Invalid("The provided expression refers to an attribute that does not exist in the item")
    return found


def _total(left: Value, right: Value, sign: int) -> Value:
    if "N" not in left or "N" not in right:
        raise Invalid("An operand in the update expression has an incorrect data type")
    return value_of({"N": str(Decimal(left["N"]) + sign * Decimal(right["N"]))})


def _remove(after: Item, sight: Sight, path: Tree) -> None:
    *way, last = sight.parts(path)
    if not way:
        after.pop(str(last), None)
        return
    holder: Value | None = after.get(str(way[0]))
    for part in way[1:]:
        holder = inside(holder, part)
    if holder is None:
        raise Invalid("The document path provided in the update expression is invalid for update")
    if isinstance(last, int):
        holder.get("L", [])[last : last + 1] = []
    else:
        holder.get("M", {}).pop(last, None)


def _add(after: Item, sight: Sight, path: Tree, operand: Tree) -> None:
    found, more = sight.value(path), _operand(sight, operand)
    (kind,) = more
    if kind == "N":
        result = _total(found or {"N": "0"}, more, 1)
    elif kind in _SETS and (found is None or kind in found):
        present: list[Any] = [] if found is None else found[kind]
        result = {kind: [*present, *(member for member in more[kind] if member not in present)]}
    else:
        raise Invalid("Incorrect operand type for operator or function: ADD")
    _put(after, sight.parts(path), result)


def _delete(after: Item, sight: Sight, path: Tree, operand: Tree) -> None:
    found, less = sight.value(path), _operand(sight, operand)
    (kind,) = less
    if kind not in _SETS or (found is not None and kind not in found):
        raise Invalid("Incorrect operand type for operator or function: DELETE")
    if found is None:
        return
    left = [member for member in found[kind] if member not in less[kind]]
    if left:
        _put(after, sight.parts(path), {kind: left})
    else:
        _remove(after, sight, path)


_STEPS = {"set": _set, "remove": _remove, "add": _add, "delete": _delete}
