"""`parley dead`: what could not be processed or delivered, for a person to decide."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from escalation.explain import moment
from parley.commands.common import AsJson, database, fail
from parley.terminal import print_json, print_rows, say
from sync import dead

app = typer.Typer(no_args_is_help=True, help="What could not be processed or delivered.")
LetterId = Annotated[str, typer.Argument(metavar="ID", help="As `parley dead list` shows it.")]


def _data(letter: dead.DeadLetter) -> dict[str, Any]:
    return {**asdict(letter), "at": moment(letter.at), "body": dict(letter.body)}


@app.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """The dead letters, youngest first."""
    with database() as store:
        letters = dead.dead_letters(store)
        if as_json:
            print_json([{k: v for k, v in _data(letter).items() if k != "body"} for letter in letters])
            return
        rows = [(one.id, one.kind, one.case_id or "", moment(one.at) or "", one.error) for one in letters]
        print_rows(("id", "kind", "case", "at", "why"), rows, none="There is no dead letter.")


@app.command()
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


@app.command()
def replay(letter_id: LetterId) -> None:
    """Try a dead letter again; what may have been done is read back first."""
    with database() as store:
        _possible(lambda: dead.replay(store, letter_id, store.now()))
        say(f"{letter_id} is tried again.", err=True)


@app.command()
def discard(letter_id: LetterId) -> None:
    """Settle a dead letter without doing it; a case that waits for it goes on."""
    with database() as store:
        _possible(lambda: dead.discard(store, letter_id, store.now()))
        say(f"{letter_id} is discarded.", err=True)


def _possible(work: Any) -> Any:
    try:
        return work()
    except dead.NotPossible as error:
        fail(str(error))
