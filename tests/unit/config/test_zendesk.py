"""The Zendesk account as data: the names of the contract, and what would be refused."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from config.packaged import ConfigError, packaged, packaged_text, parsed
from config.policy import load_policy
from config.texts import load_texts
from config.toml_lines import line_of
from config.zendesk import load_account
from config.zendesk_specs import FORM_ID, AccountSpec
from connector.zendesk.account.ids import SEVERAL, TAG_PREFIXES, TICKED
from escalation.language.numbers import number_typed
from escalation.model.values import OVERDUE_TAG, PAUSE_TAG, POST_TAG, WAITS_TAG, KindOfOutcome, Party, Reason, State
from escalation.policies.texts import Texts, gaps
from webhooks.intake import RequestBody

ACCOUNT = load_account()
TEXTS = Texts.from_mapping(load_texts())
Change = Callable[[dict[str, Any]], object]


def test_the_form_has_the_name_of_the_contract() -> None:
    assert ACCOUNT.form.name == "Escalate an assignment"


def test_the_fields_shown_to_the_requester_are_those_of_the_contract() -> None:
    shown = {field.title: [option.tag for option in field.options] for field in ACCOUNT.fields if field.requester}
    assert shown == {
        "WorkMarket assignment ID": [],
        "I am the": ["escalation_party_worker", "escalation_party_client"],
        "What is the escalation about?": [f"escalation_reason_{reason}" for reason in Reason],
        "How did you try to reach them?": [
            "escalation_attempt_message",
            "escalation_attempt_email",
            "escalation_attempt_phone",
        ],
        "Kind of outcome": [f"escalation_outcome_{kind}" for kind in KindOfOutcome],
        "Outcome you hope for": [],
    }


def test_the_fields_for_agents_are_those_of_the_contract() -> None:
    hidden = {f.title: (f.type, [o.tag for o in f.options]) for f in ACCOUNT.fields if not f.requester}
    assert hidden == {
        "Escalation tier": ("tagger", ["escalation_tier_1", "escalation_tier_2", "escalation_tier_3"]),
        "Other side responded": ("checkbox", []),
        "Somebody reached": ("checkbox", []),
        "Violation reported": ("checkbox", []),
        "Justification already stated": (
            "tagger",
            ["escalation_justification_stated", "escalation_justification_not_stated"],
        ),
        "Client's average approval time": ("text", []),
        "Project manager's e-mail": ("text", []),
        "Account manager's e-mail": ("text", []),
        "Client company": ("text", []),
        "Case key": ("text", []),
        "Next update due": ("text", []),
    }


@pytest.mark.parametrize(
    "typed", ["3104482017", "#3104482017", " # 3104482017 ", "WM-3104482017", "3 104 482 017", "3,104,482,017"]
)
def test_the_assignment_id_is_taken_as_people_paste_it_and_must_be_given(typed: str) -> None:
    field = ACCOUNT.field("assignment_id")
    assert (field.type, field.required) == ("regexp", True)
    assert re.fullmatch(field.regexp, typed)
    assert number_typed(typed) == "3104482017"


@pytest.mark.parametrize("typed", ["", "#", "the one in Newark", "3104482017 please", "WM"])
def test_what_is_no_number_is_no_assignment_id(typed: str) -> None:
    assert not re.fullmatch(ACCOUNT.field("assignment_id").regexp, typed)


def test_attempts_may_be_several() -> None:
    assert ACCOUNT.field("attempts").type == "multiselect"


def test_field_keys_are_those_the_process_reads() -> None:
    assert [field.key for field in ACCOUNT.fields] == [
        "assignment_id",
        "party",
        "reason",
        "attempts",
        "kind_of_outcome",
        "outcome",
        "tier",
        "other_side_responded",
        "somebody_reached",
        "violation_reported",
        "justification",
        "average_approval",
        "project_manager_email",
        "account_manager_email",
        "client_company",
        "case_key",
        "next_update_due",
    ]


def test_option_tags_are_the_words_of_the_process_with_the_prefix_of_their_field() -> None:
    fields = {key: ACCOUNT.field(key) for key in _LISTS}
    tags = {key: [option.tag for option in field.options] for key, field in fields.items()}
    assert tags == {key: [fields[key].prefix + word for word in words] for key, words in _LISTS.items()}


def test_fields_are_read_off_tickets_by_the_type_and_prefix_that_they_have() -> None:
    assert {field.key: field.prefix for field in ACCOUNT.fields if field.prefix} == TAG_PREFIXES
    assert {field.key for field in ACCOUNT.fields if field.type == "multiselect"} == SEVERAL
    assert {field.key for field in ACCOUNT.fields if field.type == "checkbox"} == TICKED


_LISTS = {
    "party": [str(party) for party in Party],
    "reason": [str(reason) for reason in Reason],
    "attempts": RequestBody.model_json_schema()["properties"]["contact_attempts"]["items"]["enum"],
    "tier": ["1", "2", "3"],
    "justification": ["stated", "not_stated"],
}


def test_there_is_a_status_for_every_state_but_checking() -> None:
    assert {status.key for status in ACCOUNT.statuses} == {str(state) for state in State} - {"checking"}


def test_status_labels_and_categories_are_those_of_the_contract() -> None:
    assert [(status.agent_label, status.category) for status in ACCOUNT.statuses] == [
        ("Needs review", "open"),
        ("Waiting on requester", "pending"),
        ("Waiting for date", "hold"),
        ("Tier 1: assignment message", "hold"),
        ("Tier 2: direct contact", "hold"),
        ("Tier 3: account manager", "hold"),
        ("Other side responded", "open"),
        ("Confirming outcome", "pending"),
        ("Resolved", "solved"),
        ("Not eligible", "solved"),
        ("Closed: off platform", "solved"),
        ("Withdrawn", "solved"),
        ("Joined another request", "solved"),
    ]


def test_what_the_requester_reads_of_a_status_has_no_word_of_ours() -> None:
    for status in ACCOUNT.statuses:
        assert "tier" not in (status.end_user_label + status.end_user_description).lower()


def test_macros_are_those_of_the_contract_with_status_and_tier() -> None:
    macros = {macro.name: (macro.status, macro.tier, macro.comment) for macro in ACCOUNT.macros}
    assert macros == {
        "Escalation::Tier 1: assignment message": ("tier_1", "escalation_tier_1", "tier_1"),
        "Escalation::Tier 2: direct contact": ("tier_2", "escalation_tier_2", "tier_2"),
        "Escalation::Tier 3: account manager": ("tier_3", "escalation_tier_3", "tier_3"),
        "Escalation::Tier 3: client's case": ("tier_3", "escalation_tier_3", "tier_3_client"),
        "Escalation::Requester update": ("", "", "update"),
        "Escalation::Requester update: nothing new": ("", "", "update_again"),
        "Escalation::Not eligible": ("not_eligible", "", "not_eligible_macro"),
        "Escalation::Off platform": ("off_platform", "", "off_platform"),
        "Escalation::Off platform: client's case": ("off_platform", "", "off_platform_client"),
        "Escalation::Post to assignment": ("", "", ""),
    }


def test_the_post_macro_adds_its_tag() -> None:
    (post,) = [macro for macro in ACCOUNT.macros if macro.key == "post"]
    assert post.add_tags == (POST_TAG,) == (ACCOUNT.tags.post,)


def test_the_pause_tag_is_the_processes() -> None:
    assert ACCOUNT.tags.pause == PAUSE_TAG


def test_the_dead_mans_switch_sets_the_tag_that_the_process_takes_off_and_leaves_paused_tickets_alone() -> None:
    (silent,) = ACCOUNT.automations
    assert silent.add_tags == (OVERDUE_TAG,)
    without = {one.value for one in silent.all if (one.field, one.operator) == ("current_tags", "not_includes")}
    assert without == {OVERDUE_TAG, PAUSE_TAG}


def test_the_view_of_waiting_requesters_goes_by_the_tag_that_the_process_sets() -> None:
    (view,) = [one for one in ACCOUNT.views if one.key == "requester_waits"]
    tags = [(one.operator, one.value) for one in view.all if one.field == "current_tags"]
    assert tags == [("includes", WAITS_TAG)]


def test_a_macros_text_is_one_for_the_requester_and_its_gaps_come_from_the_policy() -> None:
    policy_keys = {key for table in load_policy().values() if isinstance(table, dict) for key in table}
    for macro in ACCOUNT.macros:
        if macro.comment:
            assert TEXTS.audiences[macro.comment] == "requester"
            assert gaps(TEXTS.templates[macro.comment]) == set(macro.gaps or {})
        assert set((macro.gaps or {}).values()) <= policy_keys


def test_triggers_send_ids_only() -> None:
    bodies = [json.loads(trigger.body) for trigger in ACCOUNT.triggers]
    assert bodies == [
        {"event": "request.submitted", "ticket_id": "{{ticket.id}}"},
        {"event": "ticket.changed", "ticket_id": "{{ticket.id}}"},
        {"event": "side_conversation.changed", "ticket_id": "{{ticket.id}}"},
    ]


def test_every_trigger_is_about_our_form_and_none_filters_by_user() -> None:
    for trigger in ACCOUNT.triggers:
        assert ("ticket_form_id", "is", FORM_ID) in [(c.field, c.operator, c.value) for c in trigger.all]
        assert not {c.field for c in trigger.all} & {"role", "current_user", "requester_id", "assignee_id"}


def test_the_side_conversation_condition_is_to_be_discovered() -> None:
    discovered = ACCOUNT.triggers[2].discovered
    assert discovered is not None
    assert (discovered.about, discovered.operator) == ("side_conversation", "is")


def test_triggers_and_category_carry_the_names_that_are_looked_for() -> None:
    assert ACCOUNT.trigger_category == "WorkMarket escalations"
    assert len({trigger.title for trigger in ACCOUNT.triggers}) == 3


def test_one_webhook_serves_triggers_and_another_events() -> None:
    assert {webhook.name: webhook.subscriptions for webhook in ACCOUNT.webhooks} == {
        "Parley": ("conditional_ticket_events",),
        "Parley events": tuple(
            f"zen:event-type:ticket.{event}"
            for event in (
                "merged",
                "soft_deleted",
                "permanently_deleted",
                "undeleted",
                "marked_as_spam",
                "status_changed",
            )
        ),
    }
    assert {webhook.path for webhook in ACCOUNT.webhooks} == {"/webhooks/zendesk"}


def test_a_key_that_is_not_there_raises() -> None:
    with pytest.raises(KeyError):
        ACCOUNT.field("nowhere")


def loaded_with(file: str, change: Change) -> AccountSpec:
    def read(name: str) -> dict[str, Any]:
        content = copy.deepcopy(packaged(name))
        if name == f"zendesk/{file}.toml":
            change(content)
        return content

    return load_account(read)


WRONG: list[tuple[str, Change, str]] = [
    ("fields", lambda c: c.pop("form"), "fields.toml has no form."),
    (
        "fields",
        lambda c: c["form"].update(told_by="assignment_id"),
        "told_by has to name a list field that requesters fill in; assignment_id is none.",
    ),
    ("fields", lambda c: c["fields"][0].pop("title"), "fields.toml, line 29: fields.0.title: "),
    ("fields", lambda c: c["fields"][0].update(colour="red"), "fields.toml, line 27: fields.0.colour: "),
    ("fields", lambda c: c["fields"][0].update(type="number"), "fields.toml, line 30: fields.0.type: "),
    ("fields", lambda c: c["fields"][1].update(key="assignment_id"), "the key assignment_id stands twice."),
    (
        "fields",
        lambda c: c["fields"][1].update(title="Outcome you hope for"),
        "the title Outcome you hope for stands",
    ),
    (
        "fields",
        lambda c: c["fields"][1].update(options=[]),
        "party is a tagger; lists, and only lists, have options",
    ),
    (
        "fields",
        lambda c: c["fields"][0].update(regexp=""),
        "assignment_id is a regexp; regexp fields, and only those",
    ),
    ("fields", lambda c: c["fields"][2].update(prefix="x_"), "of reason must begin with the field's prefix."),
    (
        "fields",
        lambda c: c["fields"][2].update(options=c["fields"][1]["options"], prefix="escalation_party_"),
        "the option tag escalation_party_worker stands twice.",
    ),
    (
        "statuses",
        lambda c: c["statuses"][0].update(category="waiting"),
        "statuses.toml, line 8: statuses.0.category: ",
    ),
    ("statuses", lambda c: c["statuses"][0].update(end_user_label="x" * 49), "has more than 48 characters."),
    ("statuses", lambda c: c["statuses"].pop(3), "fields.toml, line 12: the form allows the status tier_1, which"),
    (
        "macros",
        lambda c: c["macros"][0].update(status="x"),
        "macros.toml, line 14: tier_1 names the status x, which",
    ),
    ("macros", lambda c: c["macros"][0].update(tier="9"), "macros.toml, line 15: tier_1 names the tier 9, which"),
    ("triggers", lambda c: c.update(triger=[]), "triggers.toml, line 1: triger: unexpected; known are tags,"),
    (
        "triggers",
        lambda c: c["triggers"][0]["all"][0].update(field="@tierr"),
        "triggers.toml, line 20: request_submitted asks about @tierr, which fields.toml doesn't have.",
    ),
    (
        "views",
        lambda c: c["views"][1]["all"][1].update(value="@status:nobody"),
        "needs_review asks for @status:nobody, which stands for nothing.",
    ),
    ("views", lambda c: c["views"][1]["all"].pop(0), "needs_review needs a condition on status, type, group,"),
    ("views", lambda c: c["views"][1].pop("without_status"), "needs_review needs `without_status` where, and only"),
    (
        "views",
        lambda c: c["views"][0].update(without_status=c["views"][1]["without_status"]),
        "by_tier needs `without_status` where, and only where, `all` asks for a status.",
    ),
    (
        "views",
        lambda c: c["views"][1]["without_status"].pop(0),
        "needs_review needs a condition on status, type, group,",
    ),
    (
        "views",
        lambda c: c["views"][1]["without_status"][2].update(field="@x"),
        "needs_review asks about @x, which fields.toml doesn't have.",
    ),
    (
        "automations",
        lambda c: c["automations"][0]["any"][1].update(field="custom_status_id", value="@status:tier_1"),
        "silent asks for a status, which only `all` of a view may.",
    ),
    ("views", lambda c: c["views"][0].update(columns=["x"] * 11), "views.toml, line 15: by_tier needs one to 10"),
    ("views", lambda c: c["views"][0].update(group_by="@x"), "by_tier shows @x, which fields.toml doesn't have."),
    ("automations", lambda c: c["automations"][0]["all"].pop(2), "silent needs a condition on hours in `all`."),
    ("automations", lambda c: c["automations"][0]["all"].pop(3), "silent would fire every hour"),
    ("automations", lambda c: c["automations"][0]["all"].pop(1), "silent needs a condition on status, type,"),
    ("group", lambda c: c["group"].update(name="x"), "group.toml, line 4: group.name: "),
    ("triggers", lambda c: c["triggers"][0].update(webhook="x"), "request_submitted names the webhook x, which"),
    ("triggers", lambda c: c["triggers"][0].update(body="{"), "the body of request_submitted is not JSON."),
    (
        "triggers",
        lambda c: c["webhooks"][1]["subscriptions"].append("conditional_ticket_events"),
        "the webhook events must serve either triggers or event types.",
    ),
    ("triggers", lambda c: c["webhooks"][1].update(subscriptions=[]), "must serve either triggers or event types."),
]


@pytest.mark.parametrize(("file", "change", "said"), WRONG)
def test_what_is_wrong_in_a_file_is_told_with_file_and_key(file: str, change: Change, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded_with(file, change)
    assert str(refused.value).startswith("config/zendesk/")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("fields", 'agent_description = "Set by Parley. C', 'agent_descripton = "Set by Parley. C', "fields.6."),
        ("views", '{field = "@tier", operator', '{feild = "@tier", operator', "views.0.all.2."),
        ("automations", "subject =", "subjekt =", "automations.0."),
        ("macros", "gaps =", "gap =", "macros.7.gap: there is no such key."),
    ],
)
def test_a_typo_of_a_key_is_told_with_its_line(file: str, right: str, wrong: str, said: str) -> None:
    text = packaged_text(f"zendesk/{file}.toml").replace(right, wrong, 1)
    line = 1 + next(at for at, row in enumerate(text.splitlines()) if wrong in row)
    with pytest.raises(ConfigError) as refused:
        load_account(*reading(file, text))
    assert f"{file}.toml, line {line}: {said}" in str(refused.value)


def reading(file: str, text: str) -> tuple[Callable[[str], dict[str, Any]], Callable[[str], str]]:
    """The packaged files with one of them changed."""

    def lines(name: str) -> str:
        return text if name == f"zendesk/{file}.toml" else packaged_text(name)

    return lambda name: parsed(lines(name).encode(), name), lines


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("things", 1, "key"), 8),
        (("things", 1, "missing"), 7),
        (("things", 0, "all", 1, "value"), 4),
        (("things", 9), 7),
        (("alone", "key"), 12),
        (("top",), 1),
        ((), 1),
    ],
)
def test_a_place_has_a_line(place: tuple[str | int, ...], line: int) -> None:
    text = """top = 1
[[things]]
all = [{key = "x = {", value = 1}, # key = {
  {key = 2, value = 3}]
key = "[[things]]"

[[things]]
key = 1
# value = 2

[alone]
key = 1
"""
    assert line_of(text, place) == line
