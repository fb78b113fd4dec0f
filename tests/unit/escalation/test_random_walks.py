"""Whatever happens in whatever order, a case stays coherent and sends each thing once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.model.effects import PostMessage, StartConversation
from escalation.model.values import Timer
from tests.scale import scaled
from tests.unit.escalation.case_world import CaseWorld
from tests.unit.escalation.corpus import (
    CLIENTS_STATES,
    OPEN_STATES,
    check_decision,
    check_out_of_hours,
    events,
    world_in,
)

BEGUN = sorted([*OPEN_STATES, *CLIENTS_STATES])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.integers(0, 10_000)),
        st.tuples(st.just("event"), st.integers(0, 10_000)),
        st.tuples(st.just("carry out"), st.integers(0, 3)),
        st.tuples(st.just("lose"), st.integers(0, 3)),
        st.tuples(st.just("time"), st.sampled_from([60, 1200, 86_400, 259_200, 3_000_000])),
    ),
    max_size=25,
)


def _step(world: CaseWorld, kind: str, number: int) -> str:
    """Do one thing; returns the id of the effect that was refused by it, if any."""
    if kind == "event":
        every = list(events(world))
        event = every[number % len(every)][1]
        before, decision = world.case, world.decided(event)
        check_decision(before, decision, world.now)
        if not world.policy.writes_at(world.now):
            check_out_of_hours(before, event, decision)
        if event.type == "observed":
            world.audit = max((world.audit, *world.case.heard.seen.updates))
        return event.effect_id if event.type == "refused" else ""
    if kind == "carry out":
        for _ in range(min(number + 1, len(world.open))):
            world.step()
    elif kind == "lose" and world.open:
        world.open.pop(number % len(world.open))
    elif kind == "time":
        world.pass_time(timedelta(seconds=number))
    return ""


@settings(max_examples=scaled(commit=120, nightly=1_000))
@given(st.sampled_from(BEGUN), STEPS)
def test_a_random_walk_stays_coherent(name: str, steps: list[tuple[str, int]]) -> None:
    world = world_in(name)
    for kind, number in steps:
        _step(world, kind, number)
    posts = [e for e in world.asked if isinstance(e, PostMessage)]
    assert len({e.reference for e in posts}) == len(posts)
    ids = [e.id for e in world.asked if hasattr(e, "id")]
    assert len(set(ids)) == len(ids)


@settings(max_examples=scaled(commit=80, nightly=600))
@given(st.sampled_from(BEGUN), STEPS)
def test_a_tiers_message_to_one_recipient_goes_out_once(name: str, steps: list[tuple[str, int]]) -> None:
    world = world_in(name)
    numbers, refused = {world.case.assignment_id}, set()
    for kind, number in steps:
        if kind != "lose":
            refused.add(_step(world, kind, number))
            numbers.add(world.case.assignment_id)
    sent = [e for e in world.asked if isinstance(e, StartConversation) and e.id not in refused]
    mails = [(e.to_email, e.subject) for e in sent]
    if len(numbers) == 1:
        assert len(set(mails)) == len(mails)


@settings(max_examples=scaled(commit=60, nightly=400))
@given(st.sampled_from(BEGUN), STEPS)
def test_left_alone_every_case_ends_or_waits_for_a_person(name: str, steps: list[tuple[str, int]]) -> None:
    world = world_in(name)
    for kind, number in steps:
        if kind != "lose":
            _step(world, kind, number)
    world.settle()
    world.pass_time(timedelta(days=200))
    waits = {Timer.AGENT_REMINDER, Timer.SILENCE, Timer.SILENCE_UNANSWERED}
    assert world.case.ended or waits & set(world.case.deadlines) or world.case.state.value == "checking"
