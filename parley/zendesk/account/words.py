"""A plan in plain words, for a person who reads it before anything is done, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.plan import Does, Edit, Plan, Step

SIGNS: Final[Mapping[Does, str]] = {
    "create": "+",
    "adopt": "&",
    "change": "~",
    "learn": "~",
    "keep": "=",
    "deactivate": "-",
    "delete": "!",
    "nothing": " ",
}
VERBS: Final[Mapping[Does, str]] = {
    "create": "create",
    "adopt": "take over",
    "change": "change",
    "learn": "learn the new signing secret of",
    "keep": "keep as edited",
    "deactivate": "switch off",
    "delete": "delete",
    "nothing": "leave",
}
SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Report:
    """What was done (or would be), what was there already, and what a person should know."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def report_of(plan: Plan, warnings: Sequence[str] = ()) -> Report:
    def named(*does: Does) -> list[str]:
        return [f"{KINDS[step.kind].noun} {step.name}" for step in plan.steps if step.does in does]

    return Report(
        created=named("create"),
        changed=named("change", "learn", "deactivate", "delete"),
        found=named("nothing", "keep", "adopt"),
        kept=named("keep"),
        warnings=[*plan.unheard, *plan.warnings, *plan.notes, *warnings],
    )


def sentence(step: Step) -> str:
    """A step in one line: `change trigger “…” (36): It was changed in Zendesk.`"""
    about = f" ({step.id})" if step.id else ""
    why = f": {step.why}" if step.why else ""
    return f"{VERBS[step.does]} {KINDS[step.kind].noun} “{step.name}”{about}{why}"


def lines(plan: Plan) -> Iterator[str]:
    """The plan as people read it: each step with its reason, and each property before and after."""
    names = _names(plan)
    for step in plan.steps:
        if step.does == "nothing":
            continue
        yield f"{SIGNS[step.does]} {sentence(step)}"
        if step.tickets is not None:
            yield f"      {step.tickets} tickets have a value in it, which goes with it for good."
        for edit in step.edits:
            yield f"      {_named(edit.name, names)}: {_change(edit, names)}"
    for note in (*plan.unheard, *plan.warnings, *plan.notes):
        yield f"  {note}"
    yield totals(plan)


def totals(plan: Plan) -> str:
    """How much there is to do."""
    if not plan.changes:
        return "Nothing to do: the account is as it should be."
    counted = [
        (VERBS[does].split(" the ")[0], sum(step.does == does for step in plan.steps))
        for does in ("create", "adopt", "change", "learn", "deactivate", "delete")
    ]
    return "To do: " + ", ".join(f"{number} to {verb}" for verb, number in counted if number) + "."


def _change(edit: Edit, names: Mapping[str, str]) -> str:
    before, after = _shown(edit.before, names), _shown(edit.after, names)
    if edit.kept:
        return f"{before} stays (ours would be {after})"
    return f"{before} → {after}"


def _shown(value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "[" + "; ".join(_shown(one, names) for one in value) + "]"
    if isinstance(value, dict):
        return "; ".join(f"{key} {_shown(one, names)}" for key, one in value.items())
    said = _named(" ".join(str(value).split()), names)
    return said if len(said) <= SHOWN else said[: SHOWN - 1] + "…"


def _named(text: str, names: Mapping[str, str]) -> str:
    """Ids with the names that people know."""
    words = []
    for word in text.split(" "):
        found = names.get(word.removeprefix("custom_fields_"))
        words.append(f"“{found}”" if found else word)
    return " ".join(words)


def _names(plan: Plan) -> dict[str, str]:
    found = {thing_id: _name(plan, what) for what, thing_id in plan.ids.items()}
    if plan.live is not None:
        for kind in ("group", "status", "field", "form"):
            found |= {thing.id: thing.name for thing in plan.live.things[kind]}
    return found


def _name(plan: Plan, what: tuple[Any, str]) -> str:
    return next((step.name for step in plan.steps if step.what == what), what[1])


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan for machines."""
    return {
        "changes": len(plan.changes),
        "steps": [step_json(step) for step in plan.steps if step.does != "nothing"],
        "problems": list(plan.problems),
        "notes": [*plan.unheard, *plan.warnings, *plan.notes],
    }


def step_json(step: Step) -> dict[str, Any]:
    return {
        "does": step.does,
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


def told(steps: Iterable[Step]) -> list[str]:
    return [sentence(step) for step in steps]
