"""What an update tells the requester besides: what was done for them and when, what comes next and when.

Only what the case knows to be so is told, and nothing of a moment that has passed: a sentence whose fact is
missing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from escalation.engine.looking import (
    has_somebody,
    key_of_question,
    name_to_promise,
    open_question,
    tier_without_anybody,
    unanswered_since,
)
from escalation.model.audience import ADDRESS, NOTHING, Public
from escalation.model.case import Case
from escalation.model.effects import PageLink, Say
from escalation.model.tiers import TIER_OF, TIERS, ByEmail, Tier, tier_after, tier_at, told_as
from escalation.model.values import State, Timer
from escalation.policies.policy import Policy
from escalation.policies.readers import Reader, requester_of


@dataclass(frozen=True, slots=True)
class ProgressSentence:
    """The key of a text with the gap `date`, and the moment that fills it; `ahead`: it is still to come. One with
    the gap `name` has that too."""

    key: str
    at: datetime
    ahead: bool = True
    name: str = ""

    @property
    def values(self) -> dict[str, object]:
        """What fills the text's gaps."""
        return {"date": self.at, **({"name": self.name} if self.name else {})}


def progress(
    case: Case, now: datetime, *, done: bool = True, asks_first: bool = False
) -> tuple[ProgressSentence, ...]:
    """Return what may be told of a case at a moment; without `done` only what comes next. `asks_first`: the policy
    has a person asked before a month ends in which nobody was."""
    tier = TIER_OF.get(case.state)
    if tier is not None:
        told = (*(_done(case) if done else ()), *_next(case, tier, asks_first=asks_first))
    elif case.state is State.NEEDS_REVIEW:
        told = tuple(_ahead(case, Timer.MONTH_ENDS, key_of_end(case, asks_first=asks_first)))
    elif case.state is State.OTHER_SIDE_RESPONDED:
        told = (*_heard(case), *_ahead(case, Timer.SILENCE, "then.silence"), *_asked_after_silence(case))
    elif case.state is State.CONFIRMING_OUTCOME:
        told = tuple(_ahead(case, Timer.CONFIRMATION, key_of_confirmation(case)))
    elif case.state is State.WAITING_ON_REQUESTER:
        told = tuple(_ahead(case, Timer.WITHDRAWAL, "then.withdrawal"))
    else:
        told = ()
    ahead = (one for one in told if one.at > now or not one.ahead)
    return tuple(ahead) or tuple(_ahead(case, Timer.NEXT_UPDATE, "then.update"))


def _done(case: Case) -> Iterator[ProgressSentence]:
    """The last message to the other side that is proved sent."""
    at = case.delivery.messaged_at
    sent = [(at[tier], tier, asked_by(case, tier, at[tier])) for tier in case.delivery.messaged if tier in at]
    sent += [
        (when, tier, ProgressSentence("done.reached", when, ahead=False))
        for tier, when in case.delivery.reached.items()
    ]
    sent += [(one.at, tier, one) for tier, one in people_unheard(case).items()]
    if sent:
        yield max(sent, key=lambda one: one[:2])[2]


def people_unheard(case: Case) -> dict[int, ProgressSentence]:
    """What tells, by tier, that people were asked to reach the other side, and that none has said that they did."""
    asked, party = case.delivery.people_asked, case.party
    return {
        tier: ProgressSentence(f"done.{told_as(tier_at(tier), party)}_unheard", at, ahead=False)
        for tier, at in asked.items()
        if tier not in case.delivery.reached
    }


def asked_by(case: Case, tier: int, at: datetime) -> ProgressSentence:
    """What tells that a tier's message was sent: by name where its requester may know whom to."""
    key, name = f"done.{told_as(tier_at(tier), case.party)}", case.delivery.told_names.get(tier, "")
    return ProgressSentence(f"{key}_named" if name else key, at, ahead=False, name=name)


def goes_on_to(case: Case, number: int | None) -> Tier | None:
    """Return the tier that follows the one of a number before the month ends; None where none does."""
    tier_ends, month_ends = case.deadlines.get(Timer.TIER_ENDS), case.deadlines.get(Timer.MONTH_ENDS)
    in_time = tier_ends and (month_ends is None or tier_ends.due < month_ends.due)
    return tier_after(number) if in_time else None


def next_step(case: Case, following: Tier, at: datetime) -> ProgressSentence | None:
    """What tells of the next tier: nobody is promised to be asked who is not known, and by name as it is told once
    that was done. None where its letter is out already: it is not sent again."""
    if following.number in case.delivery.messaged:
        return None
    if not has_somebody(case, following):
        channel = following.way_of(case.party).channel
        by_group = isinstance(channel, ByEmail) and channel.asks_group
        return ProgressSentence("then.looking" if by_group else "then.looking_directly", at)
    key = f"then.{told_as(following, case.party)}"
    name = name_to_promise(case, following)
    return ProgressSentence(f"{key}_named" if name else key, at, name=name)


def key_of_month(case: Case, *, asks_first: bool) -> str:
    """The key of what is told of the month's end while a tier is still to come."""
    return "then.month_asked" if asks_first and not has_somebody(case, TIERS[-1]) else "then.month"


