"""POST /webhooks/requests: requests that start outside the help center."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Strict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from escalation.model.messages import IntakeRequest
from escalation.model.values import KindOfOutcome, Party, Reason
from webhooks import responses
from webhooks.bodies import UnreadableJson, read_object
from webhooks.endpoint import Headers, WebhookEndpoint
from webhooks.parsing import NewInboxRow
from webhooks.responses import WebhookResponse
from webhooks.signatures import intake_is_genuine, intake_keys, intake_signed_at

E = TypeVar("E", bound=StrEnum)
OneOf = Annotated[E, Strict(False)]
"""A word of the process, which JSON gives as a string."""

# Something to read: neither white space alone nor control characters alone.
_SAYS_SOMETHING = r"[^\s\x00-\x20\x7f-\x9f]"
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_SAYS_SOMETHING)
]
# Spelt out where engines differ on what white space is: U+0085 is some to one of them, U+FEFF to another.
_SIGNS = r"[^@\s\x00-\x20\x7f-\x9f\ufeff<>,;]+"
Email = Annotated[str, StringConstraints(max_length=254, pattern=rf"^{_SIGNS}@{_SIGNS}\.{_SIGNS}$")]
AssignmentId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,19}$")]


def _each_once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


class RequesterBody(BaseModel):
    """Who asks."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: Name
    email: Email


class RequestBody(BaseModel):
    """A request to escalate an assignment. A worker names a reason; a client need not."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "anyOf": [
                {"properties": {"party": {"const": "client"}}},
                {"required": ["reason"], "properties": {"reason": {"type": "string"}}},
            ]
        },
    )

    assignment_id: AssignmentId
    party: OneOf[Party]
    reason: OneOf[Reason] | None = None
    requester: RequesterBody
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60_000, pattern=_SAYS_SOMETHING)
    ]
    contact_attempts: Annotated[list[Literal["message", "email", "phone"]], AfterValidator(_each_once)] = []
    anticipated_outcome: Annotated[str, StringConstraints(max_length=60_000)] | None = None
    kind_of_outcome: OneOf[KindOfOutcome] | None = None

    @model_validator(mode="after")
    def worker_gives_a_reason(self) -> RequestBody:
        """A worker names a reason; a client need not."""
        if self.party is Party.WORKER and self.reason is None:
            raise PydanticCustomError("reason_missing", "a worker's request needs a reason")
        return self


_MESSAGE = TypeAdapter(IntakeRequest)


class IntakeEndpoint(WebhookEndpoint):
    """The door for requests; a caller of ours is behind it, so it says what is wrong."""

    def _keys(self) -> tuple[bytes, ...]:
        return intake_keys(tuple(self._doors.intake_secrets()))

    def is_configured(self) -> bool:
        """Whether a secret is set."""
        return bool(self._keys())

    def is_genuine(self, headers: Headers, body: bytes) -> bool:
        """Whether it is signed as Standard Webhooks says, within five minutes."""
        return self._is_genuine_at(self._doors.now(), headers, body)

    def doubted(self, headers: Headers, body: bytes) -> WebhookResponse | None:
        """While nobody has said that our clock is right, what is signed may seem of another time. Who has the
        secret is told whose clock says what; else nobody."""
        now, signed_at = self._doors.now(), intake_signed_at(headers.get(b"webhook-timestamp"))
        if signed_at is None or not self._is_genuine_at(signed_at, headers, body):
            return responses.UNAUTHORISED
        return responses.of_another_time(signed_at, now) if self._doors.sure_of_time() else responses.UNSURE

    def _is_genuine_at(self, now: datetime, headers: Headers, body: bytes) -> bool:
        return intake_is_genuine(
            self._keys(),
            headers.get(b"webhook-id"),
            headers.get(b"webhook-signature"),
            headers.get(b"webhook-timestamp"),
            body,
            now,
        )

    def read(self, headers: Headers, body: bytes) -> NewInboxRow | WebhookResponse:
        """The row it becomes, or 422 with the fields at fault. The `webhook-id` makes it one ticket for ever."""
        try:
            request = RequestBody.model_validate(read_object(body))
        except UnreadableJson as error:
            return responses.invalid([("body", str(error))])
        except ValidationError as error:
            return responses.invalid([_fault(tuple(each["loc"]), each["msg"]) for each in error.errors()])
        webhook_id = (headers[b"webhook-id"] or b"").decode("ascii")
        key = f"request:{webhook_id}"
        return NewInboxRow(key, "request.received", key, _MESSAGE.validate_python(request.model_dump()))


def _fault(place: tuple[int | str, ...], message: str) -> tuple[str, str]:
    # The one rule about the whole is about the reason.
    return ".".join(map(str, place)) or "reason", message
