"""The one model of a case that every page, the sidebar and `parley case show` read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from escalation.policies.policy import Policy
from escalation.telling.agents_view import agent_view, operator_view
from escalation.telling.requesters_view import requester_view
from escalation.telling.shapes import ReaderKind, RequesterView, as_json
from escalation.telling.stored import StoredCase

VIEWS: Final[Mapping[ReaderKind, Callable[[StoredCase, datetime, Policy], RequesterView]]] = {
    "requester": requester_view,
    "agent": agent_view,
    "operator": operator_view,
}


def case_view(stored: StoredCase, reader: ReaderKind, now: datetime, policy: Policy) -> dict[str, Any]:
    """Return a case as one kind of reader may know it, as JSON values. Pure.

    `policy` is the one that the case began with, as it is for its company.
    """
    view: dict[str, Any] = as_json(VIEWS[reader](stored, now, policy))
    return view
