"""The sidebar app is uploaded, built, installed and compared as everything else in the account is."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest

from connector.errors import Transient
from parley.zendesk.account.applying import app_builds
from sandbox.zendesk.records.apps import OwnApps
from tests.account.workspace import KEY, PUBLIC_URL, Crash, Crashing, Workspace, a_workspace

NEXT = "n" * 32
APP, INSTALLATION = "app it", "app_installation it"


def own(workspace: Workspace) -> OwnApps:
    return workspace.account.own_apps


def counted(workspace: Workspace) -> tuple[int, int]:
    return len(own(workspace).apps), len(own(workspace).installations)


def key_given(workspace: Workspace) -> str:
    """What Zendesk's proxy fills in."""
    (installed,) = own(workspace).installations
    return own(workspace).secure[installed]["installation_key"]


def stranger(workspace: Workspace, name: str = "Parley") -> str:
    """An app that somebody uploaded by hand, an older one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        manifest = {"author": {"name": "A"}, "defaultLocale": "en", "location": {"support": {}}, "version": "0.0.1"}
        archive.writestr("manifest.json", json.dumps({**manifest, "frameworkVersion": "2.0"}))
    job = workspace.setup.build_app(workspace.setup.upload_app(out.getvalue()), name)
    while (found := workspace.setup.app_job(job)).state == "going":
        pass
    workspace.sandbox.calls.clear()
    return found.app_id


def test_the_app_is_installed_with_the_desks_address_its_fields_and_its_key(ready: Workspace) -> None:
    assert counted(ready) == (1, 1)
    settings = ready.row("app_installation", "it")["settings"]
    fields = ready.ids.fields
    assert settings["desk_address"] == PUBLIC_URL
    assert settings["case_field"] == str(fields["case_key"])
    assert settings["due_field"] == str(fields["next_update_due"])
    assert key_given(ready) == KEY
    assert "assets/index.html" in own(ready).files[ready.id("app", "it")]


def test_an_unchanged_account_costs_two_more_calls_and_no_write(ready: Workspace) -> None:
    ready.apply()
    asked = [call.path.removeprefix("/api/v2/") for call in ready.sandbox.calls]
    assert [path for path in asked if path.startswith("apps")] == ["apps/owned", "apps/installations"]
    assert ready.writes() == []


def test_the_key_is_never_shown_nor_kept(ready: Workspace) -> None:
    ready.set_sidebar(NEXT, KEY)
    told = ready.told() + repr(ready.plan()) + json.dumps(ready.state.values)
    told += "".join(json.dumps(ready.apply().changed)) + json.dumps(ready.state.values)
    assert KEY not in told and NEXT not in told


def test_a_new_key_is_given_to_the_installation_though_the_account_shows_none(ready: Workspace) -> None:
    ready.set_sidebar(NEXT, KEY)
    assert ready.done() == [f"change {INSTALLATION}"]
    assert ready.step("app_installation", "it").why == "We want it otherwise now."
    ready.apply()
    assert (key_given(ready), ready.done()) == (NEXT, [])


def test_another_address_makes_another_package_and_other_settings(ready: Workspace) -> None:
    before = ready.id("app", "it")
    ready.set_sidebar(KEY, address="https://other.example.com")
    assert ready.done() == [f"change {APP}", f"change {INSTALLATION}"]
    ready.apply()
    manifest = json.loads(own(ready).files[before]["manifest.json"])
    assert manifest["domainWhitelist"] == ["other.example.com"]
    assert (counted(ready), ready.done()) == ((1, 1), [])


def test_a_version_or_a_setting_that_was_changed_in_zendesk_is_drift_and_is_mended(ready: Workspace) -> None:
    ready.row("app", "it")["version"] = "0.0.1"
    ready.row("app_installation", "it")["settings"]["desk_address"] = "https://elsewhere.example.com"
    ready.row("app_installation", "it")["enabled"] = False
    assert [line.split(" (")[0] for line in ready.drift()] == [
        "change sidebar app “Parley”",
        "change installation of the sidebar app “Parley”",
    ]
    ready.apply()
    assert (ready.drift(), key_given(ready)) == ((), KEY)


def test_a_title_that_the_team_gave_the_app_stays(ready: Workspace) -> None:
    ready.row("app_installation", "it")["settings"]["name"] = "Escalations"
    assert ready.done() == [f"keep {INSTALLATION}"]
    ready.set_sidebar(NEXT, KEY)
    ready.apply()
    assert ready.row("app_installation", "it")["settings"]["name"] == "Escalations"


def test_who_may_see_the_app_is_the_teams_choice(ready: Workspace) -> None:
    ready.row("app_installation", "it")["role_restrictions"] = [1]
    assert ready.done() == []


def test_what_was_uninstalled_or_deleted_is_made_again(ready: Workspace) -> None:
    own(ready).installations.clear()
    assert ready.done() == [f"create {INSTALLATION}"]
    ready.apply()
    own(ready).apps.clear()
    own(ready).installations.clear()
    assert ready.done() == [f"create {APP}", f"create {INSTALLATION}"]
    ready.apply()
    assert (counted(ready), ready.done()) == ((1, 1), [])


def test_an_app_that_an_administrator_uploaded_by_hand_is_taken_over(workspace: Workspace) -> None:
    by_hand = stranger(workspace)
    assert f"adopt {APP}" in workspace.done()
    workspace.apply()
    assert (counted(workspace), str(workspace.id("app", "it"))) == ((1, 1), by_hand)
    assert (workspace.row("app", "it")["version"], workspace.done()) == ("0.1.0", [])


def test_two_apps_of_its_name_are_for_a_person_to_settle(workspace: Workspace) -> None:
    stranger(workspace)
    stranger(workspace)
    (problem,) = workspace.plan().problems
    assert problem.startswith("There is more than one sidebar app named “Parley”")


def test_an_app_of_another_name_is_left_alone(ready: Workspace) -> None:
    stranger(ready, "Somebody else's")
    assert ready.done() == []


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.parametrize("before", [False, True])
def test_a_run_that_is_killed_at_any_write_of_the_app_leaves_one_app_and_one_installation(
    at: int, before: bool, ready: Workspace
) -> None:
    own(ready).apps.clear()
    own(ready).installations.clear()
    crashing = Crashing(ready.setup, ready.state, at, before=before)
    try:
        ready.run(crashing, crashing).apply()
    except Crash:
        ready.apply()
    assert (counted(ready), ready.done(), key_given(ready)) == ((1, 1), [], KEY)
    assert not {"begun", "app_build"} & ready.state.values.keys()


def test_a_key_that_changes_between_a_kill_and_the_next_run_is_the_new_one_everywhere(ready: Workspace) -> None:
    own(ready).apps.clear()
    own(ready).installations.clear()

    class LosesTheInstallation(Crashing):
        def save(self, key: str, value: object) -> None:
            if key.startswith("made:app_installation"):
                raise Crash
            super().save(key, value)

    loses = LosesTheInstallation(ready.setup, ready.state, -1, before=True)
    with pytest.raises(Crash):
        ready.run(loses, loses).apply()
    ready.set_sidebar(NEXT)
    ready.apply()
    assert (counted(ready), key_given(ready), ready.done()) == ((1, 1), NEXT, [])


@pytest.mark.parametrize(("method", "path"), [("POST", "apps"), ("POST", "apps/installations")])
@pytest.mark.parametrize("applied", [False, True])
def test_a_call_that_is_lost_makes_no_second_app_and_no_second_installation(
    method: str, path: str, applied: bool, workspace: Workspace
) -> None:
    workspace.sandbox.faults.next("zendesk", method, f"{path}$", apply=applied, drop_reply=True)
    with_doubt = workspace.apply().warnings
    if with_doubt:
        assert "It is not clear whether the sidebar app" in with_doubt[0]
        workspace.apply()
    assert (counted(workspace), workspace.done()) == ((1, 1), [])


def test_an_upload_that_is_lost_is_made_again_by_whoever_waits(workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "POST", "/api/v2/apps/uploads", apply=True, drop_reply=True)
    with pytest.raises(Transient):
        workspace.setup.upload_app(b"zip")
    assert len(own(workspace).uploads) == 1


def test_a_build_that_takes_long_is_waited_for_and_gone_on_with(workspace: Workspace) -> None:
    own(workspace).builds_after = len(app_builds.WAITS) + 4
    (warning, *_) = workspace.apply().warnings
    assert "has not built the sidebar app yet" in warning
    assert "made:view:by_tier" in workspace.state.values
    assert workspace.apply().warnings == []
    assert (counted(workspace), workspace.done()) == ((1, 1), [])


def test_a_build_that_fails_is_told_in_zendesks_words_and_everything_else_is_done(workspace: Workspace) -> None:
    assert workspace.desired.sidebar is not None
    broken = replace(workspace.desired.sidebar, package=b"no zip")
    workspace.desired = replace(workspace.desired, sidebar=broken)
    (warning,) = workspace.apply().warnings
    assert warning.startswith("Zendesk does not let us create the sidebar app “Parley”.")
    assert warning.endswith("Everything else is done.")
    assert workspace.done() == [f"create {APP}", f"create {INSTALLATION}"]


def test_an_account_without_apps_of_its_own_is_told_and_everything_else_goes_on(workspace: Workspace) -> None:
    workspace.account.features.own_apps = False
    (note,) = workspace.plan().notes
    assert note.startswith("This account lets us keep no app of its own")
    workspace.apply()
    assert (counted(workspace), workspace.done()) == ((0, 0), [])
    workspace.account.features.own_apps = True
    assert workspace.done() == [f"create {APP}", f"create {INSTALLATION}"]


def test_an_account_that_loses_its_apps_keeps_them_remembered(ready: Workspace) -> None:
    ready.account.features.own_apps = False
    assert ready.done() == []
    ready.apply()
    ready.account.features.own_apps = True
    assert (ready.done(), counted(ready)) == ([], (1, 1))


def test_without_a_secret_nothing_is_planned_nothing_is_asked_and_one_line_says_why(ready: Workspace) -> None:
    ready.set_sidebar()
    ready.sandbox.calls.clear()
    said = [line for line in ready.told().splitlines() if "SIDEBAR_SECRETS" in line]
    assert said == [
        "  SIDEBAR_SECRETS is not set, so nothing is planned of the sidebar app; "
        "`openssl rand -hex 32` makes a secret."
    ]
    assert ready.done() == []
    assert not [call for call in ready.sandbox.calls if "/apps" in call.path]
    assert ready.apply().warnings == []
    ready.set_sidebar(KEY)
    assert ready.done() == []


def test_a_desk_at_an_address_that_zendesk_does_not_ask_has_no_sidebar_and_is_told(workspace: Workspace) -> None:
    workspace.set_sidebar(KEY, address="http://parley.example.com")
    assert "Nothing is planned of the sidebar app: http://parley.example.com" in workspace.told()
    assert not any("app" in line.split()[1] for line in workspace.done())


def test_an_agent_who_is_no_administrator_may_not_upload_it() -> None:
    with a_workspace() as workspace:
        workspace.account.credentials.owner = "ada@example.com"
        assert "own app" not in workspace.told()
        assert any("no app of its own" in note for note in workspace.plan().notes)
