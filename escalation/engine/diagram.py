"""The table of transitions as a picture: a Mermaid state diagram, for the README."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.engine.transitions import BEFORE, BEGINNING, OPEN, TABLE
from escalation.model.values import ENDED, State

GROUPS: tuple[tuple[str, frozenset[State], str], ...] = (
    ("any", frozenset(State), "any state"),
    ("open", OPEN, "any open state"),
    ("ended", ENDED, "any ended state"),
    ("beginning", BEGINNING, "before or in a tier, or answered"),
    ("before", BEFORE, "before tier 1"),
)
"""Sets of states that stand in the picture as one, the larger first: an arrow from each state would hide them."""


def diagram() -> str:
    """Return the diagram; what leads from the same states to the same state is one arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for transition in TABLE:
        for source in _sources(transition.sources):
            arrows.setdefault((source, transition.target.value), []).append(transition.when)
    names = ",".join(name for name, _, _ in GROUPS)
    return "\n".join(
        (
            "stateDiagram-v2",
            "    direction LR",
            *(f'    state "{state.value.replace("_", " ")}" as {state.value}' for state in State),
            *(f'    state "{title}" as {name}' for name, _, title in GROUPS),
            "    [*] --> checking",
            *(f"    {one} --> {other}: {' / '.join(when)}" for (one, other), when in arrows.items()),
            "    classDef group stroke-dasharray: 4 3",
            f"    class {names} group",
        )
    )


def _sources(states: frozenset[State]) -> Iterator[str]:
    """Name the groups that make up a set of states, and the states that are left."""
    left = states
    for name, group, _ in GROUPS:
        if group <= left:
            yield name
            left -= group
    yield from sorted(state.value for state in left)
