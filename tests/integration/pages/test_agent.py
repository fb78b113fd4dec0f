"""The agents' pages: the list, one ticket with its case, and updates that send only what was changed."""

import pytest

from sandbox import Sandbox
from tests.integration.pages.served_pages import FakeDesk, ServedPages, case, form_on

TICKET = "/agent/tickets/1"


@pytest.fixture
def ticket(site: ServedPages) -> str:
    site.submit("/", "submit")
    return TICKET


def macro_id(sandbox: Sandbox, name: str) -> str:
    return next(str(key) for key, row in sandbox.zendesk.account.macros.items() if row["title"].endswith(name))


def field(sandbox: Sandbox, title: str) -> str:
    return f"field-{sandbox.zendesk.field_id(title)}"


def test_the_list_is_kind_when_it_is_empty(site: ServedPages) -> None:
    assert "No tickets yet" in site.get("/agent").text


def test_the_list_shows_status_tier_and_when_the_next_update_is_due(
    site: ServedPages, sandbox: Sandbox, ticket: str
) -> None:
    sandbox.zendesk.people.agent_update(
        1, status="Needs review", tier=2, fields={"Next update due": "Wed 4 Mar 2026, 10:00 EST"}
    )
    page = site.get("/agent").text
    assert "Needs review" in page
    assert '<td data-name="Tier">2</td>' in page
    assert "Wed 4 Mar 2026, 10:00 EST" in page


def test_a_ticket_without_a_case_says_so(site: ServedPages, ticket: str) -> None:
    assert "has no case for this ticket yet" in site.get(ticket).text


def test_the_case_is_shown_with_its_verdict_deadlines_and_journal(
    site: ServedPages, desk: FakeDesk, ticket: str
) -> None:
    desk.held["1"] = case()
    page = site.get(ticket).text
    assert "Tier 1" in page
    assert "The other side was contacted" in page
    assert "From the assignment’s messages" in page or "From the assignment&#39;s messages" in page
    assert "in 2 days" in page
    assert "2 business days after" in page
    assert "It is eligible." in page


def test_a_paused_case_says_until_when(site: ServedPages, desk: FakeDesk, ticket: str) -> None:
    desk.held["1"] = case(paused_until="2026-03-09T14:00:00Z")
    assert "Paused until Mon 9 Mar 2026, 10:00 EDT" in site.get(ticket).text


def test_a_case_says_that_it_waits_while_its_company_is_down(
    site: ServedPages, sandbox: Sandbox, desk: FakeDesk, ticket: str
) -> None:
    harbor = sandbox.workmarket.add_company("harbor")
    sandbox.workmarket.assignments["3104482017"].company = "harbor"
    desk.held["1"] = case()
    harbor.is_down()
    assert "WorkMarket fails for Harbor Retail just now" in site.get(ticket).text
    harbor.is_well()
    assert "WorkMarket fails" not in site.get(ticket).text


