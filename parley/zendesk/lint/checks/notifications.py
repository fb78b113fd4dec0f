"""Harms of actions that tell somebody: mails to the requester, webhooks to us, side conversations."""

from __future__ import annotations

from parley.zendesk.lint.checks.comments import writes_to_requester
from parley.zendesk.lint.checks.harm import Harm, RuleContext, about, again_and_again, by_us, everywhere, hourly
from parley.zendesk.lint.checks.mending import Mend
from parley.zendesk.lint.checks.placeholders import shows_latest, shows_notes, shows_words
from parley.zendesk.lint.checks.posts import EVENT
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.facts.business_rules import HOURS, BusinessRule, RuleAction
from parley.zendesk.lint.facts.our_tickets import ENDED, Actor, UpdateMoment

# Mails


def notes(reached: ReachableRule, action: RuleAction, _: RuleContext) -> Harm | None:
    """An internal note that its requester gets to read."""
    if reached.rule.kind == "automation":
        told = tuple(one for one in everywhere(reached) if shows_latest(action) and _reaches(action, one))
        how = "the latest comment may be an internal note, and it is mailed to the requester"
    else:
        told = tuple(
            one
            for one in everywhere(reached)
            if one.comment == "private"
            and not one.created
            and _shows(action, reached.rule)
            and _reaches(action, one)
        )
        how = "it fires on internal notes too, and shows the comment to the requester"
    if not told:
        return None
    why = (
        "Internal notes hold the facts of a case, the verdict and what the other side wrote. They are for agents: "
        f"{how}."
    )
    asked = about(reached.rule, ("comment_is_public", "role", "update_type"))
    return Harm("tells notes", action, why, Mend.NOT_ON_FORM, asked, told)


def _shows(action: RuleAction, rule: BusinessRule) -> bool:
    """Whether a text shows an internal note; Zendesk's own mail on solving lists comments, whatever was said."""
    return shows_latest(action) or (shows_notes(action) and again_and_again(rule))


