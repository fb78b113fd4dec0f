"""Whether a ticket is as an update asked for: the only proof there is where Zendesk found nothing to change."""

from __future__ import annotations

from collections.abc import Mapping

from connector.reading import Json, items, number, text

_PLAIN = ("status", "custom_status_id", "assignee_id")


def is_as_asked(asked: Mapping[str, object], ticket: Json) -> bool:
    """Whether an answered ticket shows everything of one PUT. A comment is never shown so: each is news."""
    if "comment" in asked:
        return False
    tags = _words(ticket.get("tags"))
    shown = {number(one.get("id")): one.get("value") for one in items(ticket.get("custom_fields"))}
    wanted = items(asked.get("custom_fields"))
    return (
        all(_same(asked[name], ticket.get(name)) for name in _PLAIN if name in asked)
        and all(_same(one.get("value"), shown.get(number(one.get("id")))) for one in wanted)
        and tags >= _words(asked.get("additional_tags"))
        and tags.isdisjoint(_words(asked.get("remove_tags")))
    )


def _words(value: object) -> set[str]:
    return {text(one) for one in value} if isinstance(value, list | tuple) else set(text(value).split())


def _same(asked: object, shown: object) -> bool:
    """Equal as Zendesk shows it: nothing, false and an empty text are one; numbers may be texts, ticks words."""
    return _plain(asked) == _plain(shown)


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return frozenset(map(text, value)) or ""
    if value is None or value is False:
        return ""
    said = "1" if value is True else " ".join(text(value).split())
    return {"true": "1", "false": "", "0": ""}.get(said, said)
