"""A visit to one of the desk's pages: who came, what they asked for, and the ways to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.responses import Response

from parley.pages.desk.viewer import Viewer
from parley.pages.shared.answers import see_other
from parley.pages.shared.forms import Fields


class Renders(Protocol):
    """Makes a page of the desk from a template that extends `desk.html`."""

    def __call__(
        self, viewer: Viewer | None, here: str, template: str, *, title: str, status: int = 200, **values: Any
    ) -> Response: ...


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """What a page is asked. `here` is the path with its query, as an address has them; `args` are the parts that a
    row's path leaves open; `query` and `form` may be anything that somebody chose to send."""

    viewer: Viewer
    path: str
    here: str
    args: Mapping[str, str] = field(default_factory=dict)
    query: Fields = field(default_factory=dict)
    form: Fields = field(default_factory=dict)
    render: Renders = field(kw_only=True, repr=False)

    def asked(self, name: str) -> str:
        """The first value of a name in the address, or nothing."""
        return next(iter(self.query.get(name, ())), "")

    def filled(self, name: str) -> str:
        """The first value of a field of the form that was sent, or nothing."""
        return next(iter(self.form.get(name, ())), "")

    def page(self, template: str, *, title: str, status: int = 200, **values: Any) -> Response:
        """Answer with a page: a template that extends `desk.html`, and what it shows. `styles` names files of the
        folder `styles` that come after `desk.css`; `live` lets the block of that name be read anew while somebody
        looks."""
        return self.render(self.viewer, self.here, template, title=title, status=status, **values)

    def go(self, path: str) -> Response:
        """Answer that the page to look at next is this one, as after each form."""
        return see_other(path)

    def nothing_here(self, sentence: str = "What you asked for is not here.") -> Response:
        """Answer that there is no such thing."""
        return self.page("desk_trouble.html", title="Nothing here", status=404, sentence=sentence)


Handler = Callable[[DeskVisit], Response]


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A row of the desk: its path below `/desk`, whose parts in braces are left open, such as `/cases/{case_id}`.

    `show` answers whoever may read. `act` takes a form, and is called for those alone who may operate, once the
    form is known to come from a page of ours. Both run on a thread, may block, and may raise StoreUnavailable.
    `name` puts it into the navigation, and a page below its path keeps that place; `about` says in a sentence what
    is there.
    """

    path: str
    show: Handler | None
    act: Handler | None = None
    name: str = ""
    about: str = ""
