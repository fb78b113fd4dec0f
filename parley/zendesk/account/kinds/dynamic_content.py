"""Dynamic content: what requesters read of the account, in the languages that it has switched on.

Parts hold an item's placeholder, which Zendesk makes of the item's first name and never changes. A team's edit of a
language's words is kept; a language that is lacking is added, and one that we no longer want stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from config.account_words import english_words
from connector.reading import Json, items, number, text
from connector.zendesk.account.ids import ENGLISH
from connector.zendesk.account.setup import VARIANTS_OF, Resource, Thing
from parley.zendesk.account.kinds.field import FIELD
from parley.zendesk.account.kinds.form import FORM
from parley.zendesk.account.kinds.status import STATUS
from parley.zendesk.account.model.comparison import Details, Properties, plain
from parley.zendesk.account.model.kind import AccountKind, SentApart
from parley.zendesk.account.model.part import AccountPart, Sources
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.model.refs import DYNAMIC, refs_in

TAG: Final = "_tag"
"""The key under which a variant's language (`es-419`) stands where items are compared; it is none of Zendesk's."""
THERE, WORDS = "variant ", "words in "


def _parts(sources: Sources) -> Iterator[AccountPart]:
    """One for each text that a field, the form or a status holds as dynamic content."""
    if not sources.languages:
        return
    words = {**sources.desired.words, ENGLISH: english_words(sources.spec)}
    for key in _held(sources):
        variants: list[Json] = [
            {"locale_id": one.id, "content": words[one.words][key], "default": one is sources.languages[0]}
            for one in sources.languages
        ]
        tagged = [{**row, TAG: one.tag} for row, one in zip(variants, sources.languages, strict=True)]
        name = item_name(key)
        body = {"name": name, "default_locale_id": sources.languages[0].id, "variants": variants}
        yield AccountPart(DYNAMIC, key, name, body, {"variants": tagged})


def _held(sources: Sources) -> list[str]:
    parts = (part for kind in (FORM, FIELD, STATUS) for part in kind.parts(sources))
    return list(dict.fromkeys(ref.key for part in parts for ref in refs_in(part.body) if ref.kind == DYNAMIC))


def item_name(key: str) -> str:
    """What an item is called: `Escalation status tier_1`. A status takes placeholders of up to 48 characters."""
    return "Escalation " + key.replace("escalation_", "").replace(".", " ")


def with_tags(item: Thing, tags: Mapping[int, str]) -> Thing:
    """The item with each variant's language as the account calls it, or its id where that is switched off."""
    rows = items(item.details.get("variants"))
    tagged = [{**row, TAG: tags.get(number(row.get("locale_id")) or 0, text(row.get("locale_id")))} for row in rows]
    return replace(item, details={**item.details, "variants": tagged})


def _variants(details: Details) -> Properties:
    found: Properties = {}
    for row in items(details.get("variants")):
        found[THERE + text(row.get(TAG))] = True
        found[WORDS + text(row.get(TAG))] = plain(row.get("content"))
    return found


def _calls(
    calls: AccountPort, item_id: str, names: Sequence[str], body: Details, there: Details
) -> Iterator[Callable[[], object]]:
    """An item's own call takes its name only, so each language is added or changed by one of its own."""
    had = {text(row.get(TAG)): text(row.get("id")) for row in items(there.get("variants"))}
    for row in items(body.get("variants")):
        tag = text(row.get(TAG))
        if tag not in had and THERE + tag in names:
            added = {"locale_id": row["locale_id"], "content": row["content"]}
            yield partial(calls.add_variant, item_id, added)
        elif tag in had and WORDS + tag in names:
            yield partial(calls.change_variant, item_id, had[tag], text(row["content"]))


DYNAMIC_CONTENT: Final = AccountKind(
    Resource(DYNAMIC, VARIANTS_OF, "item", "name", listed="items"),
    "dynamic content item",
    _parts,
    compared=("name",),
    more=_variants,
    texts=(WORDS,),
    apart=SentApart((THERE, WORDS), _calls),
    listed_everywhere=False,
    stands_for_it="placeholder",
    shown_by_name=True,
)
