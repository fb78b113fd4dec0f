"""How a plan is read: a line a step with its reason, the counts last, and the rest only for who asks."""

from __future__ import annotations

import re
from dataclasses import replace

from parley.zendesk.account.planning.render import done_lines, done_totals, lines, report_of
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


def test_what_was_done_is_counted_in_the_words_of_the_plan(ready: Workspace) -> None:
    ready.row("form", "it")["display_name"] = "Our own"
    ready.row("webhook", "triggers")["http_method"] = "PUT"
    report = ready.apply()
    assert list(done_lines(report)) == ["changed webhook Parley"]
    assert done_totals(report) == "Done: 0 created, 1 changed, 0 deleted. 1 stays as edited."


def test_what_was_taken_over_or_switched_off_is_not_told_as_changed(ready: Workspace) -> None:
    plan = ready.plan()
    first, second = (step for step in plan.steps[:2])
    steps = (replace(first, action="adopt"), replace(second, action="deactivate"))
    report = report_of(replace(plan, steps=steps))
    assert [line.split(" ")[:2] for line in done_lines(report)] == [["took", "over"], ["switched", "off"]]
    assert done_totals(report) == "Done: 0 created, 0 changed, 0 deleted, 1 taken over, 1 switched off."
