"""`parley doctor`: looks at everything the desk needs, and says what to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from shlex import quote
from typing import Literal

import typer

from config.settings import ENV_FILE, Settings, read_settings
from connector.broker.queue import BrokerQueue
from connector.calls import SERVICES, WORKMARKET, ZENDESK, called, workmarket_of
from connector.errors import ConnectorError
from connector.zendesk.account.once import Once
from parley.commands.common import AsJson, app_of, policy_of_settings, sentences, urls_wrong
from parley.commands.terminal import print_json, say
from parley.health.damaged import damaged_rows
from parley.health.stuck import stuck
from parley.health.vitals import CLOCK_MAY_LAG, LISTED_INSTEAD, ahead_or_behind, vitals
from parley.inspection.account import allowed_calls, inspect_account, our_user
from parley.wiring.app import App
from parley.wiring.edge import clock_from_environment
from parley.wiring.logs import set_up_logs
from parley.zendesk.account.watching import EVERY, last_look
from store import Store, StoreUnavailable, Tx
from sync.limits.call_costs import CALL_TAKES, hanging, service_of
from sync.operator.backlog import backlog
from sync.operator.dead import count
from sync.reconciling.pulses import BY_EXPORT, BY_LIST, PARTS, pulses
from sync.upkeep.growth import growth

SHOWN_ERRORS = 3
ASKED_AT_ONCE = 8
BACKLOG_MAY_TAKE_S = 600
STORED_WITHIN_S = 10.0
LOOK_MAY_LAG = 2 * EVERY
LOOK = "Start `parley run`, or `parley clock`; where one runs, its log says what keeps it from looking."
Grade = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and what to do about it."""

    what: str
    grade: Grade
    said: str


def doctor(as_json: AsJson = False) -> None:
    """Check settings, credentials, database, broker, webhook and clock, and say what to do."""
    with sentences():
        settings, wrong = read_settings(need="accounts")
        set_up_logs(settings.log_format, "ERROR")
        policy, of_policy = policy_of_settings(settings)
        of_urls = urls_wrong(settings)
        if policy is None or wrong or of_urls:
            found = list(first_checks(settings, [*wrong, *of_urls], of_policy))
        else:
            with app_of(settings, policy) as parts:
                found = list(checks(parts, settings))
    problems = [check for check in found if check.grade == "problem"]
    if as_json:
        print_json([asdict(check) for check in found])
    else:
        for check in found:
            say(f"{check.grade:8} {check.what}: {check.said}")
        if problems:
            say(_first(settings, problems[0]), err=True)
    if problems:
        raise typer.Exit(1)


def first_checks(settings: Settings, wrong: list[str], of_policy: list[str]) -> Iterator[Check]:
    """What can be looked at while the settings are not whole: these, the policy, the database and the broker."""
    yield from (Check("settings", "problem", said) for said in dict.fromkeys(wrong))
    if not wrong:
        yield Check("settings", "ok", "complete.")
    yield from (Check("policy", "problem", said) for said in of_policy)
    if not of_policy:
        yield Check("policy", "ok", "can be used.")
    if not urls_wrong(settings):
        with Store.open(settings.sqlalchemy_url, now=clock_from_environment()) as store:
            yield _asked("database", store.check, "answers, and its schema is ours.")
        with closing(BrokerQueue(settings.broker_url.get_secret_value())) as queue:
            yield _broker(queue)
    yield Check("accounts", "warning", "are looked at once the settings are complete.")


def _first(settings: Settings, problem: Check) -> str:
    """What to do before anything else."""
    if problem.what == "settings" and settings.lacking("accounts"):
        return (
            "First: `parley init` asks for what is missing and writes it to .env; without an account, try with "
            "`parley sandbox`, or `parley demo`."
        )
    return f"First: {problem.what}. Then run `parley doctor` again."


