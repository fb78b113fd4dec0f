"""Hearing the two sides: messages on the assignment and replies in side conversations, each noted once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from escalation.eligibility.facts import Speaker, speaker
from escalation.engine.asserted import CaseToTell
from escalation.engine.looking import word_to_pass_on
from escalation.engine.ours import is_ours
from escalation.engine.transitions import IN_TIER, RUNNING
from escalation.engine.turn import Turn
from escalation.handlers.between import heard_between, is_told, when_told
from escalation.handlers.digests import names_any, names_of_case
from escalation.handlers.outreach import person
from escalation.handlers.verdicts import end_that_was_named, review
from escalation.language.automatic import BARE, Envelope, Speaks
from escalation.language.same_people import address_key, same_address
from escalation.model.case import Case
from escalation.model.plain import inline, quote
from escalation.model.review import WaitingWord
from escalation.model.spoken import LastWord
from escalation.model.tiers import recipient_at, recipients_of
from escalation.model.values import UNWRITABLE, Cause, Party, State, Timer
from escalation.model.views import AssignmentSeen, AssignmentView, Conversation, ConversationMessage, Message

WAITING = frozenset({State.WAITING_ON_REQUESTER, State.WAITING_FOR_DATE})
TAKEN_BACK: Final = "answer_taken_back"
LAST_WORD = 1000
"""Characters that are kept of what the other side said last."""


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode("utf-8", "replace")).hexdigest()[:12]


def _numbered(digests: Iterable[str]) -> list[str]:
    count: Counter[str] = Counter()
    named = []
    for digest in digests:
        count[digest] += 1
        named.append(f"{digest}.{count[digest]}")
    return named


@dataclass(frozen=True, slots=True)
class _Named:
    """A message under its two names: WorkMarket gives no ids; equal ones of one moment are told apart by counting.

    `words` is by moment and text, which stay when its author is renamed. `signed` has the author's name as well: it
    tells which of several equal ones is the new one, and is how cases of the first version know their messages.
    """

    message: Message
    words: str
    signed: str


def _named(messages: tuple[Message, ...]) -> list[_Named]:
    signed = _numbered(_digest(m.at.isoformat(), m.author, m.text) for m in messages)
    public = [(m, name) for m, name in zip(messages, signed, strict=True) if not m.private]
    words = _numbered("w" + _digest(m.at.isoformat(), m.text) for m, _ in public)
    return [_Named(m, name, by) for (m, by), name in zip(public, words, strict=True)]


def _news(named: list[_Named], known: Collection[str]) -> list[Message]:
    """The messages that were not there before: of equal words, as many as have come in addition."""
    groups: dict[str, list[_Named]] = {}
    for one in named:
        groups.setdefault(one.words.partition(".")[0], []).append(one)
    fresh: set[str] = set()
    for group in groups.values():
        strangers = [one.words for one in group if one.signed not in known]
        seen_before = max(sum(one.words in known for one in group), len(group) - len(strangers))
        fresh.update(strangers[: len(group) - seen_before])
    return [one.message for one in named if one.words in fresh]


def hear_assignment(turn: Turn, seen: AssignmentView) -> None:
    """Take in the messages that are new on the assignment. Those before the case are its facts, not news."""
    case, named = turn.case, _named(seen.messages)
    known = None if case.heard.seen_messages is None else set(case.heard.seen_messages)
    # Never forgotten: a message that an older view lacks is no news when it is there again.
    names = [name for one in named for name in (one.words, one.signed)]
    if known is None or not known.issuperset(names):
        before = case.heard.seen_messages or ()
        case.heard = replace(case.heard, seen_messages=tuple(dict.fromkeys((*before, *names))))
    if known is None:
        return
    for message in _news(named, known):
        if not is_ours(turn.posted, message.text):
            _hear_message(turn, seen, message)


def _hear_message(turn: Turn, seen: AssignmentView, message: Message) -> None:
    who = speaker(seen, message, turn.policy)
    author, at, text = inline(message.author), turn.label(message.at), quote(message.text)
    other = Speaker.CLIENT if turn.case.party is not Party.CLIENT else Speaker.WORKER
    if turn.case.ended and (who is not other or turn.case.ended_by in UNWRITABLE):
        return
    if nobody_speaks(turn, message.author, message.at, message.text):
        return
    if who is Speaker.UNKNOWN:
        turn.note("note.unknown_author", author=author, at=at, text=text)
        return
    if who is other:
        heard(turn, message.at, message.author, message.text, "assignment")
        return
    turn.note("note.message_seen", author=author, at=at, text=text)
    case = turn.case
    case.heard = replace(case.heard, requester_at=max(filter(None, (case.heard.requester_at, message.at))))
    if asked_in_a_tier(case):
        why = "The requester answered the agent's question on the assignment."
        review(turn, Cause.OBJECTED, "requester_spoke", why, None)
    elif case.state is State.CONFIRMING_OUTCOME and not case.muted:
        why = "The requester wrote on the assignment before the outcome was confirmed."
        review(turn, Cause.OBJECTED, "requester_spoke", why, None)
    elif case.state in WAITING:
        case.judgement = replace(case.judgement, recheck=True)
    count_silence(turn)


def asked_in_a_tier(case: Case) -> bool:
    """Whether an agent's question waits for the requester of a case that was in a tier before."""
    return case.state is State.WAITING_ON_REQUESTER and case.begun and not case.muted


