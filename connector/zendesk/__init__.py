"""Zendesk: the verbs that the desk needs of it."""

from connector.zendesk.client import Changed, ChangedTicket, Zendesk
from connector.zendesk.credentials import ApiToken, BearerToken, ClientCredentials, Credentials
from connector.zendesk.ids import AccountIds
from connector.zendesk.looking import TicketPart
from connector.zendesk.refused import ScopeLacks
from connector.zendesk.tokens import ShelfAway, Token, TokenShelf
from connector.zendesk.writing import ReadBack, Stamp, Written

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