def mails(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    if reached.rule.kind == "automation":
        return _by_the_clock(reached, action)
    carrying = reached.rule in context.mails.mailers and action.field != "reply_public"
    if carrying:
        return _greets(reached, action, context) or _mails_silence(reached, action)
    checks = (_besides_ours, _greets, _answers)
    return next((harm for check in checks if (harm := check(reached, action, context)) is not None), None)


def _by_the_clock(reached: ReachableRule, action: RuleAction) -> Harm | None:
    moments = tuple(one for one in everywhere(reached) if _reaches(action, one))
    if not moments or not any(region.live for region in reached.regions):
        return None
    why = (
        "Parley asks, reminds and reports by itself while a case is open; a mail of an automation comes on "
        "top, and what it announces is not what happens."
    )
    return Harm("mails twice", action, why, Mend.NOT_ON_FORM, about(reached.rule, tuple(HOURS)), moments)


def _besides_ours(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    """A mail on an update of ours: beside the one that carries our comment, or where we say nothing."""
    heard = action.field == "reply_public" or reached.rule in context.mails.extra
    moments = tuple(
        dict.fromkeys(
            one
            for region in by_us(reached)
            for one in region.moments
            if _reaches(action, one) and not _told_as_note(action, one) and (heard or one.comment != "public")
        )
    )
    if not moments:
        return None
    carrier = next((rule.title for rule in context.mails.mailers if rule != reached.rule), "")
    carried = f"“{carrier}” mails our public comments already; " if carrier else ""
    why = f"{carried}this one fires on our updates too, so that the requester gets two mails at one moment."
    if all(one.comment != "public" for one in moments) and action.field != "reply_public":
        why = "It mails the requester when Parley keeps an internal note, or when nothing was said at all."
    asked = about(reached.rule, ("status", "comment_is_public"))
    return Harm("mails twice", action, why, Mend.NOT_ON_FORM, asked, moments)


def _greets(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    moments = tuple(one for one in everywhere(reached) if one.created and _reaches(action, one))
    if not moments or not any(one.category not in ENDED for region in reached.regions for one in region.statuses):
        return None
    if reached.rule in context.mails.mailers and action.field != "reply_public":
        why = "It carries our comments, and mails new requests too: Parley's first answer follows within minutes."
        return Harm("mails twice", action, why, Mend.ON_UPDATE, moments=moments)
    why = (
        "Parley answers a new request by itself, as a rule within a minute; with this acknowledgement the "
        "requester gets two mails within seconds."
    )
    asked = about(reached.rule, ("update_type", "comment_is_public"))
    return Harm("mails twice", action, why, Mend.NOT_ON_FORM, asked, moments)


def _mails_silence(reached: ReachableRule, action: RuleAction) -> Harm | None:
    """The trigger that carries our comments, mailing what is no public comment as well."""
    moments = tuple(
        one
        for region in by_us(reached)
        for one in region.moments
        if one.comment != "public" and _reaches(action, one) and not _told_as_note(action, one)
    )
    if not moments or not again_and_again(reached.rule):
        return None
    why = (
        "It carries our public comments, and mails the requester besides when Parley keeps an internal note or "
        "changes a field: mails in which there is nothing to read."
    )
    return Harm("mails twice", action, why, Mend.ON_PUBLIC, about(reached.rule, ("comment_is_public",)), moments)


def _answers(reached: ReachableRule, action: RuleAction, _: RuleContext) -> Harm | None:
    """A mail on the requester's reply, while a case goes on."""
    moments = tuple(
        one
        for region in reached.regions
        if region.live
        for one in region.moments
        if one.actor is Actor.REQUESTER and one.comment == "public" and _reaches(action, one)
    )
    if not moments or _from_the_end(reached.rule) or _about_one_person(reached.rule):
        return None
    why = "Where Parley waits for a reply it answers that reply within seconds; this is a second mail beside it."
    asked = about(reached.rule, ("role", "requester_id"))
    return Harm("mails twice", action, why, Mend.NOT_ON_FORM, asked, moments)


def _reaches(action: RuleAction, moment: UpdateMoment) -> bool:
    return action.field == "reply_public" or writes_to_requester(action, moment)


def _told_as_note(action: RuleAction, moment: UpdateMoment) -> bool:
    """Whether it is told already that this mail shows an internal note; a public reply is a mail besides."""
    return action.field != "reply_public" and moment.comment == "private" and shows_notes(action)


def _from_the_end(rule: BusinessRule) -> bool:
    """Whether it fires only where the ticket was solved before: nothing of ours is sent then."""
    return any(
        one.field == "status" and one.operator in ("value_previous", "changed_from") and set(one.values) <= ENDED
        for one in rule.all
    )


def _about_one_person(rule: BusinessRule) -> bool:
    """Whether it is for the updates of one user by name, who is hardly ever the requester."""
    return any(
        one.field == "role" and one.operator == "is" and any(map(str.isdecimal, one.values)) for one in rule.all
    )


# Webhooks and side conversations


def webhook(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    if action.field != "notification_webhook" or action.value not in context.tickets.webhooks:
        return None
    if shows_words(action) and EVENT in " ".join(action.values[1:]):
        return None  # told as a post already
    rule, our_updates = reached.rule, tuple(moment for region in by_us(reached) for moment in region.moments)
    if rule.kind == "trigger" and our_updates and again_and_again(rule):
        why = (
            "It tells Parley of each update that Parley makes, besides Parley's own triggers. What an event asks "
            "for is done again after every update, the one that it led to included."
        )
        asked = about(rule, ("update_type", "ticket_form_id"))
        return Harm("loop", action, why, Mend.NOT_BY_US, asked, our_updates)
    if rule.kind == "automation" and EVENT in " ".join(action.values[1:]) and hourly(rule):
        why = "It fires every hour as long as its conditions hold, and asks for the same post on the assignment."
        return Harm("loop", action, why, Mend.TAKE_OUT, about(rule, tuple(HOURS)), everywhere(reached))
    return None


def conversation(reached: ReachableRule, action: RuleAction, _: RuleContext) -> Harm | None:
    our_updates = tuple(moment for region in by_us(reached) for moment in region.moments)
    started = action.field.startswith("side_conversation")
    if started and reached.rule.kind == "trigger" and our_updates and again_and_again(reached.rule):
        why = (
            "It starts a side conversation on each of Parley's updates. That is an update of the ticket too, on "
            "which it can fire again, and each one asks Parley for another look."
        )
        return Harm("loop", action, why, Mend.NOT_BY_US, moments=our_updates)
    return None
