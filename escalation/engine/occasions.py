"""What the desk may say on each occasion: of several texts the first one that asserts nothing untrue."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from escalation.engine.asserted import CaseToTell, hold
from escalation.engine.looking import looked_at, unanswered_since
from escalation.engine.transitions import RUNNING
from escalation.engine.turn import Turn
from escalation.model.audience import NOTHING, Public
from escalation.model.effects import Say, Tells
from escalation.policies.texts import Texts, gaps

UPDATE: Final = (
    *("update_review_month", "update_review_open", "update_review_message"),
    *("update_review_again", "update_review_waits", "update_review_halts", "update_review_seen", "update_review"),
    *("update_contact_again", "update_contact", "update_passed_on"),
    *("update_manager_again", "update_manager", "update_manager_told"),
    *("update_looking_again", "update_looking_since", "update_looking", "update_looking_directly"),
    *("update_after_answer_again", "update_people_after_answer", "update_after_answer", "update_unsure"),
    *("update_again", "update_people", "update", "update_unseen", "taken_up"),
)
AGAIN: Final = ("tier_again", "tier_again_after_answer")
"""What is said where a case is put back in a tier whose letter went out long before."""
OCCASIONS: Final[dict[str, tuple[str, ...]]] = {
    "tier_1": ("tier_1", "tier_1_unsure", *AGAIN, *UPDATE),
    "tier_2": (
        *("tier_2", "tier_2_after_answer", "tier_2_first", "tier_2_hidden", "tier_2_looking"),
        *AGAIN,
        *UPDATE,
    ),
    "tier_3": (
        *("tier_3", "tier_3_after_answer", "tier_3_first", "tier_3_looking_still", "tier_3_looking"),
        *AGAIN,
        *UPDATE,
    ),
    "tier_3_client": ("tier_3_client", "tier_3_client_after_answer", "tier_3_client_first"),
    "answered": ("answered_elsewhere", "answered", *UPDATE),
    "update": UPDATE,
    "needs_review": ("needs_review", "needs_review_halts", *UPDATE),
    "review_reply": ("needs_review_reply", "needs_review", "needs_review_halts", *UPDATE),
    "review_unreached": ("needs_review_unreached", "needs_review", "needs_review_halts", *UPDATE),
    "review_unanswered": ("needs_review_unanswered", "needs_review_halts", *UPDATE),
    "review_held": ("needs_review_held", "needs_review_halts", *UPDATE),
    "remind": ("remind", "remind_after_reply"),
    "resolved": ("resolved", "resolved_after_word", "resolved_taken"),
    "refusal": ("not_eligible_macro", "not_eligible_now"),
    "violation": ("not_eligible_macro", "not_eligible_violation"),
    "month_over": ("off_platform", "off_platform_after_answer", "off_platform_tried"),
    "month_over_client": (
        "off_platform_client",
        "off_platform_client_after_answer",
        "off_platform_client_tried",
    ),
}
"""The texts of each occasion, in the order in which they are tried; of each list one holds in every case."""

MANAGERS: Final = frozenset({"update_manager", "update_manager_again", "update_manager_told"})
MACROS: Final = {
    **{key: key for key in ("tier_1", "tier_2", "tier_3", "tier_3_client", "update", "update_again")},
    **{key: key for key in ("off_platform", "off_platform_client")},
    "not_eligible_macro": "not_eligible",
}
"""The macro that the support team may say instead of a text. It is asked for where that text would be true."""


BEFORE: Final = {"update_again": "update"}
"""The macro that is asked for where the account has not been given that one yet: the one that was asked before."""


def chosen(occasion: str, texts: Texts, it: CaseToTell) -> str:
    """Return the key of what is said on an occasion. One without a row is a text's own, or else an update."""
    keys = OCCASIONS.get(occasion, (occasion, *UPDATE))
    return next(key for key in keys if hold(texts.asserts[key], it))


