"""`parley doctor`: looks at everything the desk needs, and says what to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from shlex import quote
from typing import Final

import typer

from config.settings import ENV_FILE, Settings, read_settings
from connector.broker.queue import BrokerQueue
from connector.calls import WORKMARKET, ZENDESK, called, workmarket_of
from connector.errors import ConnectorError
from connector.zendesk.account.once import Once
from parley.commands.common import AsJson, app_of, policy_of_settings, sentences, urls_wrong
from parley.commands.terminal import print_json, say
from parley.health.damaged import damaged_rows
from parley.health.desk_checks import Check, Grade, hourly_look_check, letters_check, store_checks
from parley.health.vitals import ahead_or_behind, vitals
from parley.inspection.account import allowed_calls, inspect_account, our_user
from parley.inspection.sign_in import operators_line, sign_in_lines
from parley.wiring.account_setup import look_of
from parley.wiring.app import App
from parley.wiring.edge import clock_from_environment
from parley.wiring.logs import set_up_logs
from parley.wiring.span_export import said_of_collector
from store import Store, StoreUnavailable
from sync.operator.dead import count
from sync.upkeep.growth import growth

ASKED_AT_ONCE = 8
UNSEEN: Final = "could not be looked at"
STORED_WITHIN_S = 10.0


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
        print_json([_json(check) for check in found])
    else:
        for check in found:
            say(f"{check.grade:8} {check.what}: {check.sentence()}")
        if problems:
            say(_first(settings, problems[0]), err=True)
    if problems:
        raise typer.Exit(1)


def _json(check: Check) -> dict[str, str]:
    return {"what": check.what, "grade": check.grade, "said": check.sentence()}


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
    yield from (Check(*line) for line in sign_in_lines(settings, parts.policy))
    database = _asked("database", partial(_database, parts), "answers, takes events, and its schema is ours.")
    yield database
    yield from _files(parts)
    if database.grade == "ok":
        yield from _told("database size", _size(parts))
        yield from _told("stored data", _stored(parts))
    yield _broker(parts.queue)
    yield from traces_checks(settings)
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


def traces_checks(settings: Settings) -> Iterator[Check]:
    """Nothing where no collector is named; the desk needs none."""
    if settings.traces_url is not None:
        amiss = said_of_collector(settings)
        yield Check("traces", "warning" if amiss else "ok", amiss or "the collector takes them.")


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
    now, limits = parts.now(), parts.budgets.limits
    yield from parts.store.read(lambda tx: list(store_checks(tx, vitals(tx, now), limits, now, away)))
    yield from letters_check(count(parts.store))


def _account(parts: App, settings: Settings) -> Iterator[Check]:
    calls = Once(parts.zendesk.channel)
    yield from (Check(*line) for line in our_user(calls))
    rights = [Check(*line) for line in allowed_calls(parts, calls)]
    yield from rights
    yield from (Check(*line) for line in operators_line(settings, parts.policy, calls))
    ids = parts.account.ids()
    if not ids.form:
        refused = any(check.grade == "problem" for check in rights)
        then = "mend the calls above first, then run" if refused else "run"
        yield Check("Zendesk account", "problem", f"is not set up: {then} `parley zendesk apply`.")
        return
    if not parts.account.secrets():
        yield Check("signing secret", "problem", "is not known: run `parley zendesk apply`.")
    address = settings.public_url or ""
    yield parts.store.read(lambda tx: hourly_look_check(tx, address, parts.now()))
    found = (Check(*line) for line in inspect_account(parts, look_of(parts, address, calls), calls))
    yield from (_told_once(check, rights) for check in found)


def _told_once(check: Check, before: Iterable[Check]) -> Check:
    """A check that could not be made, without a reason that was told with its advice before."""
    reason = check.said.rpartition(": ")[2]
    if check.said.startswith(UNSEEN) and any(one.said.count(reason) for one in before):
        return replace(check, said=f"{UNSEEN}, for the same reason as above.")
    return check
