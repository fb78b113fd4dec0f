"""Conditions about the update itself: its kind, its comment, who makes it and by which way."""

from __future__ import annotations

from typing import Final

from parley.zendesk.lint.conditions.certainty import Certainty, Match, decided, maybe
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import Condition
from parley.zendesk.lint.facts.our_tickets import API_CHANNEL, Actor, OurTickets

_ROLES: Final = {
    "agent": frozenset({Actor.US, Actor.AGENT, Actor.SYSTEM}),
    "end_user": frozenset({Actor.REQUESTER, Actor.OTHER, Actor.SYSTEM}),
}


def kind(condition: Condition, region: Region, _: OurTickets) -> Match:
    wanted = {value.lower() == "create" for value in condition.values if value.lower() in ("create", "change")}
    if condition.operator not in ("is", "is_not") or not wanted:
        return Certainty.MAYBE, region
    fits = condition.operator == "is"
    return decided(region, region.at(lambda moment: (moment.created in wanted) is fits))


_COMMENTS: Final = {
    "true": frozenset({"public"}),
    "requester_can_see_comment": frozenset({"public"}),
    "false": frozenset({"private"}),
    "not_relevant": frozenset({"public", "private"}),
}


def comment(condition: Condition, region: Region, _: OurTickets) -> Match:
    known = [_COMMENTS[value] for value in condition.values if value in _COMMENTS]
    if condition.operator not in ("is", "is_not") or len(known) != len(condition.values):
        return Certainty.MAYBE, region
    wanted = frozenset[str]().union(*known)
    fits = condition.operator == "is"
    return decided(region, region.at(lambda moment: (moment.comment in wanted) is fits))


def comment_words(condition: Condition, region: Region, _: OurTickets) -> Match:
    if condition.operator in ("includes", "is"):
        return maybe(region, region.at(lambda moment: moment.comment != "none"))
    return Certainty.MAYBE, region


def privacy(condition: Condition, region: Region, _: OurTickets) -> Match:
    """A ticket has public comments once it got a public comment; a ticket that begins in private may have none."""
    fits = {"public": True, "private": False}.get(" ".join(condition.values))
    if condition.operator not in ("is", "is_not") or fits is None:
        return Certainty.MAYBE, region
    if fits is (condition.operator == "is"):
        sure = all(moment.comment == "public" for moment in region.moments)
        return (Certainty.YES if sure else Certainty.MAYBE), region
    return maybe(region, region.at(lambda moment: moment.comment != "public"))


def role(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    value = condition.values[0] if len(condition.values) == 1 else ""
    if condition.operator not in ("is", "is_not") or not value:
        return Certainty.MAYBE, region
    fits = condition.operator == "is"
    if value in _ROLES:
        kept = _ROLES[value] if fits else frozenset(Actor) - _ROLES[value] | {Actor.SYSTEM}
        return decided(region, region.at(lambda moment: moment.actor in kept))
    if value == tickets.user:
        return decided(region, region.at(lambda moment: (moment.actor is Actor.US) is fits))
    if value == "admin" and fits:
        return maybe(region, region.at(lambda moment: moment.actor in _ROLES["agent"]))
    if value.isdecimal():
        left = region.at(lambda moment: moment.actor is not Actor.US) if fits else region
        nobody_else = not fits and all(moment.actor is Actor.US for moment in region.moments)
        return (Certainty.YES, region) if nobody_else else maybe(region, left)
    return Certainty.MAYBE, region


def update_channel(condition: Condition, region: Region, _: OurTickets) -> Match:
    """We update tickets through the API; what the others use is not known."""
    if condition.operator not in ("is", "is_not"):
        return Certainty.MAYBE, region
    wanted = (API_CHANNEL in condition.values) is (condition.operator == "is")
    if wanted:
        sure = all(moment.actor is Actor.US for moment in region.moments)
        return (Certainty.YES if sure else Certainty.MAYBE), region
    return maybe(region, region.at(lambda moment: moment.actor is not Actor.US))


def requester_is_current(condition: Condition, region: Region) -> Match | None:
    """Whether the requester makes the update; None for a condition that does not ask for that."""
    if condition.values != ("current_user",) or condition.operator not in ("is", "is_not"):
        return None
    fits = condition.operator == "is"
    kept = {Actor.REQUESTER} if fits else frozenset(Actor) - {Actor.REQUESTER}
    return decided(region, region.at(lambda moment: moment.actor in kept or moment.actor is Actor.SYSTEM))
