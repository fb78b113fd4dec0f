"""No name stands for two things: which classes, types and modules share a name, and why each of them may."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.product import ROOT, modules

# The same thing from another side: what it is.
ARGUED_TYPES = {
    "Conversation": "a side conversation: as the desk sees it, and as the stand-in holds it",
    "Json": "a JSON object, as strictly typed as each room needs it",
    "Now": "who tells the time, in aware UTC",
}
ARGUED_IN_TESTS = {
    "Handler": "what answers a request, within a server of its own",
}
# A module is named by its path; these stand in several rooms for the same thing, seen from each.
ARGUED_MODULES = {
    "access": "who calls a vendor, and what they may do",
    "account": "the Zendesk account",
    "actions": "what a business rule does",
    "app_builds": "Zendesk's builds of an app: asked for, waited for, and made by the stand-in",
    "apps": "the account's own apps: as the stand-in keeps them, and their routes",
    "audits": "what Zendesk writes down of an update",
    "automations": "Zendesk's automations",
    "budgets": "how many calls a service takes: the rows, and the arithmetic",
    "business_rules": "Zendesk's triggers and automations",
    "cases": "the cases: their rows, and the commands about them",
    "client": "the verbs of one vendor",
    "companies": "the client companies: read from their file, asked, shown in the demo, and measured",
    "conditions": "when a business rule fires",
    "conversations": "Zendesk's side conversations",
    "dead": "dead letters: their verbs, and the commands about them",
    "dynamic_content": "texts in several languages: as a kind of part, as the stand-in keeps them, and its routes",
    "errors": "the errors that a room raises",
    "facts": "what is known when something is judged",
    "files": "what people attach: at each service, as values, and what is done with it",
    "handlers": "what handles an event: as a row, and as news of a case",
    "http": "HTTP: the side that asks, and the side that answers",
    "ids": "the ids of the account's things",
    "inbox": "the inbox: its rows, and what handles them",
    "looking": "how a look is carried out: its parts, and one part of it",
    "macros": "Zendesk's macros",
    "metrics": "what is counted for Prometheus",
    "model": "the values that a room works with",
    "outbox": "the outbox: its rows, and what delivers them",
    "pages": "pages that people open: the desk's own, and the demo's",
    "parked": "rows that wait for a moment that is too far away",
    "parse": "a vendor's JSON told in the process's words",
    "placeholders": "Zendesk's placeholders in texts",
    "policy": "the escalation policy: its file, and its values",
    "report": "the report of a week or month: how it is counted, and the command",
    "records": "what is kept, in tables or in the stand-in's memory",
    "requester": "the requester: what they do on a ticket, and the page that they read",
    "rights": "what our user may do in the account",
    "rules": "rules: of eligibility, and Zendesk's as the stand-in runs them",
    "scopes": "OAuth scopes",
    "service": "a stand-in as a whole",
    "shared": "what the other rooms of a package have in common",
    "sidebar": "the app beside a ticket: as the account shall hold it, and what answers it",
    "store": "the store: the room, and the object by which it is reached",
    "texts": "the texts: their files, and their values",
    "tickets": "Zendesk's tickets",
    "timers": "timers: how they are derived, and their rows",
    "webhooks": "Zendesk's webhooks",
    "workmarket": "what is about WorkMarket",
    "writing": "how a ticket is written to",
    "zendesk": "what is about Zendesk",
}


@cache
def types_in(module: Path) -> tuple[str, ...]:
    """Return the names of classes and of types, at whichever depth they stand, but those private to the module."""
    return tuple(_types_in(module))


def _types_in(module: Path) -> Iterator[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and re.fullmatch(r"[A-Z][a-z]\w*", target.id):
            yield target.id


def standing_twice(named: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names that stand in more than one place, with the places."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return {name: where for name, where in sorted(places.items()) if len(where) > 1 and not name.startswith("_")}


def types() -> Iterator[tuple[str, str]]:
    for module in modules():
        for name in types_in(module):
            yield name, str(module.relative_to(ROOT))


def types_of_tests() -> Iterator[tuple[str, str]]:
    for module in sorted((ROOT / "tests").rglob("*.py")):
        for name in types_in(module):
            yield name, str(module.relative_to(ROOT))


def module_names() -> Iterator[tuple[str, str]]:
    for module in modules():
        named = module.parent if module.name == "__init__.py" else module.with_suffix("")
        yield named.name, str(named.relative_to(ROOT))


def test_a_class_or_type_has_a_name_of_its_own() -> None:
    twice = standing_twice(types())
    assert {name: places for name, places in twice.items() if name not in ARGUED_TYPES} == {}


def test_a_class_or_type_of_the_tests_has_a_name_of_its_own_among_them() -> None:
    twice = standing_twice(types_of_tests())
    assert {name: places for name, places in twice.items() if name not in ARGUED_IN_TESTS} == {}


def test_a_module_that_shares_its_name_holds_the_same_thing_seen_from_another_room() -> None:
    twice = standing_twice(module_names())
    assert {name: places for name, places in twice.items() if name not in ARGUED_MODULES} == {}


ARGUED = {
    "types": (ARGUED_TYPES, types),
    "modules": (ARGUED_MODULES, module_names),
    "tests": (ARGUED_IN_TESTS, types_of_tests),
}


@pytest.mark.parametrize("kind", ARGUED)
def test_what_is_argued_still_stands_twice(kind: str) -> None:
    argued, named = ARGUED[kind]
    twice = standing_twice(named())
    assert [name for name in argued if name not in twice] == []
