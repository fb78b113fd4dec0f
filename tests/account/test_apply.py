"""`parley zendesk apply` on the stand-in account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from config.policy import load_policy
from config.texts import load_texts
from config.zendesk import AccountSpec, load_account
from connector.errors import ConnectorError
from connector.zendesk import AccountIds, BearerToken
from connector.zendesk.channel import Channel
from connector.zendesk.setup import Features, Kind, Setup, Subject, Thing
from escalation.policy import Policy
from escalation.texts import Texts
from parley.account import AccountError, Report, apply, macro_texts
from sandbox.clock import MovableClock
from sandbox.server import Sandbox

PUBLIC_URL = "https://parley.example.com"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Crash(Exception):
    """The process ends here."""


class Crashing:
    """Setup that ends the process just after its nth write, or just before it."""

    def __init__(self, setup: Setup, at: int, *, before: bool) -> None:
        self._setup = setup
        self._left = at
        self._before = before
        self.writes = 0

    def _write(self, write: Callable[[], Any]) -> Any:
        self.writes += 1
        if self._before and self.writes == self._left:
            raise Crash
        done = write()
        if not self._before and self.writes == self._left:
            raise Crash
        return done

    def all(self, kind: Kind) -> tuple[Thing, ...]:
        return self._setup.all(kind)

    def create(self, kind: Kind, payload: Mapping[str, object]) -> Thing:
        made: Thing = self._write(lambda: self._setup.create(kind, payload))
        return made

    def add_options(self, field: Thing, options: Sequence[Mapping[str, str]]) -> None:
        self._write(lambda: self._setup.add_options(field, options))

    def form_statuses(self, form_id: str) -> frozenset[str]:
        return self._setup.form_statuses(form_id)

    def add_form_statuses(self, form_id: str, status_ids: Sequence[str]) -> None:
        self._write(lambda: self._setup.add_form_statuses(form_id, status_ids))

    def signing_secret(self, webhook_id: str) -> str:
        return self._setup.signing_secret(webhook_id)

    def features(self) -> Features:
        return self._setup.features()

    def subjects(self) -> tuple[Subject, ...]:
        return self._setup.subjects()

    def own_user(self) -> int:
        return self._setup.own_user()


class Bench:
    """One account, one database of names, and apply run on it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.channel = Channel(
            sandbox.zendesk_url,
            BearerToken(sandbox.zendesk.account.credentials.oauth_token),
            now=sandbox.clock,
            sleep=lambda _: None,
        )
        self.setup = Setup(self.channel)
        self.spec: AccountSpec = load_account()
        self.saved: dict[str, dict[str, Any]] = {}
        self.said: list[str] = []
        texts = Texts.from_mapping(load_texts())
        self.texts = macro_texts(texts, Policy.from_mapping(load_policy(None), holidays=(), texts=texts))

    def apply(self, setup: Any = None, *, dry_run: bool = False, public_url: str = PUBLIC_URL) -> Report:
        return apply(
            self.spec,
            self.texts,
            setup or self.setup,
            public_url=public_url,
            save=self.saved.__setitem__,
            progress=self.said.append,
            dry_run=dry_run,
        )

    def writes(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.sandbox.calls if call.method != "GET"]

    @property
    def ids(self) -> AccountIds:
        return AccountIds.from_json(self.saved["ids"])

    def names(self, kind: Kind) -> list[str]:
        return sorted(thing.name for thing in self.setup.all(kind))

    def everything(self) -> dict[str, list[str]]:
        kinds: tuple[Kind, ...] = ("field", "form", "status", "macro", "category", "trigger", "webhook")
        return {kind: self.names(kind) for kind in kinds}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Sandbox(MovableClock(NOON)) as sandbox:
        made = Bench(sandbox)
        yield made
        made.channel.close()
        assert sandbox.unexpected == []


