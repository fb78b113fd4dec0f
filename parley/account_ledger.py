"""What the account has, by kind and name: finds a part or makes it once, and keeps the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from connector.errors import Permanent, Unclear
from connector.zendesk.setup import Features, Kind, Subject, Thing

WORDS: Final[Mapping[Kind, str]] = {
    "field": "ticket field",
    "form": "form",
    "status": "custom status",
    "macro": "macro",
    "category": "trigger category",
    "trigger": "trigger",
    "webhook": "webhook",
}


class AccountError(Exception):
    """What a person has to settle in the account first, in plain words."""


class Setup(Protocol):
    """The verbs of `connector.zendesk.setup.Setup`."""

    def all(self, kind: Kind) -> tuple[Thing, ...]: ...
    def create(self, kind: Kind, payload: Mapping[str, object]) -> Thing: ...
    def add_options(self, field: Thing, options: Sequence[Mapping[str, str]]) -> None: ...
    def form_statuses(self, form_id: str) -> frozenset[str]: ...
    def add_form_statuses(self, form_id: str, status_ids: Sequence[str]) -> None: ...
    def signing_secret(self, webhook_id: str) -> str: ...
    def features(self) -> Features: ...
    def subjects(self) -> tuple[Subject, ...]: ...
    def own_user(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What was made (or, dry, would be), what was there already, and what a person should know."""

    created: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Ledger:
    """One run over the account. Each kind is listed once; dry, nothing is written and what lacks has no Thing."""

    def __init__(self, setup: Setup, progress: Callable[[str], object], *, dry: bool) -> None:
        self.setup = setup
        self.dry = dry
        self.report = Report()
        self._progress = progress
        self._things: dict[Kind, list[Thing]] = {}

    def all(self, kind: Kind) -> list[Thing]:
        if kind not in self._things:
            self._things[kind] = list(self.setup.all(kind))
        return self._things[kind]

    def find(self, kind: Kind, name: str) -> Thing | None:
        """The one part of that name. Raises AccountError where there are two."""
        same = [thing for thing in self.all(kind) if thing.name == name]
        if len(same) > 1:
            ids = " and ".join(thing.id for thing in same)
            raise AccountError(
                f"There is more than one {WORDS[kind]} named “{name}” ({ids}). Rename or delete all but one."
            )
        return same[0] if same else None

    def ensure(self, kind: Kind, name: str, payload: Callable[[], Mapping[str, object]]) -> Thing | None:
        """The part of that name, made where it lacks; None only when dry."""
        found = self.find(kind, name)
        if found is not None:
            self.report.found.append(f"{WORDS[kind]} {name}")
            if not found.active:
                self.warn(f"The {WORDS[kind]} “{name}” is switched off in Zendesk; it was left so.")
            return found
        self.note(f"{WORDS[kind]} {name}")
        if self.dry:
            return None
        made = self._make(kind, name, payload())
        self._things[kind].append(made)
        return made

    def note(self, what: str) -> None:
        """Something is made, or would be."""
        self.report.created.append(what)
        self._progress(f"{'to create' if self.dry else 'creating'}: {what}")

    def warn(self, sentence: str) -> None:
        self.report.warnings.append(sentence)
        self._progress(sentence)

    def _make(self, kind: Kind, name: str, payload: Mapping[str, object]) -> Thing:
        try:
            return self.setup.create(kind, payload)
        except Unclear as unclear:
            self._things[kind] = list(self.setup.all(kind))
            made = self.find(kind, name)
            if made is None:
                raise AccountError(
                    f"It is not clear whether the {WORDS[kind]} “{name}” was created ({unclear.reason}) "
                    "It is not there now; run this again."
                ) from unclear
            self._things[kind].remove(made)
            return made
        except Permanent as refusal:
            raise AccountError(
                f"Zendesk does not let us create the {WORDS[kind]} “{name}”. {refusal.reason}"
            ) from (refusal)
