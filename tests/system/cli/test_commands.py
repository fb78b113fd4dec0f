"""The table of commands: what stands in it is true, and looking at it costs little."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence

import pytest
from typer.testing import CliRunner

from parley.cli import COMMANDS, app
from parley.commands.later import LaterCommand, every_command
from tests.docs.product import PRODUCT, ROOT

EVERY = list(every_command(COMMANDS))
HEAVY = {
    *("sqlalchemy", "alembic", "fastapi", "uvicorn", "zenpy", "requests", "kombu", "babel", "holidays", "rich"),
    "opentelemetry",
}
OURS = {"parley", "parley.cli", "parley.commands", "parley.commands.later", "parley.commands.terminal"}
LOOK = """
import json, sys
from parley.cli import main
sys.argv = ["parley", *sys.argv[1:]]
try:
    main()
except SystemExit:
    sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


def imported(*typed: str, **environment: str) -> tuple[str, set[str]]:
    """What a command says, and all that was imported for it."""
    given = {"PATH": os.environ.get("PATH", ""), **environment}
    command = [sys.executable, "-c", LOOK, *typed]
    left = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=True)
    return left.stdout, set(json.loads(left.stderr))


COMPLETED = {"_PARLEY_COMPLETE": "complete_bash", "COMP_WORDS": "parley zendesk ", "COMP_CWORD": "2"}


@pytest.mark.parametrize(
    ("typed", "environment", "says"),
    [
        (("--help",), {}, "doctor"),
        (("case", "--help"), {}, "explain"),
        (("--version",), {}, "parley "),
        ((), COMPLETED, "rotate-secret"),
    ],
    ids=["help", "help of a group", "version", "completion"],
)
def test_who_only_looks_waits_for_nothing_that_a_command_needs(
    typed: Sequence[str], environment: dict[str, str], says: str
) -> None:
    said, modules = imported(*typed, **environment)
    assert says in said
    assert HEAVY & modules == set()
    assert {name for name in modules if name.partition(".")[0] in PRODUCT} == OURS


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("parley.commands.serving", {"uvicorn", "opentelemetry.sdk"}),
        ("parley.commands.cases", {"fastapi", "uvicorn", "kombu"}),
        ("parley.commands.whole_database", {"fastapi", "uvicorn", "zenpy", "requests", "kombu"}),
    ],
)
def test_a_role_without_doors_and_a_look_at_the_database_import_no_more_than_they_need(
    module: str, spared: set[str]
) -> None:
    look = f"import sys, {module}; print(*sys.modules)"
    given = {"PATH": os.environ.get("PATH", "")}
    left = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=True
    )
    assert spared & set(left.stdout.split()) == set()


@pytest.mark.parametrize(("words", "command"), EVERY, ids=[" ".join(words) for words, _ in EVERY])
def test_the_table_says_of_a_command_what_the_command_says(words: tuple[str, ...], command: LaterCommand) -> None:
    assert command.help == command.found().help


def test_the_version_is_the_one_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.stdout) == (0, f"parley {project['version']}\n")


def test_a_shell_is_told_how_to_complete_commands() -> None:
    said = CliRunner().invoke(app, [], prog_name="parley", env={"_PARLEY_COMPLETE": "source_bash"})
    assert said.exit_code == 0
    assert "complete -o default -F _parley_completion parley" in said.stdout


def test_the_options_of_a_command_are_completed_from_the_command_itself() -> None:
    typed = {"_PARLEY_COMPLETE": "complete_bash", "COMP_WORDS": "parley case list --state ti", "COMP_CWORD": "4"}
    said = CliRunner().invoke(app, [], prog_name="parley", env=typed)
    assert said.stdout.split() == ["tier_1", "tier_2", "tier_3"]
