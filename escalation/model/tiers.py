"""The tiers of a case, as one table: what differs from tier to tier stands here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from escalation.model.values import Cause, State


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to whom the desk writes, and where the address is looked for; the first place that has one counts.

    `field`: the ticket's field. `by_project`: the policy's table. `support_contact`: whether the assignment's is
    taken then. A reply is the other side's answer, unless `replied` names the note that tells agents of it.
    """

    field: str
    by_project: str
    support_contact: bool = False
    replied: str = ""


@dataclass(frozen=True, slots=True)
class OnAssignment:
    """A public message on the assignment; the key of its text."""

    text: str


@dataclass(frozen=True, slots=True)
class ByEmail:
    """A side conversation by e-mail; the keys of its texts.

    `no_address`: the note where no address is known; the policy's group of agents is filled in if `asks_group`.
    """

    recipient: Recipient
    subject: str
    body: str
    no_address: str
    asks_group: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier. In Zendesk its state is the key of its custom status, its number the option of the tier field.

    `text`: the key of the requester's text, and of the macro that says it. `about`: what happens in it, for
    `parley case explain`. `hours`: the policy's key for the business hours after which the next tier begins; the
    last tier has none, since the month ends it.
    """

    number: int
    state: State
    cause: Cause
    channel: OnAssignment | ByEmail
    text: str
    about: str
    hours: str = ""


PROJECT_MANAGER: Final = Recipient("project_manager_email", "project_managers", support_contact=True)
ACCOUNT_MANAGER: Final = Recipient(
    "account_manager_email", "account_managers", replied="note.account_manager_replied"
)

TIERS: Final = (
    Tier(
        1,
        State.TIER_1,
        Cause.TIER_1,
        OnAssignment("message.tier_1"),
        text="tier_1",
        about="the other side was asked on the assignment",
        hours="tier_1_hours",
    ),
    Tier(
        2,
        State.TIER_2,
        Cause.TIER_2,
        ByEmail(PROJECT_MANAGER, "email.tier_2.subject", "email.tier_2.body", "note.no_address_tier_2"),
        text="tier_2",
        about="the other side is contacted directly",
        hours="tier_2_hours",
    ),
    Tier(
        3,
        State.TIER_3,
        Cause.TIER_3,
        ByEmail(
            ACCOUNT_MANAGER,
            "email.tier_3.subject",
            "email.tier_3.body",
            "note.no_address_tier_3",
            asks_group=True,
        ),
        text="tier_3",
        about="the account manager is asked to reach out",
    ),
)
"""The tiers of a worker's case, in their order."""

TIER_OF: Final = {tier.state: tier for tier in TIERS}
BY_EMAIL: Final = tuple(tier for tier in TIERS if isinstance(tier.channel, ByEmail))
BY_EMAIL_SAID: Final = " and ".join(str(tier.number) for tier in BY_EMAIL)
"""The numbers of these tiers, for a sentence."""
POSTED: Final = tuple(tier.channel.text for tier in TIERS if isinstance(tier.channel, OnAssignment))
"""The keys of what is posted on the assignment."""
RECIPIENTS: Final = tuple(
    dict.fromkeys(tier.channel.recipient for tier in TIERS if isinstance(tier.channel, ByEmail))
)


def tier_at(number: int) -> Tier:
    """Return the tier of that number; KeyError where there is none."""
    return _NUMBERED[number]


def tier_after(number: int | None) -> Tier | None:
    """Return the tier that follows; None after the last one, and where a case is in none."""
    return _NUMBERED.get(number + 1) if number else None


def recipient_at(number: int | None) -> Recipient | None:
    """Return who gets the e-mail of that tier; None where there is no such tier, or it sends none."""
    tier = _NUMBERED.get(number) if number else None
    return tier.channel.recipient if tier and isinstance(tier.channel, ByEmail) else None


_NUMBERED: Final = {tier.number: tier for tier in TIERS}
