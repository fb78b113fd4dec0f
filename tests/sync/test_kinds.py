"""The tables of kinds: nothing that a row may be lacks what the loops need of it."""

from __future__ import annotations

from typing import get_args

from escalation.model.messages import INBOX_KINDS, InboxMessage
from sync.inbox.kinds import HANDLERS


def test_each_message_of_the_inbox_is_of_a_kind_and_has_a_handler() -> None:
    of_kinds = {kind.message for kind in INBOX_KINDS.values()}
    assert of_kinds == {*get_args(InboxMessage)} == HANDLERS.keys()
