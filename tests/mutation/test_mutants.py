"""That mistakes are planted as told, and that those which change nothing are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.mutants import mutants
from tests.mutation.overlay import TREE, Overlay, Target

WINDOW = ("tests/integration/webhooks/test_signatures.py", "-k", "window")
SIGNATURES = Target("verify", "webhooks/signatures.py", (WINDOW,))


def changed(body: str) -> list[str]:
    return [mutant.change for mutant in mutants(f"def f(a, b):\n    {body}\n")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return a < b", ["`return a < b` → `return None`", "`return a < b` → `return a <= b`"]),
        ("f(a and not b)", ["`f(a and (not b))` → `f(a or not b)`", "`f(a and (not b))` → `f(a and b)`"]),
        ("b -= 7", ["`b -= 7` → `b += 7`", "`b -= 7` → `b -= 8`", "`b -= 7` → `b -= 6`"]),
        ("return f(a[0], 'word')", ["`return f(a[0], 'word')` → `return f(a[1], 'word')`"]),
        ("if a: raise b", ["`if a:` → `if True:`", "`raise b` → `pass`"]),
        ("return re.compile(b'x{2}')", ["`re.compile(b'x{2}')` → `re.compile(b'x{3}')`"]),
    ],
)
def test_a_mistake_is_planted_in_each_place(body: str, said: list[str]) -> None:
    found = changed(body)
    assert [change for change in said if change not in found] == []


@pytest.mark.parametrize("body", ["'''Words about f.'''", "a: Literal['x']", "from a import b"])
def test_words_and_types_stay_as_they_are(body: str) -> None:
    assert changed(body) == []


def test_what_an_error_says_stays_as_it_is() -> None:
    assert changed("raise ValueError('Not 2.')") == ["`raise ValueError('Not 2.')` → `pass`"]


def test_each_mutant_of_a_module_is_another_module() -> None:
    source = (TREE / SIGNATURES.file).read_text(encoding="utf-8")
    found = mutants(source)
    assert len(found) > 100
    assert len({mutant.source for mutant in found}) == len(found)
    for mutant in found:
        compile(mutant.source, mutant.where, "exec")


def test_a_window_with_other_edges_is_noticed_and_the_module_as_it_is_passes(tmp_path: Path) -> None:
    overlay, bounds_s = Overlay(tmp_path), [60.0]
    source = (TREE / SIGNATURES.file).read_text(encoding="utf-8")
    change = "→ `abs(now - signed_at) < INTAKE_WINDOW`"
    (wider,) = (each for each in mutants(source) if each.change.endswith(change))
    assert overlay.kills(SIGNATURES, wider.source, bounds_s)
    assert not overlay.kills(SIGNATURES, source, bounds_s)
