"""Genuine requests, changed a little: none of them opens a door, and none is an error."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.scale import scaled, tell
from webhooks.signatures import (
    INTAKE_WINDOW,
    ZENDESK_AHEAD,
    ZENDESK_BEHIND,
    bearer_is_genuine,
    intake_is_genuine,
    intake_mac,
    zendesk_is_genuine,
    zendesk_mac,
)

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
KEYS = (b"retired-one", b"dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==")
STRANGE = [
    b"",
    b"\n",
    b"\r\n",
    b"\x00",
    b" ",
    b"=",
    b"==",
    b"\xff",
    b"_",
    b"+",
    b"-",
    b",",
    b".",
    b"\xc2\xa0",
    b"0",
]
Mutation = Callable[[Random, bytes], bytes]
Parts = tuple[bytes, ...]


def _flip(random: Random, part: bytes) -> bytes:
    if not part:
        return b"x"
    made = bytearray(part)
    made[random.randrange(len(made))] ^= 1 << random.randrange(8)
    return bytes(made)


def _insert(random: Random, part: bytes) -> bytes:
    place = random.randint(0, len(part))
    return part[:place] + random.choice(STRANGE) + part[place:]


def _cut(random: Random, part: bytes) -> bytes:
    place = random.randint(0, len(part))
    return part[:place] + part[place + random.randint(1, 3) :]


def _swap(random: Random, part: bytes) -> bytes:
    if len(part) < 2:
        return part + b"x"
    place = random.randrange(len(part) - 1)
    return part[:place] + part[place + 1 : place + 2] + part[place : place + 1] + part[place + 2 :]


WAYS: list[Mutation] = [
    _flip,
    _flip,
    _insert,
    _insert,
    _cut,
    _swap,
    lambda random, part: random.randbytes(random.choice([0, 1, len(part), 100])),
    lambda random, _: b64encode(random.randbytes(32)),
    lambda _, part: part.swapcase(),
    lambda _, part: part * 2,
    lambda _, part: part[::-1],
    lambda _, part: part.replace(b"+", b"-").replace(b"/", b"_"),
    lambda _, part: part.rstrip(b"="),
    lambda _, part: part.hex().encode(),
]


def mutants(random: Random, genuine: list[Parts]) -> tuple[Parts, Parts]:
    """A genuine request and a mutant of it: a part or two changed, or taken from another, or cut elsewhere."""
    parts = random.choice(genuine)
    made = list(parts)
    kind = random.random()
    if kind < 0.1:  # a part of another genuine request
        place = random.randrange(len(made))
        made[place] = random.choice(genuine)[place]
    elif kind < 0.2:  # the same bytes, parted elsewhere
        whole = made[-2] + made[-1]
        place = random.randint(0, len(whole))
        made[-2:] = [whole[:place], whole[place:]]
    else:
        for _ in range(random.choice([1, 1, 1, 2])):
            place = random.randrange(len(made))
            made[place] = random.choice(WAYS)(random, made[place])
    return parts, tuple(made)


def test_no_mutant_of_a_request_signed_by_zendesk_is_genuine() -> None:
    seed, tries, different = 1, scaled(commit=50_000, nightly=500_000), 0
    random = Random(seed)  # noqa: S311  repeatable, not secret
    genuine: list[Parts] = []
    for number in range(50):
        stamp = (NOW - timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        body = b'{"event":"ticket.changed","ticket_id":"%d"}' % number
        genuine.append((zendesk_mac(KEYS[number % 2], stamp, body), stamp, body))
    known = set(genuine)
    assert all(zendesk_is_genuine(KEYS, *parts, NOW) for parts in genuine)
    for _ in range(tries):
        parts, (signature, stamp, body) = mutants(random, genuine)
        if (signature, stamp, body) not in known:
            different += 1
            accepted = zendesk_is_genuine(KEYS, signature, stamp, body, NOW)
            assert not accepted, f"seed {seed}: {parts} → {(signature, stamp, body)}"
    assert different > 0.9 * tries
    tell("signature_mutants_zendesk", signature_mutants=different, accepted=0)


def test_no_mutant_of_a_signed_intake_request_is_genuine() -> None:
    seed, tries, different = 2, scaled(commit=50_000, nightly=500_000), 0
    random = Random(seed)  # noqa: S311  repeatable, not secret
    genuine: list[Parts] = []
    for number in range(50):
        name, stamp = b"msg_%d" % number, b"%d" % (int(NOW.timestamp()) - number)
        body = b'{"assignment_id":"%d"}' % number
        genuine.append((intake_mac(KEYS[number % 2], name, stamp, body), name, stamp, body))
    known = set(genuine)
    assert all(intake_is_genuine(KEYS, name, sig, stamp, body, NOW) for sig, name, stamp, body in genuine)
    for _ in range(tries):
        parts, (signature, name, stamp, body) = mutants(random, genuine)
        # A space parts several signatures: the right one among wrong ones is right.
        same = (name, stamp, body) == parts[1:] and parts[0] in signature.split(b" ")
        if not same and (signature, name, stamp, body) not in known:
            different += 1
            accepted = intake_is_genuine(KEYS, name, signature, stamp, body, NOW)
            assert not accepted, f"seed {seed}: {parts} → {(signature, name, stamp, body)}"
    assert different > 0.8 * tries
    tell("signature_mutants_intake", signature_mutants=different, accepted=0)


@pytest.mark.parametrize("sender", ["zendesk", "intake"])
def test_a_strange_timestamp_is_refused_although_it_is_signed(sender: str) -> None:
    """Whoever holds the secret may sign any bytes; the window is told by one spelling of a moment only."""
    seed, tries = 3, scaled(commit=10_000, nightly=100_000)
    random = Random(seed)  # noqa: S311  repeatable, not secret
    for _ in range(tries):
        at = NOW + timedelta(seconds=random.choice([0, 1, -1, 299, 301, -3599, -3601, 10**6, -(10**6)]))
        plain = at.strftime("%Y-%m-%dT%H:%M:%SZ") if sender == "zendesk" else str(int(at.timestamp()))
        stamp = plain.encode()
        if random.random() < 0.7:
            stamp = random.choice(WAYS)(random, stamp)
        if sender == "zendesk":
            accepted = zendesk_is_genuine(KEYS, zendesk_mac(KEYS[1], stamp, b"{}"), stamp, b"{}", NOW)
            expected = _near(stamp, _read_iso, _spelt_iso)
        else:
            accepted = intake_is_genuine(KEYS, b"m", intake_mac(KEYS[1], b"m", stamp, b"{}"), stamp, b"{}", NOW)
            expected = _near(stamp, _read_unix, _spelt_unix, INTAKE_WINDOW)
        assert accepted is expected, f"seed {seed}: {stamp!r}"


def _read_iso(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _read_unix(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)


def _spelt_iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _spelt_unix(at: datetime) -> str:
    return str(int(at.timestamp()))


def _near(
    stamp: bytes,
    read: Callable[[str], datetime],
    spelt: Callable[[datetime], str],
    behind: timedelta = ZENDESK_BEHIND,
) -> bool:
    """An oracle by another way: read leniently, written again, and it has to be the same."""
    try:
        at = read(stamp.decode("ascii"))
    except (ValueError, OverflowError, OSError):
        return False
    return spelt(at).encode() == stamp and NOW - behind <= at <= NOW + ZENDESK_AHEAD


def test_no_mutant_of_a_bearer_header_is_genuine() -> None:
    seed, token = 4, "workmarket-token"
    random = Random(seed)  # noqa: S311  repeatable, not secret
    genuine = b"Bearer workmarket-token"
    for _ in range(scaled(commit=10_000, nightly=100_000)):
        changed = random.choice(WAYS)(random, genuine)
        scheme, _, rest = changed.partition(b" ")
        expected = scheme.lower() == b"bearer" and rest.strip(b" ") == token.encode()
        assert bearer_is_genuine(token, changed) is expected, f"seed {seed}: {changed!r}"