def say_on(
    turn: Turn, occasion: str, *, first: Public = NOTHING, after: Public = NOTHING, yields: bool = False,
    tells: Tells = "", **values: object,
) -> None:  # fmt: skip
    """Say to the requester what an occasion calls for; of `values` those that the text has gaps for fill it.

    `first` and `after` are told besides: behind its greeting, and in front of its closing.
    """
    key = chosen(occasion, turn.policy.texts, CaseToTell(turn.case, turn.now))
    looking = turn.case.delivery.looking_for.get(turn.case.tier or 0)
    besides = {"date": turn.case.heard.account_manager_at if key in MANAGERS else looking}
    wanted, known = gaps(turn.policy.texts.templates[key]), {**besides, **_of_review(turn), **values}
    text = turn.public_text(key, **{name: value for name, value in known.items() if name in wanted})
    asserts, before = turn.policy.texts.asserts[key], turn.public
    unseen = _unseen(turn, each_time=key.startswith("tier_"))
    missing = _still_missing(turn, again=key.endswith("_again"))
    after = Public.joined(filter(None, (after, missing, _not_closed(turn), unseen)), "\n\n")
    said = Say(text, macro=MACROS.get(key), or_macro=BEFORE.get(key), tells=tells, asserts=asserts)
    said = replace(said, language=turn.requester.texts.language).told_besides(first, after)
    turn.say_once(said, yields=yields)
    if turn.public is before:
        return
    turn.key = key
    _taken_back(turn)
    if unseen:
        turn.case.heard = replace(turn.case.heard, told_unseen=True)


def nobody_answered(turn: Turn) -> Public:
    """What an end says of a message that no agent has answered; nothing where there is none."""
    at = unanswered_since(turn.case)
    return turn.public_text("off_platform.unanswered", date=at) if at else NOTHING


def not_passed_on(turn: Turn) -> Public:
    """What the other side, or the account manager, has said and no agent has passed on; empty where nothing."""
    it, texts = CaseToTell(turn.case, turn.now), turn.policy.texts
    dates: dict[str, dict[str, object]] = {
        "answered.not_passed_on": {},
        "answered.not_passed_on_elsewhere": {},
        "off_platform.manager": {"date": it.account_manager_at},
    }
    said = (turn.public_text(key, **dates[key]) for key in dates if hold(texts.asserts[key], it))
    return Public.joined(said, "\n\n")


def _still_missing(turn: Turn, *, again: bool) -> Public:
    """What a requester can do while a person is to look: name the assignment, or verify their e-mail.

    The latter may not help, and is not told `again`.
    """
    it, asserts = CaseToTell(turn.case, turn.now), turn.policy.texts.asserts
    wanted = (key for key in ("review.number", *(() if again else ("review.verify",))) if hold(asserts[key], it))
    return Public.joined((turn.public_text(key) for key in wanted), "\n\n")


def _not_closed(turn: Turn) -> Public:
    """That the end which was named to the requester does not come, until it was said."""
    end = turn.case.judgement.end_off
    return turn.public_text("review.not_closed", date=end) if end and not turn.case.ended else NOTHING


def _taken_back(turn: Turn) -> None:
    if turn.case.judgement.end_off:
        turn.case.judgement = replace(turn.case.judgement, end_off=None)


def _unseen(turn: Turn, *, each_time: bool) -> Public:
    """That the desk can't see an answer on the assignment at present, until it was said; `each_time`: in a tier's
    own text, which speaks of answers, again."""
    case = turn.case
    is_so = case.invisible and case.state in RUNNING
    return turn.public_text("unseen") if is_so and (each_time or not case.heard.told_unseen) else NOTHING


def _of_review(turn: Turn) -> dict[str, object]:
    """What a review is about and since when it waits, to fill a text with."""
    review = turn.case.judgement.review
    return {"looking_at": looked_at(review, turn.requester), "date": review.waits_since} if review else {}
