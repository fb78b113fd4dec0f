"""The two scripts that refresh a page while somebody looks at it; each page is whole without them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.responses import Response

HTMX_VERSION: Final = "2.0.11"
HTMX_SHA256: Final = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""https://www.npmjs.com/package/htmx.org, `dist/htmx.min.js` as it was published, under the Zero-Clause BSD licence
that stands beside it."""

_FOREVER: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _Script:
    plain: bytes
    packed: bytes


@cache
def _scripts() -> Mapping[str, _Script]:
    """Each by a name that changes with it, so that browsers may keep it."""
    return {name: _Script(text, gzip.compress(text, mtime=0)) for name, text in (_htmx(), _ours())}


def _htmx() -> tuple[str, bytes]:
    return f"htmx-{HTMX_VERSION}.min.js", _read("vendored", "htmx.min.js")


def _ours() -> tuple[str, bytes]:
    text = _read("refresh.js")
    return f"refresh-{hashlib.sha256(text).hexdigest()[:12]}.js", text


def _read(*path: str) -> bytes:
    return files("parley.pages.desk").joinpath(*path).read_bytes()


REFRESHING: Final = tuple(f"/desk/static/{name}" for name, _ in (_htmx(), _ours()))
"""Where a page finds them, in the order in which it needs them."""


def script(name: str, headers: Iterable[tuple[bytes, bytes]]) -> Response | None:
    """A script by its name, packed where the browser takes it so; None where there is none."""
    found = _scripts().get(name)
    if found is None:
        return None
    packs = any(header == b"accept-encoding" and b"gzip" in value for header, value in headers)
    more = {"Content-Encoding": "gzip"} if packs else {}
    return Response(
        found.packed if packs else found.plain, headers={**_FOREVER, **more}, media_type="text/javascript"
    )
