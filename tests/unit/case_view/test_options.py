"""What agents are offered in a case, in the account's own words."""

from __future__ import annotations

import pytest

from config.zendesk import load_account
from connector.zendesk import AccountIds
from escalation.model.values import PAUSE_TAG, POST_TAG, State
from escalation.model.views import Message
from parley.case_view.options import options_of
from tests.unit.escalation.case_world import START, CaseWorld, assignment
from tests.unit.escalation.corpus import STATES, world_in

ACCOUNT = load_account()
IDS = AccountIds(
    form=1,
    fields={field.key: 7000 + number for number, field in enumerate(ACCOUNT.fields)},
    macros={macro.key: 3600 + number for number, macro in enumerate(ACCOUNT.macros)},
)


def offered(name: str, ids: AccountIds = IDS) -> list[str]:
    return [one.key for one in options_of(world_in(name).case, ids, 5)]


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        ("tier 1", ["tier_2", "update", "responded", "pause", "post", "off_platform"]),
        ("client: tier 2", ["tier_3", "update", "responded", "pause", "post", "off_platform_client"]),
        ("tier 3, unsent", ["update", "responded", "pause", "post", "off_platform"]),
        ("other side responded", ["tier_1", "update", "not_responded", "pause", "post", "off_platform"]),
        ("needs review", ["tier_1", "pause", "post", "not_eligible"]),
        ("tier 1, paused", ["tier_2", "update", "responded", "post", "off_platform"]),
        ("confirming outcome", ["tier_1", "pause", "post", "off_platform"]),
        ("resolved", []),
    ],
)
def test_what_makes_sense_in_a_state_is_offered_on_with_it_first(state: str, keys: list[str]) -> None:
    assert offered(state) == keys


@pytest.mark.parametrize("name", STATES)
def test_nothing_is_offered_that_the_account_is_not_known_to_have(name: str) -> None:
    assert offered(name, AccountIds()) in ([], ["pause"], ["resume"])


def test_an_offer_says_all_that_it_sets_in_the_accounts_own_words() -> None:
    tier, *_ = options_of(world_in("client: tier 2").case, IDS, 5)
    assert (tier.label, tier.does, tier.id) == ("Tier 3: client's case", "macro", IDS.macros["tier_3_client"])
    assert [(one.kind, one.name, one.value) for one in tier.sets] == [
        ("status", None, "Tier 3: account manager"),
        ("field", "Escalation tier", "Tier 3: account manager"),
        ("comment", None, None),
    ]


def test_a_macro_is_the_one_in_the_requesters_language_where_the_account_has_it() -> None:
    case = world_in("tier 1").case
    case.language = "es-419"
    spanish = AccountIds(form=1, macros={**IDS.macros, "tier_2.es-419": 9})
    assert options_of(case, spanish, 5)[0].id == 9
    assert options_of(case, IDS, 5)[0].id == IDS.macros["tier_2"]


def test_a_pause_says_how_long_it_lasts_and_a_paused_case_can_be_resumed_by_its_tag() -> None:
    (pause,) = [one for one in options_of(world_in("tier 1").case, IDS, 5) if one.key == "pause"]
    assert pause.label == "Pause for 5 business days"
    case = world_in("tier 1, paused").case
    case.tagged = (PAUSE_TAG,)  # it has been seen on the ticket
    (resume,) = [one for one in options_of(case, IDS, 5) if one.key == "resume"]
    assert (resume.does, resume.value, resume.sets[0].kind) == ("untag", PAUSE_TAG, "untag")
    case.tagged = ()
    assert "resume" not in [one.key for one in options_of(case, IDS, 5)]


def reviewed(**changes: object) -> CaseWorld:
    world = CaseWorld(**changes)  # type: ignore[arg-type]
    world.arrive()
    return world


def said_of(world: CaseWorld, key: str) -> str:
    (found,) = [one for one in options_of(world.case, IDS, 5) if one.key == key]
    return found.said or ""


def test_where_no_reason_was_given_the_field_is_named_and_no_button_says_that_the_case_goes_on() -> None:
    world = reviewed(fields={"reason": None})
    assert [one.key for one in options_of(world.case, IDS, 5)] == ["tier_1", "pause", "post", "not_eligible"]
    (asks,) = [one.remedy for one in world.case.judgement.verdict.decisive]  # type: ignore[union-attr]
    title = next(one.title for one in ACCOUNT.fields if one.key == "reason")
    assert asks == f"An agent chooses the reason in the ticket's field “{title}”."


def test_whether_an_explanation_was_given_is_asked_where_the_client_has_written() -> None:
    explained = assignment(messages=(*assignment().messages, Message(START, "Sue Support", "We are checking.")))
    world = reviewed(seen=explained)
    assert said_of(world, "not_stated") == "The case goes on."
    assert said_of(world, "stated") == "It ends the case."
    both = reviewed(seen=explained, fields={"reason": None})
    assert said_of(both, "not_stated") == "What else the check has left open still keeps the case waiting."


def test_in_a_pause_each_button_says_that_it_ends_it_and_what_goes_out() -> None:
    world = world_in("tier 1, paused")
    assert said_of(world, "tier_2").endswith(" The pause ends.")
    assert said_of(world, "responded").endswith(" The pause ends.")
    assert said_of(world, "post").endswith(" In the pause it is held: it goes out once that has ended.")
    assert "pause" not in said_of(world, "update")
    world.agent(comment=world.comment("Please look at the photos."), tags_added=frozenset({POST_TAG}))
    assert said_of(world, "tier_2").endswith(
        " The pause ends, and what it holds goes out: "
        "A message goes to the assignment: “Please look at the photos.”"
    )


def test_in_a_pause_a_button_that_ends_the_case_says_that_the_pause_ends_and_what_never_goes_out() -> None:
    world = world_in("tier 1, paused")
    assert said_of(world, "off_platform").endswith(" The pause ends with the case.")
    world.agent(comment=world.comment("Please look at the photos."), tags_added=frozenset({POST_TAG}))
    assert said_of(world, "off_platform").endswith(
        " The pause ends with the case, and what it holds never goes out: "
        "A message goes to the assignment: “Please look at the photos.”"
    )
    world.agent(changes={"status": State.OFF_PLATFORM})
    assert world.case.paused is None
    assert not any("photos" in one.text for one in world.messages())


def test_in_a_pause_a_button_that_answers_the_check_says_that_nothing_follows_until_it_has_ended() -> None:
    explained = assignment(messages=(*assignment().messages, Message(START, "Sue Support", "We are checking.")))
    world = reviewed(seen=explained)
    world.agent(tags_added=frozenset({PAUSE_TAG}))
    told = " In the pause nothing follows from it until that has ended."
    assert said_of(world, "stated") == f"It ends the case.{told}"
    assert said_of(world, "not_eligible").endswith(" The pause ends with the case.")
    world.agent(changes={"justification": "stated"})
    assert world.state is State.NEEDS_REVIEW


def test_a_pause_speaks_of_the_month_where_one_runs() -> None:
    assert "the month runs on" in said_of(world_in("tier 1"), "pause")
    assert "month" not in said_of(world_in("needs review"), "pause")
