"""What has become of the matter while its case runs: of a worker's reason, and of what a client hopes for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from escalation.eligibility.facts import APPROVED, CANCELLED, COMPLETED
from escalation.eligibility.reasons import GROUND_OF, STARTED
from escalation.model.values import KindOfOutcome, Reason


class Outlook(StrEnum):
    """What an assignment's new status means for a case. The values of what came about are keys of its texts."""

    HOLDS = "holds"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"
    IN_PROGRESS = "in_progress"
    OTHER = "other"


CAME_ABOUT: Final = frozenset({Outlook.APPROVED, Outlook.PAID, Outlook.CANCELLED, Outlook.IN_PROGRESS})
PAID: Final = frozenset({"paid"})


def outlook(reason: Reason | None, status: str, judged: str) -> Outlook:
    """Compare an assignment's status with the one the case was last judged by; the same status changes nothing."""
    if status == judged:
        return Outlook.HOLDS
    if status in PAID:
        return Outlook.PAID
    stands_in = GROUND_OF[reason or Reason.PAYMENT_DISPUTE].statuses
    if status in APPROVED and status not in stands_in:
        return Outlook.APPROVED
    sent_back = judged in COMPLETED | APPROVED and status in STARTED
    return Outlook.HOLDS if status in stands_in and not sent_back else Outlook.OTHER


SEEN_AS: Final[Mapping[str, Mapping[frozenset[str], Outlook]]] = {
    KindOfOutcome.CANCEL: {CANCELLED: Outlook.CANCELLED},
    KindOfOutcome.REDO: {STARTED: Outlook.IN_PROGRESS},
    KindOfOutcome.PAY: {APPROVED: Outlook.APPROVED, PAID: Outlook.PAID},
}
"""In which statuses a kind of outcome is seen to have come about. Of another amount only a person can say."""


def clients_outlook(kind: object, status: str, judged: str) -> Outlook:
    """The same for a client's case: whether what they hope for has come about, or the matter ended otherwise.

    An assignment that is on its way and goes on changes nothing.
    """
    if status == judged or (judged in STARTED and status in STARTED | COMPLETED):
        return Outlook.HOLDS
    hopes = SEEN_AS.get(str(kind), {})
    return next((came for statuses, came in hopes.items() if status in statuses), Outlook.OTHER)