def test_an_empty_account_gets_everything(bench: Bench) -> None:
    report = bench.apply()
    spec = bench.spec
    assert report.found == []
    assert report.warnings == []
    assert {field.title for field in spec.fields} <= set(bench.names("field"))
    assert {status.agent_label for status in spec.statuses} <= set(bench.names("status"))
    assert bench.names("macro") == sorted(macro.name for macro in spec.macros)
    assert {trigger.title for trigger in spec.triggers} <= set(bench.names("trigger"))
    assert bench.names("webhook") == ["Parley", "Parley events"]
    assert spec.form.name in bench.names("form")
    assert spec.trigger_category in bench.names("category")


def test_the_ids_of_everything_are_saved(bench: Bench) -> None:
    bench.apply()
    ids, spec = bench.ids, bench.spec
    assert ids.fields.keys() == {field.key for field in spec.fields}
    assert ids.statuses.keys() == {status.key for status in spec.statuses}
    assert ids.macros.keys() == {macro.key for macro in spec.macros}
    assert ids.triggers.keys() == {trigger.key for trigger in spec.triggers}
    assert ids.webhooks.keys() == {"triggers", "events"}
    assert ids.form in bench.sandbox.zendesk.account.forms
    assert ids.user_id == bench.sandbox.zendesk.account.admin.id
    assert ids.categories[str(ids.statuses["tier_1"])] == "hold"
    assert set(ids.categories.values()) == {"new", "open", "pending", "hold", "solved"}


def test_the_signing_secrets_of_both_webhooks_are_saved_and_never_told(bench: Bench) -> None:
    report = bench.apply()
    secrets = bench.saved["secrets"]
    assert secrets.keys() == {"triggers", "events"}
    told = " ".join((*bench.said, *report.created, *report.found, *report.warnings))
    assert not any(secret in told for secret in secrets.values())


def test_a_second_run_makes_no_write_and_finds_everything(bench: Bench) -> None:
    first = bench.apply()
    ids, before = bench.saved["ids"], len(bench.writes())
    again = bench.apply()
    assert len(bench.writes()) == before
    assert again.created == []
    assert sorted(again.found) == sorted(first.created)
    assert bench.saved["ids"] == ids


def test_a_dry_run_writes_and_saves_nothing_and_tells_what_would_be_made(bench: Bench) -> None:
    dry = bench.apply(dry_run=True)
    assert bench.writes() == []
    assert bench.saved == {}
    assert bench.apply().created == dry.created


def test_the_form_has_the_systems_fields_and_then_ours(bench: Bench) -> None:
    bench.apply()
    account = bench.sandbox.zendesk.account
    on_form = account.forms[bench.ids.form]["ticket_field_ids"]
    types = [account.fields[one]["type"] for one in on_form]
    assert types[:5] == ["subject", "description", "status", "group", "assignee"]
    assert on_form[5:] == [bench.ids.fields[field.key] for field in bench.spec.fields]


def test_a_macro_begins_with_our_text_status_and_tier(bench: Bench) -> None:
    bench.apply()
    ids = bench.ids
    actions = {
        one["field"]: one["value"] for one in bench.sandbox.zendesk.account.macros[ids.macros["tier_1"]]["actions"]
    }
    assert actions["comment_value"] == bench.texts(bench.spec.macro("tier_1"))
    assert actions["comment_mode_is_public"] == "true"
    assert actions["custom_status_id"] == str(ids.statuses["tier_1"])
    assert actions[f"custom_fields_{ids.fields['tier']}"] == "escalation_tier_1"


def test_the_link_of_the_policy_stands_in_the_off_platform_macro(bench: Bench) -> None:
    bench.apply()
    macro = bench.sandbox.zendesk.account.macros[bench.ids.macros["off_platform"]]
    assert "https://www.adr.org/" in str(macro["actions"])


def test_the_side_conversation_condition_is_discovered_by_its_title(bench: Bench) -> None:
    bench.sandbox.zendesk.account.side_conversation_subject = "some_name_nobody_published"
    bench.apply()
    trigger = bench.sandbox.zendesk.account.triggers[bench.ids.triggers["side_conversation_changed"]]
    assert {one["field"] for one in trigger["conditions"]["any"]} == {"some_name_nobody_published"}
    assert {one["value"] for one in trigger["conditions"]["any"]} == {"created", "replied_to", "reopened", "closed"}


