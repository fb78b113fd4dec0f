"""How a plan is read: a line a step with its reason, the counts last, and the rest only for who asks."""

from __future__ import annotations

import re

from parley.zendesk.account.planning.render import lines
from tests.account.workspace import Workspace


def test_a_plan_has_one_line_a_step_and_the_counts_last(workspace: Workspace) -> None:
    plan = workspace.plan()
    told = list(lines(plan))
    steps = [line for line in told if line.startswith("+ create ")]
    assert len(steps) == len(plan.changes) == len(told) - len(plan.notes) - len(plan.warnings) - 1
    reasons = [line.partition("”: ")[2] for line in steps]
    assert all(reasons), "each says what it is for"
    macro = (
        "+ create macro “Escalation::Tier 1: assignment message”: Accepts the case: Parley writes on the assignment"
    )
    assert any(line.startswith(macro) for line in steps)
    assert told[-1] == f"Plan: {len(steps)} to create, 0 to change, 0 to delete."


def test_who_asks_is_told_what_a_new_thing_is_made_of_by_names_and_not_by_ids(workspace: Workspace) -> None:
    told = list(lines(workspace.plan(), verbose=True))
    trigger = told.index(next(line for line in told if "trigger “Escalation: a ticket changed”" in line))
    details = [line for line in told[trigger + 1 : trigger + 30] if line.startswith("      ")]
    assert any("“Escalate an assignment”" in line for line in details)
    assert not any("…" in line for line in told), "nothing is cut"
    assert not re.search(r"<(form|field|webhook|status|group|category) ", "\n".join(told))


def test_what_of_a_thing_changes_is_said_to_who_asks(ready: Workspace) -> None:
    ready.row("webhook", "triggers")["http_method"] = "PUT"
    plan = ready.plan()
    step, counts = lines(plan)
    assert step.startswith("~ change webhook “Parley”")
    assert counts == "Plan: 0 to create, 1 to change, 0 to delete."
    assert "      http_method: PUT → POST" in list(lines(plan, verbose=True))


def test_what_is_kept_as_edited_is_counted_beside(ready: Workspace) -> None:
    ready.row("form", "it")["display_name"] = "Our own"
    ready.row("webhook", "triggers")["http_method"] = "PUT"
    assert list(lines(ready.plan()))[-1] == "Plan: 0 to create, 1 to change, 0 to delete. 1 stays as edited."
