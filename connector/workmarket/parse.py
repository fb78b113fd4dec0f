"""WorkMarket's JSON of an assignment, told in the process's words and tolerant of every shape it may have."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import datetime

from connector.errors import UnreadableAnswer
from connector.reading import Json, items, mapping, number, text, the_items, unix_moment
from escalation.model.files import AssignmentFile
from escalation.model.plain import clean, unmarked
from escalation.model.views import AssignmentView, Contact, Message


def assignment_view(response: object, assignment_id: str) -> AssignmentView:
    """Raises Unreadable where it is not this assignment, has no status or has no list of notes.

    Built from the published Swagger (`AssignmentDetails`); no captured answer exists.
    """
    one = mapping(response)
    if text(one.get("id")).strip() != assignment_id:
        raise UnreadableAnswer("it is not the assignment that was asked for")
    status = normal_status(one.get("status"))
    if not status:
        raise UnreadableAnswer("the assignment has no status")
    worker = _first(one.get("active_resource"))
    payment = mapping(one.get("payment"))
    checks = items(worker.get("check_in_out")) or items([worker.get("check_in_out")])
    owner = one.get("internal_owner_details")
    return AssignmentView(
        id=assignment_id,
        status=status,
        title=_words(one.get("title")),
        project=_name(one.get("project")),
        place="" if _yes(one.get("location_offsite")) else _place(mapping(one.get("location"))),
        price=_price(mapping(one.get("pricing")), payment),
        owner=_contact(_first(owner)).name or _words(one.get("internal_owner")),
        support_contact=_contact(_first(one.get("support_contact"))),
        worker=_contact(worker),
        scheduled=unix_moment(one.get("scheduled_time")) or unix_moment(one.get("scheduled_start")),
        window_start=unix_moment(one.get("assignment_window_start")),
        window_end=unix_moment(one.get("assignment_window_end")) or unix_moment(one.get("scheduled_end")),
        checked_in=min(_times(checks, "checked_in_on", "checked_in", "check_in"), default=None),
        checked_out=max(_times(checks, "checked_out_on", "checked_out", "check_out"), default=None),
        payment_due=unix_moment(payment.get("payment_due_on")),
        paid_on=unix_moment(payment.get("paid_on")),
        labels=tuple(_labels(one.get("labels"))),
        history=tuple(sorted(_history(one.get("history")))),
        messages=messages_of(one),
        files=tuple(found for row in items(one.get("attachments")) if (found := file_of(row)) is not None),
    )


def file_of(row: Json) -> AssignmentFile | None:
    """A file as `assignments/get` and `attachments/list` tell it; None for one that has no id to be read by."""
    uuid = text(row.get("uuid")).strip()
    name = _words(row.get("name")) or _words(row.get("filename"))
    size = number(row.get("size"))
    return (
        AssignmentFile(uuid, name or uuid, html.unescape(text(row.get("description"))).strip(), size)
        if uuid
        else None
    )


def messages_of(one: Json) -> tuple[Message, ...]:
    """The notes, oldest first. A note without a time is put first: dropping it could hide our own."""
    notes = [] if one.get("notes") is None else the_items(one.get("notes"), "the notes")
    found = [
        Message(
            at=unix_moment(note.get("date")) or unix_moment(note.get("created_on")) or _EARLIEST,
            author=_words(note.get("created_by")),
            text=html.unescape(text(note.get("text"))).strip(),
            private=_yes(note.get("is_private")) or _yes(note.get("is_privileged")),
        )
        for note in notes
    ]
    return tuple(sorted(found, key=lambda message: message.at))


_EARLIEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def with_reference(messages: Iterable[Message], reference: str) -> tuple[Message, ...]:
    """The messages that carry this reference as a whole: `8F3K-2` is not found in `[Ref 8F3K-21]`."""
    return tuple(message for message in messages if carries(message.text, reference))


def carries(said: str, reference: str) -> bool:
    """Whether a text has this reference as a whole."""
    mark = re.compile(rf"(?<![0-9A-Za-z-]){re.escape(reference)}(?![0-9A-Za-z]|-[0-9A-Za-z])", re.IGNORECASE)
    return mark.search(unmarked(said)) is not None


def normal_status(value: object) -> str:
    """`in_progress`, `inProgress` and `In Progress` are all `inprogress`."""
    return re.sub(r"[^a-z]", "", text(value).lower())


def _words(value: object) -> str:
    return clean(html.unescape(text(value))).strip()


def _first(value: object) -> Json:
    """The record itself, or the first of several."""
    return next(iter(items(value)), {}) if isinstance(value, list) else mapping(value)


def _contact(one: Json) -> Contact:
    names = (_words(one.get("first_name")), _words(one.get("last_name")))
    return Contact(
        name=" ".join(name for name in names if name) or _words(one.get("name")),
        email=text(one.get("email")).strip(),
    )


def _name(value: object) -> str:
    if isinstance(value, dict):
        return _words(value.get("name")) or _words(value.get("id"))
    return _words(value)


def _place(location: Json) -> str:
    """What people call it, and its town: `Store 114, Newark, NJ`. Work that is done off site has none."""
    told = (_words(location.get(name)) for name in ("name", "city", "state"))
    return ", ".join(dict.fromkeys(part for part in told if part))


def _labels(value: object) -> list[str]:
    entries = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    named = (
        _words(one.get("name")) or _words(one.get("description")) or _words(one.get("code"))
        if isinstance(one, dict)
        else _words(one)
        for one in entries
    )
    return [name for name in named if name]


def _history(value: object) -> list[tuple[datetime, str]]:
    told = ((unix_moment(one.get("date")) or unix_moment(one.get("created_on")), one) for one in items(value))
    return [(at, _words(one.get("text"))) for at, one in told if at is not None]


def _times(checks: Iterable[Json], *names: str) -> list[datetime]:
    found = (unix_moment(check.get(name)) for check in checks for name in names)
    return [at for at in found if at is not None]


def _yes(value: object) -> bool:
    return value is True or text(value).lower() in ("true", "1", "yes")


def _price(pricing: Json, payment: Json) -> str:
    """A short text: `$250.00 flat`, `$40.00 an hour, up to 8 hours`, else the total or the spend limit."""
    rates = (
        ("flat_price", None, "flat"),
        ("per_hour_price", ("max_number_of_hours", "hours"), "an hour"),
        ("per_unit_price", ("max_number_of_units", "units"), "a unit"),
        ("initial_per_hour_price", ("initial_number_of_hours", "hours"), "an hour at first"),
    )
    for key, bound, words in rates:
        if (amount := _amount(pricing.get(key))) > 0:
            most = _amount(pricing.get(bound[0])) if bound else 0
            return f"${amount:,.2f} {words}" + (f", up to {most:g} {bound[1]}" if bound and most else "")
    for holder, key, words in ((payment, "total_cost", "in total"), (pricing, "spend_limit", "at most")):
        if (amount := _amount(holder.get(key))) > 0:
            return f"${amount:,.2f} {words}"
    return ""


def _amount(value: object) -> float:
    if isinstance(value, bool):
        return 0.0
    try:
        amount = float(value) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return amount if 0 < amount < 1e12 else 0.0
