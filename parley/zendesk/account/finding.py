"""Which thing of the account is which part of ours, and what a person has to settle before that can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.zendesk.account.setup import Thing
from parley.zendesk.account.desired import Part
from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.live import Live
from parley.zendesk.account.memory import Made, What
from parley.zendesk.account.properties import active
from parley.zendesk.account.refs import refs_in


@dataclass(slots=True)
class Troubles:
    """What stands in the way, in sentences by the part that they are about: each cause once."""

    said: dict[What, list[str]] = field(default_factory=dict)

    def tell(self, what: What, sentence: str) -> None:
        self.said.setdefault(what, []).append(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for said in self.said.values() for sentence in said)

    @property
    def parts(self) -> frozenset[What]:
        return frozenset(self.said)


def follows(part: Part, troubled: frozenset[What]) -> bool:
    """Whether what is wrong with a part may only follow from trouble with it, or with a part that it refers to."""
    return part.what in troubled or any(ref.what in troubled for ref in refs_in(part.body))


def find(part: Part, live: Live, made: Made | None, troubles: Troubles) -> Thing | None:
    """The part in the account: by its name, and by its id where somebody renamed it."""
    noun = KINDS[part.kind].noun
    same = live.named(part.kind, part.name)
    renamed = live.by_id(part.kind, made.id) if made else None
    if len(same) > 1:
        same = _without_twins(same, made)
    if len(same) > 1:
        ids = " and ".join(thing.id for thing in same)
        troubles.tell(
            part.what, f"There is more than one {noun} named “{part.name}” ({ids}). Rename or delete all but one."
        )
    elif same and renamed is not None and renamed.id != same[0].id:
        troubles.tell(
            part.what,
            f"The {noun} “{part.name}” ({renamed.id}) was renamed “{renamed.name}”, and another one has its name "
            f"now ({same[0].id}). Rename or delete one of the two.",
        )
    return same[0] if same else renamed


def _without_twins(same: list[Thing], made: Made | None) -> list[Thing]:
    """Of several of one name the only one that is switched on, unless ours is among the others."""
    on = [thing for thing in same if active(thing.kind, thing.details)]
    off = {thing.id for thing in same} - {thing.id for thing in on}
    return on if len(on) == 1 and (made is None or made.id not in off) else same
