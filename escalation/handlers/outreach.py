"""What the desk itself says to the other side: each tier's message, who gets it, and every post's reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

from escalation.engine.budget import POSTS_AN_HOUR, one_more, still_ahead
from escalation.engine.turn import Turn
from escalation.handlers.digests import GATHERED, correspondent, digest_part, may_go_together
from escalation.handlers.letter_lines import greeting, letter
from escalation.language.names_to_tell import name_to_tell
from escalation.language.same_people import address_key, same_address
from escalation.language.typed import TypedAddress, address_typed
from escalation.model.audience import Public
from escalation.model.case import Case
from escalation.model.effects import PostMessage, StartConversation
from escalation.model.events import Observed
from escalation.model.mappings import without
from escalation.model.tiers import BY_EMAIL, ByEmail, OnAssignment, Recipient, Tier
from escalation.model.values import Party
from escalation.model.views import AssignmentSeen, AssignmentView, Contact, FieldValue
from escalation.policies.policy import Addressee, Policy


def tier_message(turn: Turn, tier: Tier, seen: AssignmentSeen | None) -> PostMessage | StartConversation | None:
    """Return the tier's message, or None where there is nobody to send it to."""
    channel = tier.way_of(turn.case.party).channel
    if isinstance(channel, ByEmail):
        return _email(turn, tier, channel, seen)
    if not isinstance(channel, OnAssignment) or not isinstance(seen, AssignmentView):
        return None
    reader = seen.worker if turn.case.party is Party.CLIENT else seen.support_contact
    return post(turn, letter(turn, channel.text, tier, seen, greeting=greeting(turn, reader.name)), seen.id)


def _email(turn: Turn, tier: Tier, channel: ByEmail, seen: AssignmentSeen | None) -> StartConversation | None:
    to = person(turn, channel.recipient, seen)
    if to is None:
        return None
    effect = turn.effect_id()
    conversations = {**turn.case.heard.conversations, effect: tier.number}
    written_to = {**turn.case.heard.written_to, effect: address_key(to.email)}
    turn.case.heard = replace(turn.case.heard, conversations=conversations, written_to=written_to)
    _name_to_requester(turn, tier, channel.recipient, to, seen)
    return StartConversation(
        effect,
        turn.case.ticket_id,
        to.email,
        to.name,
        turn.public_text(channel.subject, assignment_id=turn.case.assignment_id or ""),
        letter(turn, channel.body, tier, seen, greeting=greeting(turn, to.name)),
        correspondent(turn.case.company, turn.policy.language, channel, to),
        **_together(turn, tier, seen, to),
    )


def _together(turn: Turn, tier: Tier, seen: AssignmentSeen | None, to: Addressee) -> dict[str, Any]:
    """What a letter has where it may go with others; one that waited leaves when the others are there."""
    if not may_go_together(turn):
        return {}
    later = turn.now + GATHERED if turn.case.delivery.letter_waited else None
    part = digest_part(turn, tier, seen, to)
    return {"quiet_hours": turn.policy.digest_hours, "part": part, "not_before": later}


def _name_to_requester(
    turn: Turn, tier: Tier, recipient: Recipient, to: Addressee, seen: AssignmentSeen | None
) -> None:
    """Keep the name of whom a tier's letter goes to where the requester may know it: the assignment shows it to
    them. Whom an agent or the policy has named is not theirs to know."""
    name, delivery = _name_they_know(recipient, to, seen), turn.case.delivery
    others = without(delivery.told_names, tier.number)
    turn.case.delivery = replace(delivery, told_names={**others, tier.number: name} if name else others)


def _name_they_know(recipient: Recipient, to: Addressee, seen: AssignmentSeen | None) -> str:
    contact = _on_assignment(recipient, seen)
    return name_to_tell(contact.name) if contact and same_address(contact.email, to.email) else ""


def quiet_until(turn: Turn, tier: Tier, seen: AssignmentSeen | None) -> datetime | None:
    """Until when the reader of a tier's letter is left alone; None where they are not."""
    channel = tier.way_of(turn.case.party).channel
    if not isinstance(channel, ByEmail) or not may_go_together(turn) or tier.number in turn.case.delivery.messaged:
        return None
    to = person(turn, channel.recipient, seen)
    if to is None:
        return None
    until = turn.written_to.get(correspondent(turn.case.company, turn.policy.language, channel, to))
    return until if until and until > turn.now else None


