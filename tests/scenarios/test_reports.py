"""The report of a week that is over goes where the policy says, once; what it counts is what the desk did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.policies.policy import Policy
from parley.report.handing_on import ReportSender
from parley.report.making import make_report, report_json
from parley.report.page import as_page
from parley.report.periods import period_of
from parley.wiring.metrics import WATCHED
from tests.desk import START, Desk, OpenDesk, beside, ny

NEXT_MONDAY = ny("2026-03-09 01:30")
WEEK = period_of("week", START.date(), "America/New_York")


class ProcessGone(BaseException):
    """The process is gone."""


def other_ticket(desk: Desk) -> int:
    """A ticket of the team's own, on another form than the desk's."""
    user = desk.zendesk.account.add_user("Lee Lead", "lead@example.com")
    form = desk.zendesk.form_id("Default Ticket Form")
    wanted = {"subject": "Weeks", "comment": {"body": "What the desk did."}, "ticket_form_id": form}
    ticket: int = desk.zendesk.engine.create({**wanted, "requester_id": user.id}, user).ticket.id
    desk.live()
    return ticket


def sender(desk: Desk, to: object, crash: str = "") -> ReportSender:
    """A clock's sender, in a process that may be killed at a seam."""

    def kill(seam: str) -> None:
        if seam == crash:
            raise ProcessGone

    policy = desk.app.policy
    changed = Policy.from_json({**policy.to_json(), "report_to": str(to)}, texts=policy.texts)
    return ReportSender(desk.app.store, changed, desk.clock, {}, kill)


def test_a_week_becomes_one_internal_note_however_many_clocks_there_are(desk: Desk) -> None:
    _, ticket = desk.begun()
    told = other_ticket(desk)
    desk.until(ny("2026-03-09 00:30"))
    assert not sender(desk, told).round()
    desk.until(NEXT_MONDAY)
    assert [sender(desk, told).round() for _ in range(3)] == [True, False, False]
    desk.live()
    (note,) = desk.notes(told)
    assert "Week 10 of 2026, 2 March to 8 March 2026" in note
    assert "opened 1, ended 0, open at the end 1" in note
    assert desk.said(told) == []
    assert not any("Week 10" in text for text in (*desk.said(ticket), *desk.notes(ticket)))


def test_a_process_that_is_killed_before_its_commit_leaves_the_note_to_the_next(desk: Desk) -> None:
    desk.begun()
    told = other_ticket(desk)
    desk.until(NEXT_MONDAY)
    with pytest.raises(ProcessGone):
        sender(desk, told, crash="report.before_commit").round()
    desk.live()
    assert desk.notes(told) == []
    assert sender(desk, told).round()
    desk.live()
    assert len(desk.notes(told)) == 1


def test_a_folder_has_one_page_of_a_week_though_the_process_was_killed_behind_it(
    desk: Desk, tmp_path: Path
) -> None:
    desk.begun()
    desk.until(NEXT_MONDAY)
    with pytest.raises(ProcessGone):
        sender(desk, tmp_path, crash="report.after_file").round()
    (page,) = tmp_path.glob("*.html")
    before = page.read_text(encoding="utf-8")
    assert [sender(desk, tmp_path).round() for _ in range(2)] == [True, False]
    assert [one.name for one in tmp_path.glob("*.html")] == ["parley-2026-W10.html"]
    assert page.read_text(encoding="utf-8") == before
    assert not list(tmp_path.glob(".parley*"))


def test_a_folder_that_is_not_there_is_tried_again_and_nothing_is_marked(desk: Desk, tmp_path: Path) -> None:
    desk.until(NEXT_MONDAY)
    folder = tmp_path / "reports"
    with pytest.raises(OSError, match="reports"):
        sender(desk, folder).round()
    folder.mkdir()
    assert sender(desk, folder).round()
    assert "Nothing happened in this week" in (folder / "parley-2026-W10.html").read_text(encoding="utf-8")


def test_where_the_policy_names_no_place_nothing_is_sent(desk: Desk) -> None:
    desk.until(NEXT_MONDAY)
    assert not desk.app.send_report(desk.app.report_sender())


def test_a_note_on_a_ticket_that_is_not_there_is_a_dead_letter_and_is_counted_as_one(desk: Desk) -> None:
    desk.until(NEXT_MONDAY)
    assert sender(desk, 99999).round()
    desk.for_(minutes=1)
    assert desk.dead() == ["out-report.2026-W10.99999"]
    desk.for_(minutes=1)
    following = period_of("week", NEXT_MONDAY.date(), "America/New_York")
    made = report_json(make_report(desk.app.store, desk.app.policy, following, desk.clock(), names={}))
    assert made["figures"]["trouble"]["rows"][0]["dead_letters"] == 1


