"""The addresses of requesters' pages: of a person and a case there is one, and only a digest of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from store.schema.tables import outbox, progress_links
from store.sql import prepared
from store.sql.upsert import insert_or_update

_GIVEN = (
    select(progress_links.c.digest, progress_links.c.ticket_id, progress_links.c.given_in, outbox.c.state)
    .where(progress_links.c.case_id == bindparam("the_case"), progress_links.c.person == bindparam("the_person"))
    .select_from(progress_links.outerjoin(outbox, outbox.c.id == progress_links.c.given_in))
)


@dataclass(frozen=True, slots=True)
class PageGiving:
    """An update of a ticket is about to tell a person where the page of a case is."""

    case_id: str
    person: str
    ticket_id: str
    effect_id: str


class ProgressLinks:
    """Verbs of the addresses inside one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_told(self, giving: PageGiving, digests: Sequence[str]) -> bool:
        """Whether the person has been told the first of the addresses that could be, by another update."""
        return _is_told(self._given(giving), giving, digests)

    def _given(self, giving: PageGiving) -> Any:
        return prepared.first(self._connection, _GIVEN, {"the_case": giving.case_id, "the_person": giving.person})

    def give(self, giving: PageGiving, digests: Sequence[str], now: datetime) -> str | None:
        """Keep the digest of the address that is to be told, and return it; None where they have been told.

        `digests` are those of the addresses that could be, the one of a new secret first. An attempt that is made
        once more tells the same as before it; from then on no other address opens the page.
        """
        found, digest = self._given(giving), digests[0]
        if found is not None and found[2] == giving.effect_id and found[0] in digests:
            return str(found[0])
        if _is_told(found, giving, digests):
            return None
        row = {
            "case_id": giving.case_id, "person": giving.person, "digest": digest,
            "ticket_id": giving.ticket_id, "given_in": giving.effect_id, "at": now,
        }  # fmt: skip
        insert_or_update(self._connection, progress_links, ("case_id", "person"), row)
        return digest


def _is_told(found: Any, giving: PageGiving, digests: Sequence[str]) -> bool:
    if found is None:
        return False
    known, ticket_id, given_in, state = found
    told = (known, ticket_id) == (digests[0], giving.ticket_id) and state == "done"
    return bool(told) and given_in != giving.effect_id
