"""The one way to a person's terminal: what somebody else wrote is shown as it is written, and never obeyed.

No control, no markup and no mark that turns the direction of writing leaves here; line ends within a text are
spaces, so that nobody writes a line of ours. What a terminal's encoding lacks is written as its number. The library
that draws is imported only where something is drawn.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from errno import EPIPE
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from rich.table import Table

_BREAKS: Final = re.compile("[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
_COMMANDS: Final = "\x00-\x1f\x7f-\x9f"
_TURNS: Final = "\u202a-\u202e\u2066-\u2069"
_OBEYED: Final = re.compile(
    f"[{_COMMANDS}{_TURNS}\u061c\u200e\u200f\u2028\u2029\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_OBEYED_IN_JSON: Final = re.compile(rf"(?!\n){_OBEYED.pattern}")
_TYPED_BY_NOBODY: Final = re.compile(f"(?![\t\n])[{_COMMANDS}{_TURNS}]")


def shown(text: str, stream: TextIO | None = None) -> str:
    """A text as one line that a terminal only shows; on `stream`, in signs that its encoding has."""
    line = _OBEYED.sub(lambda found: _number(found[0]), _BREAKS.sub(" ", text))
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)


def _number(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"


def say(text: str = "", *, err: bool = False, style: str | None = None) -> None:
    """Write one line: on the standard output, or with `err` on the error output."""
    stream = sys.stderr if err else sys.stdout
    with suppress(OSError) if err else nullcontext():  # where errors can't be told, the work goes on
        if style is None:
            stream.write(shown(text, stream) + "\n")
        else:
            from rich.console import Console
            from rich.text import Text

            Console(file=stream).print(Text(shown(text, stream), style=style), soft_wrap=True)


def as_json(data: Any, stream: TextIO) -> str:
    """JSON that means exactly the data, in which what a terminal would obey is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    text = _OBEYED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=2)
    return text


def print_json(data: Any) -> None:
    """Write a value as JSON on the standard output."""
    sys.stdout.write(as_json(data, sys.stdout) + "\n")


def print_json_list(rows: Iterable[Any]) -> None:
    """Write a list as JSON, each row as it comes, so that a long one is never in memory whole."""
    before = "["
    for row in rows:
        text = as_json(row, sys.stdout).replace("\n", "\n  ")
        sys.stdout.write(f"{before}\n  {text}")
        before = ","
    sys.stdout.write("[]\n" if before == "[" else "\n]\n")


def print_rows(head: Sequence[str], rows: Iterable[Sequence[str]], *, none: str, with_head: bool = True) -> None:
    """Write a table: drawn on a terminal, parted by tabs otherwise; without rows, `none` on the error output."""
    drawn = _table(head, with_head=with_head) if sys.stdout.isatty() else None
    count = 0
    for count, row in enumerate(rows, start=1):
        if drawn is None and with_head and count == 1:
            sys.stdout.write("\t".join(head) + "\n")
        cells = [shown(cell, sys.stdout) for cell in row]
        if drawn is None:
            sys.stdout.write("\t".join(cells) + "\n")
        else:
            _add(drawn, cells)
    if not count:
        say(none, err=True)
    elif drawn is not None:
        from rich.console import Console

        Console().print(drawn)


def _add(table: Table, cells: Iterable[str]) -> None:
    from rich.text import Text

    table.add_row(*map(Text, cells))


def _table(head: Sequence[str], *, with_head: bool) -> Table:
    from rich.table import Table

    table = Table(show_header=with_head)
    for place, name in enumerate(head):
        table.add_column(name, overflow="fold", no_wrap=place == 0)  # an id is there to be copied
    return table


class _Output(TextIOWrapper):
    """The standard output, which remembers why it could not be written."""

    failed: OSError | None = None

    def write(self, text: str) -> int:
        with self._remembering():
            return super().write(text)

    def flush(self) -> None:
        with self._remembering():
            super().flush()

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failed = error
            raise


def streams_that_never_fail() -> None:
    """A sign that an output's encoding lacks is written as its number, and what nobody is to see goes nowhere."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if isinstance(out := sys.stdout, TextIOWrapper):
        sys.stdout = _Output(
            out.detach(),
            out.encoding,
            "backslashreplace",
            line_buffering=out.line_buffering,
            write_through=out.write_through,
        )


def all_is_written() -> bool:
    """Write what is still to be written; where that can't be done, say why on the error output, and forget it.

    Whoever does not want to read on (`| head`) is told nothing.
    """
    for stream in (sys.stderr, sys.stdout):
        _end(stream)
    why = getattr(sys.stdout, "failed", None)
    if why and why.errno != EPIPE:
        say(f"What this command had to say could not be written: {why.strerror}.", err=True, style="red")
        _end(sys.stderr)
    return why is None


def _end(stream: TextIO) -> None:
    """Write what is left; where that can't be done it goes nowhere, so that Python finds nothing."""
    try:
        stream.flush()
    except OSError:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def _nowhere() -> TextIO:
    """In place of an output that was closed beforehand, so that no file of ours gets its number."""
    return Path(os.devnull).open("w", encoding="utf-8")


def commands_in(arguments: Iterable[str]) -> bool:
    """Whether what was typed holds what nobody types: signs that a terminal would obey where it is shown."""
    return any(_TYPED_BY_NOBODY.search(argument) for argument in arguments)
