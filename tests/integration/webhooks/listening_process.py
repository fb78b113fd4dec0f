"""The doors in a process of their own, which a test may kill; it says its port and listens."""

from __future__ import annotations

import socket
import sys

import uvicorn

from store import Store
from tests.integration.webhooks.receiving_desk import NOW, ReceivingDesk
from webhooks import create_app


def main() -> None:
    """Listen over the database whose URL is the one argument."""
    (_, url) = sys.argv
    listener = socket.create_server(("127.0.0.1", 0))
    desk = ReceivingDesk(url, Store.open(url, now=lambda: NOW))
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(create_app(desk.doors()), log_config=None)).run(sockets=[listener])
