"""Calls that wait: for the desk's own budget, for the moment a 429 names, and for a Zendesk that is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from connector.calls import ZENDESK
from connector.retry import ACCOUNT_CALLS, Retry
from connector.zendesk.account.app_builds import AppJob
from connector.zendesk.account.setup import AccountFeatures, Definitions, Resource, Thing
from parley.zendesk.account.model.port import AccountPort
from sync.limits.budgets import Denied, Permit

T = TypeVar("T")


class Budget(Protocol):
    """`sync.limits.budgets.Budgets`, as far as it is used here."""

    def within(self, costs: Mapping[str, int], kind: str) -> AbstractContextManager[Permit | Denied]: ...


class ThrottledCalls:
    """An AccountPort whose calls wait and go on. A write of unknown outcome is not repeated: it raises Unclear.

    `sleep` waits so many seconds; `say` is told why. Raises what does not pass by itself.
    """

    def __init__(
        self,
        calls: AccountPort,
        budget: Budget,
        now: Callable[[], datetime],
        sleep: Callable[[float], object],
        say: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._calls = calls
        self._budget = budget
        self._now = now
        self._sleep = sleep
        self._say = say
        self._retry = Retry(ACCOUNT_CALLS, sleep, self._tell)

    def telling(self, say: Callable[[str], object]) -> ThrottledCalls:
        """The same calls; `say` is told why they wait."""
        return ThrottledCalls(self._calls, self._budget, self._now, self._sleep, say)

    def _call(self, call: Callable[[], T]) -> T:
        return self._retry(lambda: self._within_budget(call))

    def _tell(self, error: Exception, seconds: float) -> None:
        self._say(f"{error} Going on in {seconds:.0f} s.")

    def _within_budget(self, call: Callable[[], T]) -> T:
        while True:
            with self._budget.within({ZENDESK: 1}, ZENDESK) as permit:
                if isinstance(permit, Permit):
                    return call()
                seconds = max((permit.until - self._now()).total_seconds(), 0.05)
            self._say(f"Waiting {seconds:.0f} s for the account's rate limit.")
            self._sleep(seconds)

    def all(self, resource: Resource) -> tuple[Thing, ...]:
        return self._call(lambda: self._calls.all(resource))

    def create(self, resource: Resource, payload: Mapping[str, object]) -> Thing:
        return self._call(lambda: self._calls.create(resource, payload))

    def change(self, resource: Resource, thing_id: str, payload: Mapping[str, object]) -> None:
        self._call(lambda: self._calls.change(resource, thing_id, payload))

    def delete(self, resource: Resource, thing_id: str) -> None:
        self._call(lambda: self._calls.delete(resource, thing_id))

    def form_statuses(self, form_id: str) -> frozenset[str]:
        return self._call(lambda: self._calls.form_statuses(form_id))

    def add_form_statuses(self, form_id: str, status_ids: Sequence[str]) -> None:
        self._call(lambda: self._calls.add_form_statuses(form_id, status_ids))

    def signing_secret(self, webhook_id: str) -> str:
        return self._call(lambda: self._calls.signing_secret(webhook_id))

    def features(self, statuses: Sequence[Thing] | None) -> AccountFeatures:
        return self._call(lambda: self._calls.features(statuses))

    def definitions(self, resource: Resource) -> Definitions:
        return self._call(lambda: self._calls.definitions(resource))

    def tickets_with(self, field_id: str) -> int:
        return self._call(lambda: self._calls.tickets_with(field_id))

    def own_user(self) -> int:
        return self._call(self._calls.own_user)

    def locales(self) -> Mapping[int, str]:
        return self._call(self._calls.locales)

    def add_variant(self, item_id: str, variant: Mapping[str, object]) -> None:
        self._call(lambda: self._calls.add_variant(item_id, variant))

    def change_variant(self, item_id: str, variant_id: str, content: str) -> None:
        self._call(lambda: self._calls.change_variant(item_id, variant_id, content))

    def upload_app(self, package: bytes) -> str:
        return self._call(lambda: self._calls.upload_app(package))

    def build_app(self, upload_id: str, name: str, app_id: str = "") -> str:
        return self._call(lambda: self._calls.build_app(upload_id, name, app_id))

    def app_job(self, job_id: str) -> AppJob:
        return self._call(lambda: self._calls.app_job(job_id))
