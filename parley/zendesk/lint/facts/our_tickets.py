"""What is known of our tickets: what they can be like, and the moments at which a rule may look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import product
from typing import Final, Literal

from parley.zendesk.lint.facts.business_rules import BusinessRule

CommentMode = Literal["public", "private", "none"]
Filler = Literal["requester", "desk", "agents"]

COMMENTS: Final[tuple[CommentMode, ...]] = ("public", "private", "none")
SEEN_COMMENTS: Final[tuple[CommentMode, ...]] = ("public", "none")
"""A copied person's comment may be an internal note: https://support.zendesk.com/hc/en-us/articles/4408842992538"""

ENDED: Final = frozenset({"solved", "closed"})
RANKS: Final = ("new", "open", "pending", "hold", "solved", "closed")

CHANNELS: Final = frozenset({"0", "4", "5", "17", "19", "20", "21", "27", "48", "49", "51", "55", "56"})
"""Ids of the channels by which a ticket of a form may come: web form, e-mail, API, widgets, mobile, a closed or
suspended or merged ticket. Chat, phone, text messages and social media fill in no form.

https://developer.zendesk.com/documentation/ticketing/reference-guides/via-types/
"""

API_CHANNEL: Final = "5"


class Actor(Enum):
    """Who makes an update. Another end user is a person in copy; the system acts for automations and by itself."""

    US = "us"
    AGENT = "agent"
    REQUESTER = "requester"
    OTHER = "other"
    SYSTEM = "system"


STAFF: Final = (Actor.US, Actor.AGENT, Actor.SYSTEM)


@dataclass(frozen=True, slots=True)
class UpdateMoment:
    """An update of a ticket of ours: by whom, whether it makes the ticket, and with what comment."""

    actor: Actor
    created: bool
    comment: CommentMode


HOURLY: Final = UpdateMoment(Actor.SYSTEM, False, "none")
"""The only moment of automations."""

MOMENTS: Final = (
    *(UpdateMoment(actor, True, "public") for actor in (Actor.US, Actor.AGENT, Actor.REQUESTER)),
    UpdateMoment(Actor.AGENT, True, "private"),
    *(UpdateMoment(actor, False, comment) for actor, comment in product(STAFF, COMMENTS)),
    *(UpdateMoment(Actor.REQUESTER, False, comment) for comment in SEEN_COMMENTS),
    *(UpdateMoment(Actor.OTHER, False, comment) for comment in COMMENTS),
)


@dataclass(frozen=True, slots=True)
class Status:
    """A status that our tickets may have. `id` is empty where it may be any of its category."""

    id: str
    category: str
    label: str
    ours: bool = False


CLOSED: Final = Status("", "closed", "Closed")


@dataclass(frozen=True, slots=True)
class Field:
    """A ticket field of ours; `options` are tags. `filler` says whose word it holds."""

    id: str
    title: str
    type: str
    filler: Filler
    options: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OurTickets:
    """What can be said of every ticket of ours. Ids are strings; None means that anything is possible.

    `groups` are where tickets belong, `passing` others that they may get into. `tags` are those that the desk
    relies on; `taken_off` those of them that it takes off again, `posting_tags` those that post a comment; `signed`
    begins a tag too. `blank_fields` are
    custom fields that are not on our form. `machine_tags` are tags that only options of such fields set, and
    rules that are known not to run on our tickets; `hand_tags` are those that a macro adds. `other_statuses` has
    the categories of statuses that our tickets don't have. `values` are those that Zendesk's own fields may have on
    our tickets, where that is known: a field that is not on our form is empty. `written` is what rules are known to
    write on them, by the names of actions. `webhooks` lead to us. `own` are our own rules as they
    should be. `secret_fields` hold what no text may show. `told_by` is the field that is filled in on them, where
    the form is not theirs alone.
    """

    form: str
    form_name: str
    user: str
    statuses: tuple[Status, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    taken_off: frozenset[str] = frozenset()
    posting_tags: frozenset[str] = frozenset()
    signed: str = "escalation_signed_"
    groups: frozenset[str] | None = None
    passing: frozenset[str] = frozenset()
    brands: frozenset[str] | None = None
    blank_fields: frozenset[str] = frozenset()
    machine_tags: frozenset[str] = frozenset()
    hand_tags: frozenset[str] = frozenset()
    other_statuses: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    written: Mapping[str, frozenset[str]] = field(default_factory=dict)
    webhooks: frozenset[str] = frozenset()
    own: tuple[BusinessRule, ...] = ()
    told_by: str = ""
    secret_fields: frozenset[str] = frozenset()

    def relies_on(self, tag: str) -> bool:
        return tag in self.tags or tag.startswith(self.signed)

    def may_wear(self, tag: str) -> bool:
        """Whether a ticket of ours may have a tag: agents and rules may add any, machines only their own."""
        return self.relies_on(tag) or tag not in self.machine_tags

    def alone(self, rule: BusinessRule) -> bool:
        """Whether a rule is for our form alone."""
        if self.told_by:
            asked = f"custom_fields_{self.told_by}"
            return any(one.field == asked and one.operator in ("is", "present") for one in rule.all)
        return any(
            one.field == "ticket_form_id" and one.operator == "is" and one.values == (self.form,)
            for one in rule.all
        )

    def category(self, status_id: str) -> str:
        """The category of a custom status; empty where there is none of that id."""
        return self._categories.get(status_id, "")

    @cached_property
    def _categories(self) -> dict[str, str]:
        return {**self.other_statuses, **{status.id: status.category for status in self.statuses}}

    @cached_property
    def option_fields(self) -> dict[str, Field]:
        """Our list fields by each tag of their options: adding the tag sets the field."""
        return {tag: one for one in self.fields.values() for tag in one.options}
