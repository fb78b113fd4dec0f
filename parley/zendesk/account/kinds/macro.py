"""Macros, by which agents move cases and say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from config.zendesk_specs import MacroSpec
from connector.reading import items
from connector.zendesk.account.ids import ENGLISH, macro_key, state_tag
from connector.zendesk.account.setup import Resource, Thing
from parley.zendesk.account.model.actions import COMMENT, COMMENT_MODE, actions_change, actions_properties
from parley.zendesk.account.model.comparison import Details, Properties
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources
from parley.zendesk.account.model.refs import Ref

SHOWS_NOTES: Final = "ticket.latest_comment"
"""A placeholder that is filled with internal comments as well as with public ones."""


def _parts(sources: Sources) -> Iterator[AccountPart]:
    """A set for each language. Only the words differ: whichever is applied, the case moves the same way."""
    for language in sources.desired.languages:
        for spec in sources.spec.macros:
            name, comment = macro_name(spec.name, language), sources.desired.texts(spec, language)
            payload = _payload(spec, name, comment, sources.missing.plain)
            yield AccountPart("macro", macro_key(spec.key, language), name, payload)


def macro_name(name: str, language: str) -> str:
    """What a macro is called in a language: `… (es)` for `es-419`, and English without an ending."""
    return name if language == ENGLISH else f"{name} ({language.partition('-')[0]})"


def _payload(spec: MacroSpec, name: str, comment: str, plain: Mapping[str, str]) -> Payload:
    """`plain`: by state the standard status that has no custom status; a tag says then which state is meant."""
    tags = list(spec.add_tags)
    actions: list[Payload] = []
    if comment:
        actions.append({"field": "comment_value", "value": comment})
        actions.append({"field": "comment_mode_is_public", "value": "true"})
    if spec.status in plain:
        actions.append({"field": "status", "value": plain[spec.status]})
        tags.append(state_tag(spec.status))
    elif spec.status:
        actions.append({"field": "custom_status_id", "value": Ref("status", spec.status)})
    if spec.tier:
        actions.append({"field": Ref("field", "tier", "custom_fields_{}"), "value": spec.tier})
    if tags:
        actions.append({"field": "current_tags", "value": " ".join(tags)})
    return {"title": name, "description": spec.description, "actions": actions, "active": True}


def _actions(details: Details) -> Properties:
    return actions_properties(items(details.get("actions")))


def _unsaid(name: str, macro: Thing) -> Iterator[str]:
    """A comment that the desk does not say: the team made it so, words and all."""
    has = _actions(macro.details)
    if not has.get(COMMENT):
        return
    if SHOWS_NOTES in str(has[COMMENT]):
        yield (
            f"The comment of the macro “{name}” ({macro.id}) holds the placeholder {SHOWS_NOTES}, which "
            "shows internal notes too, to whoever reads it. Use ticket.latest_public_comment in its place."
        )
    if has.get(COMMENT_MODE) == "false":
        yield (
            f"The comment of the macro “{name}” ({macro.id}) is internal, and stays so: the desk doesn't "
            "say it, and tells the requester its own text instead. To have the team's words sent, make the "
            "comment public in the Admin Center."
        )


def _restricted(name: str, macro: Thing) -> Iterator[str]:
    if macro.details.get("restriction"):
        yield (
            f"The macro “{name}” ({macro.id}) is restricted to somebody: other agents, perhaps Parley too, "
            "can't use it. Make it available to all agents."
        )


MACRO: Final = AccountKind(
    Resource("macro", "macros", "macro", "title"),
    "macro",
    _parts,
    compared=("title", "active", "description"),
    more=_actions,
    texts=("description", COMMENT, COMMENT_MODE),
    # Words and their readers belong together: neither is kept while the other is changed.
    together=frozenset({COMMENT, COMMENT_MODE}),
    takes_back=True,
    always=("title", "actions"),
    change=actions_change,
    off=INACTIVE,
    judged=True,
    warnings=_unsaid,
    obstacles=_restricted,
)
