"""WorkMarket: assignments read, messages posted and found again."""

from connector.workmarket.client import WorkMarket

__all__ = ["WorkMarket"]
