"""The facts that texts assert, each as what a case must be for the sentence to be true.

`config/texts/asserts.toml` says which text asserts which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from escalation.engine.looking import goes_by_letter, tier_without_anybody
from escalation.engine.progress import people_unheard
from escalation.engine.repeating import TOLD_BY, repeats
from escalation.model.case import Case
from escalation.model.review import OpenReview
from escalation.model.tiers import TIER_OF, TIERS, tier_at
from escalation.model.values import Party, State, Timer
from escalation.model.verdict import Outcome

NOW: Final = timedelta(days=1)
"""What was done within it is told as being done now."""

NUMBER_ASKED: Final = frozenset({"ask.assignment_missing", "ask.assignment_wrong"})
"""What a request is asked that names no assignment."""

IDENTITY_ASKED: Final = "looking_at.identity"
"""What a person is to look at where nobody knows who the requester is."""


@dataclass(frozen=True, slots=True)
class CaseToTell:
    """A case at the moment at which something is said about it."""

    case: Case
    now: datetime

    @property
    def answered(self) -> bool:
        """Whether the other side has answered, and no agent has taken that back."""
        return self.case.heard.answered_at is not None

    @property
    def asked_lately(self) -> bool:
        """Whether the message of the tier that the case is in was sent just now."""
        at = self.case.delivery.messaged_at.get(self.case.tier or 0)
        return at is not None and self.now - at <= NOW

    @property
    def surely_asked(self) -> bool:
        """Whether somebody was written to or reached, not counting a message that may not have arrived."""
        delivery = self.case.delivery
        return bool(set(delivery.messaged) - set(delivery.unsure) or delivery.reached)

    @property
    def letter_out(self) -> bool:
        """Whether the message of the tier that the case is in was surely sent, and not just now."""
        at = self.case.delivery.messaged_at.get(self.case.tier or 0)
        return at is not None and self.now - at > NOW and not self.is_unsure

    @property
    def is_unsure(self) -> bool:
        """Whether nobody knows if the message arrived of the tier that the case is in, or any at all."""
        unsure = self.case.delivery.unsure
        return self.case.tier in unsure or bool(unsure and not self.surely_asked)

    @property
    def review(self) -> OpenReview | None:
        """What the case waits for a person with."""
        return self.case.judgement.review

    @property
    def message_waits(self) -> bool:
        """Whether a person is asked over nothing but a message of the requester that nobody has answered."""
        review = self.review
        alone = review is not None and review.message_at is not None and len(review.looking_at) == 1
        return alone and review is not None and review.seen_to_at is None and self.case.requester_open

    @property
    def wrote_lately(self) -> bool:
        """Whether the requester wrote just now."""
        at = self.case.heard.requester_at
        return at is not None and self.now - at <= NOW

    @property
    def passed_on(self) -> bool:
        """Whether an agent has spoken with the requester since the other side's last word."""
        return self.told_since(self.case.heard.other_side_at)

    @property
    def account_manager_at(self) -> datetime | None:
        """When the account manager wrote to the desk, if the other side has not answered since."""
        at, answered = self.case.heard.account_manager_at, self.case.heard.answered_at
        return None if at is None or (answered and answered >= at) else at

    @property
    def number_missing(self) -> bool:
        """Whether a request waits for a person that names no assignment, or one that there is not."""
        verdict, case = self.case.judgement.verdict, self.case
        if case.state is not State.NEEDS_REVIEW or case.begun or case.muted or verdict is None:
            return False
        return any(finding.mendable and finding.say in NUMBER_ASKED for finding in verdict.decisive)

    @property
    def email_unverified(self) -> bool:
        """Whether a person is to say who a worker is whose e-mail nobody has verified."""
        verdict, case = self.case.judgement.verdict, self.case
        if case.state is not State.NEEDS_REVIEW or case.begun or case.muted or verdict is None:
            return False
        by_email = case.party is not Party.CLIENT and not case.requester.verified
        asks = (
            finding.say == IDENTITY_ASKED and finding.outcome is Outcome.UNKNOWN for finding in verdict.decisive
        )
        return by_email and any(asks)

    @property
    def one_message(self) -> bool:
        """Whether one message on the assignment is all that went to the other side; agents' words may have, too."""
        delivery = self.case.delivery
        beyond = delivery.reached or delivery.people_asked or delivery.unsure or self.case.posts.comments
        return set(delivery.messaged_at) == {1} and not beyond

    def was_mailed(self, number: int) -> bool:
        """Whether a tier of this number writes an e-mail in this case."""
        return goes_by_letter(self.case, tier_at(number))

    def told_since(self, at: datetime | None) -> bool:
        """Whether an agent has spoken with the requester since a moment."""
        spoke = self.case.heard.agent_spoke_at
        return bool(at and spoke and spoke >= at)

    def other_side_since(self, timer: Timer) -> bool:
        """Whether the other side has spoken since a deadline began to be counted."""
        deadline, at = self.case.deadlines.get(timer), self.case.heard.other_side_at
        return bool(at and deadline and deadline.derivation and at >= deadline.derivation.start)

    def spoken_since(self, timer: Timer, *, other_side: bool) -> bool:
        """Whether the requester, or the `other_side` too, has spoken since a deadline began to be counted; what an
        agent has yet to answer counts as that, whenever it was written."""
        deadline, heard = self.case.deadlines.get(timer), self.case.heard
        if self.case.requester_open:
            return True
        if deadline is None or deadline.derivation is None:
            return False
        words = (heard.requester_at, heard.other_side_at if other_side else None)
        return any(at is not None and at >= deadline.derivation.start for at in words)


