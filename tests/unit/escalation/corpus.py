"""Cases in every state and events of every type, and what holds of every decision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from config.texts import load_banned
from escalation.engine.transitions import UPDATED
from escalation.engine.turn import Decision
from escalation.model.audience import NOTHING, Public
from escalation.model.case import Case
from escalation.model.effect_kinds import EFFECT_KINDS
from escalation.model.effects import CreateTicket, Look, PostMessage, Say, StartConversation, UpdateTicket
from escalation.model.events import (
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
    Unsent,
    Unsettled,
)
from escalation.model.values import PAUSE_TAG, POST_TAG, Party, Role, State, Timer
from escalation.model.views import (
    Absent,
    AssignmentEvent,
    Comment,
    Conversation,
    ConversationMessage,
    MergeTarget,
    Message,
    Rival,
    Update,
    ZendeskUser,
)
from escalation.policies.texts import banned_in
from tests.unit.escalation.case_world import (
    AGENT,
    MANAGER,
    START,
    WORKER,
    CaseWorld,
    assignment,
    clients_world,
    in_tier,
    policy,
    ticket,
)

NO_MESSAGE: dict[str, object] = {"messages": ()}
TOO_EARLY: dict[str, object] = {"checked_out": START - timedelta(hours=1), "checked_in": None}


def _checking() -> CaseWorld:
    return CaseWorld()


def _asked() -> CaseWorld:
    world = CaseWorld(seen=assignment(**NO_MESSAGE))
    world.arrive()
    return world


def _dated() -> CaseWorld:
    world = CaseWorld(seen=assignment(**TOO_EARLY))
    world.assigned(messages=(Message(START, "Wanda Worker", "Please approve."),))
    return world


def _review() -> CaseWorld:
    world = CaseWorld(requester=replace(WORKER, verified=False))
    world.arrive()
    return world


def _answered() -> CaseWorld:
    world = in_tier()
    world.message("Sue Support", "We will look into it.")
    return world


def _confirming() -> CaseWorld:
    world = in_tier()
    world.assigned(status="paymentpending")
    return world


def _resolved() -> CaseWorld:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    return world


def _refused() -> CaseWorld:
    world = CaseWorld(seen=assignment(status="paid"))
    world.arrive()
    return world


def _off_platform() -> CaseWorld:
    world = in_tier()
    world.pass_time(timedelta(days=40))
    return world


def _withdrawn() -> CaseWorld:
    world = in_tier()
    world.requester("Never mind.", changes={"status": "solved"})
    return world


def _joined() -> CaseWorld:
    world = CaseWorld()
    world.look(rival=Rival("C-0", "34", WORKER.id))
    world.settle()
    return world


def _muted() -> CaseWorld:
    world = _resolved()
    world.requester("It is not settled at all.")
    return world


def _entering() -> CaseWorld:
    world = CaseWorld()
    world.look()
    return world


def _entering_2() -> CaseWorld:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    return world


def _wanted() -> CaseWorld:
    world = _review()
    world.update(changes={"tier": "2"})
    world.look({"ticket"})
    return world


def _unsent() -> CaseWorld:
    world = in_tier(3)
    assert world.case.delivery.unsent == (3,)
    return world


def _paused(of: Callable[[], CaseWorld]) -> Callable[[], CaseWorld]:
    def make() -> CaseWorld:
        world = of()
        world.tell(PauseAsked(world.now + timedelta(days=3), "holidays", "Ada Agent"))
        return world

    return make


def _client_asked() -> CaseWorld:
    world = clients_world(rules=replace(policy(), client_not_contacted="mendable"), seen=assignment(**NO_MESSAGE))
    world.arrive()
    return world


def _clients_review() -> CaseWorld:
    world = clients_world(signed_email=None)
    world.arrive()
    return world


def _worker_answered() -> CaseWorld:
    world = in_tier(1, Party.CLIENT)
    world.message("Wanda Worker", "I come on Monday.")
    return world


def _cancelled_as_hoped() -> CaseWorld:
    world = in_tier(1, Party.CLIENT, fields={"kind_of_outcome": "cancel"})
    world.assigned(status="cancelled")
    return world


def _client_entering() -> CaseWorld:
    world = clients_world()
    world.look()
    return world


def _clients_month() -> CaseWorld:
    world = in_tier(3, Party.CLIENT)
    world.pass_time(timedelta(days=40))
    return world


OPEN_STATES: dict[str, Callable[[], CaseWorld]] = {
    "checking": _checking,
    "waiting on requester": _asked,
    "waiting for date": _dated,
    "needs review": _review,
    "tier 1": in_tier,
    "tier 2": lambda: in_tier(2),
    "tier 3, unsent": _unsent,
    "other side responded": _answered,
    "confirming outcome": _confirming,
    "back from its end, mute": _muted,
    "entering tier 1": _entering,
    "entering tier 2": _entering_2,
    "put in a tier by an agent": _wanted,
}
CLIENTS_STATES: dict[str, Callable[[], CaseWorld]] = {
    "client: checking": clients_world,
    "client: waiting on requester": _client_asked,
    "client: needs review": _clients_review,
    "client: tier 1": lambda: in_tier(1, Party.CLIENT),
    "client: tier 2": lambda: in_tier(2, Party.CLIENT),
    "client: tier 3": lambda: in_tier(3, Party.CLIENT),
    "client: other side responded": _worker_answered,
    "client: confirming outcome": _cancelled_as_hoped,
    "client: entering tier 1": _client_entering,
    "client: tier 2, paused": _paused(lambda: in_tier(2, Party.CLIENT)),
}
STATES: dict[str, Callable[[], CaseWorld]] = {
    **OPEN_STATES,
    **{f"{name}, paused": _paused(make) for name, make in OPEN_STATES.items()},
    **CLIENTS_STATES,
    "client: off platform": _clients_month,
    "resolved": _resolved,
    "not eligible": _refused,
    "off platform": _off_platform,
    "withdrawn": _withdrawn,
    "joined": _joined,
}


@cache
def _made(name: str) -> CaseWorld:
    return STATES[name]()


def world_in(name: str) -> CaseWorld:
    """A fresh world in a state. Its views and its case's parts are those of others too: nobody can change them."""
    world = CaseWorld.__new__(CaseWorld)
    for part, value in vars(_made(name)).items():
        setattr(world, part, copy(value) if isinstance(value, list | dict | Case) else value)
    world.case.fields, world.case.deadlines = copy(world.case.fields), copy(world.case.deadlines)
    return world


