"""The roles a process can have: web, worker, clock, or all of them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from config.settings import Settings
from parley.health.timekeeping import LOOKED_EVERY_S
from parley.wiring.account_setup import watch_of
from parley.wiring.app import App
from parley.wiring.breath import Breath
from parley.wiring.stopping import GRACE_S, Stopping
from parley.zendesk.account.watching import ASKED_EVERY_S
from sync.runtime.loops import every

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from webhooks.connection_guard import ConnectionLimits

log = structlog.get_logger()
CONNECTIONS_GRACE_S = int(GRACE_S) - 3
"""Seconds that open requests have to end, so that some are left for what stands behind the doors."""
PRUNED_EVERY_S = 60
TIME_ASKED_EVERY_S = 15
REPORT_LOOKED_FOR_EVERY_S = 300

Loop = Callable[[threading.Event], None]


def server_for(app: FastAPI, host: str, port: int, limits: ConnectionLimits | None = None) -> uvicorn.Server:
    """The server as we run it, guarded. Logs are ours; access lines are left out, they name tickets."""
    import uvicorn

    from webhooks.connection_guard import ConnectionLimits, guarded

    limits = limits or ConnectionLimits()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=guarded(limits),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Who calls is who is at the other end of the connection, whatever a header says.
        proxy_headers=False,
        backlog=limits.backlog,
        timeout_keep_alive=max(1, round(limits.idle_s)),
        timeout_graceful_shutdown=CONNECTIONS_GRACE_S,
    )
    return uvicorn.Server(config)


def serve(app: FastAPI, host: str, port: int, stopping: Stopping) -> None:
    """Serve until the process is asked to stop."""
    Breath().keep()
    server = server_for(app, host, port)

    def stop() -> None:
        stopping.asked.wait()
        server.should_exit = True

    threading.Thread(target=stop, name="stop-serving", daemon=True).start()
    stopping.begun()
    try:
        server.run()
    except SystemExit:  # it could not listen, and has said why; its own exit codes are not ours
        reason = f"Nothing can listen at {host}, port {port}: choose another by PORT or --port."
        log.error("cannot_listen", reason=reason)
        raise SystemExit(1) from None


def timekeeping(app: App) -> Loop:
    """The look at what the desk's clock is set by."""

    look = app.loop_beats().watched("time", app.time.look)

    def keeping(stop: threading.Event) -> None:
        every(LOOKED_EVERY_S, look, stop, name="time")

    return keeping


def clock_loops(app: App, settings: Settings) -> list[Loop]:
    """The looks at the timers, at what webhooks missed, at what is over, at a change of secrets, at the account, at
    whether a report is due."""
    watched = app.loop_beats().watched

    def ticking(stop: threading.Event) -> None:
        every(settings.clock_interval, app.tick, stop, name="clock")

    def reconciling(stop: threading.Event) -> None:
        reconciler = app.reconciler()
        every(settings.reconcile_interval, lambda: reconciler.round(app.now()), stop, name="reconcile")

    def pruning(stop: threading.Event) -> None:
        pruner = app.pruner(stop.wait)
        every(PRUNED_EVERY_S, watched("pruning", lambda: app.prune(pruner)), stop, name="pruning")

    def mending(stop: threading.Event) -> None:
        every(settings.clock_interval, watched("secrets", app.rotation().mend), stop, name="secrets")

    def watching(stop: threading.Event) -> None:
        watch = watch_of(app, settings.public_url or "")
        every(ASKED_EVERY_S, watched("account", watch.round), stop, name="account")

    def reporting(stop: threading.Event) -> None:
        sender = app.report_sender()
        send = watched("report", lambda: app.send_report(sender))
        every(REPORT_LOOKED_FOR_EVERY_S, send, stop, name="report")

    return [ticking, reconciling, pruning, mending, reporting, *([watching] if settings.public_url else [])]


@contextmanager
def running(stop: threading.Event, *loops: Loop) -> Iterator[threading.Event]:
    """Run loops on threads for as long as the context lasts, or until `stop` is set."""
    threads = [threading.Thread(target=loop, args=(stop,)) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def until_stopped(stopping: Stopping, *loops: Loop) -> None:
    """Run loops until the process is asked to stop; what was begun is finished."""
    Breath().keep()
    stopping.begun()
    with running(stopping.asked, *loops):
        stopping.asked.wait()


def ask_for_the_time(app: App, stop: threading.Event) -> None:
    """Have the services asked what time it is until one has said that our clock is right: doors alone call nobody,
    and by a wrong clock would find everything too old. Nobody waits for it: a service may hang."""
    asking = (TIME_ASKED_EVERY_S, app.time.is_sure, stop)
    threading.Thread(target=every, args=asking, kwargs={"name": "asking the time"}, daemon=True).start()


def web(app: App, host: str, port: int, stopping: Stopping) -> None:
    ask_for_the_time(app, stopping.asked)
    with running(stopping.asked, timekeeping(app)):
        serve(app.web(), host, port, stopping)


def worker(app: App, stopping: Stopping) -> None:
    until_stopped(stopping, app.worker().run, timekeeping(app))


def clock(app: App, settings: Settings, stopping: Stopping) -> None:
    until_stopped(stopping, *clock_loops(app, settings), timekeeping(app))


def everything(app: App, settings: Settings, host: str, port: int, stopping: Stopping) -> None:
    """Web, worker, delivery and clock in one process."""
    hands = app.worker()
    with running(stopping.asked, hands.run, *clock_loops(app, settings), timekeeping(app)):
        serve(app.web(hands.hear), host, port, stopping)
