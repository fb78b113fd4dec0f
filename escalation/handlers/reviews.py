"""A case that waits for a person, or for somebody to write to: what agents are told, with growing weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from escalation.engine.journaled import LOOKED, SOMEBODY_REACHED
from escalation.engine.looking import nobody_has_answered, open_question, tier_to_remind_of, word_to_pass_on
from escalation.engine.turn import Turn
from escalation.model.audience import Internal
from escalation.model.mappings import without
from escalation.model.plain import inline
from escalation.model.review import MESSAGE, UNREACHED, OpenReview, WaitingWord
from escalation.model.tiers import TIER_OF, ByAgents, OnAssignment, Tier, recipient_at, tier_at
from escalation.model.values import REACHED_FIELD, State, Timer
from escalation.policies.calendar import days_passed


class Rungs(NamedTuple):
    """The notes that remind of one thing: to the agents, then to the lead, and to the lead again."""

    agents: str
    lead: str
    lead_again: str


OF_REVIEW: Final = Rungs("note.agent_reminder", "note.agent_reminder_lead", "note.agent_reminder_lead_again")
OF_REVIEW_SEEN: Final = Rungs(
    "note.agent_reminder", "note.agent_reminder_lead_seen", "note.agent_reminder_lead_again"
)
"""Where an agent has looked: that was not nothing."""
OF_QUESTION: Final = Rungs("note.question_waits", "note.question_waits_lead", "note.question_waits_lead_again")
OF_WORD: Final = Rungs("note.manager_waits", "note.manager_waits_lead", "note.manager_waits_lead_again")
OF_ASKING: Final = Rungs("note.nobody_asked", "note.nobody_asked_lead", "note.nobody_asked_lead_again")
OF_REACHING: Final = Rungs("note.nobody_reached", "note.nobody_reached_lead", "note.nobody_reached_lead_again")


def tell_agents(turn: Turn, about: str) -> None:
    """Note that a case needs a person: what about, and what ends it."""
    turn.note("note.needs_review", rules=_in_a_clause(about), ends=_what_ends_it(turn))


def keep(
    turn: Turn,
    about: str,
    looking_at: tuple[str, ...],
    message_at: datetime | None = None,
) -> None:
    """Keep what the review that the case is in is about; `message_at`: of when the message is, if about one."""
    judgement = turn.case.judgement
    if review := judgement.review:
        kept = replace(review, about=about, looking_at=looking_at, message_at=message_at)
        turn.case.judgement = replace(judgement, review=kept)


def looked(turn: Turn, at: datetime, actor: str) -> None:
    """An agent who comments while the case waits, or has it wait, has looked at it."""
    judgement = turn.case.judgement
    if judgement.review and judgement.review.looked_at is None:
        turn.case.judgement = replace(judgement, review=replace(judgement.review, looked_at=at))
        call_off_the_end(turn)
        turn.record(LOOKED, "It still waits for somebody to say how it goes on.", actor)


def call_off_the_end(turn: Turn) -> None:
    """The end that was named does not come by itself any more: the next text to the requester takes it back."""
    review, end = turn.case.judgement.review, turn.case.deadlines.get(Timer.MONTH_ENDS)
    turn.disarm(Timer.MONTH_ENDS)
    if review and end:
        turn.case.judgement = turn.case.judgement.without_end(end.due)


def message_seen_to(turn: Turn, at: datetime, *, answered: bool) -> None:
    """An agent has answered the message that a review is about, or has taken the tag off: from now on agents and
    requester are told of what is still open."""
    case, review = turn.case, turn.case.judgement.review
    if review is None or review.message_at is None or review.seen_to_at:
        return
    wrote = f"the requester's message of {turn.label(review.message_at)}"
    seen_to = f"was answered on {turn.label(at)}" if answered else "was said to need no answer"
    begins = "the month is over" if review.month_over else "the outcome was to be confirmed"
    asked = f", nobody could be asked in tier {case.tier}" if UNREACHED in review.looking_at else ""
    about = f"{begins}{asked}, and {wrote} {seen_to}"
    left = tuple(one for one in review.looking_at if one != MESSAGE)
    case.judgement = replace(case.judgement, review=replace(review, about=about, looking_at=left, seen_to_at=at))


def remind_of_review(turn: Turn) -> None:
    """Remind the agents that a case waits; after a time of the policy, the lead, and the group gets the ticket."""
    review = turn.case.judgement.review or OpenReview(_reminded_from(turn))
    about = _in_a_clause(review.about) or "nobody has said how it goes on"
    if (question := open_question(turn.case)) and not (turn.case.muted or review.message_at):
        about += f"; besides, {nobody_has_answered(turn.label(question.since))}"
    said = {"about": about, "ends": _what_ends_it(turn)}
    rungs = OF_REVIEW_SEEN if review.looked_at else OF_REVIEW
    if _remind(turn, rungs, review.waits_since, went_up=review.lead_at is not None, said=said):
        review = replace(review, lead_at=turn.now)
    turn.case.judgement = replace(turn.case.judgement, review=review)


def remind_of_question(turn: Turn, question: WaitingWord) -> None:
    """Remind the agents that the requester waits for an answer; after a time of the policy, the lead."""
    told = replace(question, told_at=turn.now)
    if _remind(turn, OF_QUESTION, question.since, went_up=question.lead_at is not None):
        told = replace(told, lead_at=turn.now)
    turn.case.heard = replace(turn.case.heard, question=told)


def remind_of_word(turn: Turn, word: WaitingWord) -> None:
    """Remind the agents that the account manager's reply is not passed on; after a time of the policy, the lead."""
    told = replace(word, told_at=turn.now)
    if _remind(turn, OF_WORD, word.since, went_up=word.lead_at is not None):
        told = replace(told, lead_at=turn.now)
    turn.case.heard = replace(turn.case.heard, manager_word=told)


