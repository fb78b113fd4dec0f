"""The account's active triggers and automations, and the people and groups that they and solving depend on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from connector.errors import Permanent
from connector.reading import Json, items, mapping, number, text, the_items, the_mapping
from connector.zendesk.access.channel import Calls, body_of, reading
from escalation.language.same_people import same_address

NamedKind = Literal["users", "organizations"]

PAGE: Final = 100
"""The most that Zendesk gives on one page of a list."""


class BusinessRules:
    """Reads only, one call a page. Raises Transient, or Permanent where we are not allowed to."""

    def __init__(self, channel: Calls) -> None:
        self._channel = channel

    def triggers(self) -> tuple[Json, ...]:
        """The active ones, as Zendesk has them.

        https://developer.zendesk.com/api-reference/ticketing/business-rules/triggers/#list-ticket-triggers
        """
        return self._listed("triggers")

    def automations(self) -> tuple[Json, ...]:
        """The active ones, as Zendesk has them.

        https://developer.zendesk.com/api-reference/ticketing/business-rules/automations/#list-automations
        """
        return self._listed("automations")

    def groups(self) -> tuple[Json, ...]:
        """Every group, as Zendesk has it."""
        return self._listed("groups")

    def named(self, many: NamedKind, ids: Collection[str]) -> dict[str, str]:
        """What some of these are called, by id; empty where the account can't or won't say.

        https://developer.zendesk.com/api-reference/ticketing/users/users/#show-many-users,
        https://developer.zendesk.com/api-reference/ticketing/organizations/organizations/#show-many-organizations
        """
        found: dict[str, str] = {}
        wanted = sorted(ids)
        try:
            with reading():
                for start in range(0, len(wanted), PAGE):
                    body = body_of(
                        self._channel.get(f"{many}/show_many", ids=",".join(wanted[start : start + PAGE]))
                    )
                    found |= {text(one.get("id")): text(one.get("name")) for one in items(body.get(many))}
        except Permanent:
            return found
        return found

    def brands(self) -> dict[str, str]:
        """The names of the brands, by id; empty where the account can't or won't say."""
        try:
            return {text(one.get("id")): text(one.get("name")) for one in self._listed("brands")}
        except Permanent:
            return {}

    def own_user(self) -> Json:
        """The user that our credentials stand for."""
        with reading():
            return the_mapping(body_of(self._channel.get("users/me")).get("user"), "our user")

    def agent(self, asked: str) -> bool:
        """Whether this user, by id or e-mail, exists and can have tickets; empty is our own user."""
        with reading():
            return any(
                _is(one, asked) and one.get("role") in ("agent", "admin") and one.get("suspended") is not True
                for one in self._people(asked)
            )

    def _people(self, asked: str) -> list[Json]:
        if asked and not asked.isdecimal():
            return items(body_of(self._channel.get("users/search", query=f"email:{asked}")).get("users"))
        try:
            return [mapping(body_of(self._channel.get(f"users/{asked or 'me'}")).get("user"))]
        except Permanent as refusal:
            if refusal.code in ("gone", "missing"):
                return []
            raise

    def _listed(self, many: str) -> tuple[Json, ...]:
        with reading():
            pages = [body for body, _ in self._channel.pages(many, {"page[size]": PAGE})]
            rows = [one for body in pages for one in the_items(body.get(many), f"the list of {many}")]
            return tuple(one for one in rows if one.get("active") is not False)


def _is(user: Json, asked: str) -> bool:
    if not asked:
        return number(user.get("id")) is not None
    return asked == text(user.get("id")) or same_address(asked, text(user.get("email")))
