"""The requester speaks: on the ticket by a reply, or by marking the request solved."""

from __future__ import annotations

from dataclasses import replace

from escalation.eligibility.rules import IDENTITY, judge
from escalation.engine.asserted import IDENTITY_ASKED
from escalation.engine.journaled import WROTE
from escalation.engine.news import put_status_back, wait_for_an_agent
from escalation.engine.transitions import BEFORE
from escalation.engine.turn import Turn
from escalation.handlers.hearing import count_silence, nobody_speaks
from escalation.handlers.reviews import tell_agents
from escalation.handlers.verdicts import request_of, review
from escalation.language.numbers import numbers_in
from escalation.model.case import Case
from escalation.model.events import Observed
from escalation.model.values import ENDED, Cause, EndedBy, Party, State
from escalation.model.views import Absent, AssignmentSeen, AssignmentView, Update

CORRECTED = frozenset({State.CHECKING, State.WAITING_ON_REQUESTER, State.NEEDS_REVIEW})
SOLVED = frozenset({"solved", "closed", *(state.value for state in ENDED)})


def requester_update(turn: Turn, update: Update) -> None:
    case = turn.case
    if update.changes.get("status") in SOLVED and not case.ended:
        why = "The requester marked the request as solved."
        turn.move(Cause.TAKEN_BACK, why, "the requester", ended_by=EndedBy.REQUESTER)
        return
    if update.comment is None:
        return
    if nobody_speaks(turn, update.author.name, update.at, update.comment.text):
        put_status_back(turn)
        return
    case.heard = replace(case.heard, requester_at=max(filter(None, (case.heard.requester_at, update.at))))
    turn.record(WROTE, "A reply moves neither tier nor timers.", "the requester")
    if case.ended:
        come_back(turn, "The requester wrote after the case had ended.", "the requester", wrote=True)
    elif case.state in HEEDED and not case.delivery.entering:
        _heed(turn)
    elif _says_that_it_is_verified(case):
        case.judgement = replace(case.judgement, recheck=True, replied=True)
        put_status_back(turn)
    else:
        wait_for_an_agent(turn, "" if case.state in {*HEEDED, State.CHECKING} else "acknowledged")
        count_silence(turn)


def _says_that_it_is_verified(case: Case) -> bool:
    """Whether who was told that they can verify their e-mail has done so, and writes, as they were asked: what they
    wrote waits for a person where the check that it asks for changes nothing."""
    judgement = case.judgement
    waits = case.state is State.NEEDS_REVIEW and judgement.recheck and not (case.requester_open or case.muted)
    return (
        waits
        and case.requester.verified
        and judgement.verdict is not None
        and any(finding.say == IDENTITY_ASKED for finding in judgement.verdict.decisive)
    )


HEEDED = frozenset({State.CONFIRMING_OUTCOME, State.WAITING_ON_REQUESTER})


def _heed(turn: Turn) -> None:
    """A reply that was waited for: the request is checked again, or a person reads it."""
    case = turn.case
    if case.state is State.WAITING_ON_REQUESTER and not case.begun and not case.muted:
        case.judgement = replace(case.judgement, recheck=True, replied=True)
        return
    why = "The requester replied before the outcome was confirmed."
    if case.state is State.WAITING_ON_REQUESTER:
        why = "The requester answered the agent's question."
    review(turn, Cause.OBJECTED, "requester_spoke", why, None)


def come_back(turn: Turn, why: str, actor: str, *, wrote: bool = False) -> None:
    """Hand an ended case to a person; nothing is sent to anyone until an agent puts it in a tier.

    A requester who `wrote` hears that their words have come, and nothing after that.
    """
    turn.case.muted = True
    if wrote:
        turn.case.requester_open, turn.news = True, "acknowledged_ended"
    tell_agents(turn, why)
    turn.move(Cause.RETURNED, why, actor)


