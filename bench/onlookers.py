"""Whether onlookers slow the doors: webhooks accepted while people look at pages and while nobody does.

    python -m bench.onlookers [--on servers] [--rounds 7] [--requests 6000] [--cases 5000]

`parley web` on one core, those who ask it on the other. A turn is so many signed webhooks of 2 KB, as fast as they
are answered. Each round has a turn alone and one with onlookers, now this first and now that. What counts is the
ratio of the two, the median of all rounds: of the webhooks accepted in a second, and in a second of the process's
processor time. On a machine that does other things the first wanders by a fifth and more; the second does not.

The onlookers ask for five pages a second: each of `/desk` and requesters' pages by turns. Five is a busy desk: a
page that is left open is read anew every 30 seconds, so these are 150 people with one open before them, or ten who
open another every two seconds. Such a desk takes in some webhooks a second, not a thousand; so the ratio is that of
a desk at its limit, where each look takes its processor time from webhooks. Seconds are counted by the processor
time that the process has had: with a core of its own that is all of them, and where it has less, looks that went on
by the clock would take more of what is left than they do there.
"""

from __future__ import annotations

import http.client
import os
import statistics
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from time import perf_counter
from typing import Final

from bench.accept import BODY_BYTES, SECRET, load, signed_requests
from bench.dead_letters import bury
from bench.desk import PARLEY, answers, free_port, patiently, process, settings
from bench.figures import Figure, leave, parser
from bench.machine import FIRST_CORE, LAST_CORE, held_to, processor_seconds
from bench.many_cases import PROGRESS_SECRET, fill, page_end
from bench.places import Place, add_place, place
from store import Store

LOOKS_A_SECOND: Final = 5
PAUSE_S: Final = 0.02
CONNECTIONS: Final = 32
KEPT_FROM: Final = 0.95
NOBODY: Final = "http://127.0.0.1:9"
"""Where neither service is: these doors ask nobody anything."""
HEADER: Final = "X-Forwarded-Email"


@dataclass(frozen=True, slots=True)
class Turn:
    """Webhooks accepted in a second, and in one of processor time; how long the 202 took; the looks meanwhile."""

    rate: float
    efficiency: float
    p50_ms: float
    p99_ms: float
    looks: int = 0


@dataclass(slots=True)
class Looked:
    """How long each look took, and what went wrong with one, if anything did."""

    seconds: list[float] = field(default_factory=list)
    trouble: BaseException | None = None


def addresses(cases: int) -> list[str]:
    """Each page of the desk with a requester's page after it, of cases far from each other."""
    pages = ("cases", "cases/{0}", "dead", "forecast", "account", "health")
    numbers = [turn * 7919 % cases for turn in range(4 * len(pages))]
    desk = [f"/desk/{pages[turn % len(pages)].format(number)}" for turn, number in enumerate(numbers)]
    return [one for path, number in zip(desk, numbers, strict=True) for one in (path, f"/p/{page_end(number)}")]


def look(line: http.client.HTTPConnection, path: str) -> None:
    """Read one page whole."""
    line.request("GET", path, headers={HEADER: "ada@desk.test"})
    answer = line.getresponse()
    text = answer.read()
    if answer.status != 200 or b"</html>" not in text:
        raise SystemExit(f"{path.rpartition('/')[0]} was answered {answer.status}.")


@contextmanager
def onlookers(port: int, pid: int, paths: Iterator[str]) -> Iterator[Looked]:
    """Look five times in each second that the process works, whether or not the look before took long."""
    looked, over = Looked(), threading.Event()

    def go_on() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        begun, number = processor_seconds(pid), 0
        try:
            while not over.wait(PAUSE_S):
                if processor_seconds(pid) - begun < number / LOOKS_A_SECOND:
                    continue
                started = perf_counter()
                look(line, next(paths))
                looked.seconds.append(perf_counter() - started)
                number += 1
        except BaseException as error:
            looked.trouble = error
        finally:
            line.close()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield looked
    finally:
        over.set()
        thread.join()
    if looked.trouble is not None:
        raise looked.trouble


