"""What is known of the Zendesk account while the database comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parley.zendesk.state.accounts import IDS, AccountBook
from parley.zendesk.state.signing_secrets import SECRETS
from sandbox.shared.movable_clock import MovableClock
from store import StoreUnavailable


class ShakyStore:
    """Answers with an account's ids, or is away."""

    away = True

    def read(self, _: Callable[[Any], Any]) -> Any:
        if self.away:
            raise StoreUnavailable("The database is away.")
        return {IDS: {"form": 7}, SECRETS: {"parley": "a secret"}}


def test_while_nothing_was_read_yet_no_ticket_looks_like_nobodys() -> None:
    book = AccountBook(ShakyStore(), MovableClock())
    with pytest.raises(StoreUnavailable):
        book.ids()
    with pytest.raises(StoreUnavailable):
        book.secrets()


def test_what_was_read_last_holds_while_the_database_is_away() -> None:
    store, clock = ShakyStore(), MovableClock()
    book = AccountBook(store, clock)
    store.away = False
    assert book.ids().form == 7
    store.away = True
    clock.move(timedelta(minutes=5))
    assert (book.ids().form, book.secrets()) == (7, ("a secret",))


def test_what_was_being_read_while_it_was_written_is_read_again() -> None:
    class Written(ShakyStore):
        away = False
        forms = iter((None, 7))

        def read(self, _: Callable[[Any], Any]) -> Any:
            form = next(self.forms)
            if form is None:
                book.forget()  # another thread has written it since
            return {IDS: {"form": form}} if form else {}

    book = AccountBook(Written(), MovableClock())
    assert not book.ids().form
    assert book.ids().form == 7
