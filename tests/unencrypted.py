"""Says to an HTTP client that nothing is encrypted; else each one reads all authorities, which takes 20 ms."""

from __future__ import annotations

import ssl

UNENCRYPTED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For what listens on this machine: `httpx.Client(verify=UNENCRYPTED, …)`."""
