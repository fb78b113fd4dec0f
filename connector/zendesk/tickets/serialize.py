"""What we ask of Zendesk, from the process's words into its JSON: the strict half of the translation."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from connector.errors import Misconfigured
from connector.outgoing_text import check_outgoing_text
from connector.text import line, outgoing, too_long
from connector.zendesk.account.ids import CASE_KEY, SEVERAL, TAG_PREFIXES, TICKED, AccountIds
from escalation.language.closing import told_besides
from escalation.language.same_people import address_key
from escalation.model.effects import CreateTicket, Note, Say, StartConversation, UpdateTicket
from escalation.model.values import State
from escalation.model.views import FieldValue

OURS: Final = "parley"
"""The key under which our effect id stands in `metadata` and in `external_ids`.

What a request sends in `metadata`, its audit shows in `metadata.custom`:
https://developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets/#setting-metadata
"""

SIGNED_TAG: Final = "escalation_signed_"


def signature(email: str) -> str:
    """The tag of a ticket made for a request that the marketplace signed for this address.

    It names the address by a digest, so that a requester changed later does not inherit the signature; end
    users cannot set tags, and agents are believed.
    """
    return SIGNED_TAG + hashlib.sha256(address_key(email).encode()).hexdigest()[:20]


def update_body(
    update: UpdateTicket,
    body: str | None,
    stamp: datetime | None,
    assignee: int | None,
    ids: AccountIds,
    uploads: Sequence[str] = (),
) -> dict[str, object]:
    """The ticket of one PUT, with the files of the tokens `uploads`.

    `stamp` is the `updated_at` last seen: Zendesk answers 409 where it moved on.

    https://developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets/#protecting-against-ticket-update-collisions
    """
    ticket: dict[str, object] = {"metadata": {OURS: update.id}}
    if stamp is not None:
        ticket["safe_update"] = True
        ticket["updated_stamp"] = stamp.strftime("%Y-%m-%dT%H:%M:%SZ")
    if update.say is not None and body is not None:
        files = {"uploads": list(uploads)} if uploads else {}
        ticket["comment"] = {"body": body, "public": _is_public(update.say), **files}
    if update.status is not None:
        ticket |= shown_as(update.status, ids)
    if update.fields:
        ticket["custom_fields"] = custom_fields(update.fields, ids)
    if update.add_tags:
        ticket["additional_tags"] = list(update.add_tags)
    if removed := _taken_off(update, ids):
        ticket["remove_tags"] = removed
    if assignee is not None:
        ticket["assignee_id"] = assignee
    if update.to_group and ids.agents_group is not None:
        ticket["group_id"] = ids.agents_group
    return ticket


def with_case_key(ticket: dict[str, object], key: str, ids: AccountIds) -> dict[str, object]:
    """The same update, which writes a ticket's case key besides; an account set up before has no field for it."""
    field_id = ids.fields.get(CASE_KEY)
    if not key or field_id is None:
        return ticket
    written = ticket.get("custom_fields")
    others = written if isinstance(written, list) else []
    return {**ticket, "custom_fields": [*others, {"id": field_id, "value": key}]}


def _is_public(say: Say | Note) -> bool:
    """Whether a comment is for the requester; nothing but a public text made to be one may be."""
    if isinstance(say, Say):
        check_outgoing_text(say.text, say.after, say.progress)
        return True
    return False


def create_body(effect: CreateTicket, assignee: int | None, ids: AccountIds) -> dict[str, object]:
    """The ticket of one POST; `external_id` is how it is found again after Zendesk forgets the Idempotency-Key."""
    if not ids.form:
        raise Misconfigured("The form is not known. Run `parley zendesk apply`.")
    ticket: dict[str, object] = {
        "subject": line(effect.subject, 150),
        "comment": _first_comment(effect),
        **({} if ids.told_by else {"ticket_form_id": ids.form}),
        "external_id": effect.id,
        "metadata": {OURS: effect.id},
    }
    if effect.requester_id:
        ticket["requester_id"] = int(effect.requester_id)
    else:
        name = line(effect.requester_name, 100) or effect.requester_email
        ticket["requester"] = {"name": name, "email": effect.requester_email.strip()}
    if effect.fields:
        ticket["custom_fields"] = custom_fields(effect.fields, ids)
    if effect.status is not None:
        ticket |= shown_as(effect.status, ids)
    if assignee is not None:
        ticket["assignee_id"] = assignee
    if effect.followup_of:
        ticket["via_followup_source_id"] = int(effect.followup_of)
    elif effect.requester_email:
        ticket["tags"] = [signature(effect.requester_email)]
    return ticket


