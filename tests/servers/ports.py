"""Loopback ports for servers that are started again at the same place."""

from __future__ import annotations

import random
import socket

# Below the ports that outgoing connections take: one of those could sit on the port of a server that is down.
LOWEST, HIGHEST = 20_000, 32_000


def lasting_port() -> int:
    """A port that nobody listens at."""
    pick = random.SystemRandom()
    for _ in range(100):
        port = pick.randrange(LOWEST, HIGHEST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("No loopback port is free.")
