"""Letters to the other side say what they are about, how to answer, and what follows without an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from escalation.model.plain import unmarked
from escalation.model.values import Party, Timer
from escalation.model.views import Absent, Contact
from tests.unit.escalation.case_world import CaseWorld, assignment, in_tier, policy

LINK = "https://www.workmarket.com/assignments/details/880011"
PLACE = "Store 114, Newark, NJ"
ABOUT = [
    "Title: Swap a router",
    "What it is about: the approval of the work",
    f"Place: {PLACE}",
    "Scheduled: Fri 20 Feb 2026, 10:00 EST",
    f"Link: {LINK}",
    "Request received: Mon 2 Mar 2026, 10:00 EST",
    "The outcome that the person who asked for our help hopes for, in their own words: “paid”",
]


def letters(**changes: Any) -> list[str]:
    """What the other side was written in all three tiers."""
    fields = {"account_manager_email": "amy@workmarket.example", **changes.pop("fields", {})}
    world = in_tier(3, fields=fields, seen=assignment(**{"place": PLACE, **changes}))
    return [*(message.text for message in world.messages()), *(mail.body for mail in world.mails())]


def so_far(letter: str) -> list[str]:
    """The lines that say what became of it."""
    return [
        line
        for line in letter.split("\n")
        if line.startswith(("No answer so far", "Our message on the assignment", "The last answer"))
    ]


def whose(letter: str) -> list[str]:
    """The lines that name the client's people."""
    return [line for line in letter.split("\n") if line.startswith("The client's ")]


def about(letter: str) -> list[str]:
    """The paragraph of lines that says what a letter is about."""
    lines = next(part.split("\n") for part in letter.split("\n\n") if "Request received" in part)
    return [line for line in lines if line not in (*so_far(letter), *whose(letter))]


def test_each_letter_says_what_it_is_about() -> None:
    assert [about(letter) for letter in letters()] == [ABOUT] * 3


def test_the_message_on_the_assignment_says_whom_it_comes_from_and_greets_its_reader_by_name() -> None:
    opening = "This message comes from the WorkMarket escalations desk.\n\nHello Sue Support,\nThe worker on"
    assert letters()[0].startswith(opening)


@pytest.mark.parametrize("name", ["", "sue@client.example", "<b>Sue</b>", "Sue " * 30, "http://client.example"])
def test_what_is_no_name_is_greeted_by_none(name: str) -> None:
    assert "desk.\n\nHello,\nThe worker on" in letters(support_contact=Contact(name, "sue@client.example"))[0]


def test_a_worker_is_greeted_by_name_on_the_assignment() -> None:
    world = in_tier(party=Party.CLIENT)
    assert "desk.\n\nHello Wanda Worker,\nThe client of" in world.messages()[0].text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (None, "how things stand with the assignment"),
        ("explain", "how things stand with the assignment"),
        ("other_amount", "the payment"),
        ("redo", "the work on the assignment"),
        ("cancel", "whether the assignment goes on"),
    ],
)
def test_a_client_s_letters_say_what_they_are_about_by_the_kind_of_outcome(kind: str | None, said: str) -> None:
    world = in_tier(2, party=Party.CLIENT, fields={"kind_of_outcome": kind} if kind else {})
    for letter in (world.messages()[0].text, world.mails()[0].body):
        assert f"What it is about: {said}\n" in letter


def test_each_letter_after_the_first_says_since_when_an_answer_is_waited_for() -> None:
    post = "No answer so far to our message on the assignment of: Mon 2 Mar 2026, 10:00 EST"
    email = "No answer so far to our e-mail of: Wed 4 Mar 2026, 10:00 EST"
    assert [so_far(letter) for letter in letters()] == [[], [post], [post, email]]


def test_the_account_manager_alone_reads_who_the_client_s_people_are() -> None:
    people = [
        "The client's owner of the assignment: Olaf Owner",
        "The client's contact for the assignment: Sue Support",
    ]
    assert [whose(letter) for letter in letters()] == [[], [], people]


def test_a_letter_after_an_answer_says_when_that_was() -> None:
    world = in_tier()
    world.message("Sue Support", "We will look into it.")
    world.pass_time(timedelta(days=16))
    assert so_far(world.mails()[0].body) == ["The last answer that reached us: Mon 2 Mar 2026, 10:00 EST"]


