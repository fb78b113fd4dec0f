"""`parley doctor`: each check good and bad, what to do about it, and no secret in it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from parley.zendesk.account.watching import DRIFT
from sandbox.zendesk.records.standard import MAILER
from store import NewOutboxRow, Tx
from sync.reconciling.pulses import BY_EXPORT, BY_LIST, PARTS, failed, worked
from tests.migrated import migrated
from tests.system.cli.advice import follow_the_advice
from tests.system.cli.shell import Said, Shell
from tests.system.processes.spawned_desk import SpawnedDesk

UNSEEN = "It has not looked at the account's own rules and rights yet."
SECRETS = ("sandbox-oauth-secret", "sandbox-secret", "sandbox-token", "sandbox-webhook-token", "s3cr3t-canary")


@pytest.fixture
def account(desk: SpawnedDesk) -> SpawnedDesk:
    """Set up, lint's advice followed, and its clock has just run."""
    desk.open()
    follow_the_advice(desk)

    def ran(tx: Tx) -> None:
        tx.marks.set("clock", None, desk.clock())
        for part in PARTS:
            worked(tx, part, desk.clock(), way=BY_EXPORT if part == "tickets" else "")

    desk.store.write(ran)
    return desk


def found(said: Said) -> dict[str, dict[str, Any]]:
    assert not any(secret in said.out + said.err for secret in SECRETS)
    rows = said.json()
    assert all(list(row) == ["what", "grade", "said"] for row in rows)
    assert said.code == int(any(row["grade"] == "problem" for row in rows))
    return {row["what"]: row for row in rows}


def test_a_desk_that_is_well_has_nothing_to_do(account: SpawnedDesk, operator: Shell) -> None:
    said = operator("doctor", "--json")
    checks = found(said)
    assert said.code == 0
    assert {row["grade"] for row in checks.values()} == {"ok"}, checks
    assert {"settings", "policy", "database", "broker", "Zendesk", "WorkMarket", "clock", "events"} <= set(checks)
    assert {"our user", "hourly look", "Zendesk account", "mails", "solving", "other rules"} <= set(checks)


def test_a_clock_that_is_wrong_is_told_with_how_much(account: SpawnedDesk, operator: Shell) -> None:
    steps = account.folder / "steps"
    steps.write_text("3600")
    said = found(operator("doctor", "--json", CLOCK_STEPS=str(steps)))["time"]
    assert said["grade"] == "problem"
    assert "60 minutes ahead" in said["said"]


def test_the_size_of_the_database_is_told_and_what_it_will_be_in_a_year(
    account: SpawnedDesk, operator: Shell
) -> None:
    assert "kB" in found(operator("doctor", "--json"))["database size"]["said"]
    past = account.clock() - timedelta(days=2)
    account.store.write(lambda tx: tx.marks.set("size.notes", [{"at": past.isoformat(), "used": 0}], past))
    assert "in a year about" in found(operator("doctor", "--json"))["database size"]["said"]


def test_people_get_a_line_a_check(account: SpawnedDesk, operator: Shell) -> None:
    said = operator("doctor")
    assert said.code == 0
    assert all(line.startswith("ok") for line in said.out.splitlines())
    assert said.err == ""


def with_api_token(desk: SpawnedDesk) -> dict[str, str]:
    given = desk.zendesk.credentials
    none = {"ZENDESK_OAUTH_CLIENT_ID": "", "ZENDESK_OAUTH_CLIENT_SECRET": ""}
    return none | {"ZENDESK_EMAIL": given.email, "ZENDESK_API_TOKEN": given.api_token}


def test_an_api_token_is_warned_of_with_its_last_day(account: SpawnedDesk, operator: Shell) -> None:
    settings = found(operator("doctor", "--json", **with_api_token(account)))["settings"]
    assert settings["grade"] == "warning"
    assert "until 30 Apr 2027" in settings["said"]
    assert "until 30 Apr 2027" in operator("migrate", **with_api_token(account)).err


