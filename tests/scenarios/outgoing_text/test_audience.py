"""What is internal can't be put where it would be public: not by its type, not at its making, not at the door."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.texts import load_texts
from connector.errors import Permanent
from connector.outgoing_text import check_outgoing_text
from escalation.model.audience import (
    FIELDS,
    Internal,
    Public,
    WrongAudience,
    chosen_comment,
    chosen_text,
    requesters_own,
    teams_comment,
)
from escalation.model.effects import CreateTicket, Note, PostMessage, Say, StartConversation, UpdateTicket
from escalation.model.views import Comment
from escalation.policies.texts import TextError, Texts, gaps
from sync.shared.codec import decode_case, decode_effect, encode_case, encode_effect
from tests.unit.escalation.case_world import in_tier

TEXTS = Texts.from_mapping(load_texts())
ROOT = Path(__file__).parents[3]
PUBLIC = Public("Hello")
MAKERS = {"audience.py": {"Public"}, "texts.py": {"Public"}}


@pytest.mark.parametrize("words", ["Between us", Internal("Between us")], ids=["bare", "internal"])
@pytest.mark.parametrize(
    "make",
    [
        lambda words: Say(words),
        lambda words: Say(PUBLIC, after=words),
        lambda words: PostMessage("e", "77", words, "R-1"),
        lambda words: StartConversation("e", "35", "a@example.com", "", words, PUBLIC),
        lambda words: StartConversation("e", "35", "a@example.com", "", PUBLIC, words),
        lambda words: CreateTicket("e", words, Say(PUBLIC)),
    ],
)
def test_no_public_effect_is_made_of_other_words(make: Any, words: str) -> None:
    with pytest.raises(WrongAudience) as caught:
        make(words)
    assert "Between us" not in str(caught.value)


@pytest.mark.parametrize("words", ["Between us", Internal("Between us"), None])
def test_the_door_refuses_what_was_not_made_to_be_public(words: object) -> None:
    with pytest.raises(Permanent) as caught:
        check_outgoing_text(PUBLIC, words)
    assert "Between us" not in caught.value.reason


def test_an_agents_text_never_becomes_public() -> None:
    with pytest.raises(WrongAudience):
        TEXTS.public("note.silence", days=5)


def test_no_public_text_is_filled_with_an_internal_one() -> None:
    with pytest.raises(WrongAudience):
        TEXTS.public("needs_review", looking_at=Internal("Between us"))


def test_a_template_for_people_outside_has_approved_fields_only() -> None:
    with pytest.raises(TextError, match="may not be filled with fact"):
        Texts.from_mapping({"requester": {"x": "Because {fact}"}})


def test_every_approved_field_is_one_that_a_text_has() -> None:
    outside = [key for key in TEXTS.keys if TEXTS.audiences[key] != "agents"]
    assert set().union(*(gaps(TEXTS.templates[key]) for key in outside)) == FIELDS


def test_a_field_is_escaped_for_where_it_goes() -> None:
    said = TEXTS.public("ask.assignment_wrong", number="[4711](http://x.example) {{ticket.id}}\n# x")
    assert "\\[4711\\](http://x.example)" in said
    assert "{{" not in said
    mail = TEXTS.public("about.title", title="*Bold*\r\nBcc: x@example.com")
    assert mail == "Title: *Bold* Bcc: x@example.com"


def test_an_internal_comment_is_no_chosen_post() -> None:
    with pytest.raises(WrongAudience):
        chosen_comment(Comment("c1", "Between us", False))


def test_an_internal_comment_of_a_macro_is_nothing_to_say() -> None:
    with pytest.raises(WrongAudience) as caught:
        teams_comment("Between us", public=False)
    assert "Between us" not in str(caught.value)
    assert isinstance(teams_comment("Hello", public=True), Public)


def test_what_somebody_chose_and_what_the_requester_wrote_is_public() -> None:
    assert chosen_comment(Comment("c1", " Hello \x00", True)) == "Hello"
    assert chosen_text("Hello\r\n") == "Hello"
    assert requesters_own("") == "–"
    assert all(isinstance(one, Public) for one in (chosen_text("x"), requesters_own("x")))


def test_only_templates_and_choices_make_public_texts() -> None:
    """Nobody else calls the class: what leaves comes by one of the ways above."""
    found = set()
    for room in ("escalation", "connector", "sync", "webhooks", "parley", "store"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Public":
                    found.add(path.name)
    assert found == set(MAKERS)


def test_choices_are_made_where_somebody_chose() -> None:
    ways = ("chosen_comment", "chosen_text", "requesters_own", "teams_comment")
    users: dict[str, set[str]] = {way: set() for way in ways}
    for path in sorted((*(ROOT / "escalation").rglob("*.py"), *(ROOT / "connector").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in users:
                users[node.func.id].add(path.name)
    posting = {"posting.py"}
    assert users == {
        "chosen_comment": posting,
        "chosen_text": posting,
        "requesters_own": {"opening.py"},
        "teams_comment": {"macros.py"},
    }


OLD_ROWS: list[dict[str, Any]] = [
    {
        "type": "update_ticket",
        "id": "C-1.1",
        "ticket_id": "35",
        "say": {"text": "Hi", "public": True, "macro": "tier_1", "after": "More"},
        "status": "tier_1",
        "fields": {"tier": "1"},
        "add_tags": [],
        "remove_tags": [],
        "assign": False,
    },
    {
        "type": "update_ticket",
        "id": "C-1.2",
        "ticket_id": "35",
        "say": {"text": "For us", "public": False, "macro": None, "after": ""},
    },
    {"type": "post_message", "id": "C-1.3", "assignment_id": "77", "text": "Hi [Ref R-1]", "reference": "R-1"},
    {
        "type": "start_conversation",
        "id": "C-1.4",
        "ticket_id": "35",
        "to_email": "a@example.com",
        "to_name": "A",
        "subject": "S",
        "body": "B",
    },
    {
        "type": "create_ticket",
        "id": "request:1",
        "subject": "S",
        "say": {"text": "Hi", "public": True, "macro": None, "after": ""},
        "requester_email": "w@example.com",
    },
]


@pytest.mark.parametrize("row", OLD_ROWS, ids=lambda row: row["id"])
def test_a_row_from_before_the_types_is_read_and_means_the_same(row: dict[str, Any]) -> None:
    written = encode_effect(decode_effect(row))
    said, was = written.pop("say", None), dict(row).pop("say", None)
    assert {name: written[name] for name in row if name != "say"} == {k: v for k, v in row.items() if k != "say"}
    if was is not None:
        known = was.keys() & said.keys()
        assert {name: said[name] for name in known} == {name: was[name] for name in known}


def test_an_old_note_is_a_note_and_an_old_comment_is_public() -> None:
    comment, note = decode_effect(OLD_ROWS[0]), decode_effect(OLD_ROWS[1])
    assert isinstance(comment, UpdateTicket)
    assert isinstance(note, UpdateTicket)
    assert comment.say == Say(Public("Hi"), macro="tier_1", after=Public("More"))
    assert note.say == Note(Internal("For us"))


def test_a_comment_that_does_not_say_who_may_read_it_is_not_read() -> None:
    with pytest.raises(ValidationError):
        decode_effect({**OLD_ROWS[0], "say": {"text": "Hi", "public": "perhaps"}})


def test_a_case_from_before_the_types_keeps_what_it_owes() -> None:
    case = in_tier().case
    body = encode_case(case)
    body["owed"] = {"text": "Owed", "public": True, "macro": None, "after": ""}
    body["held_posts"], body["questions"] = ["Held"], "Which one?"
    read = decode_case(body)
    assert read.delivery.held_back == Say(Public("Owed"))
    assert all(isinstance(text, Public) for text in (*read.posts.held, read.judgement.questions))


def test_what_is_written_is_what_an_older_desk_reads() -> None:
    told = encode_effect(UpdateTicket("e", "35", Say(PUBLIC)))["say"]
    noted = encode_effect(UpdateTicket("e", "35", Note(Internal("x"))))["say"]
    assert {"text": "Hello", "public": True, "macro": None, "after": ""}.items() <= told.items()
    assert noted == {"text": "x", "public": False}
