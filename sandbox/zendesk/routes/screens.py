"""Where links lead a person in Zendesk: to a ticket, a request in the help center, a rule in the Admin Center.

Zendesk asks who it is first; here anybody reads them, and changes nothing. Where pages of tickets and requests are
served beside the stand-in, it leads on to these.
"""

import json
import re
from dataclasses import dataclass
from html import escape

from sandbox.shared.http import ApiReply, ApiRequest
from sandbox.shared.plain_page import plain_page
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import Json

_TICKET = re.compile(r"/agent/tickets/([0-9]{1,18})")
_REQUEST = re.compile(r"/hc(?:/[A-Za-z0-9-]+)?/requests/([0-9]{1,18})")
_RULE = re.compile(r"/admin/objects-rules/rules/(triggers|automations|macros)/([0-9]{1,18})")
_NOT_THERE = plain_page(404, "Not there (stand-in Zendesk)", "<h1>There is nothing here.</h1>")


@dataclass(slots=True)
class Screens:
    """The account's pages. `pages_url`: where tickets and requests have pages of their own; empty for nowhere."""

    account: Account
    pages_url: str = ""

    def knows(self, path: str) -> bool:
        """Whether an address is one of a page."""
        return any(one.fullmatch(path) for one in (_TICKET, _REQUEST, _RULE))

    def page(self, request: ApiRequest) -> ApiReply:
        """GET of such an address."""
        if found := _RULE.fullmatch(request.path):
            return self._rule(found[1], int(found[2]))
        place, pattern = ("agent/tickets", _TICKET) if _TICKET.fullmatch(request.path) else ("requests", _REQUEST)
        found = pattern.fullmatch(request.path)
        number = int(found[1]) if found else 0
        if number not in self.account.tickets:
            return _NOT_THERE
        if self.pages_url:
            return ApiReply(302, "", {"Location": f"{self.pages_url}/{place}/{number}"})
        return self._ticket(number)

    def _ticket(self, number: int) -> ApiReply:
        ticket = self.account.tickets[number]
        body = f"<h1>#{number} {escape(ticket.subject)}</h1><p>Status: {escape(ticket.status)}</p>"
        return plain_page(200, f"#{number} (stand-in Zendesk)", body)

    def _rule(self, kind: str, number: int) -> ApiReply:
        rules: dict[str, dict[int, Json]] = {
            "triggers": self.account.triggers,
            "automations": self.account.automations,
            "macros": self.account.macros,
        }
        rule = rules[kind].get(number)
        if rule is None:
            return _NOT_THERE
        told = escape(json.dumps(rule, ensure_ascii=False, indent=2, default=str))
        what = f"{kind.removesuffix('s').capitalize()} {number}, {'active' if rule.get('active') else 'not active'}"
        body = (
            f'<h1>{escape(str(rule.get("title")))}</h1><p>{what}</p><pre style="white-space: pre-wrap">{told}</pre>'
        )
        return plain_page(200, f"{kind} {number} (stand-in Zendesk)", body)
