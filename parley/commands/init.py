"""`parley init`: asks for the settings that are needed, and writes them into `.env`."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote, urlsplit

import typer

from config.env_file import env_text, unwritable, values_in, write_private
from config.settings import ENV_FILE, is_secret, judged, settings_table
from parley.commands.common import fail
from parley.commands.terminal import say


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for a setting; it is not asked where one of `unless` is set, or one of `along_with` is not.
    `usual`: what Enter means. `may_lack`: nothing is an answer as good as any. `address`: it is shown while it is
    typed, and its password is asked for by itself."""

    name: str
    ask: str
    unless: tuple[str, ...] = ()
    usual: str = ""
    along_with: tuple[str, ...] = ()
    may_lack: bool = False
    address: bool = False

    def is_open(self, values: Mapping[str, str]) -> bool:
        """Whether it is to be asked, by what is known."""
        lacks = any(name not in values for name in self.along_with)
        return not lacks and not any(name in values for name in (self.name, *self.unless))


_SIGNED_IN: Final = ("ZENDESK_OAUTH_TOKEN", "ZENDESK_EMAIL", "ZENDESK_API_TOKEN")
HIDDEN: Final = "(not shown)"
_COMPANIES: Final = ("WORKMARKET_COMPANIES_FILE",)
QUESTIONS: Final = (
    Question(
        "ZENDESK_SUBDOMAIN", "The first part of your Zendesk address (acme for acme.zendesk.com)", ("ZENDESK_URL",)
    ),
    Question("ZENDESK_OAUTH_CLIENT_ID", "The identifier of your OAuth client in Zendesk", _SIGNED_IN),
    Question("ZENDESK_OAUTH_CLIENT_SECRET", "Its secret", _SIGNED_IN),
    Question("WORKMARKET_TOKEN", "Your WorkMarket API token", _COMPANIES),
    Question("WORKMARKET_SECRET", "The secret of that API token", _COMPANIES),
    Question("PUBLIC_URL", "Where Zendesk reaches the desk (https://parley.example.com)"),
    Question(
        "ZENDESK_SIGN_IN_CLIENT_ID",
        "The OAuth client by which people sign in to /desk, whose redirect URL is that address and /desk/signed-in "
        "(Enter leaves that page off)",
        ("TRUSTED_PROXY_HEADER",),
        along_with=("PUBLIC_URL",),
        may_lack=True,
    ),
    Question("ZENDESK_SIGN_IN_CLIENT_SECRET", "Its secret", along_with=("ZENDESK_SIGN_IN_CLIENT_ID",)),
    Question("DATABASE_URL", "The database; PostgreSQL in production", usual="sqlite:///parley.db", address=True),
    Question("BROKER_URL", "The broker; RabbitMQ where several processes run", usual="memory://", address=True),
)
"""In the order in which they are asked."""
MADE: Final[Mapping[str, str]] = {
    "SIDEBAR_SECRETS": "Made at random by `parley init`. Comment it out to have no sidebar in Zendesk.",
    "PROGRESS_SECRETS": "Made at random by `parley init`. Comment it out to give requesters no page of their own.",
}
"""Secrets that nobody has to know, with what stands above each in the file."""
Ask = Callable[[Question], str]
Given = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME=VALUE]...",
        help="Settings that are not asked for. Secrets come from the environment, or are asked for.",
    ),
]


def init(
    given: Given = None,
    file: Annotated[Path, typer.Option(help="Where to write.")] = ENV_FILE,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file that is there.")] = False,
) -> None:
    """Ask for the settings that are needed and write them, explained, into `.env`, which only you can read."""
    if file.exists() and not overwrite:
        fail(f"{file} is there already, and stays as it is: `parley init --overwrite` replaces it.")
    outside, typed = from_environment(os.environ), settings_of(given or ())
    values = {**outside, **typed}
    if sys.stdin.isatty():
        _refuse(judged(values)[0].values())
        values = answered(values, _asked_for)
    else:
        _refuse(whats_wrong(values))
    _refuse(
        f"{name} can't be written there: put it into a secret file of that name." for name in unwritable(values)
    )
    made = own_secrets(values, values_in(file))
    try:
        write_private(file, env_text({**values, **made}, MADE if made else {}), overwrite=overwrite)
    except OSError as error:
        fail(f"{file} can't be written: {error.strerror}.")
    for sentence in _where_from(outside.keys() - typed.keys(), made):
        say(sentence, err=True)
    for sentence in judged(values, "accounts")[1]:
        say(sentence, err=True, style="yellow")
    say(f"Written: {file}, which only you can read:", err=True)
    for name, value in values.items():
        say(f"  {name}={summarized(name, value)}", err=True)
    say("`parley doctor` says what comes next.", err=True)


