"""The words of those lines of the journal that are counted: who writes or counts one takes them from here."""

from __future__ import annotations

from typing import Final

TOLD: Final = "told the requester"
WROTE: Final = "the requester wrote"
AGENT_TOLD: Final = "an agent told the requester"
LOOKED: Final = "an agent has looked at it"
WROTE_BETWEEN: Final = "the other side has written"
ABOUT_THAT_NOW: Final = "a person is asked about that now"
AGENTS_ASKED: Final = "agents were asked in tier "
SOMEBODY_REACHED: Final = "somebody was reached in tier "
PAUSED: Final = "paused until "
RESUMED: Final = "resumed"
OTHER_REQUESTER: Final = "the requester is another user"
DIED: Final = "became a dead letter"
REPLAYED: Final = "replayed a dead letter"
DISCARDED: Final = "discarded a dead letter"
PRESSED: Final = {
    "settled": "the requester says it is settled",
    "written": "the requester says they have written on the assignment",
}
_PASSED: Final = "passed by "


def rule_passed(actor: str, rule: str) -> str:
    """Return how the journal tells that an agent let a rule pass."""
    return f"{_PASSED}{actor}: {rule}"


def passed_rule(what: str) -> str | None:
    """Return the rule of a line that `rule_passed` wrote, whatever the agent is called; None for any other line."""
    return what.rpartition(": ")[2] if what.startswith(_PASSED) and ": " in what else None
