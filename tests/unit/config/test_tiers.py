"""Every tier of the table has all it needs in the policy, in the texts and in the Zendesk account."""

from __future__ import annotations

from dataclasses import fields

import pytest

from config.policy import load_policy
from config.texts import load_texts
from config.zendesk import load_account
from escalation.model.tiers import NAMED, TIERS, ByEmail, OnAssignment, Recipient, Tier, Way, told_as
from escalation.model.values import Cause, Party, State
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts, gaps

ACCOUNT = load_account()
POLICY = load_policy()
TEXTS = Texts.from_mapping(load_texts())

each_tier = pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.state)
each_way = pytest.mark.parametrize(
    ("tier", "way"),
    [(tier, way) for tier in TIERS for way in tier.ways],
    ids=[f"{tier.state}-{party}" for tier in TIERS for party in ("worker", "client")],
)
each_recipient = pytest.mark.parametrize("recipient", NAMED, ids=lambda recipient: recipient.field)


def filled_with(key: str) -> set[str]:
    return set(gaps(TEXTS.templates[key]))


def test_tiers_are_counted_from_one_and_all_but_the_last_say_when_the_next_begins() -> None:
    assert [tier.number for tier in TIERS] == list(range(1, len(TIERS) + 1))
    assert [bool(tier.hours) for tier in TIERS] == [True] * (len(TIERS) - 1) + [False]


def test_every_state_and_cause_of_a_tier_is_in_the_table() -> None:
    assert [tier.state for tier in TIERS] == [state for state in State if state.name.startswith("TIER_")]
    assert [tier.cause for tier in TIERS] == [cause for cause in Cause if cause.name.startswith("TIER_")]


def test_the_policy_has_the_hours_of_the_tiers_and_of_no_others() -> None:
    named = {tier.hours for tier in TIERS if tier.hours}
    assert {key for key in POLICY["tiers"] if key.endswith("_hours")} == named
    assert named <= {field.name for field in fields(Policy)}


@each_way
def test_a_tiers_texts_are_there_and_have_the_gaps_that_are_filled(tier: Tier, way: Way) -> None:
    channel = way.channel
    assert TEXTS.audiences[way.text] == "requester"
    assert filled_with(way.text) == set()
    if isinstance(channel, ByEmail):
        assert filled_with(channel.subject) == {"assignment_id"}
        assert filled_with(channel.body) - {"greeting"} == {"about", "assignment_id", "next"}
        assert filled_with(channel.no_address) == ({"group"} if channel.asks_group else set())
    elif isinstance(channel, OnAssignment):
        assert filled_with(channel.text) == {"about", "assignment_id", "greeting", "next"}
    else:
        assert TEXTS.audiences[channel.note] == "agents"
        assert filled_with(channel.note) == {"group", "assignment_id"}


@pytest.mark.parametrize("party", Party)
@each_tier
def test_an_update_can_say_that_a_tier_was_entered_and_that_it_comes(tier: Tier, party: Party) -> None:
    keys = [f"done.{told_as(tier, party)}"] + ([f"then.{told_as(tier, party)}"] if tier is not TIERS[0] else [])
    assert [(TEXTS.audiences[key], filled_with(key)) for key in keys] == [("requester", {"date"})] * len(keys)


@each_way
def test_whom_the_assignment_shows_is_promised_and_told_by_name(tier: Tier, way: Way) -> None:
    if isinstance(way.channel, ByEmail) and way.channel.recipient.on_assignment:
        told = told_as(tier, Party.WORKER if way is tier.worker else Party.CLIENT)
        assert [filled_with(f"{said}.{told}_named") for said in ("then", "done")] == [{"date", "name"}] * 2


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("tier", TIERS[1:], ids=lambda tier: tier.state)
def test_a_letter_of_the_tier_before_says_that_this_one_follows(tier: Tier, party: Party) -> None:
    key = f"follows.{told_as(tier, party)}"
    assert TEXTS.audiences[key] == "other_side"
    assert filled_with(key) == {"date"}


@each_tier
def test_the_account_has_a_tiers_status_and_option(tier: Tier) -> None:
    status = next(status for status in ACCOUNT.statuses if status.key == tier.state)
    field = ACCOUNT.field("tier")
    option = next(option for option in field.options if option.tag == f"{field.prefix}{tier.number}")
    assert tier.state in ACCOUNT.form.statuses
    assert status.category == "hold"
    assert option.label == status.agent_label


@each_way
def test_the_account_has_a_macro_that_says_a_ways_text_and_sets_its_tier(tier: Tier, way: Way) -> None:
    macro = next(macro for macro in ACCOUNT.macros if macro.key == way.text)
    status = next(status for status in ACCOUNT.statuses if status.key == tier.state)
    named = {status.agent_label, f"Tier {tier.number}: client's case"}
    assert macro.name.removeprefix("Escalation::") in named
    assert (macro.comment, macro.status, macro.tier) == (way.text, tier.state, f"escalation_tier_{tier.number}")


@each_recipient
def test_a_recipient_has_a_field_on_the_ticket_and_a_table_in_the_policy(recipient: Recipient) -> None:
    assert TEXTS.templates[f"field.{recipient.field}"] == ACCOUNT.field(recipient.field).title
    assert recipient.by_project in POLICY["people"]
    assert recipient.by_project in {field.name for field in fields(Policy)}
    assert not recipient.replied or filled_with(recipient.replied) == {"text"}
