"""What requesters read of the account, in the languages of the policy: by dynamic content where the plan has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from config.account_words import english_words, load_account_words
from config.zendesk_rules import LONGEST_LABEL
from connector.errors import ConnectorError
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.kinds import DYNAMIC_CONTENT
from parley.zendesk.account.kinds.dynamic_content import item_name
from sandbox.zendesk.records.dynamic_content import fill, placeholder_of
from tests.account.test_languages import speak
from tests.account.workspace import Workspace, crashed_on_and_on

KIND = DYNAMIC_CONTENT.kind
PARTY = "field.party.title"


def portal(workspace: Workspace, locale: str) -> dict[str, Any]:
    """What a requester of a locale reads of the form and of one status."""
    account, row = workspace.account, workspace.row
    party, status = row("field", "party"), row("status", "tier_1")
    texts = {
        "form": row("form", "it")["display_name"],
        "title": party["title_in_portal"],
        "hint": party["description"],
        "options": [option["name"] for option in party["custom_field_options"]],
        "status": status["end_user_label"],
        "about": status["end_user_description"],
    }
    return {
        name: [fill(account, one, locale) for one in said]
        if isinstance(said, list)
        else fill(account, said, locale)
        for name, said in texts.items()
    }


ENGLISH = {
    "form": "Escalate an assignment",
    "title": "I am the",
    "hint": "Which side of the assignment you are on.",
    "options": ["Worker: I did the assignment", "Client: my company posted the assignment"],
    "status": "First step: on the assignment",
    "about": "The first step is to reach the other side by a message on the assignment.",
}


@pytest.fixture
def translated(ready: Workspace) -> Workspace:
    """An account that was set up in English, and was then asked for two languages more."""
    speak(ready, "en", "es-419", "de")
    ready.apply()
    ready.sandbox.calls.clear()
    return ready


def test_an_account_that_was_set_up_in_english_speaks_three_languages_after_one_run(ready: Workspace) -> None:
    assert portal(ready, "de") == ENGLISH
    before = {kind: set(ready.rows(kind)) for kind in ("field", "form", "status", "macro")}
    speak(ready, "en", "es-419", "de")
    planned = ready.plan()
    assert not planned.is_sweeping
    assert "Worker: I did the assignment → “Escalation option party_worker”" in ready.told()
    ready.apply()
    assert ready.done() == [] == list(ready.drift())
    assert portal(ready, "en-US") == portal(ready, "fr") == ENGLISH
    assert portal(ready, "es-419") == {
        "form": "Escalar una asignación",
        "title": "Soy",
        "hint": "En qué lado de la asignación está usted.",
        "options": ["Trabajador: yo hice la asignación", "Cliente: mi empresa publicó la asignación"],
        "status": "Primer paso: en la asignación",
        "about": "El primer paso es comunicarnos con la otra parte por un mensaje en la asignación.",
    }
    assert portal(ready, "de")["title"] == "Ich bin"
    assert all(before[kind] <= set(ready.rows(kind)) for kind in before)
    party = ready.row("field", "party")
    assert party["title"] == "I am the"
    assert [one["value"] for one in party["custom_field_options"]] == [
        "escalation_party_worker",
        "escalation_party_client",
    ]
    tier = ready.row("field", "tier")
    assert tier["custom_field_options"][0]["name"] == "Tier 1: assignment message"


def test_every_text_that_a_requester_reads_is_in_each_language(translated: Workspace) -> None:
    english = english_words(translated.spec)
    unused = [key for key in english if key.endswith(".shared_description")]
    assert {item_name(key) for key in english if key not in unused} == set(translated.names(KIND))
    assert {len(item["variants"]) for item in translated.rows(KIND).values()} == {4}  # es reads es-419's words
    for key in english:
        if key.startswith("status."):
            assert len(placeholder_of(item_name(key))) <= LONGEST_LABEL or key.endswith(".description")


@pytest.mark.parametrize("locale", ["en-US", "es-419", "de"])
def test_nothing_is_to_be_done_whatever_language_our_own_user_reads(locale: str, translated: Workspace) -> None:
    translated.account.admin.locale = locale
    assert translated.done() == []
    translated.state.values.clear()
    adopted = {step.action for step in translated.plan().steps}
    assert adopted <= {"adopt", "create", "nothing", "learn"}
    assert not [step.name for step in translated.plan().steps if step.action == "create"]


def test_a_plan_reads_one_list_more_and_one_of_an_english_account_none(ready: Workspace) -> None:
    def lists() -> int:
        ready.sandbox.calls.clear()
        ready.plan()
        return len(ready.sandbox.calls)

    english = lists()
    speak(ready, "en", "es-419")
    ready.apply()
    assert lists() == english + 1
    ready.account.locale_ids.append(16)  # French: which languages there are has to be asked
    assert lists() == english + 2


def test_the_teams_words_are_kept_and_told_and_are_no_drift(translated: Workspace) -> None:
    spanish(translated)["content"] = "Mi papel"
    assert translated.done() == [f"keep {KIND} {PARTY}"]
    assert translated.drift() == ()
    assert "words in es-419: Mi papel stays (ours would be Soy)" in translated.told()
    translated.apply()
    assert spanish(translated)["content"] == "Mi papel"
    assert translated.writes() == []


def test_a_label_that_the_team_gave_a_field_before_stays_in_its_words(ready: Workspace) -> None:
    ready.row("field", "party")["title_in_portal"] = "My role"
    ready.row("field", "reason")["custom_field_options"][0]["name"] = "Still waiting for approval"
    speak(ready, "en", "es-419")
    ready.apply()
    assert portal(ready, "es-419")["title"] == "My role"
    reasons = [one["name"] for one in ready.row("field", "reason")["custom_field_options"]]
    assert reasons[0] == "Still waiting for approval"
    assert reasons[1].startswith("{{dc.")


def spanish(workspace: Workspace, key: str = PARTY) -> dict[str, Any]:
    (found,) = [one for one in workspace.row(KIND, key)["variants"] if one["locale_id"] == 1194]
    return found


def test_a_language_that_was_deleted_is_found_and_added_again(translated: Workspace) -> None:
    translated.row(KIND, PARTY)["variants"].remove(spanish(translated))
    assert translated.done() == [f"change {KIND} {PARTY}"]
    assert len(translated.drift()) == 1
    translated.apply()
    assert spanish(translated)["content"] == "Soy"
    assert translated.writes() == [f"POST /api/v2/dynamic_content/items/{translated.id(KIND, PARTY)}/variants"]
    assert translated.done() == []


def test_words_that_we_want_otherwise_now_are_changed_where_nobody_edited_them(translated: Workspace) -> None:
    words = {key: dict(said) for key, said in translated.desired.words.items()}
    words["de"][PARTY] = "Meine Rolle"
    translated.desired = replace(translated.desired, words=words)
    assert translated.done() == [f"change {KIND} {PARTY}"]
    translated.apply()
    assert portal(translated, "de")["title"] == "Meine Rolle"
    assert len(translated.writes()) == 1


def test_an_item_that_was_deleted_in_zendesk_is_made_again_and_what_holds_it_reads_on(
    translated: Workspace,
) -> None:
    translated.rows(KIND).pop(translated.id(KIND, PARTY))
    assert portal(translated, "de")["title"] == "{{dc.escalation_field_party_title}}"
    translated.apply()
    assert portal(translated, "de")["title"] == "Ich bin"
    assert translated.done() == []


def test_a_renamed_item_keeps_its_placeholder_and_gets_its_name_again(translated: Workspace) -> None:
    item = translated.row(KIND, PARTY)
    item["name"] = "Who"
    assert translated.done() == [f"change {KIND} {PARTY}"]
    translated.apply()
    assert (item["name"], item["placeholder"]) == (
        "Escalation field party title",
        "{{dc.escalation_field_party_title}}",
    )
    assert portal(translated, "en-US") == ENGLISH


def test_what_holds_a_placeholder_holds_the_one_that_the_account_made(ready: Workspace) -> None:
    """An account where another item once had that name: the placeholder is not what the name would make."""
    speak(ready, "en", "de")
    ready.apply()
    item = ready.row(KIND, PARTY)
    item["placeholder"] = "{{dc.escalation_field_party_title_2}}"
    ready.row("field", "party")["title_in_portal"] = item["placeholder"]
    assert [step for step in ready.done() if "status" in step or "option" in step] == []
    assert ready.step("field", "party").action == "nothing"
    assert portal(ready, "de")["title"] == "Ich bin"


def test_an_option_more_leaves_the_others_dynamic(translated: Workspace) -> None:
    """A field's options are written as a whole: filled in, the others would be in our user's language."""
    party = translated.row("field", "party")
    party["custom_field_options"] = party["custom_field_options"][:1]
    theirs = {"id": 1, "name": "{{dc.theirs}}", "raw_name": "{{dc.theirs}}", "value": "escalation_party_x"}
    party["custom_field_options"].append(theirs)
    add_theirs(translated, "Someone")
    translated.apply()
    names = [one["name"] for one in translated.row("field", "party")["custom_field_options"]]
    assert names == [
        "{{dc.escalation_option_party_worker}}",
        "{{dc.theirs}}",
        "{{dc.escalation_option_party_client}}",
    ]


def add_theirs(workspace: Workspace, said: str) -> None:
    """An item of the team's own, which says this to everybody."""
    variant = {"id": 2, "locale_id": 1, "content": said, "active": True, "default": True}
    item = {"id": 1, "name": "Theirs", "placeholder": "{{dc.theirs}}", "variants": [variant]}
    workspace.account.dynamic_content[1] = item


