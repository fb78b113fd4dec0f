"""Harms of texts that show what opens a case to whoever has it."""

from __future__ import annotations

from typing import Final

from parley.zendesk.lint.checks.harm import Harm, RuleContext, everywhere
from parley.zendesk.lint.checks.mending import Mend
from parley.zendesk.lint.checks.placeholders import shown_field
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.facts.business_rules import RuleAction

WHY: Final = (
    "“{title}” holds a key: whoever has it, and the app's, can read the case with all that is for agents only. A "
    "text takes it to wherever it goes: a mail, a webhook, a comment."
)


def key(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    """A key of the ticket's that leaves it, wherever to."""
    found = shown_field(action, context.tickets.secret_fields)
    if not found:
        return None
    why = WHY.format(title=context.tickets.fields[found].title)
    return Harm("tells a key", action, why, Mend.TAKE_OUT, moments=everywhere(reached))
