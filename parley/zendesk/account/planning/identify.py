"""Which thing of the account is which part of ours, and what a person has to settle before that can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.zendesk.account.setup import Thing
from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.model.part import AccountPart
from parley.zendesk.account.model.refs import PartKey, refs_in
from parley.zendesk.account.planning.actual import ActualAccount
from parley.zendesk.account.planning.known_state import StateEntry


@dataclass(slots=True)
class Problems:
    """What stands in the way, in sentences by the part that they are about: each cause once."""

    said: dict[PartKey, list[str]] = field(default_factory=dict)

    def tell(self, part_key: PartKey, sentence: str) -> None:
        self.said.setdefault(part_key, []).append(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for said in self.said.values() for sentence in said)

    @property
    def parts(self) -> frozenset[PartKey]:
        return frozenset(self.said)


def follows(part: AccountPart, troubled: frozenset[PartKey]) -> bool:
    """Whether what is wrong with a part may only follow from trouble with it, or with a part that it refers to."""
    return part.part_key in troubled or any(ref.part_key in troubled for ref in refs_in(part.body))


def identify(
    part: AccountPart, account: ActualAccount, entry: StateEntry | None, problems: Problems
) -> Thing | None:
    """The part in the account: by its name, and by its id where it was renamed."""
    noun = KINDS[part.kind].noun
    same = account.named(part.kind, part.name)
    renamed = account.by_id(part.kind, entry.id) if entry else None
    if len(same) > 1:
        same = _without_twins(same, entry)
    if len(same) > 1:
        ids = " and ".join(thing.id for thing in same)
        problems.tell(
            part.part_key,
            f"There is more than one {noun} named “{part.name}” ({ids}). Rename or delete all but one.",
        )
    elif same and renamed is not None and renamed.id != same[0].id:
        problems.tell(
            part.part_key,
            f"The {noun} “{part.name}” ({renamed.id}) was renamed “{renamed.name}”, and another one has its name "
            f"now ({same[0].id}). Rename or delete one of the two.",
        )
    return same[0] if same else renamed


def _without_twins(same: list[Thing], entry: StateEntry | None) -> list[Thing]:
    """Of several things of a name the only active one, unless ours is among the others."""
    on = [thing for thing in same if KINDS[thing.kind].is_active(thing.details)]
    off = {thing.id for thing in same} - {thing.id for thing in on}
    return on if len(on) == 1 and (entry is None or entry.id not in off) else same
