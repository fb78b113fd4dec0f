"""A word of its own is planted in everything that comes in, and is found only where its owner's words belong."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from escalation.model.values import POST_TAG
from parley.commands.dead import _data
from parley.wiring.logs import set_up_logs
from sync.operator.dead import dead_letters
from tests.desk import MANAGER, Desk
from tests.scale import tell

TITLE, HEARD, PRIVATE, REPLY, MAIL = "cnrtitle", "cnrheard", "cnrprivate", "cnrreply", "cnrmail"
DESCRIPTION, INTERNAL, CHOSEN, MACRO, PROJECT = "cnrdescr", "cnrintern", "cnrchosen", "cnrmacro", "cnrproject"
VENDOR, HOOK, UNSIGNED, OUTCOME, POSTED = "cnrvendor", "cnrhook", "cnrunsigned", "cnroutcome", "cnrposted"
ALL = (
    *(TITLE, HEARD, PRIVATE, REPLY, MAIL, DESCRIPTION, INTERNAL, CHOSEN, MACRO, PROJECT),
    *(VENDOR, HOOK, UNSIGNED, OUTCOME, POSTED),
)


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    """What the logs show, down to the last line."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    set_up_logs("json", "DEBUG")
    logging.StreamHandler.setStream(root.handlers[0], stream)  # type: ignore[arg-type]
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def planted(desk: Desk) -> tuple[str, int]:
    """A case that goes through much, with a canary in all that it hears."""
    number = desk.assignment(title=f"Swap a router {TITLE}", project_name=f"Project {PROJECT}")
    ticket = desk.submit(number, description=f"Nobody answers. {DESCRIPTION} {{{{ticket.comments}}}}")
    assert desk.state(ticket) == "tier_1"
    desk.workmarket.message(number, "owner", f"Between colleagues: {PRIVATE}", private=True)
    desk.agent(ticket, comment=f"They are slow. {INTERNAL}", public=False, add_tags=[POST_TAG])
    desk.agent(ticket, comment=f"The gate code. {CHOSEN}", add_tags=[POST_TAG])
    desk.hook(event="assignment.post", ticket_id=str(ticket), text=f"Please look. {POSTED}", extra=HOOK)
    desk.rewrite("Escalation::Tier 2: direct contact", f"We have written. {MACRO}")
    desk.until(desk.due(ticket, "tier_ends"))
    desk.for_(minutes=1)
    assert MANAGER in desk.mails(ticket)
    desk.mail_back(ticket, "stranger@example.com", f"Who is this? {MAIL}")
    desk.message(number, "owner", f"We will pay. {HEARD}")
    desk.reply(ticket, f"Thank you. {REPLY}")
    return number, ticket


def trouble(desk: Desk, number: str, ticket: int) -> None:
    """Both services fail with a canary in their words, and what knocks at the doors has one too."""
    said = {"error": "RecordInvalid", "description": f"Wanda is not valid: {VENDOR}"}
    desk.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", status=422, body=said)
    desk.message(number, "owner", f"And another thing. {HEARD}")
    envelope = {"meta": {"status_code": 500, "errors": [{"message": VENDOR}]}, "response": None}
    desk.sandbox.faults.next("workmarket", "GET", "list_updated$", status=500, body=envelope, times=3)
    desk.reconcile()
    desk.sandbox.faults.clear()
    for body in (b'{"event": "' + UNSIGNED.encode() + b'"', b"\xff" + UNSIGNED.encode()):
        for door in ("zendesk", "workmarket", "requests"):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {UNSIGNED}"}
            answer = desk.http.post(f"/webhooks/{door}", content=body, headers=headers)
            assert UNSIGNED not in answer.text
            assert answer.status_code == 401
    desk.hook(event=f"no such thing {HOOK}", ticket_id=HOOK)
    desk.hand_in(number, description="x", reason=HOOK)
    desk.for_(hours=1)


def pages(desk: Desk) -> str:
    paths = ("/metrics", "/healthz", "/readyz", "/docs", "/openapi.json", "/nowhere")
    return "\n".join(desk.http.get(path).text for path in paths)


def listed(desk: Desk) -> str:
    """What `parley dead list --json` shows."""
    letters = dead_letters(desk.app.store)
    assert letters
    return json.dumps([{k: v for k, v in _data(one).items() if k != "body"} for one in letters])


def secrets(desk: Desk) -> list[str]:
    values = dataclasses.asdict(desk.app.values)
    names = ("workmarket_token", "workmarket_secret", "workmarket_webhook_token", "intake_secrets")
    found = [values[name] for name in names]
    found += list(desk.app.account.secrets())
    credentials = desk.app.values.zendesk_credentials
    found += [getattr(credentials, one, "") for one in ("client_secret", "token")]
    flat = [one for some in found for one in (some if isinstance(some, list | tuple) else [some])]
    return [one for one in flat if isinstance(one, str) and len(one) > 5]


def test_no_canary_is_in_a_log_a_metric_a_page_or_a_list_and_each_is_heard_only_by_its_audience(
    desk: Desk, shown: io.StringIO
) -> None:
    number, ticket = planted(desk)
    trouble(desk, number, ticket)

    to_assignment = "\n".join(desk.messages(number))
    to_requester = "\n".join(desk.said(ticket))
    mails = json.dumps(desk.zendesk.conversations(ticket)[0]["participants"]) + "\n".join(
        str(row) for row in desk.zendesk.conversations(ticket) if row.get("subject")
    )
    notes = "\n".join(desk.notes(ticket))
    for word, outside in ((to_assignment, {CHOSEN, POSTED, TITLE}), (to_requester, {CHOSEN, MACRO, REPLY})):
        assert {canary for canary in ALL if canary in word} == outside
    assert not {canary for canary in ALL if canary in mails} - {TITLE, MAIL}
    assert {TITLE, HEARD, MAIL, INTERNAL} <= {canary for canary in ALL if canary in notes}
    assert PRIVATE not in notes + to_assignment + to_requester + mails

    logs = shown.getvalue()
    assert all(json.loads(line) for line in logs.splitlines())
    told = {"logs": logs, "pages": pages(desk), "dead letters": listed(desk)}
    allowed = {"dead letters": {VENDOR}}  # a person is told what the service refused, in its words
    for where, text in told.items():
        assert {canary for canary in ALL if canary in text} <= allowed.get(where, set()), where
        assert not [secret for secret in secrets(desk) if secret in text], where
    tell("canaries", planted=len(ALL) + len(secrets(desk)), log_lines=len(logs.splitlines()))
