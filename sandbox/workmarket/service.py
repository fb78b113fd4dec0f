"""The stand-in WorkMarket: what companies and workers do there, and the API that a client company's token sees."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.shared.outgoing import Delivery, DeliveryPolicy, WebhookQueue, always
from sandbox.workmarket.access import ClientCompany, Tokens
from sandbox.workmarket.escalating import EscalateOption
from sandbox.workmarket.records import Assignment, AssignmentNote, KeptFile, WorkMarketUser, unix

TakenForm = Literal["base64", "multipart"]
_TERMS = timedelta(days=30)


class StandInWorkMarket:
    """`webhook_url` switches its webhooks on; `webhook_policy` may drop or double them.

    There is one company, whose name is empty, until others are added; each sees its own assignments only.
    `unknown_answers` is what a number that is no assignment gets: 401, as for an invisible one, or 400.
    `escalate_option` is whom a request goes to that somebody makes in an assignment's menu.
    `note_lag` makes reading stale: a message or a file is seen only so long after it was written. `takes_files`:
    how bytes go to and fro, which is not confirmed; None refuses files. `largest_file` is in bytes.
    """

    name = "workmarket"

    def __init__(self, clock: Callable[[], datetime], outgoing: WebhookQueue) -> None:
        self.clock = clock
        self._lock = threading.RLock()
        self.assignments: dict[str, Assignment] = {}
        self.credentials = ClientCompany()
        self.companies = {self.credentials.name: self.credentials}
        self.tokens = Tokens()
        self.unknown_answers = 401
        self.note_lag = timedelta(0)
        self.takes_files: TakenForm | None = "base64"
        self.largest_file = 60_000_000
        self.webhook_url: str | None = None
        self.webhook_policy: DeliveryPolicy = always
        self.escalate_option: EscalateOption | None = None
        self._escalated = 0
        self._outgoing = outgoing
        self._last = 3_000_000_000

    @property
    def lock(self) -> threading.RLock:
        return self._lock

    @property
    def api_user(self) -> str:
        """Whom the messages of the company without a name are from, where its token posts them."""
        return self.credentials.api_user

    @property
    def webhook_token(self) -> str | None:
        """The token that the webhooks of the company without a name carry."""
        return self.credentials.webhook_token

    @webhook_token.setter
    def webhook_token(self, token: str | None) -> None:
        self.credentials.webhook_token = token

    def add_company(self, name: str) -> ClientCompany:
        """One more client company; its token, secret and webhook token begin with its name."""
        with self.lock:
            made = ClientCompany(name, f"{name}-token", f"{name}-secret", webhook_token=f"{name}-webhook-token")
            self.companies[name] = made
        return made

    def companies_down(self) -> list[str]:
        """The client companies whose calls fail just now."""
        with self.lock:
            return [one.name for one in self.companies.values() if one.trouble is not None]

    # Assignments and what happens to them

    def add_assignment(
        self,
        id: str | int | None = None,
        *,
        company: str = "",
        title: str = "Install a router",
        description: str = "Mount and configure the router, then call in.",
        worker: tuple[str, str, str] | None = ("Wanda", "Worker", "wanda@example.com"),
        owner: tuple[str, str] = ("Olaf", "Owner"),
        support_contact: tuple[str, str, str] | None = ("Sally", "Support", "sally@example.com"),
        project: int | None = 77,
        project_name: str = "Branch roll-out",
        scheduled_start: datetime | None = None,
        scheduled_end: datetime | None = None,
        price: float = 250.0,
        status: str = "complete",
        labels: Iterable[str] = (),
        client: int | None = None,
        payment_due: datetime | None = None,
        paid: datetime | None = None,
        checked_out: datetime | None = None,
        created: datetime | None = None,
        place: tuple[str, str, str] | None = None,
    ) -> str:
        """A new assignment; by default it ended an hour ago and waits for approval. Returns its id.

        `company` is the name of whose it is; nobody else sees it.
        """
        now, company = self.clock(), self.companies[company].name
        with self.lock:
            self._last += 17
            assignment_id = str(id if id is not None else self._last)
            start = scheduled_start or now - timedelta(hours=4)
            end = scheduled_end or start + timedelta(hours=3)
            made = Assignment(
                id=assignment_id,
                company=company,
                title=title,
                description=description,
                status=status,
                worker=None if worker is None else WorkMarketUser(*worker),
                owner=WorkMarketUser(*owner),
                support=None if support_contact is None else WorkMarketUser(*support_contact),
                project=project,
                project_name=project_name if project is not None else "",
                scheduled_start=start,
                scheduled_end=end,
                price=price,
                created=created or start - timedelta(days=7),
                modified=now,
                labels=list(labels),
                client=client,
                payment_due=payment_due,
                paid=paid,
                place=place,
            )
            if checked_out is not None:
                made.check_ins.append(_check_in(1, start, checked_out))
            self.assignments[assignment_id] = made
        return assignment_id

    def message(self, id: str, author: str, text: str, private: bool = False, privileged: bool = False) -> None:
        """Someone writes on the assignment. `author` is "worker", "owner", "support" or a full name."""
        with self.lock:
            found = self._found(id)
            people = {"worker": found.worker, "owner": found.owner, "support": found.support}
            person = people.get(author)
            found.notes.append(
                AssignmentNote(self.clock(), text, person.full if person else author, private, privileged)
            )
            self._touch(found, None, "note_added")

    def escalate(self, id: str, name: str, email: str, description: str, **more: Any) -> None:
        """A client chooses Escalate in the assignment's menu. `more` is what else the request says."""
        with self.lock:
            found, option = self._found(id), self.escalate_option
            if option is None:
                raise LookupError("Nobody takes escalations here.")
            self._escalated += 1
            body = {
                "assignment_id": found.id,
                "party": "client",
                "requester": {"name": name, "email": email},
                "description": description,
                **{key: value for key, value in more.items() if value},
            }
            sent = option.delivery(f"msg_escalate_{self._escalated}", self.clock(), body)
        self._outgoing.put(sent, self.webhook_policy)

    def check_in(self, id: str) -> None:
        with self.lock:
            found = self._found(id)
            found.check_ins.append(_check_in(len(found.check_ins) + 1, self.clock(), None))
            found.status = "inprogress"
            self._touch(found, "Checked in", "check_in")

    def check_out(self, id: str) -> None:
        with self.lock:
            found = self._found(id)
            found.check_ins[-1].update(checked_out_on=unix(self.clock()), modified_on=unix(self.clock()))
            self._touch(found, "Checked out", "check_out")

    def complete(self, id: str, resolution: str = "Done.") -> None:
        """The worker submits it: Pending Approval."""
        with self.lock:
            self._found(id).resolution = resolution
            self._move(id, "complete", "Assignment completed", "completed")

    def approve(self, id: str, terms: timedelta = _TERMS) -> None:
        """The client approves: Invoiced, due after `terms`."""
        with self.lock:
            self._found(id).payment_due = self.clock() + terms
            self._move(id, "paymentPending", "Assignment approved for payment", "approved")

    def pay(self, id: str) -> None:
        with self.lock:
            self._found(id).paid = self.clock()
            self._move(id, "paid", "Assignment paid", "paid")

    def cancel(self, id: str) -> None:
        self._move(id, "cancelled", "Assignment cancelled", "cancel")

    def void(self, id: str) -> None:
        self._move(id, "void", "Assignment voided", "voided")

    def refund(self, id: str) -> None:
        """No webhook tells of it."""
        self._move(id, "refunded", "Assignment refunded", None)

    def send_back(self, id: str) -> None:
        """The client wants more work; no webhook tells of it."""
        self._move(id, "inprogress", "Assignment sent back for completion", None)

    def label(self, id: str, name: str) -> None:
        with self.lock:
            found = self._found(id)
            found.labels.append(name)
            self._touch(found, f"Label added: {name}", "label_added")

    def hide(self, id: str) -> None:
        """The token no longer sees it."""
        with self.lock:
            self._found(id).visible = False

    def show(self, id: str) -> None:
        with self.lock:
            self._found(id).visible = True

    def notes(self, id: str) -> list[AssignmentNote]:
        """The messages as they were written."""
        with self.lock:
            return list(self._found(id).notes)

    def post_note(self, assignment: Assignment, text: str, *, private: bool, privileged: bool) -> None:
        """What `add_note` does: the author is whoever the token belongs to."""
        author = self.companies[assignment.company].api_user
        assignment.notes.append(AssignmentNote(self.clock(), text, author, private, privileged))
        self._touch(assignment, None, "note_added")

    def attach(self, id: str, name: str, content: bytes, description: str = "") -> str:
        """Somebody adds a file to the assignment; its uuid."""
        with self.lock:
            return self.keep_file(self._found(id), name, content, description).uuid

    def files(self, id: str) -> list[KeptFile]:
        with self.lock:
            return list(self._found(id).files)

    def file(self, uuid: str, company: str) -> KeptFile | None:
        """A file of one of the company's assignments."""
        rows = (row for row in self.assignments.values() if row.company == company)
        return next((one for row in rows for one in row.files if one.uuid == uuid), None)

    def keep_file(self, assignment: Assignment, name: str, content: bytes, description: str) -> KeptFile:
        self._last += 1
        digits = hashlib.sha256(f"file {self._last}".encode()).hexdigest()
        uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
        made = KeptFile(uuid, name, description, content, self.clock())
        assignment.files.append(made)
        self._touch(assignment, None, "attachment_added")
        return made

    def _found(self, assignment_id: str) -> Assignment:
        found = self.assignments.get(str(assignment_id))
        if found is None:
            raise LookupError(f"There is no assignment {assignment_id}.")
        return found

    def _move(self, assignment_id: str, status: str, text: str, event: str | None) -> None:
        with self.lock:
            found = self._found(assignment_id)
            found.status = status
            self._touch(found, text, event)

    def _touch(self, found: Assignment, text: str | None, event: str | None) -> None:
        found.modified = self.clock()
        if text is not None:
            found.history.append({"date": unix(found.modified), "text": text})
        if event is not None:
            self._announce(found, event)

    def _announce(self, found: Assignment, event: str) -> None:
        if self.webhook_url is None:
            return
        body = {
            "event": event,
            "assignment_id": found.id,
            "status": found.status,
            "now": str(unix(self.clock())),
        }
        headers = {"Content-Type": "application/json", "User-Agent": "WorkMarket"}
        if token := self.companies[found.company].webhook_token:
            headers["Authorization"] = f"Bearer {token}"
        self._outgoing.put(
            Delivery(
                service=self.name,
                name=event,
                method="POST",
                url=self.webhook_url,
                headers=headers,
                body=json.dumps(body).encode(),
                again=lambda delivery, *_: delivery.attempt <= 1,  # it tries once more, whatever went wrong
                info={"assignment_id": found.id, "event": event},
            ),
            self.webhook_policy,
        )


def _check_in(number: int, at: datetime, out: datetime | None) -> dict[str, Any]:
    return {
        "check_in_out_id": number,
        "checked_in_on": unix(at),
        "checked_out_on": unix(out),
        "created_on": unix(at),
        "modified_on": unix(out or at),
        "note": "",
    }
