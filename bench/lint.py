"""How long `parley zendesk lint` takes in a large account: reading every rule over HTTP, and judging them.

    python -m bench.lint [--triggers 2000] [--automations 300]

The stand-in runs in the same process, so that reading is slower here than it would be beside it.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.figures import Figure, leave, parser
from parley.demo import sandbox_values
from parley.inspection.linting import read_account
from parley.wiring.account_setup import set_up_account
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from sandbox.zendesk.records.account import Account
from store import migrate

PROMISED_S = 2.0
Json = dict[str, Any]


def _condition(field: str, operator: str, value: object) -> Json:
    return {"field": field, "operator": operator, "value": value}


def _conditions(dice: random.Random, account: Account) -> list[Json]:
    """Two to six conditions as people write them; most are about somebody else's tickets."""
    form = str(dice.choice(list(account.forms)))
    found = [
        _condition("update_type", "is", dice.choice(["Create", "Change"])),
        _condition("ticket_form_id", dice.choice(["is", "is_not"]), form),
        _condition("status", dice.choice(["is", "less_than", "value"]), dice.choice(["open", "pending", "solved"])),
        _condition("current_tags", dice.choice(["includes", "not_includes"]), f"tag_{dice.randrange(400)} vip"),
        _condition("group_id", "is", str(dice.choice(list(account.groups)))),
        _condition("role", "is", dice.choice(["agent", "end_user"])),
        _condition("comment_is_public", "is", "true"),
        _condition("via_id", "is", dice.choice(["0", "4", "29", "33"])),
        _condition("subject_includes_word", "includes", "invoice payment refund"),
        _condition("priority", "is", "urgent"),
    ]
    return dice.sample(found, dice.randint(2, 6))


def _actions(dice: random.Random, number: int) -> list[Json]:
    found: list[dict[str, Any]] = [
        {"field": "current_tags", "value": f"tag_{number % 400}"},
        {"field": "status", "value": dice.choice(["open", "pending", "solved"])},
        {"field": "priority", "value": "high"},
        {"field": "notification_user", "value": [dice.choice(["requester_id", "assignee_id"]), "About", "Hello"]},
        {"field": "remove_tags", "value": f"tag_{dice.randrange(400)}"},
    ]
    return dice.sample(found, dice.randint(1, 3))


def _fill(account: Account, triggers: int, automations: int) -> None:
    dice = random.Random(5)  # noqa: S311  repeatable, not secret
    category = str(next(iter(account.trigger_categories)))
    for number in range(triggers + automations):
        is_trigger = number < triggers
        row_id, every = account.next_id(), _conditions(dice, account)
        if not is_trigger:
            every = [one for one in every if one["field"] not in ("update_type", "role", "comment_is_public")]
            every.append(_condition("PENDING", "greater_than", str(dice.randrange(24, 400))))
        (account.triggers if is_trigger else account.automations)[row_id] = {
            "id": row_id,
            "title": f"Rule {number}",
            "active": True,
            "position": number + 10,
            "category_id": category,
            "conditions": {"all": every, "any": _conditions(dice, account)[: dice.choice([0, 0, 2])]},
            "actions": _actions(dice, number),
        }


def main() -> None:
    """Print the figures and how to repeat them."""
    options = parser("bench.lint", "Seconds that a lint takes.")
    options.add_argument("--triggers", type=int, default=2_000)
    options.add_argument("--automations", type=int, default=300)
    chosen = options.parse_args()
    clock = MovableClock()
    with tempfile.TemporaryDirectory() as folder, Sandbox(clock) as sandbox:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        with App(sandbox_values(sandbox, url), load_rules(None), now=clock) as house:
            set_up_account(house, "https://parley.example.com")
            _fill(sandbox.zendesk.account, chosen.triggers, chosen.automations)
            begun, calls = perf_counter(), len(sandbox.calls)
            judged = read_account(house)
            read, calls = perf_counter() - begun, len(sandbox.calls) - calls
            begun = perf_counter()
            found = judged.findings()
            spent = perf_counter() - begun
    rules = f"{len(judged.rules):,} rules"
    print(f"{rules} read in {calls} calls and {read:.2f} s, judged in {spent:.2f} s: {len(found)} findings")
    print("Again: python -m bench.lint")
    took = read + spent
    told = f"{took:.2f} s, {spent:.2f} s of it judging"
    leave([Figure(f"lint of {rules}", told, f"under {PROMISED_S:.0f} s", took < PROMISED_S)])


if __name__ == "__main__":
    main()
