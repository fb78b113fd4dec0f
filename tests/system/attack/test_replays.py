"""What was accepted once, sent again a thousand times for a month: nothing has a second effect."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx

from store import Store
from sync.inbox.handle import InboxHandler
from tests.in_process import Sent, as_headers
from tests.integration.sync.policy import policy
from tests.integration.webhooks.receiving_desk import NOW, TOKEN, ReceivingDesk
from tests.migrated import migrated
from tests.scale import scaled, tell
from tests.signed import intake_headers, zendesk_headers
from tests.system.attack.inside import ask_all, told
from tests.unencrypted import UNENCRYPTED
from webhooks import create_app

DAYS = 30
EACH = 20
JSON = (b"content-type", b"application/json")


def zendesk(body: dict[str, Any], at: datetime, name: str) -> Sent:
    raw = json.dumps(body).encode()
    return Sent("/webhooks/zendesk", raw, [*as_headers(zendesk_headers(raw, at)), JSON], name=name)


def an_event(number: int, at: datetime) -> Sent:
    kind = ("status_changed", "merged", "soft_deleted", "comment_added")[number % 4]
    event = {"target_ticket_id": "1"} if kind == "merged" else {}
    body = {"type": f"zen:event-type:ticket.{kind}", "id": f"e{number}", "subject": f"zen:ticket:{number + 2}"}
    return zendesk({**body, "event": event}, at, "event")


def a_post(number: int, at: datetime) -> Sent:
    body = {"event": "assignment.post", "ticket_id": str(number + 2), "text": f"On day {number}."}
    return zendesk(body, at, "post")


def a_hint(number: int, at: datetime) -> Sent:
    return zendesk({"event": "ticket.changed", "ticket_id": str(number + 2)}, at, "hint")


def a_request(number: int, at: datetime, said: str = "Not paid.") -> Sent:
    body = {
        "assignment_id": str(4000 + number),
        "party": "worker",
        "reason": "payment_past_due",
        "requester": {"name": "Wanda", "email": "wanda@example.com"},
        "description": said,
    }
    raw = json.dumps(body).encode()
    headers = [*as_headers(intake_headers(raw, f"msg_{number}", at)), JSON]
    return Sent("/webhooks/requests", raw, headers, name="request")


def a_workmarket_hint(number: int) -> Sent:
    raw = json.dumps({"event": "paid", "assignment_id": str(4000 + number), "status": "paid", "now": "1"}).encode()
    return Sent("/webhooks/workmarket", raw, [(b"authorization", b"Bearer " + TOKEN.encode()), JSON], name="wm")


def again(random: Random, originals: list[Sent], at: datetime) -> Sent:
    """The very same bytes; or, as an honest sender's repetition may be, the same event signed anew."""
    number = random.randrange(EACH)
    way = random.random()
    if way < 0.08:
        return an_event(number, at)
    if way < 0.16:
        return a_request(number, at)
    if way < 0.2:  # the same id with another body: the first one counts
        return a_request(number, at, said="Pay twice.")
    return random.choice(originals)


def moments(random: Random, most: int) -> list[datetime]:
    """Ends of batches over a month; a third of them within the hour in which signatures are still young."""
    minutes = [random.uniform(0, 60) for _ in range(most // 3)]
    days = [random.uniform(0, DAYS * 24 * 60) for _ in range(most - most // 3)]
    return [NOW + timedelta(minutes=each) for each in sorted(minutes + days)]


def kept(file: Path) -> tuple[Counter[str], Counter[str]]:
    """Inbox rows by what they are, and effects by kind."""
    with closing(sqlite3.connect(file)) as database:
        rows = Counter[str]()
        for (key,) in database.execute("SELECT key FROM inbox WHERE key NOT LIKE '%changed:%'"):
            parts = key.split(":")
            rows["request" if parts[0] == "request" else ":".join(parts[:2])] += 1
        effects = Counter(kind for (kind,) in database.execute("SELECT kind FROM outbox"))
    return rows, effects


class Months:
    """The door and the handler on one database, with a clock that goes on and processes that start anew."""

    def __init__(self, directory: Path, random: Random, seed: int) -> None:
        self._file = directory / "parley.db"
        self.url = migrated(self._file)
        self.now = NOW
        self.starts = 0
        self.answers: Counter[int] = Counter()
        self._random = random
        self._seed = seed
        self._client = httpx.Client(verify=UNENCRYPTED, timeout=120)  # unused here, and slow to make for each life

    def live(self, batches: Iterable[tuple[datetime, list[Sent]]]) -> tuple[Counter[str], Counter[str]]:
        """One process' life; what is kept at its end, when all is handled."""
        self.starts += 1
        with Store.open(self.url, now=lambda: self.now) as store:
            desk = ReceivingDesk(self.url, store, client=self._client)
            app, handler = create_app(desk.doors()), InboxHandler(store, policy())
            for self.now, requests in batches:
                desk.now = self.now
                for sent, got in asyncio.run(ask_all(app, requests)):
                    assert got.status in (202, 401), told(sent, got, self._seed)
                    self.answers[got.status] += 1
                if self._random.random() < 0.7:
                    handler.handle_ready(self.now, 500)
            while handler.handle_ready(self.now, 500).rows:
                pass
            return kept(self._file)


def test_replays_over_a_month_and_restarts_have_no_second_effect(tmp_path: Path) -> None:
    seed, tries, at_once = 21, scaled(commit=5_000, nightly=100_000), 50
    random = Random(seed)  # noqa: S311  repeatable, not secret
    months = Months(tmp_path, random, seed)
    originals = [make(number, NOW) for make in (an_event, a_post, a_hint, a_request) for number in range(EACH)]
    originals += [a_workmarket_hint(number) for number in range(5)]
    _, effects = months.live([(NOW, originals)])
    assert months.answers == {202: len(originals)} and effects["create_ticket"] == EACH
    ahead = moments(random, tries // at_once)
    while ahead:
        life = random.randint(1, scaled(commit=8, nightly=40))
        now, ahead = ahead[:life], ahead[life:]
        rows, effects = months.live((at, [again(random, originals, at) for _ in range(at_once)]) for at in now)
        assert rows["zendesk:event"] == rows["zendesk:post"] == rows["request"] == EACH, f"seed {seed}: {rows}"
        assert effects["create_ticket"] == EACH, f"seed {seed}: {effects}"
    assert months.answers[401] > tries // 4 and months.answers[202] > tries // 4
    tell("replays", replays=tries, simulated_days=DAYS, restarts=months.starts, second_effects=0)
