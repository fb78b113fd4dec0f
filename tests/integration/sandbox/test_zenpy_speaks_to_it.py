"""zenpy itself, unchanged, against the stand-in: its addresses rewritten to loopback by a session of ours."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
import zenpy
from requests.adapters import HTTPAdapter
from zenpy.lib.api_objects import (
    Comment,
    CustomField,
    CustomStatus,
    Macro,
    Ticket,
    TicketField,
    TicketForm,
    Trigger,
    User,
    Webhook,
)
from zenpy.lib.exception import APIException, RecordNotFoundException

from sandbox import Sandbox


class Loopback(HTTPAdapter):
    """Sends to the stand-in what is meant for Zendesk; the answer keeps the address that was asked for."""

    def __init__(self, base: str) -> None:
        self._base = urlsplit(base)
        super().__init__(max_retries=0)

    def send(self, request: Any, **more: Any) -> Any:  # type: ignore[override]
        asked = request.url
        parts = urlsplit(asked)
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        try:
            answer = super().send(request, **more)
        finally:
            request.url = asked
        answer.url = asked
        return answer


@pytest.fixture
def client(box: Sandbox) -> Iterator[Any]:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", Loopback(box.zendesk_url))
        yield zenpy.Zenpy(
            subdomain="acme",
            email="admin@example.com",
            token="sandbox-api-token",
            session=session,
            timeout=120,
            disable_cache=True,
        )


def _create(client: Any) -> Any:
    requester = User(name="Wanda Worker", email="wanda@example.com")
    made = client.tickets.create(Ticket(subject="S", comment=Comment(body="B"), requester=requester))
    return made.ticket


def test_tickets_are_created_updated_and_shown(client: Any, box: Sandbox) -> None:
    ticket = _create(client)
    wanted = Ticket(id=ticket.id, comment=Comment(body="Note", public=False), tags=["seen"])
    wanted.metadata = {"effect": "e-1"}
    audit = client.tickets.update(wanted).audit
    assert audit.metadata.to_dict()["custom"] == {"effect": "e-1"}
    assert client.tickets(id=ticket.id).tags == ["seen"]
    assert [comment.body for comment in client.tickets.comments(ticket=ticket.id)] == ["B", "Note"]
    assert len(list(client.tickets.audits(ticket=ticket.id))) == 2
    assert box.unexpected == []


def test_a_safe_update_is_a_409(client: Any) -> None:
    ticket = _create(client)
    wanted = Ticket(id=ticket.id, subject="Other")
    wanted.safe_update, wanted.updated_stamp = True, "2020-01-01T00:00:00Z"
    with pytest.raises(APIException) as caught:
        client.tickets.update(wanted)
    assert caught.value.response.status_code == 409


def test_what_is_not_there_is_its_own_error(client: Any) -> None:
    with pytest.raises(RecordNotFoundException):
        client.tickets(id=999)


def test_macros_are_made_listed_and_previewed(client: Any) -> None:
    ticket = _create(client)
    actions = [{"field": "comment_value", "value": "For {{ticket.id}}"}, {"field": "status", "value": "hold"}]
    macro = client.macros.create(Macro(title="M", actions=actions))
    assert "M" in [found.title for found in client.macros()]
    after = client.tickets.show_macro_effect(ticket.id, macro.id).ticket
    assert (after.status, after.comment.body) == ("hold", f"For {ticket.id}")
    assert client.macros.apply(macro.id).ticket.status == "hold"


def test_statuses_forms_and_fields_are_made_and_listed(client: Any) -> None:
    status = client.custom_statuses.create(
        CustomStatus(status_category="hold", agent_label="Waiting", end_user_label="Waiting")
    )
    assert status.id in {found.id for found in client.custom_statuses()}
    field = client.ticket_fields.create(
        TicketField(type="tagger", title="Tier", custom_field_options=[{"name": "One", "value": "tier_1"}])
    )
    assert field.id in {found.id for found in client.ticket_fields()}
    form = client.ticket_forms.create(TicketForm(name="Escalate an assignment", ticket_field_ids=[field.id]))
    assert form.id in {found.id for found in client.ticket_forms()}
    ticket = _create(client)
    client.tickets.update(
        Ticket(id=ticket.id, custom_status_id=status.id, custom_fields=[CustomField(id=field.id, value="tier_1")])
    )
    shown = client.tickets(id=ticket.id)
    assert (shown.status, shown.tags) == ("hold", ["tier_1"])


def test_webhooks_and_the_triggers_that_call_them(client: Any, box: Sandbox) -> None:
    webhook = client.webhooks.create(
        Webhook(
            name="Parley",
            status="active",
            endpoint="http://127.0.0.1:9/hook",
            http_method="POST",
            request_format="json",
            subscriptions=["conditional_ticket_events"],
        )
    )
    assert client.webhooks.show_secret(webhook).secret == box.zendesk.webhooks.secret(webhook.id)
    assert [found.name for found in client.webhooks.list()] == ["Parley"]
    assert client.webhooks.reset_secret(webhook).secret == box.zendesk.webhooks.secret(webhook.id)
    created = {"field": "update_type", "operator": "is", "value": "Create"}
    trigger = client.triggers.create(
        Trigger(
            title="T",
            conditions={"all": [created], "any": []},
            actions=[{"field": "notification_webhook", "value": [webhook.id, '{"ticket_id": "{{ticket.id}}"}']}],
        )
    )
    assert trigger.id in {found.id for found in client.triggers()}
    _create(client)
    assert len(box.outgoing.queue) == 1


def test_users_and_groups(client: Any) -> None:
    assert client.users.me().email == "admin@example.com"
    _create(client)
    [found] = list(client.users.search(query="wanda@example.com"))
    assert client.users(id=found.id).name == "Wanda Worker"
    assert [group.name for group in client.groups()] == ["Support"]


def test_tickets_by_external_id_and_in_pages(client: Any) -> None:
    for number in range(3):
        client.tickets.create(Ticket(subject="S", comment=Comment(body="B"), external_id=f"x-{number}"))
    assert [found.external_id for found in client.tickets(external_id="x-1")] == ["x-1"]
    assert len(list(client.tickets.audits(ticket=1, cursor_pagination=1))) == 1


def test_the_export_can_be_followed(client: Any, box: Sandbox) -> None:
    _create(client)
    box.zendesk.export_lag = -box.zendesk.export_lag
    found = client.tickets.incremental(start_time=1_500_000_000, paginate_by_time=False)
    assert [ticket.subject for ticket in found] == ["S"]
