"""What agents have to see to: a tier in which there is nobody to write to, and a question that nobody answers."""

from __future__ import annotations

from datetime import datetime

from escalation.model.audience import Public
from escalation.model.case import Case
from escalation.model.review import OpenReview, WaitingWord
from escalation.model.tiers import TIER_OF, ByAgents, ByEmail, Tier
from escalation.policies.policy import Policy
from escalation.policies.readers import Reader
from escalation.policies.texts import gaps


def tier_without_anybody(case: Case) -> Tier | None:
    """Return the tier that a case is in, where its letter has nobody to go to; None where it has, or no letter."""
    tier = TIER_OF.get(case.state)
    return tier if tier and tier.number in case.delivery.unsent and goes_by_letter(case, tier) else None


def tier_to_remind_of(case: Case) -> Tier | None:
    """Return the tier that a case is in, where people are to act and nobody has said that they did; else None."""
    tier = TIER_OF.get(case.state)
    asked = (
        tier and isinstance(tier.way_of(case.party).channel, ByAgents) and tier.number in case.delivery.looking_for
    )
    return tier if asked else tier_without_anybody(case)


def open_question(case: Case) -> WaitingWord | None:
    """Return what the requester has written that no agent has answered, as far as since when is known."""
    return case.heard.question if case.requester_open and not case.ended else None


def word_to_pass_on(case: Case) -> WaitingWord | None:
    """Return the account manager's reply that no agent has passed on, unless the other side has answered since."""
    word, heard = case.heard.manager_word, case.heard
    since = filter(None, (heard.agent_spoke_at, heard.answered_at))
    return None if word is None or case.ended or any(at >= word.since for at in since) else word


def nobody_has_answered(when: str) -> str:
    """What agents are told, in a sentence, of the requester's message of a moment."""
    return f"nobody has answered what the requester wrote on {when}"


def key_of_question(case: Case, question: WaitingWord) -> str:
    """The key of what is told of a question that waits: whether more was written since."""
    last = case.heard.requester_at
    return f"done.unanswered{'_since' if last and last > question.since else ''}"


def unanswered_since(case: Case) -> datetime | None:
    """Return of when the requester's message is that no agent has answered; None where there is none."""
    if not case.requester_open or case.ended:
        return None
    return case.heard.question.since if case.heard.question else case.heard.requester_at


def looked_at(review: OpenReview | None, reader: Reader) -> Public:
    """What a person is asked to look at, as its requester is told it: the end of a sentence."""
    there, about = reader.texts.templates, review.looking_at if review else ()
    keys = [key for key in about if key in there] or ["looking_at.other"]
    at = review.message_at if review else None
    dates = {key: {"date": at} if "date" in gaps(there[key]) else {} for key in keys}
    return reader.listed("clauses", (reader.text(key, **dates[key]) for key in keys))


def waited_long(case: Case, now: datetime, policy: Policy) -> tuple[datetime, datetime] | None:
    """Return from when to when the review lasted that ends now, where it took longer than it is to an update.

    None where an agent has written to the requester meanwhile, and at a month's end, which has words of its own."""
    review, spoke = case.judgement.review, case.heard.agent_spoke_at
    if review is None or review.month_over or (spoke and spoke >= review.since):
        return None
    took_long = policy.after_hours(review.since, policy.update_hours).due <= now
    return (review.since, now) if took_long else None


def goes_by_letter(case: Case, tier: Tier) -> bool:
    """Whether a tier writes an e-mail in a party's case."""
    return isinstance(tier.way_of(case.party).channel, ByEmail)


def has_somebody(case: Case, tier: Tier) -> bool:
    """Whether a tier has somebody to write to, by what the case last saw: what it never saw is not doubted."""
    delivery = case.delivery
    known = delivery.known_for is None or tier.number in delivery.known_for
    return known or tier.number in delivery.messaged or not goes_by_letter(case, tier)


def name_to_promise(case: Case, tier: Tier) -> str:
    """Return the name of whom a tier's letter goes to, or went to, where the requester may know it; else empty."""
    delivery = case.delivery
    return (delivery.told_names if tier.number in delivery.messaged else delivery.known_names).get(tier.number, "")
