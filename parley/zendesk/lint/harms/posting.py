"""Harms of what is posted on the assignment, where the other side reads it and nothing is ever taken back."""

from __future__ import annotations

from typing import Final

from parley.zendesk.lint.conditions.reach import Reach
from parley.zendesk.lint.facts.ours import Actor, Moment
from parley.zendesk.lint.facts.rules import Action, Condition, Rule
from parley.zendesk.lint.harms.harm import Account, Harm, about, endless, everywhere
from parley.zendesk.lint.harms.mending import Mend
from parley.zendesk.lint.harms.placeholders import shows_words

EVENT: Final = "assignment.post"


def posts(reach: Reach, action: Action, account: Account) -> Harm | None:
    """The event is for the same words each time; the tag is an agent's, for the comment of that update."""
    moments = _by_event(reach, action, account) or _by_tag(reach, action, account)
    if not moments:
        return None
    why = (
        "What is written on the ticket is for its requester or for the desk. Posted on the assignment, the other "
        "side reads it, and no message there can be taken back. Agents post what they mean to with the macro."
    )
    asked = about(reach.rule, ("comment_is_public", "role", "update_type"))
    return Harm("posts", action, why, Mend.TAKE_OUT, asked, moments)


def _by_event(reach: Reach, action: Action, account: Account) -> tuple[Moment, ...]:
    ours = action.field == "notification_webhook" and action.value in account.ours.webhooks
    asked = ours and any(EVENT in text for text in action.values[1:])
    return everywhere(reach) if asked and shows_words(action) else ()


def _by_tag(reach: Reach, action: Action, account: Account) -> tuple[Moment, ...]:
    """An agent's public comments that no agent has asked to be posted; what repeats for ever is told as that."""
    posting = action.field == "current_tags" and set(action.values) & account.ours.posting_tags
    if not posting or _asked_for(reach.rule) or endless(reach):
        return ()
    return tuple(one for one in everywhere(reach) if one.actor is Actor.AGENT and one.comment == "public")


def _asked_for(rule: Rule) -> bool:
    return any(_by_hand(one) for one in rule.all) or bool(rule.any and all(_by_hand(one) for one in rule.any))


def _by_hand(condition: Condition) -> bool:
    return condition.field == "current_tags" and condition.operator == "includes"
