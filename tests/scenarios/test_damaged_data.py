"""What is stored and can't be read any more is named with what to do, and holds up nothing but itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Column, cast, literal, select, update
from sqlalchemy.types import Text
from typer.testing import CliRunner

from config.settings import Settings
from parley.cli import app
from parley.commands.doctor import checks
from parley.demo import sandbox_values
from parley.health.readiness import Health
from parley.wiring.app import App
from store import StoreUnavailable
from store.schema.tables import account, cases, inbox, journal, marks, outbox, policies, timers
from tests.desk import PUBLIC_URL, Desk

COLUMNS = {
    f"{column.table.name}.{column.name}": column
    for column in (
        account.c.value,
        cases.c.body,
        inbox.c.body,
        journal.c.why,
        marks.c.value,
        outbox.c.body,
        outbox.c.result,
        policies.c.body,
        timers.c.why,
    )
}


def wrong(value: Any) -> Any:
    """The same shape, and nothing in it of its kind."""
    if isinstance(value, dict):
        return {key: wrong(inner) for key, inner in value.items()}
    return (
        [wrong(inner) for inner in value] if isinstance(value, list) else 7 if isinstance(value, str) else "seven"
    )


DAMAGES: dict[str, Callable[[str], str]] = {
    "cut": lambda text: text[:-1] or "{",
    "a list": lambda _: "[1, 2]",
    "nested without end": lambda _: "[" * 100_000,
    "wrong kinds": lambda text: json.dumps(wrong(json.loads(text))),
    "nothing in it": lambda text: json.dumps(dict.fromkeys(json.loads(text) or {})) if text[0] == "{" else "{}",
}


def values_of(desk: Desk, column: Column[Any]) -> list[tuple[Any, str]]:
    """The values of a column as they are stored, each with its row's key."""
    key = next(iter(column.table.primary_key.columns))
    query = select(key, cast(column, Text)).where(column.is_not(None)).order_by(key)
    return desk.app.store.read(lambda tx: [(row[0], row[1]) for row in tx.marks._connection.execute(query)])


def leave(desk: Desk, column: Column[Any], text: str, key: Any = None) -> None:
    """Write a text where a value stands, or in every row."""
    change = update(column.table).values({column: literal(text, type_=Text)})
    if key is not None:
        change = change.where(next(iter(column.table.primary_key.columns)) == key)
    desk.app.store.write(lambda tx: tx.marks._connection.execute(change))


def told(desk: Desk) -> dict[str, list[str]]:
    """What `parley doctor` says, by grade."""
    settings = Settings(database_url=desk.url, public_url=PUBLIC_URL)
    found: dict[str, list[str]] = {}
    for check in checks(desk.app, settings):
        found.setdefault(check.grade, []).append(f"{check.what}: {check.said}")
    return found


def troubles(desk: Desk) -> list[str]:
    said = Health(desk.app.store, desk.app.queue, desk.clock, kept_s=0)()
    assert said["ready"]
    return list(said["troubles"])


def parley(desk: Desk, *words: str) -> Result:
    found = CliRunner(env={"DATABASE_URL": desk.url, "NO_COLOR": "1"}).invoke(app, list(words))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk with an open case, whose loops have all run."""
    desk.begun()
    desk.patrol()
    desk.app.pruner(lambda _: False).round(desk.clock())
    return desk


@pytest.mark.parametrize("name", COLUMNS)
def test_no_loop_and_nobody_who_asks_stumbles_over_what_is_damaged(busy: Desk, name: str) -> None:
    column = COLUMNS[name]
    before = values_of(busy, column)
    for damage in DAMAGES.values():
        for key, text in before:
            leave(busy, column, damage(text), key)
        assert not any("could not be read" in trouble for trouble in troubles(busy))
        told(busy)
        busy.app.tick()
        busy.app.reconciler().round(busy.clock())
        busy.app.pruner(lambda _: False).round(busy.clock())
    for key, text in before:
        leave(busy, column, text, key)
    busy.live()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_case_that_cant_be_read_is_named_and_the_others_go_on(desk: Desk, damage: str) -> None:
    (_, ticket), (_, other) = desk.begun(), desk.begun()
    case = desk.case(ticket).id
    ((_, text),) = (found for found in values_of(desk, cases.c.body) if found[0] == case)
    leave(desk, cases.c.body, DAMAGES[damage](text), case)
    desk.until(desk.due(other, "tier_ends") + timedelta(minutes=1))
    desk.reconcile()
    assert desk.state(other) == "tier_2"
    desk.mail_back(other, desk.mails(other)[0], "We look into it.")
    assert desk.state(other) == "other_side_responded"
    (said,) = (line for line in told(desk)["problem"] if line.startswith("stored data"))
    assert said.startswith(f"stored data: Case {case} (ticket {ticket}) can't be read. Put it back from a backup")
    listed = parley(desk, "case", "list").stdout
    assert [line.split()[0] for line in listed.splitlines() if "damaged" in line] == [case]
    assert {one["id"]: "damaged" in one for one in json.loads(parley(desk, "case", "list", "--json").stdout)} == {
        case: True,
        desk.case(other).id: False,
    }
    shown = parley(desk, "case", "show", case)
    assert (shown.exit_code, f"Case {case}" in shown.stderr) == (1, True)


def test_a_case_is_shown_though_its_policy_and_reasons_are_damaged(busy: Desk) -> None:
    (ticket,) = busy.tickets()
    case = busy.case(ticket).id
    for column in (policies.c.body, journal.c.why, timers.c.why):
        leave(busy, column, "{")
    shown = parley(busy, "case", "show", case)
    assert shown.exit_code == 0
    assert "The reason can't be read any more" in shown.stdout
    assert "The policy that case" in shown.stderr
    assert any("The policy" in line and "can't be read" in line for line in told(busy)["problem"])


@pytest.mark.parametrize("left", ["{", "[1]", '{"at": 5}', "{}"])
def test_an_update_leaves_though_what_is_known_of_its_ticket_is_damaged(desk: Desk, left: str) -> None:
    _, ticket = desk.begun()
    desk.until(desk.due(ticket, "tier_ends") - timedelta(minutes=1))
    leave(desk, marks.c.value, left)
    desk.for_(minutes=5)
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_2", "Tier 2: direct contact")
    assert desk.dead() == []


@pytest.mark.parametrize("key", ["ids", "secrets"])
def test_what_is_known_of_the_account_is_not_taken_for_nothing_and_apply_mends_it(busy: Desk, key: str) -> None:
    leave(busy, account.c.value, "{", key)
    with (
        App(sandbox_values(busy.sandbox, busy.url), busy.app.policy, now=busy.clock) as fresh,
        pytest.raises(StoreUnavailable, match=f"“{key}” is damaged: run `parley zendesk apply`"),
    ):
        fresh.account.ids()
    assert any(f"“{key}”" in line and "apply" in line for line in told(busy)["problem"])
    busy.set_up_again()
    assert busy.app.account.ids().form
    assert not any("stored data" in line for line in told(busy).get("problem", ()))