def nobody_speaks(turn: Turn, author: str, at: datetime, text: str, envelope: Envelope = BARE) -> bool:
    """Whether a machine wrote a message: agents are told what it is, and nothing else comes of it.

    What can't be told for sure counts as a person's, and agents are asked to look.
    """
    who = turn.policy.who_speaks(text, envelope)
    if who is Speaks.UNSURE:
        turn.note("note.maybe_automatic", author=inline(author), at=turn.label(at))
    if who.may_answer:
        return False
    key = "note.bounced" if who is Speaks.MAIL_SYSTEM else "note.automatic_reply"
    turn.note(key, author=inline(author), at=turn.label(at), text=quote(text))
    return True


def heard(turn: Turn, when: datetime, author: str, text: str, through: str) -> None:
    """The other side speaks: noted once; in a tier it is the answer, later it counts the silence anew."""
    case = turn.case
    values = {"author": inline(author), "at": turn.label(when), "text": quote(text)}
    if case.ended:
        turn.note("note.late_answer", text=values["text"])
        turn.record("a late answer", f"{inline(author)} wrote after the case had ended.")
        return
    asked = asked_in_a_tier(case)
    answers = case.state in RUNNING or asked or case.delivery.entering
    seen = "note.message_seen" if through == "assignment" else "note.reply_seen"
    if answers:
        turn.note("note.other_side_said", hears=when_told(turn), **values)
    else:
        turn.note(seen, **values)
    turn.by, last = inline(author), case.heard.last_word
    if last is None or when >= last.at:
        last = LastWord(when, inline(author), through, text[:LAST_WORD])
    case.heard = replace(
        case.heard, other_side_at=max(filter(None, (case.heard.other_side_at, when))), last_word=last
    )
    if through == "assignment":
        written = max(filter(None, (case.heard.on_assignment_at, when)))
        case.heard = replace(case.heard, on_assignment_at=written)
    if case.begun:
        case.month_from = max(filter(None, (case.month_from, when)))
    if case.state in IN_TIER or asked:
        answered(turn, f"{inline(author)} answered.")
    elif case.delivery.entering:
        case.delivery = replace(case.delivery, answer_waiting=True)
    elif case.state in WAITING:
        case.judgement = replace(case.judgement, recheck=True)
    else:
        heard_between(turn, when)
    count_silence(turn)


def answered(turn: Turn, why: str, actor: str = "", *, known: bool = False) -> None:
    """Stop the tier's clock: the other side has answered. `known`: its requester was told of it before."""
    turn.case.heard = replace(turn.case.heard, other_side_at=turn.case.heard.other_side_at or turn.now)
    known, hears, end_off = known or is_told(turn.case), when_told(turn), end_that_was_named(turn)
    if turn.move(Cause.ANSWERED, why, actor or "the other side"):
        turn.case.heard = replace(turn.case.heard, answered_at=turn.case.heard.other_side_at)
        turn.case.judgement = turn.case.judgement.without_end(end_off)
        turn.fields["other_side_responded"] = True
        turn.news = "" if known else "answered"
        if actor and not known and not turn.agent_spoke:
            turn.note("note.ticked", hears=hears)


def ticked_again(turn: Turn, since: datetime, actor: str) -> bool:
    """Where an answer that stands was unticked since a moment, take that back: it is no further one, and keeps its
    date. Whether it was."""
    unticked = turn.case.heard.unticked_at
    if unticked is None or unticked < since:
        return False
    answered(turn, f"{actor} says again that the other side has answered.", actor, known=True)
    if turn.is_due(Timer.SILENCE):
        turn.arm_from(Timer.SILENCE, turn.now)
    return True


