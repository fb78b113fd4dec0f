"""Cases, events and effects survive the way through JSON, also those that an older version wrote."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from escalation.model.audience import Public
from escalation.model.case import Case, Deadline
from escalation.model.effects import CreateTicket, Effect, Look, PostMessage, Say, StartConversation, UpdateTicket
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
from escalation.model.seen import Seen
from escalation.model.values import State, Timer
from escalation.model.views import Absent, MergeTarget, Moment, Rival
from sync.shared.codec import decode_case, decode_effect, decode_event, encode_case, encode_effect, encode_event
from tests.sync.fakes import WANDA, a_ticket, an_assignment
from tests.sync.office import Office
from tests.sync.policy import START, policy

EVENTS: list[Event] = [
    Hint("conversations", merged_into="36"),
    Observed(
        ticket=a_ticket(tags=frozenset({"b", "a"}), state=State.TIER_1),
        assignment=an_assignment(),
        candidates=(Absent("8"), an_assignment("9")),
        moments=(Moment("paid", START),),
        rival=Rival("C-1", "34", "501"),
        merge_target=MergeTarget("36", "501", True),
    ),
    Observed(gone=True),
    TimerDue(Timer.MONTH_ENDS, 4),
    Done("C-1.1", START, {"text": "Hello"}),
    Refused("C-1.1", "closed", "It is closed.", Public("Hello")),
    Unsent("C-1.1", "Away.", "post_message", "Hello?", shows=True),
    Unsettled("C-1.1", "Two of them.", "a\n\nb", waiting=True),
    PostAsked("Hello"),
    PauseAsked(START, "Holidays", "Ada"),
    ResumeAsked("Ada"),
    CloseAsked("Ada"),
]
EFFECTS: list[Effect] = [
    Look("35", frozenset({"ticket"})),
    Look("35", frozenset({"ticket", "assignment"}), Seen(START, {7: START}), "880011", ("1", "2"), "36"),
    UpdateTicket(
        "C-1.1",
        "35",
        Say(Public("Hi"), True, "tier_1", Public("more")),
        State.TIER_1,
        {"tier": "1", "x": True, "y": None},
    ),
    PostMessage("C-1.2", "880011", Public("Hi [Ref 8F3K-1]"), "8F3K-1"),
    StartConversation("C-1.3", "35", "a@example.com", "A", Public("Subject"), Public("Body")),
    CreateTicket("request:1", Public("Subject"), Say(Public("Hi"), True), fields={"party": "worker"}),
]

STORED_ENDS = (
    *("", "verdict", "violation", "unanswered", "month", "confirmed", "joined"),
    *("requester", "agent", "operator", "deleted", "merged", "closed"),
)


def through_json(body: object) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(body))
    return found


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives(event: Event) -> None:
    assert decode_event(through_json(encode_event(event))) == event


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_an_effect_survives(effect: Effect) -> None:
    assert decode_effect(through_json(encode_effect(effect))) == effect


def test_a_case_in_the_middle_of_its_life_survives(office: Office) -> None:
    case = office.arrive()
    assert case.deadlines
    assert decode_case(through_json(encode_case(case))) == case


def test_a_derivation_survives() -> None:
    derivation = policy().calendar.after_hours(START + timedelta(days=4), 48)
    assert derivation.skipped
    deadline = Deadline(derivation.due, 3, "Because.", derivation)
    case = Case("C-1", "35", START, "8F3K", requester=WANDA, deadlines={Timer.TIER_ENDS: deadline})
    assert decode_case(through_json(encode_case(case))) == case


def test_a_case_written_before_a_field_existed_gets_its_default() -> None:
    body = encode_case(Case("C-1", "35", START, "8F3K"))
    for younger in ("references", "muted", "deadlines", "held_posts"):
        body.pop(younger, None)
    assert decode_case(body) == Case("C-1", "35", START, "8F3K")


def test_a_case_with_a_field_that_is_no_more_is_read() -> None:
    body = {**encode_case(Case("C-1", "35", START, "8F3K")), "former": 1}
    assert decode_case(body).id == "C-1"


@pytest.mark.parametrize("stored", STORED_ENDS)
def test_what_ended_a_case_is_read_as_every_version_has_written_it(stored: str) -> None:
    body = {**encode_case(Case("C-1", "35", START, "8F3K")), "ended_by": stored}
    assert through_json(encode_case(decode_case(body)))["ended_by"] == stored


def test_an_event_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValidationError):
        decode_event({"type": "rumour"})


def test_a_look_says_nothing_of_what_it_does_not_ask_for() -> None:
    body = encode_effect(Look("35", frozenset({"ticket", "assignment"})))
    assert body["scope"] == ["assignment", "ticket"]
    assert "merged_into" not in body
