"""A fresh account: what Zendesk brings along before anyone sets anything up."""

from collections.abc import Callable
from datetime import datetime

from sandbox.zendesk.account import CATEGORIES, Account, add_field, add_form, add_status

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
    """A new account: system statuses and fields, one form, one group, the admin, the account's own trigger."""
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
    _own_trigger(account)
    return account


def _own_trigger(account: Account) -> None:
    category_id = account.next_id()
    account.trigger_categories[category_id] = {
        "id": str(category_id),
        "name": "Notifications",
        "position": 0,
        **account.stamps(),
    }
    trigger_id = account.next_id()
    title = "Notify requester and CCs of comment update"
    account.triggers[trigger_id] = {
        "id": trigger_id,
        "url": account.url(f"triggers/{trigger_id}"),
        "title": title,
        "raw_title": title,
        "description": "",
        "category_id": str(category_id),
        "active": True,
        "default": True,
        "position": 1,
        "conditions": {
            "all": [
                {"field": "update_type", "operator": "is", "value": "Change"},
                {"field": "comment_is_public", "operator": "is", "value": "requester_can_see_comment"},
            ],
            "any": [],
        },
        "actions": [
            {
                "field": "notification_user",
                "value": [
                    "requester_and_ccs",
                    "[{{ticket.account}}] Re: {{ticket.title}}",
                    "Your request ({{ticket.id}}) has been updated.\n\n{{ticket.latest_public_comment}}",
                ],
            }
        ],
        **account.stamps(),
    }
