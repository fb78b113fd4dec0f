"""The words of the process: states and what leads to them, parties, reasons, deadlines."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a case stands; the values are the names of `parley case --json` and of the status keys."""

    CHECKING = "checking"
    NEEDS_REVIEW = "needs_review"
    WAITING_ON_REQUESTER = "waiting_on_requester"
    WAITING_FOR_DATE = "waiting_for_date"
    TIER_1 = "tier_1"
    TIER_2 = "tier_2"
    TIER_3 = "tier_3"
    OTHER_SIDE_RESPONDED = "other_side_responded"
    CONFIRMING_OUTCOME = "confirming_outcome"
    RESOLVED = "resolved"
    NOT_ELIGIBLE = "not_eligible"
    OFF_PLATFORM = "off_platform"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"

    @property
    def ended(self) -> bool:
        return self in ENDED


ENDED: Final = frozenset({State.RESOLVED, State.NOT_ELIGIBLE, State.OFF_PLATFORM, State.WITHDRAWN, State.JOINED})


class Cause(StrEnum):
    """What moves a case from state to state."""

    REFUSED = "refused"
    ASKED = "asked"
    UNKNOWN = "unknown"
    NOT_YET = "not yet"
    TIER_1 = "tier 1"
    TIER_2 = "tier 2"
    TIER_3 = "tier 3"
    ANSWERED = "answered"
    OUTCOME = "outcome"
    OTHER_END = "other end"
    OBJECTED = "objected"
    CHANGED = "changed"
    AGENT_REVIEWS = "agent reviews"
    AGENT_ASKS = "agent asks"
    AGENT_CONFIRMS = "agent confirms"
    CONFIRMED = "confirmed"
    MONTH_OVER = "month over"
    UNANSWERED = "unanswered"
    TAKEN_BACK = "taken back"
    RULED_OUT = "ruled out"
    JOINED = "joined"
    SOLVED = "solved"
    CLOSED = "closed"
    RETURNED = "returned"
    UNREACHED = "unreached"


class EndedBy(StrEnum):
    """What ended a case, as its body keeps it; NOTHING, which is false, while it is open."""

    NOTHING = ""
    VERDICT = "verdict"
    VIOLATION = "violation"
    UNANSWERED = "unanswered"
    MONTH = "month"
    CONFIRMED = "confirmed"
    JOINED = "joined"
    REQUESTER = "requester"
    AGENT = "agent"
    OPERATOR = "operator"
    DELETED = "deleted"
    MERGED = "merged"
    CLOSED = "closed"


UNWRITABLE: Final = frozenset({EndedBy.DELETED, EndedBy.MERGED, EndedBy.CLOSED})
"""Ends after which nothing can be written on the ticket."""


class Party(StrEnum):
    WORKER = "worker"
    CLIENT = "client"


class Reason(StrEnum):
    APPROVAL_OVERDUE = "approval_overdue"
    PAYMENT_DISPUTE = "payment_dispute"
    PAYMENT_PAST_DUE = "payment_past_due"
    CANCELLED_UNEXPLAINED = "cancelled_unexplained"
    CANCELLED_AFTER_WORK = "cancelled_after_work"


class KindOfOutcome(StrEnum):
    """What a requester hopes for, in a word: shown to the other side as it is, and computed with nowhere else than
    in `eligibility/outlooks.py`."""

    PAY = "pay"
    OTHER_AMOUNT = "other_amount"
    REDO = "redo"
    CANCEL = "cancel"
    EXPLAIN = "explain"
    OTHER = "other"


PARTIES: Final = frozenset(party.value for party in Party)
REASONS: Final = frozenset(reason.value for reason in Reason)
KINDS_OF_OUTCOME: Final = frozenset(kind.value for kind in KindOfOutcome)


class Role(StrEnum):
    """Who made an update, seen from the case. `copied`: another end user; `other`: a rule, or Zendesk itself."""

    REQUESTER = "requester"
    AGENT = "agent"
    COPIED = "copied"
    OTHER = "other"


class Timer(StrEnum):
    """What a deadline is for."""

    NEXT_UPDATE = "next_update"
    TIER_ENDS = "tier_ends"
    MONTH_ENDS = "month_ends"
    DATE_REACHED = "date_reached"
    REMINDER = "reminder"
    WITHDRAWAL = "withdrawal"
    SILENCE = "silence"
    SILENCE_UNANSWERED = "silence_unanswered"
    CONFIRMATION = "confirmation"
    AGENT_REMINDER = "agent_reminder"
    PAUSE_ENDS = "pause_ends"


COMPANY_FIELD: Final = "client_company"
"""The field in which agents say which client company's assignment it is, where there are several."""
REACHED_FIELD: Final = "somebody_reached"
"""The field by which agents say that they have reached the person of a tier by a way of their own."""
POST_TAG: Final = "escalation_post_to_assignment"
PAUSE_TAG: Final = "escalation_pause"
OVERDUE_TAG: Final = "escalation_overdue"
"""Set by the account's automation on a ticket that the desk has left alone for too long."""
WAITS_TAG: Final = "escalation_requester_waits"
"""On a ticket whose requester has written and waits for an agent's word."""
