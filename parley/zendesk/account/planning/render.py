"""A plan in plain words, to be read before anything is done, and as JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from parley.zendesk.account.kinds import KINDS, ORDER
from parley.zendesk.account.model.refs import PartKey
from parley.zendesk.account.planning.plan import Edit, Plan, Step, StepAction, desired_properties

SIGNS: Final[Mapping[StepAction, str]] = {
    "create": "+",
    "adopt": "&",
    "change": "~",
    "learn": "~",
    "keep": "=",
    "deactivate": "-",
    "delete": "!",
    "nothing": " ",
}
VERBS: Final[Mapping[StepAction, str]] = {
    "create": "create",
    "adopt": "take over",
    "change": "change",
    "learn": "learn the new signing secret of",
    "keep": "keep as edited",
    "deactivate": "switch off",
    "delete": "delete",
    "nothing": "leave",
}
DONE: Final[Mapping[StepAction, str]] = {
    "create": "created",
    "adopt": "took over",
    "change": "changed",
    "learn": "learned the new signing secret of",
    "deactivate": "switched off",
    "delete": "deleted",
}
"""The verbs once it is done."""
SELDOM: Final[Mapping[StepAction, str]] = {
    "adopt": "take over",
    "learn": "learn the secret of",
    "deactivate": "switch off",
}
SELDOM_DONE: Final[Mapping[StepAction, str]] = {
    "adopt": "taken over",
    "learn": "learned the secret of",
    "deactivate": "switched off",
}
"""What is counted where there is any."""
NOTHING: Final = "nothing"
NOTHING_TO_DO: Final = "Nothing to do: the account is as it should be."
_NEW: Final = re.compile(r"<([a-z_]+ [\w.-]+)>")
"""What stands for the id of a thing that is about to be made."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was done (or would be), what was there already, and what a person should know. `steps` is all of it in
    its order."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps: tuple[Step, ...] = ()


def report_of(plan: Plan, warnings: Sequence[str] = ()) -> Report:
    def named(*actions: StepAction) -> list[str]:
        return [f"{KINDS[step.kind].noun} {step.name}" for step in plan.steps if step.action in actions]

    return Report(
        created=named("create"),
        changed=named("change", "learn", "deactivate", "delete"),
        found=named("nothing", "keep", "adopt"),
        kept=named("keep"),
        warnings=[*plan.unheard, *plan.warnings, *plan.notes, *warnings],
        steps=plan.steps,
    )


def done_lines(report: Report) -> Iterator[str]:
    """What was done, a line a step, in the plan's words."""
    for step in report.steps:
        if step.action in DONE:
            yield f"{DONE[step.action]} {KINDS[step.kind].noun} {step.name}"


def done_totals(report: Report) -> str:
    """How much was done, counted as the plan counts."""
    number = _numbers(report.steps)
    return "Done: " + _counted(number, ("created", "changed", "deleted"), SELDOM_DONE)


def sentence(step: Step) -> str:
    """A step in one line: `change trigger “…” (36): It was changed in Zendesk.`"""
    about = f" ({step.id})" if step.id else ""
    why = f": {step.why}" if step.why else ""
    return f"{VERBS[step.action]} {KINDS[step.kind].noun} “{step.name}”{about}{why}"


def lines(plan: Plan, *, verbose: bool = False) -> Iterator[str]:
    """The plan as people read it: a line a step with its reason, and the counts last. `verbose`: also what a thing
    is made of, and each property before and after."""
    names = _names(plan)
    for step in plan.steps:
        if step.action == "nothing":
            continue
        yield f"{SIGNS[step.action]} {sentence(step)}"
        if step.tickets is not None:
            yield f"      {step.tickets} tickets have a value in it, which goes with it for good."
        if verbose:
            yield from _details(step, plan, names)
    for note in (*plan.unheard, *plan.warnings, *plan.notes, *plan.left_out):
        yield f"  {note}"
    yield totals(plan)


def _details(step: Step, plan: Plan, names: Mapping[str, str]) -> Iterator[str]:
    if step.action == "create" and step.desired is not None:
        for name, value in desired_properties(step.desired, plan.ids).items():
            if _shown(value, names) != NOTHING:
                yield f"      {_named(name, names)}: {_shown(value, names)}"
    for edit in step.edits:
        yield f"      {_named(edit.name, names)}: {_change(edit, names)}"


def totals(plan: Plan) -> str:
    """How much there is to do: the three counts always, and of anything else what there is."""
    if not plan.changes:
        return NOTHING_TO_DO
    seldom: dict[StepAction, str] = {action: f"to {said}" for action, said in SELDOM.items()}
    return "Plan: " + _counted(_numbers(plan.steps), ("to create", "to change", "to delete"), seldom)


def _numbers(steps: Iterable[Step]) -> Counter[StepAction]:
    return Counter(step.action for step in steps)


def _counted(
    number: Mapping[StepAction, int], always: tuple[str, str, str], seldom: Mapping[StepAction, str]
) -> str:
    actions: tuple[StepAction, ...] = ("create", "change", "delete")
    counted = [f"{number[action]} {said}" for action, said in zip(actions, always, strict=True)]
    counted += [f"{number[action]} {said}" for action, said in seldom.items() if number[action]]
    kept = number["keep"]
    return f"{', '.join(counted)}." + (f" {kept} {'stays' if kept == 1 else 'stay'} as edited." if kept else "")


def _change(edit: Edit, names: Mapping[str, str]) -> str:
    before, after = _shown(edit.before, names), _shown(edit.after, names)
    if edit.kept:
        return f"{before} stays (ours would be {after})"
    return f"{before} → {after}"


def _shown(value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "[" + "; ".join(_shown(one, names) for one in value) + "]"
    if isinstance(value, dict):
        return "; ".join(f"{key} {_shown(one, names)}" for key, one in value.items())
    return _named(" ".join(str(value).split()), names)


def _named(text: str, names: Mapping[str, str]) -> str:
    """Ids with the names that people know."""
    words = []
    for word in _NEW.sub(lambda new: names.get(new[1], new[0]), text).split(" "):
        found = names.get(word.removeprefix("custom_fields_"))
        words.append(f"“{found}”" if found else word)
    return " ".join(words)


def _names(plan: Plan) -> dict[str, str]:
    found = {f"{step.kind} {step.key}": f"“{step.name}”" for step in plan.steps}
    found |= {thing_id: _name(plan, part_key) for part_key, thing_id in plan.ids.items()}
    if plan.account is not None:
        for kind in ORDER:
            if kind.shown_by_name:
                found |= {thing.id: thing.name for thing in plan.account.things[kind.kind]}
    return found


def _name(plan: Plan, part_key: PartKey) -> str:
    return next((step.name for step in plan.steps if step.part_key == part_key), part_key[1])


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan for machines."""
    return {
        "changes": len(plan.changes),
        "steps": [step_json(step) for step in plan.steps if step.action != "nothing"],
        "problems": list(plan.problems),
        "notes": [*plan.unheard, *plan.warnings, *plan.notes, *plan.left_out],
    }


def step_json(step: Step) -> dict[str, Any]:
    return {
        "does": step.action,
        "kind": step.kind,
        "key": step.key,
        "name": step.name,
        "id": step.id or None,
        "why": step.why,
        "edits": [edit_json(edit) for edit in step.edits],
        "tickets": step.tickets,
    }


def edit_json(edit: Edit) -> dict[str, Any]:
    return {
        "what": edit.name,
        "before": edit.before,
        "after": edit.after,
        "why": edit.why,
        "kept": edit.kept,
    }