def _remind(
    turn: Turn, rungs: Rungs, since: datetime, *, went_up: bool, said: Mapping[str, object] = MappingProxyType({})
) -> bool:
    """Note what waits since a moment, with growing weight, and arm the next reminder: after a time of the policy it
    goes up to the lead, and so does the last one before an end, once with the ticket for the group; from then on it
    stays there. Return whether it goes up now."""
    policy = turn.policy
    days = policy.calendar.days_between(since, turn.now)
    values = {"since": turn.label(since), "days": days_passed(days), **said}
    turn.arm_from(Timer.AGENT_REMINDER, turn.now)
    if days < policy.lead_after_days and not went_up and not _is_last_before_an_end(turn):
        turn.note(rungs.agents, **values)
    elif went_up:
        turn.note(rungs.lead_again, lead=policy.who_leads, **values)
    else:
        turn.note(rungs.lead, lead=policy.who_leads, group=policy.agents_group, **values)
        give_to_group(turn)
        return True
    return False


def _is_last_before_an_end(turn: Turn) -> bool:
    """Whether a review ends by itself before agents are reminded once more."""
    case = turn.case
    end, again = case.deadlines.get(Timer.MONTH_ENDS), case.deadlines.get(Timer.AGENT_REMINDER)
    return bool(case.state is State.NEEDS_REVIEW and end and again and again.due >= end.due)


def ask_about_silence(turn: Turn) -> None:
    """Ask the agents how it goes on where both sides are silent; at last the lead, where nothing follows."""
    policy, since = turn.policy, silent_since(turn)
    days = policy.calendar.days_between(since, turn.now)
    said = {"since": turn.label(since), "days": days_passed(days)}
    each = policy.silence_days + policy.silence_unanswered_days
    beyond = days - policy.silence_days - policy.lead_after_days
    if not turn.case.muted:
        back = turn.case.deadlines[Timer.SILENCE_UNANSWERED].due
        turn.note("note.silence", date=turn.label(back), **said)
    elif beyond < 0:
        turn.note("note.silence_muted", **said)
    else:
        turn.note("note.silence_lead", lead=policy.who_leads, **said)
        if beyond < each:
            give_to_group(turn)


def silent_since(turn: Turn) -> datetime:
    """When one of the two sides spoke last."""
    return turn.case.heard.either_side_at or turn.now


def give_to_group(turn: Turn) -> None:
    """Give the ticket to the policy's group, with the status that it has."""
    turn.to_group = True
    turn.status = turn.status or turn.case.state


def _what_ends_it(turn: Turn) -> Internal:
    case = turn.case
    if case.muted:
        return turn.internal_text("note.review_ends.muted")
    if end := case.deadlines.get(Timer.MONTH_ENDS):
        about_message = case.judgement.review and case.judgement.review.message_at
        key = "note.review_ends.unanswered" if about_message else "note.review_ends.unreached"
        return turn.internal_text(key, date=turn.label(end.due))
    if case.judgement.review and case.judgement.review.message_at and case.requester_open:
        return turn.internal_text("note.review_ends.held")
    if case.begun:
        return turn.internal_text("note.review_ends.begun")
    fields = dict.fromkeys(f.field for f in (case.judgement.verdict.still_open if case.judgement.verdict else ()))
    titles = [turn.internal_text(f"field.{field}") for field in fields if field]
    if not titles:
        return turn.internal_text("note.review_ends.no_field")
    return turn.internal_text("note.review_ends.checked", fields=" and ".join(titles))


def _in_a_clause(about: str) -> str:
    return inline(about).rstrip(".")


def _reminded_from(turn: Turn) -> datetime:
    """Since when a review waits, as far as a case from before that was kept knows: since the last reminder."""
    deadline = turn.case.deadlines.get(Timer.AGENT_REMINDER)
    return deadline.derivation.start if deadline and deadline.derivation else turn.now


