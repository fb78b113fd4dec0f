"""Judges who may look at the desk's page and who may operate there, by what Zendesk says of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from parley.pages.desk.viewer import Viewer, shown_name

WHOLE_ROLES: Final = (None, 0, 4)
"""What `role_type` is of people who work on all tickets: none, a custom role, an admin's.

https://developer.zendesk.com/api-reference/ticketing/users/users/
"""
ADMINS_ONLY: Final = "Only Zendesk's admins may do this: no group is named for it in the policy (operators_group)."
NOT_KNOWN: Final = "Zendesk did not say which groups you are in. Sign out and in again to have it asked once more."


class NotLetIn(Exception):
    """This person may not look at the page; the sentence says why, to them."""


def viewer_of(user: Mapping[str, Any], groups: Callable[[int], Sequence[str] | None], operators: str) -> Viewer:
    """The viewer that a user of Zendesk is. `groups` gives the names of somebody's groups, None where they can't be
    had; `operators` is the group whose agents may operate besides admins, empty for none. Raises NotLetIn."""
    number, role = user.get("id"), user.get("role")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise NotLetIn("Zendesk did not say who you are. Sign in there first, and then here again.")
    if user.get("suspended") or user.get("active") is False:
        raise NotLetIn("Your user in Zendesk is suspended or closed, so the desk stays closed, too.")
    if role not in ("agent", "admin"):
        raise NotLetIn(
            "This page is for the support team. How your own request stands, you read in the help center and "
            "in the messages that you get."
        )
    if _sees_a_part(user):
        raise NotLetIn(
            "In Zendesk you see some tickets only, and this page shows the cases of all. Read a case beside its "
            "ticket."
        )
    person = f"Zendesk user {number}"
    given = user.get("name")
    name = shown_name(given if isinstance(given, str) else "", person)
    if role == "admin":
        return Viewer(name, person, may_operate=True)
    why_not = _why_not(number, groups, operators)
    return Viewer(name, person, not why_not, why_not)


def _sees_a_part(user: Mapping[str, Any]) -> bool:
    """Whether it is an agent whom Zendesk keeps some tickets from, or a light one."""
    if user.get("role") == "admin":
        return False
    restricted = user.get("ticket_restriction") or user.get("restricted_agent") is True
    return bool(restricted) or user.get("role_type") not in WHOLE_ROLES


def _why_not(number: int, groups: Callable[[int], Sequence[str] | None], operators: str) -> str:
    if not operators:
        return ADMINS_ONLY
    names = groups(number)
    if names is None:
        return NOT_KNOWN
    if operators.casefold() in (name.casefold() for name in names):
        return ""
    return f"Only admins and the agents of the group “{operators}” may do this."
