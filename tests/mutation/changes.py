"""What may be changed at one place of a syntax tree, each change a mistake that somebody could make."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CONDITIONS = (ast.If, ast.While, ast.IfExp)


def changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Every other node that could stand where this one stands."""
    if isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value)
    elif isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _constants(node.value, parent))
    elif isinstance(node, ast.Return) and not _is_nothing(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise | ast.Continue | ast.Break):
        yield ast.Pass()
    if isinstance(parent, CONDITIONS) and node is parent.test and not isinstance(node, ast.Constant):
        yield ast.Constant(True)
        yield ast.Constant(False)


def _comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for other in COMPARISONS[type(op)]:
            ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _constants(value: object, parent: ast.AST) -> Iterator[str | bytes | int]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, str):
        yield "XX" + value
    elif isinstance(value, bytes):
        yield b"XX" + value
        if isinstance(parent, ast.Call) and ast.unparse(parent.func) == "re.compile":
            yield from _counts(value)


def _counts(pattern: bytes) -> Iterator[bytes]:
    """A pattern with each number in braces one more and one less."""
    for found in re.finditer(rb"(?<=[{,])[0-9]+(?=[,}])", pattern):
        for number in (int(found[0]) + 1, int(found[0]) - 1):
            yield b"%b%d%b" % (pattern[: found.start()], number, pattern[found.end() :])


def _is_nothing(value: ast.expr | None) -> bool:
    """Nothing and False are both a no, so changing one into the other is no mistake."""
    return value is None or (isinstance(value, ast.Constant) and not value.value)