def _first_comment(effect: CreateTicket) -> dict[str, object]:
    """A follow-up says our own words; any other ticket says its requester's, which are shown as written."""
    say = effect.say
    check_outgoing_text(effect.subject, say.text, say.after, say.progress)
    said = comment_body(say.text, say.follows, say.text, first=say.leads)
    shown = {"body": said} if effect.followup_of else {"html_body": as_written(said)}
    return {**shown, "public": effect.say.public}


def as_written(said: str) -> str:
    """Plain text as HTML in which nothing of it is markup; Zendesk reads `body` as Markdown, `html_body` not."""
    shown, kept = _paragraphs(said), len(said)
    while too_long(shown):  # a sign such as < takes up to five characters
        kept = kept * 9 // 10
        shown = _paragraphs(said[:kept] + " …")
    return shown


def _paragraphs(said: str) -> str:
    parts = re.split(r"\n{2,}", html.escape(said.strip(), quote=False))
    return "".join(f"<p>{part}</p>" for part in parts).replace("\n", "<br>")


def conversation_body(effect: StartConversation) -> dict[str, object]:
    """A side conversation by e-mail. Its `external_ids` are taken on the message and on the conversation.

    The text goes in both forms: it holds the assignment's title, and whether `body` is read as Markdown here is
    not documented.

    https://developer.zendesk.com/api-reference/ticketing/side_conversation/side_conversation/
    """
    subject, body = effect.letter
    check_outgoing_text(subject, body)
    marks, said = {OURS: effect.id}, outgoing(body)
    return {
        "message": {
            "subject": line(subject, 150),
            "body": said,
            "html_body": as_written(said),
            "to": [
                {"email": effect.to_email.strip(), "name": line(effect.to_name, 100) or effect.to_email.strip()}
            ],
            "external_ids": marks,
        },
        "external_ids": marks,
    }


def comment_body(said: str, added: str = "", ours: str = "", *, first: str = "") -> str:
    """What is said, be it a macro's, with the desk's own sentences in front of its closing, and what comes `first`
    behind its greeting. `ours` is the desk's text for the same, whose greeting and closing the macro's may have."""
    return outgoing(told_besides(said, first, added, ours))


LATER: Final = {State.JOINED: "solved"}
"""States whose status earlier versions did not make: Zendesk's own shows them until the next `apply`."""


def shown_as(state: State, ids: AccountIds) -> dict[str, object]:
    """A state's custom status, or Zendesk's own status in an account that can't have that, or not yet."""
    found, plain = ids.statuses.get(state.value), ids.plain.get(state.value)
    if plain is None and (ids.statuses or ids.plain):
        plain = LATER.get(state)
    if found is not None:
        return {"custom_status_id": found}
    if plain:
        return {"status": plain}
    raise Misconfigured(f"The custom status for {state.value} is not known. Run `parley zendesk apply`.")


def _taken_off(update: UpdateTicket, ids: AccountIds) -> list[str]:
    """Where a status is set, a macro's tag for one goes: only a tag that isn't there can be added again."""
    asked_for = ids.state_tags if update.status is not None else ()
    return list(dict.fromkeys((*update.remove_tags, *asked_for)))


def custom_fields(fields: Mapping[str, FieldValue], ids: AccountIds) -> list[dict[str, object]]:
    written: list[dict[str, object]] = []
    for key, value in fields.items():
        field_id = ids.fields.get(key)
        if field_id is None:
            raise Misconfigured(f"The ticket field for {key} is not known. Run `parley zendesk apply`.")
        written.append({"id": field_id, "value": _value(key, value)})
    return written


def _value(key: str, value: FieldValue) -> object:
    if key in TICKED:
        return bool(value)
    prefix = TAG_PREFIXES.get(key)
    if key in SEVERAL:
        return [f"{prefix}{word}" for word in value.replace(",", " ").split()] if isinstance(value, str) else []
    if not isinstance(value, str) or not value:
        return None
    return outgoing(value, 5_000) if prefix is None else f"{prefix}{value}"
