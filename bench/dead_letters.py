"""Dead letters for the page that shows them: what is written before, and the page as it is made for a turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert
from starlette.responses import Response

from parley.pages.desk.dead_letters.letters_page import AT, DeadLettersPage
from parley.pages.desk.look import DeskLook
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import DeskVisit
from parley.pages.shared.forms import Fields
from parley.wiring.load_policy import load_rules
from store import Store, Tx
from store.schema.tables import outbox
from sync.operator.letter_groups import LOOKED_AT

CAUSES: Final = 15
CHOICES: Final[tuple[Fields, ...]] = ({}, {"kind": ["update_ticket"]}, {"page": ["9"]}, {"ticket": ["4711"]})
"""What the page is asked for by turns."""


def bury(store: Store, number: int) -> None:
    """Write a dead letter of each of so many cases, of more than a look reads at most, each with its own error."""
    now = store.now()

    def row(n: int) -> dict[str, Any]:
        error = f"Zendesk refused ticket {n * 97}: “{'abcdefghijklmno'[n % CAUSES] * 60}”. It was tried 9 times."
        return {
            "id": f"C-{n}.dead", "case_id": f"C-{n}", "lane": f"ticket:{n}", "kind": "update_ticket", "body": {},
            "state": "dead", "attempts": 9, "due": now, "created_at": now - timedelta(seconds=n), "error": error,
            "priority": 1,
        }  # fmt: skip

    def write(tx: Tx) -> None:
        tx._connection.execute(insert(outbox), [row(n) for n in range(min(number, LOOKED_AT + 200))])

    store.write(write)


def letters_page(store: Store) -> Callable[[int], Response]:
    """Makes the page of dead letters for an operator, narrowed now by this and now by that."""
    page = DeadLettersPage(store, load_rules(None), store.now)
    look, viewer = DeskLook((), signs_out=True), Viewer("Ada Agent", "Zendesk user 7", may_operate=True)

    def made(turn: int) -> Response:
        return page.show(DeskVisit(viewer, AT, AT, query=CHOICES[turn % len(CHOICES)], render=look.render))

    return made
