"""Harms of what is posted on the assignment, where the other side reads it and nothing is ever taken back."""

from __future__ import annotations

from typing import Final

from parley.zendesk.lint.checks.harm import Harm, RuleContext, about, endless, everywhere
from parley.zendesk.lint.checks.mending import Mend
from parley.zendesk.lint.checks.placeholders import shows_words
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.facts.business_rules import BusinessRule, Condition, RuleAction
from parley.zendesk.lint.facts.our_tickets import Actor, UpdateMoment

EVENT: Final = "assignment.post"


def posts(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    """The event is for the same words each time; the tag is an agent's, for the comment of that update."""
    moments = _by_event(reached, action, context) or _by_tag(reached, action, context)
    if not moments:
        return None
    why = (
        "What is written on the ticket is for its requester or for the desk. Posted on the assignment, the other "
        "side reads it, and no message there can be taken back. Agents post what they mean to with the macro."
    )
    asked = about(reached.rule, ("comment_is_public", "role", "update_type"))
    return Harm("posts", action, why, Mend.TAKE_OUT, asked, moments)


def _by_event(reached: ReachableRule, action: RuleAction, context: RuleContext) -> tuple[UpdateMoment, ...]:
    to_us = action.field == "notification_webhook" and action.value in context.tickets.webhooks
    asked = to_us and any(EVENT in text for text in action.values[1:])
    return everywhere(reached) if asked and shows_words(action) else ()


def _by_tag(reached: ReachableRule, action: RuleAction, context: RuleContext) -> tuple[UpdateMoment, ...]:
    """An agent's public comments that no agent has asked to be posted; what repeats for ever is told as that."""
    posting = action.field == "current_tags" and set(action.values) & context.tickets.posting_tags
    if not posting or _asked_for(reached.rule) or endless(reached):
        return ()
    return tuple(one for one in everywhere(reached) if one.actor is Actor.AGENT and one.comment == "public")


def _asked_for(rule: BusinessRule) -> bool:
    return any(_by_hand(one) for one in rule.all) or bool(rule.any and all(_by_hand(one) for one in rule.any))


def _by_hand(condition: Condition) -> bool:
    return condition.field == "current_tags" and condition.operator == "includes"
