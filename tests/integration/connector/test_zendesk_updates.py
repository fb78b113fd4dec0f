"""One audit of Zendesk, told as an update of the case."""

from __future__ import annotations

from typing import Any

from connector.zendesk.tickets.audits import audits_of, updates_of
from connector.zendesk.tickets.parse import ticket_view, users_of
from connector.zendesk.tickets.serialize import signature
from escalation.model.values import Role
from escalation.model.views import TicketView, Update
from tests.integration.connector.conftest import IDS
from tests.integration.connector.records import USERS, audit, change, said, shown

BY_TRIGGER = {"via": {"channel": "rule", "source": {"from": {"id": 1, "title": "T"}, "rel": "trigger"}}}


def ticket_now(**changes: Any) -> TicketView:
    seen = ticket_view(shown(**changes), "35", IDS)
    assert seen is not None
    return seen


def told(raw: dict[str, Any], **changes: Any) -> Update:
    (one,) = parts(raw, **changes)
    return one


def parts(raw: dict[str, Any], **changes: Any) -> tuple[Update, ...]:
    (one,) = audits_of({"audits": [raw]}, "35")
    return updates_of(one, ticket_now(**changes), users_of({"users": USERS}), IDS)


def test_the_requester_is_who_the_ticket_says() -> None:
    assert told(audit(1, author=500)).role is Role.REQUESTER


def test_a_requester_who_is_an_agent_speaks_as_requester() -> None:
    assert told(audit(1, author=600), requester_id=600).role is Role.REQUESTER


def test_an_agent_and_an_administrator_are_agents() -> None:
    assert told(audit(1, author=600)).role is Role.AGENT
    assert told(audit(1, author=900)).role is Role.AGENT


def test_another_end_user_is_a_copied_person_and_the_system_is_another() -> None:
    assert told(audit(1, author=700)).role is Role.COPIED
    assert told(audit(1, author=-1)).role is Role.OTHER


def test_an_update_is_ours_by_its_metadata_alone() -> None:
    assert told(audit(1, author=900)).ours is None
    assert told(audit(1, author=600, ours="e7")).ours == "e7"


def test_metadata_of_odd_shapes_is_nobodys() -> None:
    assert told({**audit(1), "metadata": None}).ours is None
    assert told({**audit(1), "metadata": {"custom": []}}).ours is None
    assert told({**audit(1), "metadata": {"custom": {"parley": {"a": 1}}}}).ours is None


def test_a_comment_comes_in_its_plain_words() -> None:
    event = {
        "id": 9,
        "type": "Comment",
        "body": "**a**\u00a0b",
        "plain_body": "a&nbsp;b".replace("&nbsp;", "\u00a0"),
        "public": True,
    }
    comment = told(audit(1, event)).comment
    assert comment is not None
    assert (comment.text, comment.public) == ("a b", True)


def test_a_comment_without_a_clear_word_is_not_public() -> None:
    comment = told(audit(1, {"type": "Comment", "body": "x"})).comment
    assert comment is not None
    assert not comment.public


def test_control_characters_do_not_come_in() -> None:
    comment = told(audit(1, said("a\x00b\x1b"))).comment
    assert comment is not None
    assert comment.text == "ab"


def test_a_field_is_told_by_its_key_and_an_option_without_its_prefix() -> None:
    update = told(audit(1, change("106", "escalation_tier_2", "escalation_tier_1")))
    assert update.changes == {"tier": "2"}


def test_a_field_may_be_named_by_a_number_or_with_words_before_it() -> None:
    assert told(audit(1, change("custom_fields_101", "12"))).changes == {"assignment_id": "12"}
    assert told({**audit(1), "events": [{**change("x", "12"), "field_name": 101}]}).changes == {
        "assignment_id": "12"
    }


def test_a_tick_is_a_tick_in_every_form() -> None:
    for value in ("1", "true", True):
        assert told(audit(1, change("108", value, "0"))).changes == {"violation_reported": True}
    for value in ("0", "false", False, None, ""):
        assert told(audit(1, change("108", value, "1"))).changes == {"violation_reported": False}


def test_a_cleared_field_is_told_as_nothing() -> None:
    assert told(audit(1, change("106", None, "escalation_tier_1"))).changes == {"tier": None}


def test_fields_of_others_are_not_told() -> None:
    assert told(audit(1, change("999", "x"), change("priority", "high"))).changes == {}


def test_a_status_of_ours_is_told_as_its_state() -> None:
    update = told(audit(1, change("status", "hold", "open"), change("custom_status_id", "202", "201")))
    assert update.changes == {"status": "tier_1"}


def test_a_system_status_is_told_as_its_category() -> None:
    update = told(audit(1, change("custom_status_id", "298", "201"), change("status", "solved", "open")))
    assert update.changes == {"status": "solved"}


def test_a_system_status_of_the_same_category_is_told_from_what_apply_saw() -> None:
    assert told(audit(1, change("custom_status_id", "299", "201"))).changes == {"status": "open"}


def test_the_first_values_of_a_new_ticket_are_no_changes() -> None:
    event = {"type": "Create", "field_name": "106", "value": "escalation_tier_1"}
    assert told(audit(1, event)).changes == {}


def test_a_new_requester_and_a_new_assignee_are_told() -> None:
    update = told(audit(1, change("requester_id", "700", "500"), change("assignee_id", "600")))
    assert update.changes == {"requester": "700", "assignee": "600"}


def test_tags_are_told_by_what_came_and_went() -> None:
    update = told(audit(1, change("tags", ["a", "c"], ["a", "b"])))
    assert (update.tags_added, update.tags_removed) == ({"c"}, {"b"})


