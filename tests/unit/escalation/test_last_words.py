"""A month's last text tells each step that was taken with its date, and what came of the last one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.values import POST_TAG, Party, State
from escalation.model.views import Absent, Contact
from tests.unit.escalation.case_world import WORKER, CaseWorld, assignment, in_tier, local

AMY = "amy@workmarket.example"
KNOWN = {"account_manager_email": AMY}
SILENT = "The account manager has not answered us."
ALL = "Apart from our message on the assignment, nothing was sent to the other side."


def ended(world: CaseWorld) -> str:
    """What stands behind the text of a month's end."""
    world.pass_time(timedelta(days=62))
    assert world.state is State.OFF_PLATFORM
    return world.last_said().after


def test_each_step_stands_there_with_its_date_and_that_the_account_manager_did_not_answer() -> None:
    assert ended(in_tier(fields=KNOWN)).startswith(
        "We left a message for the other side on the assignment on Mon 2 Mar 2026, 10:00 EST. "
        "We wrote to Sue Support, the contact that the assignment names, on Wed 4 Mar 2026, 10:00 EST. "
        f"On Fri 6 Mar 2026, 10:00 EST, we asked the account manager to reach out. {SILENT}"
    )


def test_an_account_manager_who_wrote_is_not_said_to_have_been_silent() -> None:
    world = in_tier(3, fields=KNOWN)
    world.reply(AMY, "I have called them.", tier=3)
    world.agent(comment=world.comment("They were called."))
    assert SILENT not in ended(world)


def test_nor_is_one_in_whose_place_somebody_wrote_whom_nobody_can_place() -> None:
    world = in_tier(3, fields=KNOWN)
    world.reply("colleague@workmarket.example", "We called them.", tier=3)
    assert "somebody we can't place" in world.notes()[-1]
    assert SILENT not in ended(world)


def test_somebody_unknown_who_wrote_to_the_client_s_contact_did_not_write_for_the_account_manager() -> None:
    world = in_tier(3, fields=KNOWN)
    world.reply("else@client.example", "Whom do you want?", tier=2)
    assert SILENT in ended(world)


def test_nor_is_one_whom_nobody_asked() -> None:
    said = ended(in_tier(3))
    assert SILENT not in said
    assert ALL not in said


def test_one_message_and_no_more_is_told_as_all_that_was_done() -> None:
    said = ended(in_tier(seen=assignment(support_contact=Contact())))
    assert said.startswith(
        f"We left a message for the other side on the assignment on Mon 2 Mar 2026, 10:00 EST. {ALL}"
    )


def test_what_an_agent_had_posted_was_a_message_too() -> None:
    world = in_tier(seen=assignment(support_contact=Contact()))
    said = world.comment("Please have a look at the photos.")
    world.agent(comment=said, tags_added=frozenset({POST_TAG}))
    assert len(world.messages()) == 2
    assert ALL not in ended(world)


def test_an_answer_has_its_place_among_the_steps() -> None:
    world = in_tier(2, fields=KNOWN)
    world.pass_time(local(2026, 3, 5, 11))
    world.message("Olaf Owner", "I will look into it this week.")
    said = ended(world)
    assert "We had word from the other side on Thu 5 Mar 2026, 11:00 EST. On " in said
    assert SILENT not in said


@pytest.mark.parametrize("seen_again", [True, False])
def test_an_assignment_that_can_t_be_seen_to_the_end_is_told_with_the_day(*, seen_again: bool) -> None:
    world = in_tier(3, fields=KNOWN)
    there, world.assignment = world.assignment, Absent("880011")
    world.look()
    world.pass_time(timedelta(days=3))
    if seen_again:
        world.assignment = there
        world.look()
    told = "Since Fri 6 Mar 2026, 10:00 EST we could not see the assignment"
    assert (told in ended(world)) is not seen_again


def test_a_client_reads_when_the_desk_was_asked_to_reach_the_worker_once() -> None:
    said = ended(in_tier(3, Party.CLIENT))
    assert said.count("A person at the desk was asked on") == 1
    assert "nobody has told us yet that they got through" in said
    assert "We wrote an e-mail to" in said


@pytest.mark.parametrize(
    ("locale", "missing"),
    [
        ("en", "your message to the other side"),
        ("es-419", "su mensaje a la otra parte"),
        ("de", "Ihre Nachricht an"),
    ],
)
def test_who_did_not_answer_a_question_reads_what_is_missing(locale: str, missing: str) -> None:
    world = CaseWorld(seen=assignment(messages=()), requester=replace(WORKER, locale=locale))
    world.arrive()
    world.pass_time(timedelta(days=30))
    assert world.state is State.WITHDRAWN
    assert missing in world.said()[-1]


def test_the_number_and_an_agent_s_question_are_named_too() -> None:
    world = CaseWorld(fields={"assignment_id": ""})
    world.look(assignment=None)
    world.settle()
    world.pass_time(timedelta(days=30))
    assert "one thing from you: the number of your WorkMarket assignment." in world.said()[-1]
    asked = in_tier()
    asked.agent(comment=asked.comment("What was agreed?"), changes={"status": "waiting_on_requester"})
    asked.pass_time(timedelta(days=30))
    assert "one thing from you: your answer to our question." in asked.said()[-1]
