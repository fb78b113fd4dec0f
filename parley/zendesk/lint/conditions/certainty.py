"""What is true of every ticket and moment of a region: yes, no, or maybe."""

from __future__ import annotations

from enum import Enum

from parley.zendesk.lint.conditions.region import Region


class Certainty(Enum):
    """What is true of every ticket and moment of a region."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


Match = tuple[Certainty, Region]
"""The answer, and the region where the condition holds; the old region where it is `no`."""


def decided(before: Region, after: Region | None) -> Match:
    """Yes where nothing was taken away, no where nothing is left."""
    if after is None:
        return Certainty.NO, before
    return (Certainty.YES if after == before else Certainty.MAYBE), after


def maybe(before: Region, after: Region | None) -> Match:
    """For what asks for a change besides: it may not have changed."""
    return (Certainty.NO, before) if after is None else (Certainty.MAYBE, after)