def test_what_agents_and_the_other_side_did_is_in_the_report(desk: Desk) -> None:
    number, ticket = desk.begun()
    desk.for_(hours=30)
    desk.agent(ticket, comment="I have called them.", public=True)
    desk.message(number, "owner", "We are looking into it.")
    desk.for_(hours=2)
    desk.agent(ticket, status="Solved")
    desk.for_(minutes=1)
    made = report_json(make_report(desk.app.store, desk.app.policy, WEEK, desk.clock(), names={}))
    assert not made["empty"]
    rows = {key: figure["rows"] for key, figure in made["figures"].items()}
    assert rows["cases"] == [{"opened": 1, "ended": 1, "open": 0}]
    assert rows["tiers"][0] == {"tier": "tier 1", "left": 1, "answered": 1, "share": 1.0}
    assert rows["first_answer"][0]["cases"] == 1
    assert 29 * 3600 < rows["first_answer"][0]["longest"] < 31 * 3600
    assert (rows["updates"][0]["on_time"], rows["updates"][0]["share"]) == (rows["updates"][0]["owed"], 1.0)
    assert "an agent told the requester" in desk.journal(ticket)


@pytest.mark.parametrize("late", [0, 3])
def test_an_outage_makes_an_update_late_by_as_long_as_it_lasts(open_desk: OpenDesk, late: int) -> None:
    desk = open_desk(tier_1_hours=200)
    _, ticket = desk.begun()
    due = desk.due(ticket, "next_update")
    desk.until(ny("2026-03-04 09:00"))
    desk.wake_at(ny("2026-03-04 10:05") if not late else ny("2026-03-04 13:05"))
    desk.for_(hours=1)
    assert due < desk.clock()
    (row,) = report_json(make_report(desk.app.store, desk.app.policy, WEEK, desk.clock(), names={}))["figures"][
        "updates"
    ]["rows"]
    assert row["owed"] - row["on_time"] == (1 if late else 0)
    assert late * 3600 <= row["longest_late"] <= late * 3600 + 600


@pytest.fixture
def two_companies(tmp_path: Path, policy: Policy) -> Iterator[Desk]:
    desk = Desk(beside(tmp_path), policy, companies=("acme", "beta"))
    yield desk
    desk.close()


def test_nothing_of_another_company_is_in_ones_report(two_companies: Desk) -> None:
    desk = two_companies
    desk.begun(company="acme")
    desk.begun(company="beta")
    desk.for_(minutes=1)
    names = {"acme": "Acme canary-a", "beta": "Beta canary-b"}
    everything = make_report(desk.app.store, desk.app.policy, WEEK, desk.clock(), names=names)
    ours = make_report(desk.app.store, desk.app.policy, WEEK, desk.clock(), company="acme", names=names)
    assert report_json(everything)["figures"]["cases"]["rows"][0]["opened"] == 2
    for text in (as_page(ours), json.dumps(report_json(ours))):
        assert "canary-a" in text
        assert not re.search(r"canary-b|\bbeta\b", text, re.IGNORECASE)
    assert report_json(ours)["figures"]["cases"]["rows"][0]["opened"] == 1
    assert [row["company"] for row in report_json(ours)["figures"]["by_company"]["rows"]] == ["Acme canary-a"]


def test_a_running_desk_shows_the_metrics_of_the_table_and_no_other(desk: Desk) -> None:
    desk.begun()
    shown = set(re.findall(r"^# TYPE (parley_\w+)", desk.http.get("/metrics").text, re.MULTILINE))
    shown = {name for name in shown if not name.endswith("_created")}
    assert shown <= {watched.metric.shown_as for watched in WATCHED}
    assert {"parley_ready", "parley_outcomes_total", "parley_webhook_requests_total"} <= shown


def test_a_month_that_nobody_wrote_in_is_empty_for_a_company_alone(two_companies: Desk) -> None:
    desk = two_companies
    desk.begun(company="acme")
    beta = make_report(desk.app.store, desk.app.policy, WEEK, desk.clock(), company="beta", names={"beta": "Beta"})
    assert beta.is_empty
    assert "for Beta" in as_page(beta)
