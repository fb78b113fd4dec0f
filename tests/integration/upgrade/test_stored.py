"""A database that 0.1.0 wrote is opened by today's version, read by people, and gone on with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from parley.cli import app
from parley.zendesk.state.accounts import AccountBook
from store import Store
from sync.reconciling.reconcile import Reconciler
from sync.shared.codec import decode_case, decode_effect, encode_case
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.servers.both import run_on_both

STORED = {
    "1": "off_platform",
    "2": "withdrawn",
    "3": "tier_3",
    "4": "resolved",
    "5": "resolved",
    "6": "resolved",
    "7": "not_eligible",
    "8": "withdrawn",
    "10": "tier_3",
    "11": "tier_2",
    "12": "other_side_responded",
    "13": "tier_1",
    "14": "needs_review",
    "15": "tier_1",
    "16": "confirming_outcome",
    "17": "needs_review",
    "18": "waiting_on_requester",
    "19": "waiting_for_date",
    "20": "waiting_on_requester",
    "21": "checking",
    "22": "checking",
    "25": "checking",
}
"""The state of each ticket's case when 0.1.0 stopped."""

A_DAY_LATER = {
    "11": "tier_3",  # tier 2 was over; WorkMarket shows the assignment no longer
    "13": "tier_2",  # the pause ended, tier 1 was over, and the manager had just been written to
    "15": "tier_2",  # tier 1 was over
    "16": "resolved",  # nobody objected
    "19": "tier_1",  # the date came
    "21": "tier_1",  # its message had arrived, and the answer was lost
    "22": "tier_1",  # its message had not arrived
    "23": "tier_1",  # WorkMarket did not tell of its assignment
    "24": "tier_1",  # Zendesk did not tell of it
    "25": "tier_1",  # its sender was killed, twice, when what it sent had arrived
    "26": "waiting_on_requester",  # it had not been looked at
    "27": "tier_1",  # its webhook had been stored, and nothing else was done
}
"""Of each that was moved, the state one day later."""

ALSO_ON_SERVERS = {"test_stored::test_a_day_passes_and_the_timers_that_0_1_0_set_fire"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_both(metafunc, "url", ALSO_ON_SERVERS)


def states(store: Store) -> dict[str, str]:
    return {str(row.ticket_id): row.state for row in store.read(lambda tx: tx.cases.list())}


def a_day_passes(desk: DeskOnFakes) -> None:
    """A day and five hours: what 0.1.0 began within its last hour is due too, and so is what waits for a digest."""
    for _ in range(29):
        desk.wait(hours=1)


def keeps(new: Any, old: Any) -> bool:
    """Whether JSON holds all that another does."""
    if isinstance(old, Mapping):
        return isinstance(new, Mapping) and all(key in new and keeps(new[key], old[key]) for key in old)
    if isinstance(old, list):
        return len(new) == len(old) and all(map(keeps, new, old))
    return bool(new == old)


def test_every_case_is_listed_and_explained(store: Store, url: str) -> None:
    parley = CliRunner(env={"DATABASE_URL": url, "NO_COLOR": "1"})
    listed = parley.invoke(app, ["case", "list", "--all", "--json"])
    assert {case["ticket_id"]: case["state"] for case in json.loads(listed.stdout)} == STORED
    for ticket in STORED:
        shown = parley.invoke(app, ["case", "explain", ticket])
        assert (shown.exit_code, f"ticket {ticket}" in shown.stdout) == (0, True), shown.output


def test_dead_letters_are_still_there_for_a_person(store: Store, url: str) -> None:
    listed = CliRunner(env={"DATABASE_URL": url}).invoke(app, ["dead", "list", "--json"])
    assert [letter["kind"] for letter in json.loads(listed.stdout)] == ["post_message", "zendesk.unreadable"]


def test_a_case_that_was_read_is_written_with_all_that_it_held(store: Store) -> None:
    for row in store.read(lambda tx: tx.cases.list()):
        assert keeps(encode_case(decode_case(row.body)), row.body), row.ticket_id


def test_what_was_on_its_way_is_read(store: Store) -> None:
    waiting = store.read(lambda tx: tx.outbox.unfinished())
    assert Counter(row.kind for row in waiting) == {"look": 3, "post_message": 4, "update_ticket": 1}
    assert [decode_effect(row.body).type for row in waiting] == [row.kind for row in waiting]


def test_the_account_is_set_up_as_it_was(desk: DeskOnFakes) -> None:
    account = AccountBook(desk.store, desk.clock)
    assert len(account.secrets()) == 2
    assert account.ids_in_use().statuses["tier_1"]


def test_a_day_passes_and_the_timers_that_0_1_0_set_fire(desk: DeskOnFakes) -> None:
    assert states(desk.store) == STORED
    a_day_passes(desk)
    assert states(desk.store) == {**STORED, **A_DAY_LATER}
    assert desk.unfinished() == []


def test_nothing_is_sent_twice(desk: DeskOnFakes) -> None:
    a_day_passes(desk)
    messages = [m.text.rpartition("[Ref ")[2] for a in desk.workmarket.assignments.values() for m in a.messages]
    comments = [update.ours for audits in desk.zendesk.audits.values() for update in audits if update.ours]
    said = [(update.ticket_id, update.say) for update, _ in desk.zendesk.written]
    told = [(ticket, say.macro, say.text) for ticket, say in said if say and say.public]
    for sent in (filter(lambda text: text.endswith("]"), messages), comments, told):
        assert [what for what, times in Counter(sent).items() if times > 1] == []
    assert len(desk.workmarket.posted) == 6
    assert len(desk.zendesk.conversations) == 2


def test_reconcile_goes_on_from_where_it_was(desk: DeskOnFakes) -> None:
    Reconciler(desk.store, desk.zendesk, desk.workmarket).round(desk.clock())
    assert desk.zendesk.asked_since == ["MTc3NTU3MDQwNC4wMDAwMDB8Mw"]
