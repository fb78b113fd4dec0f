"""How a case was, kept where no change to the case reaches it: quicker than a copy by far, and done so often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter


def as_it_was(thing: object) -> object:
    """What equals another's exactly where both are alike in every part."""
    if isinstance(thing, dict):
        return tuple((key, as_it_was(value)) for key, value in thing.items())
    try:
        hash(thing)
    except TypeError:
        read = _parts(type(thing))
        return tuple(map(as_it_was, read(thing)))
    return thing  # whose every part can be hashed holds nothing that may change in its place


@cache
def _parts(kind: type) -> Callable[[object], tuple[object, ...]]:
    if not is_dataclass(kind):
        return tuple  # type: ignore[return-value]
    first, *others = (field.name for field in fields(kind))
    one = attrgetter(first, *others)
    return one if others else lambda thing: (one(thing),)
