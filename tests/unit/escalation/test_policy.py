"""The policy: what a file may hold, what the process reads out of it, and the snapshot a case keeps."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.texts import load_texts
from escalation.language.automatic import Speaks
from escalation.model.tiers import TIERS
from escalation.policies.policy import Addressee, Policy, PolicyError, problems
from escalation.policies.policy_keys import TABLES, TOP
from escalation.policies.texts import Texts

TEXTS = Texts.from_mapping({"requester": {"update": "Nothing new."}, "locale": load_texts()["locale"]})
COMPLETE: dict[str, Any] = {
    "language": "en",
    "languages": ["en", "es-419"],
    "brand_languages": {"360001": "de"},
    "business_time": {
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
    },
    "eligibility": {
        "worker_window_months": 6,
        "worker_window_basis": "scheduled_end",
        "client_window_days": 60,
        "client_not_contacted": "unknown",
        "approval_extra_hours": 48,
        "average_approval_hours": 72,
        "message_answer_hours": 48,
        "cancellation_message_hours": 24,
        "short_cancellation_hours": 24,
        "violation_labels": ["Under Review"],
    },
    "tiers": {
        **{tier.hours: 48 for tier in TIERS if tier.hours},
        "months": 1,
        "ask_before_end": True,
        "unreached_end_days": 5,
        "month_counted_from": "tier_1_entry",
        "off_platform_link": "https://www.adr.org/",
        "client_off_platform_link": "",
        "assignment_link": "https://market.example/a/{assignment_id}",
    },
    "updates": {
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
    },
    "files": {
        "share_requester_files": False,
        "file_types": ["jpg", "pdf"],
        "largest_file_mb": 50,
        "scan_wait_minutes": 30,
        "unscanned_files": "ask",
    },
    "retention": {"keep_looks_hours": 1, "keep_rows_days": 30},
    "report": {"report_to": "", "report_each": "week"},
    "delivery": {
        "settle_seconds": 60,
        "digest_hours": 4,
        "unreadable_hours": 24,
        "post_dedupe_hours": 24,
        "retry_waits": [5, 30],
    },
    "desk": {"operators_group": "", "operators": []},
    "people": {
        "solve_as": "",
        "agents_group": "Escalations",
        "lead": "",
        "client_names": ["Casey Client"],
        "client_names_by_project": {"Kiosks": ["Sam Supervisor"]},
        "project_managers": {"Kiosks": {"name": "Pat Manager", "email": "pat@example.com"}},
        "account_managers": {},
        "automatic_replies": ["gone fishing"],
    },
    "automatic": {
        "says_itself": {"en": ["automatic reply"]},
        "says_absent": {"en": ["i am out of [the] office"]},
        "says_along": {"en": ["thank you"]},
        "dates": {"en": ["monday", "until"]},
        "says_closing": {"en": ["regards$"]},
        "says_person": {"en": ["approv*"]},
        "says_undelivered": {"en": ["undeliverable"]},
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    mapping = copy.deepcopy(COMPLETE)
    *tables, key = path.split(".")
    table = mapping
    for name in tables:
        table = table[name]
    table[key] = value
    return mapping


def policy(mapping: Mapping[str, Any] = COMPLETE, holidays: tuple[date, ...] = ()) -> Policy:
    return Policy.from_mapping(mapping, holidays=holidays, texts=TEXTS)


def test_a_complete_policy_has_no_problems() -> None:
    assert problems(COMPLETE) == []


def test_every_key_of_the_file_is_read() -> None:
    keys = {key for table, keys in TABLES.items() if table != "business_time" for key in keys}
    beside = {"send_only_open", "calendar", "texts", "companies", *TOP}
    assert {field.name for field in fields(Policy)} == keys | beside


def test_values_arrive_under_the_names_of_the_file() -> None:
    read = policy()
    assert (read.worker_window_months, read.tier_1_hours, read.month_counted_from) == (6, 48, "tier_1_entry")
    assert read.retry_waits == (5, 30)
    assert read.texts is TEXTS


def test_the_calendar_is_built_from_business_time_and_the_public_holidays() -> None:
    calendar = policy(holidays=(date(2026, 12, 25),)).calendar
    assert (calendar.zone, calendar.reading, calendar.weekdays) == (
        "America/New_York",
        "business_days",
        frozenset(range(5)),
    )
    assert (calendar.day_start, calendar.opening, calendar.closing) == (time(9), time(9), time(17))
    assert calendar.holidays == {date(2026, 12, 25)}


def test_own_holidays_are_added_and_worked_ones_taken_away() -> None:
    mapping = changed("business_time.own_holidays", ["2026-12-24", date(2026, 12, 31)])
    mapping["business_time"]["worked_holidays"] = ["2026-10-12"]
    read = policy(mapping, (date(2026, 10, 12), date(2026, 12, 25)))
    assert read.calendar.holidays == {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31)}


def test_an_office_may_close_at_midnight() -> None:
    mapping = changed("business_time.closing", "24:00")
    mapping["business_time"]["reading"] = "office_hours"
    assert policy(mapping).calendar.is_business(datetime(2026, 3, 3, 4, 59, tzinfo=UTC))


def test_an_assignment_is_linked_where_the_policy_says_so() -> None:
    assert policy().link_to("4711") == "https://market.example/a/4711"
    assert policy().link_to("4711/?x=<1>") == "https://market.example/a/4711%2F%3Fx%3D%3C1%3E"
    assert policy().link_to("") == ""
    assert policy(changed("tiers.assignment_link", "")).link_to("4711") == ""


def test_people_are_found_by_project() -> None:
    assert policy().person("project_managers", "Kiosks") == Addressee("Pat Manager", "pat@example.com")
    assert policy().person("project_managers", "Other") is None
    assert policy().person("account_managers", "Kiosks") is None


@pytest.mark.parametrize(
    ("name", "project", "expected"),
    [
        ("Casey Client", "", True),
        ("casey  client ", "Kiosks", True),
        ("Sam Supervisor", "Kiosks", True),
        ("Sam Supervisor", "Other", False),
        ("Casey", "", False),
        ("", "", False),
    ],
)
def test_the_clients_people_are_known_by_first_and_last_name(name: str, project: str, expected: bool) -> None:
    assert policy().is_client_name(name, project) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am OUT\u00a0OF-OFFICE until Monday", Speaks.MACHINE),
        ("Gone fishing.", Speaks.MACHINE),
        ("I am out of office, approved though", Speaks.PERSON),
        ("Undeliverable: your message", Speaks.MAIL_SYSTEM),
        ("We will pay on Friday", Speaks.PERSON),
        ("", Speaks.PERSON),
    ],
)
def test_automatic_replies_are_known_by_the_policys_phrases(text: str, expected: Speaks) -> None:
    assert policy().who_speaks(text) is expected


def test_a_violation_is_known_by_a_whole_label_in_any_case() -> None:
    assert policy().violation_label(["Urgent", "under review"]) == "under review"
    assert policy().violation_label(["Not under review"]) is None


WRONG = [
    ("language", "", "language must be a text"),
    ("languages", [], "languages must name at least one language"),
    ("languages", "en", "languages must be a list"),
    ("brand_languages", {"Acme": "de"}, "brand_languages (brand's id 'Acme') is no brand's id"),
    ("business_time.zone", "New York", "business_time.zone must be a time zone such as 'America/New_York'"),
    ("business_time.zone", 5, "business_time.zone must be a time zone"),
    ("business_time.zone", "", "business_time.zone must be a time zone"),
    ("business_time.reading", "business_day", "did you mean 'business_days'?"),
    (
        "business_time.reading",
        ["business_days"],
        "business_time.reading must be one of business_days, office_hours",
    ),
    ("business_time.weekdays", [], "at least one weekday: without one there is no business time"),
    ("business_time.weekdays", ["monday"], "business_time.weekdays must list weekdays out of mon, tue"),
    ("business_time.weekdays", "mon", "business_time.weekdays must list weekdays"),
    ("business_time.weekdays", [[]], "business_time.weekdays must list weekdays"),
    ("business_time.day_start", "9:00", "business_time.day_start must be a time such as '09:00'"),
    ("business_time.day_start", "24:00", "business_time.day_start must be a time"),
    ("business_time.opening", "09:60", "business_time.opening must be a time"),
    ("business_time.opening", 9, "business_time.opening must be a time"),
    ("business_time.opening", time(9), "business_time.opening must be a time"),
    (
        "business_time.closing",
        "09:00",
        "business_time.closing (09:00) must be later than business_time.opening (09:00)",
    ),
    ("business_time.closing", "08:00", "otherwise there is no business time"),
    ("business_time.country", "U.S.", "business_time.country must be a short code such as 'US'"),
    ("business_time.own_holidays", ["24 Dec"], "business_time.own_holidays (entry 1) must be a date"),
    (
        "business_time.own_holidays",
        ["2026-12-24", "2026-02-30"],
        "business_time.own_holidays (entry 2) must be a date",
    ),
    ("business_time.own_holidays", "2026-12-24", "business_time.own_holidays must be a list"),
    ("eligibility.worker_window_months", 0, "eligibility.worker_window_months must be a whole number of months"),
    ("eligibility.worker_window_months", 6.5, "must be a whole number of months from 1 to 120, not 6.5"),
    ("eligibility.worker_window_months", True, "must be a whole number"),
    ("eligibility.worker_window_months", "6", "must be a whole number"),
    ("eligibility.average_approval_hours", -1, "must be a number of hours from 0"),
    ("eligibility.average_approval_hours", float("nan"), "must be a number of hours"),
    ("eligibility.worker_window_basis", "window", "eligibility.worker_window_basis must be one of"),
    (
        "eligibility.violation_labels",
        ["ok", " "],
        "eligibility.violation_labels (entry 2) must be a text in quotes",
    ),
    ("tiers.tier_1_hours", 0, "tiers.tier_1_hours must be a number of business hours from 1"),
    ("tiers.tier_1_hours", True, "tiers.tier_1_hours must be a number"),
    ("updates.tell_progress", "yes", "updates.tell_progress must be true or false, not 'yes'."),
    ("tiers.off_platform_link", "www.adr.org", "tiers.off_platform_link must be a link that begins with https://"),
    ("tiers.off_platform_link", "http://www.adr.org/", "must be a link that begins with https://"),
    ("tiers.client_off_platform_link", "adr.org", "must be a link that begins with https://"),
    ("tiers.assignment_link", "https://market.example/", "must be a link that begins with https:// and holds {ass"),
    ("tiers.assignment_link", "http://market.example/{assignment_id}", "must be a link that begins with https://"),
    ("delivery.settle_seconds", 5, "delivery.settle_seconds must be a number of seconds from 30"),
    ("delivery.retry_waits", [5, -1], "delivery.retry_waits (entry 2) must be a number of seconds"),
    ("delivery.retry_waits", [], "delivery.retry_waits must hold at least one wait"),
    ("people.solve_as", "Ada Agent", "people.solve_as must be an e-mail address or empty"),
    ("people.agents_group", "", "people.agents_group must be a text in quotes"),
    ("people.agents_group", None, "people.agents_group must be a text in quotes"),
    ("people.project_managers", {"Kiosks": {"name": "Pat"}}, "(project 'Kiosks') must be {name ="),
    (
        "people.project_managers",
        {"Kiosks": {"name": " ", "email": "p@example.com"}},
        "(project 'Kiosks') needs a name",
    ),
    ("people.project_managers", {"Kiosks": {"name": "Pat", "email": "pat@"}}, "(project 'Kiosks') needs an e-mail"),
    ("people.project_managers", {"Kiosks": {"name": "Pat", "email": 7}}, "(project 'Kiosks') needs an e-mail"),
    ("people.account_managers", [], "people.account_managers must be a table by project"),
    ("people.client_names_by_project", {"Kiosks": "Sam"}, "(project 'Kiosks') must be a list"),
    ("business_time", 5, "business_time must be a table"),
    ("tiers.tier_1_hour", 48, "The policy knows no tiers.tier_1_hour: did you mean tiers.tier_1_hours?"),
    ("tiers.zzz", 48, "The policy knows no tiers.zzz: remove it."),
    ("tier_1_hours", 24, "The policy knows no tier_1_hours: it belongs under [tiers]."),
    ("tier", {}, "The policy knows no tier: did you mean tiers?"),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_a_wrong_value_is_told_in_one_sentence_with_its_key(path: str, value: Any, said: str) -> None:
    found = problems(changed(path, value))
    assert len(found) == 1
    assert said in found[0]
    assert path.split(".")[0] in found[0]
    assert found[0].endswith((".", "?"))


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(table: str) -> None:
    assert problems({key: value for key, value in COMPLETE.items() if key != table}) == [
        f"The policy has no {table}: add it."
    ]


def test_every_missing_key_is_named() -> None:
    for table, checks in TABLES.items():
        for key in checks:
            mapping = copy.deepcopy(COMPLETE)
            del mapping[table][key]
            assert problems(mapping) == [f"The policy has no {table}.{key}: add it."]


def test_all_problems_are_found_at_once() -> None:
    mapping = changed("tiers.tier_1_hours", 0)
    mapping["tiers"]["months"] = 0
    assert len(problems(mapping)) == 2


def test_a_policy_with_problems_is_refused_with_all_of_them() -> None:
    mapping = changed("tiers.tier_1_hours", 0)
    mapping["tiers"]["months"] = 0
    with pytest.raises(PolicyError) as refused:
        policy(mapping)
    assert len(refused.value.problems) == 2
    assert str(refused.value).endswith("(1 more like it.)")


def test_a_snapshot_survives_json_exactly() -> None:
    original = policy(holidays=(date(2026, 12, 25),))
    assert Policy.from_json(json.loads(json.dumps(original.to_json())), texts=TEXTS) == original


def test_a_snapshot_holds_no_texts() -> None:
    assert "texts" not in policy().to_json()


def test_a_key_younger_than_the_snapshot_comes_from_the_current_policy() -> None:
    data = policy().to_json()
    del data["pause_days"], data["account_managers"]
    current = replace(policy(), pause_days=9, confirm_days=9)
    read = Policy.from_json(data, texts=TEXTS, current=current)
    assert (read.pause_days, read.confirm_days, read.account_managers) == (9, 2, {})


def test_a_key_that_only_the_snapshot_knows_is_left_aside() -> None:
    assert Policy.from_json(policy().to_json() | {"retired_key": 1}, texts=TEXTS) == policy()


def test_equal_policies_have_the_same_fingerprint_whatever_the_order_of_their_keys() -> None:
    turned = {key: COMPLETE[key] for key in reversed(COMPLETE)}
    assert policy(turned).fingerprint() == policy().fingerprint()


@pytest.mark.parametrize(
    ("path", "value"),
    [("tiers.tier_1_hours", 24), ("business_time.zone", "UTC"), ("people.client_names", []), ("language", "de")],
)
def test_a_changed_policy_has_another_fingerprint(path: str, value: Any) -> None:
    assert policy(changed(path, value)).fingerprint() != policy().fingerprint()


def test_the_fingerprint_follows_the_holidays() -> None:
    assert policy(holidays=(date(2026, 12, 25),)).fingerprint() != policy().fingerprint()


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=5,
)
PATHS = list(TABLES) + [f"{table}.{key}" for table, keys in TABLES.items() for key in keys]


@settings(max_examples=300)
@given(st.sampled_from(PATHS), JUNK)
def test_whatever_stands_in_a_file_is_either_usable_or_told_in_sentences(path: str, value: Any) -> None:
    mapping = changed(path, value)
    found = problems(mapping)
    assert all(sentence.endswith((".", "?")) for sentence in found)
    if not found:
        Policy.from_json(json.loads(json.dumps(policy(mapping).to_json())), texts=TEXTS)
