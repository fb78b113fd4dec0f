"""Plan and apply on one account: reads, compares, checks, does, and reads everything back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from parley.zendesk.account.applying.account_reading import read_actual
from parley.zendesk.account.applying.apply import AccountError, Applier, with_losses
from parley.zendesk.account.applying.entries import AccountState, StateBackend
from parley.zendesk.account.applying.throttled import ThrottledCalls
from parley.zendesk.account.kinds import FIELD, TRIGGER
from parley.zendesk.account.model.capabilities import NO_FORM, MissingFeatures, missing_features, notes
from parley.zendesk.account.model.languages import not_switched_on, read_languages
from parley.zendesk.account.model.part import DesiredAccount, Sources
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.planning.actual import ActualAccount
from parley.zendesk.account.planning.conflicts import conflicts, taken_tags
from parley.zendesk.account.planning.definition_checks import doubts, kinds_to_check, refusals
from parley.zendesk.account.planning.desired import desired_parts
from parley.zendesk.account.planning.known_state import KnownState
from parley.zendesk.account.planning.plan import Plan, make_plan
from parley.zendesk.account.planning.render import Report, report_of, sentence
from parley.zendesk.state.accounts import SECRETS

Progress = Callable[[str], object]


def _quiet(_: object) -> None:
    return


@dataclass(frozen=True, slots=True)
class Run:
    """What is wanted of an account, the way to it, and where it is kept how it was left. `account` is its address.

    `sleep` waits so many seconds. `secrets`: the signing secrets that hold, where `by_hand` by a setting; None for
    those that are kept.
    """

    desired: DesiredAccount
    calls: AccountPort
    backend: StateBackend
    account: str = ""
    secrets: Callable[[], tuple[str, ...]] | None = None
    by_hand: bool = False
    progress: Progress = _quiet
    sleep: Callable[[float], object] = _quiet

    def telling(self, progress: Progress) -> Run:
        """The same run; `progress` is told how it goes."""
        calls = self.calls.telling(progress) if isinstance(self.calls, ThrottledCalls) else self.calls
        return replace(self, calls=calls, progress=progress)

    def plan(self, *, destroy: bool = False) -> Plan:
        """Read and compare; nothing is written. Raises AccountError and the connector's errors."""
        if not self.desired.public_url.startswith(("https://", "http://")):
            raise AccountError(
                "PUBLIC_URL is not set: Zendesk's webhooks need an address, e.g. https://parley.example.com."
            )
        account = self._read()
        plan = self._compared(account, destroy)
        definitions = {
            row.kind: account.triggers if row is TRIGGER else self.calls.definitions(row.resource)
            for row in kinds_to_check(plan)
        }
        problems = (*plan.problems, *refusals(plan, definitions))
        told = (*notes(self.desired.spec, account.features, plan.missing), *plan.notes)
        taken, beside = taken_tags(plan), (*doubts(plan, definitions), *conflicts(plan))
        plan = replace(
            plan,
            problems=(*problems, *taken),
            notes=told,
            warnings=(*plan.warnings, *beside),
            left_out=self.desired.left_out,
        )
        return with_losses(plan, self.calls)

    def _read(self) -> ActualAccount:
        entries = AccountState(self.backend, self.account).entries()
        return read_actual(self.calls, self.desired, entries, self.progress)

    def _compared(self, account: ActualAccount, destroy: bool) -> Plan:
        state = AccountState(self.backend, self.account)
        entries, stored = state.entries(), state.values.get(SECRETS)
        secrets = self.secrets() if self.secrets else stored.values() if isinstance(stored, dict) else ()
        known = KnownState(entries, state.begun(), state.given(), frozenset(secrets), self.by_hand)
        shared = account.shared_form(self.desired.spec.form.name, entries)
        if shared == "":
            return Plan((), (NO_FORM,), (), {}, account=account)
        missing = self._missing(account, shared or "")
        subjects, asked = tuple(account.triggers.conditions.values()), self.desired.languages
        languages = read_languages(asked, account.languages) if self.desired.is_translated else ()
        parts = desired_parts(Sources(self.desired, account.things[FIELD.kind], subjects, missing, languages))
        return make_plan(parts, account, known, missing, destroy=destroy)

    def _missing(self, account: ActualAccount, shared: str) -> MissingFeatures:
        found, asked = missing_features(self.desired.spec, account.features, shared), self.desired.languages
        found = replace(found, no_apps=self.desired.sidebar is not None and not account.apps)
        if not self.desired.is_translated:
            return found
        if account.features.dynamic_content is False:
            return replace(found, english_only=True)
        return replace(found, languages=not_switched_on(asked, account.languages))

    def apply(self, plan: Plan | None = None) -> Report:
        """Do what a plan says, and read everything back. May be run again after any crash.

        Raises AccountError for what a person has to settle first, and the connector's errors.
        """
        plan = plan or self.plan()
        if plan.problems:
            raise AccountError("\n".join(plan.problems))
        applier = Applier(self.calls, plan, AccountState(self.backend, self.account), self.progress, self.sleep)
        applier.run()
        if not plan.changes:
            return report_of(plan)
        left = self._compared(self._read(), destroy=False)
        skipped = applier.not_done
        warnings = [
            f"Zendesk did not keep it so: {sentence(step)}" for step in left.changes if step.part_key not in skipped
        ]
        return report_of(plan.without(skipped), [*applier.refused, *left.problems, *warnings])
