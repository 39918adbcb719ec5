"""The language of DynamoDB's expressions, read once for each text: conditions, keys of queries, updates.

A parsed expression is a tree of tuples that begin with what they are. Names and values stay placeholders in it, so
that one tree serves all requests with the same text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Tree = tuple[Any, ...]

_TOKEN = re.compile(r"\s*(?:([#:]?[A-Za-z_0-9]+)|(<=|>=|<>|[=<>(),.+\-\[\]]))")
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_FUNCTIONS = {"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2}
_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


class Malformed(Exception):
    """The text is no expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An expression and the placeholders that it uses."""

    tree: Tree
    names: frozenset[str]
    values: frozenset[str]


@lru_cache(maxsize=4096)
def condition(text: str) -> Parsed:
    """Read a condition; raises Malformed."""
    reader = _Reader(text)
    return reader.parsed(reader.either())


@lru_cache(maxsize=4096)
def update(text: str) -> Parsed:
    """Read an update, whose tree is one step after the other; raises Malformed."""
    reader = _Reader(text)
    steps: list[Tree] = []
    seen: set[str] = set()
    while reader.next is not None:
        clause = reader.take().upper()
        if clause not in _CLAUSES or clause in seen:
            raise Malformed(text)
        seen.add(clause)
        steps.append(reader.step(clause))
        while reader.next == ",":
            reader.take()
            steps.append(reader.step(clause))
    if not steps:
        raise Malformed(text)
    return reader.parsed(tuple(steps))


class _Reader:
    """Reads token by token; each method takes one part of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._names: set[str] = set()
        self._values: set[str] = set()

    @property
    def next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self, wanted: str | None = None) -> str:
        token = self.next
        if token is None or (wanted is not None and token.upper() != wanted):
            raise Malformed(self._text)
        self._at += 1
        return token

    def parsed(self, tree: Tree) -> Parsed:
        if self.next is not None:
            raise Malformed(self._text)
        return Parsed(tree=tree, names=frozenset(self._names), values=frozenset(self._values))

    def _word(self, *words: str) -> bool:
        return self.next is not None and self.next.upper() in words

    def either(self) -> Tree:
        left = self._both()
        while self._word("OR"):
            self.take()
            left = ("or", left, self._both())
        return left

    def _both(self) -> Tree:
        left = self._negated()
        while self._word("AND"):
            self.take()
            left = ("and", left, self._negated())
        return left

    def _negated(self) -> Tree:
        if self._word("NOT"):
            self.take()
            return ("not", self._negated())
        if self.next == "(":
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        if self.next in _FUNCTIONS:
            return self._function()
        return self._comparison()

    def _function(self) -> Tree:
        name = self.take()
        arguments = self._arguments()
        if len(arguments) != _FUNCTIONS[name]:
            raise Malformed(self._text)
        return (name, *arguments)

    def _arguments(self) -> list[Tree]:
        self.take("(")
        found = [self._operand()]
        while self.next == ",":
            self.take()
            found.append(self._operand())
        self.take(")")
        return found

    def _comparison(self) -> Tree:
        left = self._operand()
        if self.next in _COMPARISONS:
            return (self.take(), left, self._operand())
        if self._word("BETWEEN"):
            self.take()
            low = self._operand()
            self.take("AND")
            return ("between", left, low, self._operand())
        self.take("IN")
        return ("in", left, *self._arguments())

    def _operand(self) -> Tree:
        token = self.next
        if token is not None and token.startswith(":"):
            self._values.add(self.take())
            return ("value", token)
        if token == "size":
            self.take()
            return ("size", *self._arguments())
        return self._path()

    def _path(self) -> Tree:
        parts: list[str | int] = [self._name()]
        while self.next in {".", "["}:
            if self.take() == ".":
                parts.append(self._name())
            else:
                parts.append(int(self.take()))
                self.take("]")
        return ("path", *parts)

    def _name(self) -> str:
        token = self.take()
        if not (token[0].isalpha() or token[0] in "_#"):
            raise Malformed(self._text)
        if token.startswith("#"):
            self._names.add(token)
        return token

    def step(self, clause: str) -> Tree:
        """Read one step of an update."""
        path = self._path()
        if clause == "REMOVE":
            return ("remove", path)
        if clause == "SET":
            self.take("=")
            return ("set", path, self._sum())
        return (clause.lower(), path, self._operand())

    def _sum(self) -> Tree:
        left = self._addend()
        if self.next in {"+", "-"}:
            return (self.take(), left, self._addend())
        return left

    def _addend(self) -> Tree:
        if self.next not in {"if_not_exists", "list_append"}:
            return self._operand()
        name = self.take()
        self.take("(")
        first = self._addend()
        self.take(",")
        second = self._addend()
        self.take(")")
        return (name, first, second)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise Malformed(text)
        found.append(match[1] or match[2])
        position = match.end()
    return found
