"""A case that was changed in its place is told from what it was, at whatever depth."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from escalation.model.case import Case
from escalation.model.values import State
from tests.unit.escalation.as_it_was import as_it_was
from tests.unit.escalation.case_world import in_tier

CHANGES: dict[str, Callable[[Case], object]] = {
    "of its own": lambda case: setattr(case, "state", State.RESOLVED),
    "of its mappings": lambda case: case.deadlines.clear(),  # type: ignore[attr-defined]
    "of a part's mappings": lambda case: case.heard.conversations.update(x=1),  # type: ignore[attr-defined]
    "of a part's part": lambda case: case.heard.seen.updates.clear(),  # type: ignore[attr-defined]
}


@pytest.mark.parametrize("where", CHANGES)
def test_a_case_that_was_changed_in_its_place_is_no_longer_as_it_was(where: str) -> None:
    case = deepcopy(in_tier(2).case)
    before = as_it_was(case)
    assert as_it_was(deepcopy(case)) == before
    CHANGES[where](case)
    assert as_it_was(case) != before
