"""Each kind of part: what it is compared by, whose its properties are, and how it is switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connector.zendesk.account.setup import Kind

ORDER: Final[tuple[Kind, ...]] = (
    "group", "status", "field", "form", "macro", "webhook", "category", "trigger", "automation", "view",
)  # fmt: skip
"""What is made first is needed by what comes after it; what goes away goes in the opposite order."""


COMMENT_MODE: Final = "action comment_mode_is_public"
"""Whether a macro's comment is public: the team's to say, together with the comment's words."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`texts` begin the names of the properties that are the team's: an edit of them made in Zendesk is kept.

    `fixed` can't be changed once made. `off` is the change that switches such a part off; None where there is none.
    """

    noun: str
    name: str
    texts: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    off: Mapping[str, object] | None = None
    deletable: bool = True

    def is_text(self, name: str) -> bool:
        return name.startswith(self.texts) if self.texts else False


_INACTIVE: Final = {"active": False}

KINDS: Final[Mapping[Kind, Rules]] = {
    "group": Rules("group", "name", texts=("description",)),
    "status": Rules(
        "custom status",
        "agent_label",
        texts=("end_user_label", "description", "end_user_description"),
        fixed=("status_category",),
        off=_INACTIVE,
        deletable=False,
    ),
    "field": Rules(
        "ticket field",
        "title",
        texts=("title_in_portal", "description", "agent_description", "required_in_portal", "label of"),
        fixed=("type",),
        off=_INACTIVE,
    ),
    "form": Rules("form", "name", texts=("display_name", "in_all_brands"), off=_INACTIVE),
    "macro": Rules("macro", "title", texts=("description", "comment", COMMENT_MODE), off=_INACTIVE),
    "webhook": Rules("webhook", "name", fixed=("serves",), off={"status": "inactive"}),
    "category": Rules("trigger category", "name"),
    "trigger": Rules("trigger", "title", texts=("description", "category_id"), off=_INACTIVE),
    "automation": Rules("automation", "title", texts=("text of the mail",), off=_INACTIVE),
    "view": Rules("view", "title", texts=("description", "output"), off=_INACTIVE),
}
