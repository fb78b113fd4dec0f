"""The requester's pages: a help center with a form, and each request as its requester sees it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import conversation
from sandbox.pages.attaching import faults_in_files, given_files
from sandbox.pages.rendering import PageSubject, render
from sandbox.pages.scenarios import PEOPLE, SCENARIOS, Scenario, Visitor, person_named, scenario_named
from sandbox.pages.visits import PageContext, Visit, faults_in_text, place, refuse, said
from sandbox.zendesk.people import (
    ASSIGNMENT_FIELD,
    ATTEMPTS_FIELD,
    FORM,
    KIND_FIELD,
    OUTCOME_FIELD,
    PARTY_FIELD,
    REASON_FIELD,
)
from sandbox.zendesk.records import fields
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.dynamic_content import filled
from sandbox.zendesk.records.records import Json

_TITLES = {
    "assignment_id": ASSIGNMENT_FIELD,
    "party": PARTY_FIELD,
    "reason": REASON_FIELD,
    "attempts": ATTEMPTS_FIELD,
    "kind_of_outcome": KIND_FIELD,
    "outcome": OUTCOME_FIELD,
}


_DESCRIBE = "Please describe what happened: a sentence or two is enough."
_FILLED_IN = ("party",)
"""What is filled in with what is known of the person where it is left empty."""
TYPED = ("assignment_id", "party", "reason", "kind_of_outcome", "outcome")


def routes(context: PageContext) -> list[Route]:
    return [
        place(context, "/", home, {"submit": submit}),
        place(context, "/requests/{id:int}", request, {"reply": reply, "solve": solve}),
    ]


def home(context: PageContext, visit: Visit, error: str) -> Response:
    person = person_named(visit.get("as"))
    offered = [row for row in SCENARIOS if row.person == person.key]
    chosen = scenario_named(visit.get("try"), offered)
    mine = [row for row in conversation.tickets(context) if row["requester_email"] == person.email]
    return render(
        context,
        visit,
        "home.html",
        title="Help center",
        view="requester",
        error=error,
        person=person,
        people=PEOPLE,
        scenarios=offered,
        chosen=chosen,
        mine=mine,
        form=form_fields(context, person.locale),
        values=_values(visit, chosen, person),
    )


def form_fields(context: PageContext, locale: str = "en-US") -> Json | None:
    """The form's fields with their titles and options as somebody of a locale reads them, None before the account
    has been set up."""
    zendesk = context.sandbox.zendesk
    with zendesk.lock:
        try:
            zendesk.form_id(FORM)
            by_title = {row["title"]: row for row in zendesk.account.custom_fields()}
            return {key: _field(zendesk.account, by_title[title], locale) for key, title in _TITLES.items()}
        except LookupError:
            return None


def _field(account: Account, row: Json, locale: str) -> Json:
    read = filled(account, row, locale, ("title_in_portal", "description"))
    options = [
        {"value": option["value"].split("_", 2)[2], "name": option["name"]}
        for option in read.get("custom_field_options", ())
    ]
    return {"title": read["title_in_portal"], "hint": read["description"], "options": options, "lang": locale}


def _values(visit: Visit, chosen: Scenario | None, person: Visitor) -> Json:
    """What the form is filled with: what was typed, else the chosen situation."""
    if visit.form is not None:
        typed: Json = {name: visit.get(name) for name in TYPED}
        return {**typed, "description": visit.get("description"), "attempts": visit.all("attempts")}
    if chosen is None:
        blank = dict.fromkeys(("assignment_id", "reason", "kind_of_outcome", "outcome", "description"), "")
        return {**blank, "party": person.party, "attempts": []}
    return {
        "assignment_id": chosen.assignment_id,
        "party": person.party,
        "reason": chosen.reason,
        "kind_of_outcome": chosen.kind_of_outcome,
        "outcome": chosen.outcome,
        "description": chosen.description,
        "attempts": list(chosen.attempts),
    }


def _faults(context: PageContext, visit: Visit, locale: str) -> dict[str, str]:
    """What the help center says of each field before it takes a request, all of it at once."""
    found: dict[str, str] = {}
    if not visit.get("description").strip():
        found["description"] = _DESCRIBE
    zendesk = context.sandbox.zendesk
    with zendesk.lock:
        by_title = {row["title"]: row for row in zendesk.account.custom_fields()}
        for name, title in _TITLES.items():
            field, value = by_title.get(title), visit.get(name).strip()
            if field is None:
                continue
            if not value and field["required_in_portal"] and name not in _FILLED_IN:
                shown = filled(zendesk.account, field, locale, ("title_in_portal",))["title_in_portal"]
                found[name] = f"{shown}: please fill this in."
            elif value and field["type"] == "regexp" and not fields.has_format(field, value):
                found[name] = f"“{value}” is not a number as it stands at the top of the assignment’s page."
    return {**found, **faults_in_files(visit)}


def submit(context: PageContext, visit: Visit) -> str:
    person = person_named(visit.get("as"))
    refuse(_faults(context, visit, person.locale))
    ticket_id = context.sandbox.zendesk.people.submit_request(
        person.email,
        person.name,
        visit.get("assignment_id").strip() or None,
        visit.get("party") or person.party,
        visit.get("reason") or None,
        visit.get("description").strip(),
        visit.all("attempts"),
        visit.get("outcome").strip(),
        kind_of_outcome=visit.get("kind_of_outcome"),
        files=given_files(visit),
    )
    return said(f"/requests/{ticket_id}", "request")


def request(context: PageContext, visit: Visit, error: str) -> Response:
    ticket_id = int(visit.args["id"])
    ticket = conversation.ticket(context, ticket_id)
    known = [person for person in PEOPLE if person.email == ticket["requester_email"]]
    return render(
        context,
        visit,
        "request.html",
        title=f"Request {ticket_id}",
        view="requester",
        error=error,
        subject=PageSubject(ticket_id, ticket["assignment_id"]),
        ticket=ticket,
        home="/" + (f"?as={known[0].key}" if known else ""),
        comments=conversation.comments(context, ticket_id, notes=False),
        text=visit.get("text") if error else "",
    )


def reply(context: PageContext, visit: Visit) -> str:
    refuse({**faults_in_text(visit, "text"), **faults_in_files(visit)})
    people = context.sandbox.zendesk.people
    files = given_files(visit)
    ticket_id = people.reply(int(visit.args["id"]), visit.get("text").strip(), files)  # a closed one: its follow-up
    return said(f"/requests/{ticket_id}#latest", "reply")


def solve(context: PageContext, visit: Visit) -> str:
    context.sandbox.zendesk.people.mark_solved(int(visit.args["id"]))
    return said(visit.path, "solved")
