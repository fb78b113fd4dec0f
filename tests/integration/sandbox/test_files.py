"""Files in both stand-ins: Zendesk's uploads, their tokens and their scans; WorkMarket's attachments."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox import MovableClock, Sandbox
from tests.integration.sandbox.conftest import Api, Receiver
from tests.patience import PATIENCE_S
from tests.unencrypted import UNENCRYPTED

PHOTO = bytes(range(256)) * 40


def _upload(zd: Api, name: str = "photo.jpg", content: bytes = PHOTO) -> Any:
    kind = {"Content-Type": "image/jpeg"}
    return zd.call("POST", f"uploads.json?filename={name}", content=content, headers=kind, status=201)["upload"]


def _comment(zd: Api, ticket: int, *tokens: str, **more: Any) -> Any:
    comment = {"body": "See the photo.", "public": False, "uploads": list(tokens)}
    return zd.put(f"tickets/{ticket}.json", {"ticket": {"comment": comment}}, **more)


def _attached(zd: Api, ticket: int) -> Any:
    return zd.get(f"tickets/{ticket}/comments.json")["comments"][-1]["attachments"]


def test_an_upload_is_attached_by_its_token_and_told_in_comment_and_audit(zd: Api, ticket: int) -> None:
    made = _upload(zd)
    answer = _comment(zd, ticket, made["token"])
    (attached,) = _attached(zd, ticket)
    assert (attached["file_name"], attached["size"], attached["content_type"]) == (
        "photo.jpg",
        len(PHOTO),
        "image/jpeg",
    )
    assert answer["audit"]["events"][0]["attachments"] == [attached]
    assert zd.get(f"attachments/{attached['id']}.json")["attachment"] == attached


@pytest.mark.parametrize("after", [timedelta(minutes=60), timedelta(0)], ids=["an hour later", "used before"])
def test_a_token_that_is_over_or_was_used_refuses_the_update(
    zd: Api, ticket: int, clock: MovableClock, after: timedelta
) -> None:
    token = _upload(zd)["token"]
    if not after:
        _comment(zd, ticket, token)
    clock.move(after)
    before = zd.get(f"tickets/{ticket}/audits.json")
    _comment(zd, ticket, token, status=422)
    assert zd.get(f"tickets/{ticket}/audits.json") == before


def test_a_token_that_is_over_may_be_left_out_without_a_word_as_well(
    box: Sandbox, zd: Api, ticket: int, clock: MovableClock
) -> None:
    box.zendesk.account.files.dead_tokens = "ignored"
    token = _upload(zd)["token"]
    clock.move(timedelta(minutes=61))
    _comment(zd, ticket, token)
    assert _attached(zd, ticket) == []


def test_a_deleted_upload_is_gone(zd: Api, ticket: int) -> None:
    made = _upload(zd)
    zd.call("DELETE", f"uploads/{made['token']}.json", status=204)
    zd.call("DELETE", f"uploads/{made['token']}.json", status=404)
    _comment(zd, ticket, made["token"], status=422)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("photo.jpg", PHOTO, "malware_not_found"),
        ("bad.zip", b"X EICAR-STANDARD-ANTIVIRUS-TEST-FILE X", "malware_found"),
        ("odd.bin", b"odd", "failed_to_scan"),
        ("huge.mov", b"huge", "not_scanned"),
    ],
)
def test_a_scan_tells_some_seconds_later(
    box: Sandbox, zd: Api, ticket: int, clock: MovableClock, name: str, content: bytes, found: str
) -> None:
    box.zendesk.account.files.scans |= {"odd.bin": "failed_to_scan", "huge.mov": "not_scanned"}
    _comment(zd, ticket, _upload(zd, name, content)["token"])
    assert _attached(zd, ticket)[0]["malware_scan_result"] == "not_scanned"
    clock.move(timedelta(seconds=3))
    assert _attached(zd, ticket)[0]["malware_scan_result"] == found


def test_content_leads_to_a_store_on_another_host_that_takes_no_credentials(zd: Api, box: Sandbox) -> None:
    shown = _upload(zd)["attachment"]
    first = httpx.get(shown["content_url"], headers=zd.http.headers, verify=UNENCRYPTED, timeout=PATIENCE_S)
    where = first.headers["location"]
    assert first.status_code == 302
    assert httpx.URL(where).host != httpx.URL(shown["content_url"]).host
    assert httpx.get(where, verify=UNENCRYPTED, timeout=PATIENCE_S).content == PHOTO
    assert (
        httpx.get(where, headers={"Authorization": "Bearer x"}, verify=UNENCRYPTED, timeout=PATIENCE_S).status_code
        == 400
    )


def test_private_contents_want_a_sign_in(zd: Api, box: Sandbox) -> None:
    box.zendesk.account.files.private, box.zendesk.account.files.elsewhere = True, False
    url = _upload(zd)["attachment"]["content_url"]
    assert httpx.get(url, verify=UNENCRYPTED, timeout=PATIENCE_S).status_code == 401
    assert httpx.get(url, headers=zd.http.headers, verify=UNENCRYPTED, timeout=PATIENCE_S).content == PHOTO


def test_people_attach_files_to_what_they_write(box: Sandbox, zd: Api, ticket: int, clock: MovableClock) -> None:
    clock.move(timedelta(seconds=1))
    box.zendesk.people.agent_update(ticket, comment="Here.", files=[("a.txt", b"a"), ("b.txt", b"b")])
    assert [one["file_name"] for one in _attached(zd, ticket)] == ["a.txt", "b.txt"]
    clock.move(timedelta(seconds=1))
    box.zendesk.people.reply(ticket, "Mine.", [("c.txt", b"c")])
    assert [one["file_name"] for one in _attached(zd, ticket)] == ["c.txt"]


def _add(wm: Api, assignment: str, form: str, **more: Any) -> Any:
    fields = {"id": assignment, "filename": "photo.jpg", "description": "By the desk [Ref 8F3K-2]"}
    if form == "multipart":
        return wm.call(
            "POST", "assignments/attachments/add", data=fields, files={"attachment": ("photo.jpg", PHOTO)}, **more
        )
    data = {**fields, "attachment": base64.b64encode(PHOTO).decode()}
    return wm.call("POST", "assignments/attachments/add", data=data, **more)


@pytest.mark.parametrize("form", ["base64", "multipart"])
def test_a_file_on_an_assignment_goes_and_comes_in_the_form_that_the_account_knows(
    box: Sandbox, wm: Api, form: Any
) -> None:
    box.workmarket.takes_files = form
    assignment = box.workmarket.add_assignment()
    uuid = _add(wm, assignment, form)["response"]["uuid"]
    _add(wm, assignment, "multipart" if form == "base64" else "base64", status=400)
    (listed,) = wm.get("assignments/attachments/list", params={"id": assignment})["response"]
    assert (listed["uuid"], listed["size"], listed["description"]) == (uuid, len(PHOTO), "By the desk [Ref 8F3K-2]")
    (told,) = wm.get("assignments/get", params={"id": assignment})["response"]["attachments"]
    assert (told["uuid"], told["name"]) == (uuid, "photo.jpg")
    answer = wm.http.get("/v1/employer/assignments/attachments/get", params={"uuid": uuid})
    content = answer.content if form == "multipart" else base64.b64decode(answer.json()["response"]["attachment"])
    assert hashlib.sha256(content).digest() == hashlib.sha256(PHOTO).digest()


def test_an_account_may_refuse_files(box: Sandbox, wm: Api) -> None:
    box.workmarket.takes_files = None
    _add(wm, box.workmarket.add_assignment(), "base64", status=403)


def test_a_removed_file_is_gone(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    uuid = box.workmarket.attach(assignment, "plan.pdf", b"plan")
    wm.post("assignments/attachments/remove", data={"id": assignment, "uuid": uuid})
    wm.get("assignments/attachments/get", params={"uuid": uuid}, status=400)
    assert box.workmarket.files(assignment) == []


def test_a_new_file_is_told_by_a_webhook(box: Sandbox, receiver: Receiver) -> None:
    box.workmarket.webhook_url = receiver.url
    box.workmarket.attach(box.workmarket.add_assignment(), "plan.pdf", b"plan")
    box.pump()
    assert [body["event"] for body in receiver.bodies()] == ["attachment_added"]
