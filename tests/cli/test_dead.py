"""`parley dead`: what waits for a person, to be seen, tried again, or settled."""

from __future__ import annotations

import pytest

from store import Tx
from tests.cli.shell import Shell
from tests.processes.desk import Desk

BODY = {"raw": "{broken"}


@pytest.fixture
def letter(desk: Desk) -> str:
    """An event that could not be read."""

    def bury(tx: Tx) -> int:
        tx.inbox.record("zendesk:odd", "unreadable", "ticket:1", BODY, desk.clock())
        row = tx.inbox.by_key("zendesk:odd")
        assert row is not None
        tx.inbox.mark_dead(row.id, "The body is no JSON.")
        return row.id

    return f"in-{desk.store.write(bury)}"


def test_dead_letters_are_listed_without_what_they_hold(office: Shell, letter: str) -> None:
    (listed,) = office("dead", "list", "--json").json()
    assert (listed["id"], listed["kind"], listed["error"]) == (letter, "unreadable", "The body is no JSON.")
    assert "body" not in listed
    assert office("dead", "list").out.split("\t")[0] == letter


def test_one_is_shown_with_what_it_holds(office: Shell, letter: str) -> None:
    assert office("dead", "show", letter, "--json").json()["body"] == BODY
    assert "broken" in office("dead", "show", letter).out


def test_a_replayed_one_is_handled_again(desk: Desk, office: Shell, letter: str) -> None:
    said = office("dead", "replay", letter)
    assert (said.code, said.out) == (0, "")
    assert desk.left() == [("inbox", "new")]
    assert office("dead", "list", "--json").json() == []


def test_a_discarded_one_is_settled(desk: Desk, office: Shell, letter: str) -> None:
    assert office("dead", "discard", letter).code == 0
    assert office("dead", "list", "--json").json() == []
    assert desk.left() == []


@pytest.mark.parametrize("command", ["show", "replay", "discard"])
@pytest.mark.parametrize("name", ["in-99", "out-C-1.1", "nonsense"])
def test_one_that_is_not_there_is_named(office: Shell, command: str, name: str) -> None:
    said = office("dead", command, name)
    assert (said.code, said.out) == (1, "")
    assert name in said.err
