"""WorkMarket: assignments read, messages posted and found again."""

from connector.workmarket.client import WorkMarketClient

__all__ = ["WorkMarketClient"]
