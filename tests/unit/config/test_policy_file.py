"""The packaged policy, an operator's own file over it, and the public holidays."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from config.packaged import ConfigError
from config.policy import load_policy, merged, public_holidays
from config.texts import load_texts
from escalation.policies.policy import Policy, problems
from escalation.policies.policy_keys import TABLES
from escalation.policies.texts import Texts

SOURCE = resources.files("config").joinpath("policy.toml").read_text(encoding="utf-8")


def test_the_packaged_policy_has_no_problems() -> None:
    assert problems(load_policy()) == []


def test_the_packaged_policy_builds_a_policy() -> None:
    texts = Texts.from_mapping(load_texts())
    policy = Policy.from_mapping(load_policy(), holidays=public_holidays("US"), texts=texts)
    assert Policy.from_json(policy.to_json(), texts=texts) == policy


def test_the_packaged_policy_has_the_defaults_of_the_process_page() -> None:
    policy = load_policy()
    assert policy["business_time"] == {
        "zone": "America/New_York",
        "reading": "business_days",
        "weekdays": ["mon", "tue", "wed", "thu", "fri"],
        "day_start": "09:00",
        "opening": "09:00",
        "closing": "17:00",
        "send_only_open": True,
        "country": "US",
        "subdivision": "",
        "own_holidays": [],
        "worked_holidays": [],
    }
    assert policy["eligibility"] == {
        "worker_window_months": 6,
        "worker_window_basis": "scheduled_end",
        "client_window_days": 60,
        "client_not_contacted": "unknown",
        "approval_extra_hours": 48,
        "average_approval_hours": 72,
        "message_answer_hours": 48,
        "cancellation_message_hours": 24,
        "short_cancellation_hours": 24,
        "violation_labels": [],
    }
    assert policy["tiers"] == {
        "tier_1_hours": 48,
        "tier_2_hours": 48,
        "months": 1,
        "ask_before_end": True,
        "unreached_end_days": 5,
        "month_counted_from": "tier_1_entry",
        "off_platform_link": "https://www.adr.org/",
        "client_off_platform_link": "",
        "assignment_link": "https://www.workmarket.com/assignments/details/{assignment_id}",
    }
    assert policy["updates"] == {
        "update_hours": 48,
        "tell_progress": True,
        "progress_link_days": 30,
        "reminder_hours": 48,
        "withdrawal_days": 10,
        "confirm_days": 2,
        "silence_days": 5,
        "silence_unanswered_days": 2,
        "agent_reminder_days": 2,
        "lead_after_days": 5,
        "pause_days": 5,
    }
    delivery = policy["delivery"]
    assert (delivery["settle_seconds"], delivery["unreadable_hours"], delivery["post_dedupe_hours"]) == (60, 24, 24)
    assert (delivery["digest_hours"], policy["people"]["solve_as"]) == (4, "")


def test_every_key_is_documented_where_it_stands() -> None:
    """A comment stands above the key, or above the keys right before it in the same block."""
    for block in re.split(r"\n\s*\n", SOURCE):
        if re.search(r"^[a-z_0-9]+ = ", block, re.MULTILINE):
            assert block.lstrip().startswith("#"), f"not documented:\n{block}"


def test_what_the_comments_show_as_examples_is_accepted() -> None:
    examples = "\n".join(re.findall(r"^# (\[people\..+\]|\".+\" = .+)$", SOURCE, re.MULTILINE))
    assert problems(merged(load_policy(), tomllib.loads(examples))) == []
    assert examples.count("\n") == 3


def test_the_waits_add_up_to_what_the_comment_says() -> None:
    days = sum(load_policy()["delivery"]["retry_waits"]) / 86400
    assert 2 < days < 2.5


def test_an_own_file_changes_only_what_it_names(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[tiers]\ntier_1_hours = 24\n[people.client_names_by_project]\n"Kiosks" = ["Sam Supervisor"]\n')
    policy = load_policy(own)
    assert policy["tiers"] == load_policy()["tiers"] | {"tier_1_hours": 24}
    assert policy["people"]["client_names_by_project"] == {"Kiosks": ["Sam Supervisor"]}
    assert policy["people"]["automatic_replies"] == load_policy()["people"]["automatic_replies"]
    assert problems(policy) == []


def test_a_list_in_an_own_file_replaces_the_packaged_one(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[business_time]\nweekdays = ["sat"]\n')
    assert load_policy(own)["business_time"]["weekdays"] == ["sat"]


def test_a_misspelt_key_in_an_own_file_is_noticed(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[tiers]\ntier1_hours = 24\n")
    assert problems(load_policy(own)) == ["The policy knows no tiers.tier1_hours: did you mean tiers.tier_1_hours?"]


def test_a_file_of_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(b"\xef\xbb\xbflanguage = 'en'\n")
    assert load_policy(own)["language"] == "en"


def test_broken_toml_is_told_in_one_sentence_with_file_and_line(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[tiers]\ntier_1_hours = = 24\n")
    with pytest.raises(
        ConfigError, match=r"own\.toml is not valid TOML: invalid value \(at line 2, column 16\)\.$"
    ):
        load_policy(own)


def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(b"[tiers]\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"own\.toml, line 2: this is not UTF-8"):
        load_policy(own)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load_policy(tmp_path / name)


def test_merging_leaves_both_sides_as_they_were() -> None:
    under, over = {"a": {"b": 1}}, {"a": {"c": 2}}
    assert merged(under, over) == {"a": {"b": 1, "c": 2}}
    assert (under, over) == ({"a": {"b": 1}}, {"a": {"c": 2}})


def test_us_holidays_are_the_federal_ones_from_2015_to_2060() -> None:
    holidays = public_holidays("US")
    in_2026 = [day for day in holidays if day.year == 2026]
    assert in_2026 == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 7, 4),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]
    assert holidays[date(2026, 11, 26)] == "Thanksgiving Day"
    assert {day.year for day in holidays} == set(range(2015, 2061))


def test_a_states_own_holidays_are_added() -> None:
    assert date(2026, 3, 31) in public_holidays("US", "CA")
    assert date(2026, 3, 31) not in public_holidays("US")


def test_no_country_means_no_holidays() -> None:
    assert public_holidays("") == {}


def test_a_calendar_known_for_some_years_only_brings_no_warning() -> None:
    assert public_holidays("IN")


@pytest.mark.parametrize(
    ("country", "subdivision", "said"),
    [
        ("XX", "", "business_time.country 'XX' is unknown"),
        ("us", "", "business_time.country 'us' is unknown"),
        ("US", "XX", "business_time.subdivision 'XX' is unknown for US"),
    ],
)
def test_an_unknown_place_is_told_in_one_sentence(country: str, subdivision: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        public_holidays(country, subdivision)


def test_the_rules_know_every_key_of_the_packaged_file() -> None:
    packaged = load_policy()
    assert {table: set(packaged[table]) for table in TABLES} == {table: set(keys) for table, keys in TABLES.items()}
