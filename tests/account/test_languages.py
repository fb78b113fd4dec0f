"""Macros in the languages of the policy: a set for each, made when it is asked for and the team's from then on."""

from __future__ import annotations

from dataclasses import replace

from tests.account.workspace import Workspace

SPANISH = "Escalation::Tier 1: assignment message (es)"


def speak(workspace: Workspace, *languages: str) -> None:
    workspace.desired = replace(workspace.desired, languages=languages)


def macros(workspace: Workspace) -> list[str]:
    return [step for step in workspace.done() if " macro " in step]


def test_an_account_that_was_set_up_gains_nothing_that_the_policy_does_not_ask_for(ready: Workspace) -> None:
    assert ready.done() == []


def test_a_language_more_makes_a_set_of_macros_and_touches_nothing_else(ready: Workspace) -> None:
    before = {one: dict(row) for one, row in ready.account.macros.items()}
    speak(ready, "en", "es-419")
    assert macros(ready) == [f"create macro {macro.key}.es-419" for macro in ready.spec.macros]
    ready.apply()
    assert {one: row for one, row in ready.account.macros.items() if one in before} == before
    assert ready.names("macro") == sorted(
        name for macro in ready.spec.macros for name in (macro.name, f"{macro.name} (es)")
    )
    assert ready.done() == []


def test_a_macro_of_a_language_says_its_text_and_moves_the_case_as_the_english_one_does(ready: Workspace) -> None:
    speak(ready, "en", "es-419", "de")
    ready.apply()
    actions = {
        key: {one["field"]: one["value"] for one in ready.row("macro", key)["actions"]}
        for key in ("tier_1", "tier_1.es-419", "tier_1.de", "off_platform.de")
    }
    assert actions["tier_1.es-419"].pop("comment_value").startswith("Hola:\n\nEn su asignación dejamos un mensaje")
    assert actions["tier_1.de"].pop("comment_value").startswith("Guten Tag,\n\nwir haben der anderen Seite")
    assert "https://www.adr.org/" in actions["off_platform.de"]["comment_value"]
    del actions["tier_1"]["comment_value"]
    assert actions["tier_1"] == actions["tier_1.es-419"] == actions["tier_1.de"]
    assert ready.ids.macro("tier_1", "es-419") == ready.id("macro", "tier_1.es-419")
    assert ready.ids.macro("tier_1", "en") == ready.ids.macro("tier_1", "") == ready.id("macro", "tier_1")
    assert ready.ids.macro("tier_1", "fr") is None


def test_the_teams_words_in_a_language_are_kept(ready: Workspace) -> None:
    speak(ready, "en", "es-419")
    ready.apply()
    row = ready.row("macro", "tier_1.es-419")
    row["actions"] = [
        {**one, "value": "Hola de nuestra parte."} if one["field"] == "comment_value" else one
        for one in row["actions"]
    ]
    assert ready.done() == ["keep macro tier_1.es-419"]
    assert row["title"] == SPANISH
    ready.apply()
    assert "Hola de nuestra parte." in str(ready.row("macro", "tier_1.es-419")["actions"])


def test_a_language_less_switches_its_macros_off_and_leaves_the_english_ones(ready: Workspace) -> None:
    speak(ready, "en", "es-419")
    ready.apply()
    speak(ready, "en")
    assert set(macros(ready)) == {f"deactivate macro {macro.key}.es-419" for macro in ready.spec.macros}
