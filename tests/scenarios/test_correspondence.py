"""What people read in a month of silence is written down, so that it can be reviewed as they read it."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.scenarios.correspondence import KEPT, a_silent_month


@pytest.mark.parametrize("party", KEPT)
def test_a_month_of_silence_reads_as_it_is_written_down(desk: Desk, party: str) -> None:
    told = a_silent_month(desk, party)
    written = KEPT[party].read_text(encoding="utf-8")
    assert told == written, "`python -m tests.scenarios.correspondence` writes it anew."
    assert not {"None", "–", "{", "}"} & set(told.replace("{", " { ").split())
