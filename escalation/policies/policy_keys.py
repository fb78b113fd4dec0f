"""The keys a policy file must hold, and what each may be: every rule answers with a sentence or nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import partial
from typing import Any

from escalation.model.tiers import NAMED, TIERS
from escalation.policies.addresses import email_or_empty, person
from escalation.policies.links import link, link_or_empty, link_with_id
from escalation.policies.times import clock_time, closing_time, zone

# A check answers None, or how the sentence "`key` …" goes on.
KeyCheck = Callable[[Any], str | None]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def number(low: float, high: float, unit: str) -> KeyCheck:
    """Accept a number of `unit` between `low` and `high`, both included."""

    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return f"must be a number of {unit} from {low:g} to {high:g}, not {value!r}."
        return None

    return check


def whole(low: int, high: int, unit: str) -> KeyCheck:
    """Accept a whole number of `unit` between `low` and `high`, both included."""

    def check(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return f"must be a whole number of {unit} from {low} to {high}, not {value!r}."
        return None

    return check


def truth(value: Any) -> str | None:
    """Accept true or false."""
    return None if isinstance(value, bool) else f"must be true or false, not {value!r}."


def choice(*options: str) -> KeyCheck:
    """Accept one of a few words, and suggest the nearest."""

    def check(value: Any) -> str | None:
        if isinstance(value, str) and value in options:
            return None
        near = difflib.get_close_matches(str(value), options, n=1)
        hint = f": did you mean {near[0]!r}?" if near else "."
        return f"must be one of {', '.join(options)}, not {value!r}{hint}"

    return check


def code(value: Any) -> str | None:
    """Accept letters, digits and hyphens, as in a language or country code."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9-]*", value):
        return None
    return f"must be a short code such as 'US', not {value!r}."


def ending(value: Any) -> str | None:
    """Accept the ending of a file's name, without its dot."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9]{1,10}", value):
        return None
    return f"must be an ending in small letters such as 'pdf', not {value!r}."


def weekdays(value: Any) -> str | None:
    """Accept at least one weekday by its short English name."""
    if isinstance(value, list) and not value:
        return "must name at least one weekday: without one there is no business time."
    if isinstance(value, list) and all(isinstance(day, str) and day in WEEKDAYS for day in value):
        return None
    return f"must list weekdays out of {', '.join(WEEKDAYS)}, not {value!r}."


def each(check: KeyCheck) -> KeyCheck:
    """Accept a list whose entries all pass `check`; name the entry that does not."""

    def check_all(value: Any) -> str | None:
        if not isinstance(value, list):
            return f"must be a list, not {value!r}."
        said = ((n, check(one)) for n, one in enumerate(value, start=1))
        return next((f"(entry {n}) {wrong}" for n, wrong in said if wrong), None)

    return check_all


def table_by(word: str, check: KeyCheck, key: Callable[[str], bool] = bool) -> KeyCheck:
    """Accept a table by `word` whose keys are such and whose entries all pass `check`; name the one that is not."""

    def check_all(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"must be a table by {word}, not {value!r}."
        said = ((name, check(one) if key(name) else f"is no {word}.") for name, one in value.items())
        return next((f"({word} {name!r}) {wrong}" for name, wrong in said if wrong), None)

    return check_all


by_project, by_language = partial(table_by, "project"), partial(table_by, "language")


def some_languages(value: Any) -> str | None:
    """Accept a list of languages that names at least one."""
    wrong = each(filled)(value)
    return wrong or (None if value else "must name at least one language: agents work with its macros.")


def text_or_empty(value: Any) -> str | None:
    """Accept any text."""
    return None if isinstance(value, str) else f"must be a text in quotes, not {value!r}."


def filled(value: Any) -> str | None:
    """Accept a text that is not blank."""
    return None if isinstance(value, str) and value.strip() else f"must be a text in quotes, not {value!r}."


def phrase(value: Any) -> str | None:
    """Accept words of which at least one has to stand and is said."""
    wrong = filled(value)
    must = [word for word in str(value).removesuffix("$").split() if not word.startswith("[") and word != "*"]
    return wrong or (
        None if must else f"must have a word without brackets, not {value!r}: it would fit every text."
    )


def destination(value: Any) -> str | None:
    """Accept nothing, a ticket's number, or the whole path of a folder."""
    if isinstance(value, str) and (not value or re.fullmatch(r"[1-9][0-9]{0,17}|/[^\0]*", value)):
        return None
    return f"must be '', a ticket's number such as '4711', or a folder's whole path, not {value!r}."


def day(value: Any) -> str | None:
    """Accept a date, as TOML's own or as text."""
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return f"must be a date such as '2026-12-24', not {value!r}."
    return None


LONG = 24 * 366
HOURS = number(1, LONG, "hours")
BUSINESS_HOURS = number(1, LONG, "business hours")
BUSINESS_DAYS = whole(1, 366, "business days")

