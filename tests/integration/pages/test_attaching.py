"""Files on the pages: attached to what people write, shown where they may be seen, and bounded."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.pages import form_reading
from sandbox.pages.attaching import SAMPLES
from tests.integration.pages.served_pages import ServedPages, form_on

PHOTO = ("rack.png", b"\x89PNG\r\n\x1a\n" + bytes(range(200)))
NOTE = ("prices.csv", b"part,price\nswitch,180\n")
ASSIGNMENT = "/other-side/3104482017"
WORD = "Here it is."


def asked(site: ServedPages, *files: form_reading.GivenFile, **typed: object) -> None:
    """A request with files; it is ticket 1."""
    assert site.submit("/", "submit", files, **typed).status_code == 200


def attached(sandbox: Sandbox, ticket: int = 1) -> list[str]:
    """The names of the ticket's files, oldest first."""
    comments = sandbox.zendesk.engine.ticket(ticket).comments
    return [file["file_name"] for one in comments for file in one["attachments"]]


def links(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]*/files/[^"]+)">', page)


def test_files_go_with_a_request_and_with_a_reply(site: ServedPages, sandbox: Sandbox) -> None:
    asked(site, PHOTO, NOTE)
    site.submit("/requests/1", "reply", [("more.txt", b"more")], text=WORD)
    assert attached(sandbox) == ["rack.png", "prices.csv", "more.txt"]


@pytest.mark.parametrize("page", ["/requests/1", "/agent/tickets/1"])
def test_a_file_is_opened_from_the_page_that_shows_it(site: ServedPages, page: str) -> None:
    asked(site, PHOTO, NOTE)
    photo, note = (site.get(link) for link in links(site.get(page).text))
    assert (photo.content, photo.headers["content-type"]) == (PHOTO[1], "image/png")
    assert note.content == NOTE[1]
    assert note.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "script.js", "sheet.xml"])
def test_what_could_act_as_a_page_is_only_saved(site: ServedPages, name: str) -> None:
    asked(site, (name, b"<script>alert(1)</script>"))
    saved = site.get(links(site.get("/requests/1").text)[0])
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert saved.headers["x-content-type-options"] == "nosniff"


def test_a_files_name_is_shown_as_text_and_without_its_folders(site: ServedPages, sandbox: Sandbox) -> None:
    asked(site, ('C:\\photos\\<img src=x onerror="alert(1)">.png', b"x"))
    assert "<img src=x" not in site.get("/requests/1").text
    assert attached(sandbox)[0].startswith("<img src=x")


def test_the_requester_gets_no_file_of_an_internal_note(site: ServedPages) -> None:
    asked(site)
    page = site.submit("/agent/tickets/1", "update", [NOTE], comment="Between us.", audience="internal").text
    (link,) = links(page)
    assert site.get(link).content == NOTE[1]
    assert links(site.get("/requests/1").text) == []
    assert site.get(link.replace("/agent/tickets/", "/requests/")).status_code == 404


def test_who_has_no_file_at_hand_takes_one_of_the_demos(site: ServedPages, sandbox: Sandbox) -> None:
    asked(site, sample="photo")
    assert attached(sandbox) == [SAMPLES["photo"].name]
    assert site.get(links(site.get("/requests/1").text)[0]).content.startswith(b"\x89PNG")


def test_what_malware_was_found_in_is_named_and_given_to_nobody(
    site: ServedPages, sandbox: Sandbox, clock: MovableClock
) -> None:
    asked(site, sample="infected")
    assert "being checked for malware" in site.get("/agent/tickets/1").text
    (link,) = links(site.get("/agent/tickets/1").text)
    clock.move(timedelta(minutes=1))
    page = site.get("/agent/tickets/1").text
    assert "Malware was found in it" in page
    assert links(page) == []
    assert site.get(link).status_code == 404
    again = link.rpartition("/")[2]
    answer = site.submit("/agent/tickets/1", "update", comment=WORD, again=[again])
    assert answer.status_code == 422
    assert len(attached(sandbox)) == 1