def test_after_that_day_an_api_token_is_a_problem(account: SpawnedDesk, operator: Shell) -> None:
    account.clock.set(datetime(2027, 5, 1, tzinfo=UTC))
    settings = found(operator("doctor", "--json", **with_api_token(account)))["settings"]
    assert settings["grade"] == "problem"
    assert "ended API tokens on 30 Apr 2027" in settings["said"]
    assert "ended API tokens on 30 Apr 2027" in operator("migrate", **with_api_token(account)).err


def test_a_secret_that_opens_nothing_is_named_by_its_service_only(account: SpawnedDesk, operator: Shell) -> None:
    checks = found(operator("doctor", "--json", ZENDESK_OAUTH_CLIENT_SECRET="s3cr3t-canary"))
    assert checks["Zendesk"]["grade"] == "problem"
    checks = found(operator("doctor", "--json", WORKMARKET_SECRET="s3cr3t-canary"))
    assert checks["WorkMarket"]["grade"] == "problem"


def test_a_database_without_a_schema_says_what_to_run(account: SpawnedDesk, operator: Shell) -> None:
    url = f"sqlite:///{account.folder / 'empty.db'}"
    (account.folder / "empty.db").touch()
    checks = found(operator("doctor", "--json", DATABASE_URL=url))
    assert checks["database"]["grade"] == "problem"
    assert "parley migrate" in checks["database"]["said"]


def test_a_database_that_does_not_tell_all_keeps_nobody_from_the_other_checks(
    account: SpawnedDesk, operator: Shell, tmp_path: Path
) -> None:
    url = migrated(tmp_path / "half.db")
    with closing(connect(tmp_path / "half.db")) as half:
        half.execute("DROP TABLE outbox")
    checks = found(operator("doctor", "--json", DATABASE_URL=url))
    assert checks["what waits"]["grade"] == "problem"
    assert checks["WorkMarket"]["grade"] == "ok"


def test_a_broker_that_is_away_is_a_problem(account: SpawnedDesk, operator: Shell) -> None:
    checks = found(operator("doctor", "--json", BROKER_URL="redis://:s3cr3t-canary@127.0.0.1:1/0"))
    assert checks["broker"]["grade"] == "problem"
    assert "check BROKER_URL" in checks["broker"]["said"]


def test_a_clock_that_stands_still_says_what_to_start(account: SpawnedDesk, operator: Shell) -> None:
    account.clock.move(timedelta(minutes=10))
    checks = found(operator("doctor", "--json"))
    assert checks["clock"]["grade"] == "problem"
    assert "parley clock" in checks["clock"]["said"]


def test_when_lost_webhooks_were_last_looked_for_is_told_of_each_part(
    account: SpawnedDesk, operator: Shell
) -> None:
    checks = found(operator("doctor", "--json"))
    assert checks["lost webhooks: tickets"]["said"] == "last looked for 0 min ago by the export."
    assert checks["lost webhooks: side conversations"]["said"] == "last looked for 0 min ago."
    account.store.write(lambda tx: failed(tx, "assignments", "WorkMarket answered 500.", account.clock()))
    account.clock.move(timedelta(minutes=26))
    checks = found(operator("doctor", "--json"))
    assert checks["lost webhooks: assignments"]["grade"] == "problem"
    assert checks["lost webhooks: assignments"]["said"].endswith("500. Each round tries again by itself.")
    assert "Start `parley run`" in checks["lost webhooks: tickets"]["said"]


def test_lost_webhooks_that_are_found_by_listing_are_told_with_what_it_takes(
    account: SpawnedDesk, operator: Shell
) -> None:
    account.store.write(lambda tx: worked(tx, "tickets", account.clock(), way=BY_LIST))
    told = found(operator("doctor", "--json"))["lost webhooks: tickets"]
    assert told["grade"] == "warning"
    assert "which takes an admin" in told["said"]


def test_a_clock_that_never_ran_is_one_too(desk: SpawnedDesk, operator: Shell) -> None:
    desk.open()
    assert "never ran" in found(operator("doctor", "--json"))["clock"]["said"]


