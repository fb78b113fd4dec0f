"""Rules for single settings: each returns the value in its plain form, or raises ValueError saying why not."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import ssl
from urllib.parse import urlsplit

from pydantic import SecretStr

SHORTEST_SECRET = 16
AddressRange = ipaddress.IPv4Network | ipaddress.IPv6Network
_HEADERS_OF_OTHERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "forwarded",
        "host",
        "origin",
        "referer",
        "sec-fetch-site",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
    }
)


def subdomain(value: str | None) -> str | None:
    """Accept the first part of `acme.zendesk.com`."""
    if value is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", value):
        raise ValueError(
            "must be only the first part of your Zendesk address, in lower case: acme for acme.zendesk.com."
        )
    return value


def base_url(value: str | None) -> str | None:
    """Accept an address without path or password, by https, or by http on a loopback host; no final slash.

    It is kept as browsers name it, in small letters and without a port that is the usual one.
    """
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or re.search(r"\s", host) or parts.scheme not in ("http", "https"):
        raise ValueError("must be an address that begins with https://, such as https://parley.example.com.")
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must be an address without a path, a user name or a password in it.")
    if parts.scheme == "http" and not loopback(host):
        raise ValueError("must begin with https://: plain http is accepted for this machine (localhost) only.")
    named = f"[{host}]" if ":" in host else host
    is_usual = port is None or port == {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{named}" if is_usual else f"{parts.scheme}://{named}:{port}"


def collector(value: str | None) -> str | None:
    """Accept the address of what gathers traces, by https or http, with a path or without; no final slash."""
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not re.fullmatch(r"[^\s]+", host) or parts.scheme not in ("http", "https"):
        raise ValueError("must be an address that begins with http:// or https://, such as http://localhost:4318.")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must be an address without a user name or a password in it.")
    return value.rstrip("/")


def loopback(host: str) -> bool:
    """Say whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def database_url(value: SecretStr) -> SecretStr:
    """Accept anything with a scheme; the value may hold a password and is never repeated."""
    return _with_a_scheme(value, "sqlite:///parley.db or postgresql://user@host/parley")


def broker_url(value: SecretStr) -> SecretStr:
    """Accept anything with a scheme; the value may hold a password and is never repeated."""
    return _with_a_scheme(value, "amqp://user@host//, redis://host or memory://")


def _with_a_scheme(value: SecretStr, examples: str) -> SecretStr:
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", value.get_secret_value()):
        raise ValueError(f"must be a URL, such as {examples}.")
    return value


def proxy(value: SecretStr | None) -> SecretStr | None:
    """Accept the address of an HTTP proxy, which may hold a name and a password and is never repeated."""
    if value is None:
        return None
    try:
        parts = urlsplit(value.get_secret_value())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    more = parts.query or parts.fragment or parts.path not in ("", "/")
    if not re.fullmatch(r"\S+", host) or parts.scheme != "http" or more:
        raise ValueError(
            "must be the address of a proxy that begins with http://, such as http://proxy.example.com:3128; "
            "what goes through it is encrypted nevertheless."
        )
    return value


def authorities(value: str | None) -> str | None:
    """Accept a file that holds at least one certificate."""
    if value is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=value)
        except (OSError, ValueError):
            raise ValueError(
                "must name a PEM file that can be read and holds the certificates of authorities."
            ) from None
    return value


def secret_list(value: SecretStr | None) -> SecretStr | None:
    """Accept comma-separated secrets, at least one."""
    if value is not None and not split(value):
        raise ValueError("must hold at least one secret, several separated by commas.")
    return value


def intake_secrets(value: SecretStr | None) -> SecretStr | None:
    """Accept comma-separated secrets of Standard Webhooks: `whsec_` and base64 of 16 bytes or more."""
    for secret in split(secret_list(value)):
        if not secret.startswith("whsec_") or len(_decoded(secret.removeprefix("whsec_"))) < SHORTEST_SECRET:
            raise ValueError(
                "must hold secrets of the form whsec_ followed by the base64 of at least 16 random bytes, "
                "separated by commas."
            )
    return value


def plain_secrets(value: SecretStr | None) -> SecretStr | None:
    """Accept comma-separated secrets that are used as they stand: 32 or more letters, digits, `-`, `_`."""
    for secret in split(secret_list(value)):
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,}", secret):
            raise ValueError(
                "must hold secrets of at least 32 letters, digits, - or _, separated by commas: "
                "`openssl rand -hex 32` makes one."
            )
    return value


def header_name(value: str | None) -> str | None:
    """Accept the name of a header that says who asks; not one that browsers or proxies use for something else."""
    if value is not None and (
        not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,63}", value) or value.lower() in _HEADERS_OF_OTHERS
    ):
        raise ValueError("must be the name of a header that only your proxy sets, such as X-Forwarded-Email.")
    return value


def addresses(value: str | None) -> str | None:
    """Accept comma-separated addresses and networks; not all addresses that there are."""
    if value is not None:
        try:
            found = networks(value)
        except ValueError:
            found = ()
        if not found or any(one.prefixlen == 0 for one in found):
            raise ValueError(
                "must hold the addresses of your proxies, or their networks, separated by commas: 10.0.0.5, "
                "10.1.0.0/24."
            )
    return value


def networks(value: str) -> tuple[AddressRange, ...]:
    """Return the networks of comma-separated addresses and networks. Raises ValueError."""
    return tuple(ipaddress.ip_network(entry.strip()) for entry in value.split(",") if entry.strip())


def split(value: SecretStr | None) -> tuple[str, ...]:
    """Return the entries of a comma-separated secret; spaces around an entry and empty entries do not count."""
    entries = value.get_secret_value().split(",") if value is not None else []
    return tuple(entry.strip() for entry in entries if entry.strip())


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
