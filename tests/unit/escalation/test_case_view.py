"""A case as its readers see it: each audience its own, in words, and nothing of a wider one in a narrower one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from escalation.engine.journaled import AGENT_TOLD
from escalation.model.case import Case, DeadlineMove, JournalEntry, Pause
from escalation.model.effects import Note, UpdateTicket
from escalation.model.files import CaseFile, Direction
from escalation.model.spoken import LastWord
from escalation.model.values import Role, State, Timer
from escalation.policies.policy import Policy
from escalation.policies.readers import requester_of
from escalation.telling.audiences import VIEWS, case_view
from escalation.telling.requesters_view import counted
from escalation.telling.shapes import AgentView, OperatorView, RequesterView
from escalation.telling.stored import StoredCase, StoredEffect, StoredLetter, Wait
from tests.json_schemas import jsonschema
from tests.pseudo import LANGUAGE, MARK, pseudo_texts
from tests.unit.escalation.case_world import START, CaseWorld, in_tier, policy
from tests.unit.escalation.corpus import STATES, events, world_in

SECRET = "canary"
SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "case-view.schema.json").read_text(encoding="utf-8"))
AS_AGENTS_SEE_IT = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
NARROW_TO_WIDE = (RequesterView, AgentView, OperatorView)
AGENTS_OWN = {
    "rule",
    "title",
    "fact",
    "source",
    "remedy",
    "actor",
    "by",
    "text",
    "to",
    "sha256",
    "steps",
    "direction",
}


def stored(world: CaseWorld) -> StoredCase:
    """A case's world as it would be stored: every effect that it asked for is done."""
    effects = tuple(
        StoredEffect(one.id, one.type, "done", 1, world.now, world.now, one, world.now, world.now)
        for one in world.asked
        if hasattr(one, "id")
    )
    return StoredCase(world.case, effects=effects, journal=(JournalEntry(world.now, "parley", "looked", "Asked."),))


def view(world: CaseWorld, reader: str = "requester", rules: Policy | None = None) -> dict[str, Any]:
    return case_view(stored(world), reader, world.now, rules or world.policy)  # type: ignore[arg-type]


@cache
def names(kind: Any) -> frozenset[str]:
    """The fields of a view's type, and of all types in it, by their way: `deadlines.moved.at`."""
    return frozenset(_names(kind))


def _names(kind: Any, way: str = "") -> Iterator[str]:
    hints = get_type_hints(kind)
    for one in fields(kind):
        yield f"{way}{one.name}"
        for inner in (hints[one.name], *get_args(hints[one.name])):
            if hasattr(inner, "__dataclass_fields__"):
                yield from _names(inner, f"{way}{one.name}.")


def keys(value: Any, way: str = "") -> Iterator[str]:
    for name, inner in value.items():
        yield f"{way}{name}"
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from keys(one, f"{way}{name}.")


def test_a_wider_audience_has_all_of_the_narrower_ones_fields_and_more() -> None:
    requester, agent, operator = map(names, NARROW_TO_WIDE)
    assert requester < agent < operator
    assert not {name.rpartition(".")[2] for name in requester} & AGENTS_OWN
    assert set(VIEWS) == {"requester", "agent", "operator"}