def _updates(world: CaseWorld) -> Iterator[tuple[str, Update]]:
    number = max((world.audit, *world.case.heard.seen.updates)) + 1

    def update(role: Role = Role.AGENT, **parts: object) -> Update:
        who = {Role.REQUESTER: world.ticket.requester, Role.AGENT: AGENT}.get(role, ZendeskUser("0"))
        return Update(number, world.now, who, role, **parts)  # type: ignore[arg-type]

    public, internal = Comment(f"c{number}", "Hello.", True), Comment(f"c{number}", "Hm.", False)
    yield "our own", update(ours=f"{world.case.id}.1", comment=public)
    yield "a public comment", update(comment=public)
    yield "an internal comment", update(comment=internal)
    yield "a reply", update(Role.REQUESTER, comment=public, changes={"status": "open"})
    yield "a reply with a number", update(Role.REQUESTER, comment=replace(public, text="It is 880012."))
    yield "solved by the requester", update(Role.REQUESTER, changes={"status": "solved"})
    for status in (*State, "open", "pending", "hold", "solved", "closed"):
        yield f"status {status}", update(changes={"status": str(status)})
        yield f"status {status} with a comment", update(comment=public, changes={"status": str(status)})
    for tier in ("1", "2", "3", ""):
        yield f"tier field {tier!r}", update(changes={"tier": tier})
        yield f"tier field {tier!r} with a comment", update(comment=public, changes={"tier": tier})
    for key in ("other_side_responded", "violation_reported"):
        yield f"{key} ticked", update(changes={key: True})
        yield f"{key} unticked", update(changes={key: False})
    yield "violation and tier", update(changes={"violation_reported": True, "tier": "1"})
    turned = "worker" if world.ticket.text("party") == "client" else "client"
    changed = {"assignment_id": "880012", "party": turned, "reason": "payment_dispute"}
    for key, value in {**changed, "justification": "stated", "average_approval": "3 d"}.items():
        yield f"{key} changed", update(changes={key: value})
    opened = {"status": "open"}
    yield "a copied person", update(Role.COPIED, comment=replace(public, text="It is 880012."), changes=opened)
    yield "an automation", update(Role.OTHER, changes={"reason": "payment_past_due"}, tags_added=frozenset("x"))
    yield "post tag", update(tags_added=frozenset({POST_TAG}))
    yield "post tag and comment", update(comment=public, tags_added=frozenset({POST_TAG}))
    yield "post tag off", update(tags_removed=frozenset({POST_TAG}))
    yield "pause tag", update(tags_added=frozenset({PAUSE_TAG}))
    yield "pause tag off", update(tags_removed=frozenset({PAUSE_TAG}))
    yield "pause tag and tier", update(tags_added=frozenset({PAUSE_TAG}), changes={"tier": "3"})
    yield "merged", update(merged_into="77")


