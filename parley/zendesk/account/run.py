"""Plan and apply on one account: reads, compares, checks, does, and reads everything back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from connector.zendesk.account.setup import Definitions, Judged
from parley.zendesk.account.apply import Applier, with_losses
from parley.zendesk.account.checks import doubts, kinds_to_check, refusals
from parley.zendesk.account.company import company, taken_tags
from parley.zendesk.account.desired import Wanted
from parley.zendesk.account.lesser import NO_FORM, lesser_of, notes
from parley.zendesk.account.live import AccountError, Live, Setup, read_account
from parley.zendesk.account.memory import Memory, Remembered
from parley.zendesk.account.patience import Patient
from parley.zendesk.account.plan import Known, Plan, make_plan
from parley.zendesk.account.words import Report, report_of, sentence
from parley.zendesk.state.accounts import SECRETS

Progress = Callable[[str], object]


def _quiet(_: object) -> None:
    return


@dataclass(frozen=True, slots=True)
class Run:
    """What is wanted of an account, the way to it, and the memory of what was made. `account` is its address.

    `sleep` waits so many seconds. `secrets`: the signing secrets that hold, where `by_hand` by a setting; None for
    those of the memory.
    """

    wanted: Wanted
    setup: Setup
    memory: Memory
    account: str = ""
    secrets: Callable[[], tuple[str, ...]] | None = None
    by_hand: bool = False
    progress: Progress = _quiet
    sleep: Callable[[float], object] = _quiet

    def telling(self, progress: Progress) -> Run:
        """The same, telling somebody else how it goes."""
        setup = self.setup.telling(progress) if isinstance(self.setup, Patient) else self.setup
        return replace(self, setup=setup, progress=progress)

    def plan(self, *, destroy: bool = False) -> Plan:
        """Read and compare; nothing is written. Raises AccountError and the connector's errors."""
        if not self.wanted.public_url.startswith(("https://", "http://")):
            raise AccountError(
                "PUBLIC_URL is not set: Zendesk's webhooks need an address, e.g. https://parley.example.com."
            )
        live = self._read()
        plan = self._compared(live, destroy)
        definitions: dict[Judged, Definitions] = {
            kind: live.triggers if kind == "trigger" else self.setup.definitions(kind)
            for kind in kinds_to_check(plan)
        }
        problems = (*plan.problems, *refusals(plan, definitions))
        told = (*notes(self.wanted.spec, live.features, plan.lesser), *plan.notes)
        taken, beside = taken_tags(plan), (*doubts(plan, definitions), *company(plan))
        plan = replace(plan, problems=(*problems, *taken), notes=told, warnings=(*plan.warnings, *beside))
        return with_losses(plan, self.setup)

    def _read(self) -> Live:
        made = Remembered(self.memory, self.account).made()
        return read_account(self.setup, self.wanted, made, self.progress)

    def _compared(self, live: Live, destroy: bool) -> Plan:
        remembered = Remembered(self.memory, self.account)
        made, stored = remembered.made(), remembered.values.get(SECRETS)
        secrets = self.secrets() if self.secrets else stored.values() if isinstance(stored, dict) else ()
        known = Known(made, remembered.begun(), frozenset(secrets), self.by_hand)
        shared = live.shared_form(self.wanted.spec.form.name, made)
        if shared == "":
            return Plan((), (NO_FORM,), (), {}, live=live)
        lesser = lesser_of(self.wanted.spec, live.features, shared or "")
        parts = self.wanted.parts(live.things["field"], live.triggers.conditions.values(), lesser)
        return make_plan(parts, live, known, lesser, destroy=destroy)

    def apply(self, plan: Plan | None = None) -> Report:
        """Do what a plan says, and read everything back. May be run again after any crash.

        Raises AccountError for what a person has to settle first, and the connector's errors.
        """
        plan = plan or self.plan()
        if plan.problems:
            raise AccountError("\n".join(plan.problems))
        Applier(self.setup, plan, Remembered(self.memory, self.account), self.progress, self.sleep).run()
        if not plan.changes:
            return report_of(plan)
        left = self._compared(self._read(), destroy=False)
        warnings = [f"Zendesk did not keep it so: {sentence(step)}" for step in left.changes]
        return report_of(plan, [*left.problems, *warnings])
