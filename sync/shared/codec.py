"""Cases, events and effects as JSON values and back; each says by its `type` what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, TypeAdapter

from escalation.model.case import Case
from escalation.model.effects import Effect, Look
from escalation.model.events import Event

_CASE: TypeAdapter[Case] = TypeAdapter(Case)
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Discriminator("type")])
_EFFECT: TypeAdapter[Effect] = TypeAdapter(Annotated[Effect, Discriminator("type")])

Json = dict[str, Any]


def encode_case(case: Case) -> Json:
    """A case as JSON values."""
    return _json(_CASE.dump_python(case, mode="json", warnings="error"))


def decode_case(body: Mapping[str, Any]) -> Case:
    """The case of `encode_case`, also one written before it had all of today's fields."""
    return _CASE.validate_python(body)


def encode_event(event: Event) -> Json:
    """An event as JSON values."""
    return _json(_EVENT.dump_python(event, mode="json", warnings="error"))


def decode_event(body: Mapping[str, Any]) -> Event:
    """The event of `encode_event`."""
    return _EVENT.validate_python(body)


def encode_effect(effect: Effect) -> Json:
    """An effect as JSON values. What a look does not ask for is left out, so that two can become one."""
    if not isinstance(effect, Look):
        return _json(_EFFECT.dump_python(effect, mode="json", warnings="error"))
    body = _json(_EFFECT.dump_python(effect, mode="json", exclude_none=True, warnings="error"))
    return {**body, "scope": sorted(effect.scope)}


def decode_effect(body: Mapping[str, Any]) -> Effect:
    """The effect of `encode_effect`; further keys of the body are not its business."""
    return _EFFECT.validate_python(body)


def _json(value: Any) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} is no JSON object.")
    return value
