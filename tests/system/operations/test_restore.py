"""A desk that is put back to an older state sends nothing twice, loses nothing that can be seen, and goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from store import migrate
from sync.operator import dead
from sync.operator.case_requests import ask_resume
from sync.operator.dead import dead_letters
from tests.system.operations.restored_desk import RestoredDesk


def resume(desk: RestoredDesk, ticket: int) -> None:
    ask_resume(desk.app.store, desk.case(ticket).id, "the operator", desk.clock())
    desk.live()


def test_nothing_that_was_sent_after_the_backup_is_sent_again(restored: RestoredDesk) -> None:
    desk = restored
    _, moved = desk.begun()
    desk.for_(hours=1)
    _, quiet = desk.begun()
    desk.back_up()
    desk.until(desk.due(moved, "tier_ends") + timedelta(minutes=1))
    _, younger = desk.begun()
    assert (desk.state(moved), desk.state(quiet)) == ("tier_2", "tier_1")
    seen = desk.seen()
    done = desk.put_back()
    assert len(done.paused) == 2
    desk.for_(days=12)  # a Monday, when people are written to
    assert desk.seen() == seen
    assert desk.letters() == {moved, younger}
    resume(desk, quiet)
    assert len(desk.said(quiet)) == len(seen["requesters"][quiet]) + 1
    desk.for_(days=1)
    assert desk.state(quiet) == "tier_2"
    assert len(desk.mails(quiet)) == 1
    assert desk.seen()["mails"][moved] == seen["mails"][moved]


def test_what_waited_when_the_backup_was_taken_is_looked_for_before_it_is_sent(restored: RestoredDesk) -> None:
    desk = restored
    sent = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", status=429)
    first = desk.submit(sent)
    assert desk.messages(sent) == []
    desk.back_up()
    desk.for_(minutes=10)
    assert len(desk.messages(sent)) == 1
    assert desk.put_back().unclear == 1
    desk.for_(minutes=10)
    assert len(desk.messages(sent)) == 1
    resume(desk, first)
    assert desk.state(first) == "tier_1"
    assert len(desk.messages(sent)) == 1


def test_what_was_never_sent_is_sent_once_after_all(restored: RestoredDesk) -> None:
    desk = restored
    number = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", status=429)
    ticket = desk.submit(number)
    desk.back_up()
    desk.put_back()
    desk.for_(minutes=10)
    resume(desk, ticket)
    assert len(desk.messages(number)) == 1
    assert (desk.state(ticket), len(desk.said(ticket))) == ("tier_1", 1)
    assert desk.letters() == set()


def test_an_id_that_was_used_after_the_backup_is_not_used_for_something_else(restored: RestoredDesk) -> None:
    desk = restored
    _, ticket = desk.begun()
    desk.back_up()
    desk.message(desk.case(ticket).assignment_id or "", "owner", "We look into it.")
    heard = {audit["metadata"].get("custom", {}).get("parley") for audit in desk.zendesk.audits(ticket)}
    desk.put_back()
    resume(desk, ticket)
    desk.for_(days=2)
    mine = desk.app.store.read(lambda tx: tx.outbox.of_case(desk.case(ticket).id))
    before = desk.case(ticket).next_effect - 1000
    younger = {row.id for row in mine if row.kind == "update_ticket" and int(row.id.split(".")[1]) > before}
    assert younger
    assert not younger & heard


@pytest.fixture
def stranger(restored: RestoredDesk, tmp_path: Path) -> tuple[RestoredDesk, str, int]:
    """A desk that knows nothing at all, where another has been at work."""
    number, ticket = restored.begun()
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate(url)
    account = restored.app.store.read(lambda tx: tx.account.all())
    restored.start_on(url)
    restored.app.store.write(
        lambda tx: [tx.account.set(key, value, restored.clock()) for key, value in account.items()]
    )
    restored.look_for_what_was_missed()
    return restored, number, ticket


def test_where_the_desk_has_been_before_no_case_begins_by_itself(stranger: tuple[RestoredDesk, str, int]) -> None:
    desk, number, ticket = stranger
    desk.reply(ticket, "Is anybody there?")
    assert desk.app.store.read(lambda tx: tx.cases.list()) == []
    assert len(desk.messages(number)) == 1
    (letter,) = dead_letters(desk.app.store)
    assert letter.body == {"ticket_id": str(ticket)}
    assert "replay" in letter.error
    dead.discard(desk.app.store, letter.id, desk.clock())
    desk.reply(ticket, "Hello?")
    assert dead_letters(desk.app.store) == []
    assert desk.app.store.read(lambda tx: tx.cases.list()) == []


def test_a_person_may_let_a_case_begin_there(stranger: tuple[RestoredDesk, str, int]) -> None:
    desk, _, ticket = stranger
    (letter,) = dead_letters(desk.app.store)
    dead.replay(desk.app.store, letter.id, desk.clock())
    desk.live()
    assert desk.state(ticket) == "tier_1"
    assert dead_letters(desk.app.store) == []
