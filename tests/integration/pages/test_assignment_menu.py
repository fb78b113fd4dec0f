"""The assignment's menu: a client escalates, and the marketplace signs."""

from __future__ import annotations

import json

from sandbox import Sandbox
from sandbox.workmarket.escalating import EscalateOption
from tests.integration.pages.served_pages import ServedPages, form_on
from webhooks.signatures import intake_is_genuine, intake_keys

MENU = "/other-side/3104482119/escalate"
SECRET = "whsec_dGhlIGRlbW8ncyBtYXJrZXRwbGFjZSBzaWducyB0aGlz"


def test_a_client_escalates_from_the_assignments_menu_and_the_request_is_signed(
    site: ServedPages, sandbox: Sandbox
) -> None:
    sandbox.workmarket.escalate_option = EscalateOption("http://127.0.0.1:1/webhooks/requests", SECRET)
    sandbox.outgoing.queue.clear()
    assert f'href="{MENU}"' in site.get("/other-side/3104482119").text
    answer = site.submit(MENU, "escalate", description="No photos.", kind_of_outcome="redo", outcome="The photos.")
    assert "Your escalation was sent to the desk." in answer.text
    sent = sandbox.outgoing.queue.pop()
    body = json.loads(sent.body)
    assert (body["assignment_id"], body["party"], body["kind_of_outcome"]) == ("3104482119", "client", "redo")
    assert body["requester"] == {"name": "Dana Reyes", "email": "dana.reyes@example.com"}
    given = [sent.headers[f"webhook-{name}"].encode() for name in ("id", "signature", "timestamp")]
    assert intake_is_genuine(intake_keys((SECRET,)), *given, sent.body, sandbox.workmarket.clock())


def test_the_menu_fills_in_what_fits_a_clients_situation(site: ServedPages) -> None:
    assert "asked for the photos" in form_on(site.get(MENU).text, "escalate")["description"][0]
    other = form_on(site.get("/other-side/3104482017/escalate").text, "escalate")
    assert (other["description"], other["outcome"]) == ([""], [""])


def test_an_escalation_without_an_outcome_is_asked_for_one(site: ServedPages) -> None:
    answer = site.submit(MENU, "escalate", description="No photos.", kind_of_outcome="", outcome=" ")
    assert answer.status_code == 422
    assert "which outcome you hope for" in answer.text
