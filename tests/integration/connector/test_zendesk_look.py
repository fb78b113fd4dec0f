"""What one look asks of Zendesk and what it brings back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import Permanent, Transient
from connector.zendesk import ZendeskClient
from escalation.model.effects import Look
from escalation.model.values import Role, State
from escalation.model.views import ZendeskUser
from tests.integration.connector.records import GONE, SEEN, THEN, USERS, audit, audits, change, said, shown, ticket
from tests.integration.connector.stub_server import Reply, StubServer

TICKET = "/api/v2/tickets/35"
AUDITS = "/api/v2/tickets/35/audits"
SIDE = "/api/v2/tickets/35/side_conversations"

FIRST = Look("35", frozenset({"ticket", "assignment"}))
ECHO = Look("35", frozenset({"ticket"}), SEEN)


def test_the_first_look_takes_two_calls(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(11, said("Please help"), author=500)))
    stub.on("GET", TICKET, shown())
    zendesk.look(FIRST)
    assert stub.paths() == [f"GET {AUDITS}", f"GET {TICKET}"]


def test_an_echo_takes_one_call_and_reads_no_ticket(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(11, said("ours"), author=900, ours="e1"), audit(10)))
    part = zendesk.look(ECHO)
    assert stub.paths() == [f"GET {AUDITS}"]
    assert part.ticket is None
    assert [(one.id, one.ours) for one in part.updates] == [(11, "e1")]


def test_nothing_new_takes_one_call(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(10), audit(9)))
    part = zendesk.look(ECHO)
    assert (part.ticket, part.updates, part.gone) == (None, (), False)
    assert len(stub.asked) == 1


def test_a_strangers_update_after_ours_reads_the_ticket(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(12, said("I object"), author=500), audit(11, ours="e1"), audit(10)))
    stub.on("GET", TICKET, shown())
    part = zendesk.look(ECHO)
    assert part.ticket is not None
    assert [one.id for one in part.updates] == [11, 12]


def test_a_look_with_more_in_scope_leaves_the_ticket_where_nothing_is_new(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", AUDITS, audits(audit(10)))
    part = zendesk.look(Look("35", frozenset({"ticket", "assignment"}), SEEN))
    assert part.ticket is None
    assert not part.gone


def at(minutes: float) -> dict[str, str]:
    """So many minutes after the last audit that was seen."""
    return {"created_at": (THEN + timedelta(minutes=minutes)).isoformat()}


def page(*some: dict[str, Any], after: str | None) -> dict[str, Any]:
    """One page, in the order given."""
    return {"audits": list(some), "users": USERS, "meta": {"has_more": after is not None, "after_cursor": after}}


def test_pages_are_turned_back_an_hour_beyond_what_was_seen(stub: StubServer, zendesk: ZendeskClient) -> None:
    newest = page(audit(14, ours="e", **at(9)), audit(13, ours="e", **at(8)), after="c1")
    older = page(audit(12, ours="e", **at(-59)), audit(10), after="c2")
    oldest = page(audit(9), audit(8, ours="old", **at(-60)), after="c3")
    stub.on("GET", AUDITS, newest, older, oldest)
    part = zendesk.look(ECHO)
    assert [one.id for one in part.updates] == [12, 13, 14]
    assert [one.query.get("page[after]") for one in stub.asked] == [None, "c1", "c2"]


def test_a_later_update_with_a_lower_id_is_new(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, page(audit(3, said("Any news?"), author=500, **at(6)), audit(10), audit(9), after=None))
    stub.on("GET", TICKET, shown())
    part = zendesk.look(ECHO)
    assert [one.id for one in part.updates] == [3]
    assert part.ticket is not None


def test_an_update_that_is_listed_late_is_new_though_it_is_older_than_what_was_seen(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", AUDITS, page(audit(10), audit(4, ours="e", **at(-22)), audit(9, **at(-30)), after=None))
    assert [one.id for one in zendesk.look(ECHO).updates] == [4]


def test_updates_come_in_the_order_of_their_moments(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, page(audit(3, ours="e", **at(6)), audit(5, ours="e", **at(4)), audit(10), after=None))
    assert [one.id for one in zendesk.look(ECHO).updates] == [5, 3]


def test_within_one_second_what_an_update_found_there_tells_the_order(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    moves = [("hold", "open", 12), ("pending", "hold", 14), ("solved", "pending", 11)]
    some = [audit(number, change("status", value, before), ours="e", **at(1)) for value, before, number in moves]
    stub.on("GET", AUDITS, page(*some, audit(10), after=None))
    assert [one.id for one in zendesk.look(ECHO).updates] == [12, 14, 11]


def test_within_one_second_updates_that_undo_each_other_come_all_the_same(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    ticks = [
        audit(12, change("status", "open", "hold"), ours="e"),
        audit(11, change("status", "hold", "open"), ours="e"),
    ]
    stub.on("GET", AUDITS, page(*ticks, audit(10), after=None))
    assert [one.id for one in zendesk.look(ECHO).updates] == [11, 12]


def test_a_page_of_one_second_hides_nothing_on_the_next(stub: StubServer, zendesk: ZendeskClient) -> None:
    first = page(audit(9, **at(-90)), audit(10, **at(-90)), after="c1")
    stub.on("GET", AUDITS, first, page(audit(11, ours="e"), after=None))
    assert [one.id for one in zendesk.look(ECHO).updates] == [11]


def test_a_page_that_comes_oldest_first_hides_nothing(stub: StubServer, zendesk: ZendeskClient) -> None:
    first = page(audit(9, ours="e", **at(-90)), audit(10, ours="e", **at(-70)), after="c1")
    stub.on("GET", AUDITS, first, page(audit(11, ours="e"), after=None))
    assert [one.id for one in zendesk.look(ECHO).updates] == [11]


def test_the_older_form_of_cursor_is_followed_too(stub: StubServer, zendesk: ZendeskClient) -> None:
    first = {"audits": [audit(12, ours="e")], "users": USERS, "after_cursor": "c1", "after_url": "http://x/"}
    stub.on(
        "GET", AUDITS, first, {"audits": [audit(11, ours="e"), audit(10)], "users": USERS, "after_cursor": None}
    )
    assert [one.id for one in zendesk.look(ECHO).updates] == [11, 12]


def test_the_ticket_is_told_in_the_processs_words(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(11, author=500)))
    stub.on("GET", TICKET, shown(custom_status_id=202, status="hold"))
    part = zendesk.look(FIRST)
    seen = part.ticket
    assert seen is not None
    assert (seen.id, seen.status, seen.state) == ("35", "hold", State.TIER_1)
    assert seen.requester == ZendeskUser("500", "wanda@example.com", "Wanda Worker", verified=True)
    assert seen.fields == {
        "assignment_id": "4711",
        "party": "worker",
        "attempts": "email,phone",
        "other_side_responded": False,
    }
    assert seen.on_form
    assert not seen.assigned
    assert part.server_now == datetime(2026, 3, 2, 15, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("user", "locale", "zone"),
    [
        (
            {"locale": "es-419", "locale_id": 1194, "iana_time_zone": "America/Mexico_City"},
            "es-419",
            "America/Mexico_City",
        ),
        ({"locale": "en-us-x-12", "locale_id": 90001}, "en-us-x-12", ""),
        ({"locale": None, "locale_id": 1194}, "es-419", ""),
        ({"locale": None, "locale_id": 90001, "iana_time_zone": None}, "", ""),
        ({}, "", ""),
    ],
)
def test_the_requesters_language_and_zone_are_those_they_chose(
    stub: StubServer, zendesk: ZendeskClient, user: dict[str, object], locale: str, zone: str
) -> None:
    users = [{**one, **user} if one["id"] == 500 else one for one in USERS]
    stub.on("GET", AUDITS, audits(audit(11, author=500)))
    stub.on("GET", TICKET, {**shown(brand_id=360001), "users": users})
    seen = zendesk.look(FIRST).ticket
    assert seen is not None
    assert (seen.requester.locale, seen.requester.zone, seen.brand) == (locale, zone, "360001")


def test_a_status_of_the_account_itself_is_no_state(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits())
    stub.on("GET", TICKET, shown(custom_status_id=299))
    seen = zendesk.look(FIRST).ticket
    assert seen is not None
    assert (seen.status, seen.state) == ("open", None)


def test_people_who_were_not_sideloaded_are_asked_for(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, {**audits(audit(11, said("hi"), author=600)), "users": None})
    stub.on("GET", TICKET, {"ticket": ticket()})
    stub.on("GET", "/api/v2/users/show_many", {"users": USERS})
    part = zendesk.look(FIRST)
    assert stub.asked[-1].query == {"ids": "500,600"}
    assert part.updates[0].role is Role.AGENT
    assert part.ticket is not None
    assert part.ticket.requester.verified


def test_a_deleted_ticket_is_gone(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, Reply(404, GONE))
    part = zendesk.look(FIRST)
    assert part.gone
    assert part.ticket is None


def test_a_ticket_that_is_deleted_between_two_reads_is_gone(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(11)))
    stub.on("GET", TICKET, Reply(404, GONE))
    assert zendesk.look(FIRST).gone


def test_a_ticket_told_as_deleted_is_gone(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits(audit(11)))
    stub.on("GET", TICKET, shown(status="deleted"))
    assert zendesk.look(FIRST).gone


def test_a_404_of_a_proxy_closes_no_case(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, Reply(404, b"<html>no such host</html>"))
    with pytest.raises(Transient):
        zendesk.look(FIRST)


def test_a_ticket_that_may_not_be_seen_is_not_taken_for_gone(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, Reply(403, {"error": "Forbidden"}))
    with pytest.raises(Permanent) as caught:
        zendesk.look(FIRST)
    assert caught.value.code == "forbidden"


def test_conversations_are_read_only_when_asked_for(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits())
    stub.on("GET", TICKET, shown())
    assert zendesk.look(FIRST).conversations is None
    assert f"GET {SIDE}" not in stub.paths()


HOSTILE_TICKETS = [
    {"ticket": None},
    {"ticket": []},
    {},
    {"ticket": ticket(status=None)},
    {"ticket": ticket(status=None)},
    {"ticket": ticket(requester_id={"id": 5})},
    {"ticket": ticket(updated_at=17)},
    {"ticket": ticket(created_at="yesterday")},
    {"ticket": ticket(custom_fields="none")},
    {"ticket": ticket(custom_fields=[1, 2])},
    {"ticket": ticket(custom_fields=None, fields=None)},
    {"ticket": ticket(tags=[{"a": 1}])},
    {"ticket": ticket(tags=7)},
    {"ticket": ticket(id="thirty-five")},
]


@pytest.mark.parametrize("body", HOSTILE_TICKETS)
def test_a_ticket_half_readable_is_not_believed(body: object, stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, audits())
    stub.on("GET", TICKET, body)
    stub.on("GET", "/api/v2/users/show_many", {"users": USERS})
    with pytest.raises(Transient):
        zendesk.look(FIRST)


def test_a_status_and_an_event_that_nobody_knows_yet_hide_nothing(stub: StubServer, zendesk: ZendeskClient) -> None:
    new = {"id": 1, "type": "TicketSentimentEvent", "value": {"label": "neutral"}}
    stub.on("GET", AUDITS, audits(audit(11, new, said("Hello"), change("status", "parked"), author=500)))
    stub.on("GET", TICKET, shown(status="parked", custom_status_id=299, via={"channel": "telepathy"}))
    part = zendesk.look(FIRST)
    assert part.ticket is not None
    assert (part.ticket.status, part.ticket.state) == ("parked", None)
    assert [(one.comment and one.comment.text, one.changes) for one in part.updates] == [("Hello", {})]


HOSTILE_AUDITS = [
    {},
    {"audits": None},
    {"audits": {"1": 2}},
    {"audits": ["x"]},
    {"audits": [{**audit(1), "id": "first"}]},
    {"audits": [{**audit(1), "events": None}]},
    {"audits": [{**audit(1), "events": [None]}]},
    {"audits": [{**audit(1), "ticket_id": 99}]},
    {"audits": [{**audit(11), "created_at": None}]},
    {"audits": [audit(11, change("tags", {"a": 1}))]},
    {"audits": [audit(11)], "meta": {"has_more": True, "after_cursor": "always"}},
]


@pytest.mark.parametrize("body", HOSTILE_AUDITS)
def test_audits_half_readable_are_not_believed(
    body: dict[str, object], stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", AUDITS, {"users": USERS, **body})
    stub.on("GET", TICKET, shown())
    with pytest.raises(Transient):
        zendesk.look(FIRST)


def test_odd_sideloads_are_only_ignored(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, {**audits(audit(11, author=500)), "users": [None, {"id": None}, 5]})
    stub.on("GET", TICKET, shown())
    assert zendesk.look(FIRST).updates[0].role is Role.REQUESTER


def test_people_who_are_gone_do_not_make_the_ticket_gone(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", AUDITS, {**audits(audit(11, author=600)), "users": []})
    stub.on("GET", TICKET, shown())
    stub.on("GET", "/api/v2/users/show_many", Reply(404, GONE))
    part = zendesk.look(FIRST)
    assert not part.gone
    assert part.updates[0].role is Role.OTHER
