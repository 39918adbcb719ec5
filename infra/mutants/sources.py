"""The modules with the rules, and every change that is made to them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from infra.mutants.operators import changeable, variants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

ROOT = Path(__file__).parents[2]
PACKAGE = "chalicelib.domain"
FOLDER = ROOT / "chalicelib" / "domain"
_WIDTH = 110

#: So many changes a module are made to what runs at import: each costs ten times one inside a function.
MOST_AT_IMPORT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: the ``variant``-th of the ``node``-th node of a module.

    ``function`` is the outermost function around it, by qualified name and first line; None for what runs at import.
    ``first_line`` and ``last_line`` bound the statement, ``body`` the body of that function.
    """

    module: str
    node: int
    variant: int
    line: int
    first_line: int
    last_line: int
    change: str
    function: tuple[str, int] | None
    body: tuple[int, int]

    @property
    def name(self) -> str:
        """The dotted name of the module."""
        return f"{PACKAGE}.{self.module}"


def module_names() -> list[str]:
    """Modules with rules, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def path_of(module: str) -> Path:
    """The file of a module."""
    return FOLDER / f"{module}.py"


def mutants_of(module: str) -> list[Mutant]:
    """Every change inside functions of a module, and some of what runs at import."""
    tree = ast.parse(_text(module))
    places = dict(_places(tree))
    found = []
    for index, node in enumerate(changeable(tree)):
        for variant, other in enumerate(variants(node)):
            first, last, function, body = places[id(node)]
            found.append(
                Mutant(
                    module=module,
                    node=index,
                    variant=variant,
                    line=getattr(node, "lineno", first),
                    first_line=first,
                    last_line=last,
                    change=_change(node, other),
                    function=function,
                    body=body,
                )
            )
    found.sort(key=lambda mutant: (mutant.line, mutant.node, mutant.variant))
    return [mutant for mutant in found if mutant.function] + _some([mutant for mutant in found if not mutant.function])


def _some(mutants: list[Mutant]) -> list[Mutant]:
    """Of the rows and words of tables, which are many and alike, a few that are spread evenly."""
    step = max(1, -(-len(mutants) // MOST_AT_IMPORT))
    return mutants[::step]


def compiled(mutant: Mutant) -> CodeType:
    """The code of the module with the change."""
    tree = ast.parse(_text(mutant.module))
    node = list(changeable(tree))[mutant.node]
    _Replacement(node, variants(node)[mutant.variant]).visit(tree)
    return compile(ast.fix_missing_locations(tree), str(path_of(mutant.module)), "exec", dont_inherit=True)


@cache
def _text(module: str) -> str:
    return path_of(module).read_text("utf-8")


class _Replacement(ast.NodeTransformer):
    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self._node, self._other = node, other

    def visit(self, node: ast.AST) -> ast.AST:
        if node is not self._node:
            return super().generic_visit(node)
        return ast.copy_location(self._other, node) if hasattr(node, "lineno") else self._other


_Lines = tuple[int, int]
_Place = tuple[int, int, tuple[str, int] | None, _Lines]


def _places(tree: ast.Module) -> Iterator[tuple[int, _Place]]:
    """Each node by its identity, with the lines of its statement and the function around it."""
    waiting: list[tuple[ast.AST, str, _Place]] = [(tree, "", (1, 1, None, (0, 0)))]
    while waiting:
        node, scope, (first, last, function, lines) = waiting.pop()
        if isinstance(node, ast.stmt):
            first, last = node.lineno, _end(node)
        yield id(node), (first, last, function, lines)
        inside, within = function, lines
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            scope = f"{scope}{node.name}."
        if isinstance(node, ast.FunctionDef) and function is None:
            first_line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            inside, within = (scope[:-1], first_line), (node.body[0].lineno, node.end_lineno or node.lineno)
        # Defaults of parameters are made when the module is read.
        body = {id(child) for child in node.body} if isinstance(node, ast.FunctionDef) else None
        for child in ast.iter_child_nodes(node):
            is_inside = body is None or id(child) in body
            owner, bounds = (inside, within) if is_inside else (function, lines)
            waiting.append((child, scope, (first, last, owner, bounds)))


def _end(statement: ast.stmt) -> int:
    """The last line of a statement, of a compound one of its head."""
    body = getattr(statement, "body", None)
    return max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno or statement.lineno


def _change(node: ast.AST, other: ast.AST) -> str:
    was, now = (ast.unparse(ast.fix_missing_locations(part)) for part in (_head(node), _head(other)))
    return f"{_short(was, now)} → {_short(now, was)}"


def _head(node: ast.AST) -> ast.AST:
    return node.test if isinstance(node, ast.If | ast.While) else node


def _short(text: str, other: str) -> str:
    """The part of a long text that differs, with a little around it."""
    text, other = " ".join(text.split()), " ".join(other.split())
    if len(text) <= _WIDTH // 2:
        return text
    same = next((at for at, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - _WIDTH // 5)
    return f"{'…' if start else ''}{text[start : start + _WIDTH // 2]}…"
