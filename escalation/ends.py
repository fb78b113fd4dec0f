"""Ends and exceptions: what ends by itself, what is merged, deleted, hidden, or comes back."""

from __future__ import annotations

from escalation.reasons import Outlook, outlook
from escalation.requester import come_back
from escalation.transitions import RUNNING, Cause
from escalation.turn import Turn
from escalation.values import State
from escalation.verdicts import review
from escalation.views import AssignmentSeen, AssignmentView, MergeTarget, Update


def gone(turn: Turn) -> None:
    """The ticket is deleted or was marked as spam: the case closes and nothing is sent any more."""
    if turn.case.ended:
        return
    turn.case.ended_by = "deleted"
    turn.case.entering = None
    turn.move(Cause.CLOSED, "The ticket was deleted or marked as spam.", "zendesk")
    _silence(turn)


def take_back_from_end(turn: Turn) -> None:
    """A ticket is there again, undeleted or as a follow-up: a person looks at it."""
    if turn.case.ended:
        come_back(turn, "The ticket is there again.", "zendesk")


def merged(turn: Turn, updates: tuple[Update, ...], target: MergeTarget | None) -> bool:
    """Move with a merge to the target ticket if that has the same requester and no case; else close."""
    into = next((u.merged_into for u in updates if u.merged_into), None)
    if turn.case.ended or (into is None and target is None):
        return False
    if target is None:
        turn.look("ticket", merged_into=into)
        return True
    case = turn.case
    if target.requester_id == case.requester.id and not target.has_case:
        old, case.ticket_id = case.ticket_id, target.ticket_id
        case.adopting = True
        turn.record(f"moved to ticket {target.ticket_id}", f"Ticket {old} was merged into it.", "zendesk")
        turn.note("note.merged", ticket_id=old)
        turn.status = None if case.state is State.CHECKING else case.state
        turn.look("assignment")
        return True
    case.ended_by = "merged"
    turn.move(Cause.CLOSED, f"The ticket was merged into {target.ticket_id}.", "zendesk")
    _silence(turn)
    return True


def _silence(turn: Turn) -> None:
    turn.status, turn.public = None, None
    turn.notes.clear()
    turn.fields.clear()
    turn.remove_tags.clear()
    turn.case.shown_due = None


def invisible(turn: Turn, seen: AssignmentSeen) -> None:
    """Note it once when the assignment can no longer be seen; the clocks run on."""
    case = turn.case
    hidden = not isinstance(seen, AssignmentView)
    if case.begun and not case.ended and hidden != case.invisible:
        key = "note.invisible" if hidden else "note.visible_again"
        turn.note(key, assignment_id=seen.id)
        turn.record("not visible" if hidden else "visible again", "WorkMarket says so.", "workmarket")
    case.invisible = hidden


def follow_status(turn: Turn, seen: AssignmentView) -> None:
    """Follow the end of the reason while a case runs, and news about it while one waits."""
    case = turn.case
    if not case.judged_status or seen.status == case.judged_status:
        return
    if not case.begun and not case.entering:
        case.recheck = case.recheck or case.state in (State.WAITING_ON_REQUESTER, State.WAITING_FOR_DATE)
        case.judged_status = seen.status
        return
    if case.state not in RUNNING | {State.CONFIRMING_OUTCOME} and not case.entering:
        return
    found = outlook(case.reason, seen.status, case.judged_status)
    case.judged_status = seen.status
    why = f"The assignment is {seen.status} now."
    if found in (Outlook.APPROVED, Outlook.PAID):
        _confirm(turn, found, why)
    elif found is Outlook.OTHER:
        case.entering = None
        turn.fields.clear()
        review(turn, Cause.OTHER_END, "ended", why, None)


def _confirm(turn: Turn, found: Outlook, why: str) -> None:
    case = turn.case
    if case.state is State.CONFIRMING_OUTCOME:
        return
    case.entering = None
    turn.say(turn.text(f"confirming.{found.value}"))
    turn.move(Cause.OUTCOME, why, "workmarket")
