"""Posting to the assignment: never twice, never internal text, never without a case."""

from __future__ import annotations

from datetime import timedelta

from escalation.model.events import PauseAsked, PostAsked, Refused, ResumeAsked, Unsettled
from escalation.model.values import POST_TAG, Role, State
from tests.unit.escalation.case_world import CaseWorld, in_tier

TAGGED = frozenset({POST_TAG})


def posted(world: CaseWorld) -> list[str]:
    return [m.text for m in world.messages()[1:]]


def test_the_public_comment_of_the_update_that_sets_the_tag_goes_out_once_and_the_tag_comes_off() -> None:
    world = in_tier()
    world.agent(comment=world.comment("The gate code is 12."), tags_added=TAGGED)
    assert posted(world) == ["The gate code is 12.\n\n[Ref 8F3K-2]"]
    assert world.ticket_updates()[-1].remove_tags == (POST_TAG,)
    world.look()
    world.settle()
    assert len(posted(world)) == 1


def test_a_comment_before_the_tag_does_not_go_out() -> None:
    world = in_tier()
    world.update(comment=world.comment("For the requester only."))
    world.agent(tags_added=TAGGED)
    assert posted(world) == []
    assert any("Nothing was posted" in note for note in world.notes())


def test_an_internal_comment_or_the_requester_s_never_goes_out() -> None:
    world = in_tier()
    world.update(Role.AGENT, comment=world.comment("They are slow.", public=False), tags_added=TAGGED)
    world.requester("Tell them I am angry.")
    assert posted(world) == []


def test_a_comment_made_while_the_tag_is_still_on_goes_out() -> None:
    world = in_tier()
    world.update(tags_added=TAGGED)
    world.look({"ticket"})
    world.agent(comment=world.comment("The gate code is 12."))
    assert len(posted(world)) == 1


def test_a_comment_made_after_the_tag_came_off_does_not_go_out() -> None:
    world = in_tier()
    world.agent(tags_added=TAGGED)
    world.update(ours="C-1.9", tags_removed=TAGGED)
    world.agent(comment=world.comment("For the requester only."))
    assert posted(world) == []


def test_none_of_our_own_comments_goes_out() -> None:
    world = in_tier()
    world.update(tags_added=TAGGED)
    world.update(ours="C-1.9", comment=world.comment("A short update."))
    world.look({"ticket"})
    assert posted(world) == []


def test_an_automation_s_text_goes_out_once_in_24_hours() -> None:
    world = in_tier()
    for text in ("Bring a ladder.", "Bring  a ladder.", "Bring two ladders."):
        world.tell(PostAsked(text))
    assert len(posted(world)) == 2
    world.now += timedelta(hours=24)
    world.tell(PostAsked("Bring a ladder."))
    assert len(posted(world)) == 3


def test_every_post_has_a_reference_of_its_own() -> None:
    world = in_tier()
    for number in range(3):
        world.tell(PostAsked(f"Text {number}."))
    assert len({m.reference for m in world.messages()}) == 4
    assert all(m.text.endswith(f"[Ref {m.reference}]") for m in world.messages())


def test_without_an_open_case_nothing_is_posted_and_a_note_says_so() -> None:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.tell(PostAsked("Bring a ladder."))
    world.agent(comment=world.comment("And a lamp."), tags_added=TAGGED)
    assert posted(world) == []
    assert sum("no open case" in note for note in world.notes()) == 2


def test_a_case_back_from_its_end_posts_nothing_until_it_is_in_a_tier() -> None:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.requester("It is not settled.")
    world.tell(PostAsked("Bring a ladder."))
    assert posted(world) == []
    assert "Put it in a tier first" in world.notes()[-1]


def test_without_an_assignment_or_a_text_nothing_is_posted() -> None:
    world = CaseWorld(fields={"assignment_id": ""})
    world.look(assignment=None)
    world.tell(PostAsked("Bring a ladder."))
    other = in_tier()
    other.tell(PostAsked(" \n"))
    assert world.messages() == []
    assert posted(other) == []
    assert "no assignment yet" in world.notes()[-1]
    assert "no text" in other.notes()[-1]


def test_during_a_pause_posts_are_held_and_go_out_at_its_end() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=2), "holidays", "ops"))
    world.tell(PostAsked("Bring a ladder."))
    world.agent(comment=world.comment("And a lamp."), tags_added=TAGGED)
    assert posted(world) == []
    world.tell(ResumeAsked("ops"))
    world.settle()
    assert len(posted(world)) == 2


def test_a_note_says_once_of_each_post_until_when_a_pause_holds_it() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=2), "holidays", "ops"))
    for number in range(3):
        world.agent(comment=world.comment(f"Text {number}."), tags_added=TAGGED)
    world.look()
    said = "so the post to the assignment is held until Wed 4 Mar 2026, 10:00 EST"
    assert sum(said in note for note in world.notes()) == 3


def test_an_end_during_a_pause_drops_what_was_held() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=2), "holidays", "ops"))
    world.tell(PostAsked("Bring a ladder."))
    world.agent(changes={"status": "solved"})
    world.pass_time(timedelta(days=9))
    assert posted(world) == []


def test_what_reading_can_t_settle_goes_to_a_person_with_both_texts_and_is_not_sent_again() -> None:
    world = CaseWorld()
    world.look()
    post = world.messages()[0]
    world.open.remove(post)
    world.tell(Unsettled(post.id, "Two of them.", "Something else."))
    world.settle()
    note = next(n for n in world.notes() if "can't tell" in n)
    assert "Something else." in note
    assert "WorkMarket escalations desk" in note
    assert world.state is State.TIER_1
    assert len(world.messages()) == 1


def test_a_message_that_can_t_be_read_back_for_long_is_told_to_a_person_and_still_waited_for() -> None:
    world = CaseWorld()
    world.look()
    post = world.messages()[0]
    world.tell(Unsettled(post.id, "Not shown.", waiting=True))
    assert world.state is State.CHECKING
    assert any("For 24 hours" in note for note in world.notes())


def test_a_refused_post_is_recorded_and_told_to_agents_with_its_words() -> None:
    world = in_tier()
    world.update(Role.AGENT, comment=world.comment("Bring a ladder."), tags_added=TAGGED)
    world.look({"ticket"})
    world.tell(PostAsked("The gate code is 12."))
    for post in world.messages()[-2:]:
        world.tell(Refused(post.id, "invisible", "WorkMarket does not show it."))
    assert world.journal[-1] == "could not be done: invisible: WorkMarket does not show it."
    told = [note for note in world.notes() if "was not posted to the assignment" in note]
    assert [("Bring a ladder." in note, "The gate code is 12." in note) for note in told] == [
        (True, False),
        (False, True),
    ]


def test_a_post_that_may_be_there_is_not_said_to_be_missing_once_its_letter_is_discarded() -> None:
    world = in_tier()
    world.tell(PostAsked("Bring a ladder."))
    post = world.messages()[-1]
    world.tell(Unsettled(post.id, "Two of them.", "Something else."))
    world.tell(Refused(post.id, "invalid", "A person discarded it."))
    assert not any("was not posted" in note for note in world.notes())
