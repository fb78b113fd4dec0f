"""A copy of a case that a turn may change."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter

from escalation.model.case import Case

NAMES = tuple(field.name for field in fields(Case))
COPIED = tuple(n for n, name in enumerate(NAMES) if Case.__annotations__[name].startswith("dict["))
_values = attrgetter(*NAMES)


def copied(case: Case) -> Case:
    """Return a case that can be changed without changing this one; its values but the dicts are immutable."""
    values = list(_values(case))
    for place in COPIED:
        values[place] = dict(values[place])
    return Case(*values)
