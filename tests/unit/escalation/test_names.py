"""People are called by name where one is known, and only to those who may know it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.language.names_to_tell import name_to_tell
from escalation.model.values import Party, Timer
from escalation.model.views import Contact
from tests.unit.escalation.case_world import CaseWorld, assignment, in_tier, policy
from tests.unit.escalation.test_case_view import view

LONG_TIER = replace(policy(), tier_2_hours=480)


def updated(world: CaseWorld) -> str:
    """What an update of a case in tier 2 says was done."""
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    [*_, last] = world.public()
    assert last.say and last.say.public
    return last.say.progress


@pytest.mark.parametrize("name", ["Sue Support", "Dr. J.R. O'Neil-Ångström", "王小明", "प्रिया", "AP Team 2"])
def test_a_name_is_told_as_it_is(name: str) -> None:
    assert name_to_tell(f"  {name} ") == name


@pytest.mark.parametrize(
    "name", ["", "42", "sue@client.example", "Pay at evil.example", "https://x", "<b>Sue</b>", "Sue " * 20]
)
def test_what_is_an_address_or_too_long_is_no_name(name: str) -> None:
    assert name_to_tell(name) == ""


def test_a_letter_greets_its_reader_by_name() -> None:
    assert in_tier(2).mails()[0].body.startswith("Hello Sue Support,\n\nThis e-mail comes from")


def test_one_without_a_name_is_greeted_without() -> None:
    world = in_tier(2, fields={"project_manager_email": "pat@client.example"})
    assert world.mails()[0].body.startswith("Hello,\n\nThis e-mail comes from")


def test_a_part_of_a_letter_about_several_cases_greets_too() -> None:
    part = in_tier(2).mails()[0].part
    assert part and part.opening.startswith("Hello Sue Support,\n\n")


def test_the_other_side_s_name_carries_no_reference() -> None:
    seen = assignment(support_contact=Contact("Ref 8F3K-1", "sue@client.example"))
    assert "8F3K-1" not in in_tier(2, seen=seen).mails()[0].body.partition("\n\n")[0]


def test_a_worker_is_told_whom_the_assignment_shows_as_its_contact() -> None:
    said = updated(in_tier(2, rules=LONG_TIER))
    assert said.startswith("We wrote to Sue Support, the contact that the assignment names, on Wed 4 Mar 2026")


def test_whom_an_agent_has_named_is_not_told() -> None:
    world = in_tier(2, rules=LONG_TIER, fields={"project_manager_email": "Pat Private <pat@client.example>"})
    assert updated(world).startswith("We wrote to the client's contact for the assignment on Wed 4 Mar 2026")
    assert "Pat Private" not in " ".join(world.said())


def test_whom_it_will_be_is_promised_by_the_name_by_which_it_is_told_afterwards() -> None:
    world = in_tier(1)
    promised = world.public()[-1].say
    assert promised and promised.public
    assert "we write to Sue Support, the contact that the assignment names." in promised.progress
    assert "our next step is an e-mail to Sue Support, the contact that the assignment names, on" in (
        world.messages()[0].text
    )
    ahead = [one["what"] for one in view(world)["deadlines"]]
    assert any("we write to Sue Support, the contact that the assignment names." in one for one in ahead)
    world.pass_time(world.due(Timer.TIER_ENDS))
    done = [one["what"] for one in view(world)["sent"]]
    assert any("We wrote to Sue Support, the contact that the assignment names, on" in one for one in done)


def test_of_whom_an_agent_has_named_neither_a_promise_nor_the_message_on_the_assignment_has_the_name() -> None:
    world = in_tier(1, fields={"project_manager_email": "Pat Private <pat@client.example>"})
    promised = world.public()[-1].say
    assert promised and promised.public
    assert "we write to the client's contact for the assignment." in promised.progress
    assert "an e-mail to the client's contact for the assignment, on" in world.messages()[0].text
    world.agent(changes={"project_manager_email": ""})
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert updated(world).startswith("We wrote to Sue Support, the contact that the assignment names, on")


def test_a_client_is_promised_the_worker_by_the_same_name() -> None:
    said = in_tier(1, Party.CLIENT).public()[-1].say
    assert said and said.public
    assert "we write an e-mail to Wanda Worker." in said.progress


def test_an_account_manager_is_not_named() -> None:
    world = in_tier(3, fields={"account_manager_email": "Amy Manager <amy@workmarket.example>"})
    assert world.mails()[-1].body.startswith("Hello Amy Manager,")
    assert updated(world).startswith("On Fri 6 Mar 2026, 10:00 EST, we asked the account manager to reach out.")


def test_a_client_is_told_the_worker_s_name() -> None:
    said = updated(in_tier(2, Party.CLIENT, rules=LONG_TIER))
    assert said.startswith("We wrote an e-mail to Wanda Worker on Wed 4 Mar 2026")


def test_the_requester_s_page_tells_it_as_the_update_does() -> None:
    done = [one["what"] for one in view(in_tier(2))["sent"]]
    assert any("We wrote to Sue Support, the contact that the assignment names" in one for one in done)


def test_a_name_goes_with_the_assignment_that_showed_it() -> None:
    world = in_tier(2)
    world.agent(changes={"assignment_id": "880022"})
    assert world.case.delivery.told_names == {}
    assert world.case.delivery.known_names == {}
