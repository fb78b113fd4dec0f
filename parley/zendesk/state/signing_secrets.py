"""What the database holds of the webhooks' signing secrets: those of now, those that end, a change under way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from store import NotJson, StoreUnavailable, Tx

SECRETS: Final = "secrets"
RETIRED: Final = "retired_secrets"
CHANGING: Final = "secret_change"

STILL_GOOD: Final = timedelta(minutes=65)
"""A replaced secret holds so long: after an hour the doors find what it signed too old, and clocks differ."""
CHANGE_LASTS: Final = timedelta(minutes=2)
"""So long at most may an unknown signature be one of a secret that is not known yet."""


@dataclass(frozen=True, slots=True)
class Signing:
    """`current` by the webhook's key, as `parley zendesk apply` keeps them; `retired` with the moment they end."""

    current: Mapping[str, str] = field(default_factory=dict, repr=False)
    retired: tuple[tuple[str, datetime], ...] = field(default=(), repr=False)
    changing_until: datetime | None = None

    def valid(self, now: datetime) -> tuple[str, ...]:
        """Every secret that may sign at this moment."""
        # One that holds for longer than any does was kept by a clock that was ahead, long before.
        retired = (secret for secret, until in self.retired if now < until <= now + 2 * STILL_GOOD)
        return tuple(dict.fromkeys((*self.current.values(), *retired)))

    def is_changing(self, now: datetime) -> bool:
        """Whether a secret may be in use that is not known yet. A mark too far ahead is another clock's mistake."""
        return self.changing_until is not None and now < self.changing_until <= now + 2 * CHANGE_LASTS


KEPT: Final = (SECRETS, RETIRED, CHANGING)


def read_signing(tx: Tx) -> Signing:
    """What is known now."""
    return signing_of(tx.account.some(*KEPT))


def signing_of(known: Mapping[str, Any]) -> Signing:
    """What values that the database holds under the keys of `KEPT` say.

    Raises StoreUnavailable where the secrets of now are damaged: none at all would refuse every event for good.
    What else is damaged counts as not kept.
    """
    return Signing(
        current=_current(known.get(SECRETS)),
        retired=tuple(_retired(known.get(RETIRED))),
        changing_until=_moment(known.get(CHANGING)),
    )


def damaged(key: str) -> str:
    """What is said where a value of the account can't be read."""
    return (
        f"What the database holds of the Zendesk account under “{key}” is damaged: run `parley zendesk apply`, "
        "which writes it anew."
    )


def _current(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, NotJson) or not isinstance(value, dict):
        raise StoreUnavailable(damaged(SECRETS))
    return {str(key): str(secret) for key, secret in value.items()}


def _retired(value: Any) -> list[tuple[str, datetime]]:
    found = []
    for one in value if isinstance(value, list) else ():
        with suppress(LookupError, TypeError, ValueError):
            found.append((str(one["secret"]), datetime.fromisoformat(one["until"])))
    return found


def _moment(value: Any) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    return None


def begin_change(tx: Tx, now: datetime) -> None:
    """From now on, and for some minutes, a secret may be in use that is not known yet."""
    tx.account.set(CHANGING, (now + CHANGE_LASTS).isoformat(), now)


def end_change(tx: Tx) -> None:
    tx.account.forget(CHANGING)


def keep_secrets(tx: Tx, secrets: Mapping[str, str], now: datetime) -> list[str]:
    """Keep what Zendesk signs with now; what that replaces holds for a while. The keys of what was replaced."""
    stored = tx.account.get(SECRETS)
    known = {str(key): str(secret) for key, secret in stored.items()} if isinstance(stored, dict) else {}
    replaced = [key for key, secret in known.items() if secrets.get(key, secret) != secret]
    kept = [(secret, until) for secret, until in _retired(tx.account.get(RETIRED)) if until > now]
    kept += [(known[key], now + STILL_GOOD) for key in replaced]
    if replaced:
        tx.account.set(RETIRED, [{"secret": secret, "until": until.isoformat()} for secret, until in kept], now)
    tx.account.set(SECRETS, dict(secrets), now)
    return replaced


def forget_retired(tx: Tx) -> None:
    """What was replaced ends now."""
    tx.account.forget(RETIRED)
