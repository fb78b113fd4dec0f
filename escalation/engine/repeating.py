"""Updates that tell nothing new: which texts those are, and whether the next one would repeat the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from escalation.model.case import Case
from escalation.model.spoken import ToldUpdate

TOLD_BY: Final = {
    **dict.fromkeys(("update", "update_people", "update_again"), "no_news_told"),
    **dict.fromkeys(("update_manager", "update_manager_again"), "manager_told"),
    **dict.fromkeys(
        ("update_after_answer", "update_people_after_answer", "update_after_answer_again"), "answer_told"
    ),
    **dict.fromkeys(("update_looking", "update_looking_since", "update_looking_again"), "nobody_found_told"),
    **dict.fromkeys(
        ("update_review_waits", "update_review_halts", "update_review_again"),
        "review_told",
    ),
    **dict.fromkeys(("update_contact", "update_contact_again"), "contact_told"),
}
"""The fact that is so once each of these texts is on the ticket, and until anything happens."""


def repeats(case: Case, told: str) -> bool:
    """Whether the last thing that the requester was told is this, in an update that is on the ticket, and nothing
    was said or done for them since."""
    last = case.delivery.told_update
    return last is not None and last.told == told and not any(at >= last.at for at in _moments(case))


def begin_update(case: Case, effect: str, key: str, now: datetime) -> None:
    """Take down that a text to the requester is on its way. One that is no such update is something new."""
    told = TOLD_BY.get(key)
    if told is None:
        forget_updates(case)
    else:
        case.delivery = replace(case.delivery, telling_update=ToldUpdate(effect, told, now))


def end_update(case: Case, effect: str) -> None:
    """Take down that a text to the requester is on the ticket."""
    updating = case.delivery.telling_update
    if updating and updating.effect == effect:
        case.delivery = replace(case.delivery, telling_update=None, told_update=updating)


def forget_updates(case: Case) -> None:
    """Take down that something is new since the last update."""
    case.delivery = replace(case.delivery, telling_update=None, told_update=None)


def _moments(case: Case) -> tuple[datetime, ...]:
    """When anybody last spoke, and each step towards the other side was taken."""
    heard, delivery = case.heard, case.delivery
    words = (heard.other_side_at, heard.requester_at, heard.agent_spoke_at, heard.account_manager_at)
    steps = (delivery.messaged_at, delivery.reached, delivery.people_asked)
    return (*filter(None, words), *(at for step in steps for at in step.values()))
