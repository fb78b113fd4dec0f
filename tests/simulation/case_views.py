"""I17: each reader of a case sees what their audience may, read off the views and pages of every case of a seed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from parley.case_view.case_reading import CaseViews
from parley.pages.requester.address_book import digest_of
from parley.pages.requester.page_html import shown
from store.schema.tables import outbox, progress_links
from sync.shared.page_addresses import LAST_PART, PATH
from tests.simulation.scheduler import Violation
from tests.simulation.simulated_desk import CANARY, CLIENTS_WORDS, SimulatedDesk, canary_of
from tests.simulation.template import PUBLIC_URL

_TOLD = re.compile(f"{re.escape(PUBLIC_URL + PATH)}({LAST_PART})")


def check_views(desk: SimulatedDesk) -> None:
    """No word of agents', of the other side, of a company or of another's ticket is in what a requester sees."""
    views = CaseViews(desk.judges, desk.template.policy, desk.sim.now)
    for case in desk.cases():
        seen = {name: views.of_case(case.id, name) or {} for name in ("requester", "agent", "operator")}
        told = json.dumps(seen["requester"], ensure_ascii=False)
        if found := _betrayed(desk, told):
            raise Violation(f"I17: the requester of {case.id} would see {found}.")
        others = [canary_of(one) for one in desk.companies if one != case.company]
        if any(one in json.dumps(seen["agent"]) for one in others if case.company):
            raise Violation(f"I17: agents of {case.id} would see another company's words.")
        _agrees(case, seen)
    _pages(desk, views)


def _betrayed(desk: SimulatedDesk, told: str) -> list[str]:
    canaries = [CANARY, "internal.pdf", CLIENTS_WORDS, *map(canary_of, desk.companies)]
    return [one for one in canaries if one in told]


def _agrees(case: Any, seen: dict[str, dict[str, Any]]) -> None:
    for name, view in seen.items():
        if (view["ticket_id"], view["state"]) != (case.ticket_id, case.state.value):
            raise Violation(f"I17: {name}s would see {case.id} as {view['state']}.")
    if not seen["requester"].keys() < seen["agent"].keys() < seen["operator"].keys():
        raise Violation("I17: a wider audience is not told what a narrower one is.")


def _pages(desk: SimulatedDesk, views: CaseViews) -> None:
    """Of a case one address opens its page, the one that its requester was told last on its ticket; and no row of
    the database holds any."""
    told = dict(_told(desk))
    kept = b"".join(one.read_bytes() for one in desk.folder.glob("parley.db*"))
    open_pages: dict[str, list[str]] = {}
    for token, ticket in told.items():
        if token.encode() in kept:
            raise Violation(f"I17: the address of a page on {ticket} is in the database.")
        page = views.of_page(digest_of(token))
        if page is None:
            continue
        if page.view.ticket_id != str(ticket):
            raise Violation(f"I17: what was told on {ticket} opens the page of {page.view.ticket_id}.")
        if found := _betrayed(desk, bytes(shown(page, "https://x/requests/1", pressed=None).body).decode()):
            raise Violation(f"I17: the page of {page.case_id} shows {found}.")
        open_pages.setdefault(page.case_id, []).append(token)
    for case_id, addresses in open_pages.items():
        if len(addresses) > 1:
            raise Violation(f"I17: {len(addresses)} addresses open the page of {case_id}.")
    for case_id, digest in _proved_told(desk):
        if views.of_page(digest) and case_id not in open_pages:
            raise Violation(f"I17: the requester of {case_id} counts as told of a page, and was not.")


def _proved_told(desk: SimulatedDesk) -> list[tuple[str, str]]:
    """The cases whose page was told in an update that is proved done, with what it is looked for by."""
    told = select(progress_links.c.case_id, progress_links.c.digest).where(
        progress_links.c.given_in.in_(select(outbox.c.id).where(outbox.c.state == "done"))
    )
    return [tuple(row) for row in desk.look(lambda tx: tx._connection.execute(told).all())]


def _told(desk: SimulatedDesk) -> Iterator[tuple[str, int]]:
    for ticket in sorted(desk.zendesk.account.tickets):
        for said in desk.zendesk.public_comments(ticket):
            yield from ((token, ticket) for token in _TOLD.findall(said))
