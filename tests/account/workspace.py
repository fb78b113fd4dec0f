"""One stand-in account, and plan, apply and drift run on it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from config.policy import load_policy
from config.texts import load_texts
from config.zendesk import load_account
from config.zendesk_specs import AccountSpec
from connector.zendesk import AccountIds, BearerToken, ZendeskCredentials
from connector.zendesk.access.channel import Channel
from connector.zendesk.account.app_builds import AppJob
from connector.zendesk.account.setup import AccountFeatures, Definitions, Resource, Setup, Thing
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts
from parley.wiring.sidebar import wanted_sidebar
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.model.part import DesiredAccount
from parley.zendesk.account.planning.desired import desired_account
from parley.zendesk.account.planning.drift import drift_of
from parley.zendesk.account.planning.plan import Plan, Step
from parley.zendesk.account.planning.render import Report, lines
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from sandbox.zendesk.records.account import Account
from tests.account.in_memory import StateInMemory
from tests.in_process import UnservedSandbox
from tests.prepared import prepared_once
from tests.scale import NIGHTLY

PUBLIC_URL = "https://parley.example.com"
KEY = "k" * 32
"""What the sidebar reads cases by."""
MOST_RUNS = 400
EACH_FURTHER = (1,) if NIGHTLY else (2, 3, 1)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Crash(Exception):
    """The process ends here."""


class Crashing:
    """Setup and state in one that end the process at their nth write: just before it, or just after it."""

    def __init__(self, setup: Setup, state: StateInMemory, at: int, *, before: bool) -> None:
        self._setup = setup
        self._state = state
        self._left = at
        self._before = before

    def _write(self, write: Callable[[], Any]) -> Any:
        self._left -= 1
        if self._before and self._left == 0:
            raise Crash
        done = write()
        if not self._before and self._left == 0:
            raise Crash
        return done

    def all(self, resource: Resource) -> tuple[Thing, ...]:
        return self._setup.all(resource)

    def create(self, resource: Resource, payload: Mapping[str, object]) -> Thing:
        made: Thing = self._write(lambda: self._setup.create(resource, payload))
        return made

    def change(self, resource: Resource, thing_id: str, payload: Mapping[str, object]) -> None:
        self._write(lambda: self._setup.change(resource, thing_id, payload))

    def delete(self, resource: Resource, thing_id: str) -> None:
        self._write(lambda: self._setup.delete(resource, thing_id))

    def form_statuses(self, form_id: str) -> frozenset[str]:
        return self._setup.form_statuses(form_id)

    def add_form_statuses(self, form_id: str, status_ids: Sequence[str]) -> None:
        self._write(lambda: self._setup.add_form_statuses(form_id, status_ids))

    def signing_secret(self, webhook_id: str) -> str:
        return self._setup.signing_secret(webhook_id)

    def features(self, statuses: Sequence[Thing] | None) -> AccountFeatures:
        return self._setup.features(statuses)

    def definitions(self, resource: Resource) -> Definitions:
        return self._setup.definitions(resource)

    def tickets_with(self, field_id: str) -> int:
        return self._setup.tickets_with(field_id)

    def own_user(self) -> int:
        return self._setup.own_user()

    def locales(self) -> Mapping[int, str]:
        return self._setup.locales()

    def add_variant(self, item_id: str, variant: Mapping[str, object]) -> None:
        self._write(lambda: self._setup.add_variant(item_id, variant))

    def change_variant(self, item_id: str, variant_id: str, content: str) -> None:
        self._write(lambda: self._setup.change_variant(item_id, variant_id, content))

    def upload_app(self, package: bytes) -> str:
        return self._setup.upload_app(package)  # what nothing uses is nothing written

    def build_app(self, upload_id: str, name: str, app_id: str = "") -> str:
        made: str = self._write(lambda: self._setup.build_app(upload_id, name, app_id))
        return made

    def app_job(self, job_id: str) -> AppJob:
        return self._setup.app_job(job_id)

    def read(self) -> Mapping[str, Any]:
        return copy.deepcopy(self._state.values)

    def save(self, key: str, value: Any) -> None:
        self._write(lambda: self._state.save(key, copy.deepcopy(value)))

    def forget(self, key: str) -> None:
        self._write(lambda: self._state.forget(key))


@cache
def packaged_policy() -> Policy:
    """What is read of the packaged files can't be changed, so that all workspaces share it."""
    return Policy.from_mapping(load_policy(None), holidays=(), texts=Texts.from_mapping(load_texts()))


@cache
def packaged_wishes() -> DesiredAccount:
    sidebar, left_out = wanted_sidebar((KEY,), PUBLIC_URL)
    desired = desired_account(load_account(), packaged_policy(), PUBLIC_URL)
    return replace(desired, sidebar=sidebar, left_out=left_out)


