"""Drift: where an account that was not meant to change is not as it should be, read from a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.planning.plan import DELETED, Plan
from parley.zendesk.account.planning.render import sentence, step_json

ACCOUNT: Final = "Zendesk account"
MEND: Final = "`parley zendesk plan` shows it, `apply` mends it."


@dataclass(frozen=True, slots=True)
class Drift:
    """`findings` break something, or will; `kept` are texts that the team edited, which is theirs to do."""

    findings: tuple[str, ...]
    kept: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.findings)


def drift_of(plan: Plan) -> Drift:
    """Read a plan as a finding about the account."""
    findings = (*plan.problems, *plan.unheard, *(sentence(step) for step in plan.changes))
    return Drift(findings, tuple(sentence(step) for step in plan.steps if step.action == "keep"))


def finding_lines(plan: Plan) -> Iterator[tuple[str, str]]:
    """For `parley doctor`: what each finding is about, and what is the matter with it and to be done."""
    for said in (*plan.problems, *plan.unheard):
        yield ACCOUNT, said
    for step in plan.changes:
        changed = ", ".join(edit.name for edit in step.changed if not edit.lost)
        lacking = "" if step.action != "create" or step.why == DELETED else "There is none of that name. "
        why = f"{step.why.removesuffix('.')} ({changed})." if changed else f"{lacking}{step.why}"
        yield f"{KINDS[step.kind].noun} {step.name}", f"{why} {MEND}"


def drift_json(plan: Plan) -> Mapping[str, Any]:
    """The same for machines."""
    return {
        "drift": bool(drift_of(plan)),
        "findings": [step_json(step) for step in plan.changes],
        "problems": [*plan.problems, *plan.unheard],
        "kept": [step_json(step) for step in plan.steps if step.action == "keep"],
    }