def test_a_title_for_agents_that_the_team_made_dynamic_stays_so(ready: Workspace) -> None:
    add_theirs(ready, "I am the")
    ready.row("field", "party")["title"] = "{{dc.theirs}}"
    assert ready.done() == []
    speak(ready, "en", "de")
    ready.apply()
    assert ready.row("field", "party")["title"] == "{{dc.theirs}}"


def test_a_plan_without_dynamic_content_keeps_english_and_says_so_once(ready: Workspace) -> None:
    ready.account.features.dynamic_content = False
    speak(ready, "en", "de")
    told = [line for line in ready.told().splitlines() if "dynamic content" in line]
    assert len(told) == 1
    assert "has no dynamic content" in told[0]
    ready.apply()
    assert portal(ready, "de") == ENGLISH
    assert ready.names("macro")  # and the macros of the language are there
    assert ready.done() == []


def test_an_account_that_does_not_say_what_its_plan_has_and_refuses_the_list_has_none(
    ready: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(ready, "en", "de")
    ready.account.features.dynamic_content = False
    silent(ready, monkeypatch, None)
    assert any("has no dynamic content" in note for note in ready.plan().notes)
    assert not [step for step in ready.done() if "dynamic_content" in step]


def silent(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, said: bool | None) -> None:
    """The account's settings say this of dynamic content, whatever its list does."""
    features = workspace.setup.features
    monkeypatch.setattr(
        workspace.setup, "features", lambda statuses: replace(features(statuses), dynamic_content=said)
    )


def test_an_account_that_has_it_and_will_not_show_it_is_never_turned_back_to_english(
    translated: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated.account.features.dynamic_content = False
    silent(translated, monkeypatch, True)
    with pytest.raises(ConnectorError):
        translated.plan()


def test_a_plan_that_lost_it_reads_english_again_and_gets_its_words_back_with_it(translated: Workspace) -> None:
    spanish(translated)["content"] = "Mi papel"
    translated.apply()
    translated.account.features.dynamic_content = False
    translated.apply()
    assert portal(translated, "es-419") == ENGLISH
    assert translated.done() == []
    translated.account.features.dynamic_content = True
    translated.apply()
    assert portal(translated, "es-419")["title"] == "Mi papel"
    assert translated.done() == [f"keep {KIND} {PARTY}"]


def test_a_language_that_the_account_has_not_switched_on_is_told_in_one_line(ready: Workspace) -> None:
    ready.account.locale_ids[:] = [1, 8]
    speak(ready, "en", "es-419", "de")
    (told,) = [note for note in ready.plan().notes if "Not switched on" in note]
    assert told.startswith("Not switched on in this account: es-419.")
    ready.apply()
    assert portal(ready, "de")["title"] == "Ich bin"
    assert portal(ready, "es-419") == ENGLISH
    ready.account.locale_ids.append(1194)
    ready.apply()
    assert portal(ready, "es-419")["title"] == "Soy"
    assert ready.done() == []


def test_an_account_that_speaks_english_only_keeps_its_titles_as_they_are(ready: Workspace) -> None:
    ready.account.locale_ids[:] = [1]
    speak(ready, "en", "de")
    assert [step for step in ready.done() if "macro" not in step] == []


def test_an_account_without_english_reads_what_it_has(ready: Workspace) -> None:
    ready.account.locale_ids[:] = [8]
    speak(ready, "en", "de")
    ready.apply()
    assert portal(ready, "fr")["title"] == portal(ready, "de")["title"] == "Ich bin"


def test_back_to_english_only_items_stay_until_they_are_destroyed(translated: Workspace) -> None:
    speak(translated, "en")
    (note,) = [note for note in translated.plan().notes if "not wanted" in note]
    assert note.endswith("more are not wanted any more; --destroy deletes them.")
    translated.apply(destroy=True)
    assert portal(translated, "de") == ENGLISH
    assert translated.rows(KIND) == {}
    assert translated.done() == []


def test_an_item_that_others_use_is_not_deleted_under_them(translated: Workspace) -> None:
    placeholder = translated.row(KIND, PARTY)["placeholder"]
    translated.account.fields[next(iter(translated.account.fields))]["description"] = placeholder
    speak(translated, "en")
    with pytest.raises(AccountError, match="does not let us delete the dynamic content item"):
        translated.apply(destroy=True)


@pytest.mark.parametrize("before", [True, False])
def test_a_run_that_breaks_off_at_any_write_is_gone_on_with(before: bool, workspace: Workspace) -> None:
    spec, statuses = workspace.spec, workspace.spec.statuses[:1]
    form = replace(spec.form, statuses=(statuses[0].key,))
    workspace.want(fields=spec.fields[:2], statuses=statuses, form=form, macros=(), views=(), triggers=())
    workspace.want(automations=())
    workspace.apply()
    speak(workspace, "en", "de")
    assert crashed_on_and_on(workspace, before=before) > 20
    assert workspace.done() == []
    names = [item["name"] for item in workspace.rows(KIND).values()]
    assert len(names) == len(set(names)) == 9
    made = [row for key, row in workspace.state.values.items() if key.startswith(f"made:{KIND}:")]
    assert [row["ours"] for row in made] == [True] * 9
    assert portal_title(workspace) == "Ich bin"


def test_a_status_that_is_no_longer_wanted_is_switched_off_and_the_run_goes_on_to_its_end(ready: Workspace) -> None:
    statuses = tuple(one for one in ready.spec.statuses if one.key != "joined")
    ready.want(statuses=statuses, form=replace(ready.spec.form, statuses=tuple(one.key for one in statuses)))
    assert ready.done() == ["deactivate status joined"]
    ready.apply()
    assert ready.done() == []


def portal_title(workspace: Workspace) -> Any:
    return fill(workspace.account, workspace.row("field", "party")["title_in_portal"], "de")


def shapes() -> Iterator[tuple[str, Any]]:
    """Accounts as 0.1.0 left them: how each differs from one that has everything."""

    def plain(workspace: Workspace) -> None:
        return

    def no_statuses(workspace: Workspace) -> None:
        workspace.account.features.custom_statuses = False

    def no_hold(workspace: Workspace) -> None:
        workspace.account.features.on_hold = False

    def team_plan(workspace: Workspace) -> None:
        features = workspace.account.features
        features.custom_statuses = features.several_forms = features.dynamic_content = False
        features.side_conversations = False

    def renamed(workspace: Workspace) -> None:
        return

    yield from {
        "with everything": plain,
        "without custom statuses": no_statuses,
        "without the on-hold status": no_hold,
        "of the Team plan": team_plan,
        "with fields that the team renamed": renamed,
    }.items()


SHAPES = dict(shapes())


@pytest.mark.parametrize("shape", SHAPES)
def test_an_account_as_0_1_0_left_it_gains_what_is_new_and_loses_nothing(shape: str, workspace: Workspace) -> None:
    today = workspace.desired
    SHAPES[shape](workspace)
    kept = tuple(one for one in today.spec.fields if one.key not in ("kind_of_outcome", "client_company"))
    statuses = tuple(one for one in today.spec.statuses if one.key != "joined")
    form = replace(today.spec.form, statuses=tuple(one.key for one in statuses))
    macros = tuple(one for one in today.spec.macros if one.key != "tier_3_client")
    workspace.want(fields=kept, statuses=statuses, form=form, macros=macros)
    workspace.apply()
    if shape == "with fields that the team renamed":
        row = workspace.row("field", "party")
        row.update({"title": "Which side", "title_in_portal": "Which side are you on?"})
        workspace.row("status", "tier_1")["end_user_label"] = "We write to them"
    before = {
        kind: {
            one: {option["value"] for option in row.get("custom_field_options", ())}
            for one, row in workspace.rows(kind).items()
            if row["active"]
        }
        for kind in ("field", "form", "status", "macro", "trigger", "view")
    }
    workspace.desired = today
    speak(workspace, "en", "es-419", "de")
    plan = workspace.plan()
    assert plan.problems == ()
    assert {step.action for step in plan.steps} <= {"create", "change", "keep", "nothing", "adopt"}
    workspace.apply()
    assert [step for step in workspace.done() if not step.startswith("keep ")] == []
    for kind, rows in before.items():
        for one, tags in rows.items():
            row = workspace.rows(kind)[one]
            assert row["active"] is not False
            assert tags <= {option["value"] for option in row.get("custom_field_options", ())}
    assert "kind_of_outcome" in workspace.ids.fields
    if workspace.account.features.dynamic_content:
        read = portal_title(workspace)
        assert read == ("Which side are you on?" if "renamed" in shape else "Ich bin")
    else:
        assert workspace.rows(KIND) == {}


def test_words_for_the_kind_of_outcome_are_those_that_the_other_side_is_shown(workspace: Workspace) -> None:
    words = {**load_account_words(workspace.spec), "en": english_words(workspace.spec)}
    for language, said in words.items():
        texts = workspace.policy.texts.of(language)
        for key in ("pay", "other_amount", "redo", "cancel", "explain"):
            assert said[f"option.escalation_outcome_{key}"] == texts.render(f"hoped.{key}")
