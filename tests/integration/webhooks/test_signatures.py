"""Which signatures are genuine: the published vectors, and every spelling that is not exactly right."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.signatures import (
    bearer_is_genuine,
    could_be_genuine,
    intake_is_genuine,
    intake_key,
    intake_keys,
    intake_mac,
    zendesk_is_genuine,
    zendesk_keys,
    zendesk_mac,
)

# The vector of Zendesk's documentation, with the signature of the order it documents today.
KEY = b"HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
BODY = b'{"say": "hello"}'
STAMP = b"2021-07-25T10:00:00Z"
SIGNATURE = b"Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="
SIGNATURE_OF_THE_OLD_ORDER = b"tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw="
AT = datetime(2021, 7, 25, 10, 0, tzinfo=UTC)


def genuine(
    signature: bytes | None = SIGNATURE,
    stamp: bytes | None = STAMP,
    body: bytes = BODY,
    keys: tuple[bytes, ...] = (KEY,),
    now: datetime = AT,
) -> bool:
    return zendesk_is_genuine(keys, signature, stamp, body, now)


def test_the_published_vector_is_genuine() -> None:
    assert zendesk_mac(KEY, STAMP, BODY) == SIGNATURE
    assert genuine()


def test_the_order_of_the_old_documentation_is_refused() -> None:
    assert not genuine(SIGNATURE_OF_THE_OLD_ORDER)


def test_a_secret_is_its_characters_and_not_what_its_base64_stands_for() -> None:
    secret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
    assert zendesk_keys((secret,)) == (secret.encode(),)
    decoded = b64decode(secret)
    assert not genuine(zendesk_mac(decoded, STAMP, BODY), keys=zendesk_keys((secret,)))


def test_no_secret_opens_nothing() -> None:
    assert zendesk_keys(("", "  ")) == ()
    assert not genuine(zendesk_mac(b"", STAMP, BODY), keys=())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_of_several_secrets_will_do(place: int) -> None:
    keys = [b"one", b"two"]
    keys.insert(place, KEY)
    assert genuine(keys=tuple(keys))


OTHER_BYTES = SIGNATURE.lower()
MISSPELT = [
    None,
    b"",
    SIGNATURE[:-1],
    SIGNATURE + b"=",
    SIGNATURE + b"\n",
    b" " + SIGNATURE,
    SIGNATURE[:20] + b"\n" + SIGNATURE[20:],
    SIGNATURE.replace(b"/", b"_").replace(b"+", b"-"),
    # The last character before the padding has two bits nobody reads.
    SIGNATURE[:-2] + b"l=",
    b64decode(SIGNATURE).hex().encode(),
    b64decode(SIGNATURE),
    "ü".encode() * 22,
    b"=" * 44,
]
MISDATED = [
    None,
    b"",
    b"1627207200",
    b"2021-07-25 10:00:00Z",
    b"2021-07-25T10:00:00z",
    b"2021-07-25T10:00:00+00:00",
    b"2021-07-25T10:00:00.000Z",
    b"2021-W29-7T10:00:00Z",
    b"2021-07-25T10:00:60Z",
    b"2021-02-30T10:00:00Z",
    b"+021-07-25T10:00:00Z",
    b" 2021-07-25T10:00:00Z",
    "٢021-07-25T10:00:00Z".encode(),
    b"2021-07-25T10:00:00Z\n",
]


@pytest.mark.parametrize("signature", [*MISSPELT, OTHER_BYTES])
def test_any_other_spelling_of_a_signature_is_refused(signature: bytes | None) -> None:
    assert not genuine(signature)


@pytest.mark.parametrize("stamp", MISDATED)
def test_any_other_spelling_of_a_timestamp_is_refused_although_it_is_signed(stamp: bytes | None) -> None:
    assert not genuine(zendesk_mac(KEY, stamp or b"", BODY), stamp)


@pytest.mark.parametrize("signature", [SIGNATURE, OTHER_BYTES])
def test_what_another_key_may_have_signed_could_be_genuine(signature: bytes) -> None:
    assert could_be_genuine(signature, STAMP, AT) is True


@pytest.mark.parametrize(
    ("signature", "stamp"), [*((one, STAMP) for one in MISSPELT), *((SIGNATURE, one) for one in MISDATED)]
)
def test_what_no_key_can_have_signed_could_not_be_genuine(signature: bytes | None, stamp: bytes | None) -> None:
    assert could_be_genuine(signature, stamp, AT) is False


@pytest.mark.parametrize(
    ("off", "accepted"),
    [
        (timedelta(minutes=60), True),
        (timedelta(minutes=60, seconds=1), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
    ],
)
def test_a_timestamp_may_be_an_hour_behind_and_five_minutes_ahead(off: timedelta, accepted: bool) -> None:
    assert genuine(now=AT + off) is accepted


@given(st.binary(max_size=60), st.binary(max_size=30), st.binary(max_size=60))
def test_no_other_bytes_are_genuine_and_none_raise(signature: bytes, stamp: bytes, body: bytes) -> None:
    assert not genuine(signature, stamp, body)
    assert not genuine(signature)
    assert genuine(stamp=stamp) is (stamp == STAMP)
    assert genuine(body=body) is (body == BODY)


@given(st.integers(0, 43), st.integers(0, 7))
def test_a_flipped_bit_is_refused(place: int, bit: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[place] ^= 1 << bit
    assert not genuine(bytes(changed))


# The vector of the Standard Webhooks libraries.
INTAKE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = (b"msg_p5jXN8AQM9LWM0D4loKWxJek", b"1614265330", b'{"test": 2432232314}')
INTAKE_SIGNATURE = b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SENT = datetime.fromtimestamp(1614265330, UTC)


def intake_genuine(
    signatures: bytes | None = INTAKE_SIGNATURE,
    webhook_id: bytes | None = MESSAGE[0],
    stamp: bytes | None = MESSAGE[1],
    body: bytes = MESSAGE[2],
    now: datetime = SENT,
) -> bool:
    return intake_is_genuine(intake_keys((INTAKE_SECRET,)), webhook_id, signatures, stamp, body, now)


def test_the_published_vector_of_standard_webhooks_is_genuine() -> None:
    assert intake_mac(intake_key(INTAKE_SECRET), *MESSAGE) == INTAKE_SIGNATURE
    assert intake_genuine()


def test_one_right_signature_among_several_will_do() -> None:
    other = b"v1," + b64encode(b"x" * 32)
    assert intake_genuine(b"v1a,abc " + other + b" " + INTAKE_SIGNATURE)


@pytest.mark.parametrize(
    "signatures",
    [
        None,
        b"",
        INTAKE_SIGNATURE[3:],
        b"v2" + INTAKE_SIGNATURE[2:],
        INTAKE_SIGNATURE + b"\n",
        INTAKE_SIGNATURE.replace(b"v1,", b"v1, "),
        b"v1,,".join(INTAKE_SIGNATURE.split(b"v1,")),
        INTAKE_SIGNATURE + b",v1",
        b" ".join([b"v1,x"] * 16 + [INTAKE_SIGNATURE]),
        "ü".encode(),
    ],
)
def test_any_other_spelling_of_an_intake_signature_is_refused(signatures: bytes | None) -> None:
    assert not intake_genuine(signatures)


@pytest.mark.parametrize(
    "stamp", [None, b"", b"+1614265330", b"1614265330.0", b"16_14265330", b" 1614265330", b"0"]
)
def test_any_other_spelling_of_an_intake_timestamp_is_refused_although_it_is_signed(stamp: bytes | None) -> None:
    signed = intake_mac(intake_key(INTAKE_SECRET), MESSAGE[0], stamp or b"", MESSAGE[2])
    assert not intake_genuine(signed, stamp=stamp)


def test_an_intake_timestamp_of_the_far_future_is_refused_and_does_not_raise() -> None:
    stamp = b"9" * 12
    signed = intake_mac(intake_key(INTAKE_SECRET), MESSAGE[0], stamp, MESSAGE[2])
    assert not intake_genuine(signed, stamp=stamp)
    stamp = b"9" * 11
    signed = intake_mac(intake_key(INTAKE_SECRET), MESSAGE[0], stamp, MESSAGE[2])
    assert not intake_genuine(signed, stamp=stamp)


@pytest.mark.parametrize("seconds", [5, 10_413_792_000])
def test_an_intake_timestamp_has_as_many_digits_as_its_moment_needs(seconds: int) -> None:
    stamp, now = b"%d" % seconds, datetime.fromtimestamp(seconds, UTC)
    signed = intake_mac(intake_key(INTAKE_SECRET), MESSAGE[0], stamp, MESSAGE[2])
    assert intake_genuine(signed, stamp=stamp, now=now)


def test_sixteen_signatures_are_still_looked_at() -> None:
    assert intake_genuine(b" ".join([b"v1,x"] * 15 + [INTAKE_SIGNATURE]))


@pytest.mark.parametrize("webhook_id", [b"x", b"x" * 255])
def test_an_id_may_have_up_to_255_characters(webhook_id: bytes) -> None:
    signed = intake_mac(intake_key(INTAKE_SECRET), webhook_id, *MESSAGE[1:])
    assert intake_genuine(signed, webhook_id=webhook_id)


@pytest.mark.parametrize("webhook_id", [None, b"", b"a.b", b"a b", b"a\n", b"x" * 256, "ü".encode()])
def test_an_id_that_could_be_cut_elsewhere_is_refused_although_it_is_signed(webhook_id: bytes | None) -> None:
    signed = intake_mac(intake_key(INTAKE_SECRET), webhook_id or b"", *MESSAGE[1:])
    assert not intake_genuine(signed, webhook_id=webhook_id)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_the_intake_window_is_five_minutes_both_ways(minutes: int) -> None:
    edge = SENT + timedelta(minutes=minutes)
    assert intake_genuine(now=edge)
    assert not intake_genuine(now=edge + timedelta(seconds=1 if minutes > 0 else -1))


@pytest.mark.parametrize("secret", ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!", "whsec_MfK"])
def test_a_malformed_intake_secret_is_refused_and_opens_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        intake_key(secret)
    assert intake_keys((secret, INTAKE_SECRET)) == (intake_key(INTAKE_SECRET),)


@pytest.mark.parametrize("header", [b"Bearer t0ken", b"bearer t0ken", b"BEARER  t0ken"])
def test_the_bearer_token_is_genuine(header: bytes) -> None:
    assert bearer_is_genuine("t0ken", header)


@pytest.mark.parametrize(
    "header",
    [None, b"", b"t0ken", b"Basic t0ken", b"Bearer", b"Bearer t0ke", b"Bearer t0kenx", b"Bearer Xt0kenX"],
)
def test_any_other_authorization_is_refused(header: bytes | None) -> None:
    assert not bearer_is_genuine("t0ken", header)
