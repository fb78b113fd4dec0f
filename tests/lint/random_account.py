"""An account with our form among others in the stand-in, and updates of our tickets as they come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from parley.zendesk.lint import OurTickets
from parley.zendesk.lint.described import Described, describe_tickets
from parley.zendesk.lint.facts.our_tickets import Actor, UpdateMoment
from sandbox.shared.movable_clock import MovableClock
from sandbox.shared.outgoing import WebhookQueue
from sandbox.zendesk.behaviour.ticket_engine import API, WEB, Engine
from sandbox.zendesk.behaviour.webhooks import Webhooks
from sandbox.zendesk.records.account import Account, add_field, add_form, add_status
from sandbox.zendesk.records.fresh import fresh
from sandbox.zendesk.records.records import Json, User
from sandbox.zendesk.records.update import TicketUpdate
from sandbox.zendesk.rules import conditions as rules

TAGS = ("vip", "bump_1", "by_hand")
EMAIL: Json = {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}}
STATUSES = {"Needs review": "open", "Waiting on requester": "pending", "Tier 1": "hold", "Resolved": "solved"}


class RandomAccount:
    """An account with our form and another one, and updates of tickets of ours as they come."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  repeatable, not secret
        self.clock = MovableClock()
        self.account: Account = fresh(self.clock)
        self.account.triggers.clear()
        self.engine = Engine(self.account, Webhooks(self.account, WebhookQueue()))
        self.us = self.account.admin
        self.agent = next(user for user in self.account.users.values() if user.name == "Ada Agent")
        self.wanda = self.account.add_user("Wanda Worker", "wanda@example.com", verified=True)
        self.carl = self.account.add_user("Carl Copy", "carl@example.com", verified=True)
        for label, category in STATUSES.items():
            add_status(self.account, category, label)
        self._add_fields()
        self.other_group = self._another_group()
        self.our_tickets = self._our_tickets()

    def _add_fields(self) -> None:
        options = [{"name": tag, "value": tag} for tag in ("escalation_party_worker", "escalation_party_client")]
        ways = [{"name": tag, "value": tag} for tag in ("escalation_attempt_email", "escalation_attempt_phone")]
        self.party = add_field(self.account, {"type": "tagger", "title": "I am the"})
        self.party["custom_field_options"] = options
        self.ways = add_field(self.account, {"type": "multiselect", "title": "How"})
        self.ways["custom_field_options"] = ways
        self.number = add_field(self.account, {"type": "text", "title": "Number"})
        self.ticked = add_field(self.account, {"type": "checkbox", "title": "Responded"})
        mine = [row["id"] for row in (self.party, self.ways, self.number, self.ticked)]
        system = [key for key, row in self.account.fields.items() if not row["removable"]]
        self.form = add_form(self.account, {"name": "Ours", "ticket_field_ids": [*system, *mine]})
        self.product = add_field(self.account, {"type": "tagger", "title": "Product"})
        self.product["custom_field_options"] = [{"name": "router", "value": "product_router"}]
        add_field(self.account, {"type": "checkbox", "title": "Spam"})
        add_field(self.account, {"type": "text", "title": "Cost centre"})
        self.other_form = add_form(self.account, {"name": "Billing"})

    def _another_group(self) -> int:
        (first,) = self.account.groups
        number = self.account.next_id()
        self.account.groups[number] = {**self.account.groups[first], "id": number, "name": "Billing"}
        return number

    def _our_tickets(self) -> OurTickets:
        fillers = {str(row["id"]): "requester" for row in (self.party, self.ways, self.number)}
        return describe_tickets(
            Described(
                form=self.form,
                fields=list(self.account.fields.values()),
                statuses=list(self.account.statuses.values()),
                form_statuses=frozenset(),
                our_statuses=frozenset(
                    str(key) for key, row in self.account.statuses.items() if row["agent_label"] in STATUSES
                ),
                fillers={**fillers, str(self.ticked["id"]): "agents"},  # type: ignore[dict-item]
                taken_off=frozenset({"escalation_pause"}),
                macro_tags=frozenset(),
                user=str(self.us.id),
                groups=frozenset(str(key) for key in self.account.groups if key != self.other_group),
                passing=frozenset(),
                webhooks=frozenset(),
                own=(),
            )
        )

    def updates(self, tickets: int, each: int) -> Iterator[TicketUpdate]:
        for _ in range(tickets):
            made = self._created()
            yield made
            for _ in range(each):
                self.clock.move(timedelta(minutes=1))
                if self.account.tickets[made.ticket.id].status == "closed":
                    break
                changed = self._changed(made.ticket.id)
                if changed.events:
                    yield changed

    def _created(self) -> TicketUpdate:
        choose = self.random.choice
        actor, via = choose([(self.wanda, WEB), (self.wanda, EMAIL), (self.us, API), (self.agent, WEB)])
        public = actor is not self.agent or choose([True, False])
        wanted: Json = {
            "subject": "Help",
            "comment": {"body": "Please help.", "public": public},
            "requester_id": self.wanda.id,
            "ticket_form_id": self.form["id"],
            "custom_fields": [
                {"id": self.party["id"], "value": choose([None, "escalation_party_worker"])},
                {"id": self.ways["id"], "value": choose([[], ["escalation_attempt_email"]])},
                {"id": self.number["id"], "value": choose([None, "4711"])},
            ],
        }
        return self.engine.create(wanted, actor, via)

    def _changed(self, ticket_id: int) -> TicketUpdate:
        choose = self.random.choice
        actor = choose([self.us, self.us, self.agent, self.wanda, self.carl])
        if not actor.is_agent:
            solved = actor is self.wanda and self.account.tickets[ticket_id].assignee_id and choose([True, False])
            wanted: Json = {"status": "solved"} if solved else {"comment": {"body": "Any news?"}}
            return self.engine.update(ticket_id, wanted, actor, choose([WEB, EMAIL]))
        if choose([True, False, False, False]):
            return self.engine.conversation_changed(ticket_id, "replied_to", actor, {"type": "CollabThreadReply"})
        return self.engine.update(ticket_id, self._by_staff(), actor, API if actor is self.us else WEB)

    def _by_staff(self) -> Json:
        choose = self.random.choice
        wanted: Json = {"assignee_id": self.agent.id} if choose([True, False]) else {}
        comment = choose([None, True, False])
        if comment is not None:
            wanted["comment"] = {"body": "A word.", "public": comment}
        status = choose([None, *self.account.statuses.values()])
        if status is not None:
            wanted["custom_status_id"] = status["id"]
            wanted["assignee_id"] = self.agent.id
        if choose([True, False, False, False, False, False]):
            wanted |= {"status": "closed", "assignee_id": self.agent.id}
            wanted.pop("custom_status_id", None)
        wanted["additional_tags"] = [choose([*TAGS, "escalation_pause"])] if choose([True, False]) else []
        wanted["remove_tags"] = [choose([*TAGS, "escalation_party_worker"])] if choose([True, False]) else []
        wanted["custom_fields"] = [{"id": self.ticked["id"], "value": choose([True, False])}]
        return wanted

    def rule(self) -> Json:
        subjects = list(rules.subjects(self.account).values())
        every = [self._condition(subjects) for _ in range(self.random.randint(0, 4))]
        some = [self._condition(subjects) for _ in range(self.random.choice([0, 0, 0, 1, 2, 3]))]
        return {"all": every, "any": some} if every or some else self.rule()

    def _condition(self, subjects: list[rules.ConditionSubject]) -> Json:
        subject = self.random.choice(subjects)
        operator = self.random.choice(subject.operators)
        return {"field": subject.name, "operator": operator, "value": self._value(subject, operator)}

    def _value(self, subject: rules.ConditionSubject, operator: str) -> Any:
        choose = self.random.choice
        if subject.name == "current_tags":
            return " ".join(
                self.random.sample([*TAGS, "escalation_party_worker", "product_router"], choose([1, 2]))
            )
        values = [value for value, _ in subject.values] or ["", "4711", "x"]
        if subject.name == "role":
            values += [str(user.id) for user in (self.us, self.agent, self.wanda)]
        several = operator in ("is", "is_not") and choose([True, False, False, False])
        if several or operator in ("includes", "not_includes"):
            return self.random.sample(values, min(len(values), choose([1, 2])))
        value = choose(values)
        return int(value) if value.isdecimal() and choose([True, False]) else value


def moment_of(update: TicketUpdate, us: User) -> UpdateMoment:
    comment = update.comment
    who: Actor
    if update.actor is us:
        who = Actor.US
    elif update.actor.is_agent:
        who = Actor.AGENT
    else:
        who = Actor.REQUESTER if update.actor.id == update.ticket.requester_id else Actor.OTHER
    said = "none" if comment is None else "public" if comment["public"] else "private"
    return UpdateMoment(who, update.kind == "Create", said)  # type: ignore[arg-type]
