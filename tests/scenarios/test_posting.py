"""Posting to the assignment what agents and automations choose: once each, public, and nothing else."""

from tests.scenarios.town import Town, ny

TAG = "escalation_post_to_assignment"
POST = "Escalation::Post to assignment"
WORD = "The desk asks both of you to talk on Friday."


def posted(town: Town, number: str) -> list[str]:
    """What the desk wrote on the assignment after the message of tier 1, without the reference."""
    return [text.rpartition("\n\n[Ref ")[0] for text in town.messages(number)[1:]]


def test_the_comment_of_the_update_that_sets_the_tag_is_posted(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    assert posted(town, number) == [WORD]
    assert town.zendesk.ticket(ticket)["tags"].count(TAG) == 0


def test_the_macro_posts_the_agents_comment(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, macro=POST, comment=WORD)
    assert posted(town, number) == [WORD]


def test_a_post_ends_with_a_reference_of_its_own(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    first, second = (text.rpartition("[Ref ")[2] for text in town.messages(number))
    assert first.startswith(town.case(ticket).reference)
    assert first != second


def test_a_post_is_public_on_the_assignment(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    note = town.workmarket.notes(number)[-1]
    assert (note.private, note.privileged) == (False, False)


def test_a_comment_made_while_the_tag_is_still_on_is_posted_too(town: Town):
    number, ticket = town.begun()
    town.zendesk.webhook_policy = lambda _: "drop"
    town.people.agent_update(ticket, add_tags=[TAG])
    town.for_(seconds=1)
    town.zendesk.webhook_policy = lambda _: "deliver"
    town.agent(ticket, comment=WORD)
    assert posted(town, number) == [WORD]


def test_a_comment_after_the_tag_is_gone_is_not_posted(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.agent(ticket, comment="This one is for the worker only.")
    assert posted(town, number) == [WORD]


def test_an_internal_comment_with_the_tag_is_never_posted(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment="Internal: they are bankrupt.", public=False, add_tags=[TAG])
    assert posted(town, number) == []
    assert any("Nothing was posted to the assignment" in note for note in town.notes(ticket))


def test_the_tag_without_a_comment_posts_nothing_and_a_note_says_why(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment="Said before the tag.")
    town.agent(ticket, add_tags=[TAG])
    assert posted(town, number) == []
    assert "Nothing was posted to the assignment" in town.notes(ticket)[-1]
    assert TAG not in town.zendesk.ticket(ticket)["tags"]


def test_a_requesters_reply_with_the_tag_on_is_not_posted(town: Town):
    number, ticket = town.begun()
    town.people.agent_update(ticket, add_tags=[TAG])
    town.people.reply(ticket, "Please tell them they are awful.")
    town.live()
    assert posted(town, number) == []


def test_the_desks_own_text_is_not_posted_while_the_tag_is_on(town: Town):
    number, ticket = town.begun()
    town.zendesk.webhook_policy = lambda _: "drop"
    town.people.agent_update(ticket, add_tags=[TAG])
    town.zendesk.webhook_policy = lambda _: "deliver"
    town.until(ny("2026-03-04 10:01"))
    assert posted(town, number) == []


def test_a_tagged_comment_is_posted_once_whatever_is_looked_at_again(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.reconcile()
    town.hook(event="ticket.changed", ticket_id=str(ticket))
    town.for_(hours=2)
    assert posted(town, number) == [WORD]


def test_the_same_comment_twice_by_an_agent_is_posted_twice(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.for_(minutes=1)
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    assert posted(town, number) == [WORD, WORD]


def test_an_automation_posts_a_literal_text(town: Town):
    number, ticket = town.begun()
    town.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(town, number) == [WORD]


def test_the_same_text_of_an_automation_within_24_hours_is_one_post(town: Town):
    number, ticket = town.begun()
    town.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    town.for_(hours=23, minutes=59)
    town.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(town, number) == [WORD]


def test_the_same_text_after_24_hours_is_another_post(town: Town):
    number, ticket = town.begun()
    town.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    town.for_(hours=24)
    town.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(town, number) == [WORD, WORD]


def test_two_texts_of_one_moment_are_two_posts(town: Town):
    number, ticket = town.begun()
    town.hook(event="assignment.post", ticket_id=str(ticket), text="One.")
    town.hook(event="assignment.post", ticket_id=str(ticket), text="Two.")
    assert posted(town, number) == ["One.", "Two."]


def test_without_an_open_case_an_agents_post_is_refused_with_a_note(town: Town):
    number, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    assert posted(town, number) == []
    assert "this ticket has no open case" in town.notes(ticket)[-1]
    assert TAG not in town.zendesk.ticket(ticket)["tags"]


def test_without_an_open_case_an_automations_post_is_refused_with_a_note(town: Town):
    number, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.hook(event="assignment.post", ticket_id=str(ticket), text=WORD)
    assert posted(town, number) == []
    assert "this ticket has no open case" in town.notes(ticket)[-1]


def test_new_messages_of_others_come_into_the_ticket_once_each(town: Town):
    number, ticket = town.begun()
    town.message(number, "worker", "Here is a photo.")
    town.message(number, "worker", "Here is a photo.")
    town.reconcile()
    assert [note.count("Here is a photo.") for note in town.notes(ticket)].count(1) == 2


def test_a_post_of_ours_does_not_come_back_into_the_ticket(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.reconcile()
    assert not any(WORD in note for note in town.notes(ticket))