def nobody_to_write_to(turn: Turn, tier: int) -> None:
    """Keep since when a tier's letter has nobody to go to."""
    delivery = turn.case.delivery
    since = delivery.looking_for.get(tier, turn.now)
    turn.case.delivery = replace(delivery, looking_for={**delivery.looking_for, tier: since})
    if tier_to_remind_of(turn.case) and Timer.AGENT_REMINDER not in turn.case.deadlines:
        turn.arm_from(Timer.AGENT_REMINDER, turn.now)


def people_are_asked(turn: Turn, tier: int) -> None:
    """Agents are to reach somebody themselves: from now on they are reminded, until one says that they did."""
    delivery = turn.case.delivery
    turn.case.delivery = replace(
        delivery,
        looking_for={**delivery.looking_for, tier: turn.now},
        handed_up=tuple(one for one in delivery.handed_up if one != tier),
    )


def somebody_is_asked(turn: Turn, tier: int) -> None:
    """A tier's letter is out, or an agent has reached somebody: nobody is reminded of it any more."""
    case = turn.case
    case.delivery = replace(
        case.delivery,
        looking_for=without(case.delivery.looking_for, tier),
        handed_up=tuple(one for one in case.delivery.handed_up if one != tier),
    )
    waits = tier_to_remind_of(case) or open_question(case) or word_to_pass_on(case)
    if case.state in TIER_OF and not waits:
        turn.disarm(Timer.AGENT_REMINDER)


def filled_in_a_way(turn: Turn, at: datetime, actor: str) -> None:
    """An agent who fills in whom to write to, when asked whether there is another way, has found one: how it goes
    on is theirs to say, and no end says that none was found."""
    review = turn.case.judgement.review
    if review and UNREACHED in review.looking_at:
        looked(turn, at, actor)


def follow_tick(turn: Turn, ticked: bool, at: datetime, actor: str) -> None:
    """An agent says that somebody was reached in the case's tier, or takes it back."""
    case, tier = turn.case, turn.case.tier or 0
    delivery = case.delivery
    by_people = tier and isinstance(tier_at(tier).way_of(case.party).channel, ByAgents)
    if case.ended or not tier or isinstance(tier_at(tier).way_of(case.party).channel, OnAssignment):
        turn.record("ignored: somebody was reached", "The case is in no tier that writes to somebody.", actor)
    elif ticked and (tier in delivery.unsent or (by_people and tier not in delivery.reached)):
        looked(turn, at, actor)
        unsent = tuple(one for one in delivery.unsent if one != tier)
        case.delivery = replace(delivery, unsent=unsent, reached={**delivery.reached, tier: at})
        turn.record(f"{SOMEBODY_REACHED}{tier}", "An agent says so. Its letter is not sent any more.", actor)
        somebody_is_asked(turn, tier)
    elif not ticked and tier in delivery.reached:
        unsent = delivery.unsent if by_people else (*delivery.unsent, tier)
        case.delivery = replace(delivery, unsent=unsent, reached=without(delivery.reached, tier))
        turn.record(f"nobody was reached in tier {tier} after all", "An agent says so.", actor)
        nobody_to_write_to(turn, tier)


def remind_of_nobody(turn: Turn, tier: Tier) -> None:
    """Remind the agents that a tier has nobody to write to; after a time of the policy, the lead."""
    case = turn.case
    since, month = case.delivery.looking_for.get(tier.number, turn.now), case.deadlines.get(Timer.MONTH_ENDS)
    said = {
        "tier": tier.number,
        "month": turn.label(month.due if month else turn.now),
        "ends": _what_helps(turn, tier),
    }
    by_people = isinstance(tier.way_of(case.party).channel, ByAgents)
    rungs = OF_REACHING if by_people else OF_ASKING
    if _remind(turn, rungs, since, went_up=tier.number in case.delivery.handed_up, said=said):
        case.delivery = replace(case.delivery, handed_up=(*case.delivery.handed_up, tier.number))


def can_tick(turn: Turn) -> bool:
    """Whether the account has the field by which agents say that somebody was reached."""
    return REACHED_FIELD in turn.case.fields


def _what_helps(turn: Turn, tier: Tier) -> Internal:
    parts = []
    for number in (tier.number, *(one for one in turn.case.delivery.unsent if one < tier.number)):
        if recipient := recipient_at(number, turn.case.party):
            key = f"note.nobody_asked.fill_in{'' if number == tier.number else '_too'}"
            field = turn.internal_text(f"field.{recipient.field}") if recipient.field else ""
            parts += [turn.internal_text(key, field=field)] if field else []
    if can_tick(turn):
        parts.append(turn.internal_text("note.nobody_asked.tick"))
    return Internal(" ".join(parts or [turn.internal_text("note.nobody_asked.write")]))
