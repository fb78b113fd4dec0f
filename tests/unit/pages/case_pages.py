"""Pages of one case, made from cases of the process's own tests, without a store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from escalation.model.case import JournalEntry
from escalation.telling.audiences import case_view
from escalation.telling.stored import StoredCase, StoredEffect, StoredLetter, Wait
from parley.pages.desk.one_case.case_page import OneCasePage
from tests.unit.escalation.case_world import START, CaseWorld, policy
from tests.unit.escalation.corpus import world_in
from tests.unit.pages.desk_visits import ADA, ORIGIN, Browser, DeskAnswer, DeskShell, by_proxy

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe & 'quoted'"
TICKETS = "https://acme.zendesk.com/agent/tickets"
FREE = frozenset({
    "fact", "source", "remedy", "why", "what", "actor", "by", "text", "to", "name", "assignment_title", "company",
    "requester", "error", "waiting_for",
})  # fmt: skip
"""Fields of a view whose words may be anybody's."""


class KnownViews:
    """The views of a few cases, by their tickets; `asked` are the names that were asked for."""

    def __init__(self, views: Mapping[str, Any]) -> None:
        self.views = views
        self.asked: list[str] = []

    def of_ticket(self, name: str, reader: str) -> Any:
        assert reader == "operator"
        self.asked.append(name)
        found = self.views.get(name)
        if isinstance(found, Exception):
            raise found
        return found

    of_case = of_ticket


def view_of(name: str) -> dict[str, Any]:
    """The operator's view of a case of the corpus, with the journal that it wrote."""
    return view_of_world(world_in(name))


def view_of_world(world: CaseWorld) -> dict[str, Any]:
    lines = [one.partition(": ")[::2] for one in world.journal]
    first = START + timedelta(minutes=1)
    journal = tuple(
        JournalEntry(first + timedelta(hours=number), "parley", what, why)
        for number, (what, why) in enumerate(lines)
    )
    effects = tuple(
        StoredEffect(one.id, one.type, "done", 2, world.now, world.now, one, world.now, world.now)
        for one in world.asked
        if hasattr(one, "id")
    )
    wait = Wait("dead_letter", world.now, error="Zendesk refused it.")
    lost = StoredEffect("C-1.77", "update_ticket", "dead", 3, world.now, world.now, error="Refused.", wait=wait)
    letter = StoredLetter(5, "zendesk.hint", world.now, 4, "It fails each time.")
    stored = StoredCase(world.case, "p" * 64, 7, world.now, (*effects, lost), (letter,), journal)
    return case_view(stored, "operator", world.now, policy())


def hostile(value: Any, name: str = "", words: str = HOSTILE) -> Any:
    """A view with somebody's words in each place that may hold them."""
    if isinstance(value, dict):
        return {key: hostile(one, key, words) for key, one in value.items()}
    if isinstance(value, list):
        return [hostile(one, name, words) for one in value]
    return words if name in FREE and isinstance(value, str) else value


def case_shell(views: KnownViews) -> DeskShell:
    known: Any = views
    store: Any = None
    return DeskShell(ORIGIN, by_proxy(), OneCasePage(known, store, TICKETS, "America/New_York").pages())


def opened(view: Any, path: str = "/desk/cases/35", who: str = ADA) -> DeskAnswer:
    """What a browser gets at a path, where ticket 35 has this case."""
    return Browser(case_shell(KnownViews({"35": view})), who).get(path)