def possible_readers(case: Case, seen: Observed, policy: Policy, company: str) -> frozenset[str]:
    """Return the correspondents that a letter of this case may go to once it has taken in what was seen, perhaps
    with more: of these alone it matters until when they are left alone."""
    fields = (case.fields, *((seen.ticket.fields,) if seen.ticket else ()))
    assignments = (seen.assignment, *seen.candidates)
    channels = [way.channel for tier in BY_EMAIL for way in tier.ways if isinstance(way.channel, ByEmail)]
    found = {
        correspondent(of_company, policy.language, channel, to)
        for channel, known, assignment in product(channels, fields, assignments)
        if (to := _person(channel.recipient, known, assignment, policy))
        for of_company in (case.company, company)
    }
    return frozenset(found)


def post(turn: Turn, text: Public, assignment_id: str) -> PostMessage:
    """Return a public message on the assignment, ended by a reference of its own."""
    case = turn.case
    reference = f"{case.reference}-{case.next_reference}"
    case.next_reference += 1
    case.pacing = replace(case.pacing, messages=one_more(case.pacing.messages, turn.now, POSTS_AN_HOUR))
    later = still_ahead(case.pacing.messages, turn.now)
    if later:
        turn.note_seldom("note.busy_assignment", count=POSTS_AN_HOUR, date=turn.label(later))
    said = text.with_reference(reference)
    effect = PostMessage(turn.effect_id(), assignment_id, said, reference, later, company=case.company or None)
    posted = {**case.posts.posted, reference: " ".join(effect.text.split())}
    case.posts = replace(case.posts, posted=posted, references={**case.posts.references, effect.id: reference})
    return effect


def person(turn: Turn, recipient: Recipient, seen: AssignmentSeen | None) -> Addressee | None:
    """Return who a recipient is in this case: by the ticket's field, else the policy, else the assignment.

    None where nothing names a person. A field that can't be read names nobody: another person than the one who was
    meant is not written to.
    """
    return _person(recipient, turn.case.fields, seen, turn.policy)


def keep_who_is_known(turn: Turn, seen: AssignmentSeen) -> None:
    """Keep which tiers would have somebody to write to now, and whom, so that nobody else is promised, and whom
    the assignment shows for them, which agents are told where it can't be seen later."""
    ways = [(tier.number, tier.way_of(turn.case.party).channel) for tier in BY_EMAIL]
    recipients = [(number, one.recipient) for number, one in ways if isinstance(one, ByEmail)]
    would = {number: (one, to) for number, one in recipients if (to := person(turn, one, seen))}
    known = tuple(would)
    names = {number: name for number, (one, to) in would.items() if (name := _name_they_know(one, to, seen))}
    delivery = turn.case.delivery
    shown = delivery.shown_contacts
    if isinstance(seen, AssignmentView):
        contacts = ((number, _on_assignment(one, seen)) for number, one in recipients)
        shown = {number: _with_address(one) for number, one in contacts if one and one.email}
    if (known, names, shown) != (delivery.known_for, delivery.known_names, delivery.shown_contacts):
        turn.case.delivery = replace(delivery, known_for=known, known_names=names, shown_contacts=shown)


def _with_address(contact: Contact) -> str:
    return f"{contact.name}, {contact.email}" if contact.name else contact.email


def _person(
    recipient: Recipient, fields: Mapping[str, FieldValue], seen: AssignmentSeen | None, policy: Policy
) -> Addressee | None:
    if typed := address_typed(fields.get(recipient.field)):
        return Addressee(typed.name, typed.email) if isinstance(typed, TypedAddress) else None
    if not isinstance(seen, AssignmentView):
        return None
    if recipient.by_project and (named := policy.person(recipient.by_project, seen.project)):
        return named
    contact = _on_assignment(recipient, seen)
    if contact is None:
        return None
    read = address_typed(contact.email)
    return Addressee(contact.name, read.email) if isinstance(read, TypedAddress) else None


def _on_assignment(recipient: Recipient, seen: AssignmentSeen | None) -> Contact | None:
    """Return whom the assignment itself shows as a recipient."""
    if not recipient.on_assignment or not isinstance(seen, AssignmentView):
        return None
    return seen.worker if recipient.on_assignment == "worker" else seen.support_contact


def addressed_to(turn: Turn, tier: Tier, seen: AssignmentSeen | None) -> str:
    """Return where a tier's message goes: the assignment's id, or an e-mail address; empty where it can't go."""
    channel = tier.way_of(turn.case.party).channel
    if not isinstance(channel, ByEmail):
        return seen.id if isinstance(seen, AssignmentView) else ""
    to = person(turn, channel.recipient, seen)
    return address_key(to.email) if to else ""
