"""Does what a plan says, one call after the other, and remembers each as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from connector.errors import Misconfigured, Permanent, Unclear
from connector.zendesk import AccountIds
from connector.zendesk.account.setup import Thing
from parley.zendesk.account.changes import change_of, switched_off
from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.live import AccountError, Live, Setup
from parley.zendesk.account.memory import Made, Remembered, What
from parley.zendesk.account.payloads import ONE, SHARED
from parley.zendesk.account.plan import Edit, Plan, Step, wanted_properties
from parley.zendesk.account.properties import properties
from parley.zendesk.account.refs import resolved
from parley.zendesk.state.accounts import IDS, SECRETS

TRIES: Final = 5
LAST: Final = frozenset({"trigger", "automation", "view"})


class Refused(AccountError):
    """Zendesk refuses a change; of what was to be created nothing is in doubt."""


class Applier:
    """One run over a plan. `progress` gets what is being done in plain words, before each call; `sleep` waits so
    many seconds between the tries of a write of unknown outcome."""

    def __init__(
        self,
        setup: Setup,
        plan: Plan,
        remembered: Remembered,
        progress: Callable[[str], object],
        sleep: Callable[[float], object],
    ) -> None:
        if plan.live is None:
            raise ValueError("A plan is applied to the account that it was made for.")
        self._setup = setup
        self._plan = plan
        self._live: Live = plan.live
        self._remembered = remembered
        self._progress = progress
        self._sleep = sleep
        self._ids: dict[What, str] = dict(plan.ids)
        self._secrets = dict(plan.live.secrets)

    def run(self) -> None:
        """Do every step. Raises AccountError and the connector's errors; the next run goes on where it ended."""
        for what in self._plan.stale:
            self._remembered.drop(what)
        created = [step.what for step in self._plan.steps if step.does == "create"]
        if created:
            self._remembered.begin(created)
        try:
            self._do_all()
        except Refused:
            # Each part that this run made is remembered, and no other is in doubt: what somebody makes by one of
            # these names from now on is theirs.
            self._remembered.not_begun(created)
            raise
        self._remembered.end()

    def _do_all(self) -> None:
        before = [step for step in self._plan.steps if step.kind not in LAST]
        after = [step for step in self._plan.steps if step.kind in LAST]
        for step in self._wanted(before):
            self._do(step)
        self._save_secrets()
        self._save_ids()  # before the triggers, since what they send is understood by these ids only
        for step in self._wanted(after):
            self._do(step)
        self._save_ids()
        for step in self._plan.steps:
            if step.does in ("deactivate", "delete"):
                self._take_away(step)

    @staticmethod
    def _wanted(steps: list[Step]) -> list[Step]:
        return [step for step in steps if step.does not in ("deactivate", "delete", "learn")]

    def _do(self, step: Step) -> None:
        noun = KINDS[step.kind].noun
        if step.does == "create":
            self._progress(f"creating: {noun} {step.name}")
            thing = self._create(step)
            self._ids[step.what] = thing.id
            if step.kind == "webhook":
                self._secrets[thing.id] = self._setup.signing_secret(thing.id)
            self._keep(step, thing.id)
        elif step.changed:
            self._progress(f"changing: {noun} {step.name}")
            self._change(step)
            self._keep(step, step.id)
        elif step.does in ("adopt", "keep", "nothing"):
            self._keep(step, step.id)

    def _create(self, step: Step) -> Thing:
        """Create once: where it is not known whether it was, look for it before trying again."""
        payload = resolved(step.wanted.body, self._ids)
        noun = KINDS[step.kind].noun
        for attempt in range(TRIES):
            try:
                return self._setup.create(step.kind, payload)
            except Unclear as unclear:
                reason = unclear.reason
                self._sleep(2.0**attempt)
                found = [one for one in self._setup.all(step.kind) if one.name == step.name]
                if found:
                    return found[0]
            except (Permanent, Misconfigured) as refusal:
                said = _refused("create", step, refusal)
                raise (AccountError(str(said)) if attempt else said) from refusal  # an earlier try is in doubt
        raise AccountError(
            f"It is not clear whether the {noun} “{step.name}” was created ({reason}) "
            "It is not there now; run this again."
        )

    def _change(self, step: Step) -> None:
        assert step.thing is not None  # noqa: S101 -- only what is there is changed
        names = self._names(step.changed, step)
        statuses = [name.removeprefix("status ") for name in names if name.startswith("status ")]
        body = resolved(step.wanted.body, self._ids)
        payload = change_of(step.kind, body, step.thing.details, names)
        try:
            if payload:
                self._settled(lambda: self._setup.change(step.kind, step.id, payload))
            if statuses and step.kind == "form":
                self._settled(lambda: self._setup.add_form_statuses(step.id, statuses))
        except (Permanent, Misconfigured) as refusal:
            raise _refused("change", step, refusal) from refusal

    def _names(self, edits: tuple[Edit, ...], step: Step) -> list[str]:
        """The properties that are sent, by the names that they have now that every id is known."""
        known = wanted_properties(step.wanted, self._ids)
        old = dict(zip(wanted_properties(step.wanted, self._plan.ids), known, strict=True))
        return [old.get(edit.name, edit.name) for edit in edits]

    def _settled(self, call: Callable[[], object]) -> None:
        """Doing a change twice does no harm, so one of unknown outcome is done again."""
        for attempt in range(TRIES):
            try:
                call()
                return
            except Unclear:
                if attempt == TRIES - 1:
                    raise
                self._sleep(2.0**attempt)

    def _keep(self, step: Step, thing_id: str) -> None:
        kept = {edit.name for edit in step.edits if edit.kept}
        last = self._plan.made.get(step.what)
        was: Any = last.properties if last is not None and last.id == thing_id else {}
        if step.wanted.unsure:
            now = properties(step.kind, step.thing.details) if step.thing else {}
        else:
            now = wanted_properties(step.wanted, self._ids)
        told = {name: value for name, value in now.items() if name not in kept}
        told |= {name: was[name] for name in kept if name in was}
        self._remembered.keep(step.what, Made(thing_id, step.wanted.name, told, step.ours))

    def _take_away(self, step: Step) -> None:
        rules = KINDS[step.kind]
        if step.does == "deactivate":
            self._progress(f"switching off: {rules.noun} {step.name}")
            there = step.thing.details if step.thing else {}
            off = switched_off(step.kind, there, rules.off or {})
            try:
                self._settled(lambda: self._setup.change(step.kind, step.id, off))
            except (Permanent, Misconfigured) as refusal:
                raise _refused("switch off", step, refusal) from refusal
            return
        self._progress(f"deleting: {rules.noun} {step.name}")
        try:
            self._settled(lambda: self._setup.delete(step.kind, step.id))
        except (Permanent, Misconfigured) as refusal:
            if not isinstance(refusal, Permanent) or refusal.code != "gone":
                raise _refused("delete", step, refusal) from refusal
        self._remembered.drop(step.what)

    def _save_secrets(self) -> None:
        ours = {key: found for (kind, key), found in self._ids.items() if kind == "webhook"}
        secrets = {key: self._secrets[found] for key, found in ours.items() if found in self._secrets}
        known = self._remembered.values.get(SECRETS)
        stored = set(known.values()) if isinstance(known, dict) else set()
        if not set(secrets.values()) <= stored:
            self._remembered.save(SECRETS, secrets)

    def _save_ids(self) -> None:
        statuses = {
            **{one.id: str(one.details.get("status_category")) for one in self._live.things["status"]},
            **{
                self._ids[step.what]: str(step.wanted.body["status_category"])
                for step in self._plan.steps
                if step.kind == "status" and step.wanted is not None
            },
        }
        ids = AccountIds(
            form=int(self._ids.get(("form", SHARED if self._plan.lesser.shared_form else ONE), 0)),
            fields=self._numbers("field"),
            statuses=self._numbers("status"),
            macros=self._numbers("macro"),
            triggers=self._numbers("trigger"),
            category=self._ids.get(("category", ONE), ""),
            webhooks={key: found for (kind, key), found in self._ids.items() if kind == "webhook"},
            user_id=self._live.user,
            categories=statuses,
            plain=self._plan.lesser.plain,
            told_by=self._plan.lesser.told_by,
        )
        self._remembered.save(IDS, ids.to_json())

    def _numbers(self, kind: str) -> dict[str, int]:
        return {key: int(found) for (one, key), found in self._ids.items() if one == kind}


def _refused(verb: str, step: Step, refusal: Permanent | Misconfigured) -> Refused:
    noun = KINDS[step.kind].noun
    return Refused(f"Zendesk does not let us {verb} the {noun} “{step.name}”. {refusal.reason}")


def with_losses(plan: Plan, setup: Setup) -> Plan:
    """The plan, with the number of tickets that lose a value by each field that it deletes."""
    steps = tuple(
        replace(step, tickets=setup.tickets_with(step.id))
        if step.does == "delete" and step.kind == "field"
        else step
        for step in plan.steps
    )
    return replace(plan, steps=steps)
