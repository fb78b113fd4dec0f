"""Runs the sandbox alone, with the real clock: `python -m sandbox --zendesk-port 8001 --workmarket-port 8002`."""

import argparse
import signal
import sys
import threading

from sandbox.control import PREFIX, Control
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--zendesk-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--workmarket-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--workmarket-webhook-url", help="where WorkMarket's webhooks go")
    parser.add_argument("--workmarket-webhook-token", help="the bearer token they carry")
    parser.add_argument("--webhook-workers", type=int, default=4, help="how many webhooks go out at once")
    parser.add_argument("--answers-after-ms", type=float, default=0.0, help="how long each call takes")
    parser.add_argument("--keep-calls", action="store_true", help="remember each call, for /_sandbox/calls")
    given = parser.parse_args()
    sandbox = Sandbox(
        MovableClock(ticking=True),
        deliver="background",
        keep_calls=given.keep_calls,
        webhook_workers=given.webhook_workers,
    )
    sandbox.workmarket.webhook_url = given.workmarket_webhook_url
    sandbox.workmarket.webhook_token = given.workmarket_webhook_token
    for door in (sandbox.zendesk_door, sandbox.workmarket_door):
        door.answers_after_s = given.answers_after_ms / 1000
    sandbox.zendesk_door.mounts[PREFIX] = Control(sandbox)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    try:
        sandbox.start(given.zendesk_port, given.workmarket_port)
    except OSError as error:
        print(f"The sandbox can't listen: {error}. Choose another port.", file=sys.stderr)
        return 1
    print(f"zendesk {sandbox.zendesk_url}\nworkmarket {sandbox.workmarket_url}", flush=True)
    over.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
