"""Looking at the account for `parley doctor`: is everything there, and what do its own rules do to us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from config.texts import load_banned
from config.zendesk import AccountSpec, load_account
from connector.zendesk import AccountIds
from connector.zendesk.setup import Setup, Thing
from escalation.texts import banned_in
from parley.house import House
from parley.rule_checks import rule_lines

Line = tuple[str, Literal["ok", "warning", "problem"], str]
APPLY = "run `parley zendesk apply`."
PLURALS = {"form": "form", "field": "fields", "status": "statuses", "macro": "macros", "trigger": "triggers"}


def inspect_account(parts: House, public_url: str | None) -> Iterator[Line]:
    """Say what is missing, switched off or edited into something odd. Raises the connector's errors."""
    spec, setup = load_account(), Setup(parts.zendesk.channel)
    yield from _missing(spec, setup, parts.account.ids())
    yield from _webhooks(spec, setup, public_url)
    yield from _macros(spec, setup)
    yield from rule_lines(parts)


def _missing(spec: AccountSpec, setup: Setup, ids: AccountIds) -> Iterator[Line]:
    plain = ids.plain
    wanted = {
        "form": [] if ids.told_by else [spec.form.name],
        "field": [field.title for field in spec.fields],
        "status": [status.agent_label for status in spec.statuses if status.key not in plain],
        "macro": [macro.name for macro in spec.macros],
        "trigger": [trigger.title for trigger in spec.triggers if trigger.discovered is None],
    }
    if plain:
        said = f"Zendesk's own stand for {len(plain)} of ours; `parley zendesk plan` says why."
        yield "Zendesk statuses", "ok", said
    for kind, names in wanted.items():
        if not names:
            continue
        there = {thing.name: thing for thing in setup.all(kind)}  # type: ignore[arg-type]
        lacking = [name for name in names if name not in there]
        off = [name for name in names if name in there and not there[name].active]
        about = f"Zendesk {PLURALS[kind]}"
        if lacking:
            yield about, "problem", f"missing: {', '.join(lacking)}; {APPLY}"
        if off:
            yield about, "problem", f"switched off: {', '.join(off)}; switch them on in Zendesk."
        if not lacking and not off:
            yield about, "ok", "it is there." if len(names) == 1 else f"all {len(names)} are there."


def _webhooks(spec: AccountSpec, setup: Setup, public_url: str | None) -> Iterator[Line]:
    there = {thing.name: thing for thing in setup.all("webhook")}
    for webhook in spec.webhooks:
        found = there.get(webhook.name)
        what = f"webhook {webhook.name}"
        if found is None:
            yield what, "problem", f"is missing; {APPLY}"
        elif not found.active:
            yield what, "problem", "is switched off; switch it on in the Admin Center."
        elif public_url and not str(found.details.get("endpoint", "")).startswith(public_url.rstrip("/")):
            yield what, "problem", f"sends to {found.details.get('endpoint')}, not to PUBLIC_URL."
        else:
            yield what, "ok", "is on."


def _macros(spec: AccountSpec, setup: Setup) -> Iterator[Line]:
    names, banned = {macro.name for macro in spec.macros}, load_banned()
    for thing in setup.all("macro"):
        found = banned_in(_comment(thing), banned) if thing.name in names else []
        if found:
            said = f"says {', '.join(found)}. It is sent as it stands; the words are the team's to choose."
            yield f"macro {thing.name}", "warning", said


def _comment(macro: Thing) -> str:
    actions = macro.details.get("actions")
    texts = (
        str(action.get("value", ""))
        for action in (actions if isinstance(actions, list) else ())
        if isinstance(action, dict) and str(action.get("field", "")).startswith("comment_value")
    )
    return " ".join(texts)