def test_an_account_without_side_conversations_does_without_that_trigger(bench: Bench) -> None:
    bench.sandbox.zendesk.account.features.side_conversations = False
    report = bench.apply()
    assert "side_conversation_changed" not in bench.ids.triggers
    (warning,) = report.warnings
    assert "Side conversation" in warning


def test_what_was_edited_in_zendesk_is_kept(bench: Bench) -> None:
    bench.apply()
    macro = bench.sandbox.zendesk.account.macros[bench.ids.macros["tier_1"]]
    macro["actions"] = [{"field": "comment_value", "value": "The team's own words"}]
    bench.apply()
    assert macro["actions"] == [{"field": "comment_value", "value": "The team's own words"}]


def test_what_was_deleted_in_zendesk_is_made_again(bench: Bench) -> None:
    bench.apply()
    del bench.sandbox.zendesk.account.macros[bench.ids.macros["post"]]
    report = bench.apply()
    assert report.created == ["macro Escalation::Post to assignment"]
    assert bench.ids.macros["post"] in bench.sandbox.zendesk.account.macros


def test_a_missing_option_is_added_and_the_others_stay(bench: Bench) -> None:
    bench.apply()
    field = bench.sandbox.zendesk.account.fields[bench.ids.fields["reason"]]
    options = field["custom_field_options"]
    kept = [one["id"] for one in options[1:]]
    extra = {**options[0], "id": 1, "value": "their_own", "name": "Their own", "raw_name": "Their own"}
    field["custom_field_options"] = [*options[1:], extra]
    report = bench.apply()
    now = field["custom_field_options"]
    assert report.created == [f"option {options[0]['value']} of {field['title']}"]
    assert {one["value"] for one in now} == {*(one["value"] for one in options), "their_own"}
    assert set(kept) <= {one["id"] for one in now}


def test_a_form_limited_to_some_statuses_gets_ours_added(bench: Bench) -> None:
    bench.apply()
    ids, account = bench.ids, bench.sandbox.zendesk.account
    kept = {"id": "x", "ticket_form_id": ids.form, "custom_status_id": ids.statuses["resolved"]}
    account.form_statuses[ids.form] = [kept]
    report = bench.apply()
    allowed = {one["custom_status_id"] for one in account.form_statuses[ids.form]}
    assert set(ids.statuses.values()) <= allowed
    assert len(report.created) == len(ids.statuses) - 1


def test_two_of_one_name_are_refused_with_both_ids(bench: Bench) -> None:
    bench.apply()
    one = bench.sandbox.zendesk.account.macros[bench.ids.macros["tier_1"]]
    twin = bench.setup.create("macro", {"title": one["title"], "actions": one["actions"]})
    with pytest.raises(AccountError) as caught:
        bench.apply()
    assert twin.id in str(caught.value)
    assert str(one["id"]) in str(caught.value)


def test_a_field_of_another_type_is_refused(bench: Bench) -> None:
    bench.setup.create("field", {"type": "text", "title": "Escalation tier"})
    with pytest.raises(AccountError, match="Escalation tier"):
        bench.apply()


def test_without_custom_statuses_nothing_is_made_and_the_place_is_named(bench: Bench) -> None:
    bench.sandbox.zendesk.account.features.custom_statuses = False
    with pytest.raises(AccountError, match="Admin Center"):
        bench.apply()
    assert bench.writes() == []


def test_without_on_hold_nothing_is_made_and_the_place_is_named(bench: Bench) -> None:
    bench.sandbox.zendesk.account.features.on_hold = False
    with pytest.raises(AccountError, match="on-hold"):
        bench.apply()
    assert bench.writes() == []


def test_a_plan_with_one_form_only_says_so(bench: Bench) -> None:
    bench.sandbox.zendesk.account.features.several_forms = False
    with pytest.raises(AccountError, match="Escalate an assignment"):
        bench.apply()


