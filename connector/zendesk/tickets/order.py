"""The order of a ticket's audits: by moment, within one second by what each found there, and only then by id."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from connector.reading import items, text
from connector.zendesk.tickets.audits import Audit

Changes = dict[str, tuple[Any, Any]]


def in_order(audits: Iterable[Audit]) -> list[Audit]:
    """Oldest first. Ids come from blocks of several servers, so that a later one may be lower (recorded)."""
    by_moment = groupby(sorted(audits, key=lambda audit: audit.order), key=lambda audit: audit.at)
    return [audit for _, same in by_moment for audit in _within_a_second(list(same))]


def _within_a_second(audits: list[Audit]) -> list[Audit]:
    waiting = {audit.id: (audit, _changes(audit)) for audit in audits}
    found: list[Audit] = []
    while waiting:
        first = next((one for one in waiting if not _after_another(one, waiting)), next(iter(waiting)))
        found.append(waiting.pop(first)[0])
    return found


def _after_another(one: int, waiting: dict[int, tuple[Audit, Changes]]) -> bool:
    own = waiting[one][1]
    return any(
        _follows(own, changes) and not _follows(changes, own)
        for other, (_, changes) in waiting.items()
        if other != one
    )


def _follows(later: Changes, earlier: Changes) -> bool:
    """Whether something was changed from what it had been changed to."""
    return any(later[name][0] == earlier[name][1] for name in later.keys() & earlier.keys())


def _changes(audit: Audit) -> Changes:
    """What each value was before and after; rules of the account change on within the same audit."""
    found: Changes = {}
    for event in items(audit.raw.get("events")):
        if event.get("type") in ("Create", "Change"):
            name = text(event.get("field_name"))
            before = found[name][0] if name in found else event.get("previous_value")
            found[name] = before, event.get("value")
    return found
