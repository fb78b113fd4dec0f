"""What the account has, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.reading import truth
from connector.zendesk.account.setup import AccountFeatures, Definitions, Thing
from parley.zendesk.account.model.refs import ONE, PartKey
from parley.zendesk.account.planning.known_state import StateEntry


@dataclass(frozen=True, slots=True)
class ActualAccount:
    """The account at one moment. `secrets` by the ids of our webhooks; they are never shown. `languages`: the tags
    of those that are switched on, by their ids; empty where nobody asked. `apps`: whether the account lists apps
    of its own."""

    things: Mapping[str, tuple[Thing, ...]]
    features: AccountFeatures
    triggers: Definitions
    user: int
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    languages: Mapping[int, str] = field(default_factory=dict)
    apps: bool = True

    def named(self, kind: str, name: str) -> list[Thing]:
        return [thing for thing in self.things[kind] if thing.name == name]

    def shared_form(self, ours: str, entries: Mapping[PartKey, StateEntry]) -> str | None:
        """The name of the only form that the account can have; None where it has ours, or can."""
        mine = entries.get(("form", ONE))
        if self.features.several_forms is not False or self.named("form", ours) or self._still_there(mine):
            return None
        return next(
            (one.name for one in self.things["form"] if truth(one.details.get("default")) or one.active), ""
        )

    def _still_there(self, entry: StateEntry | None) -> bool:
        return entry is not None and self.by_id("form", entry.id) is not None

    def by_id(self, kind: str, thing_id: str) -> Thing | None:
        return next((thing for thing in self.things[kind] if thing.id == thing_id), None)