@pytest.mark.parametrize("name", STATES)
def test_no_field_of_a_wider_audience_is_told_to_a_narrower_one_whatever_happens(name: str) -> None:
    some = list(events(world_in(name)))[:: len(STATES) // 3]
    for _, event in (("as it is", None), *some):
        changed = world_in(name)
        if event is not None:
            changed.tell(event)
        for reader, kind in zip(("requester", "agent", "operator"), NARROW_TO_WIDE, strict=True):
            told = view(changed, reader)
            assert set(told) == {one.name for one in fields(kind)}
            assert {key.replace("from", "from_") if key.endswith(".from") else key for key in keys(told)} <= names(
                kind
            )


def betraying(case: Case) -> Case:
    """The case with a canary in every place whose words are the agents', the desk's own or the other side's."""
    verdict = case.judgement.verdict
    if verdict:
        findings = tuple(
            replace(one, fact=SECRET, source=SECRET, remedy=SECRET, rule=one.rule) for one in verdict.findings
        )
        case.judgement = replace(
            case.judgement, verdict=replace(verdict, findings=findings), passes={"reason": SECRET}
        )
    move = DeadlineMove(START, START, SECRET, SECRET)
    case.deadlines = {timer: replace(one, why=SECRET, moved=(move,)) for timer, one in case.deadlines.items()}
    case.paused = case.paused and Pause(case.paused.until, SECRET, SECRET)
    case.heard = replace(
        case.heard, last_word=LastWord(START, SECRET, "email", SECRET), written_to={"C-1.9": SECRET}
    )
    case.company, case.crossed_with, case.reference, case.description = SECRET, SECRET, SECRET, SECRET
    case.delivery = replace(case.delivery, unreached={2: SECRET})
    files = {"C-1.8": CaseFile(SECRET, Direction.TO_TICKET)}
    case.files = replace(case.files, moved=files)
    case.id = f"C-{SECRET}"
    return case


def hostile(world: CaseWorld) -> StoredCase:
    note = UpdateTicket("x", world.case.ticket_id, Note(world.policy.texts.internal("note.resumed")))
    made = stored(world)
    waits = Wait("outage", START, START, SECRET, SECRET)
    effects = tuple(replace(one, id=SECRET, error=SECRET, wait=waits, text=SECRET) for one in made.effects)
    dead = StoredEffect(SECRET, "update_ticket", "dead", 3, START, START, note, START, None, None, SECRET, waits)
    other = betraying(in_tier().case)
    return replace(
        made,
        case=betraying(world.case),
        policy=SECRET,
        effects=(*effects, dead),
        letters=(StoredLetter(1, SECRET, START, 1, SECRET),),
        journal=(JournalEntry(START, SECRET, SECRET, SECRET),),
        crossed=other,
    )


@pytest.mark.parametrize("name", STATES)
def test_a_requester_sees_no_word_of_agents_of_the_other_side_or_of_the_company(name: str) -> None:
    rows = hostile(world_in(name))
    assert SECRET not in json.dumps(case_view(rows, "requester", START, policy()))
    assert SECRET in json.dumps(case_view(rows, "agent", START, policy()))


@pytest.mark.parametrize("name", STATES)
def test_every_sentence_that_a_requester_sees_is_in_their_language_and_names_no_state(name: str) -> None:
    world = world_in(name)
    world.case.language = LANGUAGE
    told = view(world, rules=replace(world.policy, texts=pseudo_texts()))
    said = [told["state_said"], *(one["what"] for one in (*told["deadlines"], *told["sent"]))]
    said += [one["why"] for one in told["deadlines"] if one["why"]] + [one["told"] for one in told["verdict"]]
    assert told["said_in"] == LANGUAGE
    assert all(MARK in one for one in said), said
    assert not any(state.value in one for one in said for state in State if "_" in state.value)


@pytest.mark.parametrize("name", STATES)
def test_what_agents_see_is_what_the_sidebar_was_made_for(name: str) -> None:
    AS_AGENTS_SEE_IT.validate(view(world_in(name), "agent"))
    AS_AGENTS_SEE_IT.validate(case_view(hostile(world_in(name)), "agent", START, policy()))


@pytest.mark.parametrize("name", STATES)
def test_agents_see_every_rule_every_deadline_and_whose_turn_it_is(name: str) -> None:
    world = world_in(name)
    told = view(world, "agent")
    verdict = world.case.judgement.verdict
    assert [one["rule"] for one in told["verdict"]] == ([one.rule for one in verdict.findings] if verdict else [])
    held_until = world.case.paused.until if world.case.paused else START
    kept = {timer.value for timer, one in world.case.deadlines.items() if one.due >= held_until}
    assert {one["kind"] for one in told["deadlines"]} == kept
    assert told["ended"] == (told["whose_turn"] == "nobody")
    assert (told["whose_turn"] == "requester") <= (told["state"] in ("waiting_on_requester", "confirming_outcome"))


def test_a_requester_sees_what_happens_next_and_how_it_was_counted() -> None:
    told = view(in_tier())
    update, tier_ends, month = told["deadlines"]
    assert (update["kind"], tier_ends["kind"], month["kind"]) == ("next_update", "tier_ends", "month_ends")
    follows = "we write to Sue Support, the contact that the assignment names."
    assert tier_ends["what"] == f"If we hear nothing from the other side by Wed 4 Mar 2026, 10:00 EST, {follows}"
    counted = "That is 2 days after Mon 2 Mar 2026, 10:00 EST, without weekends and public holidays."
    assert (tier_ends["why"], tier_ends["due_said"]) == (counted, "Wed 4 Mar 2026, 10:00 EST")
    assert month["why"] == "That is 1 month after Mon 2 Mar 2026, 10:00 EST."
    done = "We left a message for the other side on the assignment on Mon 2 Mar 2026, 10:00 EST."
    assert done in [one["what"] for one in told["sent"]]
    assert told["verdict"] == []


def test_a_requester_is_told_from_when_a_moment_was_counted_that_came_at_a_weekend() -> None:
    sunday = START - timedelta(days=1)
    counted_anew = policy().calendar.after_hours(sunday, 48)
    told = counted(counted_anew, requester_of(in_tier().case, policy()))
    assert told == (
        "That is 2 days after Sun 1 Mar 2026, 10:00 EST, without weekends and public holidays. "
        "It is counted from the beginning of our next office hours, Mon 2 Mar 2026, 09:00 EST."
    )


def test_a_paused_case_tells_agents_no_deadline_that_the_pause_holds() -> None:
    told = view(world_in("tier 1, paused"), "agent")
    assert [one["kind"] for one in told["deadlines"]] == ["pause_ends", "month_ends"]


def test_a_paused_case_promises_its_requester_nothing_but_the_pauses_end() -> None:
    told = view(world_in("tier 1, paused"))
    assert [one["kind"] for one in told["deadlines"]] == ["pause_ends"]
    assert "holidays" not in json.dumps(told)


def test_who_was_asked_something_sees_the_question_and_others_do_not_learn_what_failed() -> None:
    told = view(world_in("waiting on requester"))
    assert told["waiting_for"].startswith("Please write a message to the other side on assignment 880011")
    assert [one["told"] for one in told["verdict"]] == [told["waiting_for"]]
    assert told["whose_turn"] == "requester"


def test_a_deadline_that_an_agents_comment_moved_says_who_moved_it_and_what_it_was() -> None:
    world = in_tier()
    was = world.due(Timer.NEXT_UPDATE)
    world.now += timedelta(hours=20)
    world.agent(comment=world.comment("I have called them."))
    (move,) = world.case.deadlines[Timer.NEXT_UPDATE].moved
    assert (move.at, move.was, move.actor) == (world.now, was, "Ada Agent")
    told = next(one for one in view(world)["deadlines"] if one["kind"] == "next_update")
    assert told["moved"][0]["from_said"] == "Wed 4 Mar 2026, 10:00 EST"
    assert "Ada" not in json.dumps(told)


def test_a_deadline_that_begins_anew_with_what_the_desk_says_was_not_moved() -> None:
    world = in_tier()
    world.pass_time(timedelta(days=2, minutes=1))
    assert all(not one.moved for one in world.case.deadlines.values())


def test_the_other_sides_last_word_is_kept_for_agents() -> None:
    world = world_in("other side responded")
    told = view(world, "agent")["last_word"]
    assert (told["by"], told["through_said"], told["text"]) == (
        "Sue Support", "on the assignment", "We will look into it.",
    )  # fmt: skip
    assert "look into it" not in json.dumps(view(world))


def test_what_waits_says_why_and_what_a_person_can_do() -> None:
    world = in_tier()
    dead = Wait("dead_letter", START, error="The address was refused.")
    rows = (
        StoredEffect("C-1.7", "post_message", "unclear", 1, START, START, wait=Wait("unclear", START)),
        StoredEffect("C-1.8", "update_ticket", "dead", 9, START, START, wait=dead),
        StoredEffect("C-1.9", "look", "todo", 0, START, START, wait=Wait("budget", START, START, "Zendesk")),
    )
    stuck = case_view(StoredCase(world.case, effects=rows), "agent", START, world.policy)["stuck"]
    assert [one["kind"] for one in stuck] == ["dead_letter", "unclear", "budget"]
    assert stuck[0]["why"] == "The address was refused."
    assert "parley dead replay out-C-1.8" in stuck[0]["remedy"]
    assert stuck[2]["why"].startswith("Zendesk takes no more calls just now. It goes on at Mon 2 Mar 2026")
    assert [one["remedy"] for one in stuck[1:]] == [None, None]


def test_what_was_sent_names_whom_it_went_to_and_its_words_to_agents_alone() -> None:
    world = in_tier(2)
    to_agents, to_requester = (view(world, reader)["sent"] for reader in ("agent", "requester"))
    letter = next(one for one in to_agents if one["kind"] == "start_conversation")
    assert letter["to"] == "Sue Support <sue@client.example>"
    assert "escalations desk" in letter["text"]
    assert {"post_message", "start_conversation", "update_ticket"} <= {one["kind"] for one in to_requester}
    assert not any("text" in one or "to" in one for one in to_requester)


def test_what_an_agent_wrote_to_the_requester_is_told_to_both_without_its_words() -> None:
    world = in_tier()
    world.agent(comment=world.comment("I have spoken with them."))
    world.update(Role.AGENT, comment=world.comment("Slow people.", public=False))
    world.look()
    (theirs,) = [one for one in view(world)["sent"] if one["kind"] == "agents_comment"]
    assert theirs["what"].startswith("A person at the desk wrote to you on Mon 2 Mar 2026")
    (agents,) = [one for one in view(world, "agent")["sent"] if one["kind"] == "agents_comment"]
    assert (agents["what"], agents["text"]) == ("A public comment of Ada Agent", None)
    assert "spoken" not in json.dumps(view(world)["sent"])


def test_of_a_case_of_before_agents_words_are_read_off_its_journal() -> None:
    world = in_tier()
    line = JournalEntry(world.now, "Ada Agent", AGENT_TOLD, "A public comment counts as the update that was due.")
    told = case_view(replace(stored(world), journal=(line,)), "agent", world.now, world.policy)
    assert "A public comment of Ada Agent" in [one["what"] for one in told["sent"]]


def test_a_mark_tells_that_further_updates_of_the_ticket_were_taken_in() -> None:
    world = in_tier()
    before = view(world, "agent")["taken_in"]
    assert view(world, "agent")["taken_in"] == before
    world.agent(changes={"tier": "2"})
    assert view(world, "agent")["taken_in"] != before
