"""No test hangs on the few seconds that a library waits by itself: a busy machine takes longer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CALLS = {"Client", "AsyncClient", "delete", "get", "post", "put", "request"}
SAYS = {"timeout", "transport"}  # what goes by a transport of ours has no socket


def impatient_calls(file: Path) -> Iterator[str]:
    for found in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match found:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="httpx"), attr=name), keywords=said) if (
                name in CALLS
            ):
                if not SAYS & {one.arg for one in said}:
                    yield f"{file}:{found.lineno}"


def test_every_request_of_a_test_says_how_long_it_waits() -> None:
    files = [file for file in sorted(Path("tests").rglob("*.py")) if "httpx" in file.read_text(encoding="utf-8")]
    assert len(files) > 10
    assert [call for file in files for call in impatient_calls(file)] == []
