"""The one decision: a case and what happened to it in, the case and what to do about it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.engine.journaled import PRESSED
from escalation.engine.news import tell_news
from escalation.engine.occasions import say_on
from escalation.engine.office import DESK, out_of_hours, wait_for_opening
from escalation.engine.turn import Decision, Turn
from escalation.handlers.agents import agent_update
from escalation.handlers.crossed import meet, tell_crossed
from escalation.handlers.due import act, due_now, scope_for
from escalation.handlers.effect_results import done, refused, unsent, unsettled
from escalation.handlers.ends import closed, follow_status, gone, invisible, merged
from escalation.handlers.entering import complete_entry, enter, send_what_was_missing
from escalation.handlers.files import hear_files, send_held_files, share_own_files
from escalation.handlers.hearing import hear_assignment, hear_conversations
from escalation.handlers.others import copied_update
from escalation.handlers.outreach import keep_who_is_known
from escalation.handlers.pausing import pause, resume, say_what_is_owed
from escalation.handlers.posting import Posts, post_asked, send_held, take_back
from escalation.handlers.requester import ask_for_numbers, requester_update, take_candidate
from escalation.handlers.seeing import but_the_request, take_new, take_ticket
from escalation.handlers.verdicts import check
from escalation.model.case import Case, Pause
from escalation.model.events import (
    CloseAsked,
    Done,
    Event,
    Hint,
    LookAsked,
    Observed,
    PauseAsked,
    PostAsked,
    Refused,
    ResumeAsked,
    TimerDue,
    Unsent,
    Unsettled,
)
from escalation.model.seen import UNSEEN
from escalation.model.values import PAUSE_TAG, Cause, EndedBy, Role, State, Timer
from escalation.model.views import AssignmentSeen, AssignmentView, Update
from escalation.opening import is_followed_by
from escalation.policies.policy import Policy


def decide(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
    """Return what becomes of a case. Pure: the case handed in is not changed, and nobody is called.

    `now` is aware. Every event is answered in every state; one that means nothing there changes nothing.
    """
    turn = Turn(case, now, policy)
    HANDLERS[type(event)](turn, event)
    tell_news(turn)
    tell_crossed(turn)
    return turn.finish()


def _hint(turn: Turn, event: Hint) -> None:
    scope = [event.about]
    if turn.case.state is State.CHECKING:
        scope.append("assignment")
    turn.look(*scope, merged_into=event.merged_into)


def _look_asked(turn: Turn, event: LookAsked) -> None:
    """What a requester presses on their page changes nothing: it is written down, and looked at."""
    if not turn.case.ended:
        turn.record(PRESSED[event.about], "They pressed it on their page, which asks for a look.", "the requester")
        turn.look("assignment")


def _timer(turn: Turn, event: TimerDue) -> None:
    """A timer only asks for a look at what it turns on; during a pause its end alone does."""
    case, timer = turn.case, event.timer
    deadline = case.deadlines.get(timer)
    if deadline is None or deadline.generation != event.generation:
        return
    if case.paused is None or timer is Timer.PAUSE_ENDS:
        turn.look(*scope_for(case, due_now(turn) | {timer}))


def _observed(turn: Turn, event: Observed) -> None:
    case, ticket = turn.case, event.ticket
    if event.gone:
        gone(turn)
        return
    if ticket and ticket.id != case.ticket_id and not is_followed_by(case, ticket):
        return
    if case.state is State.CHECKING and ticket is None and not case.fields:
        turn.look("assignment", anew=True)
        return
    turn.posted |= event.posted
    turn.written_to = event.written_to
    fresh = take_back(turn, _follow_ticket(turn, event))
    if merged(turn, event.updates if ticket and ticket.status == "closed" else fresh, event.merge_target):
        return
    was_paused = case.paused is not None
    _follow_updates(turn, fresh)
    share_own_files(turn, (*(u for u in event.updates if u.begins and u not in fresh), *fresh))
    if ticket and ticket.status == "closed":
        closed(turn)
        return
    seen = take_candidate(turn, event) or event.assignment
    if not event.candidates and ask_for_numbers(turn, fresh, event.assignment):
        return
    if seen is not None and seen.id != case.assignment_id:
        seen = None
    meet(turn, event.crossed)
    _take_assignment(turn, seen, event)
    if turn.is_due(Timer.PAUSE_ENDS):
        resume(turn, DESK, "The pause is over.")
        turn.disarm(Timer.PAUSE_ENDS)
    if case.paused or case.ended:
        return
    if was_paused and seen is None:
        turn.look("assignment")
    if out_of_hours(turn):
        wait_for_opening(turn)
    else:
        _go_on(turn, seen, event)


def _follow_ticket(turn: Turn, event: Observed) -> tuple[Update, ...]:
    """Take the ticket as it is; return its updates that the case has not seen, our own among them.

    A ticket's first one is the request itself. What was said on a ticket before the case moved there is not
    followed.
    """
    case = turn.case
    first = turn.first_look = case.heard.seen.until is None and not case.heard.seen_update and not case.adopting
    if event.ticket:
        take_ticket(turn, event.ticket, first=first)
    case.moments = event.moments or case.moments
    if case.adopting:
        case.heard = replace(case.heard, seen=UNSEEN.and_also(event.updates, turn.now), seen_update=0)
        case.adopting = event.ticket is None
        return ()
    fresh = take_new(case, event.updates, turn.now)
    return but_the_request(fresh) if first else tuple(u for u in fresh if u.ours or not u.begins)


FOLLOWED: dict[Role, Callable[[Turn, Update], None]] = {
    Role.REQUESTER: requester_update,
    Role.AGENT: agent_update,
    Role.COPIED: copied_update,
    Role.OTHER: agent_update,
}


def _follow_updates(turn: Turn, updates: tuple[Update, ...]) -> None:
    posts = Posts(turn)
    for update in updates:
        posts.note(update)
        if update.ours is None:
            FOLLOWED[update.role](turn, update)
    posts.carry_out(turn)
    _keep_ended(turn, updates)


def _keep_ended(turn: Turn, updates: tuple[Update, ...]) -> None:
    """Solve again what was solved just before an update of ours, already on its way, opened it."""
    case, statuses = turn.case, [update for update in updates if update.changes.get("status")]
    if turn.moved and case.ended and statuses[-1:] and statuses[-1].ours:
        turn.status = case.state


def _take_assignment(turn: Turn, seen: AssignmentSeen | None, event: Observed) -> None:
    if isinstance(seen, AssignmentView):
        turn.case.company = seen.company or turn.case.company
        hear_assignment(turn, seen)
        hear_files(turn, seen)
    if event.conversations is not None:
        hear_conversations(turn, event.conversations, seen)
    if seen is not None:
        invisible(turn, seen)
        keep_who_is_known(turn, seen)


def _go_on(turn: Turn, seen: AssignmentSeen | None, event: Observed) -> None:
    """What a case does by itself once everything that was seen has been taken in."""
    case = turn.case
    if case.posts.held:
        send_held(turn)
    if case.files.held:
        send_held_files(turn)
    if isinstance(seen, AssignmentView):
        follow_status(turn, seen)
    if case.delivery.wanted and not _enter_wanted(turn, seen):
        return
    complete_entry(turn)
    if turn.is_due(Timer.DATE_REACHED):
        case.judgement = replace(case.judgement, recheck=True)
    check(turn, seen, event.rival)
    if case.delivery.unsent:
        send_what_was_missing(turn, seen)
    act(turn, seen, conversations=event.conversations is not None)
    if case.delivery.held_back:
        say_what_is_owed(turn)


def _enter_wanted(turn: Turn, seen: AssignmentSeen | None) -> bool:
    """Enter the tier an agent chose, once the assignment has been read anew. False while it has to be."""
    case, wanted = turn.case, turn.case.delivery.wanted
    if wanted is None:
        return True
    if seen is None and case.assignment_id:
        turn.look("assignment")
        return False
    case.delivery = replace(case.delivery, wanted=None)
    if isinstance(seen, AssignmentView):
        case.judgement = replace(case.judgement, judged_status=seen.status)
        case.labelled = case.labelled or bool(turn.policy.violation_label(seen.labels))
    why = "An agent put the case in this tier."
    enter(turn, wanted.tier, seen, actor=wanted.actor, why=why, silent=wanted.silent)
    if wanted.says and not case.delivery.entering:
        say_on(turn, wanted.says, tells="next")
    return True


def _pause(turn: Turn, event: PauseAsked) -> None:
    if turn.case.ended or event.until <= turn.now:
        turn.record("a pause was ignored", "The case has ended, or that moment has passed.", event.actor)
        return
    pause(turn, Pause(event.until, event.reason, event.actor))
    turn.add_tags.append(PAUSE_TAG)


def _resume(turn: Turn, event: ResumeAsked) -> None:
    if turn.case.paused:
        resume(turn, event.actor, event.reason or "Asked for.")
        turn.look(*scope_for(turn.case, due_now(turn)))
    else:
        turn.record("the end of a pause was ignored", "The case is not paused.", event.actor)


def _close(turn: Turn, event: CloseAsked) -> None:
    if not turn.case.ended:
        turn.note("note.closed_by_operator")
        turn.move(Cause.SOLVED, event.reason or "Closed by hand.", event.actor, ended_by=EndedBy.OPERATOR)
    else:
        turn.record("a close was ignored", "The case has ended already.", event.actor)


HANDLERS: dict[type, Callable[[Turn, Any], None]] = {
    Hint: _hint,
    LookAsked: _look_asked,
    Observed: _observed,
    TimerDue: _timer,
    Done: done,
    Refused: refused,
    Unsent: unsent,
    Unsettled: unsettled,
    PostAsked: lambda turn, event: post_asked(turn, event.text),
    PauseAsked: _pause,
    ResumeAsked: _resume,
    CloseAsked: _close,
}
