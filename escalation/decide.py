"""The one decision: a case and what happened to it in, the case and what to do about it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from escalation.agents import agent_update, pause, resume
from escalation.case import Case, Pause
from escalation.due import act
from escalation.ends import follow_status, gone, invisible, merged, take_back_from_end
from escalation.events import (
    CloseAsked,
    Done,
    Event,
    Hint,
    Observed,
    PauseAsked,
    PostAsked,
    Refused,
    ResumeAsked,
    TimerDue,
    Unsettled,
)
from escalation.hearing import hear_assignment, hear_conversations
from escalation.policy import Policy
from escalation.posting import Posts, post_asked, send_held
from escalation.requester import ask_for_numbers, requester_update, take_candidate
from escalation.results import done, refused, unsettled
from escalation.tiers import enter, send_what_was_missing
from escalation.transitions import Cause
from escalation.turn import Decision, Turn
from escalation.values import Party, Reason, Role, State, Timer
from escalation.verdicts import check
from escalation.views import AssignmentSeen, AssignmentView, TicketView, Update

PARTIES = frozenset(party.value for party in Party)
REASONS = frozenset(reason.value for reason in Reason)


def decide(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
    """Return what becomes of a case. Pure: the case handed in is not changed, and nobody is called.

    `now` is aware. Every event is answered in every state; one that means nothing there changes nothing.
    """
    turn = Turn(case, now, policy)
    HANDLERS[type(event)](turn, event)
    return turn.finish()


def _hint(turn: Turn, event: Hint) -> None:
    scope = [event.about]
    if turn.case.state is State.CHECKING:
        scope.append("assignment")
    turn.look(*scope, merged_into=event.merged_into)


def _timer(turn: Turn, event: TimerDue) -> None:
    deadline = turn.case.deadlines.get(event.timer)
    if deadline is None or deadline.generation != event.generation:
        return
    scope = ["assignment"]
    if event.timer in (Timer.TIER_ENDS, Timer.MONTH_ENDS) and turn.case.conversations:
        scope.append("conversations")
    turn.look(*scope)


def _observed(turn: Turn, event: Observed) -> None:
    case = turn.case
    if event.gone:
        gone(turn)
        return
    first = case.seen_update == 0
    if event.ticket:
        _take_ticket(turn, event.ticket, first)
    case.moments = event.moments or case.moments
    news = _news(turn, event, first)
    if merged(turn, news, event.merge_target):
        return
    if event.ticket and case.ended_by == "deleted":
        take_back_from_end(turn)
    posts = Posts()
    for update in news:
        if update.role is Role.REQUESTER:
            requester_update(turn, update)
        else:
            agent_update(turn, update, posts)
    posts.carry_out(turn)
    assignment = take_candidate(turn, event.candidates) or event.assignment
    if not event.candidates and ask_for_numbers(turn, news):
        return
    _take_assignment(turn, assignment, event)
    if turn.is_due(Timer.PAUSE_ENDS):
        resume(turn, "parley", "The pause is over.")
    if case.paused is None:
        _go_on(turn, assignment, event)


def _news(turn: Turn, event: Observed, first: bool) -> tuple[Update, ...]:
    """The updates to follow: not seen before and not ours. A ticket's first one is the request itself."""
    case = turn.case
    fresh = [u for u in event.updates if u.id > case.seen_update or case.adopting]
    case.seen_update = max((u.id for u in fresh), default=case.seen_update)
    if case.adopting:
        case.adopting = False
        return ()
    if first and fresh and fresh[0].ours is None:
        fresh = fresh[1:]
    return tuple(u for u in fresh if u.ours is None)


def _take_ticket(turn: Turn, ticket: TicketView, first: bool) -> None:
    case = turn.case
    if ticket.id != case.ticket_id:
        case.ticket_id, case.seen_update, case.adopting = ticket.id, 0, True
        case.assigned = ticket.assigned
        turn.record(f"moved to ticket {ticket.id}", "Zendesk made it as the follow-up of the closed one.")
        take_back_from_end(turn)
    case.fields = dict(ticket.fields)
    case.requester = ticket.requester
    case.signed_email = ticket.signed_email or case.signed_email
    case.assigned = ticket.assigned
    if first:
        case.description = ticket.description
    party, reason, number = ticket.text("party"), ticket.text("reason"), ticket.text("assignment_id")
    case.party = Party(party) if party in PARTIES else case.party
    case.reason = Reason(reason) if reason in REASONS else case.reason
    case.assignment_id = number or case.assignment_id


def _take_assignment(turn: Turn, seen: AssignmentSeen | None, event: Observed) -> None:
    if isinstance(seen, AssignmentView):
        hear_assignment(turn, seen)
    if event.conversations is not None:
        hear_conversations(turn, event.conversations, seen)
    if seen is not None:
        invisible(turn, seen)


def _go_on(turn: Turn, seen: AssignmentSeen | None, event: Observed) -> None:
    """What a case does by itself once everything that was seen has been taken in."""
    case = turn.case
    if case.held_posts:
        send_held(turn)
    if isinstance(seen, AssignmentView):
        follow_status(turn, seen)
    if case.wanted and not _enter_wanted(turn, seen):
        return
    if turn.is_due(Timer.DATE_REACHED):
        turn.disarm(Timer.DATE_REACHED)
        case.recheck = True
    check(turn, seen, event.rival)
    if case.unsent:
        send_what_was_missing(turn, seen)
    act(turn, seen)


def _enter_wanted(turn: Turn, seen: AssignmentSeen | None) -> bool:
    """Enter the tier an agent chose, once the assignment has been read anew. False while it has to be."""
    case, wanted = turn.case, turn.case.wanted
    if wanted is None:
        return True
    if seen is None and case.assignment_id:
        turn.look("assignment")
        return False
    case.wanted = None
    if isinstance(seen, AssignmentView):
        case.judged_status = seen.status
    if case.party is Party.CLIENT:
        turn.record("left to a person", "Tiers for a client's case are not part of the desk yet.")
        return True
    why = "An agent put the case in this tier."
    enter(turn, wanted.tier, seen, actor=wanted.actor, why=why, silent=wanted.silent)
    return True


def _pause(turn: Turn, event: PauseAsked) -> None:
    if turn.case.ended or event.until <= turn.now:
        turn.record("a pause was ignored", "The case has ended, or that moment has passed.", event.actor)
        return
    pause(turn, Pause(event.until, event.reason, event.actor))


def _resume(turn: Turn, event: ResumeAsked) -> None:
    resume(turn, event.actor, "Asked for.")
    turn.look("assignment")


def _close(turn: Turn, event: CloseAsked) -> None:
    if not turn.case.ended:
        turn.case.ended_by = "operator"
        turn.move(Cause.SOLVED, "Closed by hand.", event.actor)


HANDLERS: dict[type, Callable[[Turn, Any], None]] = {
    Hint: _hint,
    Observed: _observed,
    TimerDue: _timer,
    Done: done,
    Refused: refused,
    Unsettled: unsettled,
    PostAsked: lambda turn, event: post_asked(turn, event.text),
    PauseAsked: _pause,
    ResumeAsked: _resume,
    CloseAsked: _close,
}
