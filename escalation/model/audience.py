"""Who may read a text: `Public` may reach the requester or the other side, `Internal` agents only.

A `Public` is made here and by `Texts.public` alone, and a test holds the rest of the product to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from escalation.model.plain import clean

if TYPE_CHECKING:
    from escalation.model.files import TicketFile
    from escalation.model.views import Comment

FIELDS = frozenset(
    {
        *(
            "about",
            "assignment_id",
            "because",
            "completed",
            "count",
            "date",
            "days",
            "extra",
            "greeting",
            "hours",
            "kind",
            "link",
            "looking_at",
            "missing",
            "months",
            "name",
            "next",
        ),
        *("number", "outcome", "place", "questions", "ticket_id", "title", "until", "why"),
    }
)
"""What an approved template for the requester or the other side may be filled with."""


ADDRESS = "parley:progress-page"
"""What stands in a text where the address of its reader's page goes, which is known only when it is sent."""


class WrongAudience(ValueError):
    """A text was about to reach people it was not written for. The sentence does not hold the text."""


class _Written(str):
    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: Any) -> Any:
        """It is a JSON string, also in rows from before this type: what stood in a public place was public."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": cls},
            "schema": handler(str),
        }


class Internal(_Written):
    """Words for agents; any text may become one."""

    __slots__ = ()


class Public(_Written):
    """Words that may leave the house: an approved template with approved fields, or what somebody chose to post."""

    __slots__ = ()

    @classmethod
    def joined(cls, parts: Iterable[Public], by: str) -> Self:
        """Several public texts as one."""
        return cls(by.join(str(require_public(part)) for part in parts))

    def parted(self, paragraphs: int) -> tuple[Public, Public]:
        """The text's first paragraphs, so many of them, and the others."""
        parts = self.split("\n\n") if self else []
        return Public("\n\n".join(parts[:paragraphs])), Public("\n\n".join(parts[paragraphs:]))

    def leading_to(self, address: str) -> Public:
        """The text with an address in the place that was kept for it."""
        return Public(self.replace(ADDRESS, address))

    def with_reference(self, reference: str) -> Public:
        """The text, ended by the mark by which it is found again."""
        return Public(f"{self}\n\n[Ref {reference}]")


NOTHING = Public("")


def require_public(text: object) -> Public:
    """The text itself; raises WrongAudience for anything that was not made to be public."""
    if not isinstance(text, Public):
        raise WrongAudience(f"A text of the type {type(text).__name__} is not for the public.")
    return text


def chosen_comment(comment: Comment) -> Public:
    """What an agent chose to post: a comment of theirs, which must be public on the ticket as well."""
    if not comment.public:
        raise WrongAudience("An internal comment is not for the public.")
    return Public(clean(comment.text).strip())


def chosen_files(comment: Comment) -> tuple[TicketFile, ...]:
    """The files of what an agent chose to post, which must be public on the ticket as well."""
    if not comment.public:
        raise WrongAudience("A file of an internal comment is not for the public.")
    return comment.files


def chosen_text(text: str) -> Public:
    """What an automation asked to be posted literally."""
    return Public(clean(text).strip())


def teams_comment(text: str, *, public: bool) -> Public:
    """What the support team's macro would say: its comment, which must be one that the requester may read."""
    if not public:
        raise WrongAudience("An internal comment of a macro is not for the public.")
    return Public(clean(text).strip())


def requesters_own(text: str) -> Public:
    """What the requester wrote, for the ticket that is theirs."""
    return Public(clean(text).strip() or "–")
