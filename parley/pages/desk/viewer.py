"""Who looks at the desk's page, and whether they may do anything there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is signed in. `person` says in a few words who vouches for whom; `why_not` is a sentence where
    they may only read."""

    name: str
    person: str
    may_operate: bool
    why_not: str = ""

    @property
    def actor(self) -> str:
        """Who did it, for the journal: never a bare name, which anybody may choose for themselves."""
        return f"{self.name} ({self.person})"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "person": self.person,
            "may_operate": self.may_operate,
            "why_not": self.why_not,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Viewer | None:
        """None for anything but what `to_json` gives."""
        name, person, may, why_not = (kept.get(key) for key in ("name", "person", "may_operate", "why_not"))
        if not (isinstance(name, str) and isinstance(person, str) and isinstance(why_not, str)):
            return None
        if not (name and person and isinstance(may, bool)) or may == bool(why_not):
            return None
        return cls(name, person, may, why_not)


def shown_name(given: str, otherwise: str) -> str:
    """A name on one line, without signs that nobody sees, and not too long to be read."""
    seen = on_one_line(given)
    return (seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - 1].rstrip() + "…") or otherwise


def on_one_line(given: str) -> str:
    """A text with nothing in it that nobody sees, such as what turns the writing round."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in given).split())
