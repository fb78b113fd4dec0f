"""Updates to the requester, at their exact due times, and never two texts at one moment."""

from datetime import datetime
from typing import Any

import pytest

from escalation.policies.calendar import Calendar
from tests.desk import Desk, OpenDesk, both_parties, ny

UPDATE = "Escalation::Requester update"


def reviewed(desk: Desk) -> int:
    """A case with a person, whose requester hears every 48 business hours and nothing else."""
    return desk.submit(desk.assignment(), verified=False)


def told_at(desk: Desk, ticket: int) -> list[datetime]:
    """When the requester was told something, to the minute."""
    times = [row["created_at"] for row in desk.zendesk.comments(ticket) if row["public"]][1:]
    return [datetime.fromisoformat(time.replace("Z", "+00:00")).replace(second=0) for time in times]


@pytest.mark.parametrize(
    ("start", "updates"),
    [
        ("2026-03-02 10:00", ["2026-03-04 10:00", "2026-03-06 10:00", "2026-03-10 10:00"]),
        ("2026-03-05 00:00", ["2026-03-09 00:00", "2026-03-11 00:00", "2026-03-13 00:00"]),
        ("2026-03-06 15:00", ["2026-03-10 15:00", "2026-03-12 15:00", "2026-03-16 15:00"]),
        ("2026-03-07 11:00", ["2026-03-11 09:00", "2026-03-13 09:00", "2026-03-17 09:00"]),
        ("2026-11-25 10:00", ["2026-11-30 10:00", "2026-12-02 10:00", "2026-12-04 10:00"]),
        ("2026-10-30 16:00", ["2026-11-03 16:00", "2026-11-05 16:00", "2026-11-09 16:00"]),
    ],
    ids=[
        "a plain week",
        "midnight",
        "over DST in March",
        "from a Saturday",
        "Thanksgiving",
        "over DST in November",
    ],
)
def test_updates_come_every_two_business_days_at_the_same_local_time(
    open_desk: OpenDesk, start: str, updates: list[str]
):
    desk = open_desk(ny(start), send_only_open=False)
    ticket = reviewed(desk)
    desk.until(ny(updates[-1]))
    assert told_at(desk, ticket) == [ny(start), *map(ny, updates)]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("2026-03-05 00:00", ["2026-03-05 09:00", "2026-03-09 09:00", "2026-03-11 09:00"]),
        ("2026-03-05 22:00", ["2026-03-06 09:00", "2026-03-10 09:00", "2026-03-12 09:00"]),
        ("2026-03-07 11:00", ["2026-03-09 09:00", "2026-03-11 09:00", "2026-03-13 09:00"]),
        ("2026-11-26 10:00", ["2026-11-27 09:00", "2026-12-01 09:00", "2026-12-03 09:00"]),
    ],
    ids=["midnight", "a Thursday night", "from a Saturday", "Thanksgiving"],
)
def test_nobody_is_written_to_before_the_office_opens(open_desk: OpenDesk, start: str, told: list[str]):
    desk = open_desk(ny(start))
    ticket = reviewed(desk)
    desk.until(ny(told[-1]))
    assert told_at(desk, ticket) == [*map(ny, told)]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-02 10:00", "2026-03-10 10:00"),
        ("2026-03-05 00:00", "2026-03-12 17:00"),
        ("2026-03-06 15:00", "2026-03-16 15:00"),
        ("2026-03-07 11:00", "2026-03-16 17:00"),
        ("2026-11-25 10:00", "2026-12-04 10:00"),
    ],
)
def test_by_office_hours_48_hours_are_six_working_days(open_desk: OpenDesk, policy: Any, start: str, due: str):
    desk = open_desk(ny(start), calendar=by_office_hours(policy.calendar), send_only_open=False)
    ticket = reviewed(desk)
    assert desk.due(ticket, "next_update") == ny(due)
    desk.until(ny(due))
    assert told_at(desk, ticket) == [ny(start), ny(due)]


