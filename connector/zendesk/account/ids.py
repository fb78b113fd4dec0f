"""The account's ids by the names that the process uses, and the tags its option fields share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Final

from connector.reading import mapping, number, text

TAG_PREFIXES: Final = {
    "party": "escalation_party_",
    "reason": "escalation_reason_",
    "attempts": "escalation_attempt_",
    "kind_of_outcome": "escalation_outcome_",
    "tier": "escalation_tier_",
    "justification": "escalation_justification_",
}
"""Option fields: a view holds the tag without this prefix; `attempts` may hold several, parted by commas."""

ENGLISH: Final = "en"
LOCALES: Final = {1: "en-US", 2: "es", 8: "de", 1194: "es-419"}
"""Ids that recorded answers give the languages that there are texts in; every account has the same."""

CASE_KEY: Final = "case_key"
"""A field that is written and never read: what stands in it opens the case to whoever has it."""

SEVERAL: Final = frozenset({"attempts"})
TICKED: Final = frozenset({"other_side_responded", "somebody_reached", "violation_reported"})


def state_tag(state: str) -> str:
    """The tag by which a macro says which state it means, where the account can't have that state's status."""
    return f"escalation_state_{state}"


def macro_key(key: str, language: str) -> str:
    """The key of a macro in a language: English has the plain one, as before there were others."""
    return key if language in ("", ENGLISH) else f"{key}.{language}"


@dataclass(frozen=True)
class AccountIds:
    """What `parley zendesk apply` found or made. `categories` tells each custom status' category by its id.

    `plain` has Zendesk's own status for each state whose custom status this account can't have. `told_by` is the
    key of the field that is filled in on our tickets, in an account whose only form others use too.
    """

    form: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    macros: Mapping[str, int] = field(default_factory=dict)
    triggers: Mapping[str, int] = field(default_factory=dict)
    category: str = ""
    webhooks: Mapping[str, str] = field(default_factory=dict)
    user_id: int = 0
    agents_group: int | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    told_by: str = ""

    @cached_property
    def field_keys(self) -> Mapping[int, str]:
        """The fields of ours that are read, by their ids."""
        return {number: key for key, number in self.fields.items() if key != CASE_KEY}

    @cached_property
    def status_keys(self) -> Mapping[int, str]:
        return {number: key for key, number in self.statuses.items()}

    @cached_property
    def state_tags(self) -> Mapping[str, str]:
        """States by the tags that macros say them with."""
        return {state_tag(state): state for state in self.plain}

    def macro(self, key: str, language: str) -> int | None:
        """The macro that says a text in a language; None where the account has none."""
        return self.macros.get(macro_key(key, language))

    def to_json(self) -> dict[str, object]:
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in asdict(self).items()}

    @staticmethod
    def from_json(value: Mapping[str, object]) -> AccountIds:
        return AccountIds(
            form=number(value.get("form")) or 0,
            fields=_numbers(value.get("fields")),
            statuses=_numbers(value.get("statuses")),
            macros=_numbers(value.get("macros")),
            triggers=_numbers(value.get("triggers")),
            category=text(value.get("category")),
            webhooks={key: text(item) for key, item in mapping(value.get("webhooks")).items()},
            user_id=number(value.get("user_id")) or 0,
            agents_group=number(value.get("agents_group")),
            categories={key: text(item) for key, item in mapping(value.get("categories")).items()},
            plain={key: text(item) for key, item in mapping(value.get("plain")).items()},
            told_by=text(value.get("told_by")),
        )


def _numbers(value: object) -> dict[str, int]:
    read = {key: number(item) for key, item in mapping(value).items()}
    return {key: item for key, item in read.items() if item is not None}
