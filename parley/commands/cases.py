"""`parley case`: the cases, told to a person or a machine, and the little that is done by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, NoReturn

import typer

from connector.zendesk import AccountIds
from escalation.explain import case_json, explain, moment
from escalation.model.case import Case, JournalEntry
from escalation.model.derivation import label
from escalation.model.kept_deadlines import kept_deadlines
from escalation.model.values import State, Timer
from escalation.policies.policy import Policy
from parley.case_view.case_reading import NO_IDS, CaseViews, DamagedCase, reason_of
from parley.commands.common import (
    AsJson,
    actor,
    database,
    fail,
    parse_moment,
    rules_of,
    settings_for_logs,
    since_of,
)
from parley.commands.paged_list import After, LimitOption, NoHeader, PagedList
from parley.commands.terminal import print_json, say
from parley.health.damaged import damaged_case
from parley.wiring.load_policy import load_rules
from parley.zendesk.account.watching import found_in_the_account
from parley.zendesk.state.accounts import AccountBook
from store import CaseRow, Store, StoreUnavailable, Tx
from sync.inbox.process import readable_policy
from sync.operator.case_list import DUE, EVERY, UNDATED, Known, chosen_cases, count_of_cases, every_case
from sync.operator.case_requests import NotAsked, ask_close, ask_pause, ask_resume
from sync.shared.codec import readable_case

Why = Annotated[str, typer.Option("--reason", help="Why; it is written down.")]
CaseId = Annotated[str, typer.Argument(metavar="ID", help="A case's id, or its ticket's number.")]


def find(tx: Tx, name: str) -> CaseRow | None:
    return tx.cases.get(name) or tx.cases.by_ticket(name)


def read_case(store: Store, name: str) -> tuple[Case, list[JournalEntry], CaseRow]:
    """Return a case by its id or its ticket's number, with its journal; says so where there is none."""

    def read(tx: Tx) -> tuple[Case, list[JournalEntry], CaseRow] | None:
        row = find(tx, name)
        if row is None:
            return None
        journal = [
            JournalEntry(line.at, line.actor, line.what, reason_of(line.why)) for line in tx.journal.of_case(row.id)
        ]
        case = readable_case(row.body)
        return fail(damaged_case(row).sentence()) if case is None else (case, journal, row)

    found = store.read(read)
    return _not_there(name) if found is None else found


def _not_there(name: str) -> NoReturn:
    fail(f"There is no case {name}: `parley case list` shows those there are.")


def list_cases(
    state: Annotated[State | None, typer.Option(help="Only cases in this state.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Ended cases too.")] = False,
    assignment: Annotated[str | None, typer.Option(metavar="ID", help="Only cases of this assignment.")] = None,
    company: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only cases of this client company, by its name in the file.")
    ] = None,
    tier: Annotated[str | None, typer.Option(metavar="NUMBER", help="Only cases in this tier.")] = None,
    due: Annotated[
        str | None, typer.Option(metavar="WHEN", help=f"Only cases due by then: {', '.join((*DUE, UNDATED))}.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only cases whose requester is written to in this language.")
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="Only cases, open or not, of this ticket, assignment, Zendesk user, e-mail address or reference.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Only cases opened since, e.g. 2026-12-01 or 2026-12-01T15:00."),
    ] = None,
    limit: LimitOption = None,
    after: After = None,
    no_header: NoHeader = False,
    as_json: AsJson = False,
) -> None:
    """The open cases, the oldest first; with `--all` those that ended too."""
    with database() as store:
        given = {
            "state": state.value if state else EVERY if every else "",
            "company": company or "",
            "tier": tier or "",
            "due": due or "",
            "language": language or "",
            "search": search or "",
        }
        more = {"assignment_id": assignment, "since": since_of(since)}
        chosen = chosen_cases(given, Known(), store.now(), **more)
        if chosen.problems:
            raise typer.BadParameter(chosen.problems[0])
        found = PagedList(
            partial(every_case, store, chosen.filter),
            partial(count_of_cases, store, chosen.filter),
            one="case",
            many="cases",
        )
        if as_json:
            found.print_json(_listed, limit, after)
        else:
            several = bool(store.read(lambda tx: set(tx.cases.open_by_company()) - {None})) or bool(company)
            head = ("case", "ticket", "assignment", *(("company",) if several else ()), "state", "next")
            narrowed = chosen.given or assignment or since or after
            none = _no_such(company) if narrowed else "There is no open case: `--all` shows ended ones too."
            # For people in words and by their clock; whoever reads on goes by what stays the same.
            zone = rules_of(settings_for_logs()).calendar.zone if sys.stdout.isatty() else ""
            found.print(
                head,
                partial(case_line, several=several, zone=zone),
                limit,
                after,
                none=none,
                with_head=not no_header,
            )


