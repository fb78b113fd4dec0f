"""What the page of one case shows of an operator's view: lists and texts of a bearable length, moments in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from markupsafe import escape

from escalation.explain import line_in_words
from escalation.model.derivation import label
from store.schema.states import SETTLED


class PageLength(NamedTuple):
    """How much of a case a page shows. `text`: bytes of each text as it is sent. `lines` of the journal stand open,
    and so many more are `folded`; what is older has a page of its own. `others`: of everything else that can be
    many."""

    text: int
    lines: int
    folded: int
    rows: int
    others: int


GENEROUS: Final = PageLength(text=240, lines=10, folded=20, rows=12, others=10)
TIGHT: Final = PageLength(text=100, lines=10, folded=0, rows=6, others=4)
"""For a case of which everything is much."""
MOST_BYTES: Final = 39_000
IN_A_LIST: Final = (400, 130)
"""Bytes of a text on a page of lines or rows, and where its texts are long; `parley case show` prints all."""
A_PAGE: Final = 40
"""Lines, or rows, on a page of all of them."""
TURNS: Final = {
    "requester": "It is the requester's turn.",
    "other_side": "It is the other side's turn.",
    "agents": "It is the agents' turn.",
    "desk": "It is the desk's own turn.",
    "nobody": "It is nobody's turn any more.",
}
_LONGEST_SIGN: Final = 5
"""Bytes that one sign takes up at most, once it is escaped."""
OUTCOMES: Final = {"pass": "passes", "fail": "not met", "not_yet": "not yet", "unknown": "a person has to say"}


class ListPart(NamedTuple):
    """The part of a list that a page shows, the youngest first. `first` and `last` count from one."""

    shown: Sequence[Mapping[str, Any]]
    number: int
    page: int
    pages: int


def in_words(zone: str) -> Callable[[str | None], str]:
    """Say the moments of a view in a zone; where there is none, that."""

    def say(moment: str | None) -> str:
        return label(datetime.fromisoformat(moment), zone) if moment else "at a moment that was not kept"

    return say


def shortened(value: Any, longest: int = GENEROUS.text) -> Any:
    """A view with each of its texts cut where it would be too long as a page holds it."""
    if isinstance(value, str):
        return value if len(value) * _LONGEST_SIGN <= longest else _cut(value, longest)
    if isinstance(value, dict):
        return {name: shortened(one, longest) for name, one in value.items()}
    return [shortened(one, longest) for one in value] if isinstance(value, list) else value


def _cut(text: str, longest: int) -> str:
    left = longest
    for place, sign in enumerate(text):
        left -= len(escape(sign).encode(errors="replace"))
        if left < 0:
            return text[:place].rstrip() + "…"
    return text


def case_shown(view: Mapping[str, Any], length: PageLength = GENEROUS) -> dict[str, Any]:
    """The view as the page shows it, and beside each list that was cut how much was left out."""
    shown = shortened({name: one for name, one in view.items() if name != "journal"}, length.text)
    lines = lines_in_words(view)
    seen = shortened(lines[: length.lines + length.folded], length.text)
    cut = ("sent", "files", "stuck", "held")
    return {
        **shown,
        "turn": TURNS[shown["whose_turn"]],
        "fine": [one for one in shown["verdict"] if one["outcome"] == "pass"],
        "not_fine": [one for one in shown["verdict"] if one["outcome"] != "pass"],
        "deadlines": [_with_few_steps(one, length.others) for one in shown["deadlines"]],
        "lines": seen[: length.lines],
        "folded": seen[length.lines :],
        "more_lines": len(lines) > len(seen),
        "rows": rows_in_order(shown)[: length.rows],
        "more_rows": len(shown["rows"]) > length.rows,
        **{name: shown[name][: length.others] for name in cut},
        "left_out": {name: max(0, len(shown[name]) - length.others) for name in cut},
    }


def lines_in_words(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The journal as people read it, the youngest line first."""
    return [{**one, "what": line_in_words(one["what"])} for one in view["journal"][::-1]]


def rows_in_order(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of both boxes: what is not done first, the youngest first."""
    return sorted(view["rows"], key=lambda one: one["state"] in SETTLED)


def _with_few_steps(deadline: Mapping[str, Any], most: int) -> dict[str, Any]:
    steps, moved = deadline["steps"], deadline["moved"]
    return {**deadline, "steps": steps[:most], "more_steps": len(steps[most:]), "moved": moved[-most:]}


def part_of(things: Sequence[Mapping[str, Any]], asked: str, longest: int) -> ListPart:
    """The part of a list, which is the youngest first, that a page's number asks for; the nearest there is."""
    pages = max(1, -(-len(things) // A_PAGE))
    page = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 7 else 1
    shown = [shortened(dict(one), longest) for one in things[(page - 1) * A_PAGE : page * A_PAGE]]
    return ListPart(shown, len(things), page, pages)
