"""In which language to say that there is nothing: by what the browser asks for, since nothing else is known."""

from __future__ import annotations

from typing import Final

from escalation.policies.texts import Texts

LONGEST: Final = 200
"""Signs of what a browser asks for that are read."""


def wanted_texts(texts: Texts, accepted: str) -> Texts:
    """The texts in the first language of `Accept-Language` that there is, else the desk's own."""
    for tag in sorted(accepted[:LONGEST].split(","), key=_weight, reverse=True):
        if found := texts.best_for(tag.partition(";")[0]):
            return texts.of(found)
    return texts


def _weight(tag: str) -> float:
    try:
        return float(tag.partition("q=")[2] or 1)
    except ValueError:
        return 0.0