def test_internal_notes_are_marked_as_such(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    sandbox.zendesk.people.agent_update(1, comment="Between us.", public=False)
    page = site.get(ticket).text
    assert "Between us." in page
    assert "Internal note</span>" in page


def test_a_public_reply_is_sent(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    site.submit(ticket, "update", comment="We have heard from them.")
    assert sandbox.zendesk.public_comments(1)[-1] == "We have heard from them."


def test_an_internal_note_stays_internal(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    site.submit(ticket, "update", comment="Look at the photos.", audience="internal")
    assert sandbox.zendesk.notes(1) == ["Look at the photos."]


def test_a_macro_fills_the_form_and_sends_nothing(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    chosen = macro_id(sandbox, "Tier 2: direct contact")
    form = form_on(site.get(f"{ticket}?macro={chosen}").text, "update")
    assert "writing to the other side directly" in form["comment"][0]
    assert form["status"] == ["Tier 2: direct contact"]
    assert form[field(sandbox, "Escalation tier")] == ["escalation_tier_2"]
    assert sandbox.zendesk.status_label(1) == "New"


def test_a_macro_is_submitted_as_one_update_with_the_edited_text(
    site: ServedPages, sandbox: Sandbox, ticket: str
) -> None:
    chosen = macro_id(sandbox, "Tier 2: direct contact")
    audits = len(sandbox.zendesk.audits(1))
    site.submit(f"{ticket}?macro={chosen}", "update", comment="My own words.")
    assert len(sandbox.zendesk.audits(1)) == audits + 1
    assert sandbox.zendesk.public_comments(1)[-1] == "My own words."
    assert sandbox.zendesk.status_label(1) == "Tier 2: direct contact"
    assert sandbox.zendesk.ticket(1)["by_title"]["Escalation tier"] == "escalation_tier_2"


def test_the_macro_for_posting_ticks_the_tag(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    chosen = macro_id(sandbox, "Post to assignment")
    site.submit(f"{ticket}?macro={chosen}", "update", comment="A word to both of you.")
    assert "escalation_post_to_assignment" in sandbox.zendesk.ticket(1)["tags"]


def test_fields_are_set_and_cleared(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    responded, average = field(sandbox, "Other side responded"), field(sandbox, "Client's average approval time")
    site.submit(ticket, "update", **{responded: "1", average: "3 d"})
    shown = sandbox.zendesk.ticket(1)["by_title"]
    assert shown["Other side responded"] is True
    assert shown["Client's average approval time"] == "3 d"
    form = form_on(site.get(ticket).text, "update")
    del form[responded]
    site.post(ticket, **{**form, average: ""})
    shown = sandbox.zendesk.ticket(1)["by_title"]
    assert shown["Other side responded"] is False
    assert shown["Client's average approval time"] is None


def test_the_assignment_number_can_be_corrected(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    site.submit(ticket, "update", **{field(sandbox, "WorkMarket assignment ID"): "3104482034"})
    assert sandbox.zendesk.ticket(1)["by_title"]["WorkMarket assignment ID"] == "3104482034"


def test_a_pause_is_set_and_lifted_by_its_tag(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    site.submit(ticket, "update", tags=["escalation_pause"])
    assert "escalation_pause" in sandbox.zendesk.ticket(1)["tags"]
    form = form_on(site.get(ticket).text, "update")
    del form["tags"]
    site.post(ticket, **form)
    assert "escalation_pause" not in sandbox.zendesk.ticket(1)["tags"]


def test_an_old_page_does_not_revert_what_happened_since(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    old = form_on(site.get(ticket).text, "update")
    sandbox.zendesk.people.agent_update(1, status="Tier 1: assignment message", tier=1)
    site.post(ticket, **{**old, "comment": "Only a comment."})
    assert sandbox.zendesk.status_label(1) == "Tier 1: assignment message"
    assert sandbox.zendesk.ticket(1)["by_title"]["Escalation tier"] == "escalation_tier_1"


def test_an_update_that_changes_nothing_says_so(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    audits = len(sandbox.zendesk.audits(1))
    answer = site.submit(ticket, "update")
    assert answer.status_code == 422
    assert "Nothing was changed yet" in answer.text
    assert len(sandbox.zendesk.audits(1)) == audits


def test_what_zendesk_refuses_is_said_and_what_was_typed_is_kept(
    site: ServedPages, sandbox: Sandbox, ticket: str
) -> None:
    wrong = {field(sandbox, "WorkMarket assignment ID"): "not a number", "comment": "Please keep this."}
    answer = site.submit(ticket, "update", **wrong)
    assert answer.status_code == 422
    assert "WorkMarket assignment ID" in answer.text
    assert form_on(answer.text, "update")["comment"] == ["Please keep this."]


def test_a_closed_ticket_offers_no_form(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    sandbox.zendesk.people.solve(1)
    sandbox.zendesk.people.close(1)
    assert "can’t be changed any more" in site.get(ticket).text


def test_a_deleted_ticket_can_still_be_read(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    sandbox.zendesk.people.delete(1)
    answer = site.get(ticket)
    assert answer.status_code == 200
    assert "deleted" in answer.text


def test_a_long_note_is_folded_behind_its_first_paragraph(site: ServedPages, sandbox: Sandbox, ticket: str) -> None:
    facts = "\n\n".join(["What we know", *(f"Fact number {number} about it." * 3 for number in range(12))])
    sandbox.zendesk.people.agent_update(1, comment=facts, public=False)
    sandbox.zendesk.people.agent_update(1, comment="Short.", public=False)
    page = site.get(ticket).text
    assert page.count("Show the whole note") == 1
    assert "Fact number 11" in page


def test_the_journal_names_states_in_words(site: ServedPages, desk: FakeDesk, ticket: str) -> None:
    line = {"at": "2026-03-02T15:00:00Z", "actor": "parley", "what": "tier_2 → other_side_responded", "why": ""}
    desk.held["1"] = case(journal=[line])
    page = site.get(ticket).text
    assert "Tier 2 → other side responded" in page
    assert "Parley ·" in page
