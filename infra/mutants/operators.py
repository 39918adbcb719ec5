"""The small changes that are made to the rules: what a slip of the hand or of the mind would make of them."""

from __future__ import annotations

import ast
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Each comparison with its boundary moved and turned round.
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_OPPOSITES = {"any": "all", "all": "any", "min": "max", "max": "min"}
#: Of a longer list of like things only so many are left out, evenly spread.
_MOST_LEFT_OUT = 8
_CYRILLIC = range(0x400, 0x500)


def variants(node: ast.AST) -> list[ast.AST]:
    """What may stand in the place of a node; empty where nothing is changed."""
    return [change for kind, make in _MAKERS if isinstance(node, kind) for change in make(node)]


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for at, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            changed = [other() if index == at else kept for index, kept in enumerate(node.ops)]
            yield ast.Compare(left=node.left, ops=changed, comparators=node.comparators)


def _logic(node: ast.BoolOp) -> Iterator[ast.AST]:
    other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield ast.BoolOp(op=other, values=node.values)
    for at in range(len(node.values)):
        kept = node.values[:at] + node.values[at + 1 :]
        yield kept[0] if len(kept) == 1 else ast.BoolOp(op=node.op, values=kept)


def _arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if other := _ARITHMETIC.get(type(node.op)):
        yield ast.BinOp(left=node.left, op=other(), right=node.right)


def _sum(node: ast.AugAssign) -> Iterator[ast.AST]:
    if other := _ARITHMETIC.get(type(node.op)):
        yield ast.AugAssign(target=node.target, op=other(), value=node.value)
    yield ast.Pass()


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(value=not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(value=node.value + 1)
    elif isinstance(node.value, str) and not _is_for_people(node.value):
        yield ast.Constant(value=f"{node.value}x")


def _is_for_people(text: str) -> bool:
    """Whether it is a sentence or a word for people: a test that repeats it proves nothing."""
    return len(text) > 1 and any(ord(letter) in _CYRILLIC for letter in text)


def _condition(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp) or getattr(node.test, "id", "") == "TYPE_CHECKING":
        return  # changed as what it is, or never true
    test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(test=test, body=node.body, orelse=node.orelse)
    else:
        yield type(node)(test=test, body=node.body, orelse=node.orelse)


def _filter(node: ast.comprehension) -> Iterator[ast.AST]:
    for at in range(len(node.ifs)):
        kept = node.ifs[:at] + node.ifs[at + 1 :]
        yield ast.comprehension(target=node.target, iter=node.iter, ifs=kept, is_async=node.is_async)


def _display(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return  # a target of an assignment
    for at in _spread(len(node.elts)):
        kept = node.elts[:at] + node.elts[at + 1 :]
        if isinstance(node, ast.Set):
            yield ast.Set(elts=kept) if kept else ast.Call(func=ast.Name("set", ast.Load()), args=[], keywords=[])
        else:
            yield type(node)(elts=kept, ctx=ast.Load())


def _dictionary(node: ast.Dict) -> Iterator[ast.AST]:
    for at in _spread(len(node.keys)):
        yield ast.Dict(keys=node.keys[:at] + node.keys[at + 1 :], values=node.values[:at] + node.values[at + 1 :])


def _spread(length: int) -> list[int]:
    if length <= _MOST_LEFT_OUT:
        return list(range(length))
    return sorted({round(step * (length - 1) / (_MOST_LEFT_OUT - 1)) for step in range(_MOST_LEFT_OUT)})


def _name(node: ast.Name) -> Iterator[ast.AST]:
    if node.id in _OPPOSITES:
        yield ast.Name(id=_OPPOSITES[node.id], ctx=ast.Load())


def _effect(node: ast.stmt) -> Iterator[ast.AST]:
    """Leaves out a statement that acts by itself."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if not is_text:
        yield ast.Pass()


def _jump(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


_MAKERS: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[ast.AST]]], ...] = (
    (ast.Compare, _comparison),
    (ast.BoolOp, _logic),
    (ast.BinOp, _arithmetic),
    (ast.AugAssign, _sum),
    (ast.UnaryOp, _unary),
    (ast.Constant, _constant),
    ((ast.If, ast.IfExp, ast.While), _condition),
    (ast.comprehension, _filter),
    ((ast.Tuple, ast.List, ast.Set), _display),
    (ast.Dict, _dictionary),
    (ast.Name, _name),
    ((ast.Expr, ast.Raise), _effect),
    ((ast.Break, ast.Continue), _jump),
)


def changeable(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes that may be changed: no annotations, decorators, docstrings, imports and texts put together of parts."""
    hidden: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in hidden:
            hidden.update(map(id, ast.iter_child_nodes(node)))
            continue
        hidden.update(map(id, _not_rules(node)))
        yield node


def _not_rules(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef):
        yield from chain(node.decorator_list, [node.returns] if node.returns else [])
    elif isinstance(node, ast.ClassDef):
        yield from chain(node.decorator_list, node.bases)
    elif isinstance(node, ast.arg | ast.AnnAssign):
        yield from [node.annotation] if node.annotation else []
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
