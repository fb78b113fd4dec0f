"""Keys that stay known once their rows are taken out: what is sent again is a duplicate, however late it comes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from escalation.model.messages import INBOX_KINDS
from store.schema.tables import known_keys
from store.sql import prepared
from store.sql.arrays import TextArray

# One text however many keys there are, so that the drivers keep it prepared.
_AMONG_JSON = "SELECT key, digest FROM known_keys WHERE key IN (SELECT value FROM json_each(?))"
_AMONG_ARRAY = "SELECT key, digest FROM known_keys WHERE key = ANY(%b::text[])"
_EFFECTS_JSON = "SELECT id FROM outbox WHERE id IN (SELECT value FROM json_each(?))"
_EFFECTS_ARRAY = "SELECT id FROM outbox WHERE id = ANY(%b::text[])"
_ONE = select(known_keys.c.key).where(known_keys.c.key == bindparam("the_key"))


def may_come_again(kind: str, dedupe_key: str | None) -> bool:
    """Whether the key of such a row has to stay known. That of a hint (it has a dedupe key) is made up."""
    row = INBOX_KINDS.get(kind)
    return dedupe_key is None and not (row is not None and row.once)


def is_brief(kind: str, dedupe_key: str | None) -> bool:
    """Whether such a row asked for a look or is what a look brought."""
    row = INBOX_KINDS.get(kind)
    return dedupe_key is not None or (row is not None and row.brief)


def digest_of(body: str) -> str:
    """What stays known of a body's text: enough to say whether another is the same."""
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def effect_key(effect_id: str) -> str:
    """The key under which an effect stays known."""
    return f"effect:{effect_id}"


def is_known(connection: Connection, key: str) -> bool:
    """Whether a row of this key was taken out."""
    return prepared.value(connection, _ONE, {"the_key": key}) is not None


def known_among(connection: Connection, keys: Collection[str]) -> dict[str, str | None]:
    """Those of the keys whose rows were taken out, each with its body's digest."""
    return dict(_those(connection, _AMONG_JSON, _AMONG_ARRAY, keys))


def effects_unknown(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of the effects that there never were, neither now nor as rows that were taken out."""
    unknown = set(ids) - {effect_id for (effect_id,) in _those(connection, _EFFECTS_JSON, _EFFECTS_ARRAY, ids)}
    if not unknown:
        return unknown
    taken_out = known_among(connection, [effect_key(effect_id) for effect_id in unknown])
    return {effect_id for effect_id in unknown if effect_key(effect_id) not in taken_out}


def _those(connection: Connection, as_json: str, as_array: str, names: Collection[str]) -> list[Any]:
    if connection.dialect.name == "sqlite":
        return list(prepared.say(connection, as_json, [json.dumps(list(names))]).fetchall())
    return list(prepared.say(connection, as_array, [TextArray(list(names))]).fetchall())


def remember(connection: Connection, entries: Mapping[str, str | None]) -> None:
    """Keep keys, each with its body's digest or nothing."""
    rows: Sequence[dict[str, str | None]] = [{"key": key, "digest": found} for key, found in entries.items()]
    known = known_among(connection, entries.keys()) if rows else {}
    fresh = [row for row in rows if row["key"] not in known]
    if fresh:
        connection.execute(known_keys.insert(), fresh)