def key_of_end(case: Case, *, asks_first: bool) -> str:
    """The key of what is told of the month's end."""
    review = case.judgement.review
    if case.state is State.NEEDS_REVIEW:
        return "then.end_held" if review and review.message_at else "then.end_unreached"
    if asks_first and tier_without_anybody(case):
        return "then.end_asked"
    return "then.end_unanswered" if asks_first and unanswered_since(case) else "then.end"


def key_of_confirmation(case: Case) -> str:
    """The key of what is told of an outcome's confirmation: over a message that nobody has answered it is held."""
    return "then.confirmation_unanswered" if unanswered_since(case) else "then.confirmation"


def _next(case: Case, tier: Tier, *, asks_first: bool) -> Iterator[ProgressSentence]:
    """The next tier, and until when the desk goes on; what comes after the month's end is not told."""
    month_ends = case.deadlines.get(Timer.MONTH_ENDS)
    if following := goes_on_to(case, tier.number):
        if step := next_step(case, following, case.deadlines[Timer.TIER_ENDS].due):
            yield step
        yield from _ahead(case, Timer.MONTH_ENDS, key_of_month(case, asks_first=asks_first))
    else:
        yield from _ahead(case, Timer.MONTH_ENDS, key_of_end(case, asks_first=asks_first))
    if month_ends and case.month_from and _counts_from_a_message(case):
        yield ProgressSentence("then.counted_anew", case.month_from, ahead=False)


def _counts_from_a_message(case: Case) -> bool:
    """Whether the month is counted from the other side's last message: an agent's tick is none."""
    heard = case.heard
    written = heard.last_word is not None and heard.last_word.at == heard.other_side_at == case.month_from
    return written and heard.answered_at is not None


def _heard(case: Case) -> Iterator[ProgressSentence]:
    if case.heard.other_side_at:
        yield ProgressSentence("done.heard", case.heard.other_side_at, ahead=False)


def _asked_after_silence(case: Case) -> Iterator[ProgressSentence]:
    """That agents were asked how it goes on, and when the desk goes on by itself."""
    deadline = case.deadlines.get(Timer.SILENCE_UNANSWERED)
    if deadline and deadline.derivation:
        yield ProgressSentence("done.silence", deadline.derivation.start, ahead=False)
        yield ProgressSentence("then.back", deadline.due)


def _ahead(case: Case, timer: Timer, key: str) -> Iterator[ProgressSentence]:
    if deadline := case.deadlines.get(timer):
        yield ProgressSentence(key, deadline.due)


class TurnSoFar(Protocol):
    """What saying it takes of a turn."""

    case: Case
    now: datetime
    policy: Policy


def with_progress(turn: TurnSoFar, said: Say) -> Say:
    """Return an update with what is told besides, in its case as the turn leaves it."""
    if not said.tells or not turn.policy.tell_progress:
        return said
    asks_first = turn.policy.ask_before_end
    told = progress(turn.case, turn.now, done=said.tells == "all", asks_first=asks_first)
    reader = requester_of(turn.case, turn.policy, said.language)
    sentences = [reader.text(one.key, **one.values) for one in told]
    return replace(
        said,
        progress=reader.listed("sentences", sentences) if sentences else NOTHING,
        progress_until=min((one.at for one in told if one.ahead), default=None),
        progress_in=turn.case.state,
    )


def with_besides(turn: TurnSoFar, said: Say) -> Say:
    """Return a text with what it must not pass over: a pause that is over, and a question that nobody answered."""
    case, reader = turn.case, requester_of(turn.case, turn.policy, said.language)
    hold, question = case.delivery.on_hold, open_question(case)
    told = [said.after]
    if hold:
        told.append(_on_hold(turn, hold, reader))
        case.delivery = replace(case.delivery, on_hold=None, held_plans=False)
    review, waited = case.judgement.review, case.judgement.waited
    if waited:
        told.append(reader.text("done.waited", date=waited[0], until=waited[1]))
        case.judgement = replace(case.judgement, waited=None)
    if question and said.tells and not (review and review.message_at == question.since):
        told.append(reader.text(key_of_question(case, question), date=question.since))
    return replace(said, after=Public.joined(filter(None, told), "\n\n"))


def _on_hold(turn: TurnSoFar, hold: tuple[datetime, datetime], reader: Reader) -> Public:
    """That there was a pause, that what was planned for it follows, where it does; and that the month's last day
    stays, where the month runs."""
    case, month = turn.case, turn.case.deadlines.get(Timer.MONTH_ENDS)
    said = [reader.text("done.on_hold", date=hold[0], until=hold[1])]
    if case.state not in TIER_OF:
        return reader.listed("sentences", said)
    waits = tier_without_anybody(case) is not None or case.delivery.letter_waited
    if case.delivery.held_plans and not waits:
        said.append(reader.text("done.on_hold_plans"))
    if month and month.due > turn.now and case.month_from and case.month_from <= hold[0]:
        said.append(reader.text("done.on_hold_month", date=month.due))
    return reader.listed("sentences", said)


def with_page(turn: TurnSoFar, said: Say) -> Say:
    """Return a text with the way to its requester's page, which is told where they were not told before."""
    if not turn.case.requester.id:
        return said
    reader = requester_of(turn.case, turn.policy, said.language)
    link = PageLink(turn.case.id, turn.case.requester.id, reader.text("page.link", link=ADDRESS))
    return replace(said, page=link)
