"""Which updates of a ticket a case has seen: told by their moments and ids, since the order of ids says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from escalation.model.views import Update

OVERLAP: Final = timedelta(hours=1)
"""So much later than its moment may an update come to be listed. Ids were seen to stray by up to 22 minutes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All updates older than `since` were seen, and of the younger ones those in `updates`: their moments by id.

    `until` is the moment of the newest one; all moments are Zendesk's. Nothing was seen while it is None.
    """

    until: datetime | None = None
    updates: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def since(self) -> datetime | None:
        """The moment up to which everything was seen."""
        return None if self.until is None else self.until - OVERLAP

    def has(self, update_id: int, at: datetime) -> bool:
        since = self.since
        return since is not None and (at <= since or update_id in self.updates)

    def and_also(self, updates: Iterable[Update], now: datetime) -> Seen:
        """What was seen and these. A moment that has not come yet by `now` takes nothing for seen."""
        fresh = {update.id: update.at for update in updates}
        known = {**self.updates, **fresh} if fresh else self.updates
        newest = max((*known.values(), *((self.until,) if self.until else ())), default=None)
        if newest is None or (not fresh and newest == self.until):
            return self
        until = max(min(newest, now), self.until) if self.until else min(newest, now)
        return Seen(until, {one: at for one, at in known.items() if at > until - OVERLAP})


UNSEEN: Final = Seen()
