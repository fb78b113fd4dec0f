"""Harms of actions that tell somebody: mails to the requester, webhooks to us, side conversations."""

from __future__ import annotations

from parley.lint.harm import HOURS, Account, Harm, about, again_and_again, by_us, hourly
from parley.lint.mending import Mend
from parley.lint.ours import Actor, Moment
from parley.lint.reach import Reach
from parley.lint.requester_mails import writes_to_requester
from parley.lint.rules import Action

# Mails, webhooks and side conversations


def mails(reach: Reach, action: Action, account: Account) -> Harm | None:
    moments = _written_at(reach, action)
    if reach.rule.kind == "automation":
        if not moments or not any(region.live for region in reach.regions):
            return None
        why = (
            "Parley asks, reminds and reports by itself while a case is open; a mail of an automation comes on "
            "top, and what it announces is not what happens."
        )
        return Harm("mails twice", action, why, Mend.NOT_ON_FORM, about(reach.rule, tuple(HOURS)))
    if reach.rule in account.mails.mailers and action.field != "reply_public":
        if any(moment.created for moment in moments):
            why = (
                "It carries our comments, and mails new requests too: Parley's first answer follows within minutes."
            )
            return Harm("mails twice", action, why, Mend.ON_UPDATE)
        return None
    if any(moment.actor is Actor.US and not moment.created for moment in moments):
        carrier = next((rule.title for rule in account.mails.mailers if rule != reach.rule), "")
        carried = f"“{carrier}” mails our public comments already; " if carrier else ""
        why = f"{carried}this one fires on our updates too, so that the requester gets two mails at one moment."
        return Harm(
            "mails twice", action, why, Mend.NOT_ON_FORM, about(reach.rule, ("status", "comment_is_public"))
        )
    if any(moment.created for moment in moments):
        why = (
            "Parley answers a new request by itself, as a rule within a minute; with this acknowledgement the "
            "requester gets two mails within seconds."
        )
        return Harm(
            "mails twice", action, why, Mend.NOT_ON_FORM, about(reach.rule, ("update_type", "comment_is_public"))
        )
    if any(moment.actor is Actor.REQUESTER for moment in moments):
        why = (
            "Where Parley waits for a reply it answers that reply within seconds; this is a second mail beside it."
        )
        return Harm("mails twice", action, why, Mend.NOT_ON_FORM, about(reach.rule, ("role", "requester_id")))
    return None


def _written_at(reach: Reach, action: Action) -> list[Moment]:
    """The moments at which an action writes to the requester."""
    every = [moment for region in reach.regions for moment in region.moments]
    return [one for one in every if action.field == "reply_public" or writes_to_requester(action, one)]


def webhook(reach: Reach, action: Action, account: Account) -> Harm | None:
    if action.field != "notification_webhook" or action.value not in account.ours.webhooks:
        return None
    rule = reach.rule
    if rule.kind == "trigger" and by_us(reach.regions) and again_and_again(rule):
        why = (
            "It tells Parley of each update that Parley makes, besides Parley's own triggers. What an event asks "
            "for is done again after every update, the one that it led to included."
        )
        return Harm("loop", action, why, Mend.NOT_BY_US, about(rule, ("update_type", "ticket_form_id")))
    body = " ".join(action.values[1:])
    if rule.kind == "trigger" and by_us(reach.regions) and "assignment.post" in body and "comment" in body:
        why = "It fires on Parley's updates too, and would post what we write to the requester on the assignment."
        return Harm("loop", action, why, Mend.NOT_BY_US, about(rule, ("update_type", "ticket_form_id")))
    if rule.kind == "automation" and "assignment.post" in body and hourly(rule):
        why = "It fires every hour as long as its conditions hold, and asks for the same post on the assignment."
        return Harm("loop", action, why, Mend.TAKE_OUT, about(rule, tuple(HOURS)))
    return None


def conversation(reach: Reach, action: Action, _: Account) -> Harm | None:
    started = action.field.startswith("side_conversation")
    if started and reach.rule.kind == "trigger" and by_us(reach.regions) and again_and_again(reach.rule):
        why = (
            "It starts a side conversation on each of Parley's updates. That is an update of the ticket too, on "
            "which it can fire again, and each one asks Parley for another look."
        )
        return Harm("loop", action, why, Mend.NOT_BY_US)
    return None
