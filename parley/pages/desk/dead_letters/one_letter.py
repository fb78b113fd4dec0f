"""The page of one dead letter: all of what it holds, and the form that settles it alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from escalation.policies.policy import Policy
from parley.pages.desk.dead_letters.letters_page import AT, LONGEST_REASON, act_of, reason_problem
from parley.pages.desk.dead_letters.letters_said import UNSAID, address_of, attempts
from parley.pages.desk.time_words import span
from parley.pages.desk.viewer import on_one_line, shown_name
from parley.pages.desk.visit import DeskPage, DeskVisit
from store import Store
from sync.operator.causes import cause_of
from sync.operator.dead import ACTS, DeadLetter, NotPossible, Operator, show

PATH: Final = "/dead/{letter_id}"
ALONE: Final = "chosen by itself"
MOST_OF_ERROR: Final = 1_500
MOST_OF_BODY: Final = 3_000
"""So much is shown that the page stays under 40 KB whatever is in it."""
SETTLED: Final = (
    "This is no dead letter, or none any more: it was settled, or waits to be tried again. "
    "If that fails it comes back under the same name."
)


@dataclass(frozen=True, slots=True)
class OneLetterPage:
    """`now` is the desk's time."""

    store: Store
    policy: Policy
    now: Callable[[], datetime]

    def row(self) -> DeskPage:
        """The page as a row of the desk's table."""
        return DeskPage(PATH, self.show, self.act)

    def show(self, visit: DeskVisit) -> Response:
        """Answer with the letter, or say that it is settled."""
        return self._page(visit)

    def act(self, visit: DeskVisit) -> Response:
        """Replay or discard the letter, as the commands do."""
        act, reason = act_of(visit.filled("act")), on_one_line(visit.filled("reason"))
        if act is None:
            return self._page(visit, status=400)
        if problem := reason_problem(reason):
            return self._page(visit, problem=problem, reason=reason, status=400)
        by = Operator(visit.viewer.actor, self.now(), reason, ALONE)
        try:
            self.store.write(lambda tx: ACTS[act](tx, visit.args["letter_id"], by))
        except NotPossible as refusal:
            return self._page(visit, problem=str(refusal), reason=reason, status=409)
        return visit.go(address_of(visit.args["letter_id"]))

    def _page(self, visit: DeskVisit, *, problem: str = "", reason: str = "", status: int = 200) -> Response:
        try:
            letter = show(self.store, visit.args["letter_id"])
        except NotPossible:
            return visit.page("desk_dead_settled.html", title="Settled", status=status, sentence=SETTLED, at=AT)
        return visit.page(
            "desk_dead_letter.html",
            title=f"Dead letter {shown_name(letter.id, '')}",
            status=status,
            styles=("dead.css",),
            at=AT,
            kind=shown_name(letter.kind, ""),
            when=self.policy.calendar.label(letter.at),
            age=span(self.now() - letter.at),
            tried=attempts(letter.attempts),
            case_id=shown_name(letter.case_id or "", ""),
            error=_cut(letter.error, MOST_OF_ERROR) or UNSAID,
            cause=cause_of(letter.error).key,
            body=_body(letter),
            here_to_settle=address_of(letter.id),
            reason=reason[:LONGEST_REASON],
            problem=problem,
            longest=LONGEST_REASON,
        )


def _body(letter: DeadLetter) -> str:
    return _cut(json.dumps(dict(letter.body), ensure_ascii=False, indent=2), MOST_OF_BODY)


def _cut(text: str, most: int) -> str:
    """What others wrote, with its lines, without signs that nobody sees, and not without an end."""
    seen = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text[:most])
    return seen if len(text) <= most else f"{seen.rstrip()}…"
