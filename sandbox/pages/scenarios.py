"""Who can be in the demo, and the situations that they can escalate: one for every reason and every verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone the visitor can be; everyone's address counts as verified. `locale` is the language they chose."""

    key: str
    name: str
    email: str
    party: str
    line: str
    locale: str = "en-US"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation: what fills the form, what is special about the assignment, and what to expect."""

    key: str
    person: str
    assignment_id: str
    name: str
    special: str
    expect: str
    reason: str = ""
    description: str = ""
    outcome: str = ""
    attempts: tuple[str, ...] = ("message",)
    kind_of_outcome: str = ""


PEOPLE = (
    Visitor("wanda", "Wanda Worker", "wanda@example.com", "worker", "network technician, Newark"),
    Visitor("marcus", "Marcus Bell", "marcus.bell@example.com", "worker", "point-of-sale installer, Atlanta"),
    Visitor("lucia", "Lucía Torres", "lucia.torres@example.com", "worker", "installer, Houston; Spanish", "es-419"),
    Visitor("dana", "Dana Reyes", "dana.reyes@example.com", "client", "project owner, Harbor Retail"),
)

SCENARIOS = (
    Scenario(
        "overdue",
        "wanda",
        "3104482017",
        "Approval overdue",
        "Handed in eight days ago, still not approved; you asked, nobody answered.",
        "Goes straight to tier 1.",
        "approval_overdue",
        "I replaced the switch and sent the photos the same evening. That was more than a week ago. "
        "I have asked on the assignment and by e-mail and have heard nothing.",
        "I would like the work to be looked at and approved, or to hear what is missing.",
        ("message", "email"),
    ),
    Scenario(
        "in_spanish",
        "lucia",
        "3104482221",
        "In Spanish",
        "Handed in nine days ago; the worker has chosen Spanish, and nobody is known who looks after the client.",
        "Tier 1: she is written to in Spanish, the client in English. Tier 3: agents look for whom to ask.",
        "approval_overdue",
        "Entregué el trabajo hace más de una semana y nadie me contesta.",
        "Que revisen el trabajo, o que me digan qué falta.",
    ),
    Scenario(
        "past_due",
        "wanda",
        "3104482034",
        "Payment past due",
        "Approved and invoiced; the payment date passed six days ago.",
        "Goes straight to tier 1.",
        "payment_past_due",
        "The invoice was due last week. I wrote on the assignment and nobody has answered.",
        "To hear when it will be paid.",
    ),
    Scenario(
        "cancelled",
        "wanda",
        "3104482051",
        "Cancelled without a word",
        "Cancelled five hours before the start; nobody said why.",
        "Tier 1, and the agent is told about the short notice.",
        "cancelled_unexplained",
        "It was cancelled the morning of the visit. I had already picked up the parts. Nobody told me why.",
        "An explanation, and whether the parts can be covered.",
        ("message", "phone"),
    ),
    Scenario(
        "too_early",
        "wanda",
        "3104482068",
        "Too early",
        "Handed in only yesterday.",
        "Waits for the date and checks again by itself.",
        "approval_overdue",
        "I finished yesterday and it still says pending approval.",
        "Approval.",
    ),
    Scenario(
        "no_message",
        "wanda",
        "3104482085",
        "No message yet",
        "Approval is overdue, but you never wrote on the assignment.",
        "The desk asks you to write there first.",
        "approval_overdue",
        "Not approved for nine days. I called twice and only got the voicemail.",
        "Approval.",
        ("phone",),
    ),
    Scenario(
        "too_old",
        "wanda",
        "3104482102",
        "Too old",
        "The work was done more than seven months ago.",
        "Not eligible: workers have six months.",
        "payment_dispute",
        "I was never paid for the second trip last year.",
        "Payment for the second trip.",
    ),
    Scenario(
        "wrong_number",
        "wanda",
        "3104499999",
        "Wrong number",
        "There is no assignment with this number.",
        "The desk asks for the right one; reply with 3104482017.",
        "approval_overdue",
        "Nobody approves my work on the Newark switch.",
        "Approval.",
    ),
    Scenario(
        "not_theirs",
        "wanda",
        "3104482119",
        "Someone else's assignment",
        "Marcus did this one, not you.",
        "Needs review: an agent has to say who asks.",
        "approval_overdue",
        "I helped out on this one and it has not been approved.",
        "Approval.",
    ),
    Scenario(
        "dispute",
        "marcus",
        "3104482136",
        "Payment dispute",
        "The owner has named a reason for paying less.",
        "Needs review: an agent reads whether that is a justification.",
        "payment_dispute",
        "We agreed on two terminals and a trip charge. The trip charge was taken off after the visit.",
        "The trip charge as agreed.",
        ("message", "email"),
    ),
    Scenario(
        "after_work",
        "marcus",
        "3104482153",
        "Cancelled after the work",
        "Checked in and out, then cancelled; not a word since.",
        "Goes straight to tier 1.",
        "cancelled_after_work",
        "I was on site for three hours and checked out. The next day it was cancelled.",
        "To be told what was wrong, and payment for the hours on site.",
        ("message", "phone"),
    ),
    Scenario(
        "paid",
        "marcus",
        "3104482170",
        "Already paid",
        "Approved and paid three days ago.",
        "Not eligible: there is nothing left to escalate.",
        "payment_past_due",
        "I can't find the payment for this one.",
        "Payment.",
    ),
    Scenario(
        "clients",
        "dana",
        "3104482119",
        "A client escalates",
        "The worker does not answer your question about the missing photos.",
        "Needs review, for only the marketplace can vouch for a client; an agent accepts it. "
        "From the assignment's menu (Escalate) it goes straight to tier 1.",
        "",
        "We asked for the photos of the cabling twice and can't approve the work without them.",
        "The photos, so that we can approve the work.",
    ),
)


def person_named(key: str) -> Visitor:
    """The person of this key, else the first."""
    return next((row for row in PEOPLE if row.key == key), PEOPLE[0])


def scenario_named(key: str, offered: Sequence[Scenario]) -> Scenario | None:
    """The situation of this key, else the first one on offer."""
    return next((row for row in offered if row.key == key), offered[0] if offered else None)
