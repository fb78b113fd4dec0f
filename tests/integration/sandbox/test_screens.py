"""Where links lead a person in the stand-in Zendesk."""

import pytest

from sandbox import Sandbox
from tests.integration.sandbox.conftest import Api


def test_a_link_to_a_ticket_leads_to_a_page_of_it(box: Sandbox, nobody: Api, ticket: int) -> None:
    for path in (f"/agent/tickets/{ticket}", f"/hc/requests/{ticket}", f"/hc/en-us/requests/{ticket}"):
        answer = nobody.http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert f"#{ticket}" in answer.text
    assert not box.unexpected


def test_a_link_to_a_rule_leads_to_its_words_whatever_they_are(box: Sandbox, nobody: Api) -> None:
    number, rule = next(iter(box.zendesk.account.triggers.items()))
    rule["title"] = "<script>alert(1)</script>"
    answer = nobody.http.get(f"/admin/objects-rules/rules/triggers/{number}")
    assert answer.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>" not in answer.text
    assert "Trigger" in answer.text


def test_where_tickets_have_pages_elsewhere_links_lead_on_to_them(box: Sandbox, nobody: Api, ticket: int) -> None:
    box.zendesk.screens.pages_url = "http://127.0.0.1:8700"
    for path, leads in (("agent/tickets", "agent/tickets"), ("hc/requests", "requests")):
        answer = nobody.http.get(f"/{path}/{ticket}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"http://127.0.0.1:8700/{leads}/{ticket}")


@pytest.mark.parametrize("path", ["agent/tickets/99999", "hc/requests/99999", "admin/objects-rules/rules/macros/7"])
def test_what_is_not_there_is_not_found(nobody: Api, path: str) -> None:
    assert nobody.http.get(f"/{path}").status_code == 404