def test_by_office_hours_a_tier_lasts_six_working_days(open_desk: OpenDesk, policy: Any):
    desk = open_desk(calendar=by_office_hours(policy.calendar))
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-10 09:59"))
    assert desk.status(ticket) == "Tier 1: assignment message"
    desk.until(ny("2026-03-10 10:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"


def by_office_hours(calendar: Calendar) -> Calendar:
    kept = {name: getattr(calendar, name) for name in calendar.__dataclass_fields__}
    return Calendar(**{**kept, "reading": "office_hours"})


@both_parties
def test_the_tier_texts_and_updates_of_a_silent_client_never_come_twice_at_a_moment(desk: Desk):
    ticket = desk.escalate(desk.assignment())
    desk.until(ny("2026-04-03 10:00"))
    moments = told_at(desk, ticket)
    assert len(moments) == len(set(moments))
    assert moments[:5] == [ny(f"2026-03-{day:02} 10:00") for day in (2, 4, 6, 10, 12)]


@both_parties
def test_the_ticket_shows_when_the_next_update_is_due(desk: Desk):
    ticket = reviewed(desk)
    assert desk.shown(ticket, "Next update due") == "Wed 4 Mar 2026, 10:00 EST"
    desk.until(ny("2026-03-06 10:00"))
    assert desk.shown(ticket, "Next update due") == "Tue 10 Mar 2026, 10:00 EDT"


def test_a_due_date_comes_with_its_derivation(open_desk: OpenDesk):
    desk = open_desk(ny("2026-11-25 10:00"))
    ticket = reviewed(desk)
    (due,) = [row for row in desk.told(ticket)["deadlines"] if row["kind"] == "next_update"]
    assert due["due"] == "2026-11-30T15:00:00Z"
    assert "2 business days after Wed 25 Nov 2026, 10:00 EST" in due["why"]
    assert "Thu 26 Nov (holiday)" in due["why"]
    assert "Sat 28 Nov (weekend)" in due["why"]


@both_parties
def test_an_agents_public_comment_is_the_update_and_the_next_counts_from_it(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-03 15:30"))
    desk.agent(ticket, comment="I have phoned them.")
    assert desk.due(ticket, "next_update") == ny("2026-03-05 15:30")
    assert desk.shown(ticket, "Next update due") == "Thu 5 Mar 2026, 15:30 EST"
    desk.until(ny("2026-03-05 15:30"))
    assert told_at(desk, ticket) == [ny("2026-03-02 10:00"), ny("2026-03-03 15:30"), ny("2026-03-05 15:30")]


def test_an_agents_internal_note_is_no_update(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-03 15:30"))
    desk.agent(ticket, comment="Looks odd to me.", public=False)
    assert desk.due(ticket, "next_update") == ny("2026-03-04 10:00")


def test_an_agents_comment_whose_webhook_was_lost_still_counts(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-03 15:30"))
    desk.zendesk.webhook_policy = lambda _: "drop"
    desk.agent(ticket, comment="I have phoned them.")
    desk.until(ny("2026-03-05 15:29"))
    assert told_at(desk, ticket) == [ny("2026-03-02 10:00"), ny("2026-03-03 15:30")]
    desk.until(ny("2026-03-05 15:30"))
    assert len(told_at(desk, ticket)) == 3


def test_an_agents_comment_outside_business_time_counts_from_the_next_business_day(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-07 20:00"))
    desk.agent(ticket, comment="I have phoned them.")
    assert desk.due(ticket, "next_update") == ny("2026-03-11 09:00")


@both_parties
def test_the_requesters_own_reply_does_not_count_but_the_desks_answer_to_it(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-03 15:30"))
    desk.reply(ticket, "Any news?")
    assert desk.due(ticket, "next_update") == ny("2026-03-05 15:30")
    desk.until(ny("2026-03-04 15:30"))
    desk.reply(ticket, "And now?")
    assert desk.due(ticket, "next_update") == ny("2026-03-05 15:30")


@both_parties
def test_after_an_outage_the_missed_updates_are_one(desk: Desk):
    ticket = reviewed(desk)
    desk.wake_at(ny("2026-03-18 12:00"))
    assert told_at(desk, ticket) == [ny("2026-03-02 10:00"), ny("2026-03-18 12:00")]
    assert desk.due(ticket, "next_update") == ny("2026-03-20 12:00")


@both_parties
def test_after_an_outage_a_tier_says_what_the_update_would_have_said(desk: Desk):
    ticket = desk.escalate(desk.assignment())
    desk.wake_at(ny("2026-03-05 12:00"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert told_at(desk, ticket) == [ny("2026-03-02 10:00"), ny("2026-03-05 12:00")]


@both_parties
def test_after_an_outage_longer_than_the_month_only_its_end_is_told(desk: Desk):
    ticket = desk.escalate(desk.assignment())
    desk.wake_at(ny("2026-05-05 12:00"))
    assert desk.status(ticket) == "Closed: off platform"
    assert len(told_at(desk, ticket)) == 2
    assert desk.mails(ticket) == []


def test_zendesk_down_at_the_due_time_delays_the_update_and_doubles_nothing(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-04 09:59"))
    desk.sandbox.faults.outage("zendesk")
    desk.until(ny("2026-03-04 10:20"))
    desk.sandbox.faults.restore("zendesk")
    desk.until(ny("2026-03-05 12:00"))
    moments = told_at(desk, ticket)
    assert len(moments) == 2
    assert ny("2026-03-04 10:20") <= moments[1] <= ny("2026-03-04 11:00")
    assert ny("2026-03-06 10:20") <= desk.due(ticket, "next_update") <= ny("2026-03-06 11:00")


@both_parties
def test_once_the_other_side_answers_updates_say_so_and_no_more(desk: Desk):
    number = desk.assignment()
    ticket = desk.escalate(number)
    desk.message(number, desk.other, "The secret of the matter.")
    assert len(desk.said(ticket)) == 2
    desk.until(desk.due(ticket, "next_update"))
    assert "there has been contact with the other side" in desk.said(ticket)[-1]
    assert "secret" not in "".join(desk.said(ticket))


def test_nothing_is_told_after_the_end(desk: Desk):
    ticket = desk.submit(desk.assignment(status="paid"))
    desk.until(ny("2026-03-20 10:00"))
    assert len(desk.said(ticket)) == 1


def test_the_desks_own_updates_cause_no_further_ones(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-04 10:00"))
    audits = len(desk.zendesk.audits(ticket))
    for _ in range(5):
        desk.for_(minutes=10)
        desk.reconcile()
    assert len(desk.zendesk.audits(ticket)) == audits


def test_the_teams_update_sent_by_hand_counts(desk: Desk):
    ticket = reviewed(desk)
    desk.until(ny("2026-03-04 09:00"))
    desk.agent(ticket, macro=UPDATE)
    desk.until(ny("2026-03-06 08:59"))
    assert len(desk.said(ticket)) == 2


@both_parties
def test_the_last_date_of_the_month_is_told_at_its_beginning_and_in_the_week_before_its_end(desk: Desk):
    _, ticket = desk.begun()
    assert "we work on this until Thu 2 Apr 2026, 10:00 EDT" in desk.said(ticket)[0]
    desk.until(ny("2026-03-26 10:00"))
    last_week = len(desk.said(ticket))
    desk.until(ny("2026-04-02 09:00"))
    told = desk.said(ticket)[last_week:]
    assert told
    assert all("nothing from the other side by Thu 2 Apr 2026, 10:00 EDT" in text for text in told)


def test_the_first_text_has_the_verdict_before_the_signature_and_thanks_once(desk: Desk):
    _, ticket = desk.begun()
    told = desk.said(ticket)[0]
    assert told.count("Thank you") == 1
    assert "patience" not in told
    assert told.index("the desk can take it up") < told.index("Kind regards")
    assert told.index("we write to Sally Support") < told.index("Kind regards")
    desk.until(ny("2026-03-20 10:00"))
    assert "Thank you" not in "".join(desk.said(ticket)[1:])
    assert "We wrote to Sally Support, the contact that the assignment names, on Wed 4 Mar 2026" in "".join(
        desk.said(ticket)
    )