TABLES: dict[str, dict[str, KeyCheck]] = {
    "business_time": {
        "zone": zone,
        "reading": choice("business_days", "office_hours"),
        "weekdays": weekdays,
        **dict.fromkeys(("day_start", "opening"), clock_time),
        "closing": closing_time,
        "send_only_open": truth,
        "country": code,
        "subdivision": code,
        **dict.fromkeys(("own_holidays", "worked_holidays"), each(day)),
    },
    "eligibility": {
        "worker_window_months": whole(1, 120, "months"),
        "worker_window_basis": choice("scheduled_end", "window_end"),
        "client_window_days": whole(1, 3660, "days"),
        "client_not_contacted": choice("unknown", "mendable", "pass"),
        "approval_extra_hours": number(0, LONG, "hours"),
        "average_approval_hours": number(0, LONG, "hours"),
        "message_answer_hours": number(0, LONG, "hours"),
        "cancellation_message_hours": number(0, LONG, "hours"),
        "short_cancellation_hours": number(0, LONG, "hours"),
        "violation_labels": each(filled),
    },
    "tiers": {
        **{tier.hours: BUSINESS_HOURS for tier in TIERS if tier.hours},
        "months": whole(1, 24, "calendar months"),
        "ask_before_end": truth,
        "unreached_end_days": BUSINESS_DAYS,
        "month_counted_from": choice("tier_1_entry", "submission"),
        "off_platform_link": link,
        "client_off_platform_link": link_or_empty,
        "assignment_link": link_with_id,
    },
    "updates": {
        "update_hours": BUSINESS_HOURS,
        "tell_progress": truth,
        "progress_link_days": whole(0, 3660, "days"),
        "reminder_hours": BUSINESS_HOURS,
        "withdrawal_days": BUSINESS_DAYS,
        "confirm_days": BUSINESS_DAYS,
        "silence_days": BUSINESS_DAYS,
        "silence_unanswered_days": BUSINESS_DAYS,
        **dict.fromkeys(("agent_reminder_days", "lead_after_days"), BUSINESS_DAYS),
        "pause_days": BUSINESS_DAYS,
    },
    "delivery": {
        "settle_seconds": number(30, 3600, "seconds"),
        "unreadable_hours": HOURS,
        "digest_hours": number(0, LONG, "hours"),
        "post_dedupe_hours": HOURS,
        "retry_waits": each(number(0, 86400, "seconds")),
    },
    "files": {
        "share_requester_files": truth,
        "file_types": each(ending),
        "largest_file_mb": number(0.1, 50, "megabytes"),
        "scan_wait_minutes": number(0, 1440, "minutes"),
        "unscanned_files": choice("ask", "send"),
    },
    "retention": {
        "keep_looks_hours": HOURS,
        "keep_rows_days": whole(7, 3660, "days"),
    },
    "report": {
        "report_to": destination,
        "report_each": choice("week", "month"),
    },
    "desk": {
        "operators_group": text_or_empty,
        "operators": each(filled),
    },
    "people": {
        "solve_as": email_or_empty,
        "agents_group": filled,
        "lead": text_or_empty,
        "client_names": each(filled),
        "client_names_by_project": by_project(each(filled)),
        **{recipient.by_project: by_project(person) for recipient in NAMED},
        "automatic_replies": each(filled),
    },
    "automatic": {
        "says_itself": by_language(each(phrase)),
        "says_absent": by_language(each(phrase)),
        "says_along": by_language(each(phrase)),
        "dates": by_language(each(filled)),
        "says_closing": by_language(each(phrase)),
        "says_person": by_language(each(phrase)),
        "says_undelivered": by_language(each(phrase)),
    },
}
BY_BRAND = table_by("brand's id", filled, str.isdecimal)
TOP: dict[str, KeyCheck] = {"language": filled, "languages": some_languages, "brand_languages": BY_BRAND}
FIELDS = {table: tuple(keys) for table, keys in TABLES.items() if table != "business_time"}
FIELDS["business_time"] = ("send_only_open",)
"""The keys that are a policy's own by table; what else stands under business time makes its calendar."""


def problems(mapping: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each thing wrong with a policy: which key, and what to do."""
    found = _compared(mapping, {**TOP, **dict.fromkeys(TABLES, _table)}, "")
    for table, checks in TABLES.items():
        if isinstance(mapping.get(table), Mapping):
            found += _compared(mapping[table], checks, f"{table}.")
    return found or _no_business_time(mapping["business_time"]) or _empty_waits(mapping["delivery"])


def _table(value: Any) -> str | None:
    return None if isinstance(value, Mapping) else f"must be a table, not {value!r}."


def _compared(given: Mapping[str, Any], checks: Mapping[str, KeyCheck], under: str) -> list[str]:
    found = [f"The policy has no {under}{key}: add it." for key in checks if key not in given]
    for key, value in given.items():
        if key in checks:
            wrong = checks[key](value)
            found += [f"{under}{key} {wrong}"] if wrong else []
        else:
            found.append(f"The policy knows no {under}{key}{_hint(key, checks, under)}")
    return found


def _hint(key: str, checks: Mapping[str, KeyCheck], under: str) -> str:
    if home := next((table for table, known in TABLES.items() if key in known), None):
        return f": it belongs under [{home}]."
    near = difflib.get_close_matches(key, checks, n=1)
    return f": did you mean {under}{near[0]}?" if near else ": remove it."


def _no_business_time(table: Mapping[str, Any]) -> list[str]:
    opening, closing = table["opening"], table["closing"]
    if closing == "24:00" or time.fromisoformat(opening) < time.fromisoformat(closing):
        return []
    return [
        f"business_time.closing ({closing}) must be later than business_time.opening ({opening}): "
        "otherwise there is no business time."
    ]


def _empty_waits(table: Mapping[str, Any]) -> list[str]:
    return [] if table["retry_waits"] else ["delivery.retry_waits must hold at least one wait in seconds."]
