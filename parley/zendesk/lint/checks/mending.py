"""The smallest changes of a rule that keep it from doing harm to our tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Final

from parley.zendesk.lint.facts.business_rules import BusinessRule, Condition, RuleAction
from parley.zendesk.lint.facts.labels import NamesById, action_words, condition_words
from parley.zendesk.lint.facts.our_tickets import OurTickets


class Mend(Enum):
    """How to change a rule: a condition more, or something less."""

    NOT_ON_FORM = "not on our form"
    NOT_BY_US = "not on our updates"
    ON_UPDATE = "on updates only"
    ON_PUBLIC = "on public comments only"
    TAKE_OUT = "without the action"
    TAKE_TAGS_OUT = "without these tags"


_ADDING: Final = (Mend.NOT_ON_FORM, Mend.NOT_BY_US, Mend.ON_UPDATE, Mend.ON_PUBLIC)

UPDATED: Final = Condition("update_type", "is", ("Change",))
PUBLIC: Final = Condition("comment_is_public", "is", ("true",))


def fitting(mend: Mend, rule: BusinessRule, tickets: OurTickets) -> Mend:
    """The change that makes sense for this rule: a rule for our form alone can't be kept off it."""
    if mend is Mend.NOT_ON_FORM and tickets.alone(rule):
        return Mend.TAKE_OUT
    return Mend.TAKE_OUT if mend is Mend.NOT_BY_US and rule.kind == "automation" else mend


def added(mend: Mend, tickets: OurTickets) -> Condition:
    """The condition that a change adds; ValueError for a change that adds none."""
    if mend is Mend.NOT_ON_FORM and tickets.told_by:
        return Condition(f"custom_fields_{tickets.told_by}", "not_present", ())
    if mend is Mend.NOT_ON_FORM:
        return Condition("ticket_form_id", "is_not", (tickets.form,))
    if mend is Mend.NOT_BY_US:
        return Condition("role", "is_not", (tickets.user,))
    if mend is Mend.ON_UPDATE:
        return UPDATED
    if mend is Mend.ON_PUBLIC:
        return PUBLIC
    raise ValueError(mend)


def mended(mend: Mend, rule: BusinessRule, action: RuleAction, tickets: OurTickets) -> BusinessRule:
    """The rule after the change; a rule that has nothing left to do is switched off."""
    if mend in _ADDING:
        return replace(rule, all=(*rule.all, added(mend, tickets)))
    left = [one for one in rule.actions if one != action]
    if mend is Mend.TAKE_TAGS_OUT:
        tags = tuple(tag for tag in action.values if not tickets.relies_on(tag))
        left = [
            replace(one, values=tags) if one == action else one for one in rule.actions if one != action or tags
        ]
    return replace(rule, actions=tuple(left), active=bool(left))


def own_mailer(tickets: OurTickets) -> BusinessRule:
    """The trigger that mails each public comment of our tickets, and nothing else."""
    on_form = Condition("ticket_form_id", "is", (tickets.form,))
    if tickets.told_by:
        on_form = Condition(f"custom_fields_{tickets.told_by}", "present", ())
    return BusinessRule("", "trigger", "", all=(on_form, UPDATED, PUBLIC), actions=(OWN_MAIL,))


OWN_MAIL: Final = RuleAction("notification_user", ("requester_and_ccs",))


def change_words(mend: Mend, rule: BusinessRule, action: RuleAction, tickets: OurTickets, names: NamesById) -> str:
    """The change as an instruction, in one sentence."""
    if mend in _ADDING:
        return f"Add the condition “{condition_words(added(mend, tickets), names)}” under “Meet ALL”."
    if mend is Mend.TAKE_TAGS_OUT and not all(tickets.relies_on(tag) for tag in action.values):
        tags = ", ".join(tag for tag in action.values if tickets.relies_on(tag))
        return f"Take {tags} out of the action “{action_words(replace(action, values=()), names).rstrip(': ')}”."
    if len(rule.actions) == 1:
        return "Switch the rule off: it does nothing else."
    return f"Take out the action “{action_words(action, names)}”."


def one_mailer_words(rules: Sequence[BusinessRule], tickets: OurTickets, names: NamesById) -> str:
    """The change that gives our form a mailer of its own, for where these share its comments among them."""
    conditions = ", ".join(f"“{condition_words(one, names)}”" for one in own_mailer(tickets).all)
    kept_off = condition_words(added(Mend.NOT_ON_FORM, tickets), names)
    titles = ", ".join(f"“{one.title}”" for one in rules)
    return (
        f"Make a trigger with the conditions {conditions} and the action “{action_words(OWN_MAIL, names)}”, and "
        f"take our form away from {titles}: add the condition “{kept_off}” to each, or switch off what is for our "
        "form alone."
    )