def checks(parts: App, settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which one would mend things."""
    yield _settings(settings, parts.now())
    yield Check("policy", "ok", f"in force: {parts.policy.fingerprint()[:12]}.")
    database = _asked("database", partial(_database, parts), "answers, takes events, and its schema is ours.")
    yield database
    yield from _files(parts)
    if database.grade == "ok":
        yield from _told("database size", _size(parts))
        yield from _told("stored data", _stored(parts))
    yield _broker(parts.queue)
    zendesk = _asked("Zendesk", parts.zendesk.whoami, "lets us in.")
    yield zendesk
    workmarket = _workmarkets(parts)
    yield from workmarket
    yield _time(parts)
    if database.grade == "ok":
        found = {ZENDESK: [zendesk], WORKMARKET: workmarket}
        away = {name for name, checks in found.items() if all(check.grade != "ok" for check in checks)}
        yield from _told("what waits", _rows(parts, away))
        if zendesk.grade == "ok":
            yield from _told("Zendesk account", _account(parts, settings))


def _settings(settings: Settings, now: datetime) -> Check:
    problems, warnings = settings.problems(now), settings.warnings(now)
    grade: Grade = "problem" if problems else "warning" if warnings else "ok"
    return Check("settings", grade, " ".join(problems + warnings) or "complete.")


def _asked(what: str, ask: Callable[[], object], fine: str) -> Check:
    try:
        ask()
    except ConnectorError as error:
        return Check(what, "problem", error.reason)
    except StoreUnavailable as error:
        return Check(what, "problem", str(error))
    return Check(what, "ok", fine)


def _workmarkets(parts: App) -> list[Check]:
    """Whether each client company's credentials are good; several companies are asked at once."""

    def ask(company: str) -> Check:
        return _asked(called(workmarket_of(company)), parts.workmarkets[company].ping, "lets us in.")

    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return list(pool.map(ask, parts.workmarkets))


def _told(what: str, found: Iterator[Check]) -> Iterator[Check]:
    """What was found, up to where no answer came, which keeps nobody from looking at the rest."""
    try:
        yield from found
    except ConnectorError as error:
        yield Check(what, "problem", error.reason)
    except StoreUnavailable as error:
        yield Check(what, "problem", str(error))


def _size(parts: App) -> Iterator[Check]:
    yield Check("database size", "ok", parts.store.read(lambda tx: growth(tx, parts.now())).sentence())


def _stored(parts: App) -> Iterator[Check]:
    """What can't be read any more of what the desk lives by."""
    found = parts.store.read(lambda tx: damaged_rows(tx, parts.policy))
    for row in found:
        yield Check("stored data", "problem" if row.waits else "warning", row.sentence())
    if not found:
        yield Check("stored data", "ok", "can be read.")


def _files(parts: App) -> Iterator[Check]:
    """Which files with secrets others may read. Told and left as it is: somebody may have meant it."""
    mine = [path for path in (ENV_FILE,) if path.exists() and path.stat().st_mode & 0o077]
    for path in (*parts.store.open_to_others(), *mine):
        mode = "go-rwx" if path.is_dir() else "600"
        said = "is open to others on this machine, and holds secrets and people's words: run "
        yield Check(f"file {path.name}", "warning", f"{said}`chmod {mode} {quote(str(path.absolute()))}`.")


def _broker(queue: BrokerQueue) -> Check:
    odd: list[str] = []
    found = _asked("broker", lambda: odd.append(queue.ping()), "answers.")
    return Check("broker", "warning", odd[0]) if any(odd) else found


def _database(parts: App) -> None:
    parts.store.check()
    parts.health.try_storing(STORED_WITHIN_S)


def _time(parts: App) -> Check:
    """Whether the clock that the desk is set by agrees with the services'."""
    with suppress(StoreUnavailable):
        parts.time.look()
    sure, apart = parts.time.is_sure(), parts.time.told().get("apart_s")
    if apart:
        said = f"the clock of this machine, or of the database's, is {ahead_or_behind(apart)}: set it right."
        return Check("time", "problem", f"{said} Until then the desk goes by the services'.")
    if not sure:
        return Check("time", "warning", "no service says what time it is, so the clock can't be compared.")
    return Check("time", "ok", "our clock agrees with the services'.")


def _rows(parts: App, away: Collection[str]) -> Iterator[Check]:
    said = parts.store.read(lambda tx: vitals(tx, parts.now()))
    lag = said["clock_lag_s"]
    if not isinstance(lag, float):
        yield Check("clock", "problem", "never ran: start `parley run`, or `parley clock`.")
    elif lag > CLOCK_MAY_LAG.total_seconds():
        yield Check("clock", "problem", f"last ran {lag:.0f} s ago: start `parley run`, or `parley clock`.")
    else:
        yield Check("clock", "ok", f"last ran {lag:.0f} s ago.")
    for sentence in stuck(said):
        yield Check("standing still", "problem", sentence)
    waiting = said["oldest_unhandled_s"]
    grade: Grade = "warning" if isinstance(waiting, float) and waiting > 60 else "ok"
    oldest = f"the oldest event waits {waiting:.0f} s" if isinstance(waiting, float) else "nothing waits"
    yield Check("events", grade, f"{oldest}." + (" Is `parley worker` running?" if grade != "ok" else ""))
    for service, name in SERVICES.items():
        held = parts.store.read(lambda tx, service=service: _held(tx, service, parts.now()))  # type: ignore[misc]
        if held:
            yield Check(f"waiting for {name}", "warning", held)
    waiting_out = parts.store.read(lambda tx: backlog(tx, parts.budgets.limits, parts.now(), away))
    late_out = waiting_out.seconds > BACKLOG_MAY_TAKE_S
    yield Check(
        "backlog", "warning" if late_out or waiting_out.pauses or waiting_out.held else "ok", waiting_out.sentence()
    )
    if parts.account.ids().form:
        yield from _reconcile(parts)
    if letters := count(parts.store):
        what = f"{letters} wait for a person: see `parley dead list`."
        yield Check("dead letters", "warning", what)


def _held(tx: Tx, service: str, now: datetime) -> str:
    """How much waits for a service to be tried again, with what it was told, and how much for an answer."""
    late = {kind: number for kind, number in tx.outbox.late().items() if service_of(kind) == service}
    said, slow = [], hanging(tx, now)[service]
    if late:
        errors = dict.fromkeys(tx.outbox.errors_of(late, SHOWN_ERRORS))
        said.append(f"{sum(late.values())} to be tried again by themselves: {' '.join(errors)}")
    if slow:
        said.append(f"{slow} under way for over {CALL_TAKES.seconds} s, and not answered.")
    return " ".join(said)


def _reconcile(parts: App) -> Iterator[Check]:
    """When each part last looked for what webhooks missed, by which way, and what keeps it from doing so."""
    now = parts.now()
    for pulse in parts.store.read(lambda tx: list(pulses(tx))):
        what, name = f"lost webhooks: {PARTS[pulse.part]}", pulse.part
        if pulse.failing_since is not None:
            lost = pulse.lost_since(now) is not None
            said = f"not looked for since {pulse.ok_at or pulse.failing_since:%Y-%m-%d %H:%M} UTC: {pulse.why}"
            yield Check(what, "problem" if lost else "warning", said)
        elif pulse.ok_at is None:
            yield Check(what, "warning", f"never looked for. {LOOK}")
        elif pulse.lost_since(now) is not None:
            yield Check(what, "problem", f"last looked for at {pulse.ok_at:%Y-%m-%d %H:%M} UTC. {LOOK}")
        else:
            minutes = max(0, int((now - pulse.ok_at).total_seconds() // 60))
            way = " by the export" if pulse.way == BY_EXPORT else ""
            said = f"last looked for {minutes} min ago{way}."
            listed = name == "tickets" and pulse.way == BY_LIST
            yield Check(what, "warning" if listed else "ok", f"{said} {LISTED_INSTEAD}" if listed else said)


def _hourly_look(parts: App, settings: Settings) -> Check:
    """When the clock last looked at the account, `apply` having looked too, and what it found."""
    last = parts.store.read(last_look)
    if not settings.public_url:
        return Check("hourly look", "warning", "is off while PUBLIC_URL is not set.")
    if last is None:
        return Check("hourly look", "warning", f"never ran. {LOOK}")
    age = parts.now() - last.at
    minutes = max(0, int(age.total_seconds() // 60))
    when = f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
    said = f"last ran {when} and found {last.findings or 'nothing'}"
    said += f": {' '.join(last.first)}" if last.first else "."
    if age > LOOK_MAY_LAG:
        return Check("hourly look", "warning", f"{said} That is late. {LOOK}")
    return Check("hourly look", "warning" if last.findings else "ok", said)


def _account(parts: App, settings: Settings) -> Iterator[Check]:
    calls = Once(parts.zendesk.channel)
    yield from (Check(*line) for line in our_user(calls))
    yield from (Check(*line) for line in allowed_calls(parts, calls))
    ids = parts.account.ids()
    if not ids.form:
        yield Check("Zendesk account", "problem", "is not set up: run `parley zendesk apply`.")
        return
    if not parts.account.secrets():
        yield Check("signing secret", "problem", "is not known: run `parley zendesk apply`.")
    yield _hourly_look(parts, settings)
    yield from (Check(*line) for line in inspect_account(parts, settings.public_url, calls))
