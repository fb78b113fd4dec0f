"""Zendesk: the client that answers the desk's verbs, and what it is made with."""

from connector.zendesk.access.credentials import ApiToken, BearerToken, ClientCredentials, ZendeskCredentials
from connector.zendesk.access.tokens import Token, TokenCache, TokenCacheUnavailable
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.client import ZendeskClient

__all__ = [
    "AccountIds",
    "ApiToken",
    "BearerToken",
    "ClientCredentials",
    "Token",
    "TokenCache",
    "TokenCacheUnavailable",
    "ZendeskClient",
    "ZendeskCredentials",
]
