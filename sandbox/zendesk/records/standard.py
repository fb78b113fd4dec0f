"""Zendesk's standard set: the rules, macros and views that each account has before anyone sets anything up.

Which there are and what they ask for: "About the standard support triggers", "About the standard automations" and
the pages on standard views and macros of the help centre. The words they send are our own.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import Json

_Rule = tuple[str, str, list[Json], bool]
"""Title, what all must hold, actions, whether it is switched on."""

_ABOUT: Final = "[{{ticket.account}}] {{ticket.title}}"
_THREAD: Final = "{{ticket.comments_formatted}}"
_PUBLIC: Final = f"Your request ({{{{ticket.id}}}}) has been updated.\n\n{_THREAD}"
_LATEST: Final = "Your request ({{ticket.id}}) has been updated.\n\n{{ticket.latest_public_comment}}"
_RECEIVED: Final = "Your request ({{ticket.id}}) has been received and is being looked at.\n\n" + _THREAD


def _mail(to: str, text: str) -> Json:
    return {"field": "notification_user", "value": [to, _ABOUT, text]}


def _rows(written: str) -> list[Json]:
    """Conditions, written `field operator value` and parted by semicolons."""
    found = []
    for one in filter(None, (part.strip() for part in written.split(";"))):
        field, operator, *value = one.split(maxsplit=2)
        found.append({"field": field, "operator": operator, "value": value[0] if value else ""})
    return found


MAILER: Final = "Notify requester and CCs of comment update"
_PUBLIC_OF_END_USER: Final = "ticket_is_public is public; comment_is_public is true; role is end_user"

_TRIGGERS: Final[tuple[_Rule, ...]] = (
    (
        "Notify requester and CCs of received request",
        f"update_type is Create; status is_not solved; {_PUBLIC_OF_END_USER}",
        [_mail("requester_and_ccs", _RECEIVED)],
        True,
    ),
    (
        "Notify requester of new proactive ticket",
        "update_type is Create; ticket_is_public is public; comment_is_public is true; role is agent",
        [_mail("requester_id", _THREAD)],
        True,
    ),
    (MAILER, "update_type is Change; comment_is_public is true", [_mail("requester_and_ccs", _LATEST)], True),
    (
        "Notify assignee of comment update",
        "comment_is_public is not_relevant; assignee_id is_not current_user; assignee_id is_not requester_id; "
        "assignee_id not_changed; status not_value_previous solved",
        [_mail("assignee_id", _THREAD)],
        True,
    ),
    (
        "Notify assignee of assignment",
        "assignee_id changed; assignee_id is_not current_user",
        [_mail("assignee_id", _THREAD)],
        True,
    ),
    (
        "Notify assignee of reopened ticket",
        "assignee_id is_not current_user; status value_previous solved; status is_not closed",
        [_mail("assignee_id", _THREAD)],
        True,
    ),
    (
        "Notify group of assignment",
        "group_id changed; group_id is_not; assignee_id is",
        [{"field": "notification_group", "value": ["group_id", _ABOUT, _THREAD]}],
        True,
    ),
    ("Notify all agents of received request", "update_type is Create", [_mail("all_agents", _THREAD)], True),
    (
        "Auto-assign to first email responding agent",
        "update_type is Change; current_via_id is 4; role is agent; assignee_id is",
        [{"field": "assignee_id", "value": "current_user"}],
        False,
    ),
)

_OLDER: Final = (
    (
        "Notify requester of comment update",
        "update_type is Change; comment_is_public is requester_can_see_comment; status not_value solved",
        [_mail("requester_id", _PUBLIC)],
        True,
    ),
    ("Notify requester of solved request", "status value solved", [_mail("requester_id", _PUBLIC)], True),
)

_AUTOMATIONS: Final[tuple[_Rule, ...]] = (
    (
        "Close ticket 4 days after status is set to solved",
        "status is solved; SOLVED greater_than 96",
        [{"field": "status", "value": "closed"}],
        True,
    ),
    (
        "Pending notification 24 hours",
        "status is pending; PENDING is 24",
        [_mail("requester_id", "We wait for your answer.\n\n" + _THREAD)],
        False,
    ),
    (
        "Pending notification 5 days",
        "status is pending; PENDING is 120",
        [_mail("requester_id", "We still wait for your answer.\n\n" + _THREAD)],
        False,
    ),
    (
        "Request customer satisfaction rating (System Automation)",
        "status is solved; SOLVED is 24; satisfaction_score is unoffered; ticket_is_public is public",
        [{"field": "satisfaction_score", "value": "offered"}, _mail("requester_and_ccs", "How did we do?")],
        False,
    ),
)

_MACROS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("Take it!", {"assignee_id": "current_user", "status": "open"}),
    ("Customer not responding", {"status": "pending", "comment_value": "We have not heard back from you."}),
    ("Downgrade and inform", {"priority": "low", "comment_value": "We are busy and will answer a little later."}),
    ("Close and redirect to topics", {"status": "solved", "comment_value": "Please look in our help centre."}),
)

_UNSOLVED: Final = "status less_than solved"
_VIEWS: Final[tuple[tuple[str, str, bool], ...]] = (
    ("Your unsolved tickets", f"{_UNSOLVED}; assignee_id is current_user", True),
    ("Unassigned tickets", f"{_UNSOLVED}; assignee_id is", True),
    ("All unsolved tickets", _UNSOLVED, True),
    ("Recently updated tickets", "updated_at less_than 24; status less_than closed", True),
    ("Pending tickets", "status is pending", True),
    ("Recently solved tickets", "status is solved; SOLVED less_than 168", True),
    ("Unsolved tickets in your groups", f"{_UNSOLVED}; group_id is current_groups", False),
    ("New tickets in your groups", "status is new; group_id is current_groups", False),
)


def standard_set(account: Account) -> None:
    """Give a new account the current set, with what Zendesk delivers switched off."""
    category_id = account.next_id()
    numbers = count(account.next_id() // 10)  # they are as old as the account: below all ids that it gives
    account.trigger_categories[category_id] = {
        "id": str(category_id),
        "name": "Notifications",
        "position": 0,
        **account.stamps(),
    }
    for written in _TRIGGERS:
        _add_trigger(account, written, str(category_id), numbers)
    for at, (title, every, actions, active) in enumerate(_AUTOMATIONS, 1):
        conditions = {"all": _rows(every), "any": []}
        row = _record(account, next(numbers), "automations", title, active, at)
        account.automations[row["id"]] = row | {"conditions": conditions, "actions": actions}
    for at, (title, does) in enumerate(_MACROS, 1):
        rows = [{"field": name, "value": value} for name, value in does.items()]
        row = _record(account, next(numbers), "macros", title, True, at)
        account.macros[row["id"]] = row | {"actions": rows, "restriction": None}
    for at, (title, every, active) in enumerate(_VIEWS, 1):
        columns = [{"id": one, "title": one.capitalize()} for one in ("subject", "requester", "updated")]
        row = _record(account, next(numbers), "views", title, active, at)
        shown = {"columns": columns, "fields": [], "group_by": "status", "sort_by": "updated"}
        conditions = {"all": _rows(every), "any": []}
        account.views[row["id"]] = row | {"conditions": conditions, "execution": shown, "restriction": None}


def older_mailers(account: Account) -> None:
    """As in accounts of some years: a pair mails comments, one of them when a ticket is solved, and no other."""
    (current,) = [row for row in account.triggers.values() if row["title"] == MAILER]
    numbers = count(account.next_id())
    del account.triggers[current["id"]]
    for written in _OLDER:
        _add_trigger(account, written, current["category_id"], numbers, current["position"])


def _add_trigger(
    account: Account, written: _Rule, category: str, numbers: Iterator[int], position: int = 0
) -> None:
    title, every, actions, active = written
    row = _record(account, next(numbers), "triggers", title, active, position or len(account.triggers) + 1)
    conditions = {"all": _rows(every), "any": []}
    account.triggers[row["id"]] = row | {"category_id": category, "conditions": conditions, "actions": actions}


def _record(account: Account, number: int, kind: str, title: str, active: bool, position: int) -> Json:
    return {
        "id": number,
        "url": account.url(f"{kind}/{number}"),
        "title": title,
        "raw_title": title,
        "description": "",
        "active": active,
        "default": True,
        "position": position,
        **account.stamps(),
    }
