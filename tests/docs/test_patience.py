"""No test hangs on the few seconds that a library waits by itself, nor reads authorities that it has no use for.

A busy machine takes longer, and reading takes 20 ms a client.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CALLS = {"Client", "AsyncClient", "delete", "get", "post", "put", "request"}
# What goes by a transport of ours has no socket.
PATIENT, UNENCRYPTED = {"timeout", "transport"}, {"verify", "transport"}
FILES = [file for file in sorted(Path("tests").rglob("*.py")) if "httpx" in file.read_text(encoding="utf-8")]


def calls_without(says: set[str], file: Path) -> Iterator[str]:
    for found in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match found:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="httpx"), attr=name), keywords=said) if (
                name in CALLS
            ):
                if not says & {one.arg for one in said}:
                    yield f"{file}:{found.lineno}"


def test_every_request_of_a_test_says_how_long_it_waits() -> None:
    assert len(FILES) > 10
    assert [call for file in FILES for call in calls_without(PATIENT, file)] == []


def test_every_request_of_a_test_says_that_nothing_is_encrypted() -> None:
    assert [call for file in FILES for call in calls_without(UNENCRYPTED, file)] == []