def _looks(world: CaseWorld) -> Iterator[tuple[str, Observed]]:
    seen, now = assignment(messages=(Message(START, "Wanda Worker", "Please approve."),)), world.now
    view = world.ticket
    said = ConversationMessage("m1", now, MANAGER, "Sue", "On it.")
    ours = next(iter(world.case.heard.conversations), "")
    conversations = (Conversation("s1", ours, (said, replace(said, id="m2", author_email="x@y.example"))),)
    yield "nothing", Observed()
    yield "the ticket", Observed(view)
    yield "all", Observed(view, assignment=seen, conversations=())
    yield "everything again", Observed(view, updates=tuple(world.updates), assignment=world.assignment)  # type: ignore[arg-type]
    yield "a deleted ticket", Observed(gone=True)
    yield "a closed ticket", Observed(replace(view, status="closed"))
    yield "a follow-up", Observed(replace(view, id="99", followup_of=view.id))
    yield "another requester", Observed(replace(view, requester=ZendeskUser("999", "eve@example.com", "Eve", True)))
    yield "another requester, all", Observed(replace(view, requester=ZendeskUser("999")), assignment=seen)
    yield "another ticket", Observed(replace(view, id="98"))
    yield "a hidden assignment", Observed(view, assignment=Absent("880011"), conversations=())
    yield "another assignment", Observed(view, assignment=replace(seen, id="4711"), conversations=())
    yield "a rival of the same user", Observed(view, assignment=seen, rival=Rival("C-2", "34", WORKER.id))
    yield "a rival of another user", Observed(view, assignment=seen, rival=Rival("C-2", "34", "9"))
    yield "a merge", Observed(view, merge_target=MergeTarget("77", WORKER.id, has_case=False))
    yield "a merge with a case", Observed(view, merge_target=MergeTarget("77", WORKER.id, has_case=True))
    yield "candidates", Observed(view, candidates=(Absent("1"), replace(seen, id="880012")))
    yield "replies", Observed(view, assignment=seen, conversations=conversations)
    yield "moments", Observed(view, assignment=seen, moments=(AssignmentEvent("completed", START),))
    for author in ("Sue Support", "Wanda Worker", "Zoe Zebra"):
        message = Message(now, author, "Hello there.")
        yield f"a message by {author}", Observed(view, assignment=replace(seen, messages=(*seen.messages, message)))
    for status in ("paid", "paymentpending", "inprogress", "cancelled", "void", "refunded", "complete", ""):
        yield f"status {status or 'none'}", Observed(view, assignment=replace(seen, status=status))
    yield "no end", Observed(view, assignment=replace(seen, scheduled=None, labels=("Watch",)))


def events(world: CaseWorld) -> Iterator[tuple[str, Event]]:
    """Events of every type for a case, several of each."""
    now = world.now
    for about in ("ticket", "conversations", "assignment"):
        yield f"hint {about}", Hint(about)
    yield "hint of a merge", Hint(merged_into="77")
    for name, update in _updates(world):
        changed = {key: value for key, value in update.changes.items() if key != "status"}
        view = replace(world.ticket, fields={**world.ticket.fields, **changed})
        yield name, Observed(view, updates=(*world.updates, update))
        seen = assignment(id=view.text("assignment_id"))
        yield f"{name}, all read", Observed(view, updates=(update,), assignment=seen, conversations=())
    yield from _looks(world)
    for timer in Timer:
        deadline = world.case.deadlines.get(timer)
        yield f"timer {timer}", TimerDue(timer, deadline.generation if deadline else 1)
        yield f"stale timer {timer}", TimerDue(timer, -1)
    ids = [
        *world.case.delivery.counted_from,
        *world.case.delivery.late_messages,
        *world.case.posts.references,
        *world.case.heard.conversations,
        "C-1.999",
    ]
    ids += [world.case.delivery.entering.message] if world.case.delivery.entering else []
    for effect in dict.fromkeys(ids):
        yield f"done {effect}", Done(effect, now)
        yield f"done {effect}, late", Done(effect, now - timedelta(days=3), {"ticket_id": "99"})
        for code in ("closed", "gone", "invisible", "invalid", "suspended"):
            yield (
                f"refused {effect}: {code}",
                Refused(effect, code, "Refused.", Public("Hello,") if code == "closed" else NOTHING),
            )
        for code, lacking in (("required", ("Cost centre",)), ("invalid", ())):
            for status in (None, world.case.state):
                update = UpdateTicket(effect, "35", Say(Public("Hello,")), status, {"next_update_due": "soon"})
                told = Refused(effect, code, "Refused.", Public("Hello,"), lacking, update)
                yield f"refused {effect}: {code} with {status}", told
        for kind in (name for name, row in EFFECT_KINDS.items() if not row.reads):
            yield f"unsent {kind} {effect}", Unsent(effect, "Away.", kind, "Hello?", shows=True)
        yield f"unsettled {effect}", Unsettled(effect, "Two of them.", "Hello?")
        yield f"unreadable {effect}", Unsettled(effect, "Not shown.", waiting=True)
    yield "post asked", PostAsked("The gate code is 12.")
    yield "nothing to post", PostAsked(" ")
    yield "pause asked", PauseAsked(now + timedelta(days=2), "asked", "ops")
    yield "pause asked too late", PauseAsked(now - timedelta(days=2), "asked", "ops")
    yield "resume asked", ResumeAsked("ops")
    yield "close asked", CloseAsked("ops")


