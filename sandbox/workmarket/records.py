"""Assignments and their messages, in the JSON that WorkMarket's API shows."""

import html
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


def unix(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


@dataclass(slots=True)
class WorkMarketUser:
    first: str
    last: str
    email: str = ""

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}".strip()


@dataclass(slots=True)
class AssignmentNote:
    at: datetime
    text: str
    author: str
    private: bool = False
    privileged: bool = False

    def json(self) -> Json:
        """Texts come back HTML-escaped; an author is "First Last" and nothing else."""
        return {
            "date": unix(self.at),
            "text": html.escape(self.text),
            "created_by": self.author,
            "is_private": self.private,
            "is_privileged": self.privileged,
        }


@dataclass(slots=True)
class KeptFile:
    """A file on an assignment. Who added it is told to nobody."""

    uuid: str
    name: str
    description: str
    content: bytes
    at: datetime

    def brief(self) -> Json:
        """As `assignments/get` lists it."""
        return {
            "uuid": self.uuid,
            "name": self.name,
            "description": html.escape(self.description),
            "relative_uri": f"/asset/{self.uuid}",
        }

    def json(self, attachment: str | None = None) -> Json:
        """As the calls about attachments show it; `attachment` is its content in base64."""
        told = {
            "uuid": self.uuid,
            "filename": self.name,
            "description": self.description,
            "size": len(self.content),
        }
        return told if attachment is None else {**told, "attachment": attachment}


@dataclass(slots=True)
class Assignment:
    id: str
    title: str
    description: str
    status: str
    worker: WorkMarketUser | None
    owner: WorkMarketUser
    support: WorkMarketUser | None
    project: int | None
    project_name: str
    scheduled_start: datetime
    scheduled_end: datetime
    price: float
    created: datetime
    modified: datetime
    time_zone: str = "America/New_York"
    labels: list[str] = field(default_factory=list)
    client: int | None = None
    payment_due: datetime | None = None
    paid: datetime | None = None
    check_ins: list[Json] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)
    notes: list[AssignmentNote] = field(default_factory=list)
    files: list[KeptFile] = field(default_factory=list)
    visible: bool = True
    resolution: str = ""
    place: tuple[str, str, str] | None = None
    company: str = ""

    def summary(self) -> Json:
        """A row of a list."""
        return {
            "id": self.id,
            "title": html.escape(self.title),
            "status": self.status,
            "modified_status": self.status,
            "project_id": self.project,
            "project_name": self.project_name,
            "scheduled_start": unix(self.scheduled_start),
            "scheduled_end": unix(self.scheduled_end),
            "internal_owner": self.owner.full,
            "client_id": self.client,
            "labels": [{"name": name} for name in self.labels],
            "spend_limit": f"{self.price:.2f}",
            "total_cost": f"{self.price:.2f}",
            "paid_date": unix(self.paid),
            "resource_full_name": self.worker.full if self.worker else "",
            "last_modified_on": unix(self.modified),
        }

    def details(self, horizon: datetime | None = None) -> Json:
        """All of it, with the messages up to `horizon` where one is given."""
        return {
            "id": self.id,
            "title": html.escape(self.title),
            "description": html.escape(self.description),
            "status": self.status,
            "substatuses": [],
            "labels": [{"id": str(n), "name": name} for n, name in enumerate(self.labels, 1)],
            "project": self.project,
            "client": self.client,
            "internal_owner": self.owner.full,
            "internal_owner_details": {"first_name": self.owner.first, "last_name": self.owner.last},
            "assignment_window_start": unix(self.scheduled_start),
            "assignment_window_end": unix(self.scheduled_end),
            "scheduled_start": unix(self.scheduled_start),
            "scheduled_end": unix(self.scheduled_end),
            "scheduled_time": unix(self.scheduled_start),
            "resolution": html.escape(self.resolution),
            "time_zone": self.time_zone,
            "location": self._location(),
            "location_offsite": self.place is None,
            "support_contact": self._support(),
            "active_resource": self._resource(),
            "pricing": {"type": "FLAT", "flat_price": self.price, "spend_limit": self.price},
            "payment": {
                "max_spend_limit": self.price,
                "actual_spend_limit": self.price,
                "total_cost": self.price,
                "payment_due_on": unix(self.payment_due),
                "paid_on": unix(self.paid),
            },
            "created_on": unix(self.created),
            "last_modified_on": unix(self.modified),
            "history": list(self.history),
            "notes": [note.json() for note in self.notes if horizon is None or note.at <= horizon],
            "attachments": [one.brief() for one in self.files if horizon is None or one.at <= horizon],
            "custom_fields": [],
        }

    def _location(self) -> Json | None:
        """Where it is: a name, a town and a state; None for what is done off site."""
        if self.place is None:
            return None
        name, city, state = map(html.escape, self.place)
        return {"id": 800, "name": name, "location_number": "", "city": city, "state": state, "country": "USA"}

    def _support(self) -> Json | None:
        if self.support is None:
            return None
        return {
            "id": "900",
            "first_name": self.support.first,
            "last_name": self.support.last,
            "email": self.support.email,
            "phone_numbers": [],
        }

    def _resource(self) -> Json | None:
        if self.worker is None:
            return None
        return {
            "id": "700",
            "first_name": self.worker.first,
            "last_name": self.worker.last,
            "company_name": "Sole Proprietor",
            "email": self.worker.email,
            "phone_numbers": [],
            "check_in_out": list(self.check_ins),
        }
