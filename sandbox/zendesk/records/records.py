"""What the stand-in account holds: users, tickets, side conversations and mails."""

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

LOCALE_IDS = {"en-US": 1, "es": 2, "de": 8, "zh-tw": 9, "zh-cn": 10, "es-419": 1194}
"""What support.zendesk.com lists at `locales/public.json`, and 1194 from a recorded user. Others have other ids."""
ANOTHER_LOCALE = 1999


def stamp(moment: datetime | None) -> str | None:
    """Zendesk's ISO 8601 in whole seconds, e.g. 2026-03-02T15:00:00Z."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


@dataclass(slots=True)
class User:
    id: int
    name: str
    email: str | None
    role: str
    created_at: datetime
    verified: bool = False
    suspended: bool = False
    external_id: str | None = None
    phone: str | None = None
    default_group_id: int | None = None
    ticket_restriction: str | None = None
    role_type: int | None = None
    group_ids: list[int] = field(default_factory=list)
    locale: str | None = "en-US"
    time_zone: str = "Eastern Time (US & Canada)"
    iana_time_zone: str = "America/New_York"
    updated_at: datetime | None = None

    @property
    def is_agent(self) -> bool:
        return self.role in ("agent", "admin")

    def json(self, base: str) -> Json:
        return {
            "id": self.id,
            "url": f"{base}/api/v2/users/{self.id}.json",
            "name": self.name,
            "email": self.email,
            "role": self.role,
            "verified": self.verified,
            "suspended": self.suspended,
            "active": True,
            "external_id": self.external_id,
            "phone": self.phone,
            "default_group_id": self.default_group_id,
            "ticket_restriction": self.ticket_restriction,
            "role_type": 4 if self.role == "admin" else self.role_type,
            "restricted_agent": self.role != "admin" and (not self.is_agent or self.ticket_restriction is not None),
            "organization_id": None,
            "locale": self.locale,
            "locale_id": LOCALE_IDS.get(self.locale or "", ANOTHER_LOCALE),
            "time_zone": self.time_zone,
            "iana_time_zone": self.iana_time_zone,
            "tags": [],
            "user_fields": {},
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at or self.created_at),
        }


@dataclass(slots=True)
class Ticket:
    """`updated_at` has whole seconds as in Zendesk; `generated_at` is exact and moves on system updates too."""

    id: int
    subject: str
    requester_id: int
    submitter_id: int
    form_id: int
    custom_status_id: int
    status: str
    via: Json
    created_at: datetime
    updated_at: datetime
    generated_at: datetime
    description: str = ""
    assignee_id: int | None = None
    group_id: int | None = None
    external_id: str | None = None
    priority: str | None = None
    type: str | None = None
    tags: list[str] = field(default_factory=list)
    fields: dict[int, Any] = field(default_factory=dict)
    comments: list[Json] = field(default_factory=list)
    audits: list[Json] = field(default_factory=list)
    followup_ids: list[int] = field(default_factory=list)
    followup_source_id: int | None = None
    deleted_at: datetime | None = None
    spam: bool = False
    solved_at: datetime | None = None

    @property
    def is_public(self) -> bool:
        return any(comment["public"] for comment in self.comments)

    def draft(self) -> "Ticket":
        """A copy to work on; the comments and audits it shares are only ever added to in `commit`."""
        other = copy.copy(self)
        other.tags = list(self.tags)
        other.fields = dict(self.fields)
        other.comments = list(self.comments)
        other.audits = list(self.audits)
        other.followup_ids = list(self.followup_ids)
        return other


@dataclass(slots=True)
class Conversation:
    """A side conversation; `events` are in Zendesk's shape, oldest first."""

    id: str
    ticket_id: int
    subject: str
    state: str
    participants: list[Json]
    created_at: datetime
    updated_at: datetime
    message_added_at: datetime
    state_updated_at: datetime
    preview_text: str
    external_ids: dict[str, str]
    events: list[Json] = field(default_factory=list)

    def json(self, base: str) -> Json:
        return {
            "id": self.id,
            "url": f"{base}/api/v2/tickets/{self.ticket_id}/side_conversations/{self.id}",
            "ticket_id": self.ticket_id,
            "subject": self.subject,
            "preview_text": self.preview_text,
            "state": self.state,
            "participants": self.participants,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
            "message_added_at": stamp(self.message_added_at),
            "state_updated_at": stamp(self.state_updated_at),
            "external_ids": self.external_ids,
        }


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that Zendesk would have sent. `why` is the trigger's title, or "side conversation"."""

    at: datetime
    to: str
    subject: str
    body: str
    ticket_id: int
    why: str
