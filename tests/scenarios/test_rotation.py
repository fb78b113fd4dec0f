"""The webhooks' signing secrets change while events come in: none is lost, and nothing forged gets in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from parley.demo import sandbox_values
from parley.wiring.app import App
from parley.zendesk.state.rotation import RotationError
from parley.zendesk.state.signing_secrets import read_signing
from sync.shared.failpoints import Crash, no_crash
from tests.desk import Desk
from webhooks import zendesk_mac

SEAMS = ["rotate.marked", "rotate.reset", "rotate.kept", "rotate.reset:2", "rotate.kept:2"]


class CommandKilled(BaseException):
    """The command was killed."""


class Traffic:
    """An event of each webhook at every moment that is of interest, each about a ticket of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.sent = 0

    def send(self, *, attempts: int = 1) -> None:
        """One event of each webhook sets out, and is tried so often now; what has to wait is tried again later."""
        for webhook in self.desk.zendesk.account.webhooks:
            self.sent += 1
            body = json.dumps({"event": "ticket.changed", "ticket_id": str(1000 + self.sent)})
            self.desk.zendesk.webhooks.from_trigger(webhook, body)
        self.desk.sandbox.pump(len(self.desk.zendesk.account.webhooks) * attempts)

    def later(self, **span: float) -> None:
        """Time passes, and what waits to be sent again is."""
        self.desk.clock.move(timedelta(**span))
        self.desk.sandbox.pump()

    def arrived(self) -> int:
        """How many events were stored."""

        def look(tx: Any) -> int:
            keys = (tx.inbox.get(number) for number in range(1, 500))
            bodies = {row.body.get("ticket_id") for row in keys if row is not None}
            return sum(1 for number in range(1, self.sent + 1) if str(1000 + number) in bodies)

        return self.desk.app.store.read(look)


@pytest.fixture
def traffic(desk: Desk) -> Traffic:
    return Traffic(desk)


Admin = Callable[..., App]


@pytest.fixture
def admin(desk: Desk) -> Iterator[Admin]:
    """Another process on the same database: the one in which the command runs."""
    made: list[App] = []

    def start(crash: Crash = no_crash) -> App:
        made.append(desk.another_app(sandbox_values(desk.sandbox, desk.url), desk.app.policy, crash=crash))
        return made[-1]

    yield start
    for app in made:
        app.close()


def signing(desk: Desk) -> dict[str, str]:
    """What Zendesk signs with, by webhook."""
    return {key: desk.zendesk.webhooks.secret(key) for key in desk.zendesk.account.webhooks}


def killed_at(seam: str) -> Crash:
    name, _, number = seam.partition(":")
    left = [int(number or 1)]

    def crash(passed: str) -> None:
        if passed == name:
            left[0] -= 1
            if left[0] == 0:
                raise CommandKilled

    return crash


def test_events_that_come_at_every_moment_of_a_change_are_all_stored(desk: Desk, admin: Admin, traffic: Traffic):
    before = signing(desk)

    def at_each_step(_: str) -> None:
        traffic.send()
        desk.clock.move(timedelta(seconds=1))

    def while_it_waits(seconds: float) -> None:
        for _ in range(int(seconds)):
            traffic.send()
            traffic.later(seconds=1)

    traffic.send()
    admin(at_each_step).rotation(while_it_waits).rotate()
    traffic.send()
    assert traffic.arrived() == traffic.sent > 50
    assert not set(signing(desk).values()) & set(before.values())


def test_an_event_that_zendesk_signs_before_anybody_knows_the_new_secret_comes_again(
    desk: Desk, admin: Admin, traffic: Traffic
):
    """The hole that the mark is for: Zendesk has reset the secret, and nobody has stored it."""
    answered = []

    def in_the_hole(seam: str) -> None:
        if seam == "rotate.reset" and not answered:
            traffic.send(attempts=1)
            answered.extend(status for _, status in desk.sandbox.outgoing.delivered[-2:])

    admin(in_the_hole).rotation(desk_waits(desk)).rotate()
    assert sorted(answered) == [202, 503]
    traffic.later(seconds=5)
    assert traffic.arrived() == traffic.sent


def test_a_slow_change_of_one_webhook_leaves_time_for_the_other(desk: Desk, admin: Admin, traffic: Traffic):
    def slowly(seam: str) -> None:
        if seam == "rotate.kept":
            traffic.later(seconds=115)
        else:
            traffic.send(attempts=1)

    admin(slowly).rotation(desk_waits(desk)).rotate()
    traffic.later(seconds=5)
    assert traffic.arrived() == traffic.sent


def desk_waits(desk: Desk) -> Callable[[float], None]:
    return lambda seconds: desk.clock.move(timedelta(seconds=seconds))


def test_what_the_old_secret_signed_is_taken_until_it_is_too_old(desk: Desk, admin: Admin, traffic: Traffic):
    old = signing(desk)
    admin().rotation(desk_waits(desk)).rotate()
    assert [forge(desk, secret) for secret in old.values()] == [202, 202]
    desk.clock.move(timedelta(minutes=66))
    assert [forge(desk, secret) for secret in old.values()] == [401, 401]
    assert [forge(desk, secret) for secret in signing(desk).values()] == [202, 202]


def test_a_leaked_secret_ends_with_the_change(desk: Desk, admin: Admin):
    old = signing(desk)
    admin().rotation(desk_waits(desk)).rotate(leaked=True)
    desk.clock.move(timedelta(seconds=10))
    assert [forge(desk, secret) for secret in old.values()] == [401, 401]
    assert [forge(desk, secret) for secret in signing(desk).values()] == [202, 202]


