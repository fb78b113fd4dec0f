"""The page of dead letters: by their causes, one by one, and settled by an order that names what was counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from starlette.responses import Response

from escalation.policies.policy import Policy
from parley.pages.desk.dead_letters.letters_asked import NARROWINGS, AskedLetters, asked_of
from parley.pages.desk.dead_letters.letters_said import group_shown, letter_shown, outcome
from parley.pages.desk.places import ROOT
from parley.pages.desk.viewer import on_one_line
from parley.pages.desk.visit import DeskPage, DeskVisit
from store import Store
from sync.operator.dead import ACTS, Act, NotPossible, Operator
from sync.operator.letter_groups import FoundLetters, find_letters
from sync.operator.letter_orders import LetterOrder, OrderState, carry_out, from_text, new_order, state_of, to_text

PATH: Final = "/dead"
AT: Final = f"{ROOT}{PATH}"
A_PAGE: Final = 20
GROUPS: Final = 12
"""So many stand on a page that stays under 40 KB, however long their words are."""
LASTS: Final = timedelta(seconds=5)
"""So long a press settles letters before it says how far it came."""
LONGEST_REASON: Final = 300
NO_REASON: Final = "Say why in a few words: it is written down beside each letter."
LONG_REASON: Final = f"Say it in {LONGEST_REASON} signs at most."
NO_ORDER: Final = (
    "Nothing was done: what was sent is not whole, or was counted more than a day ago. This is what there is now."
)

T = TypeVar("T")


class Settling(NamedTuple):
    """The form that settles: the order that it sends, and what stood in it when it came back."""

    order: str
    number: int
    counted: str
    reason: str = ""
    problem: str = ""
    act: str = ""
    """Where an order was broken off: what is left to be done."""


class Steps(NamedTuple):
    """Where one page of a list stands between its neighbours; an empty address leads nowhere."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DeadLettersPage:
    """`now` is the desk's time."""

    store: Store
    policy: Policy
    now: Callable[[], datetime]

    def row(self) -> DeskPage:
        """The page as a row of the desk's table."""
        about = "What the desk will not try again by itself: why, since when, and what becomes of it."
        return DeskPage(PATH, self.show, self.act, name="Dead letters", about=about)

    def show(self, visit: DeskVisit) -> Response:
        """Answer with the letters that the address asks for."""
        done = visit.asked("done")
        return self._page(visit, self._asked(visit), state=state_of(self.store, done) if done else None)

    def act(self, visit: DeskVisit) -> Response:
        """Carry out the order that the form holds, and say what became of it."""
        now, asked = self.now(), self._asked(visit)
        order, act = from_text(visit.filled("order"), now), act_of(visit.filled("act"))
        if order is None or act is None or asked.problems:
            return self._page(visit, asked, notice=NO_ORDER, status=400)
        reason = on_one_line(visit.filled("reason"))
        if problem := reason_problem(reason):
            return self._page(visit, asked, self._settling(order, reason, problem), status=400)
        by = Operator(visit.viewer.actor, now, reason)
        try:
            state = carry_out(self.store, order, act, asked.wanted, by, lambda: self.now() - now < LASTS)
        except NotPossible as refusal:
            return self._page(visit, asked, notice=str(refusal), status=409)
        if state.left:
            return self._page(visit, asked, self._settling(order, reason, act=act), state=state)
        return visit.go(asked.address(AT, done=order.name))

    def _asked(self, visit: DeskVisit) -> AskedLetters:
        return asked_of(visit, self.policy.calendar.zone)

    def _settling(self, order: LetterOrder, reason: str = "", problem: str = "", act: str = "") -> Settling:
        counted = self.policy.calendar.label(order.made)
        return Settling(to_text(order), len(order.letters), counted, reason, problem, act)

    def _page(
        self,
        visit: DeskVisit,
        asked: AskedLetters,
        settling: Settling | None = None,
        *,
        notice: str = "",
        state: OrderState | None = None,
        status: int = 200,
    ) -> Response:
        now = self.now()
        found = FoundLetters((), (), 0) if asked.problems else find_letters(self.store, asked.wanted)
        if settling is None and found.letters and visit.viewer.may_operate:
            settling = self._settling(new_order(found.letters, now))
        letters, letter_steps = _part(visit, asked, "page", found.letters, A_PAGE)
        groups, group_steps = _part(visit, asked, "causes", found.groups, GROUPS)
        return visit.page(
            "desk_dead.html",
            title="Dead letters",
            status=status,
            styles=("dead.css",),
            at=AT,
            here_to_settle=asked.address(AT),
            given={name: asked.given.get(name, "") for name in NARROWINGS},
            narrowed=bool(asked.given),
            problems=asked.problems,
            notice=notice,
            outcome=outcome(state) if state else (),
            went_well=state is not None and state.settled == state.of,
            settling=settling,
            kinds=_kinds(asked, found),
            groups=[
                group_shown(
                    one, asked.address(AT, cause=one.cause.key), chosen=one.cause.key == asked.wanted.cause, now=now
                )
                for one in groups
            ],
            group_steps=group_steps,
            any_cause=asked.address(AT, cause="") if asked.wanted.cause else "",
            letters=[letter_shown(one, now) for one in letters],
            letter_steps=letter_steps,
            number=len(found.letters),
            looked_at=found.of - found.more,
            of=found.of,
            zone=self.policy.calendar.zone,
            longest=LONGEST_REASON,
        )


def _kinds(asked: AskedLetters, found: FoundLetters) -> list[str]:
    """What the form lets choose from: the kinds that are there, and the one that is chosen."""
    there = {kind for group in found.groups for kind in group.kinds}
    return sorted(there | ({asked.wanted.kind} if asked.wanted.kind else set()))


def act_of(word: str) -> Act | None:
    """What a button's value asks for; None for anything else."""
    return next((act for act in ACTS if act == word), None)


def reason_problem(reason: str) -> str:
    """What is wrong with a reason, in a sentence."""
    if not reason:
        return NO_REASON
    return LONG_REASON if len(reason) > LONGEST_REASON else ""


def _part(
    visit: DeskVisit, asked: AskedLetters, name: str, rows: Sequence[T], most: int
) -> tuple[Sequence[T], Steps]:
    """The page of a list that the address names, the first if it names none, and where the next ones are."""
    pages = max(1, -(-len(rows) // most))
    told = visit.asked(name)
    page = min(int(told), pages) if told.isascii() and told.isdigit() and len(told) < 6 and int(told) else 1
    before = asked.address(AT, **{name: str(page - 1) if page > 2 else ""}) if page > 1 else ""
    after = asked.address(AT, **{name: str(page + 1)}) if page < pages else ""
    return rows[(page - 1) * most : page * most], Steps(before, after)
