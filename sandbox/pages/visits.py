"""A visit to a page: what was asked for, and how pages and the actions on them answer."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.pages.desk_view import DeskView
from sandbox.pages.form_reading import GivenFile, SentForm, read_form
from sandbox.pages.wording import faults_of, sentence_of
from sandbox.server import Sandbox
from sandbox.zendesk.records.errors import ApiError

_SAID = ("done", "since")
"""What an address says of the last action."""
_CHOOSE_AGAIN = "The files have to be chosen again."


class ActionRefused(Exception):
    """What was asked can't be done; the text is the sentence that people read. `faults`: what is wrong with which
    fields of the form, by their names."""

    def __init__(self, said: str, faults: Mapping[str, str] | None = None) -> None:
        super().__init__(said)
        self.faults = dict(faults or {})


def refuse(faults: Mapping[str, str]) -> None:
    """Raise ActionRefused where anything is wrong with the fields: all of it at once."""
    if faults:
        several = f"{len(faults)} fields need another look: each says why. Nothing was sent."
        raise ActionRefused(several if len(faults) > 1 else next(iter(faults.values())), faults)


@dataclass(frozen=True)
class Visit:
    """One request. A field of the form wins over the query's. `refusal` says why its form can't be taken, `faults`
    what is wrong with which of its fields."""

    path: str
    args: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, list[str]] | None = None
    files: tuple[GivenFile, ...] = ()
    refusal: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        if self.form is not None and name in self.form:
            return self.form[name][-1].replace("\r\n", "\n")
        return self.query.get(name, default)

    def all(self, name: str) -> list[str]:
        return self.form.get(name, []) if self.form is not None else []

    @property
    def here(self) -> str:
        """This page's address, without what was said after the last action."""
        query = {name: value for name, value in self.query.items() if name not in _SAID}
        return self.path + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True)
class PageContext:
    """What every page works with. Only one visitor at a time moves the clock."""

    sandbox: Sandbox
    desk: DeskView
    templates: Environment
    moving: threading.Lock = field(default_factory=threading.Lock)


Page = Callable[[PageContext, Visit, str], Response]
PageAction = Callable[[PageContext, Visit], str]


def place(context: PageContext, path: str, page: Page, actions: Mapping[str, PageAction] | None = None) -> Route:
    """A page and what can be done on it: a form names its action in `do`, and a success is a redirect.

    What is refused is said on the same page, with what was typed still in the form.
    """
    known = actions or {}

    def answer(visit: Visit) -> Response:
        if visit.form is None and not visit.refusal:
            return page(context, visit, "")
        action = known.get(visit.get("do"))
        try:
            if visit.refusal:
                raise ActionRefused(visit.refusal, {"files": visit.refusal} if visit.form is not None else None)
            if action is None:
                raise ActionRefused("This page does not know that button. Reload it and try again.")
            return RedirectResponse(action(context, visit), status_code=303)
        except (ApiError, LookupError, ValueError, ActionRefused) as error:
            told = [sentence_of(error), *([_CHOOSE_AGAIN] if visit.files else [])]
            faults = error.faults if isinstance(error, ActionRefused) else faults_of(error)
            response = page(context, replace(visit, faults=faults), " ".join(told))
            response.status_code = 422
            return response

    methods = ["GET", "POST"] if known else ["GET"]
    return Route(path, _endpoint(answer), methods=methods)


def _endpoint(answer: Callable[[Visit], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        sent = await read_form(request) if request.method == "POST" else SentForm()
        query = dict(request.query_params)
        visit = Visit(request.url.path, request.path_params, query, sent.fields, sent.files, sent.refusal)
        return await run_in_threadpool(answer, visit)

    return endpoint


def faults_in_text(visit: Visit, *names: str) -> dict[str, str]:
    """What is wrong with fields in which something has to be written."""
    return {name: "Please write something first." for name in names if not visit.get(name).strip()}


def said(url: str, done: str, since: str = "") -> str:
    """`url` with a word for what has just been done, and since when; the page turns it into a sentence."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SAID]
    more = [("done", done), *([("since", since)] if since else [])]
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{parts.path}?{urlencode([*query, *more])}{fragment}"


def local(url: str) -> str:
    """A page of ours to go back to; anything else becomes the first page."""
    parts = urlsplit(url)
    foreign = parts.scheme or parts.netloc or not url.startswith("/") or url.startswith("//") or "\\" in url
    return "/" if foreign or not url.isprintable() else url
