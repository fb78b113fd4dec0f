"""Nothing that somebody else wrote is obeyed by a terminal, in whatever signs the terminal can show."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from parley.commands.terminal import _table, as_json, print_json_list, say, shown
from tests.migrated import migrated
from tests.system.cli.shell import Shell

ROOT = Path(__file__).parents[3]
OBEYED = (
    "\x1b[2J \x9b31m \x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\ \u202egnp.exe\u2069 \x07\x7f\u200f\ufeff"
)
WRITES = re.compile(r"print|.*\becho|.*\bsecho|Console|.*\bstd(out|err)\.write.*")
# The way itself, and the consoles of progress bars.
MAY_WRITE = {"terminal.py": None, "zendesk_account.py": {"Console"}, "zendesk_secrets.py": {"Console"}}


def test_what_a_terminal_would_obey_is_written_as_its_number() -> None:
    assert shown("\x1b[31mred\x9b0m\u202e") == "\\x1b[31mred\\x9b0m\\u202e"


def test_a_text_of_many_lines_is_one_line() -> None:
    assert shown("a\nb\r\nc\x85d\u2028e\tf\x0bg") == "a b c d e f g"


def test_what_people_write_is_left_alone() -> None:
    for text in ("“Zoë” — 東京 שלום مرحبا", "👩‍🔧 fixed", "[bold]not markup[/bold] :bomb:", "a\ufffdb"):
        assert shown(text) == text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "shift_jis", "utf-8"])
def test_what_an_encoding_lacks_is_written_as_its_number(encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    text = shown("“Zoë” 東京 👩 \udc9b", stream)
    assert text.encode(encoding).decode(encoding) == text
    assert "\\udc9b" in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_means_the_very_text_and_commands_nothing(encoding: str) -> None:
    told = {"text": OBEYED + "\n“Zoë” 👩"}
    text = as_json(told, io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert json.loads(text) == told
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200f\u202a-\u202e\u2066-\u2069]", text)
    text.encode(encoding)


@pytest.mark.parametrize("rows", [[], [{"a": 1}], [{"a": 1}, {"b": ["x\ny", {}]}]])
def test_a_list_is_the_json_that_it_would_be_in_one_piece(
    rows: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    print_json_list(iter(rows))
    assert capsys.readouterr().out == json.dumps(rows, indent=2) + "\n"


def test_a_sentence_of_many_lines_can_not_look_like_two(capsys: pytest.CaptureFixture[str]) -> None:
    say("Case C-1\nok: everything is fine.", err=True, style="red")
    assert capsys.readouterr().err == "Case C-1 ok: everything is fine.\n"


def test_nothing_of_the_commands_writes_by_another_way() -> None:
    found = {}
    for path in sorted((ROOT / "parley").rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        ways, allowed = {call for call in calls if WRITES.fullmatch(call)}, MAY_WRITE.get(path.name, set())
        if allowed is not None and ways - allowed:
            found[path.name] = ways
    assert found == {}


@pytest.mark.parametrize("argument", ["\x1b]0;title\x07", "\x9b2J", "\u202e"])
def test_control_characters_that_were_typed_are_refused(shell: Shell, argument: str) -> None:
    said = shell("case", "show", argument)
    assert said.code == 2
    assert argument not in said.err and "control characters" in said.err


def test_what_nobody_foresaw_is_told_without_obeying_it_either(shell: Shell) -> None:
    said = shell("migrate", CLOCK_OFFSET="x\x1b[2Jy")
    assert said.code == 1
    assert "\\x1b[2J" in said.err and "\x1b" not in said.err


@pytest.mark.parametrize(
    ("line", "code"), [("--help", 0), ("case list --state “Zoë”", 2), ("dead show “東”", 1), ("doctor", 1)]
)
def test_help_and_errors_come_in_ascii(shell: Shell, line: str, code: int) -> None:
    given = {"PYTHONIOENCODING": "ascii", "DATABASE_URL": f"sqlite:///{shell.folder / 'parley.db'}"}
    shell("migrate", **given)
    said = shell(*line.split(), **given)
    assert said.code == code
    assert (said.out + said.err).isascii()


def test_a_machine_whose_language_is_c_is_told_everything(tmp_path: Path) -> None:
    given = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    migrated(tmp_path / "parley.db")
    command = [Path(sys.executable).with_name("parley"), "dead", "show", "in-“東”"]
    said = subprocess.run(command, env=given, cwd=tmp_path, capture_output=True, timeout=120)
    assert (said.returncode, said.stdout) == (1, b"")
    assert said.stderr.isascii() and b"dead letter" in said.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_an_output_that_was_closed_beforehand_fails_no_command(tmp_path: Path, closed: str) -> None:
    migrated(tmp_path / "parley.db")
    command = ["sh", "-c", f'"$0" case list {closed}', Path(sys.executable).with_name("parley")]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert said.returncode == 0
    assert "Traceback" not in said.stderr


def left(command: str, folder: Path) -> tuple[int, str]:
    """The exit code and the errors of a line of bash, in which $P is `parley`."""
    migrated(folder / "parley.db")
    given = {**os.environ, "P": str(Path(sys.executable).with_name("parley"))}
    line = ["bash", "-o", "pipefail", "-c", command]
    said = subprocess.run(line, cwd=folder, env=given, capture_output=True, text=True, timeout=120)
    return said.returncode, said.stderr


@pytest.mark.parametrize("command", ["--help", "case list --json"])
def test_a_full_disk_behind_the_output_ends_a_command_with_a_sentence(tmp_path: Path, command: str) -> None:
    told = "What this command had to say could not be written: No space left on device.\n"
    assert left(f"$P {command} >/dev/full", tmp_path) == (1, told)


def test_who_reads_no_further_is_told_nothing(tmp_path: Path) -> None:
    assert left("$P case list --json | true", tmp_path) == (1, "")


def test_a_full_disk_behind_the_errors_keeps_no_command_from_its_work(tmp_path: Path) -> None:
    assert left("$P migrate 2>/dev/full", tmp_path) == (0, "")


def test_an_id_is_shown_in_one_piece_on_a_narrow_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = _table(("id", "why"), with_head=True)
    table.add_row("out-01JDXW5E8M", "It was refused for good.")
    Console(width=24).print(table)
    assert "out-01JDXW5E8M" in capsys.readouterr().out