def ask_for_numbers(turn: Turn, updates: tuple[Update, ...], seen: AssignmentSeen | None) -> bool:
    """Where the assignment is missing or wrong, look the numbers of a reply up. True while that is asked.

    A reply in which none stands where an assignment's would is no answer yet: the question stays open, and a person
    is to read it.
    """
    case = turn.case
    if case.state not in CORRECTED or case.muted or not _assignment_missing(turn, seen):
        return False
    said = (
        u.comment.text
        for u in updates
        if u.comment and u.author.id == case.requester.id and turn.policy.who_speaks(u.comment.text).may_answer
    )
    numbers = numbers_in(*said).without(case.assignment_id, case.ticket_id)
    if not numbers.all:
        return False
    case.judgement = replace(case.judgement, numbers=numbers.likely)
    turn.news = ""
    if not numbers.likely:
        wait_for_an_agent(turn)
        case.judgement = replace(case.judgement, replied=False)
    turn.look("assignment", candidates=numbers.all)
    return True


def take_assignment_id(turn: Turn, number: str) -> None:
    """Go by another assignment: what was seen of the one before, and sent about it, is not this one's."""
    case = turn.case
    if number == case.assignment_id:
        return
    if case.assignment_id:
        case.first_assignment_id = case.first_assignment_id or case.assignment_id
        case.delivery = replace(
            case.delivery,
            messaged={},
            messaged_at={},
            told_names={},
            known_names={},
            shown_contacts={},
            asking={},
            people_asked={},
            unsure=(),
            unreached={},
            unsent=(),
            looking_for={},
            reached={},
            late_messages={},
            entering=None,
            other_messaged={},
            other_late={},
        )
        case.judgement = replace(
            case.judgement,
            recheck=case.judgement.recheck or (case.state in BEFORE and not case.begun and not case.muted),
        )
    case.assignment_id = number
    case.company = ""
    case.moments = ()
    case.heard = replace(
        case.heard,
        seen_messages=None,
        account_manager_at=None,
        manager_word=None,
        through_manager_at=None,
        told_unseen=False,
        unseen_since=None,
        on_assignment_at=None,
    )
    case.files = replace(case.files, seen=None)
    case.invisible = False
    case.judgement = replace(case.judgement, judged_status="")


def take_party(turn: Turn, party: Party) -> None:
    """Go by another side: what was sent to the one, or said by it, is not the other one's; nor is it forgotten."""
    case = turn.case
    turned, case.party = party is not (case.party or Party.WORKER), party
    if not turned:
        return
    turn.leave_entry()
    before = case.delivery
    case.delivery = replace(
        before,
        messaged=before.other_messaged,
        messaged_at={},
        told_names={},
        known_names={},
        shown_contacts={},
        asking={},
        people_asked={},
        unsure=(),
        late_messages=before.other_late,
        other_messaged=before.messaged,
        other_late=before.late_messages,
        unreached={},
        unsent=(),
        looking_for={},
        reached={},
    )
    case.heard = replace(
        case.heard,
        other_side_at=case.heard.requester_at,
        requester_at=case.heard.other_side_at,
        on_assignment_at=None,
    )


def _assignment_missing(turn: Turn, seen: AssignmentSeen | None) -> bool:
    """Whether the requester could put the number right: by the verdict, or before there is one by what is seen."""
    case = turn.case
    verdict = case.judgement.verdict
    if verdict is None and (seen is not None or not case.assignment_id):
        verdict = judge(request_of(turn), seen, case.moments, turn.now, turn.policy)
    return verdict is not None and any(f.rule == IDENTITY and f.mendable for f in verdict.decisive)


def only_candidate(case: Case, candidates: tuple[AssignmentSeen, ...]) -> AssignmentView | None:
    """The only number of a reply that is an assignment's; what stands where one would goes before what does not."""
    found = [seen for seen in candidates if not isinstance(seen, Absent)]
    likely = [seen for seen in found if seen.id in case.judgement.numbers]
    return (likely or found)[0] if len(likely or found) == 1 else None


def take_candidate(turn: Turn, event: Observed) -> AssignmentView | None:
    """Take the only number of a reply that is an assignment's as the case's assignment."""
    case = turn.case
    found = only_candidate(case, event.candidates)
    if found is None or case.state not in CORRECTED or case.muted:
        return None
    if not _assignment_missing(turn, event.assignment):
        return None
    case.judgement = replace(case.judgement, overrode=case.assignment_id or "")
    take_assignment_id(turn, found.id)
    turn.fields["assignment_id"] = found.id
    case.judgement = replace(case.judgement, recheck=True)
    case.requester_open = False
    turn.record(f"assignment {found.id}", "It is the only number of the reply that is an assignment's.")
    return found
