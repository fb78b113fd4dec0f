"""The connectors against the stand-in services, over real HTTP, on an account that `apply` has set up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import Conflict, Permanent, Transient, Unclear
from connector.workmarket import WorkMarketClient
from connector.zendesk import AccountIds, BearerToken, ClientCredentials, ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import CreateTicket, Look, PostMessage, Say, StartConversation, UpdateTicket
from escalation.model.seen import UNSEEN, Seen
from escalation.model.values import Role, State
from escalation.model.views import Absent, AssignmentView, TicketView, Update
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from tests.account.workspace import Workspace

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALL = frozenset({"ticket", "conversations", "assignment"})
UPDATE = UpdateTicket("e1", "1", Say(Public("Hello"), public=True))


class Submitted:
    """An account with one request, and the verbs to work on it."""

    def __init__(self, sandbox: Sandbox, clock: MovableClock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        account = Workspace(sandbox)
        account.begin_set_up()
        account.channel.close()
        token = BearerToken(sandbox.zendesk.account.credentials.oauth_token)
        self.zendesk = ZendeskClient(
            sandbox.zendesk_url, token, ids=lambda: account.ids, now=clock, sleep=lambda _: None
        )
        self.people = sandbox.zendesk.people
        self.number = self.people.submit_request(
            "wanda@example.com", "Wanda Worker", "4711", "worker", "approval_overdue", "Please help", ["email"]
        )
        self.ticket = str(self.number)

    def look(
        self, seen: Seen = UNSEEN, scope: frozenset[str] = ALL
    ) -> tuple[TicketView | None, tuple[Update, ...]]:
        part = self.zendesk.look(Look(self.ticket, scope, seen))
        return part.ticket, part.updates

    def seen(self) -> TicketView:
        ticket, _ = self.look()
        assert ticket is not None
        return ticket

    def last(self) -> Update:
        return self.look()[1][-1]

    def update(self, **changes: Any) -> UpdateTicket:
        return replace(UPDATE, ticket_id=self.ticket, **changes)

    def writes(self, path: str) -> int:
        return sum(1 for call in self.sandbox.calls if call.method in ("PUT", "POST") and call.path.endswith(path))


@pytest.fixture
def submitted() -> Iterator[Submitted]:
    clock = MovableClock(NOON)
    with Sandbox(clock) as sandbox:
        made = Submitted(sandbox, clock)
        clock.move(timedelta(seconds=10))
        yield made
        made.zendesk.close()
        assert sandbox.unexpected == []


def test_a_request_is_seen_as_it_was_submitted(submitted: Submitted) -> None:
    ticket, updates = submitted.look()
    assert ticket is not None
    assert ticket.fields["assignment_id"] == "4711"
    assert (ticket.fields["party"], ticket.fields["reason"]) == ("worker", "approval_overdue")
    assert ticket.fields["attempts"] == "email"
    assert (ticket.requester.email, ticket.requester.verified) == ("wanda@example.com", True)
    assert (ticket.on_form, ticket.state, ticket.status) == (True, None, "new")
    (first,) = updates
    assert (first.role, first.changes) == (Role.REQUESTER, {})
    assert first.comment is not None
    assert first.comment.text == "Please help"


def test_our_update_is_written_seen_as_ours_and_costs_one_call_to_recognise(submitted: Submitted) -> None:
    known = UNSEEN.and_also(submitted.look()[1], submitted.clock())
    written = submitted.zendesk.write(
        submitted.update(
            say=Say(Public("ours"), public=True, macro="tier_1", after=Public("We checked.")),
            status=State.TIER_1,
            fields={"tier": "1", "next_update_due": "Tue 24 Nov 2026, 15:00 EST"},
        ),
        stamp=submitted.seen().updated_at,
    )
    assert written.text.endswith("\n\nWe checked.\n\nKind regards\nThe WorkMarket escalations desk")
    assert not written.text.startswith("ours")
    before = len(submitted.sandbox.calls)
    ticket, updates = submitted.look(known, frozenset({"ticket"}))
    assert ticket is None
    assert [one.ours for one in updates] == ["e1"]
    assert len(submitted.sandbox.calls) == before + 1
    now = submitted.seen()
    assert (now.state, now.fields["tier"], now.status) == (State.TIER_1, "1", "hold")
    assert now.fields["next_update_due"] == "Tue 24 Nov 2026, 15:00 EST"


def test_a_ticket_that_moved_on_is_a_conflict_and_nothing_is_said(submitted: Submitted) -> None:
    stamp = submitted.seen().updated_at
    submitted.people.agent_update(submitted.number, comment="I was faster")
    with pytest.raises(Conflict):
        submitted.zendesk.write(submitted.update(), stamp=stamp)
    assert [one.ours for one in submitted.look()[1]] == [None, None]


def test_a_lost_reply_is_settled_by_reading_and_sent_no_second_time(submitted: Submitted) -> None:
    submitted.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", apply=True, drop_reply=True)
    with pytest.raises(Unclear):
        submitted.zendesk.write(submitted.update(), stamp=submitted.seen().updated_at)
    back = submitted.zendesk.settle(submitted.update())
    assert back.written is not None
    assert back.written.text == "Hello"
    assert submitted.writes(f"tickets/{submitted.ticket}") == 1


def test_a_write_that_never_arrived_is_settled_as_absent_and_can_be_repeated(submitted: Submitted) -> None:
    submitted.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", status=503)
    with pytest.raises(Unclear):
        submitted.zendesk.write(submitted.update(), stamp=submitted.seen().updated_at)
    back = submitted.zendesk.settle(submitted.update())
    assert back.written is None
    assert not back.safe_in
    submitted.zendesk.write(submitted.update(), stamp=back.stamp, first=False)
    assert [one.ours for one in submitted.look()[1]] == [None, "e1"]


def test_a_stamp_of_this_very_second_is_not_safe(submitted: Submitted) -> None:
    submitted.people.agent_update(submitted.number, comment="now")
    assert submitted.zendesk.settle(submitted.update()).safe_in


def test_an_agents_field_status_and_tag_are_told(submitted: Submitted) -> None:
    submitted.people.agent_update(
        submitted.number,
        comment="please post",
        status="Tier 2: direct contact",
        tier=2,
        fields={"Violation reported": True},
        add_tags=["escalation_post_to_assignment"],
        assignee="Ada Agent",
    )
    update = submitted.last()
    assert update.role is Role.AGENT
    assert update.changes["status"] == "tier_2"
    assert update.changes["tier"] == "2"
    assert update.changes["violation_reported"] is True
    assert "assignee" in update.changes
    assert "escalation_post_to_assignment" in update.tags_added


def test_a_cleared_tier_is_told(submitted: Submitted) -> None:
    submitted.people.agent_update(submitted.number, tier=2)
    submitted.clock.move(timedelta(seconds=1))
    submitted.people.agent_update(submitted.number, tier=0)
    assert submitted.last().changes["tier"] is None


def test_a_reply_of_the_requester_opens_the_ticket(submitted: Submitted) -> None:
    submitted.zendesk.write(submitted.update(status=State.WAITING_ON_REQUESTER), stamp=None)
    submitted.people.reply(submitted.number, "Here it is")
    update = submitted.last()
    assert (update.role, update.changes.get("status")) == (Role.REQUESTER, "open")


def test_a_request_marked_solved_is_told_as_the_requesters(submitted: Submitted) -> None:
    submitted.people.agent_update(submitted.number, comment="mine", assignee="Ada Agent")
    submitted.people.mark_solved(submitted.number)
    update = submitted.last()
    assert (update.role, update.changes["status"]) == (Role.REQUESTER, "solved")


def test_solving_assigns_the_ticket_that_nobody_has(submitted: Submitted) -> None:
    submitted.zendesk.write(submitted.update(status=State.RESOLVED, assign=True), stamp=None)
    now = submitted.seen()
    assert (now.state, now.status, now.assigned) == (State.RESOLVED, "solved", True)


def test_a_ticket_whose_assignee_was_taken_away_is_given_to_our_user_and_solved(
    submitted: Submitted,
) -> None:
    submitted.zendesk.write(submitted.update(status=State.RESOLVED), stamp=None)
    assert submitted.sandbox.zendesk.ticket(submitted.number)["status"] == "solved"
    assert (
        submitted.sandbox.zendesk.ticket(submitted.number)["assignee_id"]
        == submitted.sandbox.zendesk.account.admin.id
    )


def test_tags_come_and_go(submitted: Submitted) -> None:
    submitted.zendesk.write(submitted.update(add_tags=("a_tag", "b_tag")), stamp=None)
    submitted.zendesk.write(submitted.update(id="e2", remove_tags=("a_tag",)), stamp=None)
    assert "b_tag" in submitted.seen().tags
    assert submitted.last().tags_removed == {"a_tag"}


def test_a_closed_ticket_refuses_an_update(submitted: Submitted) -> None:
    submitted.people.solve(submitted.number)
    submitted.people.close(submitted.number)
    with pytest.raises(Permanent) as caught:
        submitted.zendesk.write(submitted.update(), stamp=None)
    assert caught.value.code == "closed"


def test_a_deleted_ticket_is_gone_and_comes_back(submitted: Submitted) -> None:
    submitted.people.delete(submitted.number)
    assert submitted.zendesk.look(Look(submitted.ticket, ALL)).gone
    assert submitted.zendesk.read_ticket(submitted.ticket) is None
    with pytest.raises(Permanent) as caught:
        submitted.zendesk.write(submitted.update(), stamp=None)
    assert caught.value.code == "gone"
    submitted.people.undelete(submitted.number)
    assert not submitted.zendesk.look(Look(submitted.ticket, ALL)).gone


def test_a_merge_names_its_target(submitted: Submitted) -> None:
    other = submitted.people.submit_request("wanda@example.com", "Wanda Worker", "4711")
    submitted.people.merge(submitted.number, other)
    assert submitted.last().merged_into == str(other)
    assert "closed_by_merge" in submitted.seen().tags
    target = submitted.zendesk.read_ticket(str(other))
    assert target is not None
    assert target.requester.email == "wanda@example.com"


def test_a_placeholder_in_foreign_text_is_shown_and_not_rendered(submitted: Submitted) -> None:
    submitted.zendesk.write(
        submitted.update(say=Say(Public("It says {{ticket.requester.email}}"), public=True)), stamp=None
    )
    assert "wanda@example.com" not in submitted.sandbox.zendesk.people.public_comments(submitted.number)[-1]


def test_a_side_conversation_is_started_once_found_and_answered(submitted: Submitted) -> None:
    start = StartConversation(
        "e7", submitted.ticket, "pam@example.com", "Pam", Public("About 4711"), Public("Hello Pam")
    )
    submitted.sandbox.faults.next("zendesk", "POST", "side_conversations$", apply=True, drop_reply=True)
    with pytest.raises(Unclear):
        submitted.zendesk.start_conversation(start)
    found = submitted.zendesk.find_conversation(submitted.ticket, "e7")
    assert found is not None
    submitted.people.conversation_reply(found, "pam@example.com", "On it", "Pam")
    (one,) = submitted.zendesk.look(Look(submitted.ticket, ALL)).conversations or ()
    assert (one.id, one.effect_id) == (found, "e7")
    assert [(m.author_email, m.text, m.ours) for m in one.messages][1:] == [("pam@example.com", "On it", False)]
    assert one.messages[0].ours


@pytest.mark.parametrize("prefix", ["Re:", "Automatic reply:", "R\u00e9ponse automatique\u00a0:"])
def test_the_subject_that_a_senders_program_gave_a_reply_is_read(submitted: Submitted, prefix: str) -> None:
    started = submitted.zendesk.start_conversation(
        StartConversation(
            "e7", submitted.ticket, "pam@example.com", "Pam", Public("About 4711"), Public("Hello Pam")
        )
    )
    submitted.people.conversation_reply(started, "pam@example.com", "On it", "Pam", prefix=prefix)
    (one,) = submitted.zendesk.look(Look(submitted.ticket, ALL)).conversations or ()
    assert one.messages[-1].subject == f"{prefix} About 4711"


def test_without_side_conversations_none_are_seen_and_none_can_be_started(submitted: Submitted) -> None:
    submitted.sandbox.zendesk.features.side_conversations = False
    assert submitted.zendesk.look(Look(submitted.ticket, ALL)).conversations == ()
    with pytest.raises(Permanent) as caught:
        submitted.zendesk.start_conversation(
            StartConversation("e7", submitted.ticket, "p@example.com", "P", Public("S"), Public("B"))
        )
    assert caught.value.code == "missing"


CREATE = CreateTicket(
    "e9",
    Public("Escalation of assignment 4712"),
    Say(Public("Please help"), public=True),
    requester_email="Will@example.com",
    requester_name="Will Worker",
    fields={"assignment_id": "4712", "party": "worker", "reason": None, "attempts": "email,phone"},
)


def test_a_ticket_is_created_once_however_often_it_is_asked(submitted: Submitted) -> None:
    submitted.sandbox.faults.next("zendesk", "POST", "tickets$", apply=True, drop_reply=True)
    with pytest.raises(Unclear):
        submitted.zendesk.create_ticket(CREATE)
    again = submitted.zendesk.create_ticket(CREATE)
    assert submitted.zendesk.find_ticket("e9") == again


def test_the_address_of_a_signed_request_is_known_on_its_ticket(submitted: Submitted) -> None:
    made = submitted.zendesk.create_ticket(CREATE)
    ticket = submitted.zendesk.read_ticket(made)
    assert ticket is not None
    assert (ticket.signed_email, ticket.requester.verified) == ("Will@example.com", False)
    assert ticket.fields["attempts"] == "email,phone"
    assert submitted.seen().signed_email is None


def test_a_follow_up_knows_what_it_follows(submitted: Submitted) -> None:
    submitted.people.solve(submitted.number)
    submitted.people.close(submitted.number)
    owed = CreateTicket(
        "e10",
        Public("About your request"),
        Say(Public("Owed"), public=True),
        requester_id=submitted.seen().requester.id,
        fields=submitted.seen().fields,
        status=State.RESOLVED,
        followup_of=submitted.ticket,
    )
    ticket = submitted.zendesk.read_ticket(submitted.zendesk.create_ticket(owed))
    assert ticket is not None
    assert (ticket.followup_of, ticket.state) == (submitted.ticket, State.RESOLVED)


def test_changed_tickets_are_exported_by_cursor(submitted: Submitted) -> None:
    submitted.clock.move(timedelta(minutes=5))
    changed = submitted.zendesk.changed_tickets(None, NOON - timedelta(minutes=1))
    assert [(one.id, one.on_form) for one in changed.tickets] == [(submitted.ticket, True)]
    assert changed.end
    submitted.people.agent_update(submitted.number, comment="x")
    submitted.clock.move(timedelta(minutes=5))
    later = submitted.zendesk.changed_tickets(changed.cursor, NOON)
    assert [one.id for one in later.tickets] == [submitted.ticket]


def test_many_audits_are_read_over_several_pages(submitted: Submitted) -> None:
    known = UNSEEN.and_also(submitted.look()[1], submitted.clock())
    for number in range(60):
        submitted.clock.move(timedelta(seconds=20))
        submitted.people.agent_update(submitted.number, comment=f"note {number}", public=False)
    _, updates = submitted.look(known)
    assert [one.comment and one.comment.text for one in updates] == [f"note {number}" for number in range(60)]
    assert [one.id for one in updates] != sorted(one.id for one in updates)


def test_a_clients_token_expires_and_is_renewed(submitted: Submitted) -> None:
    account = submitted.sandbox.zendesk.credentials
    own = ZendeskClient(
        submitted.sandbox.zendesk_url,
        ClientCredentials(account.oauth_client_id, account.oauth_client_secret),
        ids=lambda: AccountIds(),
        now=submitted.clock,
    )
    own.ping()
    submitted.clock.move(timedelta(hours=3))
    own.ping()
    own.close()
    assert [call.status for call in submitted.sandbox.calls if call.path.endswith("oauth/tokens")] == [201, 201]


def test_a_rate_limit_is_told_with_its_wait(submitted: Submitted) -> None:
    submitted.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", status=429, retry_after="93")
    with pytest.raises(Transient) as caught:
        submitted.zendesk.write(submitted.update(), stamp=None)
    assert caught.value.retry_after == 93


@pytest.fixture
def market(submitted: Submitted) -> Iterator[WorkMarketClient]:
    held = submitted.sandbox.workmarket.credentials
    made = WorkMarketClient(
        submitted.sandbox.workmarket_url, held.token, held.secret, now=submitted.clock, sleep=lambda _: None
    )
    yield made
    made.close()


def test_an_assignment_is_read_with_its_messages(submitted: Submitted, market: WorkMarketClient) -> None:
    number = submitted.sandbox.workmarket.add_assignment(4711, title="Tom & Co")
    submitted.sandbox.workmarket.message(number, "worker", "Where is <it>?")
    view = market.read(number)
    assert isinstance(view, AssignmentView)
    assert (view.title, view.status, view.owner) == ("Tom & Co", "complete", "Olaf Owner")
    assert view.worker.email == "wanda@example.com"
    assert [(one.author, one.text) for one in view.messages] == [("Wanda Worker", "Where is <it>?")]


def test_a_message_is_posted_once_and_found_by_its_reference(
    submitted: Submitted, market: WorkMarketClient
) -> None:
    number = submitted.sandbox.workmarket.add_assignment(4711)
    note = PostMessage("e1", number, Public("From the desk & co\n\n[Ref 8F3K-2]"), "8F3K-2")
    submitted.sandbox.faults.next("workmarket", "POST", "add_note$", apply=True, drop_reply=True)
    with pytest.raises(Unclear):
        market.post(note)
    (found,) = market.find(number, "8F3K-2")
    assert (found.text, found.private) == (note.text, False)


def test_an_assignment_that_is_hidden_is_absent(submitted: Submitted, market: WorkMarketClient) -> None:
    number = submitted.sandbox.workmarket.add_assignment(4711)
    submitted.sandbox.workmarket.hide(number)
    assert market.read(number) == Absent(number)
    assert market.read("999") == Absent("999")
    with pytest.raises(Permanent) as caught:
        market.post(PostMessage("e1", number, Public("x [Ref R-1]"), "R-1"))
    assert caught.value.code == "invisible"


def test_a_token_of_yesterday_is_renewed(submitted: Submitted, market: WorkMarketClient) -> None:
    number = submitted.sandbox.workmarket.add_assignment(4711)
    market.read(number)
    submitted.clock.move(timedelta(days=2))
    assert isinstance(market.read(number), AssignmentView)


def test_updated_assignments_are_listed(submitted: Submitted, market: WorkMarketClient) -> None:
    number = submitted.sandbox.workmarket.add_assignment(4711)
    submitted.clock.move(timedelta(hours=1))
    submitted.sandbox.workmarket.approve(number)
    assert market.updated_since(submitted.clock() - timedelta(minutes=5)) == (number,)
    submitted.clock.move(timedelta(hours=1))
    assert market.updated_since(submitted.clock() - timedelta(minutes=5)) == ()
