"""A tier with nobody to write to: what is told of it, who is reminded, and who is asked before the month ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.engine.progress import progress
from escalation.explain import stands
from escalation.model.values import REACHED_FIELD, Party, State, Timer
from escalation.model.views import Absent, Contact
from escalation.policies.policy import Policy
from escalation.telling.requesters_view import requester_view
from escalation.telling.stored import StoredCase
from tests.unit.escalation.case_world import CaseWorld, assignment, clients_world, in_tier, local, policy

AMY = {"account_manager_email": "amy@workmarket.example"}
UNTICKED = {REACHED_FIELD: False}
NOBODY = Contact("", "")
LED = "Lea Lead"


def rules(**changes: object) -> Policy:
    return replace(policy(), lead=LED, **changes)  # type: ignore[arg-type]


def at_months_end(**changes: object) -> CaseWorld:
    world = in_tier(3, rules=rules(), fields=UNTICKED, **changes)
    world.pass_time(local(2026, 4, 2, 10))
    return world


def told(world: CaseWorld) -> str:
    """What stood behind the last text to the requester."""
    said = world.public()[-1].say
    assert said and said.public
    return said.progress


def test_until_somebody_is_reached_texts_say_that_the_team_is_looking() -> None:
    world = in_tier(3)
    world.pass_time(timedelta(days=14))
    assert world.keys()[2] == "tier_3_looking"
    assert set(world.keys()[3:]) == {"update_looking_since", "update_looking_again"}
    assert stands(world.case) == (
        "It is in tier 3, and nobody was asked in it yet: agents are to find whom to ask."
    )
    page = requester_view(StoredCase(world.case), world.now, world.policy)
    assert page.state_said == "Our team has been asked to find a way to reach the other side."


def test_without_a_project_manager_tier_2_says_that_an_address_is_looked_for() -> None:
    rule = rules(tier_2_hours=200)
    world = in_tier(2, rules=rule, seen=assignment(support_contact=NOBODY))
    assert world.keys()[-1] == "tier_2_looking"
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update_looking_directly"


def test_where_neither_manager_is_known_tier_3_says_that_tier_2_never_came_about() -> None:
    world = in_tier(3, seen=assignment(support_contact=NOBODY))
    assert world.keys()[-2:] == ["tier_2_looking", "tier_3_looking_still"]
    world.pass_time(world.due(Timer.AGENT_REMINDER))
    assert "Project manager's e-mail is missing as well" in world.notes()[-1]


def test_a_hidden_assignment_is_named_as_what_tier_2_lacks() -> None:
    world = in_tier(1)
    world.assignment = Absent("880011")
    world.look()
    world.settle()
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.keys()[-1] == "tier_2_hidden"


def test_a_text_promises_to_turn_to_nobody_who_is_not_known() -> None:
    world = in_tier(1, seen=assignment(support_contact=NOBODY))
    assert "our team is asked to find a way to write to them directly" in told(world)
    assert "an e-mail to" not in world.messages()[0].text
    assert "our next step is to look for another way to reach you, on Wed 4 Mar 2026" in world.messages()[0].text
    world = in_tier(2)
    assert "we ask the account manager" not in told(world)
    assert "our team is asked to find the account manager" in told(world)
    assert "account manager" not in world.mails()[0].body


def test_where_somebody_is_known_they_are_named() -> None:
    world = in_tier(2, fields=AMY)
    assert "we ask the account manager" in told(world)
    assert "ask the account manager, who looks after your company at WorkMarket," in world.mails()[0].body


def test_agents_are_reminded_with_growing_weight_and_never_in_the_same_words() -> None:
    world = in_tier(3, rules=rules(), fields=UNTICKED)
    world.forget()
    world.pass_time(local(2026, 4, 2, 9))
    notes = world.notes()
    assert len(set(notes)) == len(notes) == 9
    assert notes[0] == (
        "A reminder: tier 3 has nobody to write to, and nobody has been reached in it. That has been so since "
        "Fri 6 Mar 2026, 10:00 EST, 2 business days by now; the month ends on Thu 2 Apr 2026, 10:00 EDT. "
        "Fill in Account manager's e-mail: the e-mail then goes out by itself, once. "
        "If you reach them by a way of your own, tick Somebody reached."
    )
    assert [note.startswith(LED) for note in notes] == [False] * 2 + [True] * 7
    assert len([update for update in world.ticket_updates() if update.to_group]) == 1


def test_an_account_without_the_field_is_asked_for_an_address_alone() -> None:
    world = in_tier(3)
    world.pass_time(local(2026, 3, 10, 11))
    assert world.notes()[-1].endswith("goes out by itself, once.")


def test_a_tick_says_that_somebody_was_reached_and_ends_the_reminders() -> None:
    world = in_tier(3, fields=UNTICKED)
    world.agent(changes={REACHED_FIELD: True})
    assert Timer.AGENT_REMINDER not in world.case.deadlines
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update"
    assert told(world).startswith(
        "Our team got through to somebody about your assignment on Fri 6 Mar 2026, 10:00 EST."
    )
    world.agent(changes=AMY)
    assert [mail.to_email for mail in world.mails()] == ["sue@client.example"]


def test_a_tick_that_is_taken_back_was_none() -> None:
    world = in_tier(3, fields=UNTICKED)
    world.agent(changes={REACHED_FIELD: True})
    world.agent(changes={REACHED_FIELD: False})
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update_looking_since"
    assert Timer.AGENT_REMINDER in world.case.deadlines


def test_an_update_does_not_call_it_no_news_that_somebody_was_asked_after_all() -> None:
    world = in_tier(3)
    world.pass_time(world.due(Timer.NEXT_UPDATE) + timedelta(hours=2))
    world.agent(changes={"account_manager_email": "amy@workmarket.example"})
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update"
    last = world.public()[-1].say
    assert last
    assert "no news" not in last.text
    assert "There is no answer yet." in last.text
    assert "we asked the account manager to reach out." in told(world)


def test_a_tick_holds_for_its_tier_and_the_next_begins_unticked() -> None:
    world = in_tier(2, fields=UNTICKED, seen=assignment(support_contact=NOBODY))
    world.agent(changes={REACHED_FIELD: True})
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert not world.ticket.ticked(REACHED_FIELD)
    assert world.keys()[-1] == "tier_3_looking"


def test_a_month_whose_last_step_nobody_did_asks_a_person_before_it_ends() -> None:
    world = at_months_end()
    assert world.state is State.NEEDS_REVIEW
    assert world.keys()[-1] == "needs_review_unreached"
    assert "needs a person: the month is over, and nobody could be asked in tier 3" in world.notes()[-1]
    assert "it ends by itself on Thu 9 Apr 2026, 10:00 EDT" in world.notes()[-1]
    assert world.due(Timer.MONTH_ENDS) == local(2026, 4, 9, 10)
    world.pass_time(local(2026, 4, 6, 11))
    assert "whether there is another way to reach the other side" in world.said()[-1]
    [ahead] = progress(world.case, world.now)
    assert (ahead.key, ahead.at) == ("then.end_unreached", local(2026, 4, 9, 10))


def test_where_nobody_says_a_word_it_ends_after_the_review_s_own_time() -> None:
    world = at_months_end()
    world.pass_time(local(2026, 4, 9, 11))
    assert world.state is State.OFF_PLATFORM


def test_an_agent_s_word_or_an_answer_leaves_the_end_to_a_person() -> None:
    world = at_months_end()
    world.agent(comment=world.comment("I ask around.", public=False))
    world.pass_time(local(2026, 4, 20, 10))
    assert world.state is State.NEEDS_REVIEW
    heard = at_months_end()
    heard.message("Sue Support", "Sorry for the delay.")
    heard.pass_time(local(2026, 4, 20, 10))
    assert heard.state is State.NEEDS_REVIEW


def test_put_in_the_tier_again_with_an_address_the_letter_goes_out_and_a_new_month_begins() -> None:
    world = at_months_end()
    world.agent(changes={**AMY, "tier": "3"})
    assert world.state is State.TIER_3
    assert world.mails()[-1].to_email == AMY["account_manager_email"]
    assert world.due(Timer.MONTH_ENDS) == local(2026, 5, 4, 9)


def test_a_policy_may_end_the_month_at_once() -> None:
    world = in_tier(3, rules=rules(ask_before_end=False))
    assert "we close your request" in told(world)
    world.pass_time(local(2026, 4, 2, 10))
    assert world.state is State.OFF_PLATFORM


def test_a_month_in_which_somebody_was_reached_ends_by_itself() -> None:
    world = in_tier(3, fields=UNTICKED)
    world.agent(changes={REACHED_FIELD: True})
    world.pass_time(local(2026, 4, 2, 10))
    assert world.state is State.OFF_PLATFORM


def test_a_client_s_worker_without_an_address_is_looked_for_too() -> None:
    world = clients_world(rules=rules(tier_2_hours=200))
    world.assignment = replace(world.assignment, worker=Contact("Wanda Worker", ""))  # type: ignore[type-var]
    world.arrive()
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.case.party is Party.CLIENT
    assert world.keys()[-1] == "tier_2_looking"
    world.pass_time(world.due(Timer.AGENT_REMINDER))
    assert world.notes()[-1].endswith("by a way of your own; if they answer you, tick Other side responded.")


def test_an_address_that_an_agent_fills_in_when_asked_is_a_way_and_leaves_the_end_to_them() -> None:
    world = at_months_end()
    world.agent(changes=AMY)
    assert Timer.MONTH_ENDS not in world.case.deadlines
    world.pass_time(local(2026, 4, 14, 11))
    assert world.state is State.NEEDS_REVIEW
    assert "Put it in a tier to go on" in world.notes()[-1]
    world.agent(changes={"tier": "3"})
    assert world.mails()[-1].to_email == AMY["account_manager_email"]
