"""What was deleted in Zendesk, as others of our parts name it: their difference is that, and no wish of ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from connector.zendesk.account.setup import Thing
from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.model.part import AccountPart
from parley.zendesk.account.model.refs import PartKey, Ref, resolved


def lost_parts(
    parts: Iterable[AccountPart], found: Mapping[PartKey, Thing | None], known: Collection[PartKey]
) -> dict[str, str]:
    """Those that we made and that are not there any more: what stands for their ids, with what people call them."""
    return {
        resolved(Ref(part.kind, part.key), {}): f"{KINDS[part.kind].noun} “{part.name}”"
        for part in parts
        if found[part.part_key] is None and part.part_key in known
    }


def why_lost(wanted: Any, lost: Mapping[str, str]) -> str:
    """Why a property differs that names what was deleted; empty for one that names nothing such."""
    said = str(wanted)
    names = [name for stand_in, name in lost.items() if stand_in in said]
    if not names:
        return ""
    if len(names) == 1:
        return f"The {names[0]} that it names was deleted in Zendesk."
    return f"What it names was deleted in Zendesk: the {', the '.join(names)}."