def test_without_a_public_address_nothing_is_asked(bench: Bench) -> None:
    with pytest.raises(AccountError, match="PUBLIC_URL"):
        bench.apply(public_url="")
    assert bench.sandbox.calls == []


def test_a_webhook_that_sends_elsewhere_is_left_and_told(bench: Bench) -> None:
    bench.apply()
    report = bench.apply(public_url="https://elsewhere.example.com/")
    assert len(report.warnings) == 2
    assert "https://parley.example.com/webhooks/zendesk" in report.warnings[0]


def test_a_part_that_is_switched_off_is_left_and_told(bench: Bench) -> None:
    bench.apply()
    bench.sandbox.zendesk.account.triggers[bench.ids.triggers["ticket_changed"]]["active"] = False
    (warning,) = bench.apply().warnings
    assert "switched off" in warning


def test_a_form_that_lost_a_field_is_told(bench: Bench) -> None:
    bench.apply()
    bench.sandbox.zendesk.account.forms[bench.ids.form]["ticket_field_ids"].pop()
    (warning,) = bench.apply().warnings
    assert "Next update due" in warning


def test_a_creation_of_unknown_outcome_is_looked_for_and_not_repeated(bench: Bench) -> None:
    bench.sandbox.faults.next("zendesk", "POST", "macros$", apply=True, drop_reply=True)
    bench.apply()
    assert bench.names("macro") == sorted(macro.name for macro in bench.spec.macros)


def test_a_creation_that_did_not_happen_is_told_and_the_next_run_makes_it(bench: Bench) -> None:
    bench.sandbox.faults.next("zendesk", "POST", "webhooks$", status=500)
    with pytest.raises(AccountError, match="run this again"):
        bench.apply()
    bench.apply()
    assert bench.names("webhook") == ["Parley", "Parley events"]


def test_a_crash_after_or_before_any_write_doubles_nothing(bench: Bench) -> None:
    """One account is crashed over and over: each run gets one write further than the last."""
    whole = Crashing(bench.setup, at=-1, before=False)
    expected = _made_in_one_go()
    for before in (False, True):
        _empty(bench)
        for _ in range(200):
            crashing = Crashing(bench.setup, at=1 if not before else 2, before=before)
            try:
                bench.apply(crashing)
            except Crash:
                continue
            break
        assert bench.everything() == expected
    assert bench.apply(whole).created == []


def _made_in_one_go() -> dict[str, list[str]]:
    with Sandbox(MovableClock(NOON)) as sandbox:
        other = Bench(sandbox)
        other.apply()
        made = other.everything()
        other.channel.close()
        return made


def _empty(bench: Bench) -> None:
    """The account as it was before anything of ours."""
    account = bench.sandbox.zendesk.account
    spec = bench.spec
    ours = {
        *(one.title for one in (*spec.fields, *spec.triggers)),
        *(one.agent_label for one in spec.statuses),
        *(one.name for one in (*spec.macros, *spec.webhooks)),
        spec.form.name,
        spec.trigger_category,
    }
    for held in (
        account.fields, account.triggers, account.statuses, account.macros, account.webhooks,
        account.forms, account.trigger_categories,
    ):  # fmt: skip
        rows: dict[Any, Any] = held
        for key in [key for key, row in rows.items() if _name(row) in ours]:
            del rows[key]


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("title") or row.get("agent_label") or row.get("name"))


@pytest.mark.parametrize(
    "path", ["custom_statuses", "ticket_fields", "ticket_forms", "macros", "webhooks", "triggers"]
)
def test_zendesk_being_away_ends_the_run_and_the_next_one_goes_on(path: str, bench: Bench) -> None:
    bench.sandbox.faults.next("zendesk", "GET", f"{path}$", times=3, status=503)
    with pytest.raises(ConnectorError):
        bench.apply()
    bench.apply()
    assert bench.everything() == _made_in_one_go()


def test_what_is_told_while_it_works_is_in_plain_words(bench: Bench) -> None:
    bench.apply()
    assert bench.said[0] == "creating: custom status Needs review"
    assert all(re.fullmatch(r"creating: [a-z]+ .+", line) for line in bench.said)
