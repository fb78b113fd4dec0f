"""What the page of dead letters says of a group, of a letter and of what became of an order.

What vendors said is in it, as text and not too much of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from escalation.explain import moment
from parley.pages.desk.places import ROOT
from parley.pages.desk.time_words import span
from parley.pages.desk.viewer import on_one_line
from store import LetterSummary
from sync.operator.letter_groups import CauseGroup
from sync.operator.letter_orders import OrderState
from sync.shared.names import ticket_of_lane

LONGEST_CAUSE = 120
LONGEST_ERROR = 300
UNSAID = "No reason was kept."


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A cause with its letters; `rest` is what of its words is folded."""

    key: str
    words: str
    letters: str
    address: str
    chosen: bool
    oldest: str
    youngest: str
    kinds: str


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A letter. `page` is its own; `case_page` that of its case, if it has any."""

    id: str
    kind: str
    about: str
    case_page: str
    at: str
    age: str
    attempts: str
    error: str
    page: str


def group_shown(group: CauseGroup, address: str, *, chosen: bool, now: datetime) -> GroupShown:
    """A group as the page lists it."""
    return GroupShown(
        group.cause.key,
        cut(group.cause.text, LONGEST_CAUSE),
        letters_in_words(group.letters),
        address,
        chosen,
        span(now - group.oldest),
        span(now - group.youngest),
        ", ".join(cut(kind, LONGEST_CAUSE) for kind in group.kinds[:5]) + (", …" if len(group.kinds) > 5 else ""),
    )


def letter_shown(letter: LetterSummary, now: datetime) -> LetterShown:
    """A letter as the page lists it."""
    ticket = ticket_of_lane(letter.lane)
    about = f"ticket {ticket}" if ticket else f"case {letter.case_id}" if letter.case_id else ""
    found = ticket or letter.case_id or ""
    letter_id = f"{letter.box}-{letter.name}"
    return LetterShown(
        letter_id,
        cut(letter.kind, LONGEST_CAUSE),
        cut(about, LONGEST_CAUSE),
        f"{ROOT}/cases/{quote(found, safe='')}" if found else "",
        moment(letter.begun) or "",
        span(now - letter.begun),
        "tried once"
        if letter.attempts == 1
        else f"tried {letter.attempts} times"
        if letter.attempts
        else "not tried",
        cut(letter.error, LONGEST_ERROR) or UNSAID,
        address_of(letter_id),
    )


def outcome(state: OrderState) -> tuple[str, ...]:
    """What became of an order, in sentences."""
    many = state.settled != 1
    done = {
        "replay": "are to be tried again" if many else "is to be tried again",
        "discard": "are discarded" if many else "is discarded",
    }
    said = [f"{letters_in_words(state.settled)} {done.get(state.act, 'are settled')}."]
    if state.act == "replay" and state.settled:
        said.append("What fails again comes back here.")
    if state.gone:
        verb = "was" if state.gone == 1 else "were"
        said.append(
            f"{letters_in_words(state.gone)} {verb} settled or changed by somebody else meanwhile, and left alone."
        )
    said += [cut(sentence, LONGEST_ERROR) for sentence in state.refused]
    if (more := state.impossible - len(state.refused)) > 0:
        said.append(f"So it is with {more} more.")
    if state.left:
        said.append(f"{letters_in_words(state.left)} of the {state.of:,} are left: go on to settle them too.")
    return tuple(said)


def address_of(letter_id: str) -> str:
    """The page of one letter."""
    return f"{ROOT}/dead/{quote(letter_id, safe='')}"


def attempts(number: int) -> str:
    """How often a letter was tried."""
    if number < 2:
        return "tried once" if number else "not tried"
    return f"tried {number} times"


def letters_in_words(number: int) -> str:
    """So many letters."""
    return "1 letter" if number == 1 else f"{number:,} letters"


def cut(text: str, longest: int) -> str:
    """The beginning of what others wrote, on one line."""
    line = on_one_line(text[: 4 * longest])
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
