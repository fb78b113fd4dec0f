"""What agents are told of a review: the one thing that is missing with its field, and who changed what."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import config
from escalation.model.values import State
from escalation.model.views import Message
from tests.unit.escalation.case_world import START, WORKER, CaseWorld, assignment, in_tier, policy, texts

REASON = "reason, from “My work has not been approved yet” to “We disagree about the payment”"
FIELDS = tomllib.loads((Path(config.__file__).parent / "zendesk" / "fields.toml").read_text())["fields"]


def without_a_number() -> CaseWorld:
    world = CaseWorld(fields={"assignment_id": ""})
    world.look(assignment=None)
    world.settle()
    world.requester("It is the one in Newark.")
    world.pass_time(timedelta(days=22))
    world.requester("The one in Newark, I said.")
    return world


def test_a_number_that_is_missing_is_named_alone_with_its_field() -> None:
    world = without_a_number()
    assert world.state is State.NEEDS_REVIEW
    notes = "".join(world.notes())
    assert "This case needs a person: the number of the assignment. Fill in WorkMarket assignment ID, or" in notes
    assert "It is about: the number of the assignment. Fill in WorkMarket assignment ID, or apply a tier" in notes
    assert "Recent enough" not in "".join(note for note in world.notes() if "needs a person" in note)


def test_who_the_requester_is_stands_in_no_field() -> None:
    world = CaseWorld(requester=replace(WORKER, verified=False))
    world.arrive()
    assert world.notes()[-1].endswith("Apply a tier's macro to accept the case, or Not eligible to end it.")


@pytest.mark.parametrize(
    ("world", "field"),
    [
        (CaseWorld(seen=assignment(status="sent")), "What is the escalation about?"),
        (
            CaseWorld(
                seen=assignment(labels=("fraud",)),
                rules=replace(policy(), violation_labels=("fraud",)),
            ),
            "Violation reported",
        ),
        (
            CaseWorld(
                seen=assignment(
                    messages=(
                        Message(START - timedelta(days=5), "Wanda Worker", "Please approve."),
                        Message(START - timedelta(days=4), "Olaf Owner", "No."),
                    )
                )
            ),
            "Justification already stated",
        ),
    ],
    ids=["reason", "violation", "justification"],
)
def test_a_rule_that_a_field_answers_names_it(world: CaseWorld, field: str) -> None:
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    assert f"Fill in {field}, or apply a tier's macro" in world.notes()[-1]


def test_a_change_names_who_changed_it_and_from_what_to_what() -> None:
    world = in_tier()
    world.agent(changes={"reason": "payment_dispute"})
    assert world.notes()[-1].startswith(
        f"This case needs a person: Ada Agent changed while the case was under way: {REASON}. Put it in a tier"
    )
    assert f"Ada Agent changed: {REASON}." in [one.what for one in world.case.judgement.changed_since]


def test_so_does_one_that_comes_with_a_tier() -> None:
    world = in_tier()
    world.agent(changes={"reason": "payment_dispute", "party": "client", "tier": "2"})
    told = f"worker or client, from “worker” to “client”; {REASON}. Please check that the case still fits."
    assert f"Ada Agent changed while the case was under way: {told}" in "".join(world.notes())


def test_what_two_agents_changed_one_after_the_other_is_told_step_by_step() -> None:
    world = in_tier()
    world.update(changes={"reason": "payment_dispute"})
    world.update(changes={"reason": "payment_past_due"})
    world.look()
    told = [one.what for one in world.case.judgement.changed_since]
    assert told[0].endswith(f"{REASON}.")
    assert told[1].endswith("reason, from “We disagree about the payment” to “The payment date has passed”.")


def test_a_field_that_is_emptied_is_told_with_what_stood_there() -> None:
    world = in_tier()
    world.agent(changes={"reason": None})
    assert "reason, which was “My work has not been approved yet” and is empty now" in world.notes()[-1]


def test_a_reason_is_called_what_the_form_calls_it() -> None:
    [field] = [one for one in FIELDS if one["key"] == "reason"]
    called = {one["tag"].removeprefix(field["prefix"]): one["label"] for one in field["options"]}
    assert {one: texts().templates[f"value.reason.{one}"] for one in called} == called


def test_a_field_is_called_what_agents_see_it_called() -> None:
    titles = {one["key"]: one["title"] for one in FIELDS}
    named = {
        key.removeprefix("field."): text for key, text in texts().templates.items() if key.startswith("field.")
    }
    assert named == {key: titles[key] for key in named}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "what has changed on the assignment (it was set to “refunded”)"),
        ("es-419", "lo que ha cambiado en la asignación (pasó a “reembolsada”)"),
        ("de", "was sich beim Auftrag geändert hat (er wurde auf „erstattet“ gesetzt)"),
    ],
)
def test_another_end_of_the_assignment_is_named_to_the_requester(language: str, told: str) -> None:
    world = in_tier(requester=replace(WORKER, locale=language))
    world.assigned(status="refunded")
    assert told in world.said()[-1]


def test_a_status_that_nobody_knows_is_told_as_a_change() -> None:
    world = in_tier()
    world.assigned(status="quarantined")
    assert "asked to look at what has changed on the assignment. Until" in world.said()[-1]
