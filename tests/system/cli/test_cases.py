"""`parley case`: the cases told to a person and to a machine, and what is done by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.model.derivation import label
from parley.commands.cases import case_line
from store import CaseRow
from sync.shared.codec import encode_case
from tests.system.cli.shell import Shell, wait_for
from tests.system.processes.spawned_desk import Forker, SpawnedDesk
from tests.unit.escalation.case_world import in_tier

KEYS = [
    "id",
    "ticket_id",
    "assignment_id",
    "party",
    "requester",
    "crossed_with",
    "state",
    "tier",
    "paused_until",
    "opened",
    "verdict",
    "deadlines",
    "journal",
    "company",
    "files",
    "language",
    "month_from",
    "checked_at",
    "changed_since",
    "held",
]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def desk(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpawnedDesk]:
    """One for all tests that leave the case where it is."""
    desk = SpawnedDesk(forker, tmp_path_factory.mktemp("desk"))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def ticket(desk: SpawnedDesk) -> int:
    return in_tier_1(desk)


def in_tier_1(desk: SpawnedDesk) -> int:
    """A ticket whose case is in tier 1."""
    number = desk.assignment()
    desk.open()
    ticket = desk.submit(number)
    desk.until(lambda: desk.state(ticket) == "tier_1")
    return ticket


def test_a_case_is_told_as_the_contract_says(desk: SpawnedDesk, operator: Shell, ticket: int) -> None:
    told = operator("case", "show", str(ticket), "--json").json()
    assert set(told) >= {*KEYS, "whose_turn", "waiting_for", "rows"}
    assert (told["audience"], told["language"], told["whose_turn"]) == ("operator", "en", "other_side")
    assert (told["ticket_id"], told["party"], told["state"], told["tier"]) == (str(ticket), "worker", "tier_1", 1)
    assert told["paused_until"] is None
    assert RFC_3339.fullmatch(told["opened"])
    assert all(set(row) >= {"rule", "outcome", "fact", "source", "remedy", "earliest"} for row in told["verdict"])
    assert {row["outcome"] for row in told["verdict"]} == {"pass"}
    assert all(set(row) >= {"kind", "due", "why"} for row in told["deadlines"])
    assert {row["kind"] for row in told["deadlines"]} == {"next_update", "tier_ends", "month_ends"}
    assert tuple(told["journal"][0]) == ("at", "actor", "what", "why")


def test_a_case_is_found_by_its_id_and_by_its_ticket(operator: Shell, ticket: int) -> None:
    (listed,) = operator("case", "list", "--json").json()
    assert list(listed) == KEYS
    by_id, by_ticket = (operator("case", "show", name, "--json").json() for name in (listed["id"], str(ticket)))
    moving = dict.fromkeys(("read_at", "rows", "version", "changed_at"))
    assert {**by_id, **moving} == {**by_ticket, **moving}
    assert operator("case", "explain", str(ticket), "--json").json().keys() == by_id.keys()


def test_explain_tells_every_rule_and_every_deadline_to_a_person(operator: Shell, ticket: int) -> None:
    said = operator("case", "explain", str(ticket))
    assert said.code == 0
    assert said.err == ""
    assert "2 business days after" in said.out
    assert "The requester's verified e-mail is the assignment's worker's." in said.out
    assert "\x1b[" not in said.out


def test_the_list_is_parted_by_tabs_where_there_is_no_terminal(operator: Shell, ticket: int) -> None:
    said = operator("case", "list")
    head, line = said.out.splitlines()
    assert head.split("\t") == ["case", "ticket", "assignment", "state", "next"]
    assert operator("case", "list", "--no-header").out.splitlines() == [line]
    assert line.split("\t")[1] == str(ticket)
    assert line.split("\t")[3] == "tier_1"


def test_an_empty_list_says_so_beside_the_output(operator: Shell, ticket: int) -> None:
    said = operator("case", "list", "--state", "tier_2")
    assert (said.code, said.out, said.err.strip()) == (0, "", "There is no such case.")
    assert "named as its table" in operator("case", "list", "--company", "nobody").err
    said = operator("dead", "list")
    assert (said.code, said.out, said.err.strip()) == (0, "", "There is no dead letter.")


def test_a_desk_without_an_open_case_says_so(operator: Shell, tmp_path: Path) -> None:
    new = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    assert f"A new database was made: {tmp_path / 'new.db'}." in operator("migrate", **new).err
    assert "A new database" not in operator("migrate", **new).err
    said = operator("case", "list", **new)
    told = "There is no open case: `--all` shows ended ones too."
    assert (said.code, said.out, said.err.strip()) == (0, "", told)


def test_lists_can_be_narrowed(operator: Shell, ticket: int) -> None:
    assert operator("case", "list", "--state", "tier_2", "--json").json() == []
    assert len(operator("case", "list", "--state", "tier_1", "--json").json()) == 1
    assert len(operator("case", "list", "--tier", "1", "--language", "en", "--due", "week", "--json").json()) == 1
    assert operator("case", "list", "--due", "overdue", "--json").json() == []
    assert len(operator("case", "list", "--search", str(ticket), "--json").json()) == 1
    assert "can't be looked for" in operator("case", "list", "--search", "Wanda Worker").err
    said = operator("case", "list", "--state", "tier_9")
    assert (said.code, said.out) == (2, "")
    assert "tier_1" in said.err


def test_a_list_of_cases_says_how_many_there_are_and_goes_on_after_one(operator: Shell, ticket: int) -> None:
    (row,) = operator("case", "list", "--json").json()
    assert operator("case", "list").err.strip() == "1 case."
    assert (
        operator("case", "list", "--assignment", row["assignment_id"], "--since", "2026-01-01").err.strip()
        == "1 case."
    )
    for narrowed in (("--assignment", "1"), ("--since", "2099-01-01"), ("--after", row["id"])):
        said = operator("case", "list", *narrowed)
        assert (said.out, said.err.strip()) == ("", "There is no such case.")


@pytest.mark.parametrize("option", ["--since 9999-12-31T23:59:59-14:00", f"--limit {10**30}"])
def test_a_number_or_a_moment_beyond_all_is_refused_by_the_name_of_its_option(operator: Shell, option: str) -> None:
    said = operator("case", "list", *option.split())
    assert said.code != 0
    assert option.split()[0] in said.err and "Traceback" not in said.err


def test_a_pause_holds_and_ends(desk: SpawnedDesk, operator: Shell, ticket: int) -> None:
    said = operator("case", "pause", str(ticket), "--until", "2099-12-01", "--reason", "They are talking.")
    assert (said.code, said.out) == (0, "")
    told = wait_for(lambda: paused(operator, ticket))
    assert told["paused_until"] == "2099-12-01T05:00:00Z"
    assert "They are talking." in json.dumps(told["journal"])
    assert operator("case", "resume", str(ticket), "--reason", "They are back.").code == 0
    wait_for(lambda: not paused(operator, ticket))
    assert "They are back." in json.dumps(operator("case", "show", str(ticket), "--json").json()["journal"])


def paused(operator: Shell, ticket: int) -> dict[str, object] | None:
    told: dict[str, object] = operator("case", "show", str(ticket), "--json").json()
    return told if told["paused_until"] else None


@pytest.mark.parametrize("until", ["2020-01-01", "soon"])
def test_a_pause_until_no_later_moment_is_refused(operator: Shell, ticket: int, until: str) -> None:
    said = operator("case", "pause", str(ticket), "--until", until, "--reason", "x")
    assert (said.code, said.out) == (1, "")
    assert f"--until {until}" in said.err


def test_a_case_closed_by_hand_is_solved_and_can_not_be_closed_again(forker: Forker, tmp_path: Path) -> None:
    desk = SpawnedDesk(forker, tmp_path)
    operator = Shell(forker, tmp_path, desk.environment)
    ticket = in_tier_1(desk)
    assert operator("case", "close", str(ticket)).code == 0
    desk.until(lambda: desk.state(ticket) == "resolved")
    assert desk.zendesk.ticket(ticket)["status"] == "solved"
    for asked in (("close",), ("resume",), ("pause", "--until", "2099-12-01", "--reason", "x")):
        said = operator("case", asked[0], str(ticket), *asked[1:])
        assert said.code == 1
        assert "has ended already: it is resolved." in said.err
    assert operator("case", "list", "--json").json() == []
    assert len(operator("case", "list", "--all", "--json").json()) == 1
    desk.close()


@pytest.mark.parametrize("command", ["show", "explain", "resume", "close"])
def test_a_case_that_is_not_there_is_named(operator: Shell, command: str) -> None:
    said = operator("case", command, "C-NOBODY")
    assert (said.code, said.out) == (1, "")
    assert "C-NOBODY" in said.err


def test_on_a_terminal_a_case_is_told_in_words_and_by_the_clock_of_the_policy() -> None:
    world = in_tier(2)
    due = min(one.due for one in world.case.deadlines.values())
    row = CaseRow("C-1", "tier_2", "p", world.now, ticket_id="35", assignment_id="77", body=encode_case(world.case))
    said = case_line(row, several=False, zone="America/New_York")
    assert said == ("C-1", "35", "77", "tier 2", label(due, "America/New_York"))
    assert case_line(row, several=False)[3] == "tier_2"