def test_events_that_wait_are_said(account: SpawnedDesk, operator: Shell) -> None:
    account.store.write(lambda tx: tx.inbox.record("k", "ticket.changed", "l", {"ticket_id": "1"}, account.clock()))
    account.clock.move(timedelta(minutes=2))
    checks = found(operator("doctor", "--json"))
    assert checks["events"]["grade"] == "warning"
    assert "parley worker" in checks["events"]["said"]


def test_an_account_that_is_not_set_up_says_what_to_run(desk: SpawnedDesk, operator: Shell) -> None:
    checks = found(operator("doctor", "--json"))
    assert checks["Zendesk account"]["grade"] == "problem"
    assert "parley zendesk apply" in checks["Zendesk account"]["said"]


MEND = "`parley zendesk plan` shows it, `apply` mends it."


def test_what_was_deleted_or_switched_off_in_zendesk_is_told_in_a_line_each(
    account: SpawnedDesk, operator: Shell
) -> None:
    macros = account.zendesk.account.macros
    gone = next(key for key, macro in macros.items() if macro["title"] == "Escalation::Not eligible")
    del macros[gone]
    trigger = next(row for row in account.zendesk.account.triggers.values() if "submitted" in row["title"])
    trigger["active"] = False
    checks = found(operator("doctor", "--json"))
    assert "Zendesk account" not in checks
    assert checks["macro Escalation::Not eligible"] == {
        "what": "macro Escalation::Not eligible",
        "grade": "problem",
        "said": f"It was deleted in Zendesk. {MEND}",
    }
    told = checks[f"trigger {trigger['title']}"]
    said = "It was changed in Zendesk in a way that the desk can't work with (active)."
    assert (told["grade"], told["said"]) == ("problem", f"{said} {MEND}")


def test_an_edited_condition_and_a_changed_signing_secret_are_told_too(
    account: SpawnedDesk, operator: Shell
) -> None:
    zendesk = account.zendesk
    trigger = next(row for row in zendesk.account.triggers.values() if "submitted" in row["title"])
    trigger["conditions"]["all"].append({"field": "priority", "operator": "is", "value": "urgent"})
    zendesk.webhooks.reset_secret(next(iter(zendesk.account.webhooks)))
    checks = found(operator("doctor", "--json"))
    assert "(conditions all)" in checks[f"trigger {trigger['title']}"]["said"]
    assert "what it sends would be refused" in checks["webhook Parley"]["said"]


def test_a_text_that_was_edited_in_zendesk_is_no_problem(account: SpawnedDesk, operator: Shell) -> None:
    macro = next(
        row for row in account.zendesk.account.macros.values() if row["title"] == "Escalation::Requester update"
    )
    macro["description"] = "Our own words."
    checks = found(operator("doctor", "--json"))
    told = checks["Zendesk account"]
    assert (told["grade"], told["said"]) == ("ok", "is as it should be. Texts that were edited in Zendesk stay: 1.")


def test_a_webhook_that_goes_elsewhere_is_a_problem(account: SpawnedDesk, operator: Shell) -> None:
    checks = found(operator("doctor", "--json", PUBLIC_URL="https://elsewhere.example.com"))
    assert checks["webhook Parley"]["grade"] == "problem"
    assert "(endpoint)" in checks["webhook Parley"]["said"]


def test_without_an_address_of_our_own_the_account_is_not_compared_and_the_rest_is_told(
    account: SpawnedDesk, operator: Shell
) -> None:
    checks = found(operator("doctor", "--json", PUBLIC_URL=""))
    assert checks["Zendesk account"]["grade"] == checks["hourly look"]["grade"] == "warning"
    assert "PUBLIC_URL is not set" in checks["Zendesk account"]["said"]
    assert checks["mails"]["grade"] == "ok"


