"""The desk beside one that promises nothing: a request is four calls to Zendesk, two to WorkMarket, and no more.

    python -m bench.beside [--on servers] [--cases 150] [--rounds 3]

That one answers a webhook before anything is kept, hands it to sixteen threads, and forgets it if it is killed: no
inbox, no verdict, no read-back, no timers. It uses the same two client libraries, as whoever writes one would; its
queue is a thread pool, so that it is rather faster than one with a task queue's library. Both run on one core, take
turns, and get their requests from the same stand-ins.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket

from bench.calls import REQUEST
from bench.desk import PARLEY, Door, answers, assignment, free_port, patiently, process, settings, stand_ins
from bench.figures import Figure, leave, parser
from bench.machine import FIRST_CORE, LAST_CORE, held_to
from bench.places import Place, add_place, place
from bench.walk import walk

WANTED = 0.8
THREADS = 16
SERVE = "--serve"


class Plain:
    """A desk that does what it is told and remembers nothing."""

    def __init__(self, zendesk: str, workmarket: str) -> None:
        # zenpy's own way to another address: it asks for these at each call.
        os.environ.update(ZENPY_FORCE_NETLOC=urlsplit(zendesk).netloc, ZENPY_FORCE_SCHEME="http")
        self._workmarket = f"{workmarket}/v1/employer"
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(THREADS)
        pair = {"token": "sandbox-token", "secret": "sandbox-secret"}
        given = httpx.post(f"{self._workmarket}/authorization/request", data=pair, trust_env=False)
        self._access = {"Authorization": f"Bearer {given.json()['response']['access_token']}"}

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Hand a request in; everything else, its own echoes too, is only answered."""
        body = (await receive()).get("body", b"") if scope["method"] == "POST" else b""
        said = json.loads(body) if body else {}
        if said.get("event") == "request.submitted":
            self._pool.submit(self.work, int(said["ticket_id"])).add_done_callback(tell)
        status = 202 if body else 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def work(self, ticket: int) -> None:
        """Two reads and two updates of the ticket, a read and a message of the assignment."""
        client = self._client()
        read = client.tickets(id=ticket)
        list(client.tickets.audits(ticket=ticket))
        number = next(field["value"] for field in read.custom_fields if str(field["value"] or "").isdigit())
        self._ask("GET", "assignments/get", params={"id": number})
        note = {"id": number, "content": "Could you approve this?", "is_private": "false"}
        self._ask("POST", "assignments/add_note", data=note)
        for text, public in (("It was posted on the assignment.", False), ("We have asked the client.", True)):
            client.tickets.update(Ticket(id=ticket, comment=Comment(body=text, public=public)))

    def _client(self) -> Zenpy:
        if not hasattr(self._local, "zendesk"):
            self._local.zendesk = Zenpy(subdomain="plain", oauth_token="sandbox-oauth-token", disable_cache=True)
        return self._local.zendesk

    def _ask(self, method: str, path: str, **more: Any) -> None:
        if not hasattr(self._local, "workmarket"):
            self._local.workmarket = httpx.Client(trust_env=False, timeout=30, headers=self._access)
        self._local.workmarket.request(method, f"{self._workmarket}/{path}", **more).raise_for_status()


def tell(done: Future[None]) -> None:
    """What it forgets, it says."""
    error = done.exception()
    if error is not None:
        print(f"The plain desk lost a request: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


@contextmanager
def plain_desk(where: Place) -> Iterator[Door]:
    """It runs between the stand-ins, whose account is set up."""
    port = free_port()
    public_url = f"http://127.0.0.1:{port}"
    with where.database() as url, stand_ins(public_url) as (zendesk, workmarket):
        environment = settings(url, zendesk, workmarket, public_url)
        apply = [*PARLEY, "zendesk", "apply", "--yes"]
        subprocess.run(apply, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        command = [sys.executable, "-m", "bench.beside", SERVE, str(port), zendesk, workmarket]
        with process(command, FIRST_CORE), Door(zendesk) as door:
            patiently("the plain desk does not answer", lambda: answers(port))
            yield door


def plain_walk(where: Place, cases: int) -> float:
    """Cases a second of the plain desk."""
    with plain_desk(where) as door, held_to(LAST_CORE):
        numbers = [assignment(door) for _ in range(cases)]
        before, started = door.calls(), perf_counter()
        for number in numbers:
            door.post("requests", assignment_id=number, **REQUEST)
        done = lambda: (door.calls() - before)["zendesk PUT"] >= 2 * cases  # noqa: E731
        patiently("the plain desk did not get through", done)
        took = perf_counter() - started
        if door.unexpected():
            raise SystemExit("The stand-ins were asked for something that they do not have.")
        return cases / took


def main() -> None:
    options = parser("bench.beside", __doc__)
    add_place(options)
    options.add_argument("--cases", type=int, default=150)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    ratios = []
    with place(chosen.on) as where:
        for _ in range(chosen.rounds):
            plain, ours = plain_walk(where, chosen.cases), walk(where, chosen.cases).rate
            ratios.append(ours / plain)
            print(f"{where.words}: the plain desk {plain:.1f} cases a second, ours {ours:.1f}", flush=True)
    ratio = statistics.median(ratios)
    print(f"Again: python -m bench.beside --on {where.name}")
    what = f"cases a second, {where.words}, of a desk that promises nothing"
    leave([Figure(what, f"{ratio:.2f}", f"at least {WANTED}", ratio >= WANTED)])


if __name__ == "__main__":
    if sys.argv[1:2] == [SERVE]:
        app = Plain(sys.argv[3], sys.argv[4])
        uvicorn.run(
            app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False, lifespan="off"
        )
    else:
        main()