def test_an_agent_attaches_a_file_of_the_ticket_again_and_chooses_it_for_the_assignment(
    site: ServedPages, sandbox: Sandbox
) -> None:
    asked(site, PHOTO)
    (again,) = re.findall(r'name="again" value="(\d+)"', site.get("/agent/tickets/1").text)
    tag = "escalation_post_to_assignment"
    site.submit("/agent/tickets/1", "update", [NOTE], comment=WORD, again=[again], tags=[tag])
    assert attached(sandbox) == ["rack.png", "prices.csv", "rack.png"]
    assert tag in sandbox.zendesk.ticket(1)["tags"]
    assert site.get("/agent/tickets/1").text.count('name="again"') == 2


def test_an_agents_file_needs_a_comment(site: ServedPages, sandbox: Sandbox) -> None:
    asked(site)
    answer = site.submit("/agent/tickets/1", "update", [NOTE])
    assert answer.status_code == 422
    assert "A file goes with a comment" in answer.text
    assert attached(sandbox) == []


def test_the_other_side_attaches_a_file_to_a_message(site: ServedPages, sandbox: Sandbox) -> None:
    page = site.submit(ASSIGNMENT, "message", [NOTE], author="owner", text=WORD).text
    assert "what you attached is among its files" in page
    assert [one.name for one in sandbox.workmarket.files("3104482017")] == ["prices.csv"]
    (link,) = links(page)
    assert site.get(link).content == NOTE[1]
    assert site.get(link.replace("3104482017", "3104482034")).status_code == 404


def test_a_file_that_is_too_large_is_refused_by_name_and_what_was_typed_stays(
    site: ServedPages, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_reading, "LARGEST_FILE", 2_000)
    answer = site.submit("/", "submit", [("film.mov", bytes(2_001))], description="Nobody answers.")
    assert answer.status_code == 422
    assert "The file film.mov is larger than 2 kB." in answer.text
    assert form_on(answer.text, "submit")["description"] == ["Nobody answers."]
    assert sandbox.zendesk.account.tickets == {}


def test_a_form_that_is_far_too_large_is_heard_to_its_end_and_refused(
    site: ServedPages, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_reading, "_LARGEST_FORM", 100_000)
    answer = site.submit("/", "submit", [("film.mov", bytes(3_000_000))])
    assert answer.status_code == 422
    assert "more than 100 kB at once" in answer.text
    assert sandbox.zendesk.account.tickets == {}


def test_too_many_files_and_empty_ones_are_refused(site: ServedPages, sandbox: Sandbox) -> None:
    many = [(f"{n}.txt", b"x") for n in range(6)]
    assert "Choose 5 files at most" in site.submit("/", "submit", many).text
    assert "Choose 5 files at most" in site.submit("/", "submit", many[:5], sample="photo").text
    assert "could not be read" in site.submit("/", "submit", [(f"{n}.txt", b"x") for n in range(60)]).text
    assert "The file nothing.txt is empty." in site.submit("/", "submit", [("nothing.txt", b"")]).text
    assert sandbox.zendesk.account.tickets == {}


def test_a_refused_form_says_that_files_have_to_be_chosen_again(site: ServedPages) -> None:
    answer = site.submit("/", "submit", [PHOTO], description=" ")
    assert "The files have to be chosen again." in answer.text


def test_the_version_changes_when_a_scan_ends_and_when_a_file_comes(
    site: ServedPages, sandbox: Sandbox, clock: MovableClock
) -> None:
    asked(site, PHOTO)
    seen = {site.get("/version").json()["version"]}
    clock.move(timedelta(seconds=5))
    seen.add(site.get("/version").json()["version"])
    sandbox.workmarket.attach("3104482017", *NOTE)
    seen.add(site.get("/version").json()["version"])
    assert len(seen) == 3