def test_the_account_is_read_once_for_everything_that_is_told_of_it(account: SpawnedDesk, operator: Shell) -> None:
    account.sandbox.calls.clear()
    found(operator("doctor", "--json"))
    asked = Counter(
        f"{call.method} {call.path.removeprefix('/api/v2/')}"
        for call in account.sandbox.calls
        if call.service == "zendesk" and "oauth" not in call.path
    )
    assert {call for call, times in asked.items() if times > 1} == {"GET users/me"}
    assert asked["GET users/me"] == 2
    assert asked.total() <= 30


def test_when_the_hourly_look_last_ran_and_what_it_found_is_told(account: SpawnedDesk, operator: Shell) -> None:
    told = found(operator("doctor", "--json"))["hourly look"]
    assert (told["grade"], told["said"]) == ("ok", f"last ran 0 min ago and found nothing. {UNSEEN}")
    first = ["change webhook “Parley” (7): It was changed in Zendesk."]
    account.store.write(lambda tx: tx.marks.set(DRIFT, {"findings": 1, "first": first}, account.clock()))
    account.clock.move(timedelta(minutes=50))
    told = found(operator("doctor", "--json"))["hourly look"]
    assert (told["grade"], told["said"]) == ("warning", f"last ran 50 min ago and found 1: {first[0]} {UNSEEN}")


def test_an_hourly_look_that_is_late_says_what_to_start(account: SpawnedDesk, operator: Shell) -> None:
    account.clock.move(timedelta(hours=3))
    told = found(operator("doctor", "--json"))["hourly look"]
    assert told["grade"] == "warning"
    assert told["said"].startswith(f"last ran 3 h ago and found nothing. {UNSEEN} That is late. Start `parley run`")


def test_an_hourly_look_that_never_ran_is_told(account: SpawnedDesk, operator: Shell) -> None:
    with closing(connect(account.folder / "parley.db")) as database, database:
        assert database.execute("DELETE FROM marks WHERE name = ?", (DRIFT,)).rowcount == 1
    told = found(operator("doctor", "--json"))["hourly look"]
    assert (told["grade"], told["said"][:11]) == ("warning", "never ran. ")


def test_an_agent_who_may_only_work_tickets_is_told_of_and_the_rest_is_looked_at(
    account: SpawnedDesk, operator: Shell
) -> None:
    account.zendesk.credentials.owner = "ada@example.com"
    said = operator("doctor", "--json")
    checks = found(said)
    assert said.code == 0
    assert checks["our user"]["grade"] == "warning"
    assert checks["our user"]["said"].startswith("Ada Agent is no admin: ")
    assert "GET webhooks/{id}/signing_secret: that takes an admin" in checks["Zendesk account"]["said"]
    export = checks["GET incremental/tickets/cursor"]
    assert export["grade"] == "warning"
    assert "that takes an admin" in export["said"]
    assert "found by listing them instead" in export["said"]
    assert checks["mails"]["grade"] == checks["solving"]["grade"] == "ok"


def test_each_kind_of_call_is_tried_before_a_ticket_waits_for_it(account: SpawnedDesk, operator: Shell) -> None:
    told = found(operator("doctor", "--json"))["calls"]
    assert (told["grade"], told["said"].partition(",")[0]) == ("ok", "each of 13 kinds is allowed")
    assert "Not tried: POST tickets, which would leave something behind" in told["said"]


def test_a_scope_that_lacks_is_named_with_the_call_and_with_what_comes_of_it(
    account: SpawnedDesk, operator: Shell
) -> None:
    narrow = frozenset({"tickets:read", "tickets:write", "users:read", "macros:read", "write"})
    account.zendesk.credentials.oauth_scopes = narrow
    checks = found(operator("doctor", "--json"))
    told = checks["GET tickets/{id}/audits"]
    assert told["grade"] == "problem"
    assert "GET tickets/{id}/audits, which needs the scope read: " in told["said"]
    assert (
        "Until then, no ticket can be looked at. For the same reason: answers by e-mail are not heard ("
        in told["said"]
    )
    assert told["said"].count("OAuth clients.") == 1
    assert "GET tickets/{id}/side_conversations" not in checks
    assert checks["macros"]["said"] == "could not be looked at, for the same reason as above."
    assert "calls" not in checks
    assert "GET tickets/{id}" not in checks


