"""The tables of kinds: nothing that a row may be lacks what the loops need of it."""

from __future__ import annotations

from typing import get_args

from escalation.model.effect_kinds import EFFECT_KINDS
from escalation.model.effects import Effect
from escalation.model.messages import INBOX_KINDS, InboxMessage
from store import Store
from sync.inbox.handlers import HANDLERS
from sync.limits.companies import OneCompany
from sync.outbox.file_ledger import FileLedger
from sync.outbox.senders import senders
from tests.integration.sync.fakes import Clock, FakeWorkMarket, FakeZendesk


def test_each_message_of_the_inbox_is_of_a_kind_and_has_a_handler() -> None:
    of_kinds = {kind.message for kind in INBOX_KINDS.values()}
    assert of_kinds == {*get_args(InboxMessage)} == HANDLERS.keys()


def test_each_effect_is_of_a_kind_and_all_that_write_have_a_sender(store: Store) -> None:
    assert {kind.effect for kind in EFFECT_KINDS.values()} == {*get_args(Effect)}
    clock, market = Clock(), OneCompany(FakeWorkMarket(Clock()))
    sent = senders(FakeZendesk(clock), market, clock, FileLedger(store, clock)).keys()
    assert sent == {name for name, kind in EFFECT_KINDS.items() if not kind.reads}