def _no_such(company: str | None) -> str:
    return "There is no such case." + (
        " A company is named as its table in WORKMARKET_COMPANIES_FILE is." if company else ""
    )


def _listed(row: CaseRow) -> dict[str, Any]:
    case = readable_case(row.body)
    if case is None:
        return {
            "id": row.id,
            "ticket_id": row.ticket_id,
            "state": row.state,
            "damaged": damaged_case(row).sentence(),
        }
    return case_json(case)


def case_line(row: CaseRow, *, several: bool, zone: str = "") -> tuple[str, ...]:
    """A case as a line of the list: in words and by the clock of a zone, where one is given."""
    case = readable_case(row.body)
    following = "damaged: see `parley doctor`" if case is None else _next(case, zone)
    whose = (row.company or "",) if several else ()
    state = row.state.replace("_", " ") if zone else row.state
    return row.id, row.ticket_id or "", row.assignment_id or "", *whose, state, following


def _next(case: Case, zone: str) -> str:
    """When something is done by itself; in a pause that is its end, until which the rest is held."""
    timer, deadline = next(iter(kept_deadlines(case)), (None, None))
    if deadline is None:
        return ""
    due = label(deadline.due, zone) if zone else moment(deadline.due) or ""
    return f"held until {due}" if timer is Timer.PAUSE_ENDS else due


def show(case_id: CaseId, as_json: AsJson = False) -> None:
    """One case: its state, verdict, deadlines and journal."""
    with database() as store:
        if as_json:
            print_json(_whole(store, case_id))
        else:
            case, journal, row = read_case(store, case_id)
            for line in explain(case, policy_of(store, row).calendar, journal).split("\n"):
                say(line)
        for sentence in store.read(found_in_the_account):
            say(f"The Zendesk account is not as it should be, which may be why: {sentence}", err=True)


def _whole(store: Store, name: str) -> dict[str, Any]:
    """Everything that is known of a case; says so where there is none."""
    views = CaseViews(store, load_rules(None), store.now)
    try:
        view = views.of_case(name, "operator", _ids(store))
    except DamagedCase as damaged:
        fail(damaged_case(damaged.row).sentence())
    return _not_there(name) if view is None else view


def _ids(store: Store) -> AccountIds:
    """What is known of the account; nothing where that is damaged, which `parley doctor` tells."""
    try:
        return AccountBook(store, store.now).ids()
    except StoreUnavailable:
        return NO_IDS


def explain_case(case_id: CaseId, as_json: AsJson = False) -> None:
    """Every rule and every deadline of a case, and how each came about."""
    show(case_id, as_json)


def policy_of(store: Store, row: CaseRow) -> Policy:
    """The policy that a case started with."""
    current = load_rules(None)
    body = store.read(lambda tx: tx.policies.get(row.policy))
    policy = current if body is None else readable_policy(body, current)
    if policy is None:
        say(f"The policy that case {row.id} began with can't be read: see `parley doctor`.", err=True)
    return (policy or current).of_company(row.company or "")


def pause(
    case_id: CaseId,
    until: Annotated[str, typer.Option(help="A date or a moment, e.g. 2026-12-01 or 2026-12-01T15:00.")],
    reason: Annotated[str, typer.Option(help="Why; it is written down.")],
) -> None:
    """Send nothing for a case until a moment."""
    with database() as store:
        _, _, row = read_case(store, case_id)
        when = parse_moment("--until", until, policy_of(store, row).calendar.zone)
        now = store.now()
        if when <= now:
            fail(f"--until {until} is in the past: name a later moment.")
        _asked(lambda: ask_pause(store, row.id, when, reason, actor(), now))
        say(f"Case {row.id} pauses until {moment(when)}.", err=True)


def resume(case_id: CaseId, reason: Why = "") -> None:
    """End a pause."""
    with database() as store:
        _, _, row = read_case(store, case_id)
        _asked(lambda: ask_resume(store, row.id, actor(), store.now(), reason))
        say(f"Case {row.id} goes on.", err=True)


def close(case_id: CaseId, reason: Why = "") -> None:
    """Close a case: its ticket is solved, and nothing more is sent."""
    with database() as store:
        _, _, row = read_case(store, case_id)
        _asked(lambda: ask_close(store, row.id, actor(), store.now(), reason))
        say(f"Case {row.id} closes.", err=True)


def _asked(ask: Callable[[], None]) -> None:
    """Ask, or say why that can't be asked."""
    try:
        ask()
    except NotAsked as error:
        fail(str(error))
