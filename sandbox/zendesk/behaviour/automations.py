"""Runs the account's automations, as Zendesk does by itself once an hour: whoever has the stand-in says when."""

from sandbox.zendesk.behaviour.ticket_engine import Engine
from sandbox.zendesk.records.records import Json, Mail
from sandbox.zendesk.records.update import TicketUpdate
from sandbox.zendesk.rules import actions
from sandbox.zendesk.rules import conditions as rules
from sandbox.zendesk.rules import timed as timed_rules

_RULE: Json = {"channel": "rule", "source": {"from": {}, "to": {}, "rel": "automation"}}


def run(engine: Engine) -> list[int]:
    """Apply every active automation to the tickets that meet it; returns the tickets that were changed."""
    account, changed = engine.account, []
    for rule in [row for row in account.automations.values() if row["active"]]:
        for ticket in list(account.tickets.values()):
            if ticket.status != "closed" and ticket.deleted_at is None and _meets(engine, rule, ticket.id):
                _fire(engine, rule, ticket.id)
                changed.append(ticket.id)
    return changed


def _meets(engine: Engine, rule: Json, ticket_id: int) -> bool:
    ticket, now = engine.ticket(ticket_id), engine.account.clock()
    every, some = rule["conditions"]["all"], rule["conditions"]["any"]
    timed = [row for row in every if row["field"] in timed_rules.HOURS]
    rest = {"all": [row for row in every if row not in timed], "any": some}
    update = TicketUpdate(engine.account, ticket, engine.account.admin, "Change", _RULE, 0, None)
    return all(timed_rules.hours_passed(row, ticket, now) for row in timed) and rules.matches(rest, update)


def _fire(engine: Engine, rule: Json, ticket_id: int) -> None:
    account = engine.account
    wanted = actions.as_changes(rule["actions"], actor_id=account.admin.id)
    engine.update(ticket_id, wanted, account.admin, _RULE)
    for action in rule["actions"]:
        if action["field"] == "notification_group":
            group_id, subject, body = action["value"]
            group = account.groups.get(int(group_id), {})
            account.mails.append(
                Mail(account.clock(), f"group {group.get('name')}", subject, body, ticket_id, rule["title"])
            )