def taken_back(turn: Turn, at: datetime) -> str:
    """Take an answer back that an agent unticks at a moment; return the key of what its requester is told of that.

    What the other side wrote on the assignment stays there for all to read, and whoever unticks because the desk
    asked how it goes on takes nothing back. Where the requester was not told, or an agent speaks with them, nothing
    is said.
    """
    case, heard = turn.case, turn.case.heard
    unread = case.muted or case.delivery.held_back
    if heard.on_assignment_at or _asked_how_it_goes_on(case):
        case.heard = replace(heard, unticked_at=None if unread else at)
        return ""
    told = CaseToTell(case, turn.now).told_since(heard.other_side_at)
    case.heard = replace(heard, answered_at=None, unticked_at=None)
    return "" if unread or told else TAKEN_BACK


def _asked_how_it_goes_on(case: Case) -> bool:
    """Whether agents were asked how it goes on, since either side last spoke."""
    silence, spoken = case.deadlines.get(Timer.SILENCE), case.heard.either_side_at
    counted_from = silence.derivation.start if silence and silence.derivation else None
    return Timer.SILENCE_UNANSWERED in case.deadlines or bool(counted_from and spoken and counted_from > spoken)


def count_silence(turn: Turn) -> None:
    """Count the silence anew from the last word of either side."""
    case = turn.case
    if case.state is State.OTHER_SIDE_RESPONDED:
        turn.disarm(Timer.SILENCE_UNANSWERED)
        turn.arm_from(Timer.SILENCE, case.heard.either_side_at or turn.now)


def hear_conversations(turn: Turn, seen: tuple[Conversation, ...], assignment: AssignmentSeen | None) -> None:
    """Take in the replies that are new in the ticket's side conversations."""
    case = turn.case
    known = set(case.heard.seen_replies)
    for conversation in seen:
        for message in conversation.messages:
            if message.id not in known and not message.ours:
                _hear_reply(turn, conversation, message, assignment)
        case.heard = replace(
            case.heard,
            seen_replies=tuple(
                dict.fromkeys((*case.heard.seen_replies, *(message.id for message in conversation.messages)))
            ),
        )


def _hear_reply(
    turn: Turn, conversation: Conversation, message: ConversationMessage, assignment: AssignmentSeen | None
) -> None:
    """Only the reply of a recipient who answers is an answer; in our own conversations nobody's goes unnoticed."""
    case, mail = turn.case, message.author_email
    tier = case.heard.conversations.get(conversation.effect_id)
    author = message.author_name or message.author_email
    written_to = {
        address_key(to): case.heard.conversations.get(effect) for effect, to in case.heard.written_to.items()
    }
    known = recipient_at(written_to.get(address_key(mail)), case.party)
    named = ((one, person(turn, one, assignment)) for one in recipients_of(case.party))
    by = [one for one, who in named if one is known or (who is not None and same_address(who.email, mail))]
    answers, others = [one for one in by if not one.replied], [one for one in by if one.replied]
    envelope = Envelope(subject=message.subject, sender=mail)
    if (tier or by) and nobody_speaks(turn, author, message.at, message.text, envelope):
        return
    asked = recipient_at(tier, case.party)
    if others or (asked and asked.replied):
        case.heard = replace(case.heard, through_manager_at=message.at)
    beside = case.heard.beside.get(conversation.effect_id)
    if beside is not None and not names_any(message.text, names_of_case(turn)):
        if not case.ended and not names_any(message.text, beside):
            at, text = turn.label(message.at), quote(message.text)
            turn.note("note.digest_reply", author=inline(author), at=at, text=text)
        return
    # One person may be both: in the conversation that asked the other one, the other one speaks.
    if answers and asked not in others:
        heard(turn, message.at, author, message.text, "email")
    elif case.ended or not (tier or others):
        return
    elif others:
        before = case.heard.account_manager_at
        case.heard = replace(case.heard, account_manager_at=max(filter(None, (before, message.at))))
        if word_to_pass_on(case) is None:
            case.heard = replace(case.heard, manager_word=WaitingWord(message.at, turn.now))
            if Timer.AGENT_REMINDER not in case.deadlines and not case.muted:
                turn.arm_from(Timer.AGENT_REMINDER, turn.now)
        turn.note(others[0].replied, text=quote(message.text))
    else:
        at = turn.label(message.at)
        turn.note("note.unknown_reply", author=inline(author), at=at, text=quote(message.text))
