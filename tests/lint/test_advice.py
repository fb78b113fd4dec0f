"""Following any advice leaves each public comment mailed exactly once: counted in the stand-in."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from parley.zendesk.lint import BusinessRule, LintFinding, OurTickets, lint, read_rule
from parley.zendesk.lint.checks.comments import writes_to_requester
from parley.zendesk.lint.facts.our_tickets import ENDED
from sandbox.zendesk.records.update import TicketUpdate
from sandbox.zendesk.rules import conditions as engine
from tests.lint.random_account import RandomAccount, moment_of
from tests.lint.recipes.recipe import SOLVED_HALF, STANDARD, UNSOLVED_HALF, rule
from tests.scale import scaled

MOST_STEPS = 12
LATEST = ["requester_id", "Re:", "{{ticket.latest_comment}}"]


def mailers(drawn: RandomAccount, dice: random.Random) -> list[dict[str, Any]]:
    """Some triggers that mail comments, as accounts have them after years."""
    named = [str(key) for key in drawn.account.statuses]
    categories = ("open", "pending", "hold", "solved")
    found = []
    for number in range(dice.choice([1, 2, 2, 3, 4])):
        status = dice.choice(categories)
        conditions = {
            dice.choice(["update_type is Change", "update_type is Change", "status less_than closed"]),
            "comment_is_public is " + dice.choice(["true", "true", "requester_can_see_comment", "not_relevant"]),
            dice.choice(["", "role is agent", f"role is {drawn.us.id}", f"role is_not {drawn.us.id}"]),
            dice.choice(
                ["", "", f"status not_value {status}", f"status value {status}", f"status is_not {status}"]
            ),
            dice.choice(
                ["", "", f"status is {status}", "status less_than solved", f"status value_previous {status}"]
            ),
            dice.choice(["", "", "", "current_via_id is 5", "current_via_id is_not 5"]),
            dice.choice(["", "", "", "current_tags not_includes silent", "current_tags includes vip"]),
            dice.choice(
                ["", "", "", f"custom_status_id not_value {dice.choice(named)}", f"custom_status_id is {named[-1]}"]
            ),
        }
        does = [("notification_user", LATEST)]
        if dice.random() < 0.2:
            does.append(("status", status))
        every = "; ".join(sorted(one for one in conditions if one))
        found.append(rule(f"Mailer {number}", every, *does, id=number, position=dice.randrange(9)))
    return found


def followed(given: list[BusinessRule], our_tickets: OurTickets, dice: random.Random) -> list[BusinessRule]:
    """The rules once every advice was followed, one after the other in any order."""
    for _ in range(MOST_STEPS):
        findings = lint(given, our_tickets)
        if not findings:
            return given
        given = dice.choice(findings).proposal.applied(given)
    raise AssertionError([(one.rule.title, one.kind, one.change) for one in lint(given, our_tickets)])


def mails_on(update: TicketUpdate, given: Iterable[BusinessRule], drawn: RandomAccount) -> int:
    """How many mails the requester gets on an update, by the stand-in's own reading of the conditions."""
    moment = moment_of(update, drawn.us)
    return sum(
        any(writes_to_requester(action, moment) for action in one.actions)
        and one.active
        and engine.matches({"all": [_json(c) for c in one.all], "any": [_json(c) for c in one.any]}, update)
        for one in given
    )


def _json(condition: Any) -> dict[str, Any]:
    several = condition.field == "current_tags"
    value = " ".join(condition.values) if several else (condition.values[0] if condition.values else "")
    return {"field": condition.field, "operator": condition.operator, "value": value}


def public(update: TicketUpdate) -> bool:
    """A public comment on a ticket that is there; nobody closes one by hand, though the stand-in's staff do."""
    return (
        update.ticket.status != "closed"
        and update.kind == "Change"
        and update.comment is not None
        and bool(update.comment["public"])
    )


def as_we_write(update: TicketUpdate, drawn: RandomAccount) -> bool:
    """Whether it is an update as Parley makes them: into a status of ours or into none, while the case is open."""
    before, now = update.before or {}, str(update.ticket.custom_status_id)
    ours = {one.id for one in drawn.our_tickets.statuses if one.ours}
    return (now in ours or now == str(before.get("custom_status_id"))) and before.get("status") not in ENDED


def checked(
    drawn: RandomAccount, given: list[BusinessRule], after: list[BusinessRule], updates: Sequence[TicketUpdate]
) -> int:
    """Hold each public comment against the rules as they were and as they are; how many were mailed twice."""
    twice = 0
    for update in filter(public, updates):
        first, then = mails_on(update, given, drawn), mails_on(update, after, drawn)
        if update.actor is drawn.us and as_we_write(update, drawn):
            twice += first > 1
            assert then == 1 if first else then <= 1, (update.before, update.ticket.status)
        elif update.actor is drawn.agent:
            assert bool(then) or not first
    return twice


@pytest.mark.parametrize("seed", range(scaled(commit=4, nightly=10)))
def test_whatever_mailers_share_the_work_each_public_comment_is_mailed_once_in_the_end(seed: int) -> None:
    drawn = RandomAccount(seed)
    updates = list(drawn.updates(tickets=50, each=8))
    dice, twice = random.Random(seed), 0  # noqa: S311  repeatable, not secret
    for _ in range(40):
        given = [read_rule("trigger", one) for one in mailers(drawn, dice)]
        twice += checked(drawn, given, followed(given, drawn.our_tickets, dice), updates)
    assert twice > 10


@pytest.mark.parametrize(
    "pair",
    [
        (UNSOLVED_HALF, SOLVED_HALF),
        (UNSOLVED_HALF, SOLVED_HALF, STANDARD),
        (SOLVED_HALF, STANDARD),
        (UNSOLVED_HALF, STANDARD),
    ],
    ids=lambda pair: " + ".join(one["title"] for one in pair),
)
def test_the_older_pair_is_left_alone_or_left_whole(pair: tuple[dict[str, Any], ...]) -> None:
    drawn = RandomAccount(1)
    given = [read_rule("trigger", one) for one in pair]
    after = followed(given, drawn.our_tickets, random.Random(3))  # noqa: S311  repeatable, not secret
    assert (after == given) is (pair == (UNSOLVED_HALF, SOLVED_HALF))
    checked(drawn, given, after, list(drawn.updates(tickets=25, each=8)))


def test_two_that_overlap_in_part_give_way_to_one_for_our_form_alone() -> None:
    drawn = RandomAccount(1)
    given = [
        read_rule(
            "trigger",
            rule(
                "Not on hold",
                "update_type is Change; status is_not hold",
                ("notification_user", [*LATEST[:2], "…"]),
            ),
        ),
        read_rule(
            "trigger",
            rule(
                "Not pending",
                "update_type is Change; status is_not pending",
                ("notification_user", [*LATEST[:2], "…"]),
            ),
        ),
    ]
    told: list[LintFinding] = [one for one in lint(given, drawn.our_tickets) if one.proposal.makes]
    assert told
    assert "Make a trigger with the conditions" in told[0].change
    assert "“Not on hold”, “Not pending”" in told[0].change
    after = followed(given, drawn.our_tickets, random.Random(3))  # noqa: S311  repeatable, not secret
    checked(drawn, given, after, list(drawn.updates(tickets=25, each=8)))