def from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings that the environment holds."""
    return {name: environment[name].strip() for name, _, _ in settings_table() if environment.get(name, "").strip()}


def settings_of(words: Iterable[str]) -> dict[str, str]:
    """Settings as they are typed, `NAME=VALUE`; what can't be used is said, all of it at once."""
    known = {name for name, _, _ in settings_table()}
    values, wrong = {}, []
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or name not in known:
            wrong.append(f"“{name}” is no setting: write NAME=VALUE, with a name from the README's table.")
        elif is_secret(name) and not _harmless(value):
            wrong.append(
                f"{name} is a secret, and others on this machine can read what is typed: set it in the environment."
            )
        elif value:
            values[name] = value
    _refuse(wrong)
    return values


def _harmless(value: str) -> bool:
    """Whether it is the address of a database, a broker or a proxy, without a password."""
    try:
        return bool(urlsplit(value).scheme) and "://" in value and urlsplit(value).password is None
    except ValueError:
        return False


def whats_wrong(values: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that is wrong, contradicts another, or would have to be asked for."""
    wrong, others = judged(values)
    said = [*wrong.values(), *others]
    lacking = [one.name for one in QUESTIONS if one.is_open(values) and not one.usual and not one.may_lack]
    said += [
        f"{name} is missing: set it in the environment" + ("." if is_secret(name) else f", or say {name}=…")
        for name in lacking
        if not any(name in one for one in said)
    ]
    return said


def answered(values: Mapping[str, str], ask: Ask) -> dict[str, str]:
    """The values with what was answered; what was answered wrongly is asked again, and nothing may be an answer."""
    found = dict(values)
    for question in QUESTIONS:
        while question.is_open(found) and (answer := ask(question).strip() or question.usual):
            found[question.name] = answer
            wrong, _ = judged({question.name: answer})
            if not wrong:
                break
            say(*wrong.values(), err=True, style="red")
            del found[question.name]
    return found


def summarized(name: str, value: str) -> str:
    """A setting as it may be shown: of a secret that it is there, of an address all but its password and query."""
    if not is_secret(name):
        return value
    try:
        parts = urlsplit(value)
        password = parts.password
    except ValueError:
        return HIDDEN
    if "://" not in value:
        return HIDDEN
    netloc = parts.netloc if password is None else f"{parts.netloc.rpartition('@')[0].partition(':')[0]}:{HIDDEN}@"
    netloc += "" if password is None else parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{netloc}{parts.path}" + ("?…" if parts.query else "")


def with_password(address: str, password: str) -> str:
    """An address that names who signs in, with their password."""
    scheme, _, rest = address.partition("://")
    user, _, place = rest.partition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}@{place}"


def own_secrets(values: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The secrets that `init` makes by itself: those that the replaced file had, since addresses hang on them."""
    possible = [name for name in MADE if name != "PROGRESS_SECRETS" or "PUBLIC_URL" in values]
    return {name: before.get(name) or secrets.token_hex(32) for name in possible if name not in values}


def _where_from(outside: Iterable[str], made: Mapping[str, str]) -> Iterator[str]:
    """What stands in the file that nobody was asked for."""
    if names := sorted(outside):
        yield f"From the environment: {', '.join(names)}."
    if made:
        yield f"{' and '.join(made)} nobody has to know: made at random, and explained in the file."


def _asked_for(question: Question) -> str:
    secret = is_secret(question.name) and not question.address
    usual = f" [{question.usual}]" if question.usual else ""
    hidden = " (not shown)" if secret else " (shown: leave its password out)" if question.address else ""
    said = _prompt(f"{question.ask}{hidden}{usual}", secret=secret).strip()
    if question.address and _harmless(said) and urlsplit(said).username:
        password = _prompt("Its password (not shown; Enter where there is none)", secret=True).strip()
        return with_password(said, password) if password else said
    return said


def _prompt(words: str, *, secret: bool) -> str:
    said: str = typer.prompt(words, default="", show_default=False, hide_input=secret, err=True)
    return said


def _refuse(sentences: Iterable[str]) -> None:
    if found := list(sentences):
        fail(*found)
