"""A fresh account: what Zendesk brings along before anyone sets anything up."""

from collections.abc import Callable
from datetime import datetime

from sandbox.zendesk.records.account import CATEGORIES, Account, add_field, add_form, add_status
from sandbox.zendesk.records.standard import standard_set

_STATUS_LABELS = {"new": "New", "open": "Open", "pending": "Pending", "hold": "On-hold", "solved": "Solved"}
_SYSTEM_FIELDS = (
    ("subject", "Subject"),
    ("description", "Description"),
    ("status", "Status"),
    ("custom_status", "Ticket status"),
    ("tickettype", "Type"),
    ("priority", "Priority"),
    ("group", "Group"),
    ("assignee", "Assignee"),
)


def fresh(clock: Callable[[], datetime], *, seed: int = 0) -> Account:
    """A new account: system statuses and fields, one form, one group, the admin, Zendesk's standard set."""
    account = Account(clock, seed)
    account.groups[account.next_id()] = {}
    group_id = next(iter(account.groups))
    account.groups[group_id] = {
        "id": group_id,
        "url": account.url(f"groups/{group_id}"),
        "name": "Support",
        "description": "",
        "default": True,
        "deleted": False,
        "is_public": True,
        **account.stamps(),
    }
    account.add_user("Parley", account.credentials.email, "admin", verified=True)
    account.add_user("Ada Agent", "ada@example.com", "agent", verified=True)
    for category in CATEGORIES:
        add_status(account, category, _STATUS_LABELS[category], default=True)
    for kind, title in _SYSTEM_FIELDS:
        add_field(account, {"type": kind, "title": title}, removable=False)
    add_form(account, {"name": "Default Ticket Form"}, default=True)
    standard_set(account)
    return account
