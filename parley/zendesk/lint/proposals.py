"""The change that is proposed for a harm, once it is shown that no public comment goes unheard by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from parley.zendesk.lint.checks.comments import mails
from parley.zendesk.lint.checks.harm import Harm, RuleContext
from parley.zendesk.lint.checks.mending import Mend, change_words, fitting, mended, one_mailer_words, own_mailer
from parley.zendesk.lint.conditions.certainty import Certainty
from parley.zendesk.lint.facts.business_rules import BusinessRule
from parley.zendesk.lint.facts.labels import NamesById


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change in words, and as rules: each pair is a rule and what becomes of it; `makes` are new rules."""

    words: str
    changes: tuple[tuple[BusinessRule, BusinessRule], ...]
    makes: tuple[BusinessRule, ...] = ()

    def applied(self, rules: Iterable[BusinessRule]) -> list[BusinessRule]:
        """The account's rules once the proposal was followed."""
        after = {id(old): new for old, new in self.changes}
        return [*(after.get(id(rule), rule) for rule in rules), *self.makes]


def proposal(rule: BusinessRule, harm: Harm, context: RuleContext, names: NamesById) -> Proposal:
    """The first change that silences no comment; where there is none, a trigger for our form alone."""
    tickets = context.tickets
    for mend in _candidates(rule, harm, context):
        after = mended(mend, rule, harm.action, tickets)
        if not _silences(rule, after, context):
            return Proposal(change_words(mend, rule, harm.action, tickets, names), ((rule, after),))
    return _one_mailer(context, names)


def _candidates(rule: BusinessRule, harm: Harm, context: RuleContext) -> Iterator[Mend]:
    yield fitting(harm.mend, rule, context.tickets)
    if harm.kind == "tells notes" and rule.kind == "trigger":
        yield Mend.ON_PUBLIC
    yield Mend.TAKE_OUT


def _silences(rule: BusinessRule, after: BusinessRule, context: RuleContext) -> bool:
    """Whether a comment that this trigger may mail, or lets another one mail, would surely be mailed by none."""
    for mailer, heard in context.mails.heard.items():
        if mailer is not rule and not _lets_fire(rule, after, mailer):
            continue
        for comment, before in heard.items():
            now = mails(after, comment, context.tickets) if mailer is rule else Certainty.NO
            less = before is not Certainty.NO and now is not before
            if less and not context.mails.carried(comment, but=mailer):
                return True
    return False


def _lets_fire(rule: BusinessRule, after: BusinessRule, mailer: BusinessRule) -> bool:
    """Whether a rule sets what a mailer asks for, and would no longer do so on our tickets."""
    tags = rule.tags_added if after.all != rule.all else rule.tags_added - after.tags_added
    asked = {
        tag
        for one in mailer.conditions
        if one.field == "current_tags" and one.operator == "includes"
        for tag in one.values
    }
    return bool(tags & asked)


def _one_mailer(context: RuleContext, names: NamesById) -> Proposal:
    """On a public comment of ours nothing mails but a new trigger."""
    tickets, rules = context.tickets, tuple(context.mails.heard)
    changes = tuple((one, _off_our_form(one, context)) for one in rules)
    made = replace(own_mailer(tickets), title="Escalations: notify requester and CCs of comment update")
    return Proposal(one_mailer_words(rules, tickets, names), changes, (made,))


def _off_our_form(rule: BusinessRule, context: RuleContext) -> BusinessRule:
    if context.tickets.alone(rule):
        return replace(rule, active=False)
    return mended(Mend.NOT_ON_FORM, rule, rule.actions[0], context.tickets)
