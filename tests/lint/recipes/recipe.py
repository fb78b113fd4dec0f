"""How a recipe is written down: Zendesk's JSON, the harms that it does, and by which moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]
Do = tuple[str, object]

ASIDE: Final = 3
"""Every third recipe was kept aside while the judging was mended."""


@dataclass(frozen=True)
class Recipe:
    """`harms` has the moment at which each harm begins; none: harmless. `beside` are the account's other rules."""

    number: int
    kind: str
    raw: Json
    harms: dict[str, str]
    because: str
    beside: tuple[Json, ...]

    @property
    def aside(self) -> bool:
        return self.number % ASIDE == 0

    def __str__(self) -> str:
        return f"{self.number}-{self.raw['title']}"


def rule(title: str, every: str, *actions: Do, some: str = "", **more: Any) -> Json:
    """A rule as Zendesk's JSON; conditions are written `field operator value`, parted by semicolons."""
    return {
        "id": more.pop("id", 4_000),
        "title": title,
        "active": True,
        "position": 100,
        "conditions": {"all": _conditions(every), "any": _conditions(some)},
        "actions": [{"field": name, "value": value} for name, value in actions],
        **more,
    }


def _conditions(written: str) -> list[Json]:
    found = []
    for one in written.split(";"):
        name, operator, *value = one.split(maxsplit=2) if one.strip() else ("", "")
        if name:
            found.append({"field": name, "operator": operator, "value": value[0].strip() if value else None})
    return found


def mail(text: str = "", to: str = "requester_id") -> Do:
    return "notification_user", [to, "[{{ticket.account}}] Re: {{ticket.title}}", text or "About {{ticket.id}}."]


PUBLIC_MAIL: Final = mail("{{ticket.latest_public_comment_formatted}}", "requester_and_ccs")
STANDARD: Final = rule(
    "Notify requester and CCs of comment update",
    "update_type is Change; comment_is_public is true",
    PUBLIC_MAIL,
    id=2,
    default=True,
    position=1,
)
UNSOLVED_HALF: Final = rule(
    "Notify requester of comment update",
    "update_type is Change; comment_is_public is requester_can_see_comment; role is agent; status not_value solved",
    mail("{{ticket.comments_formatted}}"),
    id=3,
    default=True,
    position=1,
)
SOLVED_HALF: Final = rule(
    "Notify requester of solved request",
    "status value solved",
    mail("{{ticket.comments_formatted}}"),
    id=4,
    default=True,
    position=2,
)


class Recipes(list[Recipe]):
    """Numbered in the order in which they are written."""

    def __init__(self, first: int) -> None:
        self._next = first

    def trigger(self, title: str, every: str, *actions: Do, harms: str = "", why: str, **more: Any) -> None:
        self._keep("trigger", title, every, actions, harms, why, more)

    def automation(self, title: str, every: str, *actions: Do, harms: str = "", why: str, **more: Any) -> None:
        self._keep("automation", title, every, actions, harms, why, more)

    def _keep(
        self, kind: str, title: str, every: str, actions: tuple[Do, ...], harms: str, why: str, more: Json
    ) -> None:
        beside = more.pop("beside", (STANDARD,))
        raw = rule(title, every, *actions, id=5_000 + self._next, **more)
        told = dict(one.strip().split("@") for one in harms.split(",") if one.strip())
        self.append(Recipe(self._next, kind, raw, told, why, beside))
        self._next += 1
