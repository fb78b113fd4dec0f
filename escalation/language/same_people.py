"""Who is who: when two e-mail addresses, and when two names, are the same person's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

_DOTS: Final = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_ASCII_LOWER: Final = str.maketrans({chr(sign): chr(sign + 32) for sign in range(ord("A"), ord("Z") + 1)})
_APOSTROPHES: Final = dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u2032\u00b4`\uff07", "'")
_HYPHENS: Final = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
_UNSEEN: Final = dict.fromkeys(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0e\ufe0f", ""
)
_SIGNS: Final = str.maketrans(_APOSTROPHES | _HYPHENS | _UNSEEN)


def address_key(address: str) -> str:
    """What two spellings of one e-mail address share; empty for an empty one.

    ASCII letters have no case, and a domain is the same in its own letters and as `xn--…` (RFC 3490, RFC 5891).
    Nothing else is folded: ß, the Kelvin sign and the long s in a mailbox's name are other people.
    """
    local, at, domain = address.strip().rpartition("@")
    labels = (_label(one) for one in domain.translate(_DOTS).split("."))
    return f"{local.translate(_ASCII_LOWER)}{at}{'.'.join(labels)}"


def _label(label: str) -> str:
    if label.isascii():
        return label.translate(_ASCII_LOWER)
    # A letter is made small only where that can be undone: the Kelvin sign is no k.
    small = "".join(low if (low := sign.lower()).upper() == sign else sign for sign in label)
    composed = unicodedata.normalize("NFC", small)
    return composed if composed.isascii() else "xn--" + composed.encode("punycode").decode("ascii")


def same_address(one: str | None, other: str | None) -> bool:
    """Whether both are e-mail addresses, and the same one."""
    return bool(one and other) and address_key(str(one)) == address_key(str(other)) != ""


def name_key(name: str) -> str:
    """What two spellings of one name share: accents composed or not, apostrophes, hyphens, unseen signs, spaces
    and case as they may come; other letters are another name."""
    composed = unicodedata.normalize("NFC", name.translate(_SIGNS))
    return unicodedata.normalize("NFC", " ".join(composed.split()).lower())


def name_keys(names: Iterable[str]) -> frozenset[str]:
    """The keys of the names that are none of them blank."""
    return frozenset(map(name_key, names)) - {""}
