"""A refusal of a call that we may not make: does the token's scope lack, or our user's role?

Where scopes lack, the body is `{"error": "Forbidden", "description": "You are missing the following required
scopes: tickets:read, read"}`, and any one of those listed would do; where a role lacks, mostly `{"error":
{"title", "message"}}`. The words around the scopes are in the language of our user, so only the scopes
themselves are looked for.
"""

from __future__ import annotations

import re
from typing import Final

from connector.errors import ApiAnswer, ConnectorError, Permanent, ScopeLacks, Trouble, sentence_of
from connector.zendesk.access.needed_roles import taken_by

_OWN: Final = r"[a-z][a-z_]*:(?:read|write)"
_ANY: Final = rf"(?:{_OWN}|read|write|impersonate)"
_LISTED: Final = re.compile(
    rf"[:\uff1a\"'\u00ab\u201e\u201c`\u300c(\[]\s*({_ANY}(?:\s*[,;\u3001\uff0c]\s*{_ANY})*)"
    r"(?=\s*(?:$|[.!\u3002\u00b7\"'\u00bb\u201c\u201d`\u300d)\]]))"
)
"""Scopes in a row, from a colon, a quotation mark or a bracket to the end: elsewhere "read" is but a word."""
_ONE: Final = re.compile(rf"(?<![\w:]){_ANY}(?![\w:])")
_QUALIFIED: Final = re.compile(rf"(?<![\w:]){_OWN}(?![\w:])")


def scopes_in(said: str) -> tuple[str, ...]:
    """The scopes that a sentence lists, in its order; empty where it names none."""
    if listed := _LISTED.search(said):
        return tuple(_ONE.findall(listed[1]))
    return tuple(_QUALIFIED.findall(said))


def lacking_in(outcome: ApiAnswer | Trouble) -> tuple[str, ...] | None:
    """The scopes of which any one would have done: None where that is not what was wrong, or as far as can be told
    only the scopes are: then which of them is not said, and there are none here."""
    if not isinstance(outcome, ApiAnswer) or outcome.status != 403 or not isinstance(outcome.body, dict):
        return None
    if found := scopes_in(sentence_of(outcome.body)):
        return found
    return () if isinstance(outcome.body.get("error"), str) else None


def may_not(call: str, error: ConnectorError, outcome: ApiAnswer | Trouble) -> ConnectorError:
    """For a call that we may not make: the same refusal, naming the call, and the scope or the role it takes.

    A scope that lacks is a person's to mend, so what needs it waits; of a role that lacks Zendesk says nothing.
    """
    if not isinstance(error, Permanent) or error.code != "forbidden":
        return error
    found: ConnectorError
    said = sentence_of(outcome.body) if isinstance(outcome, ApiAnswer) else ""
    if lacking := scopes_in(said):
        found = ScopeLacks(
            f"Zendesk refuses {call}: the token lacks the scope {' or '.join(lacking)}. Allow it for the OAuth "
            "client in the Admin Center under Apps and integrations > APIs > OAuth clients."
        )
    else:
        why = "our user's role may not do that, or not to this record."
        if takes := taken_by(call):
            why = f"that takes {takes}. Is our user one?"
        found = Permanent("forbidden", f"{error.reason} It was {call}: {why}")
    found.service = error.service
    return found
