"""While a signing secret is being changed, what might be the new one's is asked to come again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.webhooks.receiving_desk import ReceivingDesk, a_desk
from tests.signed import SECRET

CHANGED = {"event": "ticket.changed", "ticket_id": "123"}


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[ReceivingDesk]:
    with a_desk(tmp_path) as desk:
        desk.changing = (SECRET,)
        yield desk


def test_an_unknown_signature_is_asked_to_come_again_shortly(changing: ReceivingDesk) -> None:
    answer = changing.zendesk(CHANGED, secret="the new one")
    assert answer.status_code == 503
    assert 0 < int(answer.headers["retry-after"]) <= 10
    assert changing.rows() == []


def test_what_has_become_known_since_is_taken_at_once(changing: ReceivingDesk) -> None:
    changing.changing = (SECRET, "the new one")
    assert changing.zendesk(CHANGED, secret="the new one").status_code == 202
    assert len(changing.rows()) == 1


def test_what_is_known_is_taken_as_ever(changing: ReceivingDesk) -> None:
    assert changing.zendesk(CHANGED).status_code == 202


def test_afterwards_an_unknown_signature_is_refused(changing: ReceivingDesk) -> None:
    changing.changing = None
    assert changing.zendesk(CHANGED, secret="the new one").status_code == 401


def test_only_zendesks_door_waits(changing: ReceivingDesk) -> None:
    assert changing.workmarket({"event": "paid"}, token="wrong").status_code == 401


@pytest.mark.parametrize("unused", ["B", "/", "9"])
def test_a_signature_with_bits_that_no_mac_has_is_refused(changing: ReceivingDesk, unused: str) -> None:
    headers = {"x_zendesk_webhook_signature": "A" * 42 + unused + "="}
    assert changing.zendesk(CHANGED, **headers).status_code == 401
