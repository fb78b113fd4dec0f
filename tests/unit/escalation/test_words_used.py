"""Every text that the process names exists and is filled exactly, and every text is used somewhere."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

import config
import escalation
from config.texts import load_banned, load_texts
from escalation.eligibility.rules import RULES
from escalation.policies.texts import banned_in, gaps
from sandbox.pages import wording
from tests.unit.escalation.case_world import texts

ROOM = Path(escalation.__file__).parent
ROOT = ROOM.parent
SENTENCES = {"fact", "remedy", "why"}
STRING_METHODS = {"startswith", "endswith", "find", "index", "partition", "split", "replace", "removeprefix"}
KEYS = sorted(texts().keys)
RENDERS = {"internal_text", "public_text", "note", "render"}


@cache
def trees() -> list[ast.AST]:
    return [ast.parse(path.read_text()) for path in ROOM.rglob("*.py")]


def calls() -> list[ast.Call]:
    return [
        node
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RENDERS
        if getattr(node.func.value, "id", "") != "ticket"
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    ]


def part(value: ast.expr) -> str:
    return re.escape(str(value.value)) if isinstance(value, ast.Constant) else "[a-z_0-9]+"


@cache
def named() -> tuple[set[str], list[re.Pattern[str]]]:
    """The constants of the room and the texts that macros begin with, and the room's f-strings as patterns."""
    macros = tomllib.loads((Path(config.__file__).parent / "zendesk" / "macros.toml").read_text())["macros"]
    names: set[str] = {macro["comment"] for macro in macros if "comment" in macro}
    patterns = []
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                patterns.append(re.compile("".join(map(part, node.values))))
    return names, patterns


def test_every_text_that_is_rendered_by_name_exists_and_gets_exactly_its_gaps() -> None:
    assert len(calls()) > 40
    for call in calls():
        key = str(getattr(call.args[0], "value", ""))
        assert key in texts().keys, key
        if all(k.arg for k in call.keywords):
            assert {k.arg for k in call.keywords} == gaps(texts().templates[key]), key


def test_every_text_is_used_somewhere() -> None:
    names, patterns = named()
    assert [key for key in KEYS if key not in names and not any(p.fullmatch(key) for p in patterns)] == []


def looked_into(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Compare):
        return node.comparators
    return [node.value] if isinstance(node, ast.Attribute) and node.attr in STRING_METHODS else []


def test_no_code_looks_into_a_sentence() -> None:
    """What a finding or a deadline says is for people: what the process needs of it has a field of its own."""
    for path in (
        path for room in ("escalation", "sync", "parley", "sandbox") for path in (ROOT / room).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text())):
            found = {each.attr for each in looked_into(node) if isinstance(each, ast.Attribute)}
            assert not found & SENTENCES, f"{path}, line {getattr(node, 'lineno', 0)}"


def test_every_rule_has_its_words_and_no_other_has() -> None:
    rules = {rule.name for rule in RULES}
    assert {key.removeprefix("rule.") for key in KEYS if key.startswith("rule.")} == rules
    assert {f"looking_at.{rule}" for rule in rules} <= set(KEYS)
    assert set(wording.RULES) == rules


@pytest.mark.parametrize("audience", ["requester", "other_side"])
def test_no_text_that_leaves_the_house_urges_or_rules(audience: str) -> None:
    for key, text in load_texts()[audience].items():
        assert banned_in(text, load_banned()) == [], key
