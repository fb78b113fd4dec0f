"""Cases, messages and effects survive the way through JSON, also those that an older version wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from escalation.eligibility.outcomes import filling
from escalation.model.audience import Public
from escalation.model.case import Case, Deadline, Judgement
from escalation.model.effects import CreateTicket, Effect, Look, PostMessage, Say, StartConversation, UpdateTicket
from escalation.model.events import Done, Observed, Refused, Unsent, Unsettled
from escalation.model.measures import Quantity
from escalation.model.messages import (
    AssignmentHint,
    AssignmentPost,
    CloseCommand,
    ConversationsHint,
    EffectResult,
    InboxMessage,
    IntakeRequest,
    IntakeRequester,
    LookResult,
    PauseCommand,
    RestoreMark,
    ResumeCommand,
    TicketHint,
    TimerFired,
    UnreadableBody,
    WorkMarketHint,
)
from escalation.model.seen import Seen
from escalation.model.values import Party, Reason, State, Timer
from escalation.model.verdict import Finding, Outcome, Ruling, Verdict
from escalation.model.views import Absent, AssignmentEvent, MergeTarget, Rival
from escalation.policies.readers import Reader, requester_of
from sync.shared.codec import (
    Json,
    decode_case,
    decode_effect,
    decode_message,
    encode_case,
    encode_effect,
    encode_message,
)
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import WANDA, a_ticket, an_assignment
from tests.integration.sync.policy import START, policy

OBSERVED = Observed(
    ticket=a_ticket(tags=frozenset({"b", "a"}), state=State.TIER_1),
    assignment=an_assignment(),
    candidates=(Absent("8"), an_assignment("9")),
    moments=(AssignmentEvent("paid", START),),
    rival=Rival("C-1", "34", "501"),
    merge_target=MergeTarget("36", "501", True),
)
MESSAGES: list[tuple[str, InboxMessage]] = [
    ("ticket.merged", TicketHint("35", "36")),
    ("ticket.changed", TicketHint("35")),
    ("side_conversation.changed", ConversationsHint("35")),
    ("reconcile.assignment", AssignmentHint("880011")),
    ("workmarket.paid", WorkMarketHint("880011", "paid")),
    ("assignment.post", AssignmentPost("35", "Hello")),
    ("request.received", IntakeRequest("880011", Party.CLIENT, None, IntakeRequester("Cleo", "c@example.com"))),
    ("observed", LookResult(case_id="C-1", event=OBSERVED, ticket_id="35")),
    ("observed", LookResult(event=Observed(gone=True), ticket_id="35")),
    ("effect.done", EffectResult(case_id="C-1", event=Done("C-1.1", START, {"text": "Hello"}))),
    ("effect.done", EffectResult(event=Done("request:1", START, {"ticket_id": "35"}))),
    ("effect.refused", EffectResult(case_id="C-1", event=Refused("C-1.1", "closed", "No.", Public("Hello")))),
    (
        "effect.unsent",
        EffectResult(case_id="C-1", event=Unsent("C-1.1", "Away.", "post_message", "Hello?", shows=True)),
    ),
    ("effect.unsettled", EffectResult(case_id="C-1", event=Unsettled("C-1.1", "Two.", "a\n\nb", waiting=True))),
    ("timer", TimerFired("C-1", "month_ends", 4)),
    ("command.pause", PauseCommand("C-1", START, "Holidays", "Ada")),
    ("command.resume", ResumeCommand("C-1", "Ada")),
    ("command.close", CloseCommand("C-1", "Ada")),
    ("command.resume", ResumeCommand("C-1", "Ada", "They are back.")),
    ("command.close", CloseCommand("C-1", "Ada", "Agreed on the phone.")),
    ("zendesk.unreadable", UnreadableBody("{", 1)),
    ("restored", RestoreMark()),
]
# As they stand in the inbox of a database that version 0.1.0 has worked on.
BODIES_OF_0_1_0: list[tuple[str, Json, InboxMessage]] = [
    ("request.submitted", {"ticket_id": "35"}, TicketHint("35")),
    ("ticket.merged", {"ticket_id": "35", "target_ticket_id": "36"}, TicketHint("35", "36")),
    ("side_conversation.changed", {"ticket_id": "35"}, ConversationsHint("35")),
    (
        "workmarket.note_added",
        {"assignment_id": "77", "event": "note_added", "status": None},
        WorkMarketHint("77", "note_added"),
    ),
    ("assignment.post", {"ticket_id": "35", "text": "On Tuesday."}, AssignmentPost("35", "On Tuesday.")),
    (
        "request.received",
        {
            "assignment_id": "77",
            "party": "worker",
            "reason": "payment_dispute",
            "requester": {"name": "Wanda", "email": "wanda@example.com"},
            "description": "Nobody came.",
            "contact_attempts": ["message", "phone"],
            "anticipated_outcome": None,
        },
        IntakeRequest(
            "77",
            Party.WORKER,
            Reason.PAYMENT_DISPUTE,
            IntakeRequester("Wanda", "wanda@example.com"),
            "Nobody came.",
            ("message", "phone"),
        ),
    ),
    ("reconcile.ticket", {"ticket_id": "35"}, TicketHint("35")),
    ("reconcile.assignment", {"assignment_id": "77"}, AssignmentHint("77")),
    ("reconcile.conversations", {"ticket_id": "35"}, ConversationsHint("35")),
    ("timer", {"case_id": "C-1", "timer": "next_update", "generation": 1}, TimerFired("C-1", "next_update", 1)),
    (
        "effect.unsettled",
        {
            "case_id": "C-1",
            "event": {"effect_id": "C-1.3", "reason": "Two.", "found": "", "waiting": False, "type": "unsettled"},
        },
        EffectResult(case_id="C-1", event=Unsettled("C-1.3", "Two.")),
    ),
    (
        "command.pause",
        {"case_id": "C-1", "until": "2026-11-20T12:00:00+00:00", "reason": "Holidays", "actor": "Ada"},
        PauseCommand("C-1", datetime(2026, 11, 20, 12, tzinfo=UTC), "Holidays", "Ada"),
    ),
    ("command.resume", {"case_id": "C-1", "actor": "Ada"}, ResumeCommand("C-1", "Ada")),
    ("zendesk.unreadable", {"raw": "{", "bytes": 1}, UnreadableBody("{", 1)),
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


@pytest.mark.parametrize(("kind", "message"), MESSAGES, ids=[kind for kind, _ in MESSAGES])
def test_a_message_survives(kind: str, message: InboxMessage) -> None:
    assert decode_message(kind, through_json(encode_message(kind, message))) == message


@pytest.mark.parametrize(("kind", "body", "message"), BODIES_OF_0_1_0, ids=[kind for kind, *_ in BODIES_OF_0_1_0])
def test_a_body_of_0_1_0_is_read_and_written_as_it_was(kind: str, body: Json, message: InboxMessage) -> None:
    assert decode_message(kind, body) == message
    written = encode_message(kind, message)
    younger = {"kind_of_outcome": None} if kind == "request.received" else {}
    assert {name: written[name] for name in written if name not in body} == younger
    assert [name for name in written if name in body] == list(body)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: type(effect).__name__)
def test_an_effect_survives(effect: Effect) -> None:
    assert decode_effect(through_json(encode_effect(effect))) == effect


def test_a_case_in_the_middle_of_its_life_survives(desk: DeskOnFakes) -> None:
    case = desk.arrive()
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


def test_a_finding_that_says_in_words_only_that_an_average_was_assumed_is_read_by_them(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    verdict = case.judgement.verdict
    assert verdict and [f.rule for f in verdict.findings if f.assumed] == ["reason"]
    body = encode_case(case)
    for finding in body["verdict"]["findings"]:
        del finding["assumed"]
        if finding["rule"] == "reason":
            finding["fact"] = "The client's average approval time is 24 hours, assumed."  # as it was said then
    read = decode_case(body).judgement.verdict
    assert read and [f.rule for f in read.findings if f.assumed] == ["reason"]


def test_a_case_from_before_there_were_languages_is_read_and_told_in_the_policys(desk: DeskOnFakes) -> None:
    body = encode_case(desk.arrive())
    del body["language"], body["zone"]
    for finding in body["verdict"]["findings"]:
        del finding["measures"]
    for user in ("locale", "zone"):
        del body["requester"][user]
    case, rules = decode_case(body), policy()
    assert (case.language, case.zone, case.requester.locale) == ("", "", "")
    assert requester_of(case, rules) == Reader(rules.texts, rules.calendar.zone)


def test_a_finding_from_before_there_were_languages_is_told_as_it_was_written() -> None:
    finding = Finding("recent", Outcome.FAIL, "Too old.", "WorkMarket", say="because.too_old")
    old = replace(finding, values=(("months", "6 months"),))
    assert filling(old) == {"months": "6 months"}
    new = replace(old, measures=(("months", Quantity(6, "month")),))
    verdict = Verdict(Ruling.NOT_ELIGIBLE, (new,), START)
    case = Case("C-1", "35", START, "8F3K", judgement=Judgement(verdict=verdict))
    read = decode_case(through_json(encode_case(case))).judgement.verdict
    assert read == verdict
    assert read.fingerprint == replace(verdict, findings=(old,)).fingerprint


def test_a_text_on_its_way_from_before_there_were_languages_is_in_none() -> None:
    body = encode_effect(UpdateTicket("C-1.1", "35", Say(Public("Hello"), macro="tier_1")))
    del body["say"]["language"]
    effect = decode_effect(body)
    assert isinstance(effect, UpdateTicket)
    assert effect.say == Say(Public("Hello"), macro="tier_1")


def test_a_case_with_a_field_that_is_no_more_is_read() -> None:
    body = {**encode_case(Case("C-1", "35", START, "8F3K")), "former": 1}
    assert decode_case(body).id == "C-1"


@pytest.mark.parametrize("stored", STORED_ENDS)
def test_what_ended_a_case_is_read_as_every_version_has_written_it(stored: str) -> None:
    body = {**encode_case(Case("C-1", "35", START, "8F3K")), "ended_by": stored}
    assert through_json(encode_case(decode_case(body)))["ended_by"] == stored


def test_a_result_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValidationError):
        decode_message("effect.done", {"case_id": "C-1", "event": {"type": "rumour"}})


@pytest.mark.parametrize(("kind", "message"), [("command.resume", ResumeCommand), ("command.close", CloseCommand)])
def test_what_is_asked_without_a_reason_is_written_as_the_version_before_wrote_it(
    kind: str, message: type[ResumeCommand | CloseCommand]
) -> None:
    assert encode_message(kind, message("C-1", "Ada")) == {"case_id": "C-1", "actor": "Ada"}


def test_a_kind_that_is_not_in_the_table_is_neither_read_nor_written() -> None:
    with pytest.raises(LookupError, match="rumour"):
        decode_message("rumour", {})
    with pytest.raises(LookupError, match="rumour"):
        encode_message("rumour", TicketHint("35"))


def test_a_kind_is_not_written_with_the_message_of_another() -> None:
    with pytest.raises(TypeError, match="no ResumeCommand"):
        encode_message("command.close", ResumeCommand("C-1", "Ada"))


def test_a_look_says_nothing_of_what_it_does_not_ask_for() -> None:
    body = encode_effect(Look("35", frozenset({"ticket", "assignment"})))
    assert body["scope"] == ["assignment", "ticket"]
    assert "merged_into" not in body


def test_a_body_has_no_parts_and_keeps_the_names_that_it_always_had(desk: DeskOnFakes) -> None:
    body = encode_case(desk.arrive())
    assert not body.keys() & {"judgement", "delivery", "posts", "pacing"}
    assert body["told"] == ["eligible"]
    assert {"tried", "late", "said", "owed", "heard", "spoken", "held_posts", "updated"} <= body.keys()
