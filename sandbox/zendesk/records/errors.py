"""Errors in the shape Zendesk gives them, raised by the engine and answered by the routes."""

from typing import Any


class ApiError(Exception):
    """An answer that is not a success; nothing was changed."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def error_body(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "description": description}


def not_found() -> ApiError:
    return ApiError(404, error_body("RecordNotFound", "Not found"))


_NO_ACCESS = (
    "You do not have access to this page. Please contact the account owner of this help desk for further help."
)


def forbidden(why: str = _NO_ACCESS) -> ApiError:
    return ApiError(403, {"error": {"title": "Forbidden", "message": why}})


def invalid(field: str, why: str, error: str | None = None) -> ApiError:
    """422 RecordInvalid that names the field; `why` is the sentence people read."""
    detail: dict[str, Any] = {"description": why}
    if error is not None:
        detail["error"] = error
    body = {**error_body("RecordInvalid", "Record validation errors"), "details": {field: [detail]}}
    return ApiError(422, body)


def lacks_fields(lacking: list[dict[str, Any]]) -> ApiError:
    """422 for fields that the ticket's new status needs: all of them at once, each by its id, and no inner code.

    Recorded: `{"base": [{"description", "error": null, "ticket_field_id", "ticket_field_type": "FieldTagger"}]}`.
    """
    rows = [
        {
            "description": f"{field['title']}: is required when solving a ticket",
            "error": None,
            "ticket_field_id": field["id"],
            "ticket_field_type": f"Field{str(field['type']).capitalize()}",
        }
        for field in lacking
    ]
    return ApiError(422, {**error_body("RecordInvalid", "Record validation errors"), "details": {"base": rows}})


def conflict() -> ApiError:
    text = (
        "Safe Update prevented the update due to outdated ticket data. "
        "Please fetch the latest ticket data and try again."
    )
    return ApiError(409, error_body("UpdateConflict", text))


def bad_request(error: str, description: str) -> ApiError:
    return ApiError(400, error_body(error, description))


def unauthorized() -> ApiError:
    return ApiError(401, {"error": "Couldn't authenticate you"}, {"WWW-Authenticate": 'Basic realm="Web Password"'})


TROUBLE = {
    404: ("InvalidEndpoint", "Not found"),
    409: ("DatabaseConflict", "Database collision"),
    429: ("TooManyRequests", "Number of allowed API requests per minute exceeded"),
    500: ("InternalError", "An internal error occurred"),
    503: ("DatabaseError", "The service is temporarily unavailable"),
}
