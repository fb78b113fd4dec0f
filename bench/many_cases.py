"""A database of many cases: one that was lived through to tier 2, with all of its rows, again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from bench.rapid_rows import put, rapid
from parley.pages.requester.address_book import digest_of, token_of
from store import PageGiving, Store
from store.schema.tables import cases, journal, outbox, progress_links, timers
from sync.operator.forecast import DAYS
from sync.shared.codec import encode_case, encode_effect
from sync.shared.listed_by import listed_by
from tests.unit.escalation.case_world import CaseWorld, in_tier

PROGRESS_SECRET: Final = "benchmark" * 4
"""What the addresses of requesters' pages are made with."""
PERSON: Final = "501"
AT_ONCE: Final = 1000
LINES: Final = 12


def fill(url: str, number: int) -> CaseWorld:
    """Write so many cases, each with its effects, its deadlines, its journal and its requester's page."""
    world = in_tier(2)
    now, body, listed = world.now, encode_case(world.case), listed_by(world.case)
    effects = [(one.type, encode_effect(one, "ticket:1")) for one in world.asked]
    with Store.open(url, now=lambda: now) as store:
        store.write(lambda tx: tx.policies.keep("policy", world.policy.to_json()))
    with rapid(url) as connection:
        for first in range(0, number, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, number))
            put(connection, cases, [_case(n, body, listed, now) for n in numbers])
            put(connection, outbox, [_effect(n, m, *one, now) for n in numbers for m, one in enumerate(effects)])
            put(connection, progress_links, [_link(n, now) for n in numbers])
            put(connection, timers, [one for n in numbers for one in _timers(n, now)])
            put(connection, journal, [_line(n, now) for n in numbers for _ in range(LINES)])
    return world


def page_end(number: int) -> str:
    """The end of the address of the page that the requester of a case has."""
    return token_of(PROGRESS_SECRET, PageGiving(f"C-{number}", PERSON, str(number), f"C-{number}.0"))


def _case(number: int, body: dict[str, Any], listed: dict[str, Any], now: Any) -> dict[str, Any]:
    return {
        "id": f"C-{number}", "ticket_id": str(number), "assignment_id": f"8{number}", "party": "worker",
        "requester_id": PERSON, "state": "tier_2", "tier": 2, "open": True, "blocks": True,
        "body": {**body, "id": f"C-{number}", "ticket_id": str(number)}, "policy": "policy", "version": 9,
        "opened_at": now, "changed_at": now, "company": "acme", **listed,
    }  # fmt: skip


def _link(number: int, now: Any) -> dict[str, Any]:
    return {
        "case_id": f"C-{number}", "person": PERSON, "digest": digest_of(page_end(number)), "ticket_id": str(number),
        "given_in": f"C-{number}.0", "at": now,
    }  # fmt: skip


def _timers(number: int, now: Any) -> list[dict[str, Any]]:
    """An update for each case, and the end of its tier for two of three."""
    kinds = ("next_update", "tier_ends") if number % 3 else ("next_update",)
    due = [now + timedelta(seconds=number * step % (DAYS * 86400)) for step in (7919, 104729)]
    return [
        {"case_id": f"C-{number}", "kind": kind, "generation": 1, "due": at, "why": {}, "fired": False}
        for kind, at in zip(kinds, due, strict=False)
    ]


def _effect(number: int, place: int, kind: str, body: dict[str, Any], now: Any) -> dict[str, Any]:
    return {
        "id": f"C-{number}.{place}", "case_id": f"C-{number}", "lane": f"ticket:{number}", "kind": kind,
        "body": body, "state": "done", "attempts": 1, "due": now, "created_at": now, "attempted_at": now,
        "priority": 1,
    }  # fmt: skip


def _line(number: int, now: Any) -> dict[str, Any]:
    return {
        "case_id": f"C-{number}", "ticket_id": str(number), "at": now, "actor": "parley", "what": "looked",
        "why": "x",
    }  # fmt: skip
