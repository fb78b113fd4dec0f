"""The table of kinds holds together: what a kind refers to is made before it, and what is read is taken up."""

from __future__ import annotations

import pytest

from parley.zendesk.account.kinds import KINDS, ORDER
from parley.zendesk.account.model.capabilities import NOTHING_MISSING, MissingFeatures
from parley.zendesk.account.model.part import Sources
from parley.zendesk.account.model.refs import ONE, refs_in
from parley.zendesk.account.planning.desired import desired_parts
from tests.account.workspace import Workspace


@pytest.mark.parametrize("missing", [NOTHING_MISSING, MissingFeatures(shared_form="Default", told_by="party")])
def test_each_reference_is_to_a_part_of_a_kind_that_is_made_before(
    missing: MissingFeatures, workspace: Workspace
) -> None:
    made: dict[str, set[str]] = {}
    for part in desired_parts(Sources(workspace.desired, (), (), missing)):
        for ref in (*refs_in(part.body), *refs_in(part.compared)):
            assert ref.key in made[ref.kind], f"{part.kind} {part.key} refers to {ref.kind} {ref.key}"
        made.setdefault(part.kind, set()).add(part.key)


def test_each_kind_has_a_name_and_a_place_of_its_own() -> None:
    assert len(KINDS) == len(ORDER)
    assert len({row.noun for row in ORDER}) == len({row.resource.many for row in ORDER}) == len(ORDER)


def test_each_row_of_the_files_is_a_part(workspace: Workspace) -> None:
    parts = desired_parts(Sources(workspace.desired, (), (), NOTHING_MISSING))
    rows = [row for _, _, rows in workspace.spec.tables() for row in rows]
    assert sorted(row.key for row in rows) == sorted(part.key for part in parts if part.key != ONE)
