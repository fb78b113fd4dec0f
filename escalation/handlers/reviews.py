"""A case that waits for a person: what agents are told, and how that grows in weight while nobody says a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.engine.journaled import LOOKED
from escalation.engine.turn import Turn
from escalation.model.audience import Internal
from escalation.model.plain import inline
from escalation.model.review import OpenReview
from escalation.model.values import Timer


def tell_agents(turn: Turn, about: str) -> None:
    """Note that a case needs a person: what about, and what ends it."""
    turn.note("note.needs_review", rules=_in_a_clause(about), ends=_what_ends_it(turn))


def keep(turn: Turn, about: str, looking_at: tuple[str, ...]) -> None:
    """Keep what the review that the case is in is about."""
    judgement = turn.case.judgement
    if judgement.review:
        kept = replace(judgement.review, about=about, looking_at=looking_at)
        turn.case.judgement = replace(judgement, review=kept)


def looked(turn: Turn, at: datetime, actor: str) -> None:
    """An agent who comments while the case waits, or has it wait, has looked at it."""
    judgement = turn.case.judgement
    if judgement.review and judgement.review.looked_at is None:
        turn.case.judgement = replace(judgement, review=replace(judgement.review, looked_at=at))
        turn.record(LOOKED, "It still waits for somebody to say how it goes on.", actor)


def remind_of_review(turn: Turn) -> None:
    """Remind the agents that a case waits; after a time of the policy, the lead, and the group gets the ticket."""
    review = turn.case.judgement.review or OpenReview(_reminded_from(turn))
    days = turn.policy.calendar.days_between(review.since, turn.now)
    said = {
        "since": turn.label(review.since),
        "days": business_days(days),
        "about": _in_a_clause(review.about) or "nobody has said how it goes on",
        "ends": _what_ends_it(turn),
    }
    if days < turn.policy.lead_after_days:
        turn.note("note.agent_reminder", **said)
    elif review.lead_at:
        turn.note("note.agent_reminder_lead_again", lead=turn.policy.who_leads, **said)
    else:
        turn.note("note.agent_reminder_lead", lead=turn.policy.who_leads, group=turn.policy.agents_group, **said)
        review = replace(review, lead_at=turn.now)
        give_to_group(turn)
    turn.case.judgement = replace(turn.case.judgement, review=review)
    turn.arm_from(Timer.AGENT_REMINDER, turn.now)


def ask_about_silence(turn: Turn) -> None:
    """Ask the agents how it goes on where both sides are silent; at last the lead, where nothing follows."""
    policy, since = turn.policy, silent_since(turn)
    days = policy.calendar.days_between(since, turn.now)
    said = {"since": turn.label(since), "days": business_days(days)}
    each = policy.silence_days + policy.silence_unanswered_days
    beyond = days - policy.silence_days - policy.lead_after_days
    if not turn.case.muted:
        turn.note("note.silence", **said)
    elif beyond < 0:
        turn.note("note.silence_muted", **said)
    else:
        turn.note("note.silence_lead", lead=policy.who_leads, **said)
        if beyond < each:
            give_to_group(turn)


def silent_since(turn: Turn) -> datetime:
    """When one of the two sides spoke last."""
    heard = turn.case.heard
    return max(filter(None, (heard.other_side_at, heard.requester_at)), default=turn.now)


def give_to_group(turn: Turn) -> None:
    """Give the ticket to the policy's group, with the status that it has."""
    turn.to_group = True
    turn.status = turn.status or turn.case.state


def business_days(number: int) -> str:
    """So many business days, for agents."""
    return f"{number} business day{'' if number == 1 else 's'}"


def _what_ends_it(turn: Turn) -> Internal:
    case = turn.case
    if case.muted:
        return turn.internal_text("note.review_ends.muted")
    return turn.internal_text("note.review_ends.begun" if case.begun else "note.review_ends.checked")


def _in_a_clause(about: str) -> str:
    return inline(about).rstrip(".")


def _reminded_from(turn: Turn) -> datetime:
    """Since when a review waits, as far as a case from before that was kept knows: since the last reminder."""
    deadline = turn.case.deadlines.get(Timer.AGENT_REMINDER)
    return deadline.derivation.start if deadline and deadline.derivation else turn.now