def _was_told(told: str, it: CaseToTell) -> bool:
    return repeats(it.case, told)


FACTS: Final[dict[str, Callable[[CaseToTell], bool]]] = {
    "no_answer": lambda it: not it.answered,
    "answered": lambda it: it.answered,
    "answer_taken_back": lambda it: not it.answered and it.case.state in TIER_OF,
    "on_assignment": lambda it: it.case.heard.on_assignment_at is not None,
    "not_on_assignment": lambda it: it.case.heard.on_assignment_at is None,
    "heard": lambda it: it.case.heard.other_side_at is not None,
    "asked": lambda it: it.surely_asked,
    "people_asked": lambda it: bool(it.case.delivery.people_asked),
    "people_unheard": lambda it: bool(people_unheard(it.case)),
    "message_unsure": lambda it: it.is_unsure,
    "post_unsure": lambda it: 1 in it.case.delivery.unsure,
    "looked_for": lambda it: it.case.tier in it.case.delivery.looking_for,
    "not_asked": lambda it: not it.case.delivery.messaged and not it.case.delivery.reached,
    "asked_before": lambda it: bool(set(it.case.delivery.messaged_at) - {it.case.tier}),
    "asked_lately": lambda it: it.asked_lately,
    "letter_out": lambda it: it.letter_out,
    "asked_by_email": lambda it: any(it.was_mailed(tier) for tier in it.case.delivery.messaged_at),
    "asked_on_assignment": lambda it: 1 in it.case.delivery.messaged_at,
    "asked_directly": lambda it: 2 in it.case.delivery.messaged_at,
    "asked_through_others": lambda it: 3 in it.case.delivery.messaged_at,
    "nobody_to_ask": lambda it: it.case.tier == TIERS[-1].number and it.case.tier in it.case.delivery.unsent,
    "nobody_to_write_to": lambda it: it.case.tier != TIERS[-1].number and tier_without_anybody(it.case) is not None,
    "contact_hidden": lambda it: it.case.invisible and it.case.tier not in it.case.delivery.unreached,
    "number_missing": lambda it: it.number_missing,
    "email_unverified": lambda it: it.email_unverified,
    "review_over": lambda it: it.case.judgement.waited is not None,
    "not_written_to": lambda it: 2 in it.case.delivery.unsent,
    "somebody_reached": lambda it: bool(it.case.delivery.reached),
    "taken_up": lambda it: it.case.begun,
    "not_taken_up": lambda it: not it.case.begun,
    "waits_for_a_person": lambda it: it.case.state is State.NEEDS_REVIEW,
    "not_looked_at": lambda it: it.review is not None and it.review.looked_at is None,
    "looked_at": lambda it: it.review is not None and it.review.looked_at is not None,
    "message_waits": lambda it: it.message_waits,
    "message_seen_to": lambda it: (
        it.review is not None and it.review.seen_to_at is not None and not it.review.looking_at
    ),
    "month_is_over": lambda it: it.review is not None and it.review.month_over,
    "wrote_lately": lambda it: it.wrote_lately,
    "in_contact": lambda it: it.case.state is State.OTHER_SIDE_RESPONDED,
    "not_passed_on": lambda it: not it.passed_on,
    "passed_on": lambda it: it.passed_on,
    "account_manager_silent": lambda it: it.account_manager_at is None,
    "account_manager_waits": lambda it: bool(it.account_manager_at) and not it.told_since(it.account_manager_at),
    "account_manager_never_wrote": lambda it: (
        it.case.heard.account_manager_at is None and it.case.heard.through_manager_at is None
    ),
    "one_message": lambda it: it.one_message,
    "account_manager_told": lambda it: it.told_since(it.account_manager_at),
    "assignment_seen": lambda it: not it.case.invisible,
    "assignment_unseen": lambda it: it.case.invisible,
    "requester_waits": lambda it: it.case.requester_open,
    "no_reply": lambda it: not it.spoken_since(Timer.WITHDRAWAL, other_side=False),
    "word_while_confirming": lambda it: it.other_side_since(Timer.CONFIRMATION),
    "nobody_spoke": lambda it: not it.spoken_since(Timer.CONFIRMATION, other_side=True),
    **{told: partial(_was_told, told) for told in TOLD_BY.values()},
}
"""Each fact by its name."""


def hold(facts: Iterable[str], it: CaseToTell) -> bool:
    """Return whether all of these facts are so. Raises KeyError for a name that is none."""
    return all(FACTS[name](it) for name in facts)
