"""Exactly one trigger mails the requester on our public comments: who it is, and who is too much."""

from __future__ import annotations

from typing import Any

from parley.zendesk.lint import BusinessRule, read_rule
from parley.zendesk.lint.checks.requester_mails import Mails, requester_mails
from parley.zendesk.lint.conditions.reachability import reachable
from tests.lint.account import MAILER, OUR_TICKETS, PARLEY

UPDATED = ("update_type", "is", "Change")
PUBLIC = ("comment_is_public", "is", "true")


def mailer(title: str, *conditions: tuple[str, str, Any], **more: Any) -> BusinessRule:
    rows = [dict(zip(("field", "operator", "value"), one, strict=True)) for one in conditions]
    action = {"field": "notification_user", "value": ["requester_id", "Re:", "…"]}
    return read_rule("trigger", {"title": title, "conditions": {"all": rows}, "actions": [action], **more})


def judged(*rules: BusinessRule) -> Mails:
    our_tickets, firing = reachable(rules, OUR_TICKETS)
    return requester_mails(firing, our_tickets)


def test_the_standard_trigger_alone_is_as_it_should_be() -> None:
    mails = judged(MAILER)
    assert (mails.mailers, mails.extra, mails.greeting, mails.unheard) == ((MAILER,), (), (), ())


def test_without_any_nobody_hears_from_us() -> None:
    mails = judged(mailer("Only on new tickets", ("update_type", "is", "Create")))
    assert mails.mailers == ()
    assert {status.label for status in mails.unheard} >= {"Needs review", "Resolved"}


def test_one_that_leaves_our_user_out_does_not_carry_our_comments() -> None:
    assert judged(mailer("Not for Parley", UPDATED, PUBLIC, ("role", "is_not", PARLEY))).mailers == ()


def test_one_that_leaves_the_api_out_does_not_either() -> None:
    assert judged(mailer("Not for the API", UPDATED, PUBLIC, ("current_via_id", "is_not", "5"))).mailers == ()


def test_of_two_that_always_mail_the_standard_one_is_kept() -> None:
    other = mailer("Another", UPDATED, PUBLIC, position=0)
    mails = judged(other, MAILER)
    assert (mails.mailers, mails.extra) == ((MAILER,), (other,))


def test_two_that_share_the_statuses_between_them_are_one_mail_each_time() -> None:
    unsolved = mailer("Comment", UPDATED, PUBLIC, ("status", "is_not", "solved"))
    solved = mailer("Solved", UPDATED, PUBLIC, ("status", "value", "solved"))
    mails = judged(unsolved, solved)
    assert (set(mails.mailers), mails.extra, mails.unheard) == ({unsolved, solved}, (), ())


def test_the_older_pair_shares_the_work_by_what_the_status_was_changed_to() -> None:
    other = mailer("Comment", UPDATED, PUBLIC, ("status", "not_value", "solved"))
    solved = mailer("Solved", ("status", "value", "solved"))
    mails = judged(other, solved)
    assert (set(mails.mailers), mails.extra, mails.unheard) == ({other, solved}, (), ())


def test_two_for_two_languages_are_one_mail_each_time() -> None:
    german = mailer("Deutsch", UPDATED, PUBLIC, ("locale_id", "is", "8"))
    rest = mailer("English", UPDATED, PUBLIC, ("locale_id", "is_not", "8"))
    mails = judged(german, rest)
    assert (len(mails.mailers), mails.extra) == (2, ())


def test_one_that_mails_unless_a_tag_forbids_counts_as_always() -> None:
    assert judged(mailer("Unless", UPDATED, PUBLIC, ("current_tags", "not_includes", "no_mail"))).unheard == ()


def test_one_that_mails_in_business_hours_only_may_leave_comments_unheard() -> None:
    mails = judged(mailer("By day", UPDATED, PUBLIC, ("in_business_hours", "is", "true")))
    assert len(mails.mailers) == 1
    assert mails.unheard


def test_one_that_mails_about_solving_only_leaves_the_rest_unheard() -> None:
    mails = judged(mailer("Solved", ("status", "value", "solved")))
    assert {status.category for status in mails.unheard} == {"open", "pending", "hold"}
    assert mails.greeting == ()


def test_a_mailer_without_a_word_about_updates_greets_as_well() -> None:
    mails = judged(mailer("Every comment", PUBLIC))
    assert (mails.mailers, mails.extra) == (mails.greeting, ())


def test_a_mail_to_the_assignee_is_none_to_the_requester() -> None:
    rule = read_rule("trigger", {"actions": [{"field": "notification_user", "value": ["assignee_id", "", ""]}]})
    assert judged(rule) == Mails((), (), (), tuple(one for one in OUR_TICKETS.statuses if one.ours))
