"""Zendesk accounts as an admin sets them up: by calls when one is first wanted, and copied from then on."""

from __future__ import annotations

import io
import pickle
import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

import httpx

from config.zendesk import load_account
from config.zendesk_specs import MacroSpec
from escalation.policies.policy import Policy
from parley.wiring.account_setup import set_up_account
from parley.wiring.app import App
from parley.zendesk.account.applying.entries import ENTRY
from parley.zendesk.account.planning.desired import macro_texts
from parley.zendesk.account.watching import DRIFT
from sandbox.server import Sandbox
from store import Tx
from sync.reconciling.pulses import BEGUN

# Where the accounts' webhooks go, wherever the desk listens.
PUBLIC_URL = "https://desk.test"
LOCK = type(threading.RLock())
Remembered = dict[str, Any]
Wanted = tuple[str, datetime, str]
"""For whom it is, the minute, and what the account was like before."""

_PREPARED: dict[Wanted, bytes] = {}


def prepared_once(whose: str, sandbox: Sandbox, set_up: Callable[[], Remembered]) -> Remembered:
    """Let the account be set up; what is remembered of it. `set_up` is called for the first of a kind."""
    wanted = whose, sandbox.clock().replace(second=0, microsecond=0), _before(sandbox)
    shared = {"clock": sandbox.clock, "outgoing": sandbox.outgoing}
    if wanted not in _PREPARED:
        remembered = set_up()
        _PREPARED[wanted] = frozen((sandbox.zendesk, remembered), shared)
        return remembered
    base = sandbox.zendesk.account.base
    zendesk, copied = thawed(_PREPARED[wanted], shared)
    zendesk.account.base = base
    vars(sandbox.zendesk).update(vars(zendesk))  # the doors hold this very stand-in: it becomes the copy
    return cast(Remembered, copied)


def prepare_account(sandbox: Sandbox, app: App) -> None:
    """Set the account up for a desk whose database is empty."""

    def set_up() -> Remembered:
        set_up_account(app, PUBLIC_URL)
        return app.store.read(kept)

    def kept(tx: Tx) -> Remembered:
        marks = {name: mark.value for name in (BEGUN, DRIFT) if (mark := tx.marks.get(name))}
        return {"account": tx.account.all(), "marks": marks}

    def keep(tx: Tx) -> None:
        for key, value in remembered["account"].items():
            if key.startswith(ENTRY):  # this stand-in may listen on another port
                value = {**value, "account": app.values.zendesk_url}
            tx.account.set(key, value, app.now())
        for name, value in remembered["marks"].items():
            tx.marks.set(name, value, app.now())

    remembered = prepared_once(_of_account(app.policy), sandbox, set_up)
    app.store.write(keep)


def _of_account(policy: Policy) -> str:
    """What the account takes from a policy: most that a test has otherwise leaves the account as it is."""
    texts = macro_texts(policy.texts, policy)
    comments = [texts(spec, language) for spec in _macros() for language in policy.languages]
    return repr((policy.agents_group, policy.languages, comments))


@cache
def _macros() -> tuple[MacroSpec, ...]:
    return load_account().macros


def _before(sandbox: Sandbox) -> str:
    account = sandbox.zendesk.account
    holds = {name: len(held) for name, held in vars(account).items() if isinstance(held, dict)}
    return f"{account.features} {holds}"


class ToThisMachine(httpx.HTTPTransport):
    """Finds the desk's public address on a port of this machine, as a name server and a proxy would."""

    def __init__(self, port: int) -> None:
        # No authorities to read: nothing is encrypted.
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return super().handle_request(request)


def reaches_desk_by(sandbox: Sandbox, transport: httpx.BaseTransport) -> httpx.Client:
    """How the stand-ins' webhooks reach the desk, and a client that goes the same way."""
    client = httpx.Client(base_url=PUBLIC_URL, transport=transport, timeout=sandbox.outgoing.timeout)
    sandbox.outgoing._client = client
    return client


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: Mapping[str, object]) -> None:
        super().__init__(file)
        self._names = {id(thing): name for name, thing in shared.items()}

    def persistent_id(self, found: object) -> str | None:
        return "lock" if isinstance(found, LOCK) else self._names.get(id(found))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: Mapping[str, object]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, name: str) -> object:
        return threading.RLock() if name == "lock" else self._shared[name]


def frozen(thing: object, shared: Mapping[str, object]) -> bytes:
    """What is needed to copy it. What is shared is not copied; each copy is handed its own, by name."""
    file = io.BytesIO()
    _Pickler(file, shared).dump(thing)
    return file.getvalue()


def thawed(frozen: bytes, shared: Mapping[str, object]) -> Any:
    """A copy, with locks of its own."""
    return _Unpickler(io.BytesIO(frozen), shared).load()
