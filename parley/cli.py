"""The command `parley`: its commands as a table, of which only the one that is typed is imported."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer
from typer.exceptions import TyperException

from parley.commands.later import PLAIN, CommandGroup, Commands, LaterCommand, group_class
from parley.commands.terminal import all_is_written, commands_in, say, streams_that_never_fail

CASES: Final[Commands] = {
    "list": LaterCommand(
        "parley.commands.cases:list_cases", "The open cases, the oldest first; with `--all` those that ended too."
    ),
    "show": LaterCommand("parley.commands.cases:show", "One case: its state, verdict, deadlines and journal."),
    "explain": LaterCommand(
        "parley.commands.cases:explain_case", "Every rule and every deadline of a case, and how each came about."
    ),
    "pause": LaterCommand("parley.commands.cases:pause", "Send nothing for a case until a moment."),
    "resume": LaterCommand("parley.commands.cases:resume", "End a pause."),
    "close": LaterCommand(
        "parley.commands.cases:close", "Close a case: its ticket is solved, and nothing more is sent."
    ),
}
DEAD: Final[Commands] = {
    "list": LaterCommand(
        "parley.commands.dead:list_letters",
        "The dead letters, youngest first; webhooks that could not be read come last.",
    ),
    "show": LaterCommand("parley.commands.dead:show", "One dead letter with what it holds."),
    "replay": LaterCommand(
        "parley.commands.dead:replay",
        "Try dead letters again: one, or all that the options choose. What may have been done is read back first.",
    ),
    "discard": LaterCommand(
        "parley.commands.dead:discard",
        "Settle dead letters without doing them: one, or all that the options choose. A case that waits goes on.",
    ),
}
ZENDESK: Final[Commands] = {
    "plan": LaterCommand(
        "parley.commands.zendesk_account:plan",
        "Show what `apply` would do to the account, and why. Exit code 2: there is something to do.",
    ),
    "apply": LaterCommand(
        "parley.commands.zendesk_account:apply",
        "Bring the account to what `config/zendesk/` says: form, fields, statuses, macros, rules, webhooks, app.",
    ),
    "drift": LaterCommand(
        "parley.commands.zendesk_account:drift",
        "Look whether the account is still as it should be, for cron. Exit code 2: it is not.",
    ),
    "lint": LaterCommand(
        "parley.commands.zendesk_lint:lint",
        "Find the triggers, automations and macros that could harm our tickets; leaves with 2 where one could.",
    ),
    "rotate-secret": LaterCommand(
        "parley.commands.zendesk_secrets:rotate_secret",
        "Change the webhooks' signing secrets. No event is lost; it takes about half a minute.",
    ),
    "app": LaterCommand(
        "parley.commands.zendesk_app:sidebar_app",
        "Write the sidebar app as a zip for the Admin Center, checked as Zendesk checks it.",
    ),
}
COMMANDS: Final[Commands] = {
    "demo": LaterCommand(
        "parley.demo:demo",
        "The whole thing with no account: a stand-in Zendesk and WorkMarket, with a clock that can be moved.",
    ),
    "sandbox": LaterCommand(
        "parley.commands.stand_ins:sandbox",
        "A stand-in Zendesk and WorkMarket alone, and the settings of a desk that uses them, to paste into `.env`.",
    ),
    "init": LaterCommand(
        "parley.commands.init:init",
        "Ask for the settings that are needed and write them, explained, into `.env`, which only you can read.",
    ),
    "doctor": LaterCommand(
        "parley.commands.doctor:doctor",
        "Check settings, credentials, database, broker, webhook and clock, and say what to do.",
    ),
    "migrate": LaterCommand("parley.commands.whole_database:migrate", "Bring the database schema up to date."),
    "zendesk": CommandGroup("Set the Zendesk account up, and see whether it is as it should be.", ZENDESK),
    "run": LaterCommand(
        "parley.commands.serving:run", "Web, worker, delivery and clock in one process, against real accounts."
    ),
    "web": LaterCommand("parley.commands.serving:web", "The doors: receive webhooks."),
    "worker": LaterCommand("parley.commands.serving:worker", "Handle what came in and deliver what goes out."),
    "clock": LaterCommand("parley.commands.serving:clock", "Look at the timers, and at what webhooks missed."),
    "case": CommandGroup("See the cases and why they are where they are; pause, resume or close one.", CASES),
    "dead": CommandGroup("See what could not be processed or delivered, and try it again or settle it.", DEAD),
    "report": LaterCommand(
        "parley.commands.report:report",
        "What became of a week's or a month's cases: a page to read, print or send, or JSON.",
    ),
    "restored": LaterCommand(
        "parley.commands.whole_database:restored",
        "Make a database that was put back from a backup safe to go on with, before anything else is started.",
    ),
}

app = typer.Typer(**{**PLAIN, "add_completion": True}, cls=group_class(COMMANDS), no_args_is_help=True)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"parley {version('parley-desk')}")
        raise typer.Exit


@app.callback()
def parley(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Say the version and leave.")
    ] = False,
) -> None:
    """The escalation desk between WorkMarket and Zendesk."""


def main() -> None:
    """What ends a command unforeseen is told by Python's own lines, which hold whatever the error says."""
    streams_that_never_fail()
    if commands_in(sys.argv[1:]):
        say("What was typed holds control characters: leave them out.", err=True, style="red")
        sys.exit(2)
    try:
        code = _done()
    except Exception as error:
        if all_is_written() or not isinstance(error, OSError):
            import traceback

            for line in traceback.format_exc().splitlines():
                say(line, err=True)
        sys.exit(1)
    sys.exit(code if all_is_written() else 1)


def _done() -> int | str | None:
    """Do what was typed, and return the exit code."""
    try:
        left = app(standalone_mode=False)
    except SystemExit as leaving:
        return leaving.code
    except typer.Abort:
        say("Nothing was done.", err=True)
        return 1
    except TyperException as wrong:
        wrong.show(file=sys.stderr)  # type: ignore[attr-defined]  # by itself it takes UTF-8 where there is ASCII
        return wrong.exit_code
    return left if isinstance(left, int) else 0