@contextmanager
def doors(where: Place, cases: int) -> Iterator[tuple[int, int]]:
    """`parley web` on a database of many cases: its port and its process."""
    port = free_port()
    with where.database() as url:
        fill(url, cases)
        with Store.open(url, now=lambda: datetime.now(UTC)) as store:
            bury(store, cases)
        environment = {
            **settings(url, NOBODY, NOBODY, f"http://127.0.0.1:{port}"),
            "ZENDESK_WEBHOOK_SECRETS": SECRET,
            "PROGRESS_SECRETS": PROGRESS_SECRET,
            "TRUSTED_PROXY_HEADER": HEADER,
            "TRUSTED_PROXY_ADDRESSES": "127.0.0.1",
        }
        command = [*PARLEY, "web", "--host", "127.0.0.1", "--port", str(port)]
        with process(command, FIRST_CORE, env=environment) as running:
            patiently("the doors do not answer", lambda: answers(port))
            yield port, running.pid


def turn(port: int, pid: int, requests: Sequence[bytes], paths: Iterator[str] | None) -> Turn:
    """Have so many webhooks accepted; with `paths` somebody looks at these meanwhile."""
    before = processor_seconds(pid)
    if paths is None:
        looks, (rate, p50, p99) = 0, load(port, requests, CONNECTIONS)
    else:
        with onlookers(port, pid, paths) as looked:
            rate, p50, p99 = load(port, requests, CONNECTIONS)
        looks = len(looked.seconds)
    used = max(0.01, processor_seconds(pid) - before)
    return Turn(rate, len(requests) / used, p50, p99, looks)


def measured(where: Place, rounds: int, count: int, cases: int) -> tuple[list[Turn], list[Turn]]:
    """The turns alone, and those with onlookers, of the same rounds."""
    alone: list[Turn] = []
    watched: list[Turn] = []
    every = addresses(cases)
    with doors(where, cases) as (port, pid), held_to(LAST_CORE):
        paths = cycle(every)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for path in every:
            look(line, path)  # templates are read once, and the forecast is counted once
        line.close()
        load(port, signed_requests(max(CONNECTIONS, count // 4), "warm"), CONNECTIONS)
        for number in range(rounds):
            for looking in (False, True) if number % 2 else (True, False):
                requests = signed_requests(count, f"{number}-{looking}-{os.getpid()}")
                made = turn(port, pid, requests, paths if looking else None)
                (watched if looking else alone).append(made)
    return alone, watched


def told(words: str, turns: Sequence[Turn]) -> str:
    names = ("rate", "p50_ms", "p99_ms", "efficiency")
    rate, p50, p99, efficiency = (statistics.median(getattr(one, name) for one in turns) for name in names)
    cost = f"{1e6 / efficiency:.0f} µs of processor time each"
    return f"  {words:>14}: {rate:6.0f} a second, p50 {p50:.1f}, p99 {p99:.1f} ms, {cost}"


def main() -> None:
    options = parser("bench.onlookers", __doc__)
    add_place(options)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--requests", type=int, default=6_000)
    options.add_argument("--cases", type=int, default=5_000)
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        print(f"Accepting, {where.words}, {CONNECTIONS} connections, {BODY_BYTES} byte bodies, one core:")
        alone, watched = measured(where, chosen.rounds, chosen.requests, chosen.cases)
    print(told("alone", alone))
    print(told("with onlookers", watched), flush=True)
    rates = [one.rate / other.rate for one, other in zip(watched, alone, strict=True)]
    costs = [one.efficiency / other.efficiency for one, other in zip(watched, alone, strict=True)]
    rate, cost = statistics.median(rates), statistics.median(costs)
    kept = "kept" if min(rate, cost) >= KEPT_FROM else "NOT KEPT"
    print(
        f"  RATIO of the rate {rate:.3f} ({min(rates):.3f} to {max(rates):.3f}), by processor time {cost:.3f} "
        f"({min(costs):.3f} to {max(costs):.3f}), promised {KEPT_FROM}: {kept}"
    )
    looks, seconds = sum(one.looks for one in watched), sum(chosen.requests / one.efficiency for one in watched)
    more = sum(
        chosen.requests / one.efficiency - chosen.requests / other.efficiency
        for one, other in zip(watched, alone, strict=True)
    )
    print(f"  {looks} looks, {looks / seconds:.1f} a second, {more / looks * 1000:.1f} ms of processor time each")
    print(f"Again: python -m bench.onlookers --on {where.name}")
    what = f"accepting, {where.words}, while {LOOKS_A_SECOND} pages a second are looked at"
    promised = f"at least {KEPT_FROM}"
    leave(
        [
            Figure(f"{what}, of the rate alone", f"{rate:.3f}", promised, rate >= KEPT_FROM),
            Figure(f"{what}, of its requests a processor second", f"{cost:.3f}", promised, cost >= KEPT_FROM),
        ]
    )


if __name__ == "__main__":
    main()
