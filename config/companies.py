"""The client companies of a deployment that serves several: one table a company in WORKMARKET_COMPANIES_FILE."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, DotEnvSettingsSource

from config.packaged import ConfigError, from_file

NAMED = "WORKMARKET_COMPANIES_FILE"
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SECRETS = ("token", "secret", "webhook_token")
REQUIRED = ("token", "secret")
OWN_CALLS = range(10, 1_000_001)
SOURCES = {f"{secret}_{source}" for secret in SECRETS for source in ("env", "file")}
KNOWN = {"name", "calls_per_minute", "policy", *SOURCES}
MAY_DIFFER: Mapping[str, frozenset[str] | None] = {
    "language": None,
    "business_time": frozenset({"zone", "country", "subdivision", "own_holidays", "worked_holidays"}),
    "people": frozenset({"project_managers", "account_managers", "client_names", "client_names_by_project"}),
}
"""What the policy may say differently for a company: a key by itself, or these keys of a table."""


@dataclass(frozen=True, slots=True)
class Company:
    """A client company: `key` is its table's name, `name` what people call it. Secrets are not shown.

    `calls_per_minute` is None where it has the deployment's; `policy` holds what the policy says differently.
    """

    key: str
    name: str
    token: SecretStr
    secret: SecretStr
    webhook_token: SecretStr | None = None
    calls_per_minute: int | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)


class CompaniesError(Exception):
    """The companies can't be used; `problems` names company, key and what to do in a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def load_companies(path: Path, environment: Mapping[str, str]) -> tuple[Company, ...]:
    """Read the companies of a file. Its secrets stand in variables of the `environment` or in files of their own,
    whose paths count from the file's folder. Raises CompaniesError."""
    try:
        tables = from_file(path)
    except ConfigError as error:
        raise CompaniesError([f"{NAMED} can't be used: {error}"]) from None
    if not tables:
        raise CompaniesError([f"{NAMED} names no company: add a table such as [acme] to {path}."])
    problems: list[str] = []
    found = [_company(key, table, _Source(path.parent, environment), problems) for key, table in tables.items()]
    companies = tuple(company for company in found if company is not None)
    problems += [*_twice(companies)]
    if problems:
        raise CompaniesError(problems)
    return companies


def environment_with(env_file: Path | None) -> dict[str, str]:
    """The variables that a file of companies may name: the environment's, and beneath them those of `.env`."""
    beneath = DotEnvSettingsSource(BaseSettings, env_file=env_file, case_sensitive=True).env_vars
    return {**{name: value for name, value in beneath.items() if value}, **os.environ}


@dataclass(frozen=True, slots=True)
class _Source:
    folder: Path
    environment: Mapping[str, str]

    def read(self, kind: str, where: str) -> str:
        """What a variable or a file holds, stripped. Raises ValueError with the end of a sentence."""
        if kind == "env":
            if not (value := self.environment.get(where, "").strip()):
                raise ValueError(f"names the variable {where}, which is not set: set it.")
            return value
        try:
            value = (self.folder / where).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"names the file {where}, which can't be read ({type(error).__name__}).") from None
        if not value:
            raise ValueError(f"names the file {where}, which is empty.")
        return value


def _company(key: str, table: Any, source: _Source, problems: list[str]) -> Company | None:
    """The company of a table; None, and what is wrong added to the problems, where it can't be one."""
    who = f"{NAMED}, company {key}:"
    if not KEY.fullmatch(key):
        problems.append(f"{who} the name of a table is lower-case letters, digits, - and _, at most 40.")
        return None
    if not isinstance(table, Mapping):
        problems.append(f"{NAMED}: {key} stands outside every table; begin a company with a line such as [acme].")
        return None
    wrong = [f"{who} {said}" for said in (*_unknown(table), *_odd(table), *_policy(table.get("policy", {})))]
    secrets: dict[str, SecretStr] = {}
    for name in SECRETS:
        try:
            if (value := _secret(name, table, source.read)) is not None:
                secrets[name] = SecretStr(value)
        except ValueError as error:
            wrong.append(f"{who} {error}")
    problems += wrong
    if wrong:
        return None
    name, calls = table.get("name", key), table.get("calls_per_minute")
    return Company(key, name.strip(), **secrets, calls_per_minute=calls, policy=table.get("policy", {}))


def _secret(name: str, table: Mapping[str, Any], read: Callable[[str, str], str]) -> str | None:
    given = [source for source in ("env", "file") if f"{name}_{source}" in table]
    if len(given) > 1:
        raise ValueError(f"{name}_env and {name}_file are set together: keep one.")
    if not given:
        if name in REQUIRED:
            raise ValueError(f"{name} is missing: set {name}_env or {name}_file.")
        return None
    key, where = f"{name}_{given[0]}", table[f"{name}_{given[0]}"]
    if not isinstance(where, str) or not where.strip():
        raise ValueError(f"{key} must be a name in quotes.")
    try:
        return read(given[0], where.strip())
    except ValueError as error:
        raise ValueError(f"{key} {error}") from None


def _unknown(table: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(table) - KNOWN):
        if key in SECRETS:
            yield f"{key} stands in the file itself: name it by {key}_env or {key}_file."
        else:
            yield f"{key} is not known; there are {', '.join(sorted(KNOWN))}."


def _odd(table: Mapping[str, Any]) -> Iterator[str]:
    name, calls = table.get("name", "a"), table.get("calls_per_minute", OWN_CALLS[0])
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 100:
        yield "name must be a text in quotes, at most 100 characters."
    if isinstance(calls, bool) or not isinstance(calls, int) or calls not in OWN_CALLS:
        yield f"calls_per_minute must be a whole number from {OWN_CALLS[0]} to {OWN_CALLS[-1]}."


def _policy(policy: Any) -> Iterator[str]:
    """What stands in a company's policy that may not differ. Values are judged with the rest of the policy."""
    if not isinstance(policy, Mapping):
        yield "policy must be a table."
        return
    for table, keys in policy.items():
        if table not in MAY_DIFFER:
            yield f"policy.{table} may not differ by company; these may: {', '.join(MAY_DIFFER)}."
        elif (allowed := MAY_DIFFER[table]) is not None and isinstance(keys, Mapping):
            for key in sorted(set(keys) - allowed):
                yield f"policy.{table}.{key} may not differ by company; these may: {', '.join(sorted(allowed))}."


def _twice(companies: tuple[Company, ...]) -> Iterator[str]:
    """What two companies have in common and may not: how they are called, and what tells them apart."""
    known: dict[tuple[str, str], str] = {}
    for company in companies:
        called = {company.key.casefold(), company.name.casefold()}
        marks = [("name", one, "name: agents could not tell them apart.") for one in sorted(called)]
        marks.append(("token", company.token.get_secret_value(), "token: give each its own."))
        if company.webhook_token is not None:
            told = "webhook_token: it tells which company a webhook is of, so give each its own."
            marks.append(("webhook", company.webhook_token.get_secret_value(), told))
        for kind, value, said in marks:
            other = known.setdefault((kind, value), company.key)
            if other != company.key:
                yield f"{NAMED}, company {company.key}: it has the same {said.replace(':', f' as {other}:', 1)}"


def names_of(companies: Iterable[Company]) -> dict[str, str]:
    """What people call client companies, by key."""
    return {one.key: one.name for one in companies}
