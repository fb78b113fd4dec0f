"""Proof that a request comes from who it says: pure functions over bytes."""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

# Zendesk documents no window, and whether it signs a retry anew is not known: hence an hour back.
ZENDESK_AHEAD = timedelta(minutes=5)
ZENDESK_BEHIND = timedelta(minutes=60)
INTAKE_WINDOW = timedelta(minutes=5)
_ZENDESK_TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
# base64 of 32 bytes leaves two bits of its last letter unused.
_ZENDESK_SIGNATURE = re.compile(rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_UNIX_TIME = re.compile(rb"[1-9][0-9]{0,11}")
# No full stop: it separates what is signed, so an id holding one could be cut elsewhere.
_WEBHOOK_ID = re.compile(rb"[\x21-\x2d\x2f-\x7e]{1,255}")
_MOST_SIGNATURES = 16


@lru_cache(maxsize=16)
def zendesk_keys(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """Signing secrets as keys: their very characters, not what their base64 stands for; empty ones are none.

    https://developer.zendesk.com/documentation/webhooks/verifying/
    """
    return tuple(secret.strip().encode() for secret in secrets if secret.strip())


def zendesk_mac(key: bytes, timestamp: bytes, body: bytes) -> bytes:
    """What Zendesk writes into X-Zendesk-Webhook-Signature: no separator between timestamp and body."""
    return b64encode(hmac.digest(key, timestamp + body, "sha256"))


def zendesk_is_genuine(
    keys: Sequence[bytes], signature: bytes | None, timestamp: bytes | None, body: bytes, now: datetime
) -> bool:
    """Whether one of the keys signed this body at a moment near enough. The same work whichever key it was."""
    if signature is None or timestamp is None or not could_be_genuine(signature, timestamp, now):
        return False
    genuine = False
    for key in keys:
        # Comparing the encoded form leaves one spelling of a signature, so that it can serve as a key.
        genuine |= hmac.compare_digest(zendesk_mac(key, timestamp, body), signature)
    return genuine


def could_be_genuine(signature: bytes | None, timestamp: bytes | None, now: datetime) -> bool:
    """Whether some key might have signed it at a moment near enough: all that shows without the key."""
    if signature is None or not _ZENDESK_SIGNATURE.fullmatch(signature):
        return False
    signed_at = zendesk_signed_at(timestamp)
    return signed_at is not None and now - ZENDESK_BEHIND <= signed_at <= now + ZENDESK_AHEAD


def zendesk_signed_at(timestamp: bytes | None) -> datetime | None:
    """The moment that X-Zendesk-Webhook-Signature-Timestamp names; None where it names none."""
    if timestamp is None or not _ZENDESK_TIME.fullmatch(timestamp):
        return None
    try:
        return datetime.fromisoformat(timestamp.decode("ascii"))
    except ValueError:
        return None


def intake_key(secret: str) -> bytes:
    """The key of a secret in Standard Webhooks form, `whsec_` + base64; ValueError when it is none.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    prefix, _, encoded = secret.strip().partition("_")
    if prefix != "whsec" or not encoded:
        raise ValueError("An intake secret must be whsec_ followed by base64.")
    try:
        key = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("An intake secret must be whsec_ followed by base64.") from None
    if not key:
        raise ValueError("An intake secret must not be empty.")
    return key


@lru_cache(maxsize=16)
def intake_keys(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """The keys of well-formed secrets; a malformed one opens nothing."""
    keys = []
    for secret in secrets:
        try:
            keys.append(intake_key(secret))
        except ValueError:
            continue
    return tuple(keys)


def intake_mac(key: bytes, webhook_id: bytes, timestamp: bytes, body: bytes) -> bytes:
    """One signature of a webhook-signature header."""
    signed = b"%b.%b.%b" % (webhook_id, timestamp, body)
    return b"v1," + b64encode(hmac.digest(key, signed, "sha256"))


def intake_is_genuine(
    keys: Sequence[bytes],
    webhook_id: bytes | None,
    signatures: bytes | None,
    timestamp: bytes | None,
    body: bytes,
    now: datetime,
) -> bool:
    """Whether one of the keys made one of the signatures (several: rotation at the sender) near enough to now."""
    if webhook_id is None or signatures is None or timestamp is None:
        return False
    if not _WEBHOOK_ID.fullmatch(webhook_id) or not _UNIX_TIME.fullmatch(timestamp):
        return False
    given = signatures.split(b" ")
    if len(given) > _MOST_SIGNATURES:
        return False
    genuine = False
    for key in keys:
        expected = intake_mac(key, webhook_id, timestamp, body)
        for signature in given:
            genuine |= hmac.compare_digest(expected, signature)
    signed_at = intake_signed_at(timestamp)
    return genuine and signed_at is not None and abs(now - signed_at) <= INTAKE_WINDOW


def intake_signed_at(timestamp: bytes | None) -> datetime | None:
    """The moment that webhook-timestamp names; None where it names none, or one that no calendar has."""
    if timestamp is None or not _UNIX_TIME.fullmatch(timestamp) or len(timestamp) > 11:
        return None
    return datetime.fromtimestamp(int(timestamp), UTC)


def bearer_is_genuine(token: str, authorization: bytes | None) -> bool:
    """Whether an Authorization header carries the token."""
    if authorization is None:
        return False
    scheme, _, given = authorization.partition(b" ")
    return hmac.compare_digest(given.strip(b" "), token.encode()) and scheme.lower() == b"bearer"
