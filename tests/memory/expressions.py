"""DynamoDB's expressions, as far as the adapters write them, compiled once each; anything else is refused loudly."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Item = dict[str, Any]
    Names = Mapping[str, str]
    Values = Mapping[str, Any]
    Condition = Callable[[Item, Names, Values], bool]
    Update = Callable[[Item, Names, Values], None]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[<>=+\-(),]|[#:]?[A-Za-z0-9_.#]+)")
_COMPARE = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class _Missing:
    """An attribute that is not there: equal to nothing, less than nothing."""

    def __eq__(self, _: object) -> bool:
        return False

    def __ne__(self, _: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, _: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__


MISSING = _Missing()


def plain(value: Any) -> Any:
    """Read a typed value so that Python compares it as DynamoDB does."""
    ((kind, inner),) = value.items()
    return Decimal(inner) if kind == "N" else inner


@cache
def condition(text: str) -> Condition:
    """Compile a condition or a key condition."""
    parser = _Parser(text)
    made = parser.either()
    parser.end()
    return made


@cache
def update(text: str) -> Update:
    """Compile an update: SET, ADD and REMOVE."""
    parser = _Parser(text)
    clauses = []
    while parser.left():
        clauses += parser.clause()

    def apply(item: Item, names: Names, values: Values) -> None:
        # Every right side reads the item as it was.
        for change in [clause(item, names, values) for clause in clauses]:
            change()

    return apply


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _TOKEN.findall(text)
        self.at = 0
        if "".join(self.tokens) != re.sub(r"\s", "", text):
            raise NotImplementedError(text)

    def left(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.left()
        if not token or (expected and token.upper() != expected):
            raise NotImplementedError(f"{self.text}: {expected or 'more'} expected at {self.at}")
        self.at += 1
        return token

    def takes(self, expected: str) -> bool:
        if self.left().upper() != expected:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        if self.left():
            raise NotImplementedError(f"{self.text}: {self.left()}")

    def either(self) -> Condition:
        parts = [self.both()]
        while self.takes("OR"):
            parts.append(self.both())
        if len(parts) == 1:
            return parts[0]
        return lambda item, names, values: any(part(item, names, values) for part in parts)

    def both(self) -> Condition:
        parts = [self.one()]
        while self.takes("AND"):
            parts.append(self.one())
        if len(parts) == 1:
            return parts[0]
        return lambda item, names, values: all(part(item, names, values) for part in parts)

    def one(self) -> Condition:
        if self.takes("NOT"):
            inner = self.one()
            return lambda item, names, values: not inner(item, names, values)
        if self.takes("("):
            inner = self.either()
            self.take(")")
            return inner
        if self.left().lower() in {"attribute_exists", "attribute_not_exists", "begins_with"}:
            return self.function()
        return self.comparison()

    def function(self) -> Condition:
        name = self.take().lower()
        self.take("(")
        path = self.operand()
        if name == "begins_with":
            self.take(",")
            prefix = self.operand()
            self.take(")")
            return lambda item, names, values: _starts(path(item, names, values), prefix(item, names, values))
        self.take(")")
        there = name == "attribute_exists"
        return lambda item, names, values: (path(item, names, values) is not MISSING) is there

    def comparison(self) -> Condition:
        one = self.operand()
        if self.takes("BETWEEN"):
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return lambda i, n, v: low(i, n, v) <= one(i, n, v) <= high(i, n, v)
        sign = self.take()
        if sign not in _COMPARE:
            raise NotImplementedError(f"{self.text}: {sign}")
        compare = _COMPARE[sign]
        other = self.operand()
        return lambda i, n, v: compare(one(i, n, v), other(i, n, v))

    def operand(self) -> Callable[[Item, Names, Values], Any]:
        token = self.take()
        if token.startswith(":"):
            return lambda _item, _names, values: plain(values[token])
        return lambda item, names, _: _read(item, _path(token, names))

    def clause(self) -> list[Any]:
        kind = self.take().upper()
        known = {"SET": self.set_one, "ADD": self.add_one, "REMOVE": self.remove_one}
        if kind not in known:
            raise NotImplementedError(f"{self.text}: {kind}")
        parse = known[kind]
        found = [parse()]
        while self.takes(","):
            found.append(parse())
        return found

    def set_one(self) -> Any:
        path = self.take()
        self.take("=")
        source = self.source()
        if self.left() in {"+", "-"}:
            sign = 1 if self.take() == "+" else -1
            other = self.source()
            first = source
            source = lambda i, n, v: _number(  # noqa: E731
                plain(first(i, n, v)) + sign * plain(other(i, n, v))
            )

        def change(item: Item, names: Names, values: Values) -> Callable[[], None]:
            value = source(item, names, values)
            return lambda: _write(item, _path(path, names), value)

        return change

    def source(self) -> Callable[[Item, Names, Values], Any]:
        token = self.take()
        if token.lower() == "if_not_exists":
            self.take("(")
            path = self.take()
            self.take(",")
            other = self.source()
            self.take(")")
            return lambda i, n, v: other(i, n, v) if _read(i, _path(path, n)) is MISSING else _typed(i, _path(path, n))
        if token.startswith(":"):
            return lambda _item, _names, values: values[token]
        return lambda item, names, _: _typed(item, _path(token, names))

    def add_one(self) -> Any:
        path, token = self.take(), self.take()

        def change(item: Item, names: Names, values: Values) -> Callable[[], None]:
            (name,) = _path(path, names)
            before = plain(item[name]) if name in item else Decimal(0)
            return lambda: _write(item, [name], _number(before + plain(values[token])))

        return change

    def remove_one(self) -> Any:
        path = self.take()

        def change(item: Item, names: Names, _: Values) -> Callable[[], None]:
            (name,) = _path(path, names)
            return lambda: _drop(item, name)

        return change


def _starts(text: Any, prefix: str) -> bool:
    return text is not MISSING and str(text).startswith(prefix)


def _number(value: Decimal) -> dict[str, str]:
    return {"N": str(value)}


def _path(text: str, names: Names) -> list[str]:
    return [names[part] if part.startswith("#") else part for part in text.split(".")]


def _typed(item: Item, path: list[str]) -> Any:
    value: Any = {"M": item}
    for name in path:
        value = value["M"][name]
    return value


def _read(item: Item, path: list[str]) -> Any:
    try:
        return plain(_typed(item, path))
    except KeyError:
        return MISSING


def _write(item: Item, path: list[str], value: Any) -> None:
    """Put a value in its place; what it stands in is copied, since earlier copies of the item share it."""
    inner = item
    for name in path[:-1]:
        inner[name] = {"M": dict(inner[name]["M"])}
        inner = inner[name]["M"]
    inner[path[-1]] = value


def _drop(item: Item, name: str) -> None:
    item.pop(name, None)
