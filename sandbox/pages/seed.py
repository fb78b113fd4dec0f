"""Fills both stand-ins with the people and assignments of the demo, with a past that fits the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.pages.scenarios import PEOPLE
from sandbox.server import Sandbox
from sandbox.workmarket.records import AssignmentNote, unix

WANDA = ("Wanda", "Worker", "wanda@example.com")
MARCUS = ("Marcus", "Bell", "marcus.bell@example.com")
LUCIA = ("Lucía", "Torres", "lucia.torres@example.com")
OWEN = ("Owen", "Clarke")
SALLY = ("Sally", "Moreno", "sally.moreno@harbor-retail.example")
DANA = ("Dana", "Reyes")
PRIYA = ("Priya", "Raman")
TOM = ("Tom", "Iversen", "tom.iversen@bluegate.example")

COMPLETED = "Assignment completed"
APPROVED = "Assignment approved for payment"
CANCELLED = "Assignment cancelled"
PAID = "Assignment paid"

# The assignment of the one request whose webhook got lost.
UNHEARD_ABOUT = "3104482187"

Ago = timedelta


@dataclass(frozen=True, slots=True)
class SeededAssignment:
    """An assignment and what has happened on it. Every moment is a span before now; a negative one is ahead."""

    id: str
    title: str
    description: str
    start: Ago
    status: str
    price: float
    worker: tuple[str, str, str] = WANDA
    owner: tuple[str, str] = OWEN
    support: tuple[str, str, str] = SALLY
    project: tuple[int, str] = (77, "Store network refresh")
    lasts: timedelta = timedelta(hours=3)
    worked: bool = True
    happened: tuple[tuple[Ago, str], ...] = ()
    messages: tuple[tuple[Ago, str, str], ...] = ()
    more: dict[str, Ago] = field(default_factory=dict)
    place: tuple[str, str, str] | None = None


def _ago(days: float = 0, hours: float = 0) -> Ago:
    return timedelta(days=days, hours=hours)


POS = (78, "Point-of-sale rollout")

PASTS = (
    SeededAssignment(
        "3104482017",
        "Replace access switch, store 114 Newark",
        "Swap the 24-port switch in the back office, label the cables, send photos.",
        _ago(8, 5),
        "complete",
        285.0,
        happened=((_ago(8, 1), COMPLETED),),
        messages=(
            (_ago(8, 4), "Wanda Worker", "On site, the old switch is out. All good so far."),
            (
                _ago(3),
                "Wanda Worker",
                "Hello Owen, the photos went up the same evening. Is anything missing for the approval?",
            ),
        ),
        place=("Store 114", "Newark", "NJ"),
    ),
    SeededAssignment(
        "3104482034",
        "Wi-Fi survey, store 87 Jersey City",
        "Walk the sales floor with the survey kit and upload the heat map.",
        _ago(41, 4),
        "paymentPending",
        340.0,
        happened=((_ago(41), COMPLETED), (_ago(36), APPROVED)),
        messages=(
            (_ago(40), "Sally Moreno", "Heat map received, thank you."),
            (_ago(4), "Wanda Worker", "Hello, the payment was due two days ago. Could you tell me when it comes?"),
        ),
        more={"payment_due": _ago(6)},
        place=("Store 87", "Jersey City", "NJ"),
    ),
    SeededAssignment(
        "3104482051",
        "Install router, store 203 Hoboken",
        "Rack the router, connect both uplinks, call the help desk for activation.",
        _ago(1, 4),
        "cancelled",
        260.0,
        worked=False,
        happened=((_ago(1, 9), CANCELLED),),
        messages=(
            (
                _ago(0, 23),
                "Wanda Worker",
                "This was cancelled just before I set off, with the rails already bought. What happened?",
            ),
        ),
        place=("Store 203", "Hoboken", "NJ"),
    ),
    SeededAssignment(
        "3104482068",
        "Replace firewall, store 61 Elizabeth",
        "Swap the firewall during the lunch break and run the acceptance script.",
        _ago(1, 4),
        "complete",
        310.0,
        happened=((_ago(1), COMPLETED),),
        messages=((_ago(0, 6), "Wanda Worker", "Script passed, results uploaded. Please have a look."),),
        place=("Store 61", "Elizabeth", "NJ"),
    ),
    SeededAssignment(
        "3104482085",
        "Cable test, store 19 Paterson",
        "Certify twelve drops and upload the report.",
        _ago(9, 5),
        "complete",
        195.0,
        happened=((_ago(9), COMPLETED),),
    ),
    SeededAssignment(
        "3104482102",
        "Second visit, store 114 Newark",
        "Return visit for the power supply.",
        _ago(225, 4),
        "paymentPending",
        150.0,
        happened=((_ago(225), COMPLETED), (_ago(220), APPROVED)),
        messages=((_ago(200), "Wanda Worker", "The second trip is missing from the total. Can we settle this?"),),
        more={"payment_due": _ago(190)},
        place=("Store 114", "Newark", "NJ"),
    ),
    SeededAssignment(
        "3104482119",
        "Cabling for four lanes, store 9 Decatur",
        "Pull and terminate cables for four check-out lanes; photos of every termination.",
        _ago(10, 6),
        "complete",
        420.0,
        worker=MARCUS,
        owner=DANA,
        project=POS,
        happened=((_ago(10), COMPLETED),),
        messages=(
            (_ago(9, 12), "Marcus Bell", "All four lanes are done, the photos follow."),
            (_ago(9), "Dana Reyes", "Thank you. Please upload the photos of the terminations."),
            (_ago(4), "Dana Reyes", "Hello Marcus, we still need the photos before we can approve this."),
        ),
    ),
    SeededAssignment(
        "3104482136",
        "Install two card terminals, store 33 Marietta",
        "Mount and activate two terminals, test sales with the manager.",
        _ago(12, 5),
        "paymentPending",
        230.0,
        worker=MARCUS,
        owner=DANA,
        project=POS,
        happened=((_ago(12), COMPLETED), (_ago(9), APPROVED)),
        messages=(
            (_ago(8), "Marcus Bell", "The trip charge of $45 is missing. It was agreed before the visit."),
            (_ago(7), "Dana Reyes", "We took it off since the terminals arrived by courier and you had no detour."),
            (_ago(6), "Marcus Bell", "I still drove there twice. Please look at the messages from before."),
        ),
        more={"payment_due": _ago(-21)},
    ),
    SeededAssignment(
        "3104482153",
        "Replace receipt printers, store 58 Smyrna",
        "Replace five receipt printers and take the old ones to the back office.",
        _ago(5, 5),
        "cancelled",
        275.0,
        worker=MARCUS,
        owner=PRIYA,
        support=TOM,
        project=(81, "Bluegate printer swap"),
        happened=((_ago(4), CANCELLED),),
        messages=((_ago(3), "Marcus Bell", "This was cancelled after I had finished. Could someone call me?"),),
    ),
    SeededAssignment(
        "3104482170",
        "Replace cash drawer, store 33 Marietta",
        "Swap the drawer at lane 2.",
        _ago(35, 5),
        "paid",
        120.0,
        worker=MARCUS,
        owner=DANA,
        project=POS,
        happened=((_ago(35), COMPLETED), (_ago(33), APPROVED), (_ago(3), PAID)),
        messages=((_ago(4), "Marcus Bell", "Is this one on its way?"),),
        more={"payment_due": _ago(3), "paid": _ago(3)},
    ),
    SeededAssignment(
        "3104482221",
        "Replace access point, store 240 Houston",
        "Swap the access point above the check-out and send photos.",
        _ago(9, 5),
        "complete",
        180.0,
        worker=LUCIA,
        owner=PRIYA,
        support=TOM,
        project=(82, "Bluegate wireless"),
        happened=((_ago(9, 1), COMPLETED),),
        messages=((_ago(4), "Lucía Torres", "Hola, ya está todo listo. ¿Falta algo?"),),
    ),
    SeededAssignment(
        UNHEARD_ABOUT,
        "Replace patch panel, store 12 Bayonne",
        "Swap the panel in the wiring closet and test every port.",
        _ago(9, 5),
        "complete",
        205.0,
        happened=((_ago(9, 1), COMPLETED),),
        messages=((_ago(4), "Wanda Worker", "Every port is tested and the report attached. Is anything missing?"),),
    ),
)


def seed(sandbox: Sandbox) -> None:
    """Add the people and the assignments: those that Tom supports are the last company's, all others the first's.
    What is there already stays as it is."""
    account = sandbox.zendesk.account
    with account.lock:
        for person in PEOPLE:
            if account.user_by_email(person.email) is None:
                account.add_user(person.name, person.email, verified=True).locale = person.locale
    companies = [name for name in sandbox.workmarket.companies if name] or [""]
    for past in PASTS:
        if past.id not in sandbox.workmarket.assignments:
            _add(sandbox, past, companies[-1 if past.support is TOM else 0])


def _add(sandbox: Sandbox, past: SeededAssignment, company: str) -> None:
    now = sandbox.clock()
    market = sandbox.workmarket

    def at(span: Ago) -> datetime:
        return now - span

    end = at(past.start) + past.lasts
    more: dict[str, Any] = {name: at(span) for name, span in past.more.items()}
    if past.worked:
        more["checked_out"] = end
    market.add_assignment(
        past.id,
        company=company,
        title=past.title,
        description=past.description,
        worker=past.worker,
        owner=past.owner,
        support_contact=past.support,
        project=past.project[0],
        project_name=past.project[1],
        scheduled_start=at(past.start),
        scheduled_end=end,
        price=past.price,
        status=past.status,
        created=at(past.start) - timedelta(days=6),
        place=past.place,
        **more,
    )
    _write_history(sandbox, past, at)


def _write_history(sandbox: Sandbox, past: SeededAssignment, at: Callable[[Ago], datetime]) -> None:
    with sandbox.workmarket.lock:
        made = sandbox.workmarket.assignments[past.id]
        made.history.extend({"date": unix(at(span)), "text": text} for span, text in past.happened)
        made.notes.extend(AssignmentNote(at(span), text, author) for span, author, text in past.messages)
        moments = [span for span, _ in past.happened] + [span for span, *_ in past.messages]
        made.modified = at(min(moments))
