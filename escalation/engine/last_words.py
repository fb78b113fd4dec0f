"""The last words of a month: what was done in it and when, and what became of each thing that was asked."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.engine.asserted import CaseToTell, hold
from escalation.engine.occasions import nobody_answered, not_passed_on, say_on
from escalation.engine.progress import ProgressSentence, asked_by, people_unheard
from escalation.engine.turn import Turn
from escalation.model.audience import NOTHING, Public
from escalation.model.review import UNREACHED
from escalation.model.values import Party


def say_the_month_is_over(turn: Turn) -> None:
    """Say that the desk has no further way: to a client with a link only where there is one; what was done; and of
    what nobody has answered, that nobody did."""
    after = Public.joined(filter(None, (_what_was_done(turn), _of_the_review(turn))), "\n\n")
    if turn.case.party is not Party.CLIENT:
        link = turn.policy.off_platform_link
        say_on(turn, "month_over", after=after, link=link)
        return
    link = turn.policy.client_off_platform_link
    off_platform = turn.public_text("off_platform_client.link", link=link) if link else NOTHING
    say_on(turn, "month_over_client", after=Public.joined(filter(None, (after, off_platform)), "\n\n"))


def _what_was_done(turn: Turn) -> Public:
    """Each step with its date, and what came of it."""
    steps = sorted(_steps(turn), key=lambda one: one.at)
    said = [*(turn.public_text(one.key, **one.values) for one in steps), *_what_came_of_it(turn)]
    return turn.requester.listed("sentences", said) if said else NOTHING


def _steps(turn: Turn) -> Iterator[ProgressSentence]:
    case, at = turn.case, turn.case.delivery.messaged_at
    yield from (asked_by(case, tier, at[tier]) for tier in case.delivery.messaged if tier in at)
    yield from people_unheard(case).values()
    for when in case.delivery.reached.values():
        yield ProgressSentence("done.reached", when, ahead=False)
    if case.heard.answered_at and case.heard.other_side_at:
        yield ProgressSentence("done.heard", case.heard.other_side_at, ahead=False)


def _what_came_of_it(turn: Turn) -> Iterator[Public]:
    """That the account manager did not answer, that one message was all, that the assignment could not be seen."""
    case, it, asserts = turn.case, CaseToTell(turn.case, turn.now), turn.policy.texts.asserts
    for key in ("off_platform.manager_silent", "off_platform.one_message"):
        if hold(asserts[key], it):
            yield turn.public_text(key)
    if case.invisible and case.heard.unseen_since:
        yield turn.public_text("off_platform.unseen", date=case.heard.unseen_since)


def _of_the_review(turn: Turn) -> Public:
    """What a person was asked to do or to answer before the end, and of which nobody has said a word."""
    review, said = turn.case.judgement.review, []
    if review and UNREACHED in review.looking_at:
        said.append(turn.public_text("off_platform.unreached", date=review.since))
    said += [not_passed_on(turn), nobody_answered(turn)]
    return Public.joined(filter(None, said), "\n\n")
