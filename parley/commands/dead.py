"""`parley dead`: what could not be processed or delivered, for a person to decide."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from itertools import islice
from typing import Annotated, Any, TypeVar

import typer

from escalation.explain import moment
from parley.commands.common import AsJson, actor, database, fail, since_of
from parley.commands.paged_list import After, LimitOption, NoHeader, PagedList
from parley.commands.terminal import print_json, say
from store import Store
from sync.operator import dead
from sync.operator.causes import cause_of
from sync.operator.letter_orders import MOST, LetterOrder, carry_out, new_order

LetterId = Annotated[str, typer.Argument(metavar="ID", help="As `parley dead list` shows it.")]
OneLetter = Annotated[
    str | None, typer.Argument(metavar="ID", help="As `parley dead list` shows it; or choose by the options.")
]
KindOption = Annotated[str | None, typer.Option(help="Only letters of this kind, as the list shows it.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Only what came in, or was to be sent, since; e.g. 2026-12-01T15:00."),
]
TicketOption = Annotated[
    str | None, typer.Option(metavar="NUMBER", help="Only letters about this ticket and its case.")
]
CauseOption = Annotated[
    str | None, typer.Option(metavar="KEY", help="Only letters of this cause, by the key that the list shows.")
]
Every = Annotated[bool, typer.Option("--all", help="Every dead letter.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ReasonOption = Annotated[
    str, typer.Option(help="Why; it is written down. Needed where more than one letter is chosen.")
]
DONE: dict[dead.Act, str] = {"replay": "tried again", "discard": "discarded"}
REFUSALS_SHOWN = 5
T = TypeVar("T")


def _data(letter: dead.DeadLetter) -> dict[str, Any]:
    return {**asdict(letter), "at": moment(letter.at), "body": dict(letter.body)}


def list_letters(
    kind: KindOption = None,
    since: Since = None,
    ticket: TicketOption = None,
    cause: CauseOption = None,
    limit: LimitOption = None,
    after: After = None,
    no_header: NoHeader = False,
    as_json: AsJson = False,
) -> None:
    """The dead letters, youngest first; webhooks that could not be read come last."""
    with database() as store:
        wanted = _wanted(kind, since, ticket, cause)
        letters = PagedList(
            partial(dead.every_letter, store, wanted),
            partial(dead.count, store, wanted),
            one="dead letter",
            many="dead letters",
        )
        if as_json:
            _possible(lambda: letters.print_json(_listed, limit, after))
            return
        none = (
            "There is no dead letter."
            if wanted == dead.EVERY
            else "There is no such dead letter: `parley dead list` alone shows all, with their kinds."
        )
        head = ("id", "kind", "case", "at", "why", "cause")
        _possible(lambda: letters.print(head, _line, limit, after, none=none, with_head=not no_header))


def _listed(letter: dead.DeadLetter) -> dict[str, Any]:
    told = {name: value for name, value in _data(letter).items() if name != "body"}
    return {**told, "cause": cause_of(letter.error).key}


def _line(letter: dead.DeadLetter) -> tuple[str, ...]:
    cause = cause_of(letter.error).key
    return letter.id, letter.kind, letter.case_id or "", moment(letter.at) or "", letter.error, cause


def show(letter_id: LetterId, as_json: AsJson = False) -> None:
    """One dead letter with what it holds."""
    with database() as store:
        letter = _data(_possible(lambda: dead.show(store, letter_id)))
        if as_json:
            print_json(letter)
            return
        for name, value in letter.items():
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            say(f"{name}: {said}")


def replay(
    letter_id: OneLetter = None,
    kind: KindOption = None,
    since: Since = None,
    ticket: TicketOption = None,
    cause: CauseOption = None,
    every: Every = False,
    yes: Yes = False,
    reason: ReasonOption = "",
) -> None:
    """Try dead letters again: one, or all that the options choose. What may have been done is read back first."""
    _settle("replay", letter_id, (kind, since, ticket, cause), every=every, yes=yes, reason=reason)


def discard(
    letter_id: OneLetter = None,
    kind: KindOption = None,
    since: Since = None,
    ticket: TicketOption = None,
    cause: CauseOption = None,
    every: Every = False,
    yes: Yes = False,
    reason: ReasonOption = "",
) -> None:
    """Settle dead letters without doing them: one, or all that the options choose. A case that waits goes on."""
    _settle("discard", letter_id, (kind, since, ticket, cause), every=every, yes=yes, reason=reason)


def _wanted(kind: str | None, since: str | None, ticket: str | None, cause: str | None) -> dead.LetterSelection:
    return dead.LetterSelection(kind, since_of(since), ticket, cause)


def _settle(
    act: dead.Act,
    letter_id: str | None,
    chosen: tuple[str | None, str | None, str | None, str | None],
    *,
    every: bool,
    yes: bool,
    reason: str,
) -> None:
    if sum((letter_id is not None, any(chosen), every)) != 1:
        raise typer.BadParameter(
            "Name one letter, or choose by --kind, --since, --ticket and --cause, or take --all."
        )
    if letter_id is None and not reason:
        raise typer.BadParameter("Say why by --reason: it is written down beside each letter.")
    with database() as store:
        by = dead.Operator(actor(), store.now(), reason)
        if letter_id is not None:
            _possible(lambda: store.write(lambda tx: dead.ACTS[act](tx, letter_id, by)))
            say(f"{letter_id} is {DONE[act]}.", err=True)
        else:
            _settle_many(store, act, _wanted(*chosen), by, yes=yes)


def _settle_many(
    store: Store, act: dead.Act, wanted: dead.LetterSelection, by: dead.Operator, *, yes: bool
) -> None:
    number = dead.count(store, wanted)
    if not number:
        say("There is no such dead letter.", err=True)
        return
    # Those that are there now; whatever dies meanwhile is none of them.
    orders = list(_orders(store, wanted))
    number = sum(len(order.letters) for order in orders)
    if not yes:
        _ask(f"{_letters(number)} would be {DONE[act]}.")
    by = replace(by, chosen=f"one of {number} that were chosen by {dead.in_words(wanted)}")
    states = [carry_out(store, order, act, wanted, by) for order in orders]
    say(f"{_letters(sum(state.settled for state in states))} {DONE[act]}.", err=True)
    refused = [sentence for state in states for sentence in state.refused]
    if gone := sum(state.gone for state in states):
        say(f"{_letters(gone)} were settled or changed by others meanwhile.", err=True)
    if refused:
        more = sum(state.impossible for state in states) - REFUSALS_SHOWN
        fail(*refused[:REFUSALS_SHOWN], *([f"So it is with {more} more."] if more > 0 else []))


def _orders(store: Store, wanted: dead.LetterSelection) -> Iterator[LetterOrder]:
    """Every letter that is chosen, as orders of as many as one may name."""
    letters = iter(dead.summaries(store, wanted, limit=dead.ANY_NUMBER))
    while some := list(islice(letters, MOST)):
        yield new_order(some, store.now())


def _letters(number: int) -> str:
    return "1 dead letter" if number == 1 else f"{number} dead letters"


def _ask(what: str) -> None:
    say(what, err=True)
    if not sys.stdin.isatty():
        fail("Say --yes to go on.")
    typer.confirm("Go on?", abort=True, err=True)


def _possible(work: Callable[[], T]) -> T:
    try:
        return work()
    except dead.NotPossible as error:
        fail(str(error))