def forge(desk: Desk, secret: str, **headers: str) -> int:
    """An event signed with some secret, about a ticket of the day."""
    stamp = desk.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    body = json.dumps({"event": "ticket.changed", "ticket_id": "77"}).encode()
    signed = {
        "content-type": "application/json",
        "x-zendesk-webhook-signature": zendesk_mac(secret.encode(), stamp.encode(), body).decode(),
        "x-zendesk-webhook-signature-timestamp": stamp,
        **headers,
    }
    return desk.http.post("/webhooks/zendesk", content=body, headers=signed).status_code


def stored(desk: Desk) -> int:
    counts = desk.app.store.read(lambda tx: tx.inbox.counts())
    return sum(counts.values())


def test_what_is_forged_gets_in_at_no_moment_of_a_change(desk: Desk, admin: Admin):
    before, answers = stored(desk), []

    def try_it(_: object) -> None:
        desk.clock.move(timedelta(seconds=12))
        answers.append(forge(desk, "a guess"))

    admin(try_it).rotation(try_it).rotate()
    assert set(answers) == {503}
    assert stored(desk) == before
    desk.clock.move(timedelta(seconds=12))
    assert forge(desk, "a guess") == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"x-zendesk-webhook-signature": "x"},
        {"x-zendesk-webhook-signature": "=" * 44},
        {"x-zendesk-webhook-signature-timestamp": "2026-03-01T00:00:00Z"},
        {"x-zendesk-webhook-signature-timestamp": "now"},
    ],
)
def test_what_no_secret_can_have_signed_is_refused_also_during_a_change(
    desk: Desk, admin: Admin, headers: dict[str, str]
):
    answers = []

    def try_it(_: str) -> None:
        desk.clock.move(timedelta(seconds=12))
        answers.append(forge(desk, "a guess", **headers))

    admin(try_it).rotation(desk_waits(desk)).rotate()
    assert set(answers) == {401}


@pytest.mark.parametrize("seam", SEAMS)
def test_after_a_kill_at_any_step_the_next_run_completes_the_change(
    desk: Desk, admin: Admin, traffic: Traffic, seam: str
):
    before = signing(desk)
    with pytest.raises(CommandKilled):
        admin(killed_at(seam)).rotation(desk_waits(desk)).rotate()
    traffic.send()
    admin().rotation(desk_waits(desk)).rotate()
    traffic.send()
    traffic.later(seconds=5)
    assert traffic.arrived() == traffic.sent
    known = desk.app.store.read(read_signing)
    assert sorted(known.current.values()) == sorted(signing(desk).values())
    assert known.changing_until is None
    assert not set(signing(desk).values()) & set(before.values())


@pytest.mark.parametrize("seam", SEAMS)
def test_after_a_kill_the_clock_takes_over_what_zendesk_signs_with(
    desk: Desk, admin: Admin, traffic: Traffic, seam: str
):
    with pytest.raises(CommandKilled):
        admin(killed_at(seam)).rotation(desk_waits(desk)).rotate()
    traffic.send()
    assert desk.app.rotation().mend()
    traffic.later(seconds=5)
    assert traffic.arrived() == traffic.sent
    assert desk.app.store.read(read_signing).changing_until is not None
    desk.clock.move(timedelta(minutes=2))
    assert desk.app.rotation().mend()
    assert not desk.app.rotation().mend()
    assert forge(desk, "a guess") == 401


def test_while_a_change_is_under_way_there_is_no_second_one(desk: Desk, admin: Admin):
    tried = []

    def second(_: float) -> None:
        with pytest.raises(RotationError, match="right now"):
            admin().rotation(no_crash_pause).rotate()
        tried.append(desk.app.rotation().mend())

    admin().rotation(second).rotate()
    assert tried == [False, False]


def no_crash_pause(_: float) -> None:
    raise AssertionError("It should not have begun.")


def test_a_reset_whose_answer_got_lost_is_read_back(desk: Desk, admin: Admin):
    desk.sandbox.faults.next("zendesk", "POST", "signing_secret$", apply=True, drop_reply=True)
    admin().rotation(desk_waits(desk)).rotate()
    assert [forge(desk, secret) for secret in signing(desk).values()] == [202, 202]


def test_a_reset_that_did_not_happen_is_said_and_the_old_secret_holds(desk: Desk, admin: Admin, traffic: Traffic):
    desk.sandbox.faults.next("zendesk", "POST", "signing_secret$", status=500)
    with pytest.raises(RotationError, match="run this again"):
        admin().rotation(desk_waits(desk)).rotate()
    traffic.send()
    assert traffic.arrived() == traffic.sent


def test_a_secret_that_somebody_reset_in_zendesk_is_taken_over_and_the_known_one_holds(desk: Desk, admin: Admin):
    old = signing(desk)
    for webhook in desk.zendesk.account.webhooks:
        desk.zendesk.webhooks.reset_secret(webhook)
    admin().rotation(desk_waits(desk)).rotate()
    assert [forge(desk, secret) for secret in old.values()] == [202, 202]


def test_without_a_known_webhook_there_is_nothing_to_change(desk: Desk, admin: Admin):
    desk.app.store.write(lambda tx: tx.account.forget("ids"))
    with pytest.raises(RotationError, match="apply"):
        admin().rotation(no_crash_pause).rotate()
