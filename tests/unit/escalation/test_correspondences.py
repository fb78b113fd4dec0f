"""Typical cases are written down as their people read them, for a reviewer to read the same."""

from __future__ import annotations

import pytest

from tests.unit.escalation.correspondences.stories import STORIES
from tests.unit.escalation.correspondences.written import FOLDER, kept, told


@pytest.mark.parametrize("name", STORIES)
def test_a_typical_case_reads_as_it_is_written_down(name: str) -> None:
    written = kept(name).read_text(encoding="utf-8")
    assert told(name) == written, "`python -m tests.unit.escalation.correspondences.written` writes it anew."


def test_nothing_is_written_down_that_no_case_is_behind() -> None:
    assert {one.stem for one in FOLDER.glob("*.md")} == set(STORIES)
