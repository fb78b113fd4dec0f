"""The mutants of a module: its source, each time with one small mistake in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.mutation.changes import changes

# What nobody computes with: types, and how many answers a cache keeps.
IDLE_CALLS = ("TypeVar", "lru_cache")
IDLE_FIELDS = ("annotation", "returns", "type_params")
SHOWN = 16


@dataclass(frozen=True)
class Mutant:
    """A module with one mistake. `where` is the function, `change` the mistake in words of the language."""

    where: str
    change: str
    source: str


def mutants(source: str, within: Sequence[str] = ()) -> list[Mutant]:
    """All mutants of a source; `within` keeps to the functions of these dotted names."""
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    for trail, field, place in _places(tree, [tree], ""):
        where = _where(trail)
        if within and where not in within:
            continue
        parent, node = trail[-2], trail[-1]
        for other in changes(node, parent):
            level = _telling(trail)
            before = _line(trail[level])
            _put(parent, field, place, other)
            text = ast.unparse(ast.fix_missing_locations(tree))
            after = _line(other if level == len(trail) - 1 else trail[level])
            _put(parent, field, place, node)
            found.setdefault(text, Mutant(where, f"`{before}` → `{after}`", text))
    found.pop(ast.unparse(tree), None)
    return list(found.values())


Place = tuple[list[ast.AST], str, int | None]


def _places(node: ast.AST, trail: list[ast.AST], said: str) -> Iterator[Place]:
    """Each node below one, with the nodes above it and where it hangs; `said` is what a raise here would tell."""
    if isinstance(node, ast.FunctionDef):
        said = _told(node)
    for field, value in ast.iter_fields(node):
        if field in IDLE_FIELDS:
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _idle(child, node, said):
                below = [*trail, child]
                yield below, field, place
                yield from _places(child, below, said)


def _idle(node: ast.AST, parent: ast.AST, said: str) -> bool:
    """Whether a mistake here could only be one of words, types or speed."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.FunctionDef):
        return node.name == "__repr__"
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in IDLE_CALLS or isinstance(parent, ast.Raise)
    if isinstance(node, ast.Assign):
        target, value = ast.unparse(node.targets[0]), ast.unparse(node.value)
        return target == said or value.startswith(("Literal[", "tuple["))
    return False


def _told(function: ast.FunctionDef) -> str:
    """The name of the sentence that a function raises, if it has one."""
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            first = node.exc.args[0]
            if isinstance(first, ast.Name):
                return first.id
    return ""


def _put(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node


def _where(trail: Sequence[ast.AST]) -> str:
    names = [node.name for node in trail if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return ".".join(names) or "module"


def _telling(trail: Sequence[ast.AST]) -> int:
    """How far down what is changed says something by itself: `0` does not, and neither does `x[0]`."""
    level = len(trail) - 1
    while not isinstance(trail[level], ast.stmt) and len(_line(trail[level])) < SHOWN:
        level -= 1
    return level


def _line(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0]