class Workspace:
    """One account, the state it was left in, and what is wanted. `said` holds what was told while it worked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.transport = sandbox.transport if isinstance(sandbox, UnservedSandbox) else None
        self.channel = self.another_channel(BearerToken(self.account.credentials.oauth_token))
        self.setup = Setup(self.channel)
        self.state = StateInMemory()
        self.policy = packaged_policy()
        self.desired = packaged_wishes()
        self.said: list[str] = []

    def another_channel(self, credentials: ZendeskCredentials) -> Channel:
        box = self.sandbox
        return Channel(box.zendesk_url, credentials, now=box.clock, sleep=lambda _: None, transport=self.transport)

    @property
    def account(self) -> Account:
        return self.sandbox.zendesk.account

    @property
    def spec(self) -> AccountSpec:
        return self.desired.spec

    def want(self, **changes: Any) -> None:
        """Change the files: parts of the spec by name."""
        self.desired = replace(self.desired, spec=replace(self.spec, **changes))

    def set_sidebar(self, *secrets: str, address: str = PUBLIC_URL) -> None:
        """Let the deployment have these secrets for its sidebar app."""
        sidebar, left_out = wanted_sidebar(secrets, address)
        self.desired = replace(self.desired, sidebar=sidebar, left_out=left_out)

    def run(self, setup: Any = None, state: Any = None) -> Run:
        return Run(self.desired, setup or self.setup, state or self.state, "the account", progress=self.said.append)

    def plan(self, *, destroy: bool = False) -> Plan:
        return self.run().plan(destroy=destroy)

    def apply(self, *, destroy: bool = False) -> Report:
        run = self.run()
        return run.apply(run.plan(destroy=destroy))

    def begin_set_up(self) -> None:
        """What is wanted was applied before; what is said and called is kept from here."""

        def apply() -> dict[str, Any]:
            self.apply()
            return dict(self.state.values)

        self.state.values.update(prepared_once("the workspace", self.sandbox, apply))
        self.said.clear()
        self.sandbox.calls.clear()

    def done(self, **how: bool) -> list[str]:
        """Each step of a plan but those that do nothing, as "change trigger ticket_changed"."""
        return [
            f"{step.action} {step.kind} {step.key}" for step in self.plan(**how).steps if step.action != "nothing"
        ]

    def step(self, kind: str, key: str) -> Step:
        (found,) = [step for step in self.plan().steps if step.part_key == (kind, key)]
        return found

    def drift(self) -> tuple[str, ...]:
        return drift_of(self.plan()).findings

    def told(self) -> str:
        return "\n".join(lines(self.plan(), verbose=True))

    def writes(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.sandbox.calls if call.method != "GET"]

    @property
    def ids(self) -> AccountIds:
        return AccountIds.from_json(self.state.values["ids"])

    def id(self, kind: str, key: str) -> Any:
        found = self.state.values[f"made:{kind}:{key}"]["id"]
        return found if kind == "webhook" else int(found)

    def rows(self, kind: str) -> dict[Any, dict[str, Any]]:
        """What the stand-in holds of a kind, by id."""
        account = self.account
        held: dict[str, dict[Any, dict[str, Any]]] = {
            "group": account.groups,
            "status": account.statuses,
            "field": account.fields,
            "form": account.forms,
            "dynamic_content": account.dynamic_content,
            "macro": account.macros,
            "webhook": account.webhooks,
            "category": account.trigger_categories,
            "trigger": account.triggers,
            "automation": account.automations,
            "view": account.views,
            "app": account.own_apps.apps,
            "app_installation": account.own_apps.installations,
        }  # type: ignore[dict-item]
        return held[kind]

    def row(self, kind: str, key: str) -> dict[str, Any]:
        return self.rows(kind)[self.id(kind, key)]

    def names(self, kind: str) -> list[str]:
        """Those that there are, besides the macros, automations and views that each account has."""
        rules = ("macro", "automation", "view")
        return sorted(
            one.name
            for one in self.setup.all(KINDS[kind].resource)
            if kind not in rules or not one.details.get("default")
        )

    def everything(self) -> dict[str, list[str]]:
        return {kind: self.names(kind) for kind in KINDS}


@contextmanager
def a_workspace() -> Iterator[Workspace]:
    with UnservedSandbox(MovableClock(NOON)) as sandbox:
        made = Workspace(sandbox)
        yield made
        made.channel.close()
        assert sandbox.unexpected == []


def crashed_on_and_on(workspace: Workspace, *, before: bool) -> int:
    """One account is crashed over and over: each run gets one write further; in a commit's tests one to three.

    How many writes it took.
    """
    written = 0
    for runs in range(MOST_RUNS):
        further = EACH_FURTHER[runs % len(EACH_FURTHER)]
        written += further
        crashing = Crashing(workspace.setup, workspace.state, further + before, before=before)
        try:
            workspace.run(crashing, crashing).apply()
        except Crash:
            continue
        return written
    raise AssertionError("It never came to an end.")
