"""A stand-in Zendesk and WorkMarket speaking HTTP, with pages to click and a clock to move."""

from sandbox.clock import MovableClock
from sandbox.server import Sandbox

__all__ = ["MovableClock", "Sandbox"]
