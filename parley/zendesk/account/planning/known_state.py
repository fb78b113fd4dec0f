"""What is known besides the account: each part as it was left, what a broken-off run began, the signing secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parley.zendesk.account.model.refs import PartKey


@dataclass(frozen=True, slots=True)
class StateEntry:
    """A part as we last left it. `ours`: we made it; otherwise it was there, and we look after it since."""

    id: str
    name: str
    properties: Mapping[str, Any]
    ours: bool


@dataclass(frozen=True, slots=True)
class KnownState:
    """What we know besides the account: parts as we left them, what a broken-off run began, the signing secrets."""

    entries: Mapping[PartKey, StateEntry] = field(default_factory=dict)
    begun: frozenset[PartKey] = frozenset()
    given: Mapping[PartKey, Mapping[str, Any]] = field(default_factory=dict)
    """What a broken-off run gave the parts that it began, of what the account never shows."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    by_hand: bool = False
    """Whether the secrets are a setting, which no run can change."""
