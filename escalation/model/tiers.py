"""The tiers of a case, as one table: what differs from tier to tier, and from party to party, stands here alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from escalation.model.values import Cause, Party, State


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to whom the desk writes, and where the address is looked for; the first place that has one counts.

    `field`: the ticket's field. `by_project`: the policy's table. `on_assignment`: whom of the assignment it is
    then. A reply is the other side's answer, unless `replied` names the note that tells agents of it.
    """

    field: str = ""
    by_project: str = ""
    on_assignment: Literal["", "support_contact", "worker"] = ""
    replied: str = ""


@dataclass(frozen=True, slots=True)
class OnAssignment:
    """A public message on the assignment; the key of its text."""

    text: str


@dataclass(frozen=True, slots=True)
class ByEmail:
    """A side conversation by e-mail; the keys of its texts.

    `no_address`: the note where no address is known; the policy's group of agents is filled in if `asks_group`.
    `hidden`: the note where the assignment, which showed one, can't be seen any more.
    """

    recipient: Recipient
    subject: str
    body: str
    no_address: str
    asks_group: bool = False
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class ByAgents:
    """The policy's group of agents gets the ticket and is asked by a note, of which this is the key.

    Nothing leaves the house.
    """

    note: str


@dataclass(frozen=True, slots=True)
class Way:
    """How the other side of one party's case is reached in a tier.

    `text`: the key of the requester's text, and of the macro that says it. `about`: what happens, for
    `parley case explain`.
    """

    channel: OnAssignment | ByEmail | ByAgents
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier. In Zendesk its state is the key of its custom status, its number the option of the tier field.

    `worker` and `client`: the way to the other side where that party has escalated; all else is the same for both.
    `hours`: the policy's key for the business hours after which the next tier begins; the last tier has none,
    since the month ends it.
    """

    number: int
    state: State
    cause: Cause
    worker: Way
    client: Way
    hours: str = ""

    @property
    def ways(self) -> tuple[Way, Way]:
        """Both parties' ways."""
        return self.worker, self.client

    def way_of(self, party: Party | None) -> Way:
        """Return the way in a party's case; while nobody knows which party's it is, it counts as a worker's."""
        return self.client if party is Party.CLIENT else self.worker


PROJECT_MANAGER: Final = Recipient("project_manager_email", "project_managers", on_assignment="support_contact")
ACCOUNT_MANAGER: Final = Recipient(
    "account_manager_email", "account_managers", replied="note.account_manager_replied"
)
THE_WORKER: Final = Recipient(on_assignment="worker")

TIERS: Final = (
    Tier(
        1,
        State.TIER_1,
        Cause.TIER_1,
        worker=Way(OnAssignment("message.tier_1"), "tier_1", "the other side was asked on the assignment"),
        client=Way(OnAssignment("message.tier_1_worker"), "tier_1", "the other side was asked on the assignment"),
        hours="tier_1_hours",
    ),
    Tier(
        2,
        State.TIER_2,
        Cause.TIER_2,
        worker=Way(
            ByEmail(
                PROJECT_MANAGER,
                "email.tier_2.subject",
                "email.tier_2.body",
                "note.no_address_tier_2",
                hidden="note.hidden_tier_2",
            ),
            "tier_2",
            "the other side is contacted directly",
        ),
        client=Way(
            ByEmail(
                THE_WORKER,
                "email.tier_2_worker.subject",
                "email.tier_2_worker.body",
                "note.no_address_tier_2_worker",
                hidden="note.hidden_tier_2_worker",
            ),
            "tier_2",
            "the other side is contacted directly",
        ),
        hours="tier_2_hours",
    ),
    Tier(
        3,
        State.TIER_3,
        Cause.TIER_3,
        worker=Way(
            ByEmail(
                ACCOUNT_MANAGER,
                "email.tier_3.subject",
                "email.tier_3.body",
                "note.no_address_tier_3",
                asks_group=True,
            ),
            "tier_3",
            "the account manager is asked to reach out",
        ),
        client=Way(
            ByAgents("note.client_tier_3"), "tier_3_client", "the agents' group is asked to reach the worker"
        ),
    ),
)
"""The tiers of every case, in their order."""

TIER_OF: Final = {tier.state: tier for tier in TIERS}
WAYS: Final = tuple(way for tier in TIERS for way in tier.ways)
BY_EMAIL: Final = tuple(tier for tier in TIERS if any(isinstance(way.channel, ByEmail) for way in tier.ways))
BY_EMAIL_SAID: Final = " and ".join(str(tier.number) for tier in BY_EMAIL)
"""The numbers of these tiers, for a sentence."""
POSTED: Final = tuple(way.channel.text for way in WAYS if isinstance(way.channel, OnAssignment))
"""The keys of what is posted on the assignment."""
RECIPIENTS: Final = tuple(dict.fromkeys(way.channel.recipient for way in WAYS if isinstance(way.channel, ByEmail)))
NAMED: Final = tuple(one for one in RECIPIENTS if one.field)
"""Those whom a field of the ticket and a table of the policy can name."""


def tier_at(number: int) -> Tier:
    """Return the tier of that number; KeyError where there is none."""
    return _NUMBERED[number]


def tier_after(number: int | None) -> Tier | None:
    """Return the tier that follows; None after the last one, and where a case is in none."""
    return _NUMBERED.get(number + 1) if number else None


def recipient_at(number: int | None, party: Party | None) -> Recipient | None:
    """Return who gets that tier's e-mail in a party's case; None where it sends none, or is none."""
    tier = _NUMBERED.get(number) if number else None
    channel = tier.way_of(party).channel if tier else None
    return channel.recipient if isinstance(channel, ByEmail) else None


def recipients_of(party: Party | None) -> tuple[Recipient, ...]:
    """Return everybody who gets an e-mail in a party's case, in the order of the tiers."""
    found = (recipient_at(tier.number, party) for tier in TIERS)
    return tuple(dict.fromkeys(one for one in found if one))


def told_as(tier: Tier, party: Party | None) -> str:
    """Return how keys of texts name a tier of a party's case: `tier_2`, and `tier_2_client` of a client's."""
    return tier.state.value + ("_client" if party is Party.CLIENT else "")


_NUMBERED: Final = {tier.number: tier for tier in TIERS}
