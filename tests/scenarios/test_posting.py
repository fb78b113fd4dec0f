"""Posting to the assignment what agents and automations choose: once each, public, and nothing else."""

from tests.desk import Desk, both_parties, ny

TAG = "escalation_post_to_assignment"
POST = "Escalation::Post to assignment"
WORD = "The desk asks both of you to talk on Friday."


def posted(desk: Desk, number: str) -> list[str]:
    """What the desk wrote on the assignment after the message of tier 1, without the reference."""
    return [text.rpartition("\n\n[Ref ")[0] for text in desk.messages(number)[1:]]


@both_parties
def test_the_comment_of_the_update_that_sets_the_tag_is_posted(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    assert posted(desk, number) == [WORD]
    assert desk.zendesk.ticket(ticket)["tags"].count(TAG) == 0


@both_parties
def test_the_macro_posts_the_agents_comment(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, macro=POST, comment=WORD)
    assert posted(desk, number) == [WORD]


def test_a_post_ends_with_a_reference_of_its_own(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    first, second = (text.rpartition("[Ref ")[2] for text in desk.messages(number))
    assert first.startswith(desk.case(ticket).reference)
    assert first != second


def test_a_post_is_public_on_the_assignment(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    note = desk.workmarket.notes(number)[-1]
    assert (note.private, note.privileged) == (False, False)


def test_a_comment_made_while_the_tag_is_still_on_is_posted_too(desk: Desk):
    number, ticket = desk.begun()
    desk.zendesk.webhook_policy = lambda _: "drop"
    desk.people.agent_update(ticket, add_tags=[TAG])
    desk.for_(seconds=1)
    desk.zendesk.webhook_policy = lambda _: "deliver"
    desk.agent(ticket, comment=WORD)
    assert posted(desk, number) == [WORD]


def test_a_comment_after_the_tag_is_gone_is_not_posted(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.agent(ticket, comment="This one is for the worker only.")
    assert posted(desk, number) == [WORD]


@both_parties
def test_an_internal_comment_with_the_tag_is_never_posted(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment="Internal: they are bankrupt.", public=False, add_tags=[TAG])
    assert posted(desk, number) == []
    assert any("Nothing was posted to the assignment" in note for note in desk.notes(ticket))


@both_parties
def test_the_tag_without_a_comment_posts_nothing_and_a_note_says_why(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment="Said before the tag.")
    desk.agent(ticket, add_tags=[TAG])
    assert posted(desk, number) == []
    assert "Nothing was posted to the assignment" in desk.notes(ticket)[-1]
    assert TAG not in desk.zendesk.ticket(ticket)["tags"]


@both_parties
def test_a_requesters_reply_with_the_tag_on_is_not_posted(desk: Desk):
    number, ticket = desk.begun()
    desk.people.agent_update(ticket, add_tags=[TAG])
    desk.people.reply(ticket, "Please tell them they are awful.")
    desk.live()
    assert posted(desk, number) == []


def test_the_desks_own_text_is_not_posted_while_the_tag_is_on(desk: Desk):
    number, ticket = desk.begun()
    desk.zendesk.webhook_policy = lambda _: "drop"
    desk.people.agent_update(ticket, add_tags=[TAG])
    desk.zendesk.webhook_policy = lambda _: "deliver"
    desk.until(ny("2026-03-04 10:01"))
    assert posted(desk, number) == []


def test_a_tagged_comment_is_posted_once_whatever_is_looked_at_again(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.reconcile()
    desk.hook(event="ticket.changed", ticket_id=str(ticket))
    desk.for_(hours=2)
    assert posted(desk, number) == [WORD]


def test_the_same_comment_twice_by_an_agent_is_posted_twice(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.for_(minutes=1)
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    assert posted(desk, number) == [WORD, WORD]


@both_parties
def test_an_automation_posts_a_literal_text(desk: Desk):
    number, ticket = desk.begun()
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(desk, number) == [WORD]


@both_parties
def test_the_same_text_of_an_automation_within_24_hours_is_one_post(desk: Desk):
    number, ticket = desk.begun()
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    desk.for_(hours=23, minutes=59)
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(desk, number) == [WORD]


def test_the_same_text_after_24_hours_is_another_post(desk: Desk):
    number, ticket = desk.begun()
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    desk.for_(hours=24)
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(desk, number) == [WORD, WORD]


def test_two_texts_of_one_moment_are_two_posts(desk: Desk):
    number, ticket = desk.begun()
    desk.hook(event="assignment.post", ticket_id=str(ticket), text="One.")
    desk.hook(event="assignment.post", ticket_id=str(ticket), text="Two.")
    assert posted(desk, number) == ["One.", "Two."]


@both_parties
def test_without_an_open_case_an_agents_post_is_refused_with_a_note(desk: Desk):
    number, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    assert posted(desk, number) == []
    assert "this ticket has no open case" in desk.notes(ticket)[-1]
    assert TAG not in desk.zendesk.ticket(ticket)["tags"]


@both_parties
def test_without_an_open_case_an_automations_post_is_refused_with_a_note(desk: Desk):
    number, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(desk, number) == []
    assert "this ticket has no open case" in desk.notes(ticket)[-1]


@both_parties
def test_new_messages_of_others_come_into_the_ticket_once_each(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, desk.own, "Here is a photo.")
    desk.message(number, desk.own, "Here is a photo.")
    desk.reconcile()
    assert [note.count("Here is a photo.") for note in desk.notes(ticket)].count(1) == 2


@both_parties
def test_a_post_of_ours_does_not_come_back_into_the_ticket(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.reconcile()
    assert not any(WORD in note for note in desk.notes(ticket))
