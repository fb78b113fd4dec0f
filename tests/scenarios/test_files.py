"""Files, both ways: an agent's by their choice, the assignment's for agents, each content once, and none astray."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from sandbox.workmarket.records import KeptFile
from tests.desk import Desk, OpenDesk

TAG = "escalation_post_to_assignment"
WORD = "Here is the signed work order."
PHOTO = bytes(range(256)) * 300
VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def chosen(desk: Desk, ticket: int, *files: tuple[str, bytes], **more: Any) -> None:
    """An agent writes to the requester with files, and chooses that for the assignment. Scans are over by then."""
    scan_after, desk.zendesk.account.files.scan_after = desk.zendesk.account.files.scan_after, timedelta(0)
    desk.agent(ticket, **{"comment": WORD, "add_tags": [TAG], "files": files, **more})
    desk.zendesk.account.files.scan_after = scan_after


def on_assignment(desk: Desk, number: str) -> list[KeptFile]:
    """The files that the desk put there."""
    return [one for one in desk.workmarket.files(number) if "[Ref " in one.description]


def on_ticket(desk: Desk, ticket: int) -> list[tuple[str, bool]]:
    """The files of comments, each with whether the comment is public; oldest first."""
    comments = sorted(desk.zendesk.comments(ticket), key=lambda one: one["created_at"])
    return [(file["file_name"], one["public"]) for one in comments for file in one["attachments"]]


def bytes_on_ticket(desk: Desk, name: str) -> list[bytes]:
    kept = desk.zendesk.account.files.by_id.values()
    return [one.content for one in kept if one.json["file_name"] == name and one.attached]


def test_a_file_that_an_agent_chose_goes_to_the_assignment_with_the_text(desk: Desk):
    number, ticket = desk.begun()
    chosen(desk, ticket, ("order.pdf", PHOTO))
    (file,) = on_assignment(desk, number)
    assert (file.name, file.content) == ("order.pdf", PHOTO)
    assert file.description.startswith("Sent by the WorkMarket escalations desk. [Ref ")
    assert WORD in desk.messages(number)[-1]
    (told,) = desk.told(ticket)["files"]
    assert told == {
        "name": "order.pdf",
        "size": len(PHOTO),
        "sha256": hashlib.sha256(PHOTO).hexdigest(),
        "direction": "to_assignment",
        "state": "done",
    }


def test_the_desks_own_file_does_not_come_back_into_the_ticket(desk: Desk):
    number, ticket = desk.begun()
    chosen(desk, ticket, ("order.pdf", PHOTO))
    desk.message(number, "worker", "Thank you.")
    assert on_ticket(desk, ticket) == [("order.pdf", True)]
    assert not any("new file" in note for note in desk.notes(ticket))


@pytest.mark.parametrize("form", ["base64", "multipart"])
def test_files_go_and_come_in_whichever_form_the_account_knows(desk: Desk, form: Any):
    number, ticket = desk.begun()
    desk.workmarket.takes_files = form
    chosen(desk, ticket, ("order.pdf", PHOTO))
    desk.workmarket.attach(number, "site.jpg", PHOTO[::-1])
    desk.live()
    assert [one.content for one in on_assignment(desk, number)] == [PHOTO]
    assert bytes_on_ticket(desk, "site.jpg") == [PHOTO[::-1]]


def test_a_file_of_an_internal_comment_never_goes_out(desk: Desk):
    number, ticket = desk.begun()
    chosen(desk, ticket, ("secret.pdf", PHOTO), public=False)
    assert on_assignment(desk, number) == []


@pytest.mark.parametrize("shares", [False, True])
def test_the_requesters_file_goes_out_only_where_the_policy_shares_it(open_desk: OpenDesk, shares: bool):
    desk = open_desk(share_requester_files=shares)
    number, ticket = desk.begun()
    desk.people.reply(ticket, "My photo.", [("mine.jpg", PHOTO)])
    desk.for_(minutes=1)
    assert [one.name for one in on_assignment(desk, number)] == ["mine.jpg"] * shares


def test_what_came_with_the_request_is_shared_once_tier_1_has_begun(open_desk: OpenDesk):
    desk = open_desk(share_requester_files=True)
    number = desk.assignment()
    ticket = desk.submit(number, files=[("mine.jpg", PHOTO)])
    desk.for_(minutes=1)
    assert desk.state(ticket) == "tier_1"
    assert [one.name for one in on_assignment(desk, number)] == ["mine.jpg"]


def test_a_new_file_on_the_assignment_comes_as_an_internal_note_of_its_own_once(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.attach(number, "site.jpg", PHOTO, "From the client")
    desk.live()
    desk.patrol()
    assert on_ticket(desk, ticket) == [("site.jpg", False)]
    assert bytes_on_ticket(desk, "site.jpg") == [PHOTO]
    assert [note for note in desk.notes(ticket) if "A new file is on the assignment: site.jpg" in note]
    (told,) = desk.told(ticket)["files"]
    assert (told["direction"], told["state"], told["size"]) == ("to_ticket", "done", len(PHOTO))


def test_files_from_before_the_case_are_no_news(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.attach(number, "manual.pdf", PHOTO), days=20)
    ticket = desk.submit(number)
    desk.message(number, "worker", "Hello?")
    assert on_ticket(desk, ticket) == []


def test_one_content_goes_once_each_way_whatever_it_is_called(desk: Desk):
    number, ticket = desk.begun()
    chosen(desk, ticket, ("order.pdf", PHOTO), ("copy of order.pdf", PHOTO))
    desk.workmarket.attach(number, "site.jpg", PHOTO[::-1])
    desk.workmarket.attach(number, "site again.jpg", PHOTO[::-1])
    desk.live()
    assert [one.name for one in on_assignment(desk, number)] == ["order.pdf"]
    assert [name for name, public in on_ticket(desk, ticket) if not public] == ["site.jpg"]
    states = [(one["name"], one["state"]) for one in desk.told(ticket)["files"]]
    assert states == [
        ("order.pdf", "done"),
        ("copy of order.pdf", "same"),
        ("site.jpg", "done"),
        ("site again.jpg", "same"),
    ]


def test_a_file_that_was_not_scanned_yet_waits_for_that(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG], files=[("order.pdf", PHOTO)])
    assert on_assignment(desk, number) == []
    assert WORD in desk.messages(number)[-1]
    desk.for_(minutes=1)
    assert [one.name for one in on_assignment(desk, number)] == ["order.pdf"]


def test_what_malware_was_found_in_goes_to_a_person_and_nowhere_else(desk: Desk):
    number, ticket = desk.begun()
    chosen(desk, ticket, ("now.pdf", VIRUS))
    desk.agent(ticket, comment="And this.", add_tags=[TAG], files=[("later.pdf", VIRUS + b"2")])
    desk.for_(minutes=1)
    assert on_assignment(desk, number) == []
    told = "\n".join(desk.notes(ticket))
    for name in ("now.pdf", "later.pdf"):
        assert f"- {name} (" in told
    assert told.count("malware was found in it") == 2


@pytest.mark.parametrize(("unscanned", "goes"), [("ask", False), ("send", True)])
@pytest.mark.parametrize("scan", ["failed_to_scan", "not_scanned"])
def test_what_could_not_be_scanned_goes_as_the_policy_says(
    open_desk: OpenDesk, scan: str, unscanned: Any, goes: bool
):
    desk = open_desk(unscanned_files=unscanned)
    number, ticket = desk.begun()
    desk.zendesk.account.files.scans["odd.pdf"] = scan
    chosen(desk, ticket, ("odd.pdf", PHOTO))
    desk.for_(minutes=31)
    assert [one.name for one in on_assignment(desk, number)] == ["odd.pdf"] * goes
    assert any("could not be checked for malware" in note for note in desk.notes(ticket)) != goes


def test_what_is_over_in_type_or_size_becomes_a_line_with_name_and_size(open_desk: OpenDesk):
    desk = open_desk(largest_file_mb=0.1)
    number, ticket = desk.begun()
    chosen(desk, ticket, ("tool.exe", b"MZ" * 700), ("film.mov", PHOTO * 2), ("ok.txt", b"fine"))
    desk.workmarket.attach(number, "big.jpg", PHOTO * 2)
    desk.workmarket.attach(number, "run.bat", b"@echo")
    desk.live()
    assert [one.name for one in on_assignment(desk, number)] == ["ok.txt"]
    assert [name for name, public in on_ticket(desk, ticket) if not public] == []
    told = "\n".join(desk.notes(ticket))
    assert "- tool.exe (1.4 kB): files of this type are not sent either way." in told
    assert "- film.mov (153.6 kB): it is larger than 100 kB." in told
    assert "- big.jpg: it is larger than 100 kB." in told
    assert "- run.bat: files of this type are not sent either way." in told


def test_where_workmarket_refuses_files_the_text_goes_on_without_and_agents_are_told(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.takes_files = None
    chosen(desk, ticket, ("order.pdf", PHOTO))
    assert on_assignment(desk, number) == []
    assert WORD in desk.messages(number)[-1]
    (told,) = [note for note in desk.notes(ticket) if "Not sent to the assignment" in note]
    assert "- order.pdf (76.8 kB): WorkMarket answered 403" in told


def test_a_file_whose_reply_was_lost_is_read_back_by_the_list_and_sent_no_second_time(desk: Desk):
    number, ticket = desk.begun()
    desk.sandbox.faults.next("workmarket", "POST", "attachments/add", apply=True, status=504)
    chosen(desk, ticket, ("order.pdf", PHOTO))
    desk.for_(minutes=5)
    assert [one.name for one in on_assignment(desk, number)] == ["order.pdf"]
    (told,) = desk.told(ticket)["files"]
    assert (told["state"], told["sha256"]) == ("done", hashlib.sha256(PHOTO).hexdigest())


def test_a_file_that_never_arrived_is_sent_again_once_it_is_proved_absent(desk: Desk):
    number, ticket = desk.begun()
    desk.sandbox.faults.next("workmarket", "POST", "attachments/add", status=504)
    chosen(desk, ticket, ("order.pdf", PHOTO))
    assert on_assignment(desk, number) == []
    desk.for_(minutes=5)
    assert [one.name for one in on_assignment(desk, number)] == ["order.pdf"]


@pytest.mark.parametrize("dead", ["refused", "ignored"])
def test_an_upload_that_waits_longer_than_its_token_lives_is_made_again(desk: Desk, dead: Any):
    number, ticket = desk.begun()
    desk.zendesk.account.files.dead_tokens = dead
    desk.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", times=8, status=503)
    desk.workmarket.attach(number, "site.jpg", PHOTO)
    desk.for_(hours=6)
    assert on_ticket(desk, ticket) == [("site.jpg", False)]
    uploads = [call for call in desk.calls("zendesk") if call == "POST /api/v2/uploads"]
    assert len(uploads) > 1
    assert desk.told(ticket)["files"][0]["state"] == "done"


def test_a_comment_that_is_made_internal_while_its_file_waits_takes_it_along(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG], files=[("order.pdf", PHOTO)])
    comment = next(one["id"] for one in desk.zendesk.comments(ticket) if one["attachments"])
    desk.people.make_internal(ticket, comment)
    desk.reconcile()
    desk.for_(minutes=2)
    assert on_assignment(desk, number) == []


def test_a_file_chosen_during_a_pause_goes_when_the_pause_ends(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, add_tags=["escalation_pause"])
    chosen(desk, ticket, ("order.pdf", PHOTO))
    assert on_assignment(desk, number) == []
    desk.agent(ticket, remove_tags=["escalation_pause"])
    desk.for_(minutes=1)
    assert [one.name for one in on_assignment(desk, number)] == ["order.pdf"]


def test_a_file_that_waits_for_its_scan_does_not_go_out_in_a_pause_that_began_meanwhile(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG], files=[("order.pdf", PHOTO)])
    desk.agent(ticket, add_tags=["escalation_pause"])
    desk.for_(minutes=5)
    assert on_assignment(desk, number) == []
    desk.agent(ticket, remove_tags=["escalation_pause"])
    desk.for_(minutes=2)
    assert [one.name for one in on_assignment(desk, number)] == ["order.pdf"]


def test_a_file_that_waits_for_its_scan_waits_for_a_word_where_the_requester_is_another_one(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG], files=[("order.pdf", PHOTO)])
    desk.people.give_to(ticket, "other@example.com", "Another One")
    desk.live()
    desk.for_(minutes=5)
    assert on_assignment(desk, number) == []
    desk.agent(ticket, status="Resolved")
    desk.for_(minutes=5)
    assert (on_assignment(desk, number), desk.left().partition(";")[0]) == ([], "Unfinished: []")


def test_an_ended_case_moves_no_file(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, status="Solved")
    chosen(desk, ticket, ("order.pdf", PHOTO))
    desk.workmarket.attach(number, "site.jpg", PHOTO[::-1])
    desk.live()
    assert on_assignment(desk, number) == []
    assert [name for name, public in on_ticket(desk, ticket) if not public] == []


def test_a_file_each_way_costs_at_most_five_calls_more_than_the_words_alone(desk: Desk):
    number, ticket = desk.begun()
    costs = []
    for files in ((), (("order.pdf", PHOTO),)):
        desk.for_(hours=1)
        desk.sandbox.calls.clear()
        chosen(desk, ticket, *files, comment=f"{WORD} {len(files)}")
        for name, content in files:
            desk.workmarket.attach(number, f"site {name}", content[::-1])
        desk.zendesk.webhook_policy = lambda _: "drop"  # as in bench.calls no echo of our own updates comes back
        desk.sandbox.outgoing.queue.clear()
        desk.message(number, "worker", f"And now? {len(files)}")
        desk.zendesk.webhook_policy = lambda _: "deliver"
        costs.append(
            [call for call in (*desk.calls("zendesk"), *desk.calls("workmarket")) if "/store/" not in call]
        )
    plain, with_files = costs
    assert len(with_files) <= len(plain) + 5, (plain, with_files)
    assert "POST /v1/employer/assignments/attachments/add" in with_files
    assert "POST /api/v2/uploads" in with_files
