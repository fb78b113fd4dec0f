"""A month's whole correspondence as its people read it; `python -m tests.scenarios.correspondence` writes it down.

A reviewer reads what they did: the pages lie beside this module, one a party, and a test keeps them true.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.reading import moment
from escalation.model.derivation import label
from parley.wiring.load_policy import load_rules
from tests.desk import ACCOUNT_MANAGER, Desk, beside

NEW_YORK = "America/New_York"
KEPT = {party: Path(__file__).with_name(f"a_silent_month_of_a_{party}.md") for party in ("worker", "client")}
HEAD = """# A month without an answer: a {party}'s case

What the {party} and the other side read where nobody answers for a month, oldest first. A run of the whole desk
makes it (`python -m tests.scenarios.correspondence`), and a test keeps it as it is.
"""


def a_silent_month(desk: Desk, party: str) -> str:
    """Live a month in which nobody answers, and return what everybody was written."""
    number = desk.assignment(title="Replace access switch", place=("Store 114", "Newark", "NJ"))
    ticket = BEGIN[party](desk, number)
    desk.for_(days=33)
    assert desk.state(ticket) == "off_platform"
    letters = sorted(
        (*_to_the_requester(desk, ticket), *_on_the_assignment(desk, number), *_by_email(desk, ticket))
    )
    told = (f"\n## {label(at, NEW_YORK)}, to {to}\n\n{_quoted(text)}\n" for at, to, text in letters)
    return HEAD.format(party=party) + "".join(told)


def _of_a_worker(desk: Desk, number: str) -> int:
    ticket = desk.submit(number, outcome="The approval, or a word on what is missing")
    desk.agent(ticket, fields={"Account manager's e-mail": ACCOUNT_MANAGER})
    return ticket


def _of_a_client(desk: Desk, number: str) -> int:
    desk.past(lambda: desk.workmarket.message(number, "owner", "Could you please send the photos?"), days=4)
    person = {"name": "Olaf Owner", "email": "olaf@example.com"}
    hoped = "The photos of the rack"
    desk.hand_in(number, party="client", reason=None, requester=person, anticipated_outcome=hoped)
    return desk.tickets()[-1]


BEGIN = {"worker": _of_a_worker, "client": _of_a_client}
Letter = tuple[datetime, str, str]


def _to_the_requester(desk: Desk, ticket: int) -> Iterator[Letter]:
    for comment in desk.zendesk.comments(ticket)[1:]:
        if comment["public"]:
            yield _at(comment["created_at"]), "the requester", comment["body"]


def _on_the_assignment(desk: Desk, number: str) -> Iterator[Letter]:
    for note in desk.workmarket.notes(number):
        if "[Ref " in note.text:
            yield _minute(note.at), "everybody on the assignment", note.text


def _by_email(desk: Desk, ticket: int) -> Iterator[Letter]:
    for conversation in desk.zendesk.conversations(ticket):
        for event in conversation["events"]:
            message = event["message"]
            yield _at(event["created_at"]), message["to"][0]["email"], f"{message['subject']}\n\n{message['body']}"


def _at(stamp: str) -> datetime:
    at = moment(stamp)
    assert at is not None
    return _minute(at)


def _minute(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(NEW_YORK)).replace(second=0, microsecond=0)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def main() -> None:
    """Write it down."""
    for party, kept in KEPT.items():
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(beside(Path(folder)), replace(load_rules(None), ask_before_end=False))
            try:
                kept.write_text(a_silent_month(desk, party), encoding="utf-8")
            finally:
                desk.close()


if __name__ == "__main__":
    main()
