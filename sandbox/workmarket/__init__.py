"""A stand-in WorkMarket: assignments, their messages, its API over HTTP and its webhooks."""

from sandbox.workmarket.api import Api
from sandbox.workmarket.service import StandInWorkMarket

__all__ = ["Api", "StandInWorkMarket"]