BANNED = tuple(load_banned())


@cache
def says_nothing_banned(text: str) -> bool:
    """Asked of the same texts thousands of times."""
    return not banned_in(text, BANNED)


def number_of(effect_id: str) -> int:
    return int(effect_id.rpartition(".")[2])


NAMED = re.compile(r" to .*?, the contact that the assignment names")


def texts_of(effect: object) -> Iterator[str]:
    """What an effect tells requester or other side, but for whom a letter greets or names: that may be any word."""
    said = effect.say if isinstance(effect, UpdateTicket | CreateTicket) else None
    if isinstance(said, Say) and said.public:
        yield from (said.text, NAMED.sub(" to the contact", said.after))
    if isinstance(effect, StartConversation):
        yield from (effect.subject, effect.body.partition("\n\n")[2])
    if isinstance(effect, PostMessage):
        yield re.sub(r"\n\n.*\n", "\n\n", NAMED.sub(" to the contact", effect.text), count=1)


def asked_by_agents(before: Case, event: Event) -> bool:
    """Whether somebody at work may be behind what is decided."""
    entering = before.delivery.entering
    of_agents = isinstance(event, Observed) and any(one.role is Role.AGENT for one in event.updates)
    return bool(of_agents or before.delivery.wanted or (entering and entering.actor != "parley"))


def check_out_of_hours(before: Case, event: Event, decision: Decision) -> None:
    """Nothing goes to anybody that no agent asked for; words that were said already are said once more."""
    if not asked_by_agents(before, event) and not isinstance(event, Refused | PostAsked):
        assert not any(isinstance(e, PostMessage | StartConversation) for e in decision.effects)
        assert not any(isinstance(e, UpdateTicket) and e.say and e.say.public for e in decision.effects)


def check_decision(before: Case, decision: Decision, now: datetime) -> None:
    """What holds of every decision, whatever happened."""
    case = decision.case
    acts = [e for e in decision.effects if not isinstance(e, Look)]
    numbers = [number_of(e.id) for e in acts]
    assert numbers == sorted(set(numbers), key=numbers.index)
    assert all(before.next_effect <= n < case.next_effect for n in numbers)
    own = [e for e in acts if isinstance(e, UpdateTicket) and e.ticket_id == case.ticket_id]
    public = [e for e in own if e.say and e.say.public]
    assert len(public) <= 1
    assert len([e for e in own if e.say and not e.say.public]) <= 1
    assert len(own) <= 2
    assert len([e for e in decision.effects if isinstance(e, Look)]) <= 3
    for effect in acts:
        assert all(says_nothing_banned(text) for text in texts_of(effect) if text)
    check_case(case, decision, now)
    if case.paused:
        assert not public
        assert not any(isinstance(e, PostMessage | StartConversation) for e in acts)
    # It falls mute with its last words, where Zendesk refuses to solve; a reply to an ended one is acknowledged.
    if before.muted and case.muted and not before.ended and not before.delivery.held_back:
        assert not public
    assert all(e.what and e.why and e.actor and e.at == now for e in decision.journal)


def check_case(case: Case, decision: Decision, now: datetime) -> None:
    assert bool(case.ended_by) == case.ended
    if case.ended:
        assert not case.deadlines
        assert case.delivery.entering is case.delivery.wanted is case.paused is case.delivery.held_back is None
        return
    on_its_way = (
        case.delivery.entering or decision.effects or case.delivery.late_messages or case.delivery.counted_from
    )
    assert case.deadlines or on_its_way or case.state is State.CHECKING
    assert all(
        d.why.startswith(("Due ", "The tier's own text")) and d.why.endswith((".", ")"))
        for d in case.deadlines.values()
    )
    if case.state in UPDATED and not case.muted:
        assert Timer.NEXT_UPDATE in case.deadlines
    assert case.paused is None or Timer.PAUSE_ENDS in case.deadlines
    generations = [d.generation for d in case.deadlines.values()]
    assert len(set(generations)) == len(generations)


__all__ = ["CLIENTS_STATES", "OPEN_STATES", "STATES", "check_decision", "events", "ticket", "world_in"]
