"""What there is to know of a kind of part: one row a kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.errors import UnreadableAnswer
from connector.reading import Json, text
from connector.zendesk.account.setup import Resource, Thing
from parley.zendesk.account.model.comparison import Details, Properties, likened
from parley.zendesk.account.model.part import AccountPart, Sources
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.model.raw_texts import written

INACTIVE: Final = {"active": False}


def _no_properties(_: Details) -> Properties:
    return {}


def _no_change(_body: Details, _there: Details, _names: Collection[str]) -> Json:
    return {}


def _nothing_said(_name: str, _there: Thing) -> Iterator[str]:
    return iter(())


def _always_same(_there: Details, _body: Details) -> bool:
    return True


def _never(_name: str, _there: Details) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class SentApart:
    """Properties that Zendesk takes by calls of their own: what their names begin with, and these calls, which are
    made of the part's id, the properties' names, ours and what is there. Each is a function to be called."""

    prefix: str | tuple[str, ...]
    calls: Callable[[AccountPort, str, Sequence[str], Details, Details], Iterator[Callable[[], object]]]

    def names(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name.startswith(self.prefix)]


@dataclass(frozen=True, slots=True)
class AccountKind:
    """A kind of part. How it is listed and changed, and what people call it, come first; `parts` are those that
    this account can have, with a Ref where a part needs another's id, which has to come before it in ORDER."""

    resource: Resource
    noun: str
    parts: Callable[[Sources], Iterator[AccountPart]]

    compared: tuple[str, ...]
    """Keys of Zendesk's JSON that are compared as they stand there."""
    translated: tuple[str, ...] = ()
    """Those of them that may hold dynamic content: as written it stands under `raw_…`, filled in for us beside."""
    more: Callable[[Details], Properties] = _no_properties
    """What is compared besides."""
    implied: Callable[[str, Details], bool] = _never
    """Whether what is there has a property without listing it."""

    texts: tuple[str, ...] = ()
    """What begins the names of the properties that are the team's: an edit of them made in Zendesk is kept."""
    together: frozenset[str] = frozenset()
    """Properties of which none is kept while another is changed."""
    fixed: tuple[str, ...] = ()
    """Properties that can't be changed once made."""
    unreadable: frozenset[str] = frozenset()
    """Properties that the account never shows: it has what we gave it last, as far as we know."""
    takes_back: bool = False
    """Whether what we once gave it and no longer want is taken out again."""

    always: tuple[str, ...] = ()
    """What the documented request asks for in every change."""
    change: Callable[[Details, Details, Collection[str]], Json] = _no_change
    """What is sent besides the keys that are compared as they stand: from ours, what is there, and the names of the
    properties that change."""
    apart: SentApart | None = None

    built: bool = False
    """Whether it is made of a package, by a job that takes a while."""
    same: Callable[[Details, Details], bool] = _always_same
    """Whether what is there under the name can be what a body made."""
    optional: bool = False
    """Whether the desk works without it: a refusal is told, and the rest is done."""

    off: Mapping[str, object] | None = None
    """The change that switches it off; None where there is none."""
    deletable: bool = True
    listed_everywhere: bool = True
    """Whether each account has such things; where not, the account refuses to list them."""
    judged: bool = False
    """Whether the account tells which conditions and actions it takes."""
    by_ids: bool = False
    """Whether what it does is understood by the ids that the desk knows, which are saved before it is made."""
    stands_for_it: str = "id"
    """The key of Zendesk's JSON that others hold to mean it."""
    signs: bool = False
    """Whether it signs what it sends with a secret of its own."""
    holds_values: bool = False
    """Whether tickets lose a value with each that is deleted."""
    shown_by_name: bool = False
    """Whether people read its name wherever its id stands."""

    warnings: Callable[[str, Thing], Iterator[str]] = _nothing_said
    """What is left as it is although the desk can't work with it, in sentences: from our name of it, and it."""
    obstacles: Callable[[str, Thing], Iterator[str]] = _nothing_said
    """What keeps agents or us from using it, in sentences."""

    @property
    def kind(self) -> str:
        return self.resource.kind

    def is_text(self, name: str) -> bool:
        return bool(self.texts) and name.startswith(self.texts)

    def is_active(self, details: Details) -> bool:
        """Whether it is switched on."""
        return all(details.get(key) != value for key, value in (self.off or INACTIVE).items())

    def properties(self, details: Details) -> Properties:
        """The properties of a part as it stands in Zendesk's JSON."""
        plainly = {key: likened(self._text(details, key)) for key in self.compared if key in details}
        return {**plainly, **self.more(details)}

    def _text(self, details: Details, key: str) -> Any:
        return written(details, key) if key in self.translated else details.get(key)

    def reference_to(self, thing: Thing) -> str:
        """What others hold to mean it: its id or its placeholder. Raises UnreadableAnswer where that is lacking."""
        found = thing.id if self.stands_for_it == "id" else text(thing.details.get(self.stands_for_it))
        if not found:
            raise UnreadableAnswer(f"the {self.noun} {thing.id} has no {self.stands_for_it}")
        return found

    def switched_off(self, there: Details) -> Json:
        """The payload that switches it off and leaves the rest of it as it is."""
        return {**self._always(there), **(self.off or {})}

    def change_of(self, body: Details, there: Details, names: Collection[str]) -> Json:
        """The payload that brings these properties to what `body` says, and no more; `there` is what Zendesk has.

        Zendesk replaces lists as a whole, so what others put beside ours goes along:
        https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/#updating-drop-down-field-options
        """
        plainly = {name: body[name] for name in names if name in body}
        return {**self._always(there), **plainly, **self.change(body, there, names)}

    def _always(self, there: Details) -> dict[str, Any]:
        return {name: there[name] for name in self.always if name in there}
