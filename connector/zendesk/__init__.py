"""Zendesk: the verbs that the desk needs of it."""

from connector.zendesk.access.credentials import ApiToken, BearerToken, ClientCredentials, Credentials
from connector.zendesk.access.refused import ScopeLacks
from connector.zendesk.access.tokens import ShelfAway, Token, TokenShelf
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.client import Changed, ChangedTicket, Zendesk
from connector.zendesk.tickets.looking import TicketPart
from connector.zendesk.tickets.writing import ReadBack, Stamp, Written

__all__ = [
    "AccountIds",
    "ApiToken",
    "BearerToken",
    "Changed",
    "ChangedTicket",
    "ClientCredentials",
    "Credentials",
    "ReadBack",
    "ScopeLacks",
    "ShelfAway",
    "Stamp",
    "TicketPart",
    "Token",
    "TokenShelf",
    "Written",
    "Zendesk",
]