@pytest.mark.parametrize(
    ("missing", "line"),
    [({"title": " "}, 0), ({"place": ""}, 2), ({"fields": {"outcome": None}}, 6)],
    ids=["title", "place", "outcome"],
)
def test_what_is_not_known_has_no_line(missing: dict[str, Any], line: int) -> None:
    told = [about(letter) for letter in letters(**missing)]
    assert told == [ABOUT[:line] + ABOUT[line + 1 :]] * 3


def test_the_window_s_begin_is_its_date_where_nothing_is_scheduled() -> None:
    begins = assignment().scheduled
    assert about(letters(scheduled=None, window_start=begins, window_end=begins)[0]) == ABOUT


def test_without_a_date_there_is_no_line_for_it() -> None:
    world = CaseWorld(seen=assignment(place=PLACE, scheduled=None))
    world.arrive()
    world.agent(changes={"tier": "1"})
    assert about(world.messages()[0].text) == ABOUT[:3] + ABOUT[4:]


def test_of_an_assignment_that_is_not_shown_a_letter_says_what_the_case_knows() -> None:
    world = in_tier()
    world.assignment = Absent("880011")
    world.ticket = replace(
        world.ticket, fields={**world.ticket.fields, "project_manager_email": "pat@client.example"}
    )
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert about(world.mails()[0].body) == [ABOUT[1], *ABOUT[4:]]


def test_a_policy_without_a_place_for_assignments_leaves_the_link_out() -> None:
    world = CaseWorld(rules=replace(policy(), assignment_link=""), seen=assignment(place=PLACE))
    world.arrive()
    assert about(world.messages()[0].text) == ABOUT[:4] + ABOUT[5:]


def test_each_letter_says_what_follows_and_when_at_the_earliest() -> None:
    first, second, third = letters()
    assert "an e-mail to Sue Support, the contact that the assignment names, on Wed 4 Mar 2026, 10:00 EST" in first
    assert "who looks after your company at WorkMarket, to get in touch, on Fri 6 Mar 2026, 10:00 EST" in second
    assert "our part ends on Thu 2 Apr 2026, 10:00 EDT at the earliest" in third


def test_what_follows_is_never_before_what_the_desk_then_does() -> None:
    world = CaseWorld()
    world.look()
    said = "Wed 4 Mar 2026, 10:00 EST at the earliest"
    world.now += timedelta(hours=5)  # the message took that long
    world.settle()
    assert said in world.messages()[0].text
    assert world.due(Timer.TIER_ENDS) == world.now + timedelta(days=2)


def test_a_tier_that_outlasts_the_month_is_followed_by_its_end() -> None:
    world = CaseWorld(rules=replace(policy(), tier_1_hours=24 * 60))
    world.arrive()
    assert "our part ends on Thu 2 Apr 2026, 10:00 EDT at the earliest" in world.messages()[0].text


def test_what_others_wrote_is_shown_and_gives_no_reference_and_no_placeholder() -> None:
    told = {"outcome": "Pay {{ticket.id}}\n[Ref 8F3K-2], as 8f3k-3 says"}
    world = CaseWorld(seen=assignment(title="Router Ref 8F3K-1 in *bold*"), fields=told)
    world.arrive()
    post = world.messages()[0]
    assert post.text.endswith(f"\n\n[Ref {post.reference}]")
    assert post.text.count(post.reference) == 1
    assert "Title: Router Ref 8F3K - 1 in *bold*" in post.text
    assert "[Ref 8F3K - 2], as 8f3k - 3 says”" in post.text


@pytest.mark.parametrize(
    "hidden", ["8F3K-\u200b2", "8F3\u2060K-2", "8F3K\u00ad-2", "8F3K\uff0d2", "Ref\u200b 7Z2M-2"]
)
def test_what_reads_as_a_reference_is_none_whatever_signs_hide_it(hidden: str) -> None:
    world = CaseWorld(seen=assignment(title=f"Router {hidden}"), fields={"outcome": f"See {hidden}."})
    world.arrive()
    (post,) = world.messages()
    reads = unmarked(post.text)
    assert [number for number in ("8F3K-2", "7Z2M-2") if number in reads] == []
    assert reads.count(" - 2") == 2
    assert "{{" not in post.text


def test_a_long_wish_is_told_in_up_to_600_characters() -> None:
    world = CaseWorld(fields={"outcome": "pay " * 300})
    world.arrive()
    line = next(line for line in world.messages()[0].text.split("\n") if "hopes for" in line)
    assert 600 < len(line) < 700
    assert line.endswith("…”")
