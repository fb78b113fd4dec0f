"""Cases, messages and effects as JSON values and back: the one place that knows how the stored bodies look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Final

from pydantic import Discriminator, TypeAdapter

from escalation.model.case import PARTS, Case
from escalation.model.effects import Effect, Look
from escalation.model.messages import INBOX_KINDS, CloseCommand, InboxMessage, ResumeCommand, TicketHint, inbox_kind
from sync.shared.page_addresses import all_without_addresses

_CASE: TypeAdapter[Case] = TypeAdapter(Case)
_EFFECT: TypeAdapter[Effect] = TypeAdapter(Annotated[Effect, Discriminator("type")])
_MESSAGES: Final[Mapping[type[InboxMessage], TypeAdapter[InboxMessage]]] = {
    kind.message: TypeAdapter(kind.message) for kind in INBOX_KINDS.values()
}

Json = dict[str, Any]

_STORED = {
    part: {str(one.metadata.get("stored", one.name)): one.name for one in fields(kind)}
    for part, kind in PARTS.items()
}
"""Of each part of a case, the names under which a body keeps its fields: a body knows nothing of parts."""


def encode_case(case: Case) -> Json:
    """A case as JSON values, all of its parts' fields beside its own."""
    body: Json = {}
    for name, value in _json(_CASE.dump_python(case, mode="json", warnings="error")).items():
        if name in _STORED:
            body.update({stored: value[one] for stored, one in _STORED[name].items()})
        else:
            body[name] = value
    return body


def decode_case(body: Mapping[str, Any]) -> Case:
    """The case of `encode_case`, also one written before it had all of today's fields. ValueError for what is no
    case."""
    try:
        body = _with_assumed(body)
    except (LookupError, TypeError) as error:
        raise ValueError("The verdict of a case can't be read.") from error
    parts = {
        part: {one: body[stored] for stored, one in kept.items() if stored in body}
        for part, kept in _STORED.items()
    }
    return _CASE.validate_python({**body, **parts})


def readable_case(body: Mapping[str, Any]) -> Case | None:
    """The case of a body that stands beside what is done; None where it is damaged, which is for its own turn to
    tell."""
    try:
        return decode_case(body)
    except ValueError:
        return None


def _with_assumed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    verdict = body.get("verdict")
    if not verdict or all("assumed" in finding for finding in verdict["findings"]):
        return body
    return {**body, "verdict": {**verdict, "findings": [_told_in_words(one) for one in verdict["findings"]]}}


def _told_in_words(finding: Mapping[str, Any]) -> Json:
    """A finding from before it had `assumed`: that an average was assumed stood in the words of its fact only."""
    return {"assumed": finding["rule"] == "reason" and "hours, assumed." in finding["fact"], **finding}


def has_conversations(body: Mapping[str, Any]) -> bool:
    """Whether the case of a body has begun a side conversation, read alone since a sweep asks it of hundreds."""
    return bool(body.get("conversations"))


def told_with(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The tickets of the cases that letters of this body's case told too, read alone."""
    told = body.get("told_with", ())
    return tuple(filter(None, map(_text, told))) if isinstance(told, list) else ()


def encode_message(kind: str, message: InboxMessage) -> Json:
    """The body of an inbox row of this kind, without the address of any requester's page, which people quote.

    TypeError for a message that the table does not have for it.
    """
    if type(message) is not inbox_kind(kind).message:
        raise TypeError(f"A row of kind {kind} is no {type(message).__name__}.")
    without_none = isinstance(message, TicketHint)
    codec = _MESSAGES[type(message)]
    body = _json(codec.dump_python(message, mode="json", exclude_none=without_none, warnings="error"))
    if body.get("company") == "":
        del body["company"]  # where there is one company only, nothing names it
    if isinstance(message, ResumeCommand | CloseCommand) and not message.reason:
        del body["reason"]  # where none is given, as the version before wrote it
    return _json(all_without_addresses(body))


def decode_message(kind: str, body: Mapping[str, Any]) -> InboxMessage:
    """The message of `encode_message`, also of a body that an earlier version wrote. LookupError for a kind that
    nobody knows, ValueError for a body that is none of its."""
    return _MESSAGES[inbox_kind(kind).message].validate_python(body)


def named_in(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The case and the ticket that the body of an inbox row names, however little else of it can be read."""
    return _text(body.get("case_id")), _text(body.get("ticket_id"))


def encode_effect(effect: Effect, home: str = "", *, echo: bool = False) -> Json:
    """An effect as JSON values, with the inbox lane by which the desk hears what became of it.

    What a look does not ask for is left out, so that two can become one. `echo`: an echo of the desk's own changes
    may have asked for it, which is marked.
    """
    lane = {"home": home} if home else {}
    if not isinstance(effect, Look):
        return {**_json(_EFFECT.dump_python(effect, mode="json", warnings="error")), **lane}
    body = _json(_EFFECT.dump_python(effect, mode="json", exclude_none=True, warnings="error"))
    return {**body, "scope": sorted(effect.scope), **lane, **({"may_be_echo": True} if echo else {})}


def decode_effect(body: Mapping[str, Any]) -> Effect:
    """The effect of `encode_effect`, without its lane."""
    return _EFFECT.validate_python(body)


def home_of(body: Mapping[str, Any]) -> str:
    """The inbox lane that `encode_effect` was given; a lane of nobody's where a damaged body names none."""
    return str(body.get("home", ""))


def may_be_echo(body: Mapping[str, Any]) -> bool:
    """Whether `encode_effect` marked a look as one that an echo may have asked for."""
    return body.get("may_be_echo") is True


def scope_of(body: Mapping[str, Any]) -> frozenset[str]:
    """What the body of a look asks for, read alone since it is asked before every call."""
    return frozenset(body.get("scope", ()))


def says_publicly(body: Mapping[str, Any]) -> bool:
    """Whether the body of an effect is an update of a ticket with a public comment."""
    say = body.get("say")
    return isinstance(say, dict) and say.get("public") is True


def _json(value: Any) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} is no JSON object.")
    return value


def _text(value: Any) -> str | None:
    return value if value and isinstance(value, str) else None
