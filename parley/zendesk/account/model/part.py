"""A part of the account as it shall be, and everything that parts are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from config.zendesk_specs import AccountSpec, MacroSpec
from connector.zendesk.account.ids import ENGLISH
from connector.zendesk.account.setup import RuleSubject, Thing
from parley.zendesk.account.model.capabilities import MissingFeatures
from parley.zendesk.account.model.languages import AccountLanguage
from parley.zendesk.account.model.refs import DYNAMIC, PartKey, Ref
from parley.zendesk.account.model.sidebar import SidebarApp

Payload = dict[str, object]
MacroText = Callable[[MacroSpec, str], str]


@dataclass(frozen=True, slots=True)
class AccountPart:
    """A thing that shall exist. `key` is what the code calls it, `name` is how it is found again.

    `compared`: what stands in the place of the body where it is compared, since only that much of it is ours.
    `unsure`: why it can't be told what it shall be in this account; a thing that is there is left as it is.
    """

    kind: str
    key: str
    name: str
    body: Mapping[str, object]
    compared: Mapping[str, object] = field(default_factory=dict)
    unsure: str = ""

    @property
    def part_key(self) -> PartKey:
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class DesiredAccount:
    """What a deployment wants of its account: the files, how a macro's comment begins in a language, the agents'
    group, the languages that it wants macros in, what requesters read of the account in other languages, and the
    sidebar. `left_out`: what the settings leave out, and why, in sentences."""

    spec: AccountSpec
    texts: MacroText
    group: str
    public_url: str
    languages: tuple[str, ...] = (ENGLISH,)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sidebar: SidebarApp | None = None
    left_out: tuple[str, ...] = ()

    @property
    def is_translated(self) -> bool:
        return any(language != ENGLISH for language in self.languages)


@dataclass(frozen=True, slots=True)
class Sources:
    """What is wanted, and what the account itself tells: its fields, what its triggers may ask about, what it
    lacks, and the languages in which requesters read it (none: English only)."""

    desired: DesiredAccount
    fields: Sequence[Thing]
    subjects: Sequence[RuleSubject]
    missing: MissingFeatures
    languages: tuple[AccountLanguage, ...] = ()

    def read_as(self, key: str, english: str) -> object:
        """A text that requesters read, as it is written into the account: as dynamic content, or in English."""
        return Ref(DYNAMIC, key) if self.languages and english else english

    @property
    def spec(self) -> AccountSpec:
        return self.desired.spec

    @property
    def told_by(self) -> str:
        """The field (its key) that is asked for instead of our form; empty where there is such a form."""
        return self.missing.told_by
