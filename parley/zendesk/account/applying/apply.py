"""Does what a plan says, one call after the other, and remembers each as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.errors import Misconfigured, Permanent, Unclear
from connector.retry import ACCOUNT_CHANGES, Retry
from connector.zendesk import AccountIds
from connector.zendesk.account.setup import Thing
from parley.zendesk.account.applying.app_builds import AppBuilder, StillBuilding
from parley.zendesk.account.applying.entries import AccountState
from parley.zendesk.account.kinds import KINDS, STATUS, AccountKind
from parley.zendesk.account.model.comparison import Properties
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.model.refs import ONE, SHARED, PartIds, PartKey, refs_in, resolved
from parley.zendesk.account.planning.actual import ActualAccount
from parley.zendesk.account.planning.known_state import StateEntry
from parley.zendesk.account.planning.plan import Edit, Plan, Step, desired_properties
from parley.zendesk.state.accounts import IDS, SECRETS

TRIES: Final = 5


class AccountError(Exception):
    """What a person has to settle in the account first, in plain words."""


class ChangeRefused(AccountError):
    """Zendesk refuses a change; of what was to be created nothing is in doubt."""


class Applier:
    """One run over a plan. `progress` gets what is being done in plain words, before each call; `sleep` waits so
    many seconds between the tries of a write of unknown outcome. `refused`: what Zendesk let us not do of what the
    desk can do without, in sentences, and `not_done` the parts."""

    def __init__(
        self,
        calls: AccountPort,
        plan: Plan,
        state: AccountState,
        progress: Callable[[str], object],
        sleep: Callable[[float], object],
    ) -> None:
        if plan.account is None:
            raise ValueError("A plan is applied to the account that it was made for.")
        self._calls = calls
        self._plan = plan
        self._account: ActualAccount = plan.account
        self._state = state
        self._progress = progress
        self._sleep = sleep
        self._ids: dict[PartKey, str] = dict(plan.ids)
        self._secrets = dict(plan.account.secrets)
        self._apps = AppBuilder(calls, state, sleep)
        self.refused: list[str] = []
        self.not_done: set[PartKey] = set()
        self._in_doubt: set[PartKey] = set()

    def run(self) -> None:
        """Do every step. Raises AccountError and the connector's errors; the next run goes on where it ended."""
        for part_key in self._plan.stale:
            self._state.drop(part_key)
        created = [step.part_key for step in self._plan.steps if step.action == "create"]
        if created:
            self._state.begin(created, {step.part_key: _never_shown(step, self._ids) for step in self._plan.steps})
        try:
            self._do_all()
        except ChangeRefused:
            # Each part that this run made is remembered, and no other is in doubt: what somebody makes by one of
            # these names from now on is theirs.
            self._state.not_begun(created)
            raise
        if self._in_doubt:
            self._state.not_begun(self._state.begun() - self._in_doubt)
        else:
            self._state.end()

    def _do_all(self) -> None:
        before = [step for step in self._plan.steps if not KINDS[step.kind].by_ids]
        after = [step for step in self._plan.steps if KINDS[step.kind].by_ids]
        for step in self._wanted(before):
            self._do(step)
        self._save_secrets()
        self._save_ids()  # before the triggers, since what they send is understood by these ids only
        for step in self._wanted(after):
            self._try(step) if KINDS[step.kind].optional else self._do(step)
        self._save_ids()
        for step in self._plan.steps:
            if step.action in ("deactivate", "delete"):
                self._take_away(step)

    def _try(self, step: Step) -> None:
        """Do what the desk can do without; a refusal is told."""
        if any(ref.part_key in self.not_done for ref in refs_in(step.part.body)):
            self.not_done.add(step.part_key)
            return
        try:
            self._do(step)
        except (ChangeRefused, StillBuilding) as refusal:
            self.refused.append(f"{refusal} Everything else is done.")
            self.not_done.add(step.part_key)
            if isinstance(refusal, StillBuilding) and step.action == "create":
                self._in_doubt.add(step.part_key)

    @staticmethod
    def _wanted(steps: list[Step]) -> list[Step]:
        return [step for step in steps if step.action not in ("deactivate", "delete", "learn")]

    def _do(self, step: Step) -> None:
        kind = KINDS[step.kind]
        if step.action == "create":
            self._progress(f"creating: {kind.noun} {step.name}")
            created = self._build(step) if kind.built else self._create(step, kind)
            self._ids[step.part_key] = kind.reference_to(created)
            if kind.signs:
                self._secrets[created.id] = self._calls.signing_secret(created.id)
            self._keep(step, created.id)
        elif step.changed:
            self._progress(f"changing: {kind.noun} {step.name}")
            if kind.built:
                self._build(step)
            else:
                self._change(step, kind)
            self._keep(step, step.id)
        elif step.action in ("adopt", "keep", "nothing"):
            self._keep(step, step.id)

    def _create(self, step: Step, kind: AccountKind) -> Thing:
        """Create once: where it is not known whether it was, look for it before trying again."""
        payload = resolved(step.part.body, self._ids)
        for attempt in range(TRIES):
            try:
                return self._calls.create(kind.resource, payload)
            except Unclear as unclear:
                reason = unclear.reason
                self._sleep(2.0**attempt)
                there = [thing for thing in self._calls.all(kind.resource) if thing.name == step.name]
                found = [thing for thing in there if kind.same(thing.details, payload)]
                if found:
                    return found[0]
            except (Permanent, Misconfigured) as refusal:
                said = _refused("create", step, refusal)
                raise (AccountError(str(said)) if attempt else said) from refusal  # an earlier try is in doubt
        raise AccountError(
            f"It is not clear whether the {kind.noun} “{step.name}” was created ({reason}) "
            "It is not there now; run this again."
        )

    def _build(self, step: Step) -> Thing:
        """Let it be built of its package, a new one unless it is there."""
        body = resolved(step.part.body, self._ids)
        try:
            if step.id:
                made = self._apps.change(step.id, step.name, body)
            else:
                made = self._apps.make(step.part_key, step.name, body)
        except (Permanent, Misconfigured) as refusal:
            raise _refused("change" if step.id else "create", step, refusal) from refusal
        except Unclear as unclear:
            raise StillBuilding(
                f"It is not clear whether the {KINDS[step.kind].noun} “{step.name}” was built ({unclear.reason}) "
                "Run this again in some minutes."
            ) from unclear
        return Thing(step.kind, made, step.name, {})

    def _change(self, step: Step, kind: AccountKind) -> None:
        assert step.actual is not None  # noqa: S101 -- only what is there is changed
        names = self._names(step.changed, step)
        there, body = step.actual.details, resolved(step.part.body, self._ids)
        payload = kind.change_of(body, there, names)
        apart = kind.apart
        try:
            if payload:
                self._settled(lambda: self._calls.change(kind.resource, step.id, payload))
            if apart is not None and (own := apart.names(names)):
                compared = {**body, **resolved(step.part.compared, self._ids)}
                for call in apart.calls(self._calls, step.id, own, compared, there):
                    self._settled(call)
        except (Permanent, Misconfigured) as refusal:
            raise _refused("change", step, refusal) from refusal

    def _names(self, edits: tuple[Edit, ...], step: Step) -> list[str]:
        """The properties that are sent, by the names that they have now that every id is known."""
        known = desired_properties(step.part, self._ids)
        old = dict(zip(desired_properties(step.part, self._plan.ids), known, strict=True))
        return [old.get(edit.name, edit.name) for edit in edits]

    def _settled(self, call: Callable[[], object]) -> None:
        """A change that is done twice does no harm, so a change of unknown outcome is done again."""
        Retry(ACCOUNT_CHANGES, self._sleep)(call)

    def _keep(self, step: Step, part_id: str) -> None:
        kept = {edit.name for edit in step.edits if edit.kept}
        last = self._plan.entries.get(step.part_key)
        was = last.properties if last is not None and last.id == part_id else {}
        if step.part.unsure:
            now = KINDS[step.kind].properties(step.actual.details) if step.actual else {}
        else:
            now = desired_properties(step.part, self._ids)
        left = {name: value for name, value in now.items() if name not in kept}
        left |= {name: was[name] for name in kept if name in was}
        self._state.keep(step.part_key, StateEntry(part_id, step.part.name, left, step.ours))
        if KINDS[step.kind].built:
            self._state.end_build()

    def _take_away(self, step: Step) -> None:
        kind = KINDS[step.kind]
        if step.action == "deactivate":
            self._progress(f"switching off: {kind.noun} {step.name}")
            off = kind.switched_off(step.actual.details if step.actual else {})
            try:
                self._settled(lambda: self._calls.change(kind.resource, step.id, off))
            except (Permanent, Misconfigured) as refusal:
                raise _refused("switch off", step, refusal) from refusal
            return
        self._progress(f"deleting: {kind.noun} {step.name}")
        try:
            self._settled(lambda: self._calls.delete(kind.resource, step.id))
        except (Permanent, Misconfigured) as refusal:
            if not isinstance(refusal, Permanent) or refusal.code != "gone":
                raise _refused("delete", step, refusal) from refusal
        self._state.drop(step.part_key)

    def _save_secrets(self) -> None:
        ours = {key: found for (kind, key), found in self._ids.items() if KINDS[kind].signs}
        secrets = {key: self._secrets[found] for key, found in ours.items() if found in self._secrets}
        known = self._state.values.get(SECRETS)
        stored = set(known.values()) if isinstance(known, dict) else set()
        if not set(secrets.values()) <= stored:
            self._state.save(SECRETS, secrets)

    def _save_ids(self) -> None:
        statuses = {
            **{one.id: str(one.details.get("status_category")) for one in self._account.things[STATUS.kind]},
            **{
                self._ids[step.part_key]: str(step.part.body["status_category"])
                for step in self._plan.steps
                if step.kind == STATUS.kind and step.desired is not None
            },
        }
        ids = AccountIds(
            form=int(self._ids.get(("form", SHARED if self._plan.missing.shared_form else ONE), 0)),
            fields=self._numbers("field"),
            statuses=self._numbers("status"),
            macros=self._numbers("macro"),
            triggers=self._numbers("trigger"),
            category=self._ids.get(("category", ONE), ""),
            webhooks={key: found for (kind, key), found in self._ids.items() if kind == "webhook"},
            user_id=self._account.user,
            agents_group=int(self._ids.get(("group", ONE), 0)) or None,
            categories=statuses,
            plain=self._plan.missing.plain,
            told_by=self._plan.missing.told_by,
        )
        self._state.save(IDS, ids.to_json())

    def _numbers(self, kind: str) -> dict[str, int]:
        return {key: int(found) for (one, key), found in self._ids.items() if one == kind}


def _never_shown(step: Step, ids: PartIds) -> Properties:
    """What a part is given that the account never shows."""
    hidden = KINDS[step.kind].unreadable
    if step.action != "create" or not hidden:
        return {}
    return {name: value for name, value in desired_properties(step.part, ids).items() if name in hidden}


def _refused(verb: str, step: Step, refusal: Permanent | Misconfigured) -> ChangeRefused:
    noun = KINDS[step.kind].noun
    return ChangeRefused(f"Zendesk does not let us {verb} the {noun} “{step.name}”. {refusal.reason}")


def with_losses(plan: Plan, calls: AccountPort) -> Plan:
    """The plan, with the number of tickets that lose a value by each part that it deletes."""
    steps = tuple(
        replace(step, tickets=calls.tickets_with(step.id))
        if step.action == "delete" and KINDS[step.kind].holds_values
        else step
        for step in plan.steps
    )
    return replace(plan, steps=steps)