def test_tags_in_one_string_are_read_too() -> None:
    update = told(audit(1, change("tags", "a c", "a b")))
    assert (update.tags_added, update.tags_removed) == ({"c"}, {"b"})


def test_several_changes_of_tags_in_one_audit_are_one() -> None:
    update = told(audit(1, change("tags", ["a", "b"], ["a"]), change("tags", ["b"], ["a", "b"])))
    assert (update.tags_added, update.tags_removed) == ({"b"}, {"a"})


def test_what_a_trigger_changes_inside_a_requesters_audit_is_not_the_requesters_doing() -> None:
    solved = change("status", "solved", "open", **BY_TRIGGER)
    opened = change("status", "open", "pending")
    assert told(audit(1, said("hello"), solved, author=500)).changes == {}
    assert told(audit(1, said("hello"), opened, author=500)).changes == {"status": "open"}


def test_a_tag_that_a_trigger_adds_is_told_with_the_update_it_belongs_to() -> None:
    update = told(audit(1, said("post this"), change("tags", ["go"], [], **BY_TRIGGER)))
    assert update.tags_added == {"go"}
    assert update.role is Role.AGENT


def test_an_automations_audit_is_by_another() -> None:
    update = told(audit(1, change("108", "1", "0", **BY_TRIGGER), author=-1))
    assert (update.role, update.changes) == (Role.OTHER, {"violation_reported": True})


def test_a_merge_is_told_from_its_via() -> None:
    via = {"channel": "web", "source": {"from": {}, "to": {"ticket_id": 40}, "rel": "merge"}}
    assert told({**audit(1), "via": via}).merged_into == "40"


def test_a_merge_is_told_from_the_one_number_in_zendesks_comment() -> None:
    events = (
        said('This request was closed and merged into request #40 "Pay".'),
        change("tags", ["closed_by_merge"], []),
    )
    assert told(audit(1, *events)).merged_into == "40"


def test_a_number_in_a_comment_alone_is_no_merge() -> None:
    assert told(audit(1, said("merged into request #40"))).merged_into is None


def test_being_merged_into_is_not_merging() -> None:
    via = {"channel": "web", "source": {"from": {"ticket_id": 30}, "to": {"ticket_id": 35}, "rel": "merge"}}
    assert told({**audit(1), "via": via}).merged_into is None


def test_a_follow_up_names_its_source() -> None:
    via = {"channel": "web", "source": {"from": {"ticket_id": 12}, "rel": "follow_up"}}
    assert ticket_now(via=via).followup_of == "12"


def test_the_signed_address_holds_for_that_address_only() -> None:
    assert ticket_now(tags=[signature("Wanda@Example.com")]).signed_email == "wanda@example.com"
    assert ticket_now(tags=[signature("someone@example.com")]).signed_email is None
    assert ticket_now().signed_email is None


def test_the_ids_survive_being_stored() -> None:
    assert type(IDS).from_json(IDS.to_json()) == IDS


# Whose words they are


def by(author: int, text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {**said(text), "author_id": author, **more}


def test_words_that_an_integration_posts_for_the_requester_are_theirs_and_what_it_changed_is_its_own() -> None:
    raw = audit(1, by(500), change("status", "open", "hold"), change("tags", ["x"], []), author=600)
    words, changed = parts(raw)
    assert (words.role, words.author.id, words.comment and words.comment.text) == (Role.REQUESTER, "500", "Hello")
    assert (words.changes, words.tags_added) == ({}, frozenset())
    assert (changed.role, changed.comment) == (Role.AGENT, None)
    assert (changed.changes, changed.tags_added) == ({"status": "open"}, {"x"})


def test_an_agents_words_in_the_requesters_audit_are_the_agents_with_the_tags_that_came_with_them() -> None:
    words, changed = parts(audit(1, by(600), change("tags", ["x"], []), author=500))
    assert (words.role, words.tags_added) == (Role.AGENT, {"x"})
    assert (changed.role, changed.comment, changed.tags_added) == (Role.REQUESTER, None, frozenset())


def test_a_call_that_zendesk_itself_recorded_is_whose_voice_it_was() -> None:
    words, changed = parts(audit(1, by(500, type="VoiceComment"), author=-1))
    assert (words.role, words.author.id) == (Role.REQUESTER, "500")
    assert changed.role is Role.OTHER


def test_words_that_an_agent_posts_for_a_stranger_are_no_agents_answer() -> None:
    words, _ = parts(audit(1, by(700), author=600))
    assert words.role is Role.COPIED


def test_an_agents_words_posted_by_another_agent_are_one_update() -> None:
    assert parts(audit(1, by(900), change("status", "open"), author=600))[0].comment is not None
    assert len(parts(audit(1, by(900), author=600))) == 1


def test_of_ours_the_words_are_ours_whoever_zendesk_names() -> None:
    (one,) = parts(audit(1, by(500), author=900, ours="e1"))
    assert one.ours == "e1"


def test_a_second_comment_in_one_audit_is_not_lost() -> None:
    raw = audit(1, by(500, "First"), by(500, "Second"), author=500)
    assert sorted(one.comment.text for one in parts(raw) if one.comment) == ["First", "Second"]


def test_comments_that_were_made_internal_or_lost_words_are_named() -> None:
    events = [
        {"id": 1, "type": "CommentPrivacyChange", "comment_id": 71, "public": False},
        {"id": 2, "type": "CommentRedactionEvent", "comment_id": "72"},
        {"id": 3, "type": "CommentPrivacyChange", "comment_id": 73, "public": True},
        {"id": 4, "type": "AttachmentRedactionEvent", "comment_id": 74, "attachment_id": 1},
        {"id": 5, "type": "CommentRedactionEvent"},
    ]
    assert told(audit(1, *events)).withdrawn == {"71", "72"}