def test_where_calls_are_refused_setting_up_comes_after_mending_them(desk: SpawnedDesk, operator: Shell) -> None:
    desk.zendesk.credentials.oauth_scopes = frozenset(
        {"tickets:read", "tickets:write", "users:read", "macros:read", "write"}
    )
    told = found(operator("doctor", "--json"))["Zendesk account"]
    assert told["said"] == "is not set up: mend the calls above first, then run `parley zendesk apply`."


def test_a_client_without_the_narrow_scopes_is_told_of_and_works(account: SpawnedDesk, operator: Shell) -> None:
    account.zendesk.credentials.oauth_scopes = frozenset({"read", "write"})
    said = operator("doctor", "--json")
    told = found(said)["tokens"]
    assert said.code == 0
    assert told["grade"] == "warning"
    assert "GET tickets/{id}, " in told["said"]


def test_a_user_who_sees_some_tickets_only_is_a_problem(account: SpawnedDesk, operator: Shell) -> None:
    account.zendesk.credentials.owner = "ada@example.com"
    user = account.zendesk.account.user_by_email("ada@example.com")
    assert user is not None
    user.ticket_restriction = "groups"
    told = found(operator("doctor", "--json"))["our user's tickets"]
    assert (told["grade"], told["said"][:33]) == ("problem", "sees only tickets of its groups: ")


def test_mails_to_the_requester_are_counted(account: SpawnedDesk, operator: Shell) -> None:
    triggers = account.zendesk.account.triggers
    key, mailing = next((key, row) for key, row in triggers.items() if row["title"] == MAILER)
    triggers[key + 1_000_000] = {**mailing, "id": key + 1_000_000, "title": "Also mail the requester"}
    assert found(operator("doctor", "--json"))["mails"]["grade"] == "warning"
    triggers[key]["active"] = triggers[key + 1_000_000]["active"] = False
    assert found(operator("doctor", "--json"))["mails"]["grade"] == "problem"


def test_a_macro_whose_comment_is_internal_is_reported_and_left(account: SpawnedDesk, operator: Shell) -> None:
    macros = account.zendesk.account.macros.values()
    macro = next(row for row in macros if row["title"] == "Escalation::Requester update")
    mode = next(action for action in macro["actions"] if action["field"] == "comment_mode_is_public")
    mode["value"] = False
    rows: list[dict[str, str]] = operator("doctor", "--json").json()
    told = [one for one in rows if "“Escalation::Requester update”" in one["said"]]
    assert [one["grade"] for one in told] == ["warning"]
    assert "is internal, and stays so" in told[0]["said"]


def test_a_macro_that_says_a_banned_phrase_is_reported_and_left(account: SpawnedDesk, operator: Shell) -> None:
    macros = account.zendesk.account.macros.values()
    macro = next(row for row in macros if row["title"] == "Escalation::Requester update")
    comment = next(action for action in macro["actions"] if action["field"].startswith("comment_value"))
    comment["value"] = "The client must pay you."
    checks = found(operator("doctor", "--json"))
    assert checks["macro Escalation::Requester update"]["grade"] == "warning"


def test_what_waits_for_a_service_is_said_with_the_reason(account: SpawnedDesk, operator: Shell) -> None:
    effect = NewOutboxRow("C-1.1", "assignment:1", "post_message", {"home": "ticket:1"}, account.clock(), None)

    def postponed(tx: Tx) -> None:
        tx.outbox.add([effect], account.clock())
        tx.outbox.postpone("C-1.1", "todo", account.clock() + timedelta(minutes=5), "WorkMarket answered 503.")

    account.store.write(postponed)
    checks = found(operator("doctor", "--json"))
    assert checks["waiting for WorkMarket"]["grade"] == "warning"
    assert "WorkMarket answered 503." in checks["waiting for WorkMarket"]["said"]
    assert found(operator("doctor", "--json"))["events"]["grade"] == "ok"
