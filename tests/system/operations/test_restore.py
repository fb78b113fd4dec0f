"""A desk that is put back to an older state sends nothing twice, loses nothing that can be seen, and goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from store import migrate
from sync.operator import dead
from sync.operator.case_requests import ask_resume
from sync.operator.dead import dead_letters
from tests.system.operations.town import OldTown


def resume(town: OldTown, ticket: int) -> None:
    ask_resume(town.house.store, town.case(ticket).id, "the operator", town.clock())
    town.live()


def test_nothing_that_was_sent_after_the_backup_is_sent_again(old_town: OldTown) -> None:
    town = old_town
    _, moved = town.begun()
    town.for_(hours=1)
    _, quiet = town.begun()
    town.back_up()
    town.until(town.due(moved, "tier_ends") + timedelta(minutes=1))
    _, younger = town.begun()
    assert (town.state(moved), town.state(quiet)) == ("tier_2", "tier_1")
    seen = town.seen()
    done = town.put_back()
    assert len(done.paused) == 2
    town.for_(days=10)
    assert town.seen() == seen
    assert town.letters() == {moved, younger}
    resume(town, quiet)
    assert len(town.said(quiet)) == len(seen["requesters"][quiet]) + 1
    town.for_(days=3)
    assert town.state(quiet) == "tier_2"
    assert len(town.mails(quiet)) == 1
    assert town.seen()["mails"][moved] == seen["mails"][moved]


def test_what_waited_when_the_backup_was_taken_is_looked_for_before_it_is_sent(old_town: OldTown) -> None:
    town = old_town
    sent = town.assignment()
    town.sandbox.faults.next("workmarket", "POST", "add_note", status=429)
    first = town.submit(sent)
    assert town.messages(sent) == []
    town.back_up()
    town.for_(minutes=10)
    assert len(town.messages(sent)) == 1
    assert town.put_back().unclear == 1
    town.for_(minutes=10)
    assert len(town.messages(sent)) == 1
    resume(town, first)
    assert town.state(first) == "tier_1"
    assert len(town.messages(sent)) == 1


def test_what_was_never_sent_is_sent_once_after_all(old_town: OldTown) -> None:
    town = old_town
    number = town.assignment()
    town.sandbox.faults.next("workmarket", "POST", "add_note", status=429)
    ticket = town.submit(number)
    town.back_up()
    town.put_back()
    town.for_(minutes=10)
    resume(town, ticket)
    assert len(town.messages(number)) == 1
    assert (town.state(ticket), len(town.said(ticket))) == ("tier_1", 1)
    assert town.letters() == set()


def test_an_id_that_was_used_after_the_backup_is_not_used_for_something_else(old_town: OldTown) -> None:
    town = old_town
    _, ticket = town.begun()
    town.back_up()
    town.message(town.case(ticket).assignment_id or "", "owner", "We look into it.")
    heard = {audit["metadata"].get("custom", {}).get("parley") for audit in town.zendesk.audits(ticket)}
    town.put_back()
    resume(town, ticket)
    town.for_(days=2)
    mine = town.house.store.read(lambda tx: tx.outbox.of_case(town.case(ticket).id))
    before = town.case(ticket).next_effect - 1000
    younger = {row.id for row in mine if row.kind == "update_ticket" and int(row.id.split(".")[1]) > before}
    assert younger
    assert not younger & heard


@pytest.fixture
def stranger(old_town: OldTown, tmp_path: Path) -> tuple[OldTown, str, int]:
    """A desk that knows nothing at all, where another has been at work."""
    number, ticket = old_town.begun()
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate(url)
    account = old_town.house.store.read(lambda tx: tx.account.all())
    old_town.start_on(url)
    old_town.house.store.write(
        lambda tx: [tx.account.set(key, value, old_town.clock()) for key, value in account.items()]
    )
    old_town.look_for_what_was_missed()
    return old_town, number, ticket


def test_where_the_desk_has_been_before_no_case_begins_by_itself(stranger: tuple[OldTown, str, int]) -> None:
    town, number, ticket = stranger
    town.reply(ticket, "Is anybody there?")
    assert town.house.store.read(lambda tx: tx.cases.list()) == []
    assert len(town.messages(number)) == 1
    (letter,) = dead_letters(town.house.store)
    assert letter.body == {"ticket_id": str(ticket)}
    assert "replay" in letter.error
    dead.discard(town.house.store, letter.id, town.clock())
    town.reply(ticket, "Hello?")
    assert dead_letters(town.house.store) == []
    assert town.house.store.read(lambda tx: tx.cases.list()) == []


def test_a_person_may_let_a_case_begin_there(stranger: tuple[OldTown, str, int]) -> None:
    town, _, ticket = stranger
    (letter,) = dead_letters(town.house.store)
    dead.replay(town.house.store, letter.id, town.clock())
    town.live()
    assert town.state(ticket) == "tier_1"
    assert dead_letters(town.house.store) == []
