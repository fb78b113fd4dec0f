"""A stand-in Zendesk and WorkMarket speaking HTTP, with pages to click and a clock to move."""

from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock

__all__ = ["MovableClock", "Sandbox"]
