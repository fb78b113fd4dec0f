"""A run that is killed at any write, to Zendesk or to the state: the next one completes, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connector.errors import Unclear
from tests.account.workspace import Crash, Crashing, Workspace, a_workspace, crashed_on_and_on


def in_one_go() -> dict[str, list[str]]:
    with a_workspace() as other:
        other.apply()
        return other.everything()


@pytest.mark.parametrize("before", [False, True])
def test_a_crash_at_every_write_one_after_the_other_doubles_nothing(before: bool, workspace: Workspace) -> None:
    assert crashed_on_and_on(workspace, before=before) > 50
    assert workspace.everything() == in_one_go()
    assert workspace.done() == []


@pytest.mark.parametrize("before", [False, True])
def test_a_crash_after_each_single_write_is_mended_by_the_next_run(before: bool) -> None:
    """Some writes to a fresh account, a crash, and one whole run."""
    whole = in_one_go()
    for at in range(1, 95, 8):
        with a_workspace() as workspace:
            crashing = Crashing(workspace.setup, workspace.state, at, before=before)
            with pytest.raises(Crash):
                workspace.run(crashing, crashing).apply()
            workspace.apply()
            assert workspace.everything() == whole, at
            assert workspace.done() == [], at
            assert all(row["ours"] for key, row in workspace.state.values.items() if key.startswith("made:")), at


def test_what_a_broken_off_run_made_is_ours_and_may_be_switched_off_again(workspace: Workspace) -> None:
    class Forgets(Crashing):
        def save(self, key: str, value: object) -> None:
            if key.startswith("made:view"):
                raise Crash
            super().save(key, value)

    forgets = Forgets(workspace.setup, workspace.state, -1, before=True)
    with pytest.raises(Crash):
        workspace.run(forgets, forgets).apply()
    assert "adopt view by_tier" in workspace.done()
    assert workspace.step("view", "by_tier").why == "A run that broke off had just made it."
    workspace.apply()
    workspace.want(views=workspace.spec.views[1:])
    assert workspace.done() == ["deactivate view by_tier"]


@pytest.mark.parametrize(
    ("change", "method", "path"),
    [
        (lambda workspace: workspace.row("trigger", "ticket_changed").update(active=False), "PUT", "triggers/"),
        (lambda workspace: workspace.row("webhook", "events").update(status="inactive"), "PATCH", "webhooks/"),
    ],
)
def test_a_change_of_unknown_outcome_is_made_again(
    change: Callable[[Workspace], object], method: str, path: str, ready: Workspace
) -> None:
    change(ready)
    ready.sandbox.faults.next("zendesk", method, path, apply=True, drop_reply=True)
    ready.apply()
    assert ready.done() == []


def test_a_change_whose_outcome_stays_unknown_ends_the_run_and_the_next_one_goes_on(ready: Workspace) -> None:
    ready.row("trigger", "ticket_changed")["active"] = False
    ready.sandbox.faults.next("zendesk", "PUT", "triggers/", status=500, times=5)
    with pytest.raises(Unclear):
        ready.apply()
    ready.apply()
    assert ready.done() == []
