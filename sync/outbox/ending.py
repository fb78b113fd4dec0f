"""What is still wanted of an update that had to wait: it must not undo an agent's solving, nor say old news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.model.audience import NOTHING
from escalation.model.effects import Say, UpdateTicket


def speaks_for_open_case(effect: UpdateTicket) -> bool:
    """Whether an update says or sets what only holds while its case is open; a case's last update does not."""
    if effect.status is not None:
        return not effect.status.ended
    return effect.say is not None and effect.say.public


def left_after_end(effect: UpdateTicket) -> UpdateTicket | None:
    """The note of such an update, which tells the agents what was heard; None where there is none."""
    if effect.say is None or effect.say.public:
        return None
    return replace(effect, status=None, fields={}, assign=False)


def yields(effect: UpdateTicket) -> bool:
    """Whether an update says only that there is no news, and does something besides."""
    return effect.yields and does_more(effect)


def does_more(effect: UpdateTicket) -> bool:
    """Whether an update does something without what it says."""
    return bool(effect.status or effect.fields or effect.add_tags or effect.remove_tags)


def asserted(effect: UpdateTicket) -> tuple[str, ...]:
    """The facts that an update's text asserts, where it can do without that text."""
    return effect.say.asserts if isinstance(effect.say, Say) and does_more(effect) else ()


def tells_progress(effect: UpdateTicket) -> bool:
    """Whether an update says what was done, and what comes next."""
    return isinstance(effect.say, Say) and bool(effect.say.progress)


def holds_still(effect: UpdateTicket, state: str, now: datetime) -> bool:
    """Whether that is still so: its case is where it was, and nothing that was to come has its moment behind it."""
    say = effect.say
    if not isinstance(say, Say):
        return True
    return say.progress_in == state and (say.progress_until is None or now < say.progress_until)


def without_progress(effect: UpdateTicket) -> UpdateTicket:
    return replace(effect, say=replace(effect.say, progress=NOTHING)) if isinstance(effect.say, Say) else effect


def without_say(effect: UpdateTicket) -> UpdateTicket:
    return replace(effect, say=None)
