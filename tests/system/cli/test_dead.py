"""`parley dead`: what waits for a person, to be seen, tried again, or settled."""

from __future__ import annotations

from datetime import datetime

import pytest

from store import Tx
from tests.system.cli.shell import Shell
from tests.system.processes.spawned_desk import SpawnedDesk

BODY = {"raw": "{broken"}
KINDS = ("ticket.changed", "zendesk.unreadable")
MANY = 300


@pytest.fixture
def letter(desk: SpawnedDesk) -> str:
    """An event that could not be read."""

    def bury(tx: Tx) -> int:
        tx.inbox.record("zendesk:odd", "unreadable", "ticket:1", BODY, desk.clock())
        row = tx.inbox.by_key("zendesk:odd")
        assert row is not None
        tx.inbox.mark_dead(row.id, "The body is no JSON.")
        return row.id

    return f"in-{desk.store.write(bury)}"


def test_dead_letters_are_listed_without_what_they_hold(operator: Shell, letter: str) -> None:
    (listed,) = operator("dead", "list", "--json").json()
    assert (listed["id"], listed["kind"], listed["error"]) == (letter, "unreadable", "The body is no JSON.")
    assert "body" not in listed
    head, line = operator("dead", "list").out.splitlines()
    assert head.split("\t") == ["id", "kind", "case", "at", "why", "cause"]
    assert line.split("\t")[0] == letter
    assert operator("dead", "list", "--no-header").out.splitlines() == [line]


def test_one_is_shown_with_what_it_holds(operator: Shell, letter: str) -> None:
    assert operator("dead", "show", letter, "--json").json()["body"] == BODY
    assert "broken" in operator("dead", "show", letter).out


def test_a_replayed_one_is_handled_again(desk: SpawnedDesk, operator: Shell, letter: str) -> None:
    said = operator("dead", "replay", letter)
    assert (said.code, said.out) == (0, "")
    assert desk.left() == [("inbox", "new")]
    assert operator("dead", "list", "--json").json() == []


def test_a_discarded_one_is_settled(desk: SpawnedDesk, operator: Shell, letter: str) -> None:
    assert operator("dead", "discard", letter).code == 0
    assert operator("dead", "list", "--json").json() == []
    assert desk.left() == []


@pytest.mark.parametrize("command", ["show", "replay", "discard"])
@pytest.mark.parametrize("name", ["in-99", "out-C-1.1", "nonsense"])
def test_one_that_is_not_there_is_named(operator: Shell, command: str, name: str) -> None:
    said = operator("dead", command, name)
    assert (said.code, said.out) == (1, "")
    assert name in said.err


@pytest.fixture
def many(desk: SpawnedDesk, letter: str) -> list[str]:
    """More letters than a page, of two kinds, beside the one: those of Zendesk's body are the older."""

    def bury(tx: Tx) -> list[str]:
        return [buried(tx, f"k{number}", KINDS[number % 2], desk.clock()) for number in range(MANY)]

    return desk.store.write(bury)


def buried(tx: Tx, key: str, kind: str, now: datetime) -> str:
    tx.inbox.record(key, kind, "ticket:7", BODY, now)
    row = tx.inbox.by_key(key)
    assert row is not None
    tx.inbox.mark_dead(row.id, "No.")
    return f"in-{row.id}"


def test_a_list_is_whole_where_it_goes_to_a_program(operator: Shell, many: list[str], letter: str) -> None:
    whole = {*many, letter}
    assert {row["id"] for row in operator("dead", "list", "--json").json()} == whole
    said = operator("dead", "list")
    assert {line.split("\t")[0] for line in said.out.splitlines()} == {"id", *whole}
    assert said.err.strip() == f"{MANY + 1} dead letters."


def test_a_page_says_how_many_there_are_and_how_to_go_on(operator: Shell, many: list[str]) -> None:
    first = operator("dead", "list", "--limit", "200")
    words = first.err.split()
    assert words[:3] == ["200", "of", str(MANY + 1)]
    rest = operator("dead", "list", words[-2], words[-1], "--no-header")
    listed = [line.split("\t")[0] for line in (first.out + rest.out).splitlines()][1:]
    assert len(listed) == len(set(listed)) == MANY + 1
    assert "these were the last" in rest.err


def test_a_list_can_be_narrowed(operator: Shell, many: list[str], letter: str) -> None:
    assert len(operator("dead", "list", "--kind", KINDS[0], "--json").json()) == MANY // 2
    assert len(operator("dead", "list", "--ticket", "7", "--json").json()) == MANY
    (other,) = operator("dead", "list", "--ticket", "1", "--json").json()
    assert other["id"] == letter
    assert operator("dead", "list", "--since", "2099-01-01", "--json").json() == []
    said = operator("dead", "list", "--since", "lately")
    assert (said.code, said.out) == (1, "")
    assert "--since lately" in said.err


@pytest.mark.parametrize("act", ["replay", "discard"])
def test_those_that_are_chosen_are_settled_together_once_it_is_said_so(
    desk: SpawnedDesk, operator: Shell, many: list[str], act: str
) -> None:
    chosen = ("dead", act, "--kind", KINDS[0], "--reason", "Mended.")
    said = operator(*chosen)
    assert (said.code, said.out) == (1, "")
    assert f"{MANY // 2} dead letters would be" in said.err and "--yes" in said.err
    assert operator(*chosen, "--yes").code == 0
    left = {row["kind"] for row in operator("dead", "list", "--json").json()}
    assert left == {KINDS[1], "unreadable"}
    lines = desk.store.read(lambda tx: tx.journal.of_ticket("7"))
    assert len(lines) == MANY // 2
    assert all("(command)" in line.actor and "Mended." in line.why for line in lines)


@pytest.mark.parametrize(
    "chosen",
    [(), ("in-1", "--all"), ("--all", "--kind", "x"), ("in-1", "--ticket", "5"), ("--all",), ("--ticket", "7")],
)
def test_what_is_chosen_twice_not_at_all_or_without_a_reason_is_refused(
    desk: SpawnedDesk, operator: Shell, chosen: tuple[str, ...]
) -> None:
    said = operator("dead", "discard", *chosen)
    assert (said.code, said.out) == (2, "")
    assert "--reason" in said.err or "--all" in said.err


def test_where_nothing_is_chosen_nothing_is_asked(desk: SpawnedDesk, operator: Shell) -> None:
    said = operator("dead", "replay", "--all", "--reason", "x")
    assert (said.code, said.out, said.err.strip()) == (0, "", "There is no such dead letter.")
